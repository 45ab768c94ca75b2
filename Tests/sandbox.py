#!/usr/bin/env python3
"""Shows what the listening process can still do when it is taken over (root, x86-64): it is made to try.

Usage: sandbox.py EARSHOT
"""

import errno
import json
import os
import re
import signal
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "wire"))
import takeover  # noqa: E402
import wire  # noqa: E402
from wire import children, until  # noqa: E402

USER = "nobody"
# What a client logs in with.
SECRET = b"AGtxN3p3Mnh2OXJiNG50Nm0Aanc5ZDN5OHNVNWVQMWdMYzA="
# What a process that was taken over would try, and what must become of it. A word is one of its descriptors.
ATTEMPTS = [
    ("read /etc/shadow", "openat", -100, b"/etc/shadow\0", 0),
    ("read /etc/passwd", "openat", -100, b"/etc/passwd\0", 0),
    ("write into /tmp", "openat", -100, b"/tmp/earshot-was-here\0", 66, 384),
    ("open a socket", "socket", 2, 1, 0),
    ("open a packet socket", "socket", 17, 3, 768),
    ("start a program", "execve", b"/bin/true\0", 0, 0),
    ("split off a process", "clone", signal.SIGCHLD, 0, 0, 0, 0),
    ("become root", "setuid", 0),
    ("make memory for code", "mmap", 0, 4096, 7, 34, -1, 0),
    ("send a signal", "kill", 1, 0),
    ("trace a process", "ptrace", 16, 1, 0, 0),
    ("listen to another interface", "bind", "packets", bytes([17, 0, 0, 3, 1]) + bytes(15), 20),
    ("send a packet", "sendto", "packets", bytes([1, 2, 3]) + bytes(61), 64, 0, 0, 0),
    ("hand over a descriptor", "sendmsg", "broker", bytes(56), 0),
]
# The same of the process that keeps the way to the files; it may write some, and is not asked to read any.
ATTEMPTS_OF_THE_OTHER = [
    ("read /etc/shadow", "openat", -100, b"/etc/shadow\0", 0),
    ("read and write /etc/passwd", "openat", -100, b"/etc/passwd\0", 2),
    ("open a socket", "socket", 2, 1, 0),
    ("open a packet socket", "socket", 17, 3, 768),
    ("start a program", "execve", b"/bin/true\0", 0, 0),
    ("split off a process", "clone", signal.SIGCHLD, 0, 0, 0, 0),
    ("become another user", "setresuid", 65534, 65534, 65534),
    ("change who may read a file", "chmod", b"/tmp\0", 511),
    ("mount", "mount", b"none\0", b"/mnt\0", b"tmpfs\0", 0, 0),
    ("make memory for code", "mmap", 0, 4096, 7, 34, -1, 0),
    ("send a signal to another process", "kill", 1, 0),
    ("trace a process", "ptrace", 16, 1, 0, 0),
    ("read a packet", "read", "packets", bytes(64), 64),
    ("receive a packet", "recvmsg", "packets", bytes(56), 64),
    ("send a packet", "sendmsg", "packets", bytes(56), 0),
]
# What a process without a sandbox can do, and may.
HARMLESS = [
    ("read /etc/passwd", "openat", -100, b"/etc/passwd\0", 0),
    ("open a socket", "socket", 2, 1, 0),
    ("make memory for code", "mmap", 0, 4096, 7, 34, -1, 0),
]
# Nothing of this has a meaning to the process that keeps the way to the file, which goes on serving.
NONSENSE = [
    b"o/etc/shadow", b"k\0\1/etc/shadow" + bytes(5), b"b\xff\1/etc/shadow" + bytes(5), b"z" + b"\xff" * 18,
]


def install(program, package):
    if not shutil.which(program):
        subprocess.run(["apt-get", "install", "-y", "-qq", package], check=True, stdout=subprocess.DEVNULL)


def status(process):
    with open(f"/proc/{process}/status", encoding="ascii") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


class Listener:
    """A running `earshot -i far`, perhaps below another program."""

    def __init__(self, earshot, folder, *options, below=()):
        self.is_below = bool(below)
        self.output = os.path.join(folder, "events")
        self.errors = os.path.join(folder, "errors")
        # Who keeps everything gives up no user.
        user = [] if "--no-sandbox" in options else ["-Z", USER]
        with open(self.errors, "w", encoding="utf-8") as errors:
            self.process = subprocess.Popen(
                [*below, earshot, "-i", "far", "--format", "jsonl", "-o", self.output, *user, *options],
                stderr=errors, start_new_session=True)

    def said(self):
        with open(self.errors, encoding="utf-8") as errors:
            return errors.read()

    def listens(self):
        return "listening on" in self.said()

    def end(self):
        # A program above it does not hand signals on.
        os.kill(children(self.process.pid)[0] if self.is_below else self.process.pid, signal.SIGTERM)
        return self.process.wait(timeout=30)


def sockets(process):
    """The descriptors of its packet socket and of its way to the other process."""
    with open("/proc/net/packet", encoding="ascii") as file:
        packets = {line.split()[-1] for line in list(file)[1:]}
    found = {}
    for name in os.listdir(f"/proc/{process}/fd"):
        place = re.match(r"socket:\[(\d+)\]", os.readlink(f"/proc/{process}/fd/{name}"))
        if place:
            found["packets" if place[1] in packets else "broker"] = int(name)
    return found


def attack(process, attempts=ATTEMPTS):
    """Answers how many attempts were not refused as not permitted."""
    allowed = 0
    descriptors = sockets(process)
    for what, call, *arguments in attempts:
        try:
            answer = takeover.call(process, call, *(descriptors[value] if isinstance(value, str) else value for value in arguments))
        except ChildProcessError as error:
            answer = error
        # Any other error would come of the attempt, not of who refuses it.
        refused = answer == -errno.EPERM
        print(f"  {what:28} {'refused' if refused else f'ALLOWED: {answer}'}")
        allowed += not refused
    return allowed


def deliver(count):
    """Hands mail over on loopback, in clear, with a login that nobody may read afterwards."""
    server = socket.create_server(("127.0.0.1", 587))

    def serve():
        for _ in range(count):
            connection, _ = server.accept()
            with connection, connection.makefile("rwb") as lines:
                lines.write(b"220 mx.example.org ESMTP\r\n")
                lines.flush()
                replies = [b"250-mx.example.org\r\n250 AUTH PLAIN\r\n", b"235 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"]
                for reply in replies:
                    lines.readline()
                    lines.write(reply)
                    lines.flush()
                while lines.readline() not in (b".\r\n", b""):
                    pass
                lines.write(b"250 queued\r\n")
                lines.flush()

    thread = threading.Thread(target=serve)
    thread.start()
    for _ in range(count):
        with socket.create_connection(("127.0.0.1", 587)) as connection, connection.makefile("rwb") as lines:
            lines.readline()
            for line in (b"EHLO client", b"AUTH PLAIN " + SECRET, b"MAIL FROM:<verysecretname@example.org>", b"RCPT TO:<b@example.org>", b"DATA"):
                lines.write(line + b"\r\n")
                lines.flush()
                while lines.readline()[3:4] == b"-":
                    pass
            lines.write(b"verysecretcontent\r\n" * 1000 + b".\r\n")
            lines.flush()
            lines.readline()
    thread.join()
    server.close()


def keeps_evidence(earshot, folder):
    """A process that can open no file fills a ring of them; answers what is wrong."""
    name = os.path.join(folder, "evidence")
    # Besides the cable, on which nothing is said.
    wire.run("ip link set lo up")
    listener = Listener(
        earshot, folder, "-i", "lo", "-w", name + ".pcapng", "--evidence-size", "1M", "--evidence-files", "2", "--evidence-from", "info")
    until("the interface", listener.listens)
    deliver(150)
    ended = listener.end()
    files = sorted(file for file in os.listdir(folder) if file.startswith("evidence"))
    modes = {oct(os.stat(os.path.join(folder, file)).st_mode & 0o777) for file in files}
    octets = b"".join(open(os.path.join(folder, file), "rb").read() for file in files)
    leaks = [secret for secret in (SECRET, b"verysecret") if secret in octets]
    with open(listener.output, encoding="utf-8") as file:
        evidence = json.loads(file.read().splitlines()[-1])["mail_tls"]["evidence"]
    print(f"evidence: {files}, modes {modes}, secrets {leaks}, {evidence}; ended with {ended}")
    return (
        ended not in (0, 1) or len(files) != 2 or "evidence.pcapng" in files or modes != {"0o600"} or leaks != [] or not octets
        or evidence["sessions"] != 150 or evidence["files_removed"] != evidence["files"] - 2)


def main():
    earshot = os.path.abspath(sys.argv[1])
    install("strace", "strace")
    install("getpcaps", "libcap2-bin")
    wire.in_own_namespace()
    wire.cable()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        listener = Listener(earshot, folder)
        until("the interface", listener.listens)
        (inner,) = children(listener.process.pid)
        print(listener.said().strip())
        for process, name in ((listener.process.pid, "keeps the way to the file"), (inner, "listens")):
            facts = status(process)
            shown = {key: facts[key].split("\t")[0] for key in ("Uid", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp")}
            print(f"{name}: {shown}, {subprocess.run(['getpcaps', str(process)], capture_output=True, text=True).stdout.strip()}")
            # CAP_KILL, to hand signals on.
            wrong += int(facts["CapEff"], 16) & ~(1 << 5) != 0 or int(facts["CapBnd"], 16) != 0 or facts["NoNewPrivs"] != "1"
            wrong += facts["Seccomp"] != "2"
        facts = status(inner)
        wrong += int(facts["CapEff"], 16) != 0 or facts["Uid"].split()[0] == "0"
        print("what the process that listens can do:")
        wrong += attack(inner)
        print("what the process that keeps the way to the files can do:")
        wrong += attack(listener.process.pid, ATTEMPTS_OF_THE_OTHER)
        # The interface is removed, and another one has its name.
        wire.run("ip link del near")
        until("the news that it is gone", lambda: "far: it is gone" in listener.said())
        wire.cable()
        until("the news that it is back", lambda: "far: it is back" in listener.said())
        facts = status(inner)
        wrong += facts["Seccomp"] != "2" or int(facts["CapEff"], 16) != 0 or int(status(listener.process.pid)["CapEff"], 16) & ~(1 << 5) != 0
        print("the same when its interface has been removed and is back:")
        wrong += attack(inner)
        os.rename(listener.output, listener.output + ".1")
        listener.process.send_signal(signal.SIGHUP)
        until("the file to be opened anew", lambda: os.path.exists(listener.output))
        written = [takeover.call(inner, "write", sockets(inner)["broker"], octets, len(octets)) for octets in NONSENSE]
        wrong += written != [len(octets) for octets in NONSENSE]
        print(f"nonsense was written to the process that keeps the way to the file, which {'goes on' if listener.process.poll() is None else 'ENDED'}")
        wrong += listener.process.poll() is not None
        ended = listener.end()
        with open(listener.output, encoding="utf-8") as file:
            events = file.read()
        print(f"SIGHUP: the file was opened anew, and holds {len(events)} octets; ended with {ended}")
        wrong += ended != 0 or '"event_type":"stats"' not in events

        wrong += keeps_evidence(earshot, folder)

        def failing(call, error):
            return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:error={error}"]

        # A kernel without it, and a container that does not permit it.
        for error in ("ENOSYS", "EPERM"):
            bare = Listener(earshot, folder, below=failing("landlock_create_ruleset", error))
            until("the interface", lambda: bare.listens() or bare.process.poll() is not None)
            print(f"without Landlock ({error}): " + bare.said().split("\n")[0])
            wrong += "there is no Landlock here" not in bare.said()
            wrong += bare.end() not in (0, -signal.SIGTERM)

        refused = Listener(earshot, folder, below=failing("seccomp", "EPERM"))
        until("an end", lambda: refused.process.poll() is not None or refused.listens())
        print("without seccomp: " + refused.said().strip().split("\n")[0] + f"; ended with {refused.process.poll()}")
        wrong += refused.process.poll() != 2 or "seccomp" not in refused.said()
        if refused.process.poll() is None:
            refused.end()

        open_hand = Listener(earshot, folder, "--no-sandbox")
        until("the interface", open_hand.listens)
        print("--no-sandbox: " + open_hand.said().split("\n")[0])
        wrong += "WARNING: no sandbox" not in open_hand.said()
        # What is refused above is not refused by how it is tried.
        print("what it can do then:")
        wrong += attack((children(open_hand.process.pid) or [open_hand.process.pid])[0], HARMLESS) != len(HARMLESS)
        open_hand.end()
    print(f"sandbox: {wrong} of these are not as they should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
