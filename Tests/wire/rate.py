#!/usr/bin/env python3
"""Sends workloads over a cable at rising rates, to Earshot and to a bare libpcap loop beside it with the same buffer, and
says who lost what (root). Sender and both receivers share the machine: it must be quiet.

Usage: rate.py BINARIES        RATE_BUFFERS="64 2": megabytes; RATE_STEPS="25000 …": packets a second, 0 for the sender's top
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile

import wire
from wire import until

LOADS = [("W2", 0.2), ("W3", 0.05)]
BUFFERS = [int(text) for text in os.environ.get("RATE_BUFFERS", "64 2").split()]
STEPS = [int(text) for text in os.environ.get("RATE_STEPS", "25000 50000 100000 200000 0").split()]


def settled(earshot):
    """Waits until Earshot has read what there is: two looks in a row show the same."""
    looks = []

    def same():
        before = len(re.findall(r"packets, \d+ lost", earshot.said()))
        earshot.signal(signal.SIGUSR1)
        until("an answer", lambda: len(re.findall(r"packets, \d+ lost", earshot.said())) > before)
        looks.append(earshot.said().splitlines()[-1])
        return len(looks) > 3 and len(set(looks[-3:])) == 1

    until("the packets to be read", same, 60)


def measure(program, tools, folder, load, buffer, step):
    capture = os.path.join(folder, load + ".pcap")
    with open(os.path.join(folder, load + ".json"), encoding="utf-8") as file:
        packets = json.load(file)["packets"]
    loop_output = os.path.join(folder, "loop")
    with open(loop_output, "wb") as output:
        loop = subprocess.Popen([os.path.join(tools, "count"), "far", str(buffer)], stdout=output)
    until("the loop", lambda: os.path.getsize(loop_output) > 0)
    earshot = wire.Earshot(
        program, folder, "--format", "jsonl", "--repeat", "0", "--trust", "none", "--buffer", f"{buffer}M")
    sent, seconds = subprocess.run(
        [os.path.join(tools, "send"), "near", str(step), str(packets), capture], check=True, stdout=subprocess.PIPE,
        text=True).stdout.split()
    settled(earshot)
    earshot.end()
    loop.send_signal(signal.SIGTERM)
    loop.wait()
    with open(loop_output, encoding="ascii") as file:
        counted, lost = file.read().split()[1:]
    events = earshot.events()
    figures = wire.stats(events)[-1]
    truth = subprocess.run(
        [sys.executable, os.path.join(wire.ROOT, "Tests", "bench", "truth.py"), os.path.join(folder, load + ".tsv"),
         earshot.output, "--json"], stdout=subprocess.PIPE, text=True, check=False)
    right = json.loads(truth.stdout)
    return int(sent) / float(seconds), int(counted) + int(lost), int(lost), figures, right


def main():
    wire.in_own_namespace()
    binaries, program = (os.path.abspath(path) for path in sys.argv[1:3])
    tools = wire.tools()
    worse = 0
    with tempfile.TemporaryDirectory(prefix="earshot-rate.") as folder:
        for name, scale in LOADS:
            subprocess.run(
                [os.path.join(binaries, "workload"), name, "--out", folder, "--scale", str(scale), "--recordings",
                 os.path.join(wire.ROOT, "captures")], check=True, stdout=subprocess.DEVNULL)
        wire.cable()
        print("| load | buffer | asked/s | sent/s | mail packets | lost by the loop | lost by Earshot | given up | sessions right |")
        print("|---|---|---|---|---|---|---|---|---|")
        for buffer in BUFFERS:
            for load, _ in LOADS:
                for step in STEPS:
                    rate, mail, lost, figures, right = measure(program, tools, folder, load, buffer, step)
                    counters, ours = figures["counters"], figures["capture"]["kernel_drops"]
                    given_up = counters.get("connections_given_up", 0) + counters.get("packets_given_up", 0)
                    print(f"| {load} | {buffer} MB | {step or 'top'} | {rate:,.0f} | {mail:,} | {lost:,} | {ours:,} | {given_up:,} | "
                          f"{right['counts'].get('right', 0):,} of {right['sessions']:,} |", flush=True)
                    worse += lost == 0 and ours > 0 and buffer == BUFFERS[0]
    print(f"rate: {worse} times Earshot lost what the loop did not, with a buffer of {BUFFERS[0]} MB")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
