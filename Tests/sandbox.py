#!/usr/bin/env python3
"""Shows what the listening process can still do when it is taken over (root): a debugger lets it try.

Usage: sandbox.py EARSHOT
"""

import os
import re
import signal
import shutil
import subprocess
import sys
import tempfile
import time

USER = "nobody"
# What a process that was taken over would try, and what must become of it.
ATTEMPTS = [
    ("read /etc/shadow", 'call (int)open("/etc/shadow", 0)'),
    ("read /etc/passwd", 'call (int)open("/etc/passwd", 0)'),
    ("write into /tmp", 'call (int)open("/tmp/earshot-was-here", 66, 384)'),
    ("open a socket", "call (int)socket(2, 1, 0)"),
    ("open a packet socket", "call (int)socket(17, 3, 768)"),
    ("start a program", 'call (int)execve("/bin/true", 0, 0)'),
    ("split off a process", "call (int)fork()"),
    ("become root", "call (int)setuid(0)"),
    ("make memory for code", "call (long)mmap(0, 4096, 7, 34, -1, 0)"),
    ("send a signal", "call (int)kill(1, 0)"),
]


def until(what, condition, seconds=20):
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            raise SystemExit(f"sandbox: waited in vain for {what}")
        time.sleep(0.02)


def install(program, package):
    if not shutil.which(program):
        subprocess.run(["apt-get", "install", "-y", "-qq", package], check=True, stdout=subprocess.DEVNULL)


def children(process):
    with open(f"/proc/{process}/task/{process}/children", encoding="ascii") as file:
        return [int(number) for number in file.read().split()]


def status(process):
    with open(f"/proc/{process}/status", encoding="ascii") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


class Listener:
    """A running `earshot -i lo`, perhaps below another program."""

    def __init__(self, earshot, folder, *options, below=()):
        self.is_below = bool(below)
        self.output = os.path.join(folder, "events")
        self.errors = os.path.join(folder, "errors")
        with open(self.errors, "w", encoding="utf-8") as errors:
            self.process = subprocess.Popen(
                [*below, earshot, "-i", "lo", "--format", "jsonl", "-o", self.output, "-Z", USER, *options],
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


def attack(process):
    """Lets the process itself try; answers how many attempts were not refused."""
    allowed = 0
    for what, call in ATTEMPTS:
        run = subprocess.run(
            ["gdb", "-batch", "-nx", "-p", str(process), "-ex", call, "-ex", "detach"], capture_output=True, text=True,
            timeout=120, env={**os.environ, "DEBUGINFOD_URLS": ""})
        answer = re.search(r"^\$1 = (-?\d+)", run.stdout, re.M)
        refused = answer is not None and int(answer[1]) == -1
        print(f"  {what:24} {'refused' if refused else 'ALLOWED: ' + (answer[0] if answer else run.stderr[-300:])}")
        allowed += not refused
    return allowed


def main():
    earshot = os.path.abspath(sys.argv[1])
    install("gdb", "gdb")
    install("strace", "strace")
    install("getpcaps", "libcap2-bin")
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
        facts = status(inner)
        wrong += facts["Seccomp"] != "2" or int(facts["CapEff"], 16) != 0 or facts["Uid"].split()[0] == "0"
        print("what the process that listens can do:")
        wrong += attack(inner)
        os.rename(listener.output, listener.output + ".1")
        listener.process.send_signal(signal.SIGHUP)
        until("the file to be opened anew", lambda: os.path.exists(listener.output))
        ended = listener.end()
        with open(listener.output, encoding="utf-8") as file:
            events = file.read()
        print(f"SIGHUP: the file was opened anew, and holds {len(events)} octets; ended with {ended}")
        wrong += ended != 0 or '"event_type":"stats"' not in events

        def failing(call, error):
            return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:error={error}"]

        bare = Listener(earshot, folder, below=failing("landlock_create_ruleset", "ENOSYS"))
        until("the interface", lambda: bare.listens() or bare.process.poll() is not None)
        print("without Landlock: " + bare.said().split("\n")[0])
        wrong += "the kernel has no Landlock" not in bare.said()
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
        open_hand.end()
    print(f"sandbox: {wrong} of these are not as they should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
