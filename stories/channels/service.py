"""Slack, Discord, Matrix, Telegram, ntfy and their like, by one library (Apprise) and the addresses that it defines.

Only services on a list of ours: each speaks HTTP through `requests`, which `guarded` holds to our rules, and nothing
else. Apprise could also write files, run programs, send mail and call any address: none of that is to be had here.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from stories.channels import guarded, wording
from stories.channels.message import Message, Sent, Way
from stories.channels.outcomes import BEGIN_WITHIN_S, Declined, Gone, Outcome, status_of
from stories.ingest.errors import Failure, Permanent, Temporary
from stories.ingest.guard import guard_for
from stories.ingest.pace import NotAsked

log = logging.getLogger(__name__)

# Chat and notification services whose plugin imports no other transport than requests (Apprise 2.2, looked through one
# by one), by the name that an address begins with.
SCHEMES = frozenset(
    {
        "bark", "barks", "bluesky", "bsky", "dingtalk", "discord", "feishu", "flock", "gchat", "gotify", "gotifys",
        "guilded", "lark", "line", "mastodon", "mastodons", "matrix", "matrixs", "misskey", "misskeys", "mmost",
        "mmosts", "nctalk", "nctalks", "ntfy", "ntfys", "pbul", "pover", "revolt", "rocket", "rockets", "ryver",
        "signal", "signals", "slack", "synology", "synologys", "tgram", "threema", "toot", "toots", "twist", "webex",
        "wecombot", "workflow", "workflows", "wxteams", "zulip",
    }
)  # fmt: skip
# What an address may not choose: how long and how often we try, whether certificates count, files to send along.
_OURS = {"retry", "wait", "rto", "cto", "verify", "redirect", "tag", "attach", "template", "e2ee", "autoverify", "tz"}

# A service has so long in all; several of them at once.
TOTAL_S = 15.0
CONCURRENCY = 8
_BODY = 1500
MAX_URL = 2000


class Unusable(ValueError):
    """An address names no service that we send to; `str()` is a sentence for who gave it."""


def send(messages: Sequence[tuple[Way, Message]], now: datetime) -> Iterator[tuple[int, Outcome]]:
    """Send each by its service; yields outcomes as they come."""
    begin_by = time.monotonic() + BEGIN_WITHIN_S
    pool = ThreadPoolExecutor(CONCURRENCY, thread_name_prefix="service")
    try:
        futures: dict[Future[Outcome], int] = {
            pool.submit(_send, way, message, begin_by): index for index, (way, message) in enumerate(messages)
        }
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def opened(url: str) -> Any:
    """Apprise's plugin for an address. Raises Unusable for a service that is not on our list, or half an address."""
    import apprise  # noqa: PLC0415 (half a second, and few people use it)

    if len(url) > MAX_URL:
        raise Unusable(gettext("This address is too long."))
    scheme = url.strip().partition("://")[0].lower()
    if scheme not in SCHEMES and scheme not in ("http", "https"):
        raise Unusable(gettext("Addresses that begin with “%(scheme)s” are not sent to.") % {"scheme": scheme[:40]})
    # A service's own address (https://hooks.slack.com/…) is told apart by the plugins themselves.
    read: Callable[..., dict[str, Any] | None] = apprise.plugins.url_to_dict
    parts = read(url.strip(), secure_logging=True)
    if not parts or parts.get("schema") not in SCHEMES:
        raise Unusable(gettext("This is not the address of a service that alerts can be sent to."))
    parts = {name: value for name, value in parts.items() if name not in _OURS}
    parts["qsd"] = {name: value for name, value in (parts.get("qsd") or {}).items() if name not in _OURS}
    plugin = apprise.Apprise.instantiate(parts | _extra(parts), asset=_asset(), suppress_exceptions=True)
    # Without a room or a person to send to, a plugin may be made all the same.
    if plugin is None or not len(plugin):
        raise Unusable(gettext("Something is missing in this address, or is too much."))
    return plugin


def named(plugin: Any) -> str:
    """What is shown of a service: its name and its host, never the keys in its address."""
    host = str(getattr(plugin, "host", "") or "")
    name = str(plugin.service_name)
    return f"{name} · {host}" if host and plugin.protocol else name


def _extra(parts: dict[str, Any]) -> dict[str, Any]:
    """Matrix can encrypt end to end, with keys that it would have to keep on our disk: we keep none."""
    return {"e2ee": "no"} if parts.get("schema") in ("matrix", "matrixs") else {}


@lru_cache(maxsize=1)
def _asset() -> Any:
    """What Apprise says of itself in messages: our name, and no picture from anywhere; it keeps nothing on disk."""
    import apprise  # noqa: PLC0415

    return apprise.AppriseAsset(
        app_id="Firsthand",
        app_desc="Firsthand",
        app_url=settings.PUBLIC_URL,
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,
        storage_mode="memory",
        allow_templates=False,
    )


def _send(way: Way, message: Message, begin_by: float) -> Outcome:
    if time.monotonic() > begin_by:
        return NotAsked("Not sent yet: others were slow to take theirs")
    started = time.monotonic()
    try:
        outcome = _sent(way, message, started)
    except Unusable as error:
        outcome = Gone(str(error))
    except Exception as error:
        # A plugin's own fault; its words may hold the keys of the address.
        log.warning("service: %s failed with %s", way.address, type(error).__name__)
        outcome = Temporary(f"The message could not be sent ({type(error).__name__})")
    if isinstance(outcome, Failure):
        outcome.elapsed_s = time.monotonic() - started
    return outcome


def _sent(way: Way, message: Message, started: float) -> Outcome:
    with wording.spoken(message):
        plugin = opened(str(way.secret["url"]))
        title, body = wording.subject(message), wording.body(message, _BODY)
        body = "\n".join(line for line in (body, _link(message)) if line)
    with guarded.line(guard_for(settings.FETCH_ALLOW), TOTAL_S) as line:
        taken = plugin.notify(body=body, title=title, body_format="text")
    if taken:
        return Sent(line.status, round(1000 * (time.monotonic() - started)))
    if line.failure is not None:
        return _end(line.failure)
    return Declined(f"{way.address} did not take the message", status=line.status)


def _end(failure: Failure) -> Failure:
    """A token that was taken back, a room that is no more: services say it each in their way; three times is enough."""
    if isinstance(failure, Permanent):
        return Declined(failure.reason, status=status_of(failure))
    return failure


def _link(message: Message) -> str:
    if message.letter is not None:
        return message.letter.link
    return message.told[0].page if len(message.told) == 1 else message.manage
