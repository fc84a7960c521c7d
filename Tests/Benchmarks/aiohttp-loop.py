"""What a careful person writes in Python: one `aiohttp` session, so many connections that are kept, each always busy.

    aiohttp-loop.py URL SECONDS CONNECTIONS [CA]

URL is what a task's id is put behind. Prints requests, failures, seconds, and CPU microseconds (user and system) a request.
"""

import asyncio
import itertools
import ssl
import sys
import time
import uuid

import aiohttp


async def main():
    url, seconds, connections = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    trust = ssl.create_default_context(cafile=sys.argv[4]) if len(sys.argv) > 4 else True
    headers = {"Authorization": "Bearer key", "X-Runway-Version": "2024-11-06"}
    tasks = itertools.cycle([str(uuid.uuid4()) for _ in range(10_000)])
    done = failed = 0

    async def poll(session, end):
        nonlocal done, failed
        while time.monotonic() < end:
            async with session.get(url + next(tasks)) as response:
                good = response.status == 200
                task = await response.json()
            if good and task["status"] not in ("SUCCEEDED", "FAILED"):
                done += 1
            else:
                failed += 1

    connector = aiohttp.TCPConnector(limit=connections, ssl=trust)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        begun, cpu = time.monotonic(), time.process_time()
        await asyncio.gather(*(poll(session, begun + seconds) for _ in range(connections)))
        elapsed, cpu = time.monotonic() - begun, time.process_time() - cpu
    print(done, failed, f"{elapsed:.6f}", f"{cpu / max(done, 1) * 1e6:.3f}")


asyncio.run(main())
