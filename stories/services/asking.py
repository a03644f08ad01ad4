"""A person waits at the page while we ask a server: the same politeness as for a batch, and words where it must wait.

Each call holds the hosts that it asks, as polling does, so that a person's curiosity counts towards the same limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import sleep

from django.utils import timezone

from stories.ingest import fetch, links
from stories.ingest.errors import Failure, Temporary
from stories.services import hosts
from stories.services.hosts import Held, Later
from stories.services.outside import policy

# A batch that holds the host is through with it within seconds; a person waits for so long, not for a host at rest.
PATIENCE_S = 8.0
STEP_S = 0.5
# Turns come within this; what takes longer is a rest, which says why.
SHORT_S = 25.0


def ask(requests: Sequence[fetch.Request]) -> list[fetch.Response | Failure]:
    """The answers in the order of the requests; Temporary, with the reason, where a host rests or stays busy."""
    names = [links.host(request.url) for request in requests]
    held = _hold({name for name in names if name})
    answers: list[fetch.Response | Failure] = []
    asked: list[int] = []
    try:
        for index, name in enumerate(names):
            later = held.take(name, timezone.now()) if name else None
            answers.append(_told(later, name))
            if later is None:
                asked.append(index)
        got = fetch.fetch_many_blocking([requests[index] for index in asked], policy(), held.paces())
        for index, answer in zip(asked, got, strict=True):
            answers[index] = answer
            if names[index]:
                held.hear(names[index], answer)
    finally:
        hosts.release(held, list(held.turns), timezone.now())
    return answers


def _hold(names: set[str]) -> Held:
    """The hosts, as soon as no other batch holds them; what still does, or rests, is in `refused`."""
    waited = 0.0
    while True:
        held = hosts.hold(names, timezone.now())
        busy = held.refused.keys() - hosts.resting(list(held.refused), timezone.now()).keys()
        if not busy or waited >= PATIENCE_S:
            return held
        hosts.release(held, list(held.turns), timezone.now())
        sleep(STEP_S)
        waited += STEP_S


def _told(later: Later | None, name: str) -> Temporary:
    """Why a host was not asked."""
    wait_s = (later.at - timezone.now()).total_seconds() if later else 0.0
    if later is None or wait_s < SHORT_S:
        return Temporary(f"{name} is being asked for something else just now; try again in a moment")
    at = timezone.localtime(later.at)
    return Temporary(f"{later.reason.rstrip('.')}; it can be asked again from {at:%H:%M} on", retry_after_s=wait_s)
