"""A wire to a server that is some milliseconds away: what is sent arrives, a little later.

    python -m benchmarks.distance PORT SECONDS     prints the port of its near end

The seconds are those of a round trip; all of them are added on the way there.
"""

import asyncio
import selectors
import sys
from collections import deque

SIZE = 1 << 16


async def main(port: str, seconds: float) -> None:
    loop = asyncio.get_running_loop()

    async def connect(near: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        far, there = await asyncio.open_connection("127.0.0.1", int(port))
        back = asyncio.ensure_future(pass_on(far, answers))
        on_the_way: deque[bytes] = deque()

        def arrive() -> None:
            there.write(on_the_way.popleft())

        while content := await near.read(SIZE):
            on_the_way.append(content)
            loop.call_later(seconds, arrive)
        await asyncio.sleep(seconds)
        there.close()
        await back

    async def pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while content := await source.read(SIZE):
            target.write(content)
        target.close()

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    # Other selectors round a wait up to whole milliseconds.
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    loop.run_until_complete(main(sys.argv[1], float(sys.argv[2])))
