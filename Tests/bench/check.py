#!/usr/bin/env python3
"""Small workloads of every kind, session by session against their truth; and, where there are threads, the same octets
with one and with two of them over every workload and recording, in every format."""

import glob
import os
import subprocess
import sys
import tempfile

import programs

# Sessions enough that each kind of disturbance meets each kind of session.
SCALES = {
    "W1": 0.01, "W2": 0.02, "W3": 0.01, "W4": 0.05, "W5c": 0.1, "W5": 0.1, "W5h": 0.1, "Wx": 0.5, "loris": 0.05,
    "open": 0.001,
}
FORMATS = ["text", "summary", "jsonl"]


def fail(message):
    print(f"check: {message}", file=sys.stderr)
    return 1


def analyze(binary, form, capture, *options):
    run = subprocess.run([binary, "--format", form, *options, "-r", capture], capture_output=True)
    if run.returncode not in (0, 1):
        raise SystemExit(f"check: {capture}: earshot ended with {run.returncode}: {run.stderr.decode()}")
    return run.stdout


def truth(binary, base):
    with open(base + ".jsonl", "wb") as file:
        file.write(analyze(binary, "jsonl", base + ".pcap"))
    comparer = os.path.join(programs.HERE, "truth.py")
    run = subprocess.run([sys.executable, comparer, base + ".tsv", base + ".jsonl", "--examples", "3"],
                         capture_output=True, text=True)
    lines = run.stdout.splitlines()
    total = next((line for line in lines if line.startswith("all ")), "no result")
    print(f"{os.path.basename(base):6} {total[4:].strip()}")
    if run.returncode != 0:
        print(run.stdout + run.stderr)
    return run.returncode != 0


def comparer_notices(base):
    """The comparer is one that can fail: a truth that is turned around must not pass."""
    text = open(base + ".tsv", encoding="utf-8").read()
    for was, becomes in (("starttls13\t", "plain\t"), ("plain\t", "implicit13\t"), ("starttls12\t", "starttls13\t")):
        with open(base + ".turned", "w", encoding="utf-8") as file:
            file.write(text.replace(was, becomes, 1))
        command = [sys.executable, os.path.join(programs.HERE, "truth.py"), base + ".turned", base + ".jsonl"]
        if subprocess.run(command, capture_output=True).returncode != 1:
            return fail(f"a session of {was.strip()} passes as {becomes.strip()}")
    return 0


def threads(binary, captures):
    different = 0
    for capture in captures:
        for form in FORMATS:
            one, two = (analyze(binary, form, capture, "--threads", count) for count in ("1", "2"))
            if one != two:
                different += fail(f"{capture}: {form} differs between one thread and two")
    print(f"threads: {len(captures)} captures in {len(FORMATS)} formats, {different} differ")
    return different


def main():
    binaries = os.path.abspath(sys.argv[1])
    binary = os.path.join(binaries, "earshot")
    failures = 0
    with tempfile.TemporaryDirectory(prefix="earshot-check-") as folder:
        print(f"{'':6} {'right':>11}{'unsure':>13}{'unexplained':>13}{'wrong':>13}{'missing':>13}{'doubled':>13}")
        for name, scale in SCALES.items():
            command = [os.path.join(binaries, "workload"), name, "--out", folder, "--scale", str(scale)]
            subprocess.run(command, check=True)
            failures += truth(binary, os.path.join(folder, name))
        failures += comparer_notices(os.path.join(folder, "W5c"))
        if programs.has_threads(binary):
            captures = sorted(glob.glob("captures/*.pcap*") + glob.glob(os.path.join(folder, "*.pcap")))
            failures += threads(binary, captures)
        else:
            print("SKIPPED: one thread against two; this earshot has one")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
