#!/usr/bin/env python3
"""Compares two builds: starts their WARs in turn on one core, and prints each figure with the ratio of new to old.

    compare.py OLD.war NEW.war [ROUNDS (5)] [OPTION OF java ...]

The load comes from wsload, as for table.py: the variable WSLOAD says where it is. The servers run on core 1, the client on core 0. In a round, both builds
are measured one after the other, and the next round begins with the other one, so that a busy machine harms both alike. A round takes some three
minutes. The ratio is the median of those of the rounds, and the spread the lowest and the highest. What a build cannot do is left out.

`cold` and `warm` are the CPU of a connection that joins a room of 50, whose members are told; the first 5,000, and the last of CROWDS (8) times 5,000.
`nobody told` is the same in rooms with `presence=none`. The allocated bytes are what the collector tells.
"""
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import table

PORT = 18200
CONNECTIONS, ROOMS = 5000, 100
# What older builds do not know.
MEMORY = "--data=none"
QUIET = "--rooms.quiet*.presence=none"
UNLIMITED = ["--limits.publish-rate=0", "--limits.room-publish-rate=0", "--limits.sessions=0"]
CROWDS = int(os.environ.get("CROWDS", "8"))
LATENCY = "-c 1000 -r 100 -P 100 -R 20 --nap 50 -w 1 -D 5"
FIGURES = {
    "ready": "start to READY, s",
    "ready cpu": "CPU until READY, s",
    "cold": "CPU of a connection, cold, µs",
    "warm": "CPU of a connection, warm, µs",
    "nobody told": "CPU of a connection, warm, nobody told, µs",
    "f1k": "f1k: CPU s per million deliveries",
    "f100x10": "f100x10: CPU s per million deliveries",
    "f100x10 p50": "f100x10: p50, ms",
    "allocated": "f100x10: allocated bytes per delivery",
    "p50": "l100x10 at 20,000/s: p50, ms",
    "p99": "l100x10 at 20,000/s: p99, ms",
    "p99.9": "l100x10 at 20,000/s: p99.9, ms",
}


class Build:
    """A server of a build, from its start to its end."""

    def __init__(self, war, options):
        self.directory = tempfile.TemporaryDirectory()
        self.log = os.path.join(self.directory.name, "gc.log")
        self.war, self.options, self.rooms = war, options, 0

    def __enter__(self):
        # A build that does not know a key ends at once.
        for options in ([MEMORY, QUIET], [MEMORY], [QUIET], []):
            if self.start(options):
                return self
        sys.exit(f"{self.war} does not start")

    def start(self, more):
        self.knows_quiet = QUIET in more
        command = ["taskset", "-c", "1", "java", f"-Xlog:gc:file={self.log}"] + self.options
        begun = time.monotonic()
        self.process = subprocess.Popen(
            command + ["-jar", self.war, f"--port={PORT}"] + UNLIMITED + more,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.server = table.Server(f"{self.war}=127.0.0.1:{PORT}@{self.process.pid}")
        while self.process.poll() is None:
            if is_ready():
                self.ready = time.monotonic() - begun
                return True
            time.sleep(0.02)
        return False

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.directory.cleanup()

    def crowd(self, name):
        """@return microseconds of CPU for each of those that connect, join and go, in rooms that nobody was in"""
        self.rooms += 1
        before = table.cpu(self.server)
        run = self.server.wsload(
            "idle", f"-p /ws/{name}{self.rooms}-{{room}}/{{user}} -c {CONNECTIONS} -r {ROOMS} --settle 1 --hold 0 -t 1")
        if run["connect"]["ok"] != CONNECTIONS:
            sys.exit(f"{self.war}: {run['connect']}")
        time.sleep(1)  # They have left then.
        return (table.cpu(self.server) - before) / CONNECTIONS * 1e6

    def fanout(self, options):
        run = self.server.wsload("fanout", options)
        table.faulty(run)
        return run

    def allocated(self):
        """Bytes since the start."""
        total, left = 0, 0
        with open(self.log, encoding="utf-8") as log:
            for before, after in re.findall(r"(\d+)M->(\d+)M", log.read()):
                total += int(before) - left
                left = int(after)
        told = subprocess.run(
            ["jcmd", self.server.pid, "GC.heap_info"], capture_output=True, text=True, check=True).stdout
        used = sum(int(size) for size in re.findall(r"(?:generation|heap) .* used (\d+)K", told))
        return (total - left << 20) + (used << 10)

    def allocated_per_delivery(self):
        """A long run and a short one open the same connections, which allocate much."""
        totals = []
        for seconds in (1, 6):
            before = self.allocated()
            deliveries = self.fanout(f"{table.SCENARIOS['f100x10']} -D {seconds}")["total"]["unique"]
            totals.append((self.allocated() - before, deliveries))
        (short, few), (long, many) = totals
        return (long - short) / (many - few)

    def measure(self):
        got = {"ready": self.ready, "ready cpu": table.cpu(self.server), "cold": self.crowd("cold")}
        got["warm"] = statistics.median([self.crowd("warm") for _ in range(CROWDS)][-3:])
        if self.knows_quiet:
            got["nobody told"] = statistics.median([self.crowd("quiet") for _ in range(4)][-3:])
        for _ in range(2):
            self.fanout(table.SCENARIOS["f100x10"])
            self.fanout(table.SCENARIOS["f1k"])
        got["f1k"] = self.fanout(table.SCENARIOS["f1k"])["cpu_s_per_M"]["servers"]
        run = self.fanout(table.SCENARIOS["f100x10"])
        got["f100x10"], got["f100x10 p50"] = run["cpu_s_per_M"]["servers"], run["lat_us"]["p50"] / 1000
        got["allocated"] = self.allocated_per_delivery()
        self.fanout(LATENCY)
        run = self.fanout(LATENCY)["lat_us"]
        got["p50"], got["p99"], got["p99.9"] = run["p50"] / 1000, run["p99"] / 1000, run["p999"] / 1000
        return got


def is_ready():
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health/ready", timeout=2) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def main():
    wars, rest = sys.argv[1:3], sys.argv[3:]
    if len(wars) < 2:
        sys.exit(__doc__)
    rounds = int(rest.pop(0)) if rest and rest[0].isdigit() else 5
    os.environ.setdefault("CPU", "0")
    got = []
    for i in range(rounds):
        pair = {}
        for war in wars if i % 2 == 0 else wars[::-1]:
            with Build(war, rest) as build:
                pair[war] = build.measure()
            print(f"round {i + 1}, {war}: {pair[war]}", file=sys.stderr, flush=True)
        got.append([pair[war] for war in wars])
    print("| | old | new | new to old | spread |\n|---|---|---|---|---|")
    for figure, title in FIGURES.items():
        old, new = ([run[figure] for run in builds if figure in run] for builds in zip(*got))
        if new and len(old) == len(new):
            ratios = [b / a for a, b in zip(old, new)]
            tail = f"{statistics.median(ratios):.2f} | {min(ratios):.2f} to {max(ratios):.2f}"
        else:
            tail = "|"
        told = [f"{statistics.median(values):.4g}" if values else "" for values in (old, new)]
        print(f"| {title} | {' | '.join(told)} | {tail} |")


if __name__ == "__main__":
    main()
