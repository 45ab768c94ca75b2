#!/usr/bin/env python3
"""Counts, with valgrind's callgrind, how often a packet that brings nothing new asks for memory, counts a reference or has
octets copied: one that is no mail, one of a mail session behind its handshake, and one inside a message. None may.

Each capture is made in two sizes, and the difference counts; a block of packets (256 KiB) may do all of it for itself.
"""

import json
import os
import re
import struct
import subprocess
import sys
import tempfile

import instructions
import programs

CAPTURES = os.path.join(programs.HERE, "..", "..", "captures")
ENCRYPTED = os.path.join(CAPTURES, "clean-starttls-tls13.pcap")
CLEAR = os.path.join(CAPTURES, "starttls-not-offered.pcap")
PACKETS = 20_000
# What a thousand packets may do: blocks of packets are handed from the reader to the worker, queues grow.
PER_THOUSAND = 100
KINDS = {
    "asked for memory": re.compile(
        r"^(_?mi_\w*(alloc|new)\w*|malloc|calloc|realloc|posix_memalign|aligned_alloc|swift_alloc\w*|swift_slowAlloc\w*)$"),
    "counted references": re.compile(r"^_?swift_(\w*[rR]etain\w*|\w*[rR]elease\w*)$"),
    "copied octets": re.compile(r"^_*(memcpy|memmove)\w*$"),
}


def read(path):
    """The frames of a little-endian pcap file with microseconds: seconds, microseconds, octets."""
    octets = open(path, "rb").read()
    magic, link = struct.unpack_from("<I", octets)[0], struct.unpack_from("<I", octets, 20)[0]
    if magic != 0xA1B2C3D4 or link != 1:
        raise SystemExit(f"packets: {path} is another kind of file than this script reads")
    frames, place = [], 24
    while place < len(octets):
        seconds, micro, length = struct.unpack_from("<III", octets, place)
        frames.append((seconds, micro, octets[place + 16:place + 16 + length]))
        place += 16 + length
    return frames


def write(path, frames):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for seconds, micro, octets in frames:
            file.write(struct.pack("<IIII", seconds, micro, len(octets), len(octets)) + octets)


def checksum(octets):
    octets += b"\0" * (len(octets) % 2)
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def like(frame, payload, sequence, identification):
    """A segment of the same sender behind `frame` (Ethernet, IPv4 without options)."""
    ip, tcp = bytearray(frame[14:34]), bytearray(frame[34:54])
    struct.pack_into(">HH", ip, 2, 40 + len(payload), identification & 0xFFFF)
    struct.pack_into(">H", ip, 10, 0)
    struct.pack_into(">H", ip, 10, checksum(bytes(ip)))
    struct.pack_into(">I", tcp, 4, sequence & 0xFFFFFFFF)
    tcp[12:14] = b"\x50\x18"
    struct.pack_into(">H", tcp, 16, 0)
    pseudo = bytes(ip[12:20]) + struct.pack(">HH", 6, 20 + len(payload))
    struct.pack_into(">H", tcp, 16, checksum(pseudo + bytes(tcp) + payload))
    return frame[:14] + bytes(ip) + bytes(tcp) + payload


def payload(frame):
    return frame[34 + (frame[46] >> 4) * 4:14 + struct.unpack_from(">H", frame, 16)[0]]


def going_on(recording, is_last, octets, count):
    """What was recorded up to the client's last segment with a payload that `is_last`, and the next frame, where that is the
    reply to it; and `octets` in so many segments of the client behind."""
    frames = read(recording)
    at = max(index for index, (_, _, frame) in enumerate(frames)
             if is_last(payload(frame)) and struct.unpack_from(">H", frame, 36)[0] in (25, 465, 587))
    last = frames[at][2]
    end = at + 1
    while not payload(frames[end][2]):
        end += 1
    seconds, micro, _ = frames[end]
    sequence = struct.unpack_from(">I", last, 38)[0] + len(payload(last))
    # A microsecond each: none is silent for long enough to be put away.
    made = [(seconds + (micro + number) // 1_000_000, (micro + number) % 1_000_000,
             like(last, octets, sequence + number * len(octets), number)) for number in range(count)]
    return frames[:end + 1] + made


def behind_handshake(count):
    record = b"\x17\x03\x03" + struct.pack(">H", 60) + bytes(60)
    return going_on(ENCRYPTED, lambda octets: octets[:2] == b"\x17\x03", record, count)


def in_message(count):
    return going_on(CLEAR, lambda octets: octets == b"DATA\r\n", b"What anyone between the two may read, and many did.\r\n", count)


def no_mail(count):
    """A recorded session whose ports are those of the web in so many packets behind it."""
    frames = read(ENCRYPTED)
    seconds, micro, last = frames[-1]
    last = last[:34] + struct.pack(">HH", 50_000, 443) + last[38:]
    made = [(seconds + (micro + number) // 1_000_000, (micro + number) % 1_000_000,
             like(last, bytes(60), number * 60, number)) for number in range(count)]
    return frames + made


CASES = [
    ("no mail", no_mail, lambda counters, flow: counters["other_packets"] >= PACKETS),
    ("behind the handshake", behind_handshake,
     lambda counters, flow: counters["mail_segments"] >= PACKETS and flow["tls"]["completed"]),
    ("in a message", in_message, lambda counters, flow: counters["mail_segments"] >= PACKETS and flow["smtp"]["data"] == 1),
]


def calls(profile):
    """How often each function was called, by its name."""
    names, counts, callee = {}, {}, None
    for line in open(profile, encoding="utf-8", errors="replace"):
        if line.startswith(("fn=", "cfn=")):
            number, _, name = line.split("=", 1)[1].strip().partition(" ")
            if name:
                names[number] = name
            if line.startswith("cfn="):
                callee = number
        elif line.startswith("calls="):
            counts[callee] = counts.get(callee, 0) + int(line[6:].split()[0])
    return {name: sum(counts.get(number, 0) for number in numbers)
            for name, numbers in grouped(names).items()}


def grouped(names):
    groups = {}
    for number, name in names.items():
        groups.setdefault(re.sub(r"'\d+$", "", name), []).append(number)
    return groups


def measure(binary, frames, folder, state):
    path = os.path.join(folder, "packets.pcap")
    write(path, frames)
    run = subprocess.run([binary, "--format", "jsonl", "-r", path], capture_output=True, text=True)
    events = [json.loads(line) for line in run.stdout.splitlines()]
    counters = events[-1]["mail_tls"]["counters"]
    flow = next(event["mail_tls"] for event in events if event["event_type"] == "flow")
    # What is counted must be what is meant.
    if counters["gaps"] or counters["packets"] != len(frames) or not state(counters, flow):
        raise SystemExit(f"packets: {counters} {flow}")
    instructions.count(binary, "summary", path, folder)
    return calls(os.path.join(folder, "callgrind"))


def main():
    instructions.install_valgrind()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="earshot-packets-") as folder:
        binary = instructions.stripped(os.path.join(os.path.abspath(sys.argv[1]), "earshot"), folder)
        for label, make, state in CASES:
            few, many = (measure(binary, make(count), folder, state) for count in (PACKETS, 2 * PACKETS))
            for what, pattern in KINDS.items():
                more = {name: many[name] - few.get(name, 0) for name in many if pattern.match(name)}
                rate = sum(more.values()) * 1000 / PACKETS
                failed += rate > PER_THOUSAND
                verdict = "" if rate <= PER_THOUSAND else "  MORE than " + str(PER_THOUSAND) + ": " + ", ".join(
                    f"{name} {count}" for name, count in sorted(more.items(), key=lambda item: -item[1])[:5])
                print(f"{label:22} {what:18} {rate:8.1f} times in 1000 packets{verdict}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
