#!/usr/bin/env python3
"""Listens to real mail servers and clients, in network namespaces (root): findings come while connections are open, and are
those that the same packets yield from a file.

Usage: live.py EARSHOT [SCENARIO…]
"""

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
""".split()


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


def main():
    earshot = os.path.abspath(sys.argv[1])
    names = sys.argv[2:] or SCENARIOS
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        subprocess.run(
            [os.path.join(ROOT, "captures", "record.sh")] + names, check=True, stdout=subprocess.DEVNULL,
            env={**os.environ, "EARSHOT_LIVE": earshot, "EARSHOT_CAPTURES": folder})
        wrong = 0
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
            rules = sorted({rule for _, rule in findings(live)})
            print(f"{name:32} {len(rules)} findings, told before the end: {', '.join(early(live)) or '-'}")
            told = os.path.join(folder, name + ".told")
            if os.path.exists(told):
                with open(told, encoding="utf-8") as file:
                    sentence = file.read().strip()
                print(f"{'':32} {sentence or 'NOTHING WAS TOLD while the connection was open'}")
                wrong += not sentence
        print(f"live: {len(names)} scenarios, {wrong} differ from what the file yields")
        return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
