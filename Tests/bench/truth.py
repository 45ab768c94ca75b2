#!/usr/bin/env python3
"""Compares, session by session, what Earshot says (--format jsonl) with what is true of a workload.

    truth.py NAME.tsv EVENTS.jsonl [--json] [--examples N]

A session is
    right        every fact that its kind has is reported as it is
    unsure       some fact is not known, and the event says why (not_observable, gaps)
    unexplained  some fact is not known, and nothing says why
    wrong        some fact is denied; `swapped` are those of them where encrypted is called plaintext or the reverse
    missing      no event; doubled: more than one
The exit status is 1 where a session is wrong, unexplained, missing or doubled.
"""

import collections
import json
import sys

CLEAR_FINDINGS = {
    "message-in-clear", "envelope-in-clear", "credentials-in-clear", "cleartext-submission", "starttls-unused",
    "starttls-not-offered", "cleartext-on-implicit-tls-port",
}
VERSIONS = {"10": "TLSv1", "11": "TLS 1.1", "12": "TLS 1.2", "13": "TLS 1.3"}
FAILURES = ("unexplained", "wrong", "missing", "doubled")


def expected(kind):
    """The facts of a kind of session; `None` where it is no mail session."""
    kind = kind.removesuffix("_open")
    if kind.startswith("starttls"):
        return {"protection": "encrypted", "implicit": False, "offered": True, "upgraded": True,
                "version": VERSIONS[kind[8:]]}
    if kind.startswith("implicit"):
        return {"protection": "encrypted", "implicit": True, "version": VERSIONS[kind[8:]]}
    return {
        "plain": {"protection": "clear", "offered": False},
        "offered_unused": {"protection": "clear", "offered": True},
        "auth_clear": {"protection": "clear", "offered": True, "auth": True},
    }.get(kind)


def observed(flow):
    """The same facts as the flow event reports them; `None` for what it leaves open."""
    mail = flow["mail_tls"]
    starttls = mail.get("starttls") or {}
    tls = mail.get("tls") or {}
    findings = set(mail.get("findings", ()))
    encrypted = bool(starttls.get("completed") or tls.get("completed") or mail.get("verdict") == "sealed")
    clear = mail.get("verdict") == "open" or bool(findings & CLEAR_FINDINGS)
    protection = {(True, False): "encrypted", (False, True): "clear"}.get((encrypted, clear))
    if encrypted and clear:
        protection = "both"
    offered = starttls.get("offered")
    if offered is False and "starttls-not-offered" not in findings and explanations(flow):
        offered = None
    return {
        "protection": protection,
        "implicit": tls.get("implicit") if tls else None,
        "offered": offered,
        # `completed` false says no more than that TLS was not seen to begin.
        "upgraded": True if starttls.get("completed") else None,
        "version": tls.get("version"),
        "auth": True if (mail.get("smtp") or {}).get("auth") else None,
    }


def explanations(flow):
    mail = flow["mail_tls"]
    # What TLS 1.3 encrypts is hidden in a perfect capture too: it explains no doubt about the rest.
    reasons = {
        f"{entry['fact']}: {entry['why']}" for entry in mail.get("not_observable", ())
        if entry["fact"] != "certificate"
    }
    if mail.get("gaps"):
        reasons.add("gaps")
    if mail.get("capture") not in (None, "complete"):
        reasons.add(mail["capture"])
    return reasons


def judge(kind, flows, missed):
    """One word, and what it rests on."""
    facts = expected(kind)
    if facts is None:
        claims = [flow for flow in flows if observed(flow)["protection"] is not None]
        return ("wrong", ["mail where there is none"]) if claims else ("right", [])
    if not flows:
        return ("unsure", ["its packets were not seen"]) if missed else ("missing", [])
    if len(flows) > 1:
        return "doubled", [f"{len(flows)} events"]
    seen = observed(flows[0])
    wrong = [f"{name} {seen[name]}, not {value}" for name, value in facts.items()
             if seen[name] is not None and seen[name] != value]
    if wrong:
        return "wrong", wrong
    unknown = [name for name in facts if seen[name] is None]
    if not unknown:
        return "right", []
    reasons = sorted(explanations(flows[0]))
    return ("unsure", reasons) if reasons else ("unexplained", unknown)


def read_truth(path):
    truth = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            kind, client, client_port, server, server_port, missed = line.rstrip("\n").split("\t")
            truth[client, int(client_port), server, int(server_port)] = (kind, int(missed))
    return truth


def read_flows(path):
    """Flow events by their ends, and the stats event."""
    flows = collections.defaultdict(list)
    stats = None
    with open(path, encoding="utf-8") as file:
        for line in file:
            if '"event_type":"flow"' in line:
                event = json.loads(line)
                key = event["src_ip"], event["src_port"], event["dest_ip"], event["dest_port"]
                # No more than is looked at: a storm has many of them.
                event["mail_tls"] = {
                    name: event["mail_tls"].get(name) for name in
                    ("verdict", "capture", "gaps", "smtp", "starttls", "tls", "findings", "not_observable")
                    if event["mail_tls"].get(name) is not None}
                if "tls" in event["mail_tls"]:
                    event["mail_tls"]["tls"].pop("certificates", None)
                flows[key].append({"mail_tls": event["mail_tls"], "event": key})
            elif '"event_type":"stats"' in line:
                stats = json.loads(line)
    return flows, stats


def compare(truth, flows):
    counts = collections.defaultdict(collections.Counter)
    reasons = {word: collections.Counter() for word in ("unsure",) + FAILURES}
    examples = collections.defaultdict(list)
    swapped = 0
    for key, (kind, missed) in truth.items():
        word, why = judge(kind, flows.get(key, []), missed)
        counts[kind][word] += 1
        swapped += any(reason.startswith("protection ") or reason.startswith("mail where") for reason in why)
        if word != "right":
            reasons[word]["; ".join(why) or "no event"] += 1
            examples[word].append((kind, key, why))
    invented = sum(len(events) for key, events in flows.items() if key not in truth)
    return counts, reasons, examples, swapped, invented


def found(truth, flows):
    """The sums that are asked of every program."""
    sums = collections.Counter()
    for key in truth:
        for flow in flows.get(key, ())[:1]:
            seen = observed(flow)
            sums["upgraded"] += bool(seen["upgraded"])
            sums["implicit"] += bool(seen["implicit"] and seen["protection"] == "encrypted")
            sums["clear"] += seen["protection"] == "clear"
            sums["auth"] += bool(seen["auth"])
    return dict(sums)


def true_sums(truth):
    sums = collections.Counter()
    for kind, _ in truth.values():
        facts = expected(kind) or {}
        sums["upgraded"] += bool(facts.get("upgraded"))
        sums["implicit"] += bool(facts.get("implicit"))
        sums["clear"] += facts.get("protection") == "clear"
        sums["auth"] += bool(facts.get("auth"))
    return dict(sums)


def main(arguments):
    options = [word for word in arguments if word.startswith("--")]
    files = [word for word in arguments if not word.startswith("--")]
    shown = 0
    if "--examples" in options:
        shown = int(files.pop())
    if len(files) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    truth = read_truth(files[0])
    flows, stats = read_flows(files[1])
    counts, reasons, examples, swapped, invented = compare(truth, flows)
    sums = collections.Counter()
    for kind in counts.values():
        sums.update(kind)
    failed = sum(sums[word] for word in FAILURES) + invented + (stats is None)
    if "--json" in options:
        print(json.dumps({
            "sessions": len(truth), "counts": dict(sums), "swapped": swapped, "invented": invented,
            "reasons": {word: dict(why) for word, why in reasons.items() if why}, "found": found(truth, flows),
            "truth": true_sums(truth), "evicted": stats["mail_tls"]["counters"].get("evicted") if stats else None,
        }))
        return int(failed > 0)
    words = ("right", "unsure") + FAILURES
    print(f"{'':16}" + "".join(f"{word:>13}" for word in words))
    for kind in sorted(counts):
        print(f"{kind:16}" + "".join(f"{counts[kind][word]:13}" for word in words))
    print(f"{'all':16}" + "".join(f"{sums[word]:13}" for word in words))
    print(f"encrypted called plaintext or the reverse: {swapped}; sessions that nobody held: {invented}")
    for word, why in reasons.items():
        for reason, count in why.most_common(12):
            print(f"  {word:12}{count:7}  {reason}")
        for kind, key, why_not in examples[word][:shown]:
            print(f"    {kind} {key[0]}:{key[1]} {key[2]}:{key[3]} {'; '.join(why_not)}")
    if stats is None:
        print("the events end without their stats: the run was cut")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
