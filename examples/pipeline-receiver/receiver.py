#!/usr/bin/env python3
"""Receives taskhook's webhooks and starts the next step of a pipeline when a task has succeeded.

In one terminal, in this folder, with the secret that both sides share:

    python3 -m venv venv && venv/bin/pip install standardwebhooks
    export WEBHOOK_SECRET="whsec_$(openssl rand -base64 32)"
    venv/bin/python receiver.py

and in another, with the same WEBHOOK_SECRET:

    export COMETAPI_KEY=...
    taskhook run -c config.yaml &
    taskhook add -c config.yaml TASK_ID

The next step is here to write the URLs of the output into the folder outputs/, or else a command of yours:

    receiver.py --on-success ./publish.sh --fast      # the task JSON arrives on its standard input

What it answers, and what taskhook then does:

    200  the work is done, now or earlier: delivered
    400  signed, but not an event: dead at once, as sending it again would not help
    401  no valid signature, or a clock more than 5 minutes off: again later, so that nothing is lost while a
         secret is wrong on one side. Nothing of such a request is believed, logged or kept
    409  the same delivery is being worked on: again later
    411, 413  no length, or too long: dead at once
    500  the step failed: again later

A delivery may come more than once: its answer was lost, or someone replays it. Its webhook-id stays the same, and
is kept in an SQLite file once the work is done. If this program dies between the two, the step runs again: it
should do no harm the second time. More than one secret, separated by spaces, may be set while one is replaced.
"""

import argparse
import hashlib
import http.server
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.parse

from standardwebhooks import Webhook, WebhookVerificationError

MOST_BYTES = 16 << 20  # taskhook takes tasks of up to 8 MiB
STEP_SECONDS = 50  # below the hook's timeout, so that taskhook hears how the step went
KEPT_DAYS = 40  # taskhook can replay for 30 days


class Deliveries:
    """The ids of deliveries whose work is done, on disk; and of those being worked on, in memory."""

    def __init__(self, path):
        self.lock = threading.Lock()
        self.running = set()
        self.database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.database.execute("CREATE TABLE IF NOT EXISTS done (id TEXT PRIMARY KEY, at REAL NOT NULL)")
        self.database.execute("CREATE INDEX IF NOT EXISTS done_at ON done (at)")

    def begin(self, delivery):
        """Answers "new", and then it is the caller's to end; or "done" or "running"."""
        with self.lock:
            if delivery in self.running:
                return "running"
            if self.database.execute("SELECT 1 FROM done WHERE id = ?", (delivery,)).fetchone():
                return "done"
            self.running.add(delivery)
            return "new"

    def end(self, delivery, done):
        with self.lock:
            self.running.discard(delivery)
            if done:
                now = time.time()
                self.database.execute("INSERT OR IGNORE INTO done VALUES (?, ?)", (delivery, now))
                self.database.execute("DELETE FROM done WHERE at < ?", (now - KEPT_DAYS * 86400,))


class Pipeline:
    """The work that events cause."""

    def __init__(self, folder, command):
        self.folder = pathlib.Path(folder)
        self.command = command

    def handle(self, event):
        """Returns when all is done that the event asks for; raises where that failed."""
        if event["type"] == "task.succeeded":
            self.succeeded(event["data"])

    def succeeded(self, data):
        task = data["task"]
        if self.command:
            subprocess.run(self.command, input=json.dumps(task).encode(), timeout=STEP_SECONDS, check=True)
            return
        urls = task.get("output") or []
        urls = [urls] if isinstance(urls, str) else urls
        # Ids are another's words: quoted, they cannot lead out of the folder.
        name = urllib.parse.quote(f"{data['source']}-{data['id']}", safe="")
        if len(name) > 200:  # a file's name has at most 255 bytes
            name = f"{name[:120]}-{hashlib.sha256(name.encode()).hexdigest()}"
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f".{name}.part"
        unfinished.write_text("".join(f"{url}\n" for url in urls))
        unfinished.rename(self.folder / f"{name}.txt")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30  # of each read from the connection

    def do_POST(self):
        status, text = self.receive()
        body = f"{text}\n".encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:
            pass  # the sender has left: it will ask again

    def receive(self):
        length = self.headers.get("content-length", "")
        if not (length.isascii() and length.isdigit()):
            return 411, "a Content-Length is needed"
        if int(length) > MOST_BYTES:
            return 413, "too long"
        body = self.rfile.read(int(length))
        if not self.is_genuine(body):
            return 401, "no valid signature"
        try:
            event = json.loads(body)
            data = event["data"]
            line = f"{event['type']}  {data['source']}/{data['id'] or '-'}  {data['status'] or '-'}"
        except (ValueError, TypeError, KeyError):
            return 400, "not an event of taskhook"
        delivery = self.headers["webhook-id"]
        known = self.server.deliveries.begin(delivery)
        if known == "running":
            return 409, "this delivery is being worked on"
        if known == "done":
            say(f"repeat   {line}")
            return 200, "known"
        done = False
        try:
            self.server.pipeline.handle(event)
            done = True
        except Exception as error:  # whatever the step raised must not end the receiver
            say(f"failed   {line}  {type(error).__name__}: {error}")
            return 500, "the step failed"
        finally:
            self.server.deliveries.end(delivery, done)
        say(f"received {line}")
        return 200, "ok"

    def is_genuine(self, body):
        for secret in self.server.secrets:
            try:
                secret.verify(body, dict(self.headers), json_parse=False)
                return True
            except (WebhookVerificationError, ValueError):  # ValueError: headers or a body it cannot read
                continue
        return False

    def log_message(self, format, *arguments):
        """Requests are told of by say, once they are known to be genuine."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = False  # server_close waits for the work that runs
    request_queue_size = 128


def say(line):
    # An event's texts come from elsewhere: control characters must not reach a terminal.
    print("".join(c if c.isprintable() else ascii(c)[1:-1] for c in line), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--listen", default="127.0.0.1:8000", metavar="HOST:PORT", help="port 0: any free one")
    parser.add_argument("--seen", default="seen.db", metavar="FILE", help="where the ids of deliveries are kept")
    parser.add_argument("--outputs", default="outputs", metavar="FOLDER", help="where the URLs are written")
    parser.add_argument(
        "--on-success", nargs=argparse.REMAINDER, metavar="COMMAND",
        help="run it, with the task JSON on its standard input, instead of writing the URLs; comes last")
    options = parser.parse_args()
    host, _, port = options.listen.rpartition(":")
    if not host or not port.isascii() or not port.isdigit():
        parser.error("--listen needs HOST:PORT")
    secrets = os.environ.get("WEBHOOK_SECRET", "").split()
    if not secrets or not all(secret.startswith("whsec_") for secret in secrets):
        parser.error("WEBHOOK_SECRET has to be set, and to begin with whsec_")

    server = Server((host, int(port)), Handler)
    server.secrets = [Webhook(secret) for secret in secrets]
    server.deliveries = Deliveries(options.seen)
    server.pipeline = Pipeline(options.outputs, options.on_success)
    for number in (signal.SIGTERM, signal.SIGINT):
        # In a thread of its own, as shutdown waits for the loop that a signal interrupts.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    say(f"listening on http://{host}:{server.server_address[1]}/")
    server.serve_forever()
    server.server_close()


if __name__ == "__main__":
    sys.exit(main())
