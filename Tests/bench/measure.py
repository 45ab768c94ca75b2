"""Runs a program to its end and says what it took: wall time, processor time, peak memory (wait4)."""

import os
import signal
import subprocess
import threading
import time


class Measure:
    """Seconds and megabytes (10^6 octets) of one run."""

    def __init__(self, wall, cpu, peak, status, timed_out):
        self.wall = wall
        self.cpu = cpu
        # The driver's own size, some 12 MB, is the least that can be told: the system counts it in at the start.
        self.peak = peak
        self.status = status
        self.timed_out = timed_out


def run(command, output, folder, limit=None, environment=None):
    """Runs `command` in `folder`, its standard output in the file `output`; stops it after `limit` seconds."""
    expired = threading.Event()
    with open(output, "wb") as out, open(output + ".err", "wb") as err:
        start = time.monotonic()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=folder, start_new_session=True,
            env={**os.environ, **(environment or {})})

        def stop():
            expired.set()
            # The group is the program's own: nothing else is in it.
            os.killpg(process.pid, signal.SIGKILL)

        timer = threading.Timer(limit, stop) if limit else None
        if timer:
            timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        if timer:
            timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    return Measure(
        wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6, process.returncode, expired.is_set())
