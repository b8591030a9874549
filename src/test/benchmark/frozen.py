#!/usr/bin/env python3
"""Measures what members that read nothing cost the others: 800 members of a room alone, and beside 200 that are frozen, in turn.

    frozen.py NAME=HOST:PORT/PATH@PID [ROUNDS]

WSLOAD and CPU as for table.py. Start the server so that the frozen stay for a whole run, where it would close them after ten seconds:

    java -jar target/roomcast.war --port 9000 --limits.publish-rate=0 --limits.room-publish-rate=0 --limits.sessions=0 --limits.outbound-age=0

A client that reads nothing costs as much as others until its buffers are full: on the loopback address the kernel takes 2.6 MB before a write has to
wait, and the queue 1 MiB more. WARMUP (25 seconds) has to be longer than that takes; what is measured then (SECONDS, 10) is what a frozen client costs from there on.
"""
import os
import statistics
import sys

import table

table.CONTENT = '{"content":"~{ts}~#{id}#{pad:900}"}'
WARMUP = os.environ.get("WARMUP", "25")
SECONDS = os.environ.get("SECONDS", "10")


def run(server, frozen):
    figures = server.wsload("fanout", f"-c {800 + frozen} -r 1 -P 4 -W 4 -w {WARMUP} -D {SECONDS} --stall {frozen}")
    rate, cpu = figures["del_per_s"], figures["cpu_s_per_M"]["servers"]
    print(f"{frozen:3} frozen: {rate:9.0f} deliveries/s to the 800, {cpu:.3f} CPU s per million, lost {figures['total']['lost']}")
    return rate, cpu


def main(arguments):
    if not arguments:
        sys.exit(__doc__)
    server = table.Server(arguments[0])
    rounds = int(arguments[1]) if len(arguments) > 1 else 3
    for frozen in (0, 200):
        run(server, frozen)
    print("warm")
    runs = [[run(server, frozen) for frozen in (0, 200)] for _ in range(rounds)]
    for what, index in (("rate", 0), ("CPU", 1)):
        alone, beside = (statistics.median(pair[kind][index] for pair in runs) for kind in (0, 1))
        print(f"{what} beside 200 frozen: {100 * beside / alone - 100:+.1f} % (median of {rounds})")


main(sys.argv[1:])
