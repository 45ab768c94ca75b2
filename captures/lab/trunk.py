"""A switch with one access port and one trunk: frames cross the trunk with an IEEE 802.1Q tag.

Usage: trunk.py VLAN ACCESS TRUNK0 TRUNK1 UPLINK   (interface names; TRUNK0 and TRUNK1 are the two ends of one cable)
"""
import select
import socket
import struct
import sys

ALL_PROTOCOLS = 3


def port(name):
    handle = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS))
    handle.bind((name, ALL_PROTOCOLS))
    index = socket.if_nametoindex(name)
    handle.setsockopt(263, 1, struct.pack("iHH8s", index, 1, 0, b""))  # SOL_PACKET, PACKET_ADD_MEMBERSHIP, promiscuous
    return handle


def main():
    vlan = int(sys.argv[1])
    access, trunk0, trunk1, uplink = map(port, sys.argv[2:6])
    tag = struct.pack(">HH", 0x8100, vlan)
    # The kernel takes the tag off a frame that it receives, so only sending it on the trunk needs a hand.
    ways = {access: (trunk0, tag), trunk1: (uplink, b""), uplink: (trunk1, tag), trunk0: (access, b"")}
    print("switching", flush=True)
    while True:
        for side in select.select(list(ways), [], [])[0]:
            frame, sender = side.recvfrom(65536)
            if sender[2] == socket.PACKET_OUTGOING:
                continue
            out, inserted = ways[side]
            out.send(frame[:12] + inserted + frame[12:])


main()
