"""Stands in the path of one connection and changes what passes.

Usage: tamper.py MODE[,MODE…] ADDRESS PORT NETWORK   (started in the client's network; NETWORK leads on to the server)

Each MODE is for one connection, in the order of their coming.

It listens on the server's address and connects on from NETWORK with the client's address and port, so that taps on either
side see one connection with different octets.
"""
import ctypes
import os
import re
import select
import socket
import struct
import sys


def untouched(octets):
    return octets


def mask(octets):
    """What an in-path device does that overwrites the keyword in place."""
    return octets.replace(b"STARTTLS\r\n", b"XXXXXXXX\r\n") if octets.startswith(b"250") else octets


def mask_like_cisco(octets):
    """As ESMTP inspection does: the banner starred out, keywords that it does not know overwritten."""
    if octets.startswith(b"220 "):
        return b"220 " + re.sub(rb"[^\r\n02 ]", b"*", octets[4:])
    return octets.replace(b"STARTTLS\r\n", b"XXXXXXXA\r\n") if octets.startswith(b"250") else octets


def strip(octets):
    return octets.replace(b"250-STARTTLS\r\n", b"") if octets.startswith(b"250") else octets


def is_client_hello(octets):
    return len(octets) > 5 and octets[0] == 22 and octets[5] == 1


def hide_supported_versions(octets):
    """Gives the extension supported_versions a number that no server knows (RFC 8446 §4.1.2 for the layout)."""
    if not is_client_hello(octets):
        return octets
    hello = bytearray(octets)
    at = 5 + 4 + 2 + 32
    at += 1 + hello[at]
    at += 2 + struct.unpack_from(">H", hello, at)[0]
    at += 1 + hello[at]
    at += 2
    while at + 4 <= len(hello):
        kind, length = struct.unpack_from(">HH", hello, at)
        if kind == 43:
            struct.pack_into(">H", hello, at, 0xFE2B)
        at += 4 + length
    return bytes(hello)


def mangle(octets):
    """The command overwritten in place, as devices do with commands that they do not let through."""
    return b"XXXXXXXX\r\n" if octets == b"STARTTLS\r\n" else octets


def hide_ehlo(octets):
    """What old firewalls do that know HELO alone."""
    return b"XXXX" + octets[4:] if octets.startswith(b"EHLO ") else octets


def inject_command(octets):
    """A command that the server may take for one from inside TLS (CVE-2011-0411)."""
    return octets + b"MAIL FROM:<injected@example.net>\r\n" if octets == b"STARTTLS\r\n" else octets


def inject_response(octets):
    """A reply that the client may take for one from inside TLS; the greeting names its host, the other 220 does not."""
    return octets + b"250 2.0.0 injected\r\n" if octets.startswith(b"220 2.0.0 ") else octets


def replace_server_hello(octets):
    """A fatal alert, protocol_version, in the ServerHello's place (RFC 8446 §6)."""
    return bytes([21, 3, 3, 0, 2, 2, 70]) if octets[0] == 22 else b"" if octets[0] in (20, 23) else octets


def change_suite(octets):
    """Puts TLS_RSA_WITH_RC4_128_SHA into a ServerHello (RFC 5246 §7.4.1.3 for the layout)."""
    if not (len(octets) > 5 and octets[0] == 22 and octets[5] == 2):
        return octets
    hello = bytearray(octets)
    at = 5 + 4 + 2 + 32
    at += 1 + hello[at]
    hello[at:at + 2] = b"\x00\x05"
    return bytes(hello)


REFUSAL = b"454 4.7.0 TLS not available due to temporary reason\r\n"

# mode: (what the client sends, what the server sends, what ends the connection or is answered here)
MODES = {
    "pass": (untouched, untouched, None),
    "mask": (untouched, mask, None),
    "cisco": (untouched, mask_like_cisco, None),
    "strip": (untouched, strip, None),
    "rollback": (hide_supported_versions, untouched, None),
    "suite": (untouched, change_suite, None),
    "mangle": (mangle, untouched, None),
    "hide-ehlo": (hide_ehlo, untouched, None),
    "inject-command": (inject_command, untouched, None),
    "inject-response": (untouched, inject_response, None),
    "replace-hello": (untouched, replace_server_hello, None),
    "refuse": (untouched, untouched, "refuse"),
    "reset": (untouched, untouched, "reset"),
    "finish": (untouched, untouched, "finish"),
    "cut": (untouched, untouched, "cut"),
}


def enter(network):
    """Sockets made from now on belong to this network namespace; those made before stay in theirs."""
    handle = os.open("/run/netns/" + network, os.O_RDONLY)
    if ctypes.CDLL(None, use_errno=True).setns(handle, 0x40000000) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def relay(client, server, mode):
    from_client, from_server, ending = MODES[mode]
    open_sides = {client: server, server: client}
    client_has_keys = False
    while open_sides:
        for side in select.select(list(open_sides), [], [], 10)[0]:
            try:
                octets = side.recv(65536)
            except ConnectionError:
                return
            other = server if side is client else client
            if not octets:
                other.shutdown(socket.SHUT_WR)
                del open_sides[side]
                continue
            if side is client and ending in ("reset", "finish") and is_client_hello(octets):
                if ending == "reset":
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            if side is client and ending == "refuse" and octets == b"STARTTLS\r\n":
                client.sendall(REFUSAL)
                continue
            octets = (from_client if side is client else from_server)(octets)
            if octets:
                other.sendall(octets)
            # Behind the client's Finished comes the server's, or its tickets; then both have their keys.
            if side is client and octets[:1] in (b"\x14", b"\x16", b"\x17") and not is_client_hello(octets):
                client_has_keys = True
            elif side is server and ending == "cut" and client_has_keys:
                return


def pass_on(listener, mode, address, port):
    client, peer = listener.accept()
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(peer)
    server.connect((address, port))
    for side in (client, server):
        side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        relay(client, server, mode)
    finally:
        client.close()
        server.close()


def main():
    modes, address, port, network = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    listener = socket.create_server((address, port))
    enter(network)
    print("listening", flush=True)
    for mode in modes.split(","):
        pass_on(listener, mode, address, port)


main()
