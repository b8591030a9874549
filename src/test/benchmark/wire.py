#!/usr/bin/env python3
"""Measures bytes on the wire and server CPU of a delivery: as plain text, as roomcast.v1.deflate, and with permessage-deflate.

    wire.py HOST:PORT/PATH@PID [MEMBERS [SECONDS [RATE]]]        (300, 8, 200 messages a second)

The members of one room count what comes, and need not understand it; ten of them say random words. permessage-deflate has to be switched on in the
server: on WildFly in `bin/jboss-cli.sh --connect`, followed by `reload`,

    /subsystem=undertow/servlet-container=default/setting=websockets:write-attribute(name=per-message-deflate,value=true)
    /subsystem=undertow/servlet-container=default/setting=websockets:write-attribute(name=deflater-level,value=6)

The embedded server and Payara accept no extension, and are then measured with plain text again; it says so. The first of the modes is run twice, to warm up.
"""
import base64
import os
import random
import select
import socket
import sys
import time
import urllib.request

PUBLISHERS = 10
random.seed(7)
WORDS = ["".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=random.randint(2, 9))) for _ in range(2000)]


class Target:
    def __init__(self, text):
        address, pid = text.rsplit("@", 1)
        self.address, _, path = address.partition("/")
        self.path = ("/" + path).rstrip("/")
        self.pid = int(pid)

    def connect(self, number, mode):
        host, port = self.address.split(":")
        member = socket.create_connection((host, int(port)))
        member.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = [f"GET {self.path}/ws/wire/u{number} HTTP/1.1", f"Host: {self.address}", "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode(),
                 "Sec-WebSocket-Protocol: roomcast.v1" + (".deflate" if mode == "roomcast.v1.deflate" else "")]
        if mode == "permessage-deflate":
            lines.append("Sec-WebSocket-Extensions: permessage-deflate")
        member.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += member.recv(4096)
        head = answer.split(b"\r\n\r\n")[0].decode()
        if " 101 " not in head.split("\r\n")[0]:
            sys.exit(head)
        member.setblocking(False)
        return member, "permessage-deflate" in head

    def cpu(self):
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def delivered(self):
        with urllib.request.urlopen(f"http://{self.address}{self.path}/metrics") as metrics:
            lines = metrics.read().decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("roomcast_messages_delivered_total"))


def publish():
    text = ('{"content":"%s"}' % " ".join(random.choices(WORDS, k=25))).encode()
    length = bytes([0x80 | len(text)]) if len(text) < 126 else bytes([0xFE]) + len(text).to_bytes(2, "big")
    return b"\x81" + length + bytes(4) + text


class Room:
    def __init__(self, target, mode, members):
        joined = [target.connect(number, mode) for number in range(members)]
        self.extended = joined[0][1]
        self.members = [member for member, _ in joined]
        self.ready = select.epoll()
        self.by_number = {member.fileno(): member for member in self.members}
        for number in self.by_number:
            self.ready.register(number, select.EPOLLIN)

    def read(self, wait):
        return sum(len(self.by_number[number].recv(1 << 18)) for number, _ in self.ready.poll(wait))

    def read_all(self):
        total = 0
        while more := self.read(0.5):
            total += more
        return total

    def talk(self, seconds, rate):
        total, sent, began = 0, 0, time.monotonic()
        while (passed := time.monotonic() - began) < seconds:
            while sent < passed * rate:
                self.members[sent % PUBLISHERS].send(publish())
                sent += 1
            total += self.read(0.002)
        return total + self.read_all()

    def close(self):
        for member in self.members:
            member.close()


def measure(target, mode, members, seconds, rate):
    room = Room(target, mode, members)
    room.talk(3, rate)
    delivered, cpu = target.delivered(), target.cpu()
    wire = room.talk(seconds, rate)
    delivered, cpu = target.delivered() - delivered, target.cpu() - cpu
    refused = mode == "permessage-deflate" and not room.extended
    print(f"{mode}{' (not accepted)' if refused else ''}: {delivered:.0f} deliveries, {wire / delivered:.1f} bytes on the wire and "
          f"{cpu / delivered * 1e6:.2f} CPU microseconds each")
    room.close()


def main(arguments):
    if not arguments:
        sys.exit(__doc__)
    members, seconds, rate = (int(given) if given else standard
                              for given, standard in zip((arguments[1:] + [None] * 3)[:3], (300, 8, 200)))
    modes = ["plain text", "roomcast.v1.deflate", "permessage-deflate"]
    for mode in modes[:1] + modes:
        measure(Target(arguments[0]), mode, members, seconds, rate)


main(sys.argv[1:])
