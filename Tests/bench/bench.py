#!/usr/bin/env python3
"""Measures Earshot, the bare libpcap loop and the peers that are installed, in turn, and prints a table.

From the environment:
    BENCH_WORKLOADS=DIR   ready-made captures (NAME.pcap with NAME.tsv), instead of stamping them out
    BENCH_SCALE=0.1       size of what is stamped out; 1 makes W1 a gigabyte
    BENCH_ONLY=W1,W3      these workloads; `memory` stands for the tests of memory
    BENCH_PEERS=tshark    these peers (ndpiReader, tshark, tcpflow, ssldump, zeek, suricata), or none
    BENCH_ROUNDS=3        rounds; medians of them are shown
    BENCH_LIMIT=30        seconds after which a peer is stopped
    BENCH_OPEN=20000      sessions of the test of memory for each session
"""

import os
import shutil
import statistics
import sys
import tempfile

import measure
import memory
import programs

ORDER = ["W1", "W2", "W3", "W4", "W5c", "W5", "W5h", "Wx"]
# Below this many seconds the bare loop measures how programs start.
TELLING = 0.1


class Options:
    def __init__(self, binaries, earshot):
        setting = os.environ.get
        binaries = os.path.abspath(binaries)
        self.earshot = os.path.abspath(earshot)
        self.loop = os.path.join(binaries, "pcap-loop")
        self.workload = os.path.join(binaries, "workload")
        self.ready = setting("BENCH_WORKLOADS") or None
        self.scale = float(setting("BENCH_SCALE") or 0.1)
        self.only = [name for name in (setting("BENCH_ONLY") or "").split(",") if name]
        self.rounds = int(setting("BENCH_ROUNDS") or 3)
        self.limit = float(setting("BENCH_LIMIT") or 30)
        self.open = int(setting("BENCH_OPEN") or 20000)
        chosen = setting("BENCH_PEERS")
        self.peers = list(programs.PEERS) if chosen is None else [
            name for name in chosen.split(",") if name and name != "none"]
        unknown = set(self.peers) - set(programs.PEERS)
        if unknown:
            raise SystemExit(f"bench: no such peer: {', '.join(sorted(unknown))}")
        known = set(ORDER) | {"memory"}
        if set(self.only) - known and not self.ready:
            raise SystemExit(f"bench: no such workload: {', '.join(sorted(set(self.only) - known))}")

    def wants(self, name):
        return not self.only or name in self.only


def targets():
    rows = {}
    path = os.path.join(programs.HERE, "targets.tsv")
    for line in open(path, encoding="utf-8"):
        if not line.startswith("#"):
            workload, form, ratio, peak = line.split()
            rows[workload, form] = (float(ratio), float(peak))
    return rows


def captures(options, folder):
    """Names and paths of the captures, made where none are given."""
    if options.ready:
        there = sorted(name[:-5] for name in os.listdir(options.ready) if name.endswith(".pcap"))
        names = options.only or [name for name in ORDER if name in there] or there
        wanted = [name for name in names if name != "memory"]
        absent = [name for name in wanted if not os.path.exists(os.path.join(options.ready, name + ".tsv"))]
        if absent:
            raise SystemExit(f"bench: no capture with its truth in {options.ready}: {', '.join(absent)}")
        return [(name, os.path.join(os.path.abspath(options.ready), name)) for name in wanted]
    for name in ORDER:
        if options.wants(name):
            # The one for correctness alone is small.
            scale = min(1, options.scale * 10) if name == "Wx" else options.scale
            memory.stamp(options, folder, name, scale)
    return [(name, os.path.join(folder, name)) for name in ORDER if options.wants(name)]


def contestants(options, workload):
    forms = ["summary", "jsonl"] if workload.startswith("W3") else ["summary"]
    ours = []
    for form in forms:
        if programs.has_threads(options.earshot):
            ours.append(programs.earshot(options.earshot, form, "1"))
        ours.append(programs.earshot(options.earshot, form))
    loop = programs.Program("bare loop", lambda capture: [options.loop, capture])
    return [loop] + ours + [programs.PEERS[name] for name in options.peers if programs.installed(name)]


class Row:
    def __init__(self, program):
        self.program = program
        self.runs = []
        self.found = {}
        self.stopped = False
        self.failure = None

    def median(self, what):
        return statistics.median(getattr(run, what) for run in self.runs) if self.runs else None


def measure_one(row, capture, options, folder):
    place = os.path.join(folder, "run")
    os.mkdir(place)
    output = os.path.join(folder, "output")
    limit = None if row.program.is_ours or row.program.name == "bare loop" else options.limit
    run = measure.run(row.program.command(capture), output, place, limit)
    if run.timed_out:
        row.stopped = True
    elif run.status not in ((0, 1) if row.program.is_ours else (0,)):
        row.failure = f"exit status {run.status}"
    else:
        row.runs.append(run)
        if row.program.read and not row.found:
            row.found = row.program.read(output, place)
    shutil.rmtree(place)


def measure_all(name, base, options, folder):
    rows = [Row(program) for program in contestants(options, name)]
    capture = base + ".pcap"
    # Whoever came first would read it from the disk.
    with open(capture, "rb") as file:
        while file.read(1 << 20):
            pass
    for _ in range(options.rounds):
        for row in rows:
            if not row.stopped and not row.failure:
                measure_one(row, capture, options, folder)
    events = os.path.join(folder, "events")
    measure.run([options.earshot, "--format", "jsonl", "-r", capture], events, folder)
    verdict = programs.compare(base + ".tsv", events)
    os.remove(events)
    for row in rows:
        if row.program.is_ours:
            row.found = verdict["found"]
    return rows, verdict


def number(value, digits=2):
    return "" if value is None else f"{value:.{digits}f}"


def show(name, base, rows, verdict, options):
    size = os.path.getsize(base + ".pcap") / 1e6
    print(f"\n### {name}, {size:.0f} MB\n")
    kinds = ["upgraded", "implicit", "clear", "auth"]
    print("| program | seconds | × loop | processor s | peak MB | " + " | ".join(kinds) + " | |")
    print("|---|--:|--:|--:|--:|" + "--:|" * len(kinds) + "---|")
    loop = rows[0].median("wall")
    print("| *truth* | | | | | " + " | ".join(str(verdict["truth"].get(kind, 0)) for kind in kinds) + " | |")
    for row in rows:
        found = " | ".join(str(row.found.get(kind, "–")) for kind in kinds)
        wall = row.median("wall")
        note = row.found.get("note", "")
        if row.failure:
            note = row.failure
        if row.stopped:
            print(f"| {row.program.name} | > {options.limit:.0f} | > {number(options.limit / loop, 0)} | | | {found} | |")
            continue
        ratio = number(wall / loop) if wall and loop else ""
        print(f"| {row.program.name} | {number(wall, 3)} | {ratio} | {number(row.median('cpu'), 3)} "
              f"| {number(row.median('peak'), 0)} | {found} | {note} |")
    for peer in options.peers:
        if not programs.installed(peer):
            print(f"| {peer} | not installed | | | | " + " | ".join("" for _ in kinds) + " | |")
    counts = verdict["counts"]
    words = ["right", "unsure", "unexplained", "wrong", "missing", "doubled"]
    print(f"\n{verdict['sessions']} sessions, one by one: "
          + ", ".join(f"{counts.get(word, 0)} {word}" for word in words)
          + f"; encrypted called plaintext or the reverse: {verdict['swapped']}"
          + (f"; invented: {verdict['invented']}" if verdict["invented"] else ""))
    for word, reasons in verdict["reasons"].items():
        for reason, count in sorted(reasons.items(), key=lambda item: -item[1])[:8]:
            print(f"- {word}: {count} × {reason}")
    sys.stdout.flush()


def judge(name, rows, verdict, wanted):
    """Lines of the table of targets."""
    loop = rows[0].median("wall")
    counts = verdict["counts"]
    broken = sum(counts.get(word, 0) for word in ("wrong", "missing", "doubled", "unexplained")) + verdict["invented"]
    unclean = broken + (0 if name.startswith("W5h") or name in ("W5", "W5s") else counts.get("unsure", 0))
    lines = [f"| {name} | truth, session by session | every one | {unclean} not right | {'met' if not unclean else 'missed'} |"]
    # The default number of threads is what is judged.
    last = {row.program.format: row for row in rows if row.program.is_ours}
    for form, row in last.items():
        target = wanted.get((name, form))
        if target is None or not row.runs:
            continue
        ratio, peak = row.median("wall") / loop, row.median("peak")
        verdict_word = "met" if ratio <= target[0] else "missed"
        if loop < TELLING:
            verdict_word = f"not judged: the loop took {loop:.3f} s, use BENCH_SCALE=1"
        lines.append(f"| {name} | {form}, time × loop | ≤ {target[0]} | {ratio:.2f} | {verdict_word} |")
        lines.append(
            f"| {name} | {form}, peak MB | ≤ {target[1]:.0f} | {peak:.0f} | {'met' if peak <= target[1] else 'missed'} |")
    return lines


def main():
    options = Options(*sys.argv[1:3])
    wanted = targets()
    lines = []
    with tempfile.TemporaryDirectory(prefix="earshot-bench-") as folder:
        rounds = f"{options.rounds} rounds" if options.rounds > 1 else "one round"
        print(f"Medians of {rounds} in turn, warm; × loop is the time as a ratio to the bare libpcap loop.")
        for name, base in captures(options, folder):
            rows, verdict = measure_all(name, base, options, folder)
            show(name, base, rows, verdict, options)
            lines += judge(name, rows, verdict, wanted)
            if not options.ready:
                os.remove(base + ".pcap")
        if options.wants("memory"):
            lines += memory.tests(options, folder)
    print("\n### Targets\n\n| workload | what | target | measured | |\n|---|---|---|---|---|")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
