"""Logs in in clear, and leaves once an alert on it, and its packets, stand in files: the connection is open all that time.

Usage: hold.py HOST PORT NAME RULE        the files are NAME.live.jsonl and NAME.evidence.pcapng
"""
import base64
import socket
import sys
import time

from alert import wait


def reply(lines):
    while True:
        line = next(lines)
        if line[3:4] != b"-":
            return line.strip().decode("ascii", "replace")


def main():
    host, port, name, rule = sys.argv[1:]
    connection = socket.create_connection((host, int(port)), timeout=10)
    lines = iter(connection.makefile("rb").readline, b"")
    reply(lines)
    connection.sendall(b"EHLO client.example.org\r\n")
    reply(lines)
    secret = base64.b64encode(b"\0alice@example.org\0fake-password")
    connection.sendall(b"AUTH PLAIN " + secret + b"\r\n")
    sent = time.monotonic()
    delay = wait(name + ".live.jsonl", rule, sent)
    with open(name + ".evidence.pcapng", "rb") as evidence:
        packets = evidence.read()
    if b"AUTH PLAIN " + b"#" * len(secret) not in packets:
        sys.exit("the packets are not in the evidence while the connection is open")
    reply(lines)
    connection.sendall(b"NOOP\r\n")
    if not reply(lines).startswith("250"):
        sys.exit("the connection was not open any more")
    connection.sendall(b"QUIT\r\n")
    reply(lines)
    print(f"{1000 * delay:.0f} ms from the login to the alert and its evidence, the connection open")


if __name__ == "__main__":
    main()
