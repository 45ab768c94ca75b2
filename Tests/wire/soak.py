#!/usr/bin/env python3
"""Listens for a while to mixed load, while the interface goes down, is removed and comes back, the output file is rotated,
and its disk is full (root).

Memory must stay what it is, no descriptor may be left behind, and what is lost must be said.

Usage: soak.py BINARIES        SOAK_MINUTES=20: how long
"""

import collections
import json
import os
import signal
import smtplib
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time

import wire
from wire import run

MINUTES = float(os.environ.get("SOAK_MINUTES", "20"))
LOADS = [("W1", 0.004), ("W2", 0.01), ("W3", 0.01), ("W4", 0.01), ("W5c", 0.05), ("Wx", 0.05)]
RATE = 10_000
CLIENT, SERVER = "10.77.0.1", "10.77.0.2"


class Dialogue(socketserver.StreamRequestHandler):
    """What a server says, whatever it is told."""

    def handle(self):
        self.request.settimeout(20)
        answers = {b"EHLO": b"250-soak.example\r\n250 AUTH PLAIN", b"AUTH": b"235 ok", b"DATA": b"354 go on", b"QUIT": b"221 bye"}
        try:
            self.wfile.write(b"220 soak.example ESMTP\r\n")
            for line in self.rfile:
                word = line[:4].upper()
                self.wfile.write(answers.get(word, b"250 ok") + b"\r\n")
                if word == b"DATA":
                    while self.rfile.readline() not in (b".\r\n", b""):
                        pass
                    self.wfile.write(b"250 ok\r\n")
                if word == b"QUIT":
                    return
        except OSError:
            pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


def serve():
    Server((SERVER, 25), Dialogue).serve_forever()


def connect():
    """The interfaces; the sender's is in a namespace of its own, so that connections are real."""
    run("ip link add far type veth peer name near netns peer && sysctl -qw net.ipv6.conf.far.disable_ipv6=1")
    run(f"ip addr add {CLIENT}/24 dev far && ip link set far mtu 65535 up")
    run(f"ip netns exec peer sh -c 'sysctl -qw net.ipv6.conf.near.disable_ipv6=1; ip addr add {SERVER}/24 dev near && "
        "ip link set near mtu 65535 up'")


class Clients(threading.Thread):
    """Real connections, each with a login and a message in clear."""

    def __init__(self):
        super().__init__(daemon=True)
        self.delivered = self.failed = 0
        self.goes_on = True

    def run(self):
        while self.goes_on:
            try:
                with smtplib.SMTP(SERVER, 25, timeout=3) as client:
                    client.login("a", "b")
                    client.sendmail("a@example.org", ["b@example.org"], "Subject: x\r\n\r\nx\r\n" * 20)
                self.delivered += 1
            except (OSError, smtplib.SMTPException, socket.timeout):
                self.failed += 1
                time.sleep(0.2)


class Soak:
    def __init__(self, binaries, tools, folder, captures):
        self.tools, self.folder, self.captures = tools, folder, captures
        self.disk = os.path.join(folder, "disk")
        os.mkdir(self.disk)
        run(f"mount -t tmpfs -o size=300m,mode=755 tmpfs {self.disk}")
        self.path = os.path.join(self.disk, "events")
        self.earshot = wire.Earshot(
            os.path.join(binaries, "earshot"), folder, "--format", "jsonl", "-o", self.path, "--repeat", "1m", "--summary", "1m",
            "--memory", "64M", "-Z", "nobody", "--trust", "none", "-w", os.path.join(folder, "evidence.pcapng"),
            "--evidence-size", "4M", "--evidence-files", "4")
        self.inner = self.earshot.inner
        self.samples = []
        self.did = collections.Counter()
        self.sender = None
        self.turn = 0

    def send(self):
        if self.sender is None or self.sender.poll() is not None:
            load = self.captures[self.turn % len(self.captures)]
            self.turn += 1
            self.sender = subprocess.Popen(
                ["ip", "netns", "exec", "peer", os.path.join(self.tools, "send"), "near", str(RATE), str(10 * RATE), load],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def sample(self, passed):
        memory = 0
        with open(f"/proc/{self.inner}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith("VmRSS"):
                    memory = int(line.split()[1])
        descriptors = [len(os.listdir(f"/proc/{process}/fd")) for process in (self.earshot.process.pid, self.inner)]
        self.samples.append((passed, memory, *descriptors))

    def rotate(self):
        if os.path.exists(self.path):
            os.remove(self.path)
        self.earshot.signal(signal.SIGHUP)
        self.did["rotated"] += 1

    def disturb(self, second):
        """What happens in a second, counted from the beginning."""
        if second % 60 == 10:
            run("ip link set far down")
        if second % 60 == 12:
            run("ip link set far up")
            self.did["down and up"] += 1
        if second % 60 == 35:
            run("ip link del far")
        if second % 60 == 38:
            connect()
            self.did["removed and back"] += 1
        filler = os.path.join(self.disk, "filler")
        start = int(MINUTES * 60 * 0.55) // 60 * 60
        if second == start + 15:
            subprocess.run(f"dd if=/dev/zero of={filler} bs=1M 2>/dev/null", shell=True, check=False)
            self.did["disk full"] += 1
        if second == start + 45:
            os.remove(filler)
        # In between the file would be opened anew on the full disk, and find room.
        if second % 60 == 50 and not os.path.exists(filler):
            self.rotate()

    def watch(self):
        start = time.monotonic()
        second = -1
        while (passed := time.monotonic() - start) < MINUTES * 60:
            self.send()
            while second < int(passed):
                second += 1
                self.disturb(second)
                if self.earshot.process.poll() is not None:
                    raise SystemExit(f"soak: it ended with {self.earshot.process.returncode}: {self.earshot.said()[-3000:]}")
                self.sample(second)
            time.sleep(0.2)

    def quarters(self):
        length = MINUTES * 60 / 4
        return [
            sum(values) / len(values) for values in (
                [memory for passed, memory, *_ in self.samples if quarter * length <= passed < (quarter + 1) * length]
                for quarter in range(4))]


def main():
    wire.in_own_namespace()
    if sys.argv[1] == "--server":
        return serve()
    binaries = os.path.abspath(sys.argv[1])
    tools = wire.tools()
    with tempfile.TemporaryDirectory(prefix="earshot-soak.") as folder:
        os.chmod(folder, 0o755)
        for name, scale in LOADS:
            subprocess.run(
                [os.path.join(binaries, "workload"), name, "--out", folder, "--scale", str(scale), "--recordings",
                 os.path.join(wire.ROOT, "captures")], check=True, stdout=subprocess.DEVNULL)
        run("mount -t tmpfs tmpfs /run && mkdir -p /run/netns && ip netns add peer && ip netns exec peer ip link set lo up")
        connect()
        server = subprocess.Popen(
            ["ip", "netns", "exec", "peer", sys.executable, os.path.abspath(__file__), "--server"],
            env={**os.environ, "EARSHOT_NAMESPACE": str(os.getpid())})
        soak = Soak(binaries, tools, folder, [os.path.join(folder, name + ".pcap") for name, _ in LOADS])
        clients = Clients()
        clients.start()
        try:
            soak.watch()
        finally:
            clients.goes_on = False
            if soak.sender is not None:
                soak.sender.kill()
            server.kill()
        status = soak.earshot.end()
        with open(soak.path, encoding="utf-8") as file:
            last = wire.stats([json.loads(line) for line in file if '"event_type":"stats"' in line])[-1]
        wrong = report(soak, clients, status, last)
        run(f"umount {soak.disk}")
    return 1 if wrong else 0


def report(soak, clients, status, last):
    said = soak.earshot.said()
    quarters = soak.quarters()
    drift = quarters[3] / quarters[1] - 1
    # While a file or an interface is handed over there is one more for some milliseconds, which few samples show; a leak makes the
    # fewest of a quarter grow.
    descriptors = [
        [min(sample[2 + process] for sample in soak.samples if quarter <= sample[0] / (MINUTES * 15) < quarter + 1)
         for quarter in range(4)] for process in range(2)]
    news = collections.Counter(line.split(": ", 1)[1].split("; ")[0] for line in said.splitlines()[2:] if ": " in line)
    print(f"soak: {MINUTES:g} minutes; {dict(soak.did)}; {clients.delivered} messages delivered, {clients.failed} attempts failed")
    print(f"  resident memory by quarter, kB: {[round(quarter) for quarter in quarters]}, the last against the second {drift:+.1%}")
    minutes = [max(memory for passed, memory, *_ in soak.samples if passed // 60 == minute) for minute in range(int(MINUTES))]
    print(f"  most of it in each minute, MB: {' '.join(str(memory // 1024) for memory in minutes)}")
    print(f"  fewest descriptors by quarter: parent {descriptors[0]}, listener {descriptors[1]}")
    for sentence, count in sorted(news.items()):
        print(f"  {count:4} {sentence}")
    for line in said.splitlines():
        if "disk" in line or "space" in line or "written again" in line:
            print("  said: " + line)
    sessions = sum(verdict["sessions"] for verdict in last["sessions"].values())
    print(f"  {sessions} sessions, {sum(last['findings'].values())} findings, {last['capture']}, given up: "
          f"{last['counters'].get('connections_given_up', 0)} connections, {last['counters'].get('packets_given_up', 0)} packets, "
          f"{last['counters']['evicted']} evicted")
    problems = []
    if abs(drift) > 0.05:
        problems.append("memory is not flat")
    if any(quarters[3] > quarters[0] for quarters in descriptors):
        problems.append("descriptors")
    if not last.get("evidence", {}).get("packets"):
        problems.append("no packets were kept")
    if status not in (0, 1):
        problems.append(f"ended with {status}")
    if soak.did["disk full"] and ("no space left" not in said or "lines were lost" not in said):
        problems.append("a full disk was not told")
    if news["far: it is back"] + news["far: it is back, and down"] < soak.did["removed and back"]:
        problems.append("an interface was not listened to again")
    if not last["findings"].get("credentials-in-clear"):
        problems.append("nothing was found of real connections")
    print(f"soak: {', '.join(problems) or 'as it should be'}")
    return problems


if __name__ == "__main__":
    sys.exit(main())
