#!/usr/bin/env python3
"""Shows how the program meets what a command line, a shell and a user's Ctrl-C can do to it.

Usage: commandline.py EARSHOT

What takes root (a name server that nobody may ask) is left out without it, and said so.
"""

import fcntl
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EARSHOT = os.path.abspath(sys.argv[1])
MASKED = "captures/starttls-masked.pcap"
failures = 0

# A shell lets what it starts in the background ignore SIGINT, and what that starts does, too; one that is handled here is not
# ignored by a program that is started.
signal.signal(signal.SIGINT, signal.default_int_handler)


def check(what, is_so, shown=""):
    global failures
    if not is_so:
        failures += 1
        print(f"commandline: {what} {shown}")


def run(*words, **options):
    """Status, what was written, and what was said."""
    options.setdefault("stdout", subprocess.PIPE)
    outcome = subprocess.run([EARSHOT, *words], stderr=subprocess.PIPE, cwd=ROOT, timeout=60, **options)
    return outcome.returncode, outcome.stdout, outcome.stderr.decode(errors="replace")


def until(is_so, seconds=20):
    """Waits for a condition."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.005)


# What the README shows is what the program says.
readme = open(os.path.join(ROOT, "README.md"), encoding="utf-8").read()
example = re.search(r"```\n\$ earshot (-r captures/\S+)\n(.*?)```", readme, re.S)
said = run(*example.group(1).split())[1].decode()
check("the README's example is another", said.startswith(example.group(2).rstrip("\n")))

# A place of a standard stream that is closed is not given to a file that is opened.
with tempfile.TemporaryDirectory() as folder:
    whole = os.path.join(folder, "whole.pcapng")
    reached = os.path.join(folder, "closed.pcapng")
    run("-q", "--trust", "none", "-w", whole, "-r", MASKED)
    for places, kind in [((1,), "text"), ((0, 1, 2), "summary"), ((2,), "text")]:
        command = ["sh", "-c", 'exec "$@" ' + " ".join(f"{place}>&-" for place in places), "sh"]
        command += [EARSHOT, "-v", "--format", kind, "--trust", "none", "-w", reached, "-r", MASKED]
        status = subprocess.run(command, cwd=ROOT, timeout=60, capture_output=True).returncode
        same = open(reached, "rb").read() == open(whole, "rb").read()
        check(f"with {places} closed the evidence is another", same)
        check(f"with {places} closed the status is {status}", status == (2 if 1 in places else 1))
        os.remove(reached)


# Interrupted, it reports what it has read.
def interrupted(name, signals, ends, status, packets, **options):
    """Signals come in between two pieces of a capture in a pipe, whose other end stays open unless it `ends`."""
    capture = open(os.path.join(ROOT, MASKED), "rb").read()
    pieces = capture[:2000], capture[2000:]
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [EARSHOT, "--trust", "none", "--format", "summary", "-r", "-"], stdin=reader, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, cwd=ROOT, **options)
    os.close(reader)
    os.write(writer, pieces[0])

    def is_read():
        waiting = fcntl.ioctl(writer, termios.FIONREAD, struct.pack("i", 0))
        return struct.unpack("i", waiting)[0] == 0

    until(is_read)
    for number in signals:
        # Two of a kind that wait are one.
        until(lambda: process.poll() is not None or not is_pending(process.pid))
        process.send_signal(number)
    if ends:
        os.write(writer, pieces[1])
        os.close(writer)
    output, messages = process.communicate(timeout=60)
    if not ends:
        os.close(writer)
    check(f"{name}: status {process.returncode}", process.returncode == status, messages.decode())
    check(f"{name}: reported", f" {packets} in all".encode() in output, output.decode()[-300:])


def is_pending(process):
    """SIGINT or SIGTERM wait to be taken."""
    state = open(f"/proc/{process}/status").read()
    waiting = sum(int(re.search(rf"{word}:\s*(\w+)", state).group(1), 16) for word in ("SigPnd", "ShdPnd"))
    return waiting & (1 << signal.SIGINT - 1 | 1 << signal.SIGTERM - 1) != 0


def is_opening(process):
    """It waits in openat, which has another number on each processor; behind having taken the signals over."""
    caught = int(re.search(r"SigCgt:\s*(\w+)", open(f"/proc/{process}/status").read()).group(1), 16)
    words = open(f"/proc/{process}/syscall").read().split()
    return caught & 1 << signal.SIGINT - 1 != 0 and words[0] in ("257", "56")


interrupted("a pipe that ends", [], True, 1, 21)
interrupted("one SIGINT, and the pipe ends", [signal.SIGINT], True, 1, 21)
interrupted("two SIGINT", [signal.SIGINT, signal.SIGINT], False, 2, 16)
interrupted("SIGTERM", [signal.SIGTERM], False, 2, 16)
interrupted(
    "two SIGINT that are ignored", [signal.SIGINT, signal.SIGINT], True, 1, 21,
    preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))

# Nobody writes into it, and nobody has to.
with tempfile.TemporaryDirectory() as folder:
    pipe = os.path.join(folder, "pipe")
    os.mkfifo(pipe)
    for number in (signal.SIGINT, signal.SIGTERM):
        process = subprocess.Popen([EARSHOT, "-q", "--trust", "none", "-r", pipe], stderr=subprocess.PIPE)
        until(lambda: is_opening(process.pid))
        process.send_signal(number)
        messages = process.communicate(timeout=60)[1].decode()
        check("a pipe without a writer", process.returncode == 2 and "interrupted" in messages, messages)

# What cannot be opened is never passed over.
with tempfile.TemporaryDirectory() as folder:
    name = os.path.join(os.fsencode(folder), b"caf\xe9.pcap")
    with open(os.path.join(ROOT, MASKED), "rb") as capture, open(name, "wb") as copy:
        copy.write(capture.read())
    for what in (folder, name):
        status, _, messages = run("-q", "-r", what)
        check(f"{what}: status {status}", status == 2)
        check(f"{what}: said", "not UTF-8" in messages, messages)

# What makes no sense is said in one sentence, and nothing is done.
for words, sentence in [
    (["-c", "0", "-r", MASKED], "-c takes 1 or more packets"),
    (["-i", "lo", "--repeat", "106752d"], "--repeat takes a time"),
    (["-i", "lo", "--summary", "100000000d"], "--summary takes a time"),
    (["-i", "lo", "-o", "-"], "-o takes the name of a file"),
    (["-i", "lo", "-Z", "nobody", "--no-sandbox"], "-Z gives up a user"),
    (["watch", "-r", MASKED], "watch listens to interfaces"),
    (["--suppress", "/tmp", "-r", MASKED], "this is a directory, not a file"),
]:
    status, output, messages = run(*words)
    check(f"{words}: status {status}", status == 2 and not output)
    check(f"{words}: said", sentence in messages, messages)
with open("/dev/full", "w") as full:
    for word in ("--help", "--version"):
        check(f"{word}: a full disk is no success", run(word, stdout=full)[0] == 2)
limited = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", EARSHOT, "--trust", "none", "-q", "-w", "/tmp/none.pcapng"]
with tempfile.TemporaryDirectory() as folder:
    limited[-1] = os.path.join(folder, "limited.pcapng")
    outcome = subprocess.run(limited + ["-r", MASKED], cwd=ROOT, timeout=60, capture_output=True, text=True)
    check("a file that may not grow", outcome.returncode >= 0 and "too large" in outcome.stderr, outcome.stderr)

# Nobody is asked for the name of a host.
ASKED = """
import socket, subprocess, sys
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
subprocess.run(["mount", "--bind", sys.argv[2], "/etc/resolv.conf"], check=True)
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
server.setblocking(False)
def questions():
    count = 0
    while True:
        try:
            server.recv(512)
            count += 1
        except BlockingIOError:
            return count
outcome = subprocess.run([sys.argv[1], "--filter", "host mail.example.invalid", "-q", "-r", sys.argv[3]],
                         capture_output=True, text=True, timeout=60)
asked = questions()
# The same name, looked up as other programs do: else nothing would show here.
subprocess.run([sys.executable, "-c", "import socket; socket.gethostbyname('mail.example.invalid')"],
               capture_output=True, timeout=60)
print(outcome.returncode, "unknown host" in outcome.stderr, asked, questions() > 0)
"""
if os.geteuid() == 0:
    with tempfile.NamedTemporaryFile("w") as resolver:
        resolver.write("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        resolver.flush()
        outcome = subprocess.run(
            ["unshare", "--mount", "--net", sys.executable, "-c", ASKED, EARSHOT, resolver.name, MASKED], cwd=ROOT,
            timeout=120, capture_output=True, text=True)
    check("a name server is asked", outcome.stdout.split() == ["2", "True", "0", "True"], outcome.stdout + outcome.stderr)
else:
    print("commandline: SKIPPED without root: whether a name server is asked")

print(f"commandline: {failures} of these are not as they should be")
sys.exit(failures > 0)
