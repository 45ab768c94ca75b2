"""Logs in in clear, and leaves once an alert on it stands in a file: the connection is open all that time.

Usage: hold.py HOST PORT FILE RULE
"""
import base64
import json
import socket
import sys
import time


def reply(lines):
    while True:
        line = next(lines)
        if line[3:4] != b"-":
            return line.strip().decode("ascii", "replace")


def told(path, rule):
    """Whether the file has an alert of the rule; an event that is being written is not there yet."""
    with open(path, encoding="utf-8") as events:
        for line in events:
            if line.endswith("\n"):
                event = json.loads(line)
                if event["event_type"] == "alert" and event["mail_tls"]["rule"] == rule:
                    return True
    return False


def main():
    host, port, path, rule = sys.argv[1:]
    connection = socket.create_connection((host, int(port)), timeout=10)
    lines = iter(connection.makefile("rb").readline, b"")
    reply(lines)
    connection.sendall(b"EHLO client.example.org\r\n")
    reply(lines)
    secret = base64.b64encode(b"\0alice@example.org\0fake-password")
    connection.sendall(b"AUTH PLAIN " + secret + b"\r\n")
    sent = time.monotonic()
    while not told(path, rule):
        if time.monotonic() - sent > 10:
            sys.exit("no alert came while the connection was open")
        time.sleep(0.001)
    delay = time.monotonic() - sent
    reply(lines)
    connection.sendall(b"NOOP\r\n")
    if not reply(lines).startswith("250"):
        sys.exit("the connection was not open any more")
    connection.sendall(b"QUIT\r\n")
    reply(lines)
    print(f"{1000 * delay:.0f} ms from the login to the alert, the connection open")


if __name__ == "__main__":
    main()
