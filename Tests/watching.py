#!/usr/bin/env python3
"""Listens to interfaces that come and go, to more than can be looked at, with several threads, and is sent signals (root).

What is sent are recorded sessions of captures/, over two interfaces of a network namespace of its own.

Usage: watching.py EARSHOT [SCENARIO…]
"""

import glob
import json
import os
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "wire"))
import wire  # noqa: E402
from wire import Earshot, alerts, run, stats, until  # noqa: E402

try:
    import jsonschema
except ImportError:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "jsonschema"], check=True)
    import jsonschema

with open(os.path.join(wire.ROOT, "docs", "events.schema.json"), encoding="utf-8") as schema:
    SCHEMA = json.load(schema)
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
        self.program, self.tools, self.folder, self.listeners = program, tools, folder, []

    def send(self, *names, rate=20_000, packets=None, interface="near"):
        """Puts recorded sessions on the wire, each packet once unless told otherwise."""
        files = [os.path.join(CAPTURES, name + ".pcap") for name in names]
        if packets is None:
            packets = sum(packets_of(file) for file in files)
        subprocess.run(
            [os.path.join(self.tools, "send"), interface, str(rate), str(packets), *files], check=True,
            stdout=subprocess.DEVNULL)

    def send_files(self, *files):
        for file in files:
            subprocess.run(
                [os.path.join(self.tools, "send"), "near", "20000", str(packets_of(file)), file], check=True,
                stdout=subprocess.DEVNULL)

    def listen(self, *options, **more):
        # What was recorded with other authorities is not the question here.
        listener = Earshot(self.program, self.folder, "--trust", "none", *options, **more)
        self.listeners.append(listener)
        return listener

    def end(self):
        """Ends what a scenario that went wrong has left."""
        for listener in self.listeners:
            if listener.process.poll() is None:
                listener.process.kill()
                listener.process.wait()


def packets_of(file):
    with open(file, "rb") as capture:
        return len(list(records(capture.read())))


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

def records(octets):
    """The packets of a classic pcap, each with its header."""
    order = "little" if octets[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else "big"
    place = 24
    while place + 16 <= len(octets):
        length = 16 + int.from_bytes(octets[place + 8:place + 12], order)
        yield octets[place:place + length]
        place += length


def from_port(record, shift):
    """The same packet of TCP over IPv4, with another port of its client; the checksum follows."""
    packet = bytearray(record)
    tcp = 16 + 14 + (packet[16 + 14] & 15) * 4
    ports = [int.from_bytes(packet[at:at + 2], "big") for at in (tcp, tcp + 2)]
    place = tcp if ports[0] > ports[1] else tcp + 2
    old = max(ports)
    new = 20_000 + (old + shift) % 40_000
    checksum = (~int.from_bytes(packet[tcp + 16:tcp + 18], "big") & 0xFFFF) + (~old & 0xFFFF) + new
    checksum = (checksum & 0xFFFF) + (checksum >> 16)
    checksum = (checksum & 0xFFFF) + (checksum >> 16)
    packet[place:place + 2] = new.to_bytes(2, "big")
    packet[tcp + 16:tcp + 18] = (~checksum & 0xFFFF).to_bytes(2, "big")
    return bytes(packet)


def part(folder, name, start=0, end=1 << 30, shift=None):
    """Some packets of a recording, perhaps with another port, in a file of their own; answers its path."""
    with open(os.path.join(CAPTURES, name + ".pcap"), "rb") as capture:
        octets = capture.read()
    chosen = [record for number, record in enumerate(records(octets)) if start <= number < end]
    path = os.path.join(folder, f"{name}-{start}-{end}-{shift}.pcap")
    with open(path, "wb") as file:
        file.write(octets[:24])
        for record in chosen:
            file.write(record if shift is None else from_port(record, shift))
    return path


@scenario
def findings_of_hops(lab):
    """What several sessions of a hop prove together is told when they do, once, and not again at the end.

    A session that a reset ended is over for sure half a minute later."""
    for name, rule in (
            ("plaintext-after-failed-tls", "plaintext-after-failed-tls"),
            ("plaintext-after-failed-tls-cut", "plaintext-after-failed-tls"),
            ("plaintext-after-failed-tls-refused", "plaintext-after-failed-tls")):
        for form in ("jsonl", "text"):
            earshot = lab.listen("--format", form, "--repeat", "0")
            lab.send(name)

            def count():
                if form == "text":
                    return earshot.written().count(f"earshot explain {rule}\n")
                return sum(event["mail_tls"]["rule"] == rule and "flow_id" not in event for event in alerts(earshot.events()))

            until(lambda: f"{rule} of {name}; written: {earshot.written()}", lambda: count() == 1, 60)
            check(f"{name}: a wrong end", earshot.end() in (0, 1))
            check(f"{name}: told {count()} times", count() == 1)
            if form == "jsonl":
                saved = subprocess.run(
                    [lab.program, "-r", os.path.join(CAPTURES, name + ".pcap"), "--format", "jsonl", "--trust", "none"],
                    stdout=subprocess.PIPE, text=True).stdout
                saved = stats([json.loads(line) for line in saved.splitlines()])[-1]["findings"]
                live = stats(earshot.events())[-1]["findings"]
                check(f"{name}: counted {live}, from the file {saved}", live == saved)
        print(f"  {name}: told while listening goes on")


@scenario
def overload(lab):
    """More comes in than can be looked at: a known session goes on, new ones are given up and counted, until it is over."""
    name = "credentials-in-clear-plain"
    count = packets_of(os.path.join(CAPTURES, name + ".pcap"))
    earshot = lab.listen("--format", "jsonl", "--repeat", "0", "--buffer", "1M")
    # Up to the reply to EHLO; and one that never ends, of which more may be lost than shows.
    unended = part(lab.folder, "starttls-unused", 0, packets_of(os.path.join(CAPTURES, "starttls-unused.pcap")) - 4, shift=7)
    lab.send_files(part(lab.folder, name, 0, 7), unended)
    count_before = 7 + packets_of(unended)
    until("the packets to be read", lambda: (earshot.signal(signal.SIGUSR1), f"{count_before} packets" in earshot.said())[1])
    # A process that stands still is as slow as one can be.
    os.kill(earshot.inner, signal.SIGSTOP)
    lab.send("starttls-unused", rate=0, packets=60_000)
    os.kill(earshot.inner, signal.SIGCONT)
    until("the news", lambda: "new connections are given up, known ones go on" in earshot.said())
    lab.send("clean-starttls-tls13")
    lab.send_files(part(lab.folder, name, 7, count))
    until(lambda: f"the finding of the known session; said: {earshot.said()}",
          lambda: "credentials-in-clear" in rules(earshot.events()))
    until("the end of the overload", lambda: "looked at again as a whole" in earshot.said())
    ports = {event["src_port"] for event in earshot.events() if event["event_type"] == "flow"}
    lab.send_files(part(lab.folder, "starttls-unused", shift=9))
    until(lambda: f"a session after it; said: {earshot.said()} {ports}", lambda: {
        event["src_port"] for event in earshot.events() if event["event_type"] == "flow"} - ports)
    check("a wrong end", earshot.end() == 1)
    events = earshot.events()
    figures = stats(events)[-1]
    packets = figures["counters"]
    check(f"{packets}", packets["connections_given_up"] >= 1 and packets["packets_given_up"] >= 1)
    check(f"{figures['capture']}", figures["capture"]["kernel_drops"] > 0)
    for event in events:
        jsonschema.validate(event, SCHEMA)
    certainties = {event["src_port"]: event["mail_tls"]["certainty"] for event in alerts(events)
                   if event["mail_tls"]["rule"] == "starttls-unused"}
    ends = {event["src_port"]: {fact["fact"] for fact in event["mail_tls"]["not_observable"]} for event in events
            if event["event_type"] == "flow"}
    (doubtful,) = (port for port, facts in ends.items() if "end" in facts)
    check(f"{certainties}, {doubtful}", {port: word for port, word in certainties.items() if word != "certain"} == {doubtful: "likely"})
    print(f"  {figures['capture']}, {packets['connections_given_up']} connections and {packets['packets_given_up']} "
          "packets given up")
    for line in earshot.said().splitlines():
        if "comes in" in line:
            print("    " + line)


@scenario
def several_threads(lab):
    """Two threads find what one finds, and what the file yields."""
    names = ["starttls-unused", "credentials-in-clear-plain", "clean-starttls-tls13", "clean-exim-starttls-tls12",
             "starttls-masked", "certificate-expired", "cleartext-on-465", "plaintext-after-failed-tls", "tls10"]
    found = {}
    for threads in (1, 2, 4):
        earshot = lab.listen("--format", "jsonl", "--repeat", "0", "--threads", str(threads))
        for name in names:
            lab.send(name)
        check("a wrong end", earshot.end() == 1)
        events = earshot.events()
        check("lost packets", stats(events)[-1]["capture"]["kernel_drops"] == 0)
        found[threads] = (
            sorted((event.get("src_port", 0), event["mail_tls"]["rule"], event["mail_tls"]["severity"]) for event in alerts(events)),
            sorted((event["src_port"], event["mail_tls"]["verdict"]) for event in events if event["event_type"] == "flow"),
            stats(events)[-1]["findings"])
    for threads in (2, 4):
        check(f"one thread: {found[1]}; {threads}: {found[threads]}", found[threads] == found[1])
    print(f"  {len(found[1][0])} alerts and {len(found[1][1])} sessions, the same with 1, 2 and 4 threads")


@scenario
def repetition_and_summaries(lab):
    """The same alert is told once and then counted; summaries come from time to time, and when SIGUSR1 asks."""
    earshot = lab.listen("--format", "jsonl", "--repeat", "2s", "--summary", "1s")
    for shift in range(5):
        lab.send_files(part(lab.folder, "starttls-unused", shift=shift))
    until("the count", lambda: any("repeated" in event["mail_tls"] for event in alerts(earshot.events())))
    until("three summaries", lambda: len(stats(earshot.events())) >= 3)
    earshot.signal(signal.SIGUSR1)
    until("an answer to SIGUSR1", lambda: "5 sessions, 10 findings" in earshot.said())
    check("a wrong end", earshot.end() == 1)
    for event in earshot.events():
        jsonschema.validate(event, SCHEMA)
    told = [event["mail_tls"].get("repeated") for event in alerts(earshot.events())]
    print(f"  told, and how many more: {told}; {len(stats(earshot.events()))} summaries; {earshot.said().splitlines()[-1]}")
    check(f"{told}", sum(count or 1 for count in told) == 10)
    text = lab.listen("--repeat", "1h", "--summary", "1s")
    lab.send_files(part(lab.folder, "starttls-unused", shift=7), part(lab.folder, "starttls-unused", shift=8))
    until(lambda: f"a summary as text; written: {text.written()}", lambda: text.written().count("Who could have read it") >= 2)
    check("a wrong end", text.end() == 1)
    print("    " + text.written().strip().splitlines()[0])


@scenario
def rotation(lab):
    """SIGHUP opens the output file anew: nothing is lost, nothing is written twice."""
    path = os.path.join(lab.folder, "rotated")
    earshot = lab.listen("--format", "jsonl", "--repeat", "0", "-o", path, "-Z", "nobody")
    read = lambda name: [json.loads(line) for line in open(name, encoding="utf-8")] if os.path.exists(name) else []
    for turn in range(3):
        lab.send("starttls-unused")
        until("the alert", lambda: len(alerts(read(path))) == 1)
        os.rename(path, f"{path}.{turn}")
        earshot.signal(signal.SIGHUP)
        until("the file", lambda: os.path.exists(path))
    # A place where nothing can be opened: the old file is written on.
    os.rename(path, path + ".old")
    os.mkdir(path)
    earshot.signal(signal.SIGHUP)
    until("the news", lambda: "the old file is written on" in earshot.said())
    lab.send("starttls-unused")
    until("the alert", lambda: len(alerts(read(path + ".old"))) == 1)
    check("a wrong end", earshot.end() == 1)
    print(f"  4 files, {sum(len(alerts(read(f'{path}.{turn}'))) for turn in (0, 1, 2, 'old'))} alerts; {earshot.said().splitlines()[-1]}")


def kept_packets(path):
    """How many packets stand in a file of evidence, as Wireshark reads it."""
    lines = subprocess.run(
        ["tshark", "-r", path, "-T", "fields", "-e", "frame.number"], check=True, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL).stdout
    return len(lines.split())


def rules_in(lab, path):
    saved = subprocess.run(
        [lab.program, "-r", path, "--format", "jsonl", "--trust", "none"], stdout=subprocess.PIPE, text=True).stdout
    return rules([json.loads(line) for line in saved.splitlines()])


@scenario
def evidence_on_a_full_disk(lab):
    """What cannot be kept is said once and counted; when there is room again the same file goes on, whole."""
    disk = os.path.join(lab.folder, "disk")
    os.mkdir(disk)
    run(f"mount -t tmpfs -o size=2m,mode=755 tmpfs {disk}")
    path, filler = os.path.join(disk, "proof.pcapng"), os.path.join(disk, "filler")
    earshot = lab.listen("--format", "jsonl", "--repeat", "0", "-w", path, "-Z", "nobody")
    try:
        sent = 0

        def send(shift):
            nonlocal sent
            file = part(lab.folder, "starttls-unused", shift=shift)
            sent += packets_of(file)
            lab.send_files(file)

        send(0)
        until("its packets", lambda: kept_packets(path) == sent)
        subprocess.run(f"dd if=/dev/zero of={filler} bs=64k 2>/dev/null", shell=True, check=False)
        # What is left of the file's last page has room for a part of them at most.
        for shift in range(1, 6):
            send(shift)
        until(lambda: f"the news; said: {earshot.said()}", lambda: "evidence is lost until it can be written" in earshot.said())
        until("all of them to be over", lambda: len(alerts(earshot.events())) == 12)
        # Wireshark would not read one that is cut.
        check("nothing was lost", kept_packets(path) < sent)
        os.remove(filler)
        send(6)
        until(lambda: f"the news; said: {earshot.said()}", lambda: "the evidence can be written again" in earshot.said())
        check("a wrong end: " + earshot.said(), earshot.end() == 1)
        evidence = stats(earshot.events())[-1]["evidence"]
        # A small part may have found room between two that did not.
        news = ["is lost until" in line for line in earshot.said().splitlines() if "evidence" in line]
        check("not told in turn: " + earshot.said(), news and news == [True, False] * (len(news) // 2))
        check(f"{evidence}", evidence["packets_lost"] > 0 and evidence["packets"] + evidence["packets_lost"] == sent)
        check(f"{evidence}, {kept_packets(path)}", kept_packets(path) == evidence["packets"])
        check("a wrong mode", os.stat(path).st_mode & 0o777 == 0o600)
        check("nothing is proven", "starttls-unused" in rules_in(lab, path))
        print(f"  {evidence}")
        for line in earshot.said().splitlines()[2:]:
            print("    " + line.replace(lab.folder, ""))
    finally:
        # Also where it did not come to that; the process that listens ends behind the other one.
        inner = earshot.inner if earshot.process.poll() is None else None
        lab.end()
        until("its end", lambda: not os.path.exists(f"/proc/{inner}"))
        run(f"umount {disk}")


@scenario
def evidence_of_a_killed_process(lab):
    """What was told is in the file of evidence by then, also of a session that goes on."""
    name = "credentials-in-clear-plain"
    path = os.path.join(lab.folder, "proof.pcapng")
    earshot = lab.listen("--format", "jsonl", "--repeat", "0", "-w", path)
    lab.send_files(part(lab.folder, name, 0, packets_of(os.path.join(CAPTURES, name + ".pcap")) - 4))
    until(lambda: f"the alert; said: {earshot.said()}", lambda: "credentials-in-clear" in rules(earshot.events()))
    check("the session is over", not [event for event in earshot.events() if event["event_type"] == "flow"])
    os.kill(earshot.inner, signal.SIGKILL)
    earshot.process.wait(timeout=30)
    check("nothing is proven", "credentials-in-clear" in rules_in(lab, path))
    print(f"  killed: {kept_packets(path)} packets are there, and prove {', '.join(rules_in(lab, path))}")
    # Of one that ends, each packet stands there once, and with it what was found at the end alone.
    ended = os.path.join(lab.folder, "ended.pcapng")
    earshot = lab.listen("--format", "jsonl", "--repeat", "0", "-w", ended)
    lab.send(name)
    until("the end", lambda: [event for event in earshot.events() if event["event_type"] == "flow"])
    check("a wrong end", earshot.end() == 1)
    evidence = stats(earshot.events())[-1]["evidence"]
    check(f"{evidence}", evidence["sessions"] == 1 and evidence["packets"] == packets_of(os.path.join(CAPTURES, name + ".pcap")))
    check(f"{rules_in(lab, ended)}", rules_in(lab, ended) == rules(earshot.events()))
    check(f"{evidence}", kept_packets(ended) == evidence["packets"])


@scenario
def endings(lab):
    """A reader that goes away, a signal during the start, a number of packets."""
    earshot = lab.listen("--format", "jsonl", "--repeat", "0", "--summary", "1s", stdout=subprocess.PIPE)
    earshot.process.stdout.close()
    check("a closed pipe does not end it well", earshot.process.wait(timeout=30) == 0)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
        for _ in range(10):
            early = lab.listen(waits=False)
            early.signal(number)
            if number in (signal.SIGTERM, signal.SIGINT):
                status = early.process.wait(timeout=30)
                check(f"{number!r} during the start ends with {status}: {early.said()}", status in (0, -number))
            else:
                # Before it is taken over, the signal ends the process as it ends any other.
                until("an interface or an end", lambda: "listening on" in early.said() or early.process.poll() is not None)
                check(f"{early.process.poll()}", early.process.poll() in (None, -number))
                if early.process.poll() is None:
                    check("a wrong end", early.end() == 0)
            check("it left a process", not orphans(lab.program))
    counted = lab.listen("-c", "5", "--format", "jsonl")
    lab.send("starttls-unused")
    check("-c does not end it well", counted.process.wait(timeout=30) in (0, 1))
    check("-c is not kept", stats(counted.events())[-1]["decoder"]["pkts"] == 5)
    killed = lab.listen()
    inner = killed.inner
    os.kill(killed.process.pid, signal.SIGKILL)
    killed.process.wait()
    until("the other process to end", lambda: not os.path.exists(f"/proc/{inner}"))
    killed = lab.listen()
    os.kill(killed.inner, signal.SIGKILL)
    check("the death of the listener is not passed on", killed.process.wait(timeout=30) == -signal.SIGKILL)
    print("  neither process outlives the other")


def orphans(program):
    found = []
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.readlink(f"/proc/{name}/exe") == os.path.realpath(program) and \
                    os.readlink(f"/proc/{name}/ns/net") == os.readlink("/proc/self/ns/net"):
                found.append(name)
        except OSError:
            pass
    return found


@scenario
def failures(lab):
    """Each failure in one sentence that says what to do."""
    run("ip link add downlink type veth peer name downpeer")
    nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--bounding-set", "-all"]
    cases = [
        ([], ["-i", "nosuch"], "there is no such interface; earshot -D lists them"),
        ([], ["-i", "downlink"], "it is down; bring it up with: ip link set downlink up"),
        (nobody, ["-i", "far"], "setcap cap_net_raw=ep " + os.path.realpath(lab.program)),
        ([], ["-i", "far", "--", "tcp", "prot", "25"], "the filter cannot be used: "),
        ([], ["-i", "far", "-s", "10"], "-s takes 64 to 262144 octets, not 10."),
        ([], ["-i", "far", "--buffer", "9"], "--buffer takes a size from 1M to 1G"),
        ([], ["-i", "far", "-Z", "nosuchuser"], "there is no user called nosuchuser"),
        ([], ["-i", "far", "-o", "/nosuch/file"], "/nosuch/file: "),
        ([], ["-i", "far", "-r", "x.pcap"], "Files and interfaces are not read at the same time."),
        ([], ["-i"], "Missing value for '-i"),
    ]
    for before, options, expected in cases:
        ended = subprocess.run([*before, lab.program, "-w", os.path.join(lab.folder, "proof.pcapng"), *options], capture_output=True, text=True, timeout=30)
        check(f"{options}: {ended.returncode}, {ended.stderr}", ended.returncode == 2 and expected in ended.stderr)
        print("    " + ended.stderr.strip().splitlines()[0].replace(os.path.realpath(lab.program), "PROGRAM"))
        check(f"{options}: a process is left", not orphans(lab.program))
        check(f"{options}: evidence is left", not glob.glob(os.path.join(lab.folder, "proof*")))
    listed = subprocess.run([lab.program, "-D"], capture_output=True, text=True, timeout=30)
    check(f"-D: {listed}", listed.returncode == 0 and "far " in listed.stdout and "loopback" in listed.stdout)
    everywhere = lab.listen("--format", "jsonl", "--repeat", "0", "-p", "-s", "256", interface="any")
    lab.send("starttls-unused")
    until(lambda: f"alerts from any: {everywhere.said()}", lambda: alerts(everywhere.events()))
    check("a wrong end", everywhere.end() == 1)
    run("ip tuntap add tun9 mode tun && ip link set tun9 up")
    two = lab.listen("--format", "jsonl", "--repeat", "0", "-i", "tun9")
    lab.send("starttls-unused")
    until(lambda: f"alerts from two: {two.said()}", lambda: alerts(two.events()))
    check("a wrong end", two.end() == 1)
    print("    " + " · ".join(line for line in two.said().splitlines() if "listening" in line))


def main():
    wire.in_own_namespace()
    program, names = os.path.abspath(sys.argv[1]), sys.argv[2:]
    tools = wire.tools()
    wrong = 0
    chosen = [each for each in SCENARIOS if not names or each.__name__ in names]
    run("ip link set lo up")
    wire.cable()
    for each in chosen:
        print(f"{each.__name__}: {each.__doc__.splitlines()[0]}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            lab = Lab(program, tools, folder)
            try:
                each(lab)
            except (AssertionError, subprocess.TimeoutExpired) as problem:
                wrong += 1
                print(f"  WRONG: {problem}")
            finally:
                lab.end()
    print(f"watching: {len(chosen)} scenarios, {wrong} of them not as they should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
