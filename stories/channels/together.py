"""All ways out at once: each kind sends in a thread of its own, so that none waits for another's servers.

Whoever calls gets every outcome as soon as it is there, in its own thread: no channel touches the database.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import datetime

from stories.channels import email, service, webhook, webpush
from stories.channels.message import Message, Way
from stories.channels.outcomes import Outcome
from stories.ingest.errors import Temporary
from stories.models import ChannelKind

log = logging.getLogger(__name__)

Sender = Callable[[Sequence[tuple[Way, Message]], datetime], Iterator[tuple[int, Outcome]]]

SENDERS: dict[str, Sender] = {
    ChannelKind.EMAIL: email.send,
    ChannelKind.PUSH: webpush.send,
    ChannelKind.WEBHOOK: webhook.send,
    ChannelKind.SERVICE: service.send,
}
# How often the caller gets the floor while nothing comes.
TICK_S = 5.0
# So many outcomes may wait to be written down. A kill makes those go again that were sent and not yet written down:
# whoever sends must not run ahead of whoever writes.
AHEAD = 4
_LOOK_S = 0.5


def send(messages: Sequence[tuple[Way, Message]], now: datetime) -> Generator[tuple[int, Outcome] | None, None, None]:
    """Send all; yields each outcome with its index once it is there, and None when nothing came for TICK_S seconds.

    Every message gets exactly one outcome. Closing the generator early stops what has not begun.
    """
    kinds: dict[str, list[int]] = defaultdict(list)
    for index, (way, _) in enumerate(messages):
        kinds[way.kind].append(index)
    outcomes: queue.Queue[tuple[int, Outcome]] = queue.Queue(AHEAD)
    stop = threading.Event()
    threads = [
        threading.Thread(target=_run, args=(kind, messages, indices, now, outcomes, stop), daemon=True)
        for kind, indices in kinds.items()
    ]
    for thread in threads:
        thread.start()
    left = len(messages)
    try:
        while left:
            try:
                outcome = outcomes.get(timeout=TICK_S)
            except queue.Empty:
                yield None
                continue
            left -= 1
            yield outcome
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _run(
    kind: str,
    messages: Sequence[tuple[Way, Message]],
    indices: Sequence[int],
    now: datetime,
    outcomes: queue.Queue[tuple[int, Outcome]],
    stop: threading.Event,
) -> None:
    """One kind's messages; whatever its module raises or leaves out is the outcome of those without one."""
    open_indices = dict.fromkeys(indices)
    reason = "no outcome"
    sending = SENDERS[kind]([messages[index] for index in indices], now)
    try:
        for number, outcome in sending:
            if open_indices.pop(indices[number], 0) is None:
                _hand_over((indices[number], outcome), outcomes, stop)
            if stop.is_set():
                break
    except Exception as error:
        log.exception("sending by %s failed in an unforeseen way", kind)
        reason = type(error).__name__
    for index in open_indices:
        _hand_over((index, Temporary(f"The message could not be sent ({reason})")), outcomes, stop)


def _hand_over(outcome: tuple[int, Outcome], outcomes: queue.Queue[tuple[int, Outcome]], stop: threading.Event) -> None:
    """Wait until there is room for it, or nobody takes any more."""
    while not stop.is_set():
        try:
            outcomes.put(outcome, timeout=_LOOK_S)
        except queue.Full:
            continue
        return
