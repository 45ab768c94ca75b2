"""The programs that are measured: their command lines as a user would write them, and what they report of the truth."""

import glob
import json
import os
import re
import shutil
import subprocess
import sys

MAIL = "tcp port 25 or tcp port 465 or tcp port 587 or (vlan and (tcp port 25 or tcp port 465 or tcp port 587))"
HERE = os.path.dirname(os.path.abspath(__file__))


class Program:
    """`command(capture)` is run in an empty folder; `read(output, folder)` answers what it found, by kind."""

    is_ours = False

    def __init__(self, name, command, read=None):
        self.name = name
        self.command = command
        self.read = read


def earshot(binary, form, threads=None):
    words = [binary, "--format", form]
    label = f"earshot {form}"
    if threads:
        words += ["--threads", threads]
        label += f" --threads {threads}"
    program = Program(label, lambda capture: words + ["-r", capture])
    program.is_ours = True
    program.format = form
    return program


def has_threads(binary):
    text = subprocess.run([binary, "help", "analyze"], capture_output=True, text=True, check=True).stdout
    return "--threads" in text


def compare(truth, events):
    """What the comparer says of a file of events; it runs apart, so that the driver stays small."""
    run = subprocess.run(
        [sys.executable, os.path.join(HERE, "truth.py"), truth, events, "--json"], capture_output=True, text=True)
    if run.returncode not in (0, 1) or not run.stdout:
        raise RuntimeError(f"the comparer failed on {events}: {run.stderr}")
    return json.loads(run.stdout)


# What the peers say, reduced to the sums of the truth. A sum that a program does not report is absent.

def read_ndpi(output, folder):
    found = {"implicit": 0, "auth": 0}
    for line in open(output, encoding="utf-8", errors="replace"):
        flows = re.match(r"\s+SMTPS\s+packets:.*flows: (\d+)", line)
        if flows:
            found["implicit"] = int(flows[1])
        risk = re.match(r"\s+Clear-Text Credentials\s+(\d+)", line)
        if risk:
            found["auth"] = int(risk[1])
        merged = re.match(r"\s+SMTP\s+packets:.*flows: (\d+)", line)
        if merged:
            found["note"] = f"{merged[1]} flows of SMTP, with and without STARTTLS"
    return found


TSHARK_FIELDS = [
    "tcp.stream", "tcp.dstport", "smtp.req.command", "smtp.auth.username", "tls.handshake.type", "smtp.data.fragment",
]


def read_tshark(output, folder):
    """A stream with a ServerHello is encrypted; one with MAIL or DATA in clear and none is not."""
    hello, implicit, commands, logins = set(), set(), set(), set()
    for line in open(output, encoding="utf-8", errors="replace"):
        columns = line.rstrip("\n").split("\t")
        if len(columns) < 5:
            continue
        stream, port, command, _, types = columns[:5]
        words = set(command.split(","))
        if words & {"MAIL", "RCPT", "DATA"}:
            commands.add(stream)
        if "AUTH" in words:
            logins.add(stream)
        if "2" in types.split(","):
            hello.add(stream)
        if "1" in types.split(",") and port == "465":
            implicit.add(stream)
    return {
        "upgraded": len(hello - implicit), "implicit": len(hello & implicit), "clear": len(commands - hello),
        "auth": len(logins),
    }


def read_ssldump(output, folder):
    """A line names its connection; what it holds stands indented below."""
    ports, hello, current = {}, set(), None
    for line in open(output, encoding="utf-8", errors="replace"):
        opened = re.match(r"New TCP connection #(\d+): .*\((\d+)\)\s*$", line)
        record = re.match(r"(\d+) +\d+ +\d+\.\d+ +\(", line)
        if opened:
            ports[opened[1]] = opened[2]
        elif record:
            current = record[1]
        if line.split() and line.split()[-1] == "ServerHello":
            hello.add(current)
    implicit = {number for number in hello if ports.get(number) == "465"}
    return {"upgraded": len(hello - implicit), "implicit": len(implicit)}


def read_zeek(output, folder):
    """ssl.log: one line for each connection with TLS; smtp.log: one for each message."""
    found = {"upgraded": 0, "implicit": 0}
    path = os.path.join(folder, "ssl.log")
    if not os.path.exists(path):
        return found
    names = []
    for line in open(path, encoding="utf-8", errors="replace"):
        if line.startswith("#fields"):
            names = line.rstrip("\n").split("\t")[1:]
        elif not line.startswith("#"):
            row = dict(zip(names, line.rstrip("\n").split("\t")))
            if row.get("version", "-") != "-":
                found["implicit" if row.get("id.resp_p") == "465" else "upgraded"] += 1
    return found


def read_suricata(output, folder):
    found = {"upgraded": 0, "implicit": 0}
    for path in glob.glob(os.path.join(folder, "eve.json")):
        for line in open(path, encoding="utf-8", errors="replace"):
            if '"event_type":"tls"' in line:
                found["implicit" if '"dest_port":465' in line else "upgraded"] += 1
    return found


PEERS = {
    "ndpiReader": Program("ndpiReader", lambda capture: ["ndpiReader", "-i", capture, "-v", "1"], read_ndpi),
    "tshark": Program(
        "tshark",
        lambda capture: ["tshark", "-n", "-r", capture, "-Y", "smtp.req || smtp.rsp || tls.handshake", "-T", "fields"]
        + [word for field in TSHARK_FIELDS for word in ("-e", field)], read_tshark),
    "tcpflow": Program("tcpflow", lambda capture: ["tcpflow", "-r", capture, "-o", "flows", MAIL]),
    "ssldump": Program("ssldump", lambda capture: ["ssldump", "-n", "-r", capture], read_ssldump),
    "zeek": Program("zeek", lambda capture: ["zeek", "-C", "-r", capture, "-f", MAIL], read_zeek),
    "suricata": Program(
        "suricata", lambda capture: ["suricata", "-r", capture, "-k", "none", "--runmode", "single", "-l", "."],
        read_suricata),
}


def installed(name):
    return shutil.which(name) is not None
