"""A server that speaks LMTP (RFC 2033) and throws away what it is given.

Usage: lmtp.py ADDRESS PORT
"""
import asyncio
import sys

from aiosmtpd.lmtp import LMTP


class Discard:
    async def handle_DATA(self, server, session, envelope):
        """One reply for each recipient (RFC 2033 §4.2)."""
        return "\r\n".join(f"250 2.0.0 <{recipient}> discarded" for recipient in envelope.rcpt_tos)


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: LMTP(Discard()), sys.argv[1], int(sys.argv[2]))
    await server.serve_forever()


asyncio.run(main())
