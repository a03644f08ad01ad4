"""What is lost or doubled when processes are killed while people are told.

    python -m bench.kills [--people 1000] [--kills 50] [--notices 8]

Starts the whole product (`manage.py up`) on a directory of its own. Each person has e-mail, a browser and a webhook,
all at servers of this bench, which count what they get. While alerts go out, random processes of PostgreSQL, Valkey,
the workers and the beat are killed with SIGKILL, and the supervisor starts them again. At the end each person must have
each notice once: in the private feed, by webhook (known by webhook-id) and in the browser (known by the tag). Letters
can't be taken back, so that those that came twice are counted.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import http.server
import json
import os
import random
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import http_ece
import psutil
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# A server that dies again at once is left for longer by the supervisor: kills come between bouts of work.
PAUSES_S = (2.5, 7.5)
EVERY_S = 30.0
SETTLED_WITHIN_S = 900.0
ROWS = 1_000
# What is killed, by a word of its command line.
TARGETS = {
    "worker": re.compile(r"celery .*--app tracker worker|celeryd:"),
    "beat": re.compile(r"celery .*--app tracker beat"),
    "PostgreSQL": re.compile(r"bin/postgres\b|^postgres:"),
    "Valkey": re.compile(r"valkey-server"),
}


@dataclass
class Got:
    """What came: by kind, how often each person got each message."""

    webhook: Counter[tuple[str, str]] = field(default_factory=Counter)
    browser: Counter[tuple[str, str]] = field(default_factory=Counter)
    email: Counter[tuple[str, str]] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: Counter[tuple[str, str]], person: str, number: str) -> None:
        """One more of a kind for a person."""
        with self.lock:
            kind[person, number] += 1


class Receivers:
    """A web server for webhooks and pushes, and a mail server, each on a free port of 127.0.0.1."""

    def __init__(self) -> None:
        self.got = Got()
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = secrets.token_bytes(16)
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                _, way, person = self.path.split("/")
                if way == "hook":
                    outer.got.note(outer.got.webhook, person, self.headers["webhook-id"])
                else:
                    outer.got.note(outer.got.browser, person, outer.opened(body)["tag"])
                self.send_response(201)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        class Mail:
            async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  its hook's name
                found = re.search(rb"^Message-ID:\s*(\S+)", envelope.content, re.IGNORECASE | re.MULTILINE)
                number = found[1].decode() if found else ""
                outer.got.note(outer.got.email, envelope.rcpt_tos[0], number)
                return "250 OK"

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

        self.web = Server(("127.0.0.1", 0), Handler)
        self.mail = Controller(Mail(), hostname="127.0.0.1", port=_free_port())

    def opened(self, body: bytes) -> dict[str, Any]:
        """A push message as its browser reads it."""
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        told: dict[str, Any] = json.loads(plain)
        return told

    def subscription(self, person: str) -> dict[str, Any]:
        """What a person's browser would have made."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": _base64(point), "auth": _base64(self.secret)}
        return {"endpoint": f"http://127.0.0.1:{self.web.server_port}/push/{person}", "keys": keys}

    def __enter__(self) -> Receivers:
        threading.Thread(target=self.web.serve_forever, daemon=True).start()
        self.mail.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.mail.stop()
        self.web.shutdown()
        self.web.server_close()


def main() -> None:
    """Start, fill in, tell and kill, wait, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--notices", type=int, default=8)
    options = parser.parse_args()
    with Receivers() as receivers, _product(receivers) as up:
        from stories.models import Delivery  # noqa: PLC0415

        story = _fill(options.people, receivers)
        stop = threading.Event()
        noting = threading.Thread(target=_note_all, args=(story, options.notices, stop))
        noting.start()
        began = time.monotonic()
        killed = _kill(up, options.kills)
        sent = _persistently(lambda: Delivery.objects.filter(state="sent").count())
        print(f"{sum(killed.values())} kills in {time.monotonic() - began:.0f} s: {dict(killed)}; {sent} sent by then")
        noting.join()
        _settle()
        print(f"all settled {time.monotonic() - began:.0f} s after the first notice", flush=True)
        _report(options.people, options.notices, receivers.got)


@contextlib.contextmanager
def _product(receivers: Receivers) -> Iterator[psutil.Process]:
    """`manage.py up` on a directory of its own, and this process wired to its servers."""
    folder = tempfile.mkdtemp(prefix="firsthand-kills-")
    Path(folder).chmod(0o711)
    os.environ["LOG_LEVEL"] = "WARNING"
    env = os.environ | {
        "VAR_DIR": folder,
        "FETCH_ALLOW": "127.0.0.0/8",
        "EMAIL_URL": f"smtp://127.0.0.1:{receivers.mail.port}",
    }
    command = [sys.executable, "manage.py", "up", "--port", str(_free_port())]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    try:
        for line in process.stdout or ():
            if line.startswith("Ready") or "Ready after" in line:
                break
        threading.Thread(target=lambda: list(process.stdout or ()), daemon=True).start()
        os.environ["VAR_DIR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
        from tracker import up  # noqa: PLC0415

        with up.reachable("the bench"):
            import django  # noqa: PLC0415

            django.setup()
            yield psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def _fill(people: int, receivers: Receivers) -> int:
    """The people with their channels, who all follow one story; its number."""
    from stories.models import Article, Channel, Follow, Outlet, Story, User, Version, Wake  # noqa: PLC0415
    from stories.services import newways, sealing  # noqa: PLC0415

    now = datetime.now(UTC) - timedelta(minutes=1)
    outlet = Outlet.objects.create(name="The Courier", slug="courier")
    told: dict[str, Any] = {"lang": "en", "first_seen_at": now, "reported_at": now, "stage": "DONE"}
    article = Article.objects.create(outlet=outlet, url_key="a", title="The headline", **told)
    article.version = Version.objects.create(article=article, hash="a", title="a", text="Some words.", seen_at=now)
    article.save()
    times = {"first_at": now, "last_at": now}
    story = Story.objects.create(title="A story", slug="s", lang="en", headline_of=article, vector=[0.0] * 384, **times)
    Article.objects.filter(pk=article.pk).update(story=story)
    hook = sealing.seal(json.dumps({"secrets": [{"secret": "whsec_" + _base64(b"x" * 32), "until": None}]}))
    web = f"http://127.0.0.1:{receivers.web.server_port}"
    users = User.objects.bulk_create(User(username=f"p{n}", email=f"p{n}@people.example") for n in range(people))
    follow = {"kind": "story", "target": f"story:{story.pk}", "story": story, "wakes": list(Wake.values)}
    Follow.objects.bulk_create(Follow(user=user, created_at=now, **follow) for user in users)
    channels = []
    for user in users:
        name = user.username
        subscription = sealing.seal(json.dumps(receivers.subscription(name)))
        ways = (("email", user.email, ""), ("webhook", f"{web}/hook/{name}", hook), ("push", "127.0.0.1", subscription))
        for kind, address, sealed in ways:
            kept = {"name": kind, "address": address, "sealed": sealed, "created_at": now, "verified_at": now}
            channels.append(Channel(user=user, kind=kind, key=newways._key(f"{kind} {name}"), **kept))
    Channel.objects.bulk_create(channels, batch_size=ROWS)
    return story.pk


def _note_all(story: int, notices: int, stop: threading.Event) -> None:
    """Something happens every EVERY_S seconds, tried until it is written: the database may be down."""
    from stories.models import Notice, Story  # noqa: PLC0415

    for number in range(notices):
        now = datetime.now(UTC)

        def write(number: int = number, now: datetime = now) -> None:
            row = Story.objects.get(pk=story)
            told = {"article": row.headline_of, "at": now, "noted_at": now, "tell_at": now}
            Notice.objects.get_or_create(story=row, wake="denied", key=str(number), defaults=told)

        _persistently(write)
        stop.wait(EVERY_S)


def _kill(up: psutil.Process, kills: int) -> Counter[str]:
    """Kill so many processes of the product, any of each kind, with pauses."""
    dice = random.Random()
    killed: Counter[str] = Counter()
    while sum(killed.values()) < kills:
        time.sleep(dice.uniform(*PAUSES_S))
        kind = dice.choice(list(TARGETS))
        found = []
        for process in up.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if TARGETS[kind].search(" ".join(process.cmdline())):
                    found.append(process)
        if found:
            with contextlib.suppress(psutil.Error):
                dice.choice(found).kill()
                killed[kind] += 1
    return killed


def _settle() -> None:
    """Wait until everything was told and sent, or failed."""
    from stories.models import Delivery, Notice  # noqa: PLC0415

    until = time.monotonic() + SETTLED_WITHIN_S
    while time.monotonic() < until:
        waiting = _persistently(
            lambda: Notice.objects.filter(told_at=None).count() + Delivery.objects.filter(state="waiting").count()
        )
        if not waiting:
            return
        time.sleep(2)
    print(f"NOT settled: {waiting} wait", flush=True)


def _report(people: int, notices: int, got: Got) -> None:
    from stories.models import AlertPart, Delivery  # noqa: PLC0415

    wanted = people * notices
    parts = AlertPart.objects.count()
    distinct = AlertPart.objects.values("user", "notice").distinct().count()
    print(f"feed: {distinct} of {wanted} there, {parts - distinct} doubled")
    print(f"deliveries: {dict(Counter(Delivery.objects.values_list('state', flat=True)))}")
    alerts = set(Delivery.objects.values_list("channel__kind", "channel__user__username", "alert"))
    for name, kind, counts in (("webhook", "webhook", got.webhook), ("browser", "push", got.browser)):
        owed = Counter(person for way, person, _ in alerts if way == kind)
        came = Counter(person for person, _ in counts)
        missing = sum((owed - came).values())
        extra = sum((came - owed).values())
        again = sum(count - 1 for count in counts.values())
        print(
            f"{name}: {missing} missing, {extra} doubled; {again} of {sum(owed.values())} came again with their number"
        )
    again = sum(count - 1 for count in got.email.values())
    print(
        f"e-mail: {len({person for person, _ in got.email})} of {people} people, {len(got.email)} letters, "
        f"{again} came again"
    )


def _persistently(work: Callable[[], Any]) -> Any:
    """Try until the database is there again."""
    from django.db import DatabaseError, connection  # noqa: PLC0415

    while True:
        try:
            return work()
        except DatabaseError:
            connection.close()
            time.sleep(0.3)


def _free_port() -> int:
    import socket  # noqa: PLC0415

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


if __name__ == "__main__":
    main()
