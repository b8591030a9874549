#!/usr/bin/env python3
"""Measures running servers end to end, and prints the table of docs/performance.md.

    table.py [table|growth|memory|classes|recovery] NAME=HOST:PORT/PATH@PID ...
    table.py [table] NAME=HOST:PORT,HOST:PORT/PATH@PID,PID,PID ...

Each server is measured with wsload, a load client in C that is not part of this repository; the variable WSLOAD says where it is, and CPU, if set, on
which core it runs. Start the server on the same core (taskset -c 1 ...), with what it would refuse lifted:

    taskset -c 1 java -jar target/roomcast.war --port 9000 --limits.publish-rate=0 --limits.room-publish-rate=0 --limits.sessions=0

`table` runs four scenarios: WARM (2) runs to warm up, then RUNS (3) of which it prints the median. Where a server has several addresses, the members
of each room are split between them, and the CPU of all processes named counts, Redis's too. `growth` varies members and rooms, and writes
growth.svg. `memory` holds 1,000, 5,000, 10,000 and 19,000 idle connections, writes memory.svg, and looks for 30 s what their pings cost. `recovery` lets 1,000 members come
back at once, each with 300 messages missed, while 100 rooms of 10 talk beside them (1,000 messages a second); and again with none missed, which tells what
connecting and joining cost the others. The client for that is this script at the lowest priority, since a thousand clients are elsewhere; it takes two to three minutes. CROWDS (6)
come back before, to warm up: the first needs several times the CPU of the last. A run that lost, doubled or reordered something is marked with "!",
and standard error says what; a publish that was refused counts as lost.
"""
import collections
import concurrent.futures
import json
import math
import os
import re
import selectors
import socket
import statistics
import subprocess
import sys
import time

CONTENT = '{"content":"~{ts}~#{id}#{padto:60}"}'
SCENARIOS = {
    "f1k": "-c 1000 -r 1 -P 4 -W 4 -w 1 -D 4",
    "f100x10": "-c 1000 -r 100 -P 100 -W 2 -w 1 -D 4",
    "f10k": "-c 10000 -r 1 -P 4 -W 1 -w 1.5 -D 5",
    "l100x10": "-c 1000 -r 100 -P 100 -R 50 --nap 50 -w 1 -D 4",
}
BESIDE = "-c 1000 -r 100 -P 100 -R 10 --nap 50 -w 1 -D 4"
RUNS = int(os.environ.get("RUNS", "3"))
WARM = int(os.environ.get("WARM", "2"))
CROWDS = int(os.environ.get("CROWDS", "6"))


class Server:
    def __init__(self, text):
        self.name, rest = text.split("=", 1)
        address, self.pid = rest.rsplit("@", 1)
        self.address, _, path = address.partition("/")
        self.path = ("/" + path).rstrip("/")

    def wsload(self, kind, options):
        client = os.environ.get("WSLOAD")
        if not client:
            sys.exit("set WSLOAD to the path of the load client")
        pin = ["taskset", "-c", os.environ["CPU"]] if "CPU" in os.environ else []
        run = subprocess.run(
            pin + [client, kind, "-u", self.address, "-p", self.path + "/ws/{room}/{user}", "--settle", "0.6",
                   "--pid", ",".join(f"s{i}={pid}" for i, pid in enumerate(self.pid.split(","))), "-s", CONTENT] + options.split(),
            capture_output=True, text=True, check=False)
        if not run.stdout.strip():
            sys.exit(f"{self.name}: {run.stderr.strip() or 'the load client said nothing'}")
        return json.loads(run.stdout)

    def fanout(self, options):
        for _ in range(WARM):
            self.wsload("fanout", options)
        runs = [self.wsload("fanout", options) for _ in range(RUNS)]
        wrong = [run for run in runs if faulty(run)]
        median = lambda value: statistics.median(value(run) for run in runs)
        return {
            "rate": median(lambda run: run["del_per_s"]),
            "cpu": median(lambda run: run["cpu_s_per_M"]["servers"]),
            "p99": median(lambda run: run["lat_us"]["p99"]) / 1000,
            "wrong": "!" if wrong else "",
        }


def faulty(run):
    """Whether something went wrong; says what."""
    faults = {name: run["total"][name] for name in ("lost", "dups", "reordered") if run["total"][name]}
    if run["err"] or faults:
        print(f"! {run['err']} {faults}", file=sys.stderr)
    return bool(run["err"] or faults)


def table(servers):
    print("| server | scenario | deliveries/s | CPU s per million | p99 ms |\n|---|---|---|---|---|")
    for server in servers:
        for name, options in SCENARIOS.items():
            got = server.fanout(options)
            print(f"| {server.name} | {name} | {got['rate']:,.0f}{got['wrong']} | {got['cpu']:.2f} | {got['p99']:.2f} |", flush=True)


def growth(servers):
    members = [(n, f"-c {n} -r 1 -P 4 -W 4 -w 1 -D 4") for n in (10, 100, 1000, 10000)]
    rooms = [(n, f"-c {n * 10} -r {n} -P {n} -W 2 -w 1 -D 4") for n in (1, 10, 100, 1000)]
    # As many rooms as a process has files for.
    pairs = [(n, f"-c {n * 2} -r {n} -P {n} -W 2 -w 1 -D 4") for n in (1, 10, 100, 1000, 9500)]
    plots = []
    for server in servers:
        for title, points in (("members of one room", members), ("rooms of ten", rooms), ("rooms of two", pairs)):
            line = []
            for n, options in points:
                got = server.fanout(options)
                line.append((n, got["cpu"]))
                print(f"| {server.name} | {n:,} {title} | {got['cpu']:.2f}{got['wrong']} |", flush=True)
            plots.append((f"{server.name}: CPU s per million deliveries, {title}", line))
    with open("growth.svg", "w", encoding="utf-8") as file:
        file.write(svg(plots))


PANEL, HEIGHT, IN_A_ROW = 380, 220, 3


def svg(plots):
    """One panel for each line: logarithmic to the right, from zero upwards."""
    rows = math.ceil(len(plots) / IN_A_ROW)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{min(len(plots), IN_A_ROW) * PANEL}" height="{rows * HEIGHT}" '
           'font-family="sans-serif" font-size="11">',
           '<rect width="100%" height="100%" fill="white"/>']
    for i, (title, line) in enumerate(plots):
        most = max(value for _, value in line) * 1.2 or 1
        left, top = i % IN_A_ROW * PANEL + 45, i // IN_A_ROW * HEIGHT
        x = lambda n: left + math.log10(n) * 70
        y = lambda value: top + 190 - value / most * 150
        out.append(f'<text x="{left}" y="{top + 20}">{title}</text>')
        out.append(f'<path d="M{left} {y(most)}V{y(0)}H{x(20000) + 10:.0f}" fill="none" stroke="gray"/>')
        out.append(f'<polyline points="{" ".join(f"{x(n):.0f},{y(v):.0f}" for n, v in line)}" fill="none" stroke="#0a58ca"/>')
        for n, value in line:
            out.append(f'<circle cx="{x(n):.0f}" cy="{y(value):.0f}" r="3" fill="#0a58ca"/>'
                       f'<text x="{x(n) - 8:.0f}" y="{y(value) - 7:.0f}">{value:.3g}</text>'
                       f'<text x="{x(n) - 8:.0f}" y="{y(0) + 15:.0f}">{n if n < 1000 else f"{n / 1000:g}k"}</text>')
    return "\n".join(out + ["</svg>\n"])


def histogram(server):
    """Live bytes of each class after a full collection."""
    subprocess.run(["jcmd", server.pid, "GC.run"], capture_output=True, check=True)
    told = subprocess.run(["jcmd", server.pid, "GC.class_histogram"], capture_output=True, text=True, check=True)
    rows = (line.split() for line in told.stdout.splitlines())
    live = collections.Counter()
    for row in rows:
        if len(row) >= 4 and row[0].endswith(":"):
            # One name for all lambdas of a class, and for all classes made at run time.
            live[re.split(r"\$\$Lambda|/0x", row[3])[0]] += int(row[2])
    return live


def heap(server):
    return histogram(server).total()


def cpu(server):
    """Seconds that it has computed since it started."""
    with open(f"/proc/{server.pid}/stat", encoding="ascii") as stat:
        return sum(int(ticks) for ticks in stat.read().rsplit(")", 1)[1].split()[11:13]) / os.sysconf("SC_CLK_TCK")


def resident(server):
    with open(f"/proc/{server.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))


def files(server):
    """How many it has open: each connection is one."""
    return len(os.listdir(f"/proc/{server.pid}/fd"))


def await_connections(server, count):
    end = time.monotonic() + 300
    while files(server) < count:
        if time.monotonic() > end:
            sys.exit(f"{server.name}: only {files(server)} connections and files are open after 300 s, not {count}")
        time.sleep(0.5)
    time.sleep(5)  # They have joined then.


def idle(server, count):
    """Opens that many connections, ten in a room, and returns when they have joined: the client, to be ended."""
    opened = files(server)
    client = subprocess.Popen(
        [os.environ["WSLOAD"], "idle", "-u", server.address, "-p", server.path + "/ws/{room}/{user}", "-c", str(count),
         "-r", str(count // 10), "--hold", "90"], stdout=subprocess.DEVNULL)
    await_connections(server, opened + count)
    return client


def classes(servers):
    print("| server | idle connections | bytes each | of them |\n|---|---|---|---|")
    for server in servers:
        for count in (1000, 5000, 19000):
            time.sleep(8)
            before = histogram(server)
            client = idle(server, count)
            grown = histogram(server)
            grown.subtract(before)
            client.terminate()
            client.wait()
            most = ", ".join(f"`{name}` {size / count:,.0f}" for name, size in grown.most_common(12))
            print(f"| {server.name} | {count:,} | {grown.total() / count:,.0f} | {most} |", flush=True)


def memory(servers):
    print("| server | idle connections | live heap each, KiB | RSS each, KiB | CPU, % of a core |\n|---|---|---|---|---|")
    plots = []
    for server in servers:
        server.wsload("fanout", SCENARIOS["f1k"])
        plots.append((f"{server.name}: KiB of heap for each idle connection", []))
        for count in (1000, 5000, 10000, 19000):
            time.sleep(8)
            before = heap(server), resident(server)
            client = idle(server, count)
            after = heap(server), resident(server)
            busy = cpu(server)
            time.sleep(30)
            busy = (cpu(server) - busy) / 30
            client.terminate()
            client.wait()
            plots[-1][1].append((count, (after[0] - before[0]) / count / 1024))
            print(f"| {server.name} | {count:,} | {(after[0] - before[0]) / count / 1024:.1f} | {(after[1] - before[1]) / count / 1024:.1f} | {busy:.1%} |", flush=True)
    with open("memory.svg", "w", encoding="utf-8") as file:
        file.write(svg(plots))


class Client:
    """A WebSocket client that counts what it is sent."""

    def __init__(self, server, path):
        host, port = server.address.split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=PATIENCE)
        self.socket.sendall(
            f"GET {server.path}/ws/{path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: roomcast.v1\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode())
        self.tail = b""
        self.messages = 0
        self.joined = False

    def send(self, text):
        body = text.encode()
        self.socket.sendall(b"\x81\xfe" + len(body).to_bytes(2, "big") + bytes(4) + body)

    def receive(self):
        """Reads once. @return what came, with the end of what came before"""
        got = self.socket.recv(1 << 18)
        if not got:
            sys.exit("the server closed a connection")
        text = self.tail + got
        self.messages += text.count(MARK) - self.tail.count(MARK)
        self.joined = self.joined or b'"type":"joined"' in text
        self.tail = text[-len(MARK) + 1:]
        return text

    def has(self, messages):
        return self.joined and self.messages >= messages


MARK = b'"type":"message"'
MEMBERS, MISSED = 1000, 300
PATIENCE = 60  # seconds, for anything
STAY = 4  # seconds, of those who came back: until the others have been measured


def crowd(server, missed, stay=0):
    """As recover, in a process of its own that leaves the processor to whoever wants it."""
    with concurrent.futures.ProcessPoolExecutor(1, initializer=os.nice, initargs=(19,)) as alone:
        return alone.submit(recover, server, missed, stay).result()


def recover(server, missed, stay):
    """@return seconds from the first connect until the last member has joined and has all that it missed"""
    room = f"recovery{time.monotonic_ns()}"
    speaker = Client(server, room + "/speaker")
    text = b""
    while not speaker.joined:
        text += speaker.receive()
    epoch = re.search(rb'"type":"joined".*?"epoch":"([^"]+)"', text).group(1).decode()
    for _ in range(MISSED // 10):
        speaker.send("\n".join(['{"content":"' + "x" * 100 + '"}'] * 10))
    while speaker.messages < MISSED:
        speaker.receive()
    started = time.monotonic()
    ready = selectors.DefaultSelector()
    for i in range(MEMBERS):
        member = Client(server, f"{room}/member{i}?since={epoch}:{MISSED - missed}")
        member.socket.setblocking(False)
        ready.register(member.socket, selectors.EVENT_READ, member)
    waiting = MEMBERS
    while waiting:
        if time.monotonic() - started > PATIENCE:
            sys.exit(f"{server.name}: after {PATIENCE} s {waiting} members have not got what they missed")
        for key, _ in ready.select(1):
            had = key.data.has(missed)
            key.data.receive()
            waiting -= key.data.has(missed) and not had
    took = time.monotonic() - started
    time.sleep(stay)
    for key in list(ready.get_map().values()):
        key.fileobj.close()
    speaker.socket.close()
    return took


def beside(server):
    """@return 99th percentile of latency in milliseconds, and a mark where something was wrong"""
    run = server.wsload("fanout", BESIDE)
    return run["lat_us"]["p99"] / 1000, "!" if faulty(run) else ""


def recovery(servers):
    print("| server | all recovered after, s | p99 of the others before, ms | p99 meanwhile, ms | p99 while as many join that missed nothing, ms |\n|---|---|---|---|---|")
    for server in servers:
        for _ in range(CROWDS):
            crowd(server, MISSED)
        beside(server)
        rounds = []
        for _ in range(RUNS):
            quiet, _ = beside(server)
            rounds.append((quiet,) + meanwhile(server, MISSED) + meanwhile(server, 0))
        quiet, took, replayed, lost, _, joined, lost_joining = zip(*rounds)
        median = statistics.median
        print(f"| {server.name} | {median(took):.2f} | {median(quiet):.2f} | {median(replayed):.2f}{max(lost)} | {median(joined):.2f}{max(lost_joining)} |", flush=True)


def meanwhile(server, missed):
    """@return seconds that a crowd took, and what beside tells of the others"""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        others = pool.submit(beside, server)
        time.sleep(2.5)  # Then they are connected, and warm.
        took = crowd(server, missed, STAY)
        return (took,) + others.result()


def main():
    kinds = {"table": table, "growth": growth, "memory": memory, "classes": classes, "recovery": recovery}
    arguments = sys.argv[1:]
    kind = arguments.pop(0) if arguments and arguments[0] in kinds else "table"
    if not arguments or not all("=" in text and "@" in text for text in arguments):
        sys.exit(__doc__)
    kinds[kind]([Server(text) for text in arguments])


if __name__ == "__main__":
    main()
