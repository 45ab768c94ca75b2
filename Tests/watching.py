#!/usr/bin/env python3
"""Listens to interfaces that come and go, to more than can be looked at, with several threads, and is sent signals (root).

What is sent are recorded sessions of captures/, over two interfaces of a network namespace of its own.

Usage: watching.py EARSHOT [SCENARIO…]
"""

import os
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "wire"))
import wire  # noqa: E402
from wire import Earshot, alerts, run, stats, until  # noqa: E402

CAPTURES = os.path.join(wire.ROOT, "captures")
SCENARIOS = []


def scenario(function):
    SCENARIOS.append(function)
    return function


def check(what, holds):
    if not holds:
        raise AssertionError(what)


class Lab:
    def __init__(self, program, tools, folder):
        self.program, self.tools, self.folder = program, tools, folder

    def send(self, *names, rate=20_000, packets=None, interface="near"):
        """Puts recorded sessions on the wire, each packet once unless told otherwise."""
        files = [os.path.join(CAPTURES, name + ".pcap") for name in names]
        if packets is None:
            packets = sum(packets_of(file) for file in files)
        subprocess.run(
            [os.path.join(self.tools, "send"), interface, str(rate), str(packets), *files], check=True,
            stdout=subprocess.DEVNULL)

    def listen(self, *options, **more):
        # What was recorded with other authorities is not the question here.
        return Earshot(self.program, self.folder, "--trust", "none", *options, **more)


def packets_of(file):
    """Packets of a classic pcap, or -1's worth of none: counted as they lie in the file."""
    with open(file, "rb") as capture:
        octets = capture.read()
    order = "little" if octets[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else "big"
    place, count = 24, 0
    while place + 16 <= len(octets):
        place += 16 + int.from_bytes(octets[place + 8:place + 12], order)
        count += 1
    return count


def rules(events):
    return sorted({event["mail_tls"]["rule"] for event in alerts(events)})


def descriptors(process):
    return sorted(os.readlink(f"/proc/{process}/fd/{name}").split(":")[0] for name in os.listdir(f"/proc/{process}/fd"))


def status(process, key):
    with open(f"/proc/{process}/status", encoding="ascii") as file:
        return next(line.split(":")[1].strip() for line in file if line.startswith(key + ":"))


@scenario
def interface_that_comes_back(lab):
    """An interface is taken down, removed, and made again, slowly and at once, with and without a sandbox."""
    for options in ((), ("-Z", "nobody"), ("--no-sandbox",)):
        earshot = lab.listen("--format", "jsonl", "--repeat", "0", *options)
        listener = earshot.process.pid if "--no-sandbox" in options else earshot.inner
        before = descriptors(listener)
        told = []

        def until_told(what, condition):
            until(lambda: f"{what}; it said: {earshot.said()}", condition)

        def tells_again(what):
            lab.send("starttls-unused")
            until_told(f"alerts {what}", lambda: len(alerts(earshot.events())) > sum(told))
            told.append(len(alerts(earshot.events())) - sum(told))

        tells_again("at the beginning")
        run("ip link set far down")
        until_told("the news that it is down", lambda: "far: it is down" in earshot.said())
        run("ip link set far up")
        until_told("the news that it is up", lambda: "far: it is up again" in earshot.said())
        tells_again("when it is up again")
        run("ip link del near")
        until_told("the news that it is gone", lambda: "far: it is gone; it is listened to when it is back" in earshot.said())
        wire.cable()
        until_told("the news that it is back", lambda: "far: it is back" in earshot.said())
        until_told("it to be up", lambda: earshot.said().rstrip().endswith(("far: it is back", "far: it is up again")))
        tells_again("when it is back")
        run("ip link del near")
        wire.cable()
        until_told("the news that it is gone again", lambda: earshot.said().count("far: it is gone") == 2)
        until_told("the news that it is back again", lambda: earshot.said().count("far: it is back") == 2)
        until_told("it to be up", lambda: earshot.said().rstrip().endswith(("far: it is back", "far: it is up again")))
        tells_again("when it is back at once")
        # Another kind of interface by that name would be read wrongly.
        run("ip link del near")
        run("ip tuntap add far mode tun && ip link set far up")
        until_told("the news that it is another", lambda: "far: it is back with another link type" in earshot.said())
        run("ip tuntap del far mode tun")
        wire.cable()
        until_told("the news that it is back", lambda: earshot.said().count("far: it is back") == 4)
        until_told("it to be up", lambda: earshot.said().rstrip().endswith(("far: it is back", "far: it is up again")))
        tells_again("when it is what it was")
        check(f"{told}", len(set(told)) == 1)
        after = descriptors(listener)
        check(f"descriptors {before} became {after}", before == after)
        if "--no-sandbox" not in options:
            for process in (earshot.process.pid, listener):
                check(f"{process} has a capability", int(status(process, "CapEff"), 16) & ~(1 << 5) == 0)
            check("no seccomp", status(listener, "Seccomp") == "2")
        check("a wrong end: " + earshot.said(), earshot.end() == 1)
        print(f"  {' '.join(options) or 'as root':14} {sum(told)} alerts in {len(told)} times; said of it:")
    for line in earshot.said().splitlines()[2:]:
        print("    " + line)


def main():
    wire.in_own_namespace()
    program, names = os.path.abspath(sys.argv[1]), sys.argv[2:]
    tools = wire.tools()
    wrong = 0
    chosen = [each for each in SCENARIOS if not names or each.__name__ in names]
    run("ip link set lo up")
    wire.cable()
    for each in chosen:
        print(f"{each.__name__}: {each.__doc__}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            try:
                each(Lab(program, tools, folder))
            except AssertionError as problem:
                wrong += 1
                print(f"  WRONG: {problem}")
    print(f"watching: {len(chosen)} scenarios, {wrong} of them not as they should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
