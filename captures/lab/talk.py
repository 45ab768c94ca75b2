r"""Holds an SMTP dialogue through another program (openssl s_client, gnutls-cli) or a bare connection.

Usage: talk.py --say LINE… -- PROGRAM ARGUMENT…
       talk.py --say LINE… --connect HOST:PORT

A line is sent when the reply to the line before it is complete (`\n` in it ends a line on the wire, `\l` is a line feed
alone); a LINE that begins
with `<` waits instead for output that matches the regular expression behind it. A program makes its own handshake first:
`<` says how its end is known.
"""
import argparse
import os
import re
import select
import socket
import subprocess
import sys
import time


class Peer:
    def __init__(self, arguments):
        self.socket = None
        if arguments.connect:
            host, port = arguments.connect.rsplit(":", 1)
            self.socket = socket.create_connection((host, int(port)))
            self.input = self.output = self.socket.fileno()
        else:
            self.program = subprocess.Popen(arguments.program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.input, self.output = self.program.stdout.fileno(), self.program.stdin.fileno()
        self.seen = b""

    def wait_for(self, pattern):
        """Reads until `pattern` matches, then forgets what came up to its end. False: the other side ended."""
        limit = time.monotonic() + 8
        while True:
            found = re.search(pattern, self.seen, re.MULTILINE)
            if found:
                self.seen = self.seen[found.end():]
                return True
            if not select.select([self.input], [], [], max(0, limit - time.monotonic()))[0]:
                return False
            try:
                octets = os.read(self.input, 65536)
            except ConnectionError:
                return False
            if not octets:
                return False
            sys.stdout.write(octets.decode("latin-1"))
            self.seen += octets

    def send(self, line):
        try:
            os.write(self.output, (line.replace("\\n", "\r\n").replace("\\l", "\n") + "\r\n").encode())
        except (BrokenPipeError, ConnectionError):
            pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--connect")
    parser.add_argument("--say", action="append", default=[])
    parser.add_argument("program", nargs="*")
    arguments = parser.parse_args()
    peer = Peer(arguments)
    answered = True
    for line in arguments.say:
        if line.startswith("<"):
            answered = peer.wait_for(line[1:].encode())
            continue
        peer.send(line)
        answered = peer.wait_for(rb"^\d\d\d (.*)\n")
        if not answered:
            break
    if arguments.connect:
        peer.socket.close()
    else:
        peer.program.stdin.close()
        peer.program.wait(10)


main()
