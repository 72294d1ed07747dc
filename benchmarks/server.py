"""A server that takes every frame after a delay, in as few instructions as Python allows.

It is the other end of a wire and no stand-in of the API: it reads nothing but lengths.

    python -m benchmarks.server DELAY_SECONDS     prints its port
"""

import asyncio
import re
import sys

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
CONTACTS = 500
ANSWER = (
    b'{"sms_ticket":"sms_5f3fbce61266e","number_of_contacts":%d,"total_cost":22.5,'
    b'"number_of_sms_needed":%d,"residual_credit":100000.0,"message":""}' % (CONTACTS, CONTACTS)
)
HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
REPLY = HEAD % len(ANSWER) + ANSWER


class Taker(asyncio.Protocol):
    """Waits for a whole request, then answers after the delay."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.held = bytearray()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.held += data
        end = self.held.find(b"\r\n\r\n")
        if end < 0:
            return
        match = LENGTH.search(self.held, 0, end)
        whole = end + 4 + (int(match.group(1)) if match else 0)
        if len(self.held) < whole:
            return
        del self.held[:whole]
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self.answer)
        else:
            self.answer()

    def answer(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(REPLY)


async def main(delay: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Taker(delay), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
