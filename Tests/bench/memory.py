"""What Earshot needs where many connections are open at once."""

import os
import subprocess

import measure
import programs

# Octets that a session may take behind its handshake.
SESSION = 400
# Below so many open sessions, what does not grow with them weighs more than they do.
ENOUGH = 200_000
# Megabytes that are allowed for each thousand of open sessions, so that none is given up.
ROOM = 6
# Megabytes: what floods and the slow loris may take.
BUDGET = 256
# Seconds: longer than a session may be silent.
SILENCE = 2100


def stamp(options, folder, workload, scale, **others):
    command = [options.workload, workload, "--out", folder, "--scale", str(scale)]
    for option, value in others.items():
        command += ["--" + option, str(value)]
    subprocess.run(command, check=True)


def analyze(options, folder, paths, budget=None, form="jsonl"):
    """A measured run over captures, and its events; `budget` is in megabytes."""
    events = os.path.join(folder, "events")
    bounds = ["--memory", f"{budget}M"] if budget else []
    run = measure.run([options.earshot, "--format", form] + bounds + ["-r"] + paths, events, folder)
    if run.status not in (0, 1):
        raise SystemExit(f"bench: earshot failed with {run.status}: {open(events + '.err').read()}")
    return run, events


def repeated_flood(options, folder):
    """Five floods in a row, each with other SYNs, against one."""
    # Enough of them to fill whatever is kept of half-open connections.
    scale = max(0.1, options.scale)
    names = []
    for ordinal in range(5):
        name = f"flood{ordinal}"
        stamp(options, folder, "W4", scale, name=name, seed=1000 + ordinal, later=ordinal * 120)
        names.append(os.path.join(folder, name))
    paths = [name + ".pcap" for name in names]
    one, _ = analyze(options, folder, paths[:1])
    five, events = analyze(options, folder, paths)
    with open(os.path.join(folder, "floods.tsv"), "w", encoding="utf-8") as joined:
        truth = {}
        for name in names:
            for line in open(name + ".tsv", encoding="utf-8"):
                truth["\t".join(line.split("\t")[1:5])] = line
        joined.writelines(truth.values())
    for name in names:
        os.remove(name + ".pcap")
    print(f"- Five floods of {3_000_000 * scale:,.0f} SYNs in one run: {five.peak:.0f} MB, one of them {one.peak:.0f} MB.")
    flat = five.peak <= one.peak * 1.05 + 2
    return [f"| W4 five times | peak MB | that of one: {one.peak:.0f} | {five.peak:.0f} | {'met' if flat else 'missed'} |"]


def slow_loris(options, folder):
    """Sessions hidden among connections that send one octet and stay."""
    stamp(options, folder, "loris", 1)
    base = os.path.join(folder, "loris")
    run, events = analyze(options, folder, [base + ".pcap"])
    verdict = programs.compare(base + ".tsv", events)
    os.remove(base + ".pcap")
    counts = verdict["counts"]
    lost = verdict["sessions"] - counts.get("right", 0)
    print(f"- 100,000 connections of one octet and 100 sessions: {run.peak:.0f} MB, {verdict['evicted']} evicted, "
          f"{lost} sessions not right.")
    return [
        f"| slow loris | peak MB | ≤ {BUDGET} | {run.peak:.0f} | {'met' if run.peak <= BUDGET else 'missed'} |",
        f"| slow loris | sessions that lost a finding | 0 | {lost} | {'met' if lost == 0 else 'missed'} |",
    ]


def open_sessions(options, folder):
    """What one more session takes that stays open behind its handshake: by itself, with its events, all of which are told at
    once when the capture ends, and with those where silence ends all of them before a packet comes."""
    peaks = {"summary": [], "jsonl": [], "silence": []}
    later = os.path.join(folder, "later")
    stamp(options, folder, "W3", 0.001, name="later", later=SILENCE)
    for count in (options.open // 2, options.open):
        stamp(options, folder, "open", count / 1_000_000)
        base = os.path.join(folder, "open")
        for what, of_what in peaks.items():
            paths = [base + ".pcap"] + ([later + ".pcap"] if what == "silence" else [])
            form = "summary" if what == "summary" else "jsonl"
            run, events = analyze(options, folder, paths, max(256, ROOM * count // 1000), form)
            of_what.append(run.peak)
            if what == "jsonl":
                evicted = programs.compare(base + ".tsv", events)["evicted"]
        os.remove(base + ".pcap")
    octets = {what: (of[1] - of[0]) * 1e6 / (options.open - options.open // 2) for what, of in peaks.items()}
    print(f"- {options.open:,} sessions open behind their handshake: {peaks['summary'][1]:.0f} MB, half of them "
          f"{peaks['summary'][0]:.0f} MB: {octets['summary']:,.0f} octets each; with their events at the end "
          f"{octets['jsonl']:,.0f}, behind a silence {octets['silence']:,.0f}; {evicted} evicted.")
    names = {
        "summary": "open sessions",
        "jsonl": "open sessions and their events",
        "silence": "open sessions that silence ends, and their events",
    }
    lines = []
    for what, name in names.items():
        word = "met" if octets[what] <= SESSION and not evicted else "missed"
        if options.open < ENOUGH:
            word = f"not judged: {options.open:,} are too few, use BENCH_OPEN=1000000"
        elif evicted:
            word += f" ({evicted} evicted: not all were open at once)"
        lines.append(f"| {name} | octets each | ≤ {SESSION} | {octets[what]:,.0f} | {word} |")
    return lines


def tests(options, folder):
    print("\n### Memory\n")
    return repeated_flood(options, folder) + slow_loris(options, folder) + open_sessions(options, folder)
