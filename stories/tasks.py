"""Celery's door: a bell rings, one call, hand on. No logic, and nothing here that the database doesn't know better."""

from __future__ import annotations

from math import ceil

from celery import shared_task
from django.utils import timezone

from stories import pipeline

# More bells than workers only queue up; the sweep rings again for what is left.
MAX_BELLS = 4


@shared_task
def poll() -> None:
    """Poll the feeds that are due."""
    polled = pipeline.poll(timezone.now)
    if polled.found:
        ring("extract", rows=polled.found)
    if polled.more:
        poll.apply_async(queue="net")


@shared_task
def advance(name: str) -> None:
    """Run one batch of one step."""
    for following in pipeline.advance(name, timezone.now).ring:
        ring(following)


@shared_task
def take_pushes() -> None:
    """Keep what hubs have pushed."""
    kept = pipeline.take_pushes(timezone.now)
    if kept.found:
        ring("extract", rows=kept.found)
    if kept.more:
        take_pushes.apply_async(queue="net")


@shared_task
def recheck() -> None:
    """Look at some pages again."""
    done = pipeline.recheck(timezone.now)
    if done.changed:
        ring("read", rows=done.changed)
    if done.more:
        recheck.apply_async(queue="net")


@shared_task
def subscribe() -> None:
    """Ask hubs whose time has come."""
    pipeline.subscribe(timezone.now)


@shared_task
def watch() -> None:
    """Look for outlets that fell quiet."""
    pipeline.watch(timezone.now)


@shared_task
def look_again() -> None:
    """A second look at the stories that have grown."""
    if pipeline.look_again(timezone.now):
        ring("trace")


@shared_task
def ask() -> None:
    """Keep the review queue up to date."""
    pipeline.ask(timezone.now)


@shared_task
def close_quiet() -> None:
    """Close the stories that fell quiet."""
    pipeline.close_quiet(timezone.now)


@shared_task
def tell() -> None:
    """Tell people of what was noted."""
    told = pipeline.tell(timezone.now)
    if told.deliveries:
        deliver.apply_async(queue="mail")
    if told.more:
        tell.apply_async(queue="mail")


@shared_task
def deliver() -> None:
    """Send some of what is due."""
    if pipeline.deliver(timezone.now).more:
        deliver.apply_async(queue="mail")


@shared_task
def tidy() -> None:
    """Forget what nobody needs any more."""
    pipeline.tidy(timezone.now)


@shared_task
def sweep() -> None:
    """Ring for every row that waits: a lost bell costs ten seconds, never work."""
    for name, rows in pipeline.waiting(timezone.now()).items():
        if rows:
            ring(name, rows=rows)


def ring(name: str, rows: int = 1) -> None:
    """Ring a step's bell, more than once where many rows wait."""
    step = pipeline.BY_NAME[name]
    for _ in range(min(MAX_BELLS, ceil(rows / step.batch))):
        advance.apply_async((name,), queue=step.queue)
