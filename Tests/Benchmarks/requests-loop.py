"""The loop that the guides of task APIs show: `requests`, one call after another; the pause between two calls is left out.

    requests-loop.py URL SECONDS [CA]

URL is what a task's id is put behind. Prints requests, failures, seconds, and CPU microseconds (user and system) a request.
"""

import sys
import time
import uuid

import requests

url, seconds = sys.argv[1], float(sys.argv[2])
verify = sys.argv[3] if len(sys.argv) > 3 else True
headers = {"Authorization": "Bearer key", "X-Runway-Version": "2024-11-06"}
tasks = [str(uuid.uuid4()) for _ in range(10_000)]
done = failed = 0
begun, cpu = time.monotonic(), time.process_time()
while time.monotonic() - begun < seconds:
    response = requests.get(url + tasks[done % len(tasks)], headers=headers, verify=verify)
    if response.status_code == 200 and response.json()["status"] not in ("SUCCEEDED", "FAILED"):
        done += 1
    else:
        failed += 1
elapsed, cpu = time.monotonic() - begun, time.process_time() - cpu
print(done, failed, f"{elapsed:.6f}", f"{cpu / max(done, 1) * 1e6:.3f}")
