#!/usr/bin/env python3
"""Listens to real mail servers and clients, in network namespaces (root): findings come while connections are open, and are
those that the same packets yield from a file. Their packets are kept with everything overwritten that nobody may read.

Usage: live.py EARSHOT [SCENARIO…]
"""

import base64
import glob
import json
import os
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "jsonschema"], check=True)
    import jsonschema

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
with open(os.path.join(ROOT, "docs", "events.schema.json"), encoding="utf-8") as schema:
    SCHEMA = json.load(schema)
# Plaintext, logins in clear, STARTTLS and implicit TLS in both versions, masked, refused, Postfix and Exim.
SCENARIOS = """
starttls-unused credentials-in-clear-plain credentials-in-clear-login credentials-in-clear-refused message-in-clear-bdat
clean-starttls-tls13 clean-starttls-tls12 clean-exim-starttls-tls13 clean-exim-starttls-tls12 clean-implicit-tls13
clean-implicit-tls12 starttls-masked starttls-stripped starttls-refused-continued starttls-refused-quit cleartext-on-465
starttls-without-tls certificate-expired certificate-self-signed tls10 plaintext-after-failed-tls tls-fallback-retry live-open
live-retry
""".split()
# What several sessions prove together.
HOP_RULES = ("plaintext-after-failed-tls", "tls-fallback-retry")
# What is said in these dialogues and may stand in no file: mailboxes, passwords and how they are sent, content.
SECRETS = [
    b"alice@example", b"bob@example", base64.b64encode(b"fake-password"),
    base64.b64encode(b"alice@example.org"), base64.b64encode(b"\0alice@example.org\0fake-password"), b"Subject: lab", b"\nhello\r",
]


def events(text):
    return [json.loads(line) for line in text.splitlines()]


def findings(events):
    """What was found, without what differs between an interface and a file: frames are counted otherwise."""
    alerts = [event for event in events if event["event_type"] == "alert"]
    # An alert that was told early may have had a milder one before it.
    worst = {}
    order = ["info", "low", "medium", "high", "critical"]
    for alert in alerts:
        facts = alert["mail_tls"]
        key = (alert.get("src_port"), facts["rule"])
        found = (order.index(facts["severity"]), facts["certainty"])
        worst[key] = max(worst.get(key, found), found)
    return worst


def verdicts(events):
    return sorted(
        (event["src_port"], event["mail_tls"]["verdict"], tuple(sorted(event["mail_tls"]["findings"])))
        for event in events if event["event_type"] == "flow")


def early(events):
    """Alerts that stand before the last event of their session, by rule."""
    ends = {event["flow_id"]: event["flow"]["end"] for event in events if event["event_type"] == "flow"}
    return sorted({
        event["mail_tls"]["rule"] for event in events
        if event["event_type"] == "alert" and "flow_id" in event and event["timestamp"] < ends[event["flow_id"]]})


class Kept:
    """The evidence of a scenario, and what is wrong with it."""

    def __init__(self, earshot, folder, name, live):
        self.files = sorted(glob.glob(os.path.join(folder, name + ".evidence*")))
        self.wrong = []
        self.check("one file", len(self.files) == 1)
        self.check("for its owner alone", all(os.stat(file).st_mode & 0o777 == 0o600 for file in self.files))
        for file in self.files + [os.path.join(folder, name + ".live.jsonl")]:
            with open(file, "rb") as octets:
                content = octets.read()
            for secret in SECRETS:
                self.check(f"{secret} in {os.path.basename(file)}", secret not in content)
        self.packets = self.read_by_wireshark()
        # Session stands behind session; what several of them prove depends on the order of time.
        ordered = os.path.join(folder, name + ".ordered.pcapng")
        subprocess.run(["reordercap", self.files[0], ordered], check=True, stdout=subprocess.DEVNULL)
        text = subprocess.run([earshot, "-r", ordered, "--format", "jsonl"], text=True, stdout=subprocess.PIPE).stdout
        expected = {key: found for key, found in findings(live).items() if key[0] is None or key[0] in self.ports(live)}
        self.check(f"{expected} and in the evidence {findings(events(text))}", findings(events(text)) == expected)

    def check(self, what, holds):
        if not holds:
            self.wrong.append(what)

    @staticmethod
    def ports(live):
        """Whose packets are to be kept: those of sessions with more than a remark, or with a part in what a hop proves."""
        kept = {
            event["src_port"] for event in live if event["event_type"] == "alert" and "src_port" in event
            and event["mail_tls"]["severity"] != "info"}
        retries = [event for event in live if event["event_type"] == "alert" and event["mail_tls"]["rule"] in HOP_RULES]
        frames = {proof["frame"] for event in retries for proof in event["mail_tls"]["evidence"]}
        return kept | {
            event["src_port"] for event in live if event["event_type"] == "flow"
            and any(event["mail_tls"]["first_frame"] <= frame <= event["mail_tls"]["last_frame"] for frame in frames)}

    def read_by_wireshark(self):
        """Packets; nothing may be malformed, and no checksum wrong."""
        lines = subprocess.run(
            ["tshark", "-r", self.files[0], "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields",
             "-e", "frame.number", "-e", "_ws.malformed", "-e", "tcp.checksum.status", "-e", "ip.checksum.status"],
            check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.splitlines()
        for line in lines:
            number, malformed, *checksums = line.split("\t")
            # 0 is bad.
            self.check(f"packet {number}: {line}", not malformed and not any("0" in status.split(",") for status in checksums))
        return len(lines)


def main():
    earshot = os.path.abspath(sys.argv[1])
    names = sys.argv[2:] or SCENARIOS
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        subprocess.run(
            [os.path.join(ROOT, "captures", "record.sh")] + names, check=True, stdout=subprocess.DEVNULL,
            env={**os.environ, "EARSHOT_LIVE": earshot, "EARSHOT_CAPTURES": folder})
        wrong = 0
        said = b""
        for name in names:
            with open(os.path.join(folder, name + ".live.jsonl"), encoding="utf-8") as file:
                live = events(file.read())
            saved = events(subprocess.run(
                [earshot, "-r", os.path.join(folder, name + ".pcap"), "--format", "jsonl"], text=True,
                stdout=subprocess.PIPE).stdout)
            for event in live:
                jsonschema.validate(event, SCHEMA)
            stats = live[-1]["stats"]["capture"]
            same = findings(live) == findings(saved) and verdicts(live) == verdicts(saved)
            if not same or stats["kernel_drops"]:
                wrong += 1
                print(f"{name}: live {findings(live)} {verdicts(live)}, file {findings(saved)} {verdicts(saved)}, {stats}")
            with open(os.path.join(folder, name + ".pcap"), "rb") as file:
                said += file.read()
            kept = Kept(earshot, folder, name, live)
            wrong += bool(kept.wrong)
            rules = sorted({rule for _, rule in findings(live)})
            print(f"{name:32} {len(rules)} findings, told before the end: {', '.join(early(live)) or '-'}; "
                  f"{kept.packets} packets kept")
            for sentence in kept.wrong:
                print(f"{'':32} EVIDENCE: {sentence}")
            told = os.path.join(folder, name + ".told")
            if os.path.exists(told):
                with open(told, encoding="utf-8") as file:
                    sentence = file.read().strip()
                print(f"{'':32} {sentence or 'NOTHING WAS TOLD while the connection was open'}")
                wrong += not sentence
        unsaid = [secret for secret in SECRETS if secret not in said]
        if names == SCENARIOS and unsaid:
            wrong += 1
            print(f"nothing is shown by the absence of {unsaid}: it was never said")
        print(f"live: {len(names)} scenarios, {wrong} differ from what the file yields")
        return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
