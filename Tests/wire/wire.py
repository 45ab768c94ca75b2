"""Interfaces of a network namespace of its own, what is sent over them, and Earshot beside it; for tests that need root."""

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def in_own_namespace():
    """Begins the script again where interfaces and mounts are its own."""
    if os.environ.get("EARSHOT_NAMESPACE") == str(os.getppid()):
        return
    if os.geteuid() != 0:
        raise SystemExit("this takes root, for network namespaces and for capturing")
    # A shell hands down that a job in its background ignores SIGINT, and Earshot would ignore it, too, as it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    own = subprocess.Popen(
        ["unshare", "--net", "--mount", sys.executable, *sys.argv],
        env={**os.environ, "EARSHOT_NAMESPACE": str(os.getpid())})
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: own.terminate())
    sys.exit(own.wait())


def run(command):
    subprocess.run(command, shell=True, check=True)


def tools():
    """Compiles the programs that send and count; answers their folder."""
    folder = tempfile.mkdtemp(prefix="earshot-wire.")
    atexit.register(shutil.rmtree, folder, True)
    for name in ("send", "count"):
        subprocess.run(
            ["cc", "-O2", "-o", os.path.join(folder, name), os.path.join(HERE, name + ".c"), "-lpcap"], check=True)
    return folder


def cable(near="near", far="far"):
    """Two interfaces, of which each gets what the other sends. Nothing else is sent on them, and packets may be long."""
    run(f"ip link add {near} type veth peer name {far}")
    for name in (near, far):
        run(f"sysctl -qw net.ipv6.conf.{name}.disable_ipv6=1; ip link set {name} mtu 65535 up")


def until(what, condition, seconds=20):
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            raise AssertionError(f"waited in vain for {what() if callable(what) else what}")
        time.sleep(0.01)


def children(process):
    with open(f"/proc/{process}/task/{process}/children", encoding="ascii") as file:
        return [int(number) for number in file.read().split()]


class Earshot:
    """A running `earshot -i`. It listens when this comes back, unless told otherwise."""

    def __init__(self, program, folder, *options, interface="far", waits=True, stdout=None):
        self.output = os.path.join(folder, "output")
        self.errors = os.path.join(folder, "errors")
        with open(self.output, "wb") as output, open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                [program, "-i", interface, *options], stdout=stdout or output, stderr=errors, start_new_session=True)
        if waits:
            until("the interface: " + self.said(), lambda: "listening on" in self.said() or self.process.poll() is not None)

    def said(self):
        with open(self.errors, encoding="utf-8") as file:
            return file.read()

    def written(self):
        with open(self.output, encoding="utf-8") as file:
            return file.read()

    def events(self):
        return [json.loads(line) for line in self.written().splitlines()]

    @property
    def inner(self):
        """The process that listens."""
        return children(self.process.pid)[0]

    def signal(self, number):
        self.process.send_signal(number)

    def end(self):
        self.signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


def alerts(events):
    return [event for event in events if event["event_type"] == "alert"]


def stats(events):
    """What Earshot counted, and what the kernel did."""
    return [
        {**event["mail_tls"], "capture": event["stats"].get("capture"), "decoder": event["stats"]["decoder"]}
        for event in events if event["event_type"] == "stats"]
