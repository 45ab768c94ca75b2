"""Waits until an alert stands in a file that Earshot writes.

Usage: alert.py FILE RULE
"""
import json
import sys
import time


def is_told(path, rule):
    """Whether the file has an alert of the rule; an event that is being written is not there yet."""
    with open(path, encoding="utf-8") as events:
        for line in events:
            if line.endswith("\n"):
                event = json.loads(line)
                if event["event_type"] == "alert" and event["mail_tls"]["rule"] == rule:
                    return True
    return False


def wait(path, rule, start, limit=10):
    """Seconds from `start` to the alert."""
    while not is_told(path, rule):
        if time.monotonic() - start > limit:
            sys.exit(f"no alert of {rule} came in {limit} seconds")
        time.sleep(0.001)
    return time.monotonic() - start


if __name__ == "__main__":
    _, file, name = sys.argv
    # A session that a reset ended is over half a minute later.
    print(f"{wait(file, name, time.monotonic(), 60):.1f} s from the last packet to the alert {name}, listening goes on")
