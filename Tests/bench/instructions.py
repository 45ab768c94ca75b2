#!/usr/bin/env python3
"""Counts instructions on small workloads (valgrind's callgrind) and compares them with Tests/bench/instructions.tsv.

Each workload is measured in two sizes, and the difference counts: what is done once, however much there is to read, is
in neither. `--accept` writes what was measured as what may be needed from now on.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

import programs

FILE = os.path.join(programs.HERE, "instructions.tsv")
# Workload, its smaller scale, and what the instructions are divided by.
MEASURES = [
    ("W1", 0.01, "summary", "packet"),
    ("W2", 0.01, "summary", "packet"),
    ("W3", 0.0025, "summary", "session"),
    ("W3", 0.0025, "jsonl", "session"),
    ("W4", 0.01, "summary", "packet"),
    ("W5c", 0.01, "summary", "packet"),
]
# What a measurement may exceed the accepted one by: compilers and C libraries differ a little.
TOLERANCE = 0.05


def install_valgrind():
    if shutil.which("valgrind"):
        return
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    print("valgrind is missing; installing it", file=sys.stderr)
    subprocess.run(as_root + ["apt-get", "update", "-qq"], check=True)
    subprocess.run(as_root + ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", "valgrind"],
                   check=True, stdout=subprocess.DEVNULL)


def stripped(binary, folder):
    """A copy without the compiler's debugging symbols, which valgrind trips over."""
    path = os.path.join(folder, "earshot")
    subprocess.run(["strip", "--strip-debug", "-o", path, binary], check=True)
    return path


def count(binary, form, capture, folder):
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/callgrind", binary, "--format", form]
    if programs.has_threads(binary):
        command += ["--threads", "1"]
    # Hash seeds that differ from run to run would move the figures.
    environment = {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}
    run = subprocess.run(command + ["-r", capture], capture_output=True, text=True, env=environment)
    found = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode not in (0, 1) or not found:
        raise SystemExit(f"instructions: {capture}: {run.returncode}: {run.stderr[-2000:]}")
    return int(found[1])


def stamp(binaries, folder, name, scale):
    path = os.path.join(folder, f"{name}-{scale}")
    if not os.path.exists(path + ".pcap"):
        subprocess.run(
            [os.path.join(binaries, "workload"), name, "--out", folder, "--name", os.path.basename(path),
             "--scale", str(scale)], check=True)
    return path


def divisor(path, unit):
    if unit == "session":
        return sum(1 for _ in open(path + ".tsv", encoding="utf-8"))
    packets = re.search(r'"packets" : (\d+)', open(path + ".json", encoding="utf-8").read())
    return int(packets[1])


def accepted():
    rows = {}
    if os.path.exists(FILE):
        for line in open(FILE, encoding="utf-8"):
            if not line.startswith("#"):
                workload, form, unit, limit = line.split()
                rows[workload, form, unit] = int(limit)
    return rows


def write(measured):
    with open(FILE, "w", encoding="utf-8") as file:
        file.write("# Instructions that were accepted: `make instructions` fails where more than "
                   f"{TOLERANCE:.0%} above\n# are needed, `make accept-instructions` writes what is measured.\n"
                   "# workload\tformat\tper\tinstructions\n")
        for (workload, form, unit), value in measured.items():
            file.write(f"{workload}\t{form}\t{unit}\t{value}\n")


def main():
    install_valgrind()
    binaries = os.path.abspath(sys.argv[1])
    limits, measured = accepted(), {}
    with tempfile.TemporaryDirectory(prefix="earshot-instructions-") as folder:
        binary = stripped(os.path.join(binaries, "earshot"), folder)
        for name, scale, form, unit in MEASURES:
            small, large = (stamp(binaries, folder, name, size) for size in (scale, 2 * scale))
            needed = count(binary, form, large + ".pcap", folder) - count(binary, form, small + ".pcap", folder)
            measured[name, form, unit] = round(needed / (divisor(large, unit) - divisor(small, unit)))
    if "--accept" in sys.argv:
        write(measured)
    failed = 0
    for key, value in measured.items():
        limit = value if "--accept" in sys.argv else limits.get(key)
        if limit is None:
            failed += 1
            verdict = "has no accepted value"
        elif value > limit * (1 + TOLERANCE):
            failed += 1
            verdict = f"MORE than the accepted {limit:,}"
        elif value < limit * (1 - TOLERANCE):
            verdict = f"less than the accepted {limit:,}: accept it, so that it stays so"
        else:
            verdict = f"accepted: {limit:,}"
        print(f"{key[0]:4} {key[1]:8} {value:>9,} a {key[2]:8} {verdict}")
    if failed:
        print("`make accept-instructions` accepts these; say in the commit what they are for.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
