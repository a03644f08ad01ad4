"""START HERE: the life of an article, one table row per step.

    poll -> FOUND -> extract -> EXTRACTED -> read -> READ -> group -> GROUPED -> trace -> DONE

poll     a feed shows an entry that we don't know: the article is FOUND, with its headline, summary and three times;
         where the feed's hub pushes, what it sends is kept likewise, and polls are only a check.
extract  its page is fetched and the article text taken from it; else the feed's own text; else "text not available".
read     headline and text become a vector (the event encoder) and counts of words; the reader finds who is cited for
         what, which outlets are credited, and so what the article's role is by itself.
group    the article joins the nearest story that is near enough, or founds one; one article at a time per language.
trace    the whole story is looked at again: its headline, its counts; who repeats whom, how many independent origins
         the news has, which attributions were lost on the way, what has happened (each happening once), and how its
         reports differ: claims, conflicts, quotes, wording.
recheck  beside the table: while its story lives, an article's page is looked at again after 1 h, 6 h, 24 h and 7 d;
         what really changed is a new version, and the article goes on from EXTRACTED.

tell     beside the table: what happened to a story was noted in the transaction that found it; whom it wakes is told:
         one alert a person, with a delivery for each of their channels.
deliver  beside the table: deliveries go out by e-mail, push, webhook and services, each outcome committed at once.

look     beside the table: a story that has grown is held against its neighbours again; what is sure is merged, split
         or moved (each an edit), what is doubtful is asked of an editor.
ask      beside the table: what else is odd is asked as well, and the most urgent questions come first.
close    beside the table: a story that has been quiet for 72 h closes; a later report may take it up again.

The row is the queue, Celery is only the bell. Each step is (compute, save): compute may be slow and writes nothing;
save is short and runs in one transaction that first makes sure that the row is still at the step's stage and still
leased to us. So any process may be killed at any moment: the lease runs out, the sweep rings again, the row goes on.
A temporary failure is counted and tried again later; a permanent one rests in FAILED with its reason until a person
tries it again. A step that does not exist yet is simply not in the table.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from time import perf_counter
from typing import Any, Protocol

from stories.ingest.errors import Failure
from stories.models import Article, Stage
from stories.services import (
    alerting,
    closing,
    delivering,
    extraction,
    grouping,
    leases,
    noticing,
    polling,
    pushes,
    questions,
    reading,
    rechecking,
    regrouping,
    tracing,
    watching,
    websub,
)
from stories.services.hosts import Later

log = logging.getLogger(__name__)

# Notices that woke nobody are of use for a while to whoever asks why.
FORGET_AFTER = timedelta(days=7)


class StepModule(Protocol):
    """What a step's file in services/ offers."""

    def compute(self, articles: Sequence[Article], now: datetime) -> Mapping[int, Any]:
        """Work out a result, a Failure, or Later for each article by its id; write nothing."""

    def save(self, article: Article, result: Any, now: datetime) -> None:
        """Write one article's result, inside the transaction that moves its stage on."""


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table: from which stage to which, by which file of services/, on which queue.

    `together`: the articles of a claim are not saved singly but some at a time (services.grouping).
    """

    name: str
    takes: Stage
    gives: Stage
    by: StepModule
    queue: str
    batch: int
    lease_s: int
    together: bool = False


STEPS = (
    Step("extract", Stage.FOUND, Stage.EXTRACTED, extraction, queue="net", batch=72, lease_s=180),
    Step("read", Stage.EXTRACTED, Stage.READ, reading, queue="cpu", batch=16, lease_s=180),
    Step("group", Stage.READ, Stage.GROUPED, grouping, queue="group", batch=64, lease_s=120, together=True),
    Step("trace", Stage.GROUPED, Stage.DONE, tracing, queue="cpu", batch=64, lease_s=120),
)
BY_NAME = {step.name: step for step in STEPS}
AFTER = {step.name: following.name for step, following in pairwise(STEPS)}


@dataclass(frozen=True, slots=True)
class Advanced:
    """What one run of a step did, and which steps have something to do now."""

    claimed: int
    moved: int
    ring: tuple[str, ...]


def advance(name: str, clock: Callable[[], datetime]) -> Advanced:
    """Claim a batch of the articles that wait for this step, do it, and say whose bell to ring.

    Raises KeyError for a step that is not in the table.
    """
    step = BY_NAME[name]
    started = perf_counter()
    claim = leases.claim(step.takes, batch=step.batch, seconds=step.lease_s, now=clock())
    if not claim.articles:
        return Advanced(0, 0, ())
    results = _compute(step, claim.articles, clock())
    if step.together:
        moved = sum(_settle_together(step, claim, part, results, clock()) for part in grouping.together(claim.articles))
    else:
        moved = sum(_settle(step, claim, article, results[article.pk], clock()) for article in claim.articles)
    log.info("%s: %d of %d articles in %.2f s", name, moved, len(claim.articles), perf_counter() - started)
    ring = [AFTER[name]] if moved and name in AFTER else []
    if len(claim.articles) == step.batch:
        ring.append(name)
    return Advanced(len(claim.articles), moved, tuple(ring))


def _compute(step: Step, articles: Sequence[Article], now: datetime) -> Mapping[int, Any]:
    """The step's results; a fault in one article must not take its neighbours along, so a failed batch goes singly."""
    try:
        return step.by.compute(articles, now)
    except Exception as error:
        if len(articles) == 1:
            log.exception("%s failed on article %d", step.name, articles[0].pk)
            return {articles[0].pk: leases.unexpected(error)}
    return {pk: result for article in articles for pk, result in _compute(step, [article], now).items()}


def _settle(step: Step, claim: leases.Claim, article: Article, result: Any, now: datetime) -> bool:
    """Save one result and move the row on, note the failure, or put the row back; True if the row moved on."""
    if isinstance(result, Later):
        leases.postpone(claim, article, result.at)
        return False
    if isinstance(result, Failure):
        leases.fail(claim, article, result, now=now)
        return False
    try:
        return leases.finish(claim, article, step.gives, lambda row: step.by.save(row, result, now))
    except leases.RETRIED_BY_LEASE:
        raise
    except Failure as failure:
        leases.fail(claim, article, failure, now=now)
        return False
    except Exception as error:
        log.exception("%s could not save article %d", step.name, article.pk)
        leases.fail(claim, article, leases.unexpected(error), now=now)
        return False


def _settle_together(
    step: Step, claim: leases.Claim, part: Sequence[Article], results: Mapping[int, Any], now: datetime
) -> int:
    """Save a part of a claim in one transaction; a fault in one article sends all of them singly. How many moved on."""
    try:
        return leases.finish_all(
            claim,
            part,
            step.gives,
            begin=grouping.begin,
            save=lambda rows: grouping.save_all(rows, now),
            writes=grouping.WRITES,
        )
    except leases.RETRIED_BY_LEASE:
        raise
    except Exception:
        log.warning("%s: %d articles could not be saved together and go singly", step.name, len(part), exc_info=True)
    return sum(_settle(step, claim, article, results[article.pk], now) for article in part)


def poll(clock: Callable[[], datetime]) -> polling.Polled:
    """Poll a batch of due feeds; new entries become articles at FOUND."""
    return polling.poll(clock)


def take_pushes(clock: Callable[[], datetime]) -> pushes.Kept:
    """Keep what hubs have pushed, as a poll's answer would be kept."""
    return pushes.keep_pushes(clock)


def recheck(clock: Callable[[], datetime]) -> rechecking.Rechecked:
    """Look at pages again while their stories live; what really changed goes back to EXTRACTED."""
    return rechecking.recheck(clock)


def subscribe(clock: Callable[[], datetime]) -> int:
    """Ask hubs for subscriptions and renewals that are due."""
    return websub.subscribe_due(clock)


def watch(clock: Callable[[], datetime]) -> int:
    """See which outlets report much less than they usually do."""
    return watching.watch(clock())


def look_again(clock: Callable[[], datetime]) -> int:
    """Hold stories that have grown against their neighbours; how many were looked at."""
    return regrouping.look_again(clock)


def ask(clock: Callable[[], datetime]) -> questions.Refreshed:
    """Ask editors what is newly in question, and weigh anew what waits for them."""
    return questions.refresh(clock())


def close_quiet(clock: Callable[[], datetime]) -> int:
    """Close the stories that fell quiet, and forget the reports that are too old to be joined."""
    closing.prune_recent(clock())
    return closing.close_quiet(clock())


def tell(clock: Callable[[], datetime]) -> alerting.Told:
    """Tell people of what was noted: notices become alerts, and alerts deliveries."""
    return alerting.tell(clock)


def deliver(clock: Callable[[], datetime]) -> delivering.Delivered:
    """Send what is due by all channels."""
    return delivering.deliver(clock)


def tidy(clock: Callable[[], datetime]) -> None:
    """Forget what was noted and told to nobody, and old lines of the channels' logs."""
    noticing.prune(clock() - FORGET_AFTER)
    delivering.prune(clock())


def waiting(now: datetime) -> dict[str, int]:
    """How many articles wait for each step, for the sweep."""
    return {step.name: Article.objects.waiting(step.takes, now).count() for step in STEPS}
