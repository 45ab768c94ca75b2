"""A small SMTP server and client on pyOpenSSL, whose OpenSSL has ML-KEM: STARTTLS with the group X25519MLKEM768.

Usage: hybrid.py serve ADDRESS PORT CHAIN KEY
       hybrid.py send NAME PORT ROOT
"""
import socket
import sys

from OpenSSL import SSL

MESSAGE = b"From: alice@example.org\r\nTo: bob@example.org\r\nSubject: hybrid\r\n\r\nhello\r\n.\r\n"


class Line:
    """SMTP lines over a connection that may change from plaintext to TLS."""

    def __init__(self, connection):
        self.connection = connection
        self.rest = b""

    def read(self):
        while b"\n" not in self.rest:
            octets = self.connection.recv(65536)
            if not octets:
                raise EOFError
            self.rest += octets
        line, self.rest = self.rest.split(b"\n", 1)
        return line.strip()

    def write(self, octets):
        self.connection.sendall(octets)

    def say(self, command):
        self.write(command)
        while self.read()[3:4] == b"-":
            pass

    def protect(self, context, name=None):
        tls = SSL.Connection(context, self.connection)
        if name:
            tls.set_tlsext_host_name(name.encode())
            tls.set_connect_state()
        else:
            tls.set_accept_state()
        tls.do_handshake()
        self.connection = tls
        return tls


def serve(address, port, chain, key):
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.use_certificate_chain_file(chain)
    context.use_privatekey_file(key)
    listener = socket.create_server((address, int(port)))
    while True:
        client = listener.accept()[0]
        try:
            answer(Line(client), context)
        except (EOFError, SSL.Error, ConnectionError):
            pass
        client.close()


def answer(line, context):
    line.write(b"220 hybrid.example.org ESMTP\r\n")
    tls = None
    while True:
        verb = line.read().upper().split(b" ")[0]
        if verb == b"EHLO":
            line.write(b"250-hybrid.example.org\r\n" + (b"250 8BITMIME\r\n" if tls else b"250-8BITMIME\r\n250 STARTTLS\r\n"))
        elif verb == b"STARTTLS":
            line.write(b"220 2.0.0 Ready to start TLS\r\n")
            tls = line.protect(context)
        elif verb == b"DATA":
            line.write(b"354 End data with <CR><LF>.<CR><LF>\r\n")
            while line.read() != b".":
                pass
            line.write(b"250 2.0.0 Ok\r\n")
        elif verb == b"QUIT":
            line.write(b"221 2.0.0 Bye\r\n")
            if tls:
                tls.shutdown()
            return
        else:
            line.write(b"250 2.0.0 Ok\r\n")


def send(name, port, root):
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.load_verify_locations(root)
    context.set_verify(SSL.VERIFY_PEER)
    client = socket.create_connection((name, int(port)))
    line = Line(client)
    line.say(b"")
    line.say(b"EHLO client.example.org\r\n")
    line.say(b"STARTTLS\r\n")
    tls = line.protect(context, name)
    for command in (b"EHLO client.example.org\r\n", b"MAIL FROM:<alice@example.org>\r\n", b"RCPT TO:<bob@example.org>\r\n",
                    b"DATA\r\n", MESSAGE, b"QUIT\r\n"):
        line.say(command)
    tls.shutdown()
    client.close()


{"serve": serve, "send": send}[sys.argv[1]](*sys.argv[2:])
