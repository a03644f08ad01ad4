"""The page of one feed: how it fares, its server, and its last fetches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from stories.ingest.schedule import WEEKLY_AFTER_FAILURES
from stories.models import Article, Feed, Fetch, Host, Subscription
from stories.selectors.feeds import State, rows, state_of

# The polls that the sentence about news counts, as ingest.schedule does.
COUNTED = 10


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A feed with what is known about polling it; `fetches` newest first.

    `news` of the last `counted` polls brought articles. `articles` came from it and are still here.
    """

    feed: Feed
    state: State
    host: Host | None
    subscription: Subscription | None
    fetches: Sequence[Fetch]
    news: int
    counted: int
    articles: int

    @property
    def strip(self) -> Sequence[Fetch]:
        """The fetches in the order in which they happened."""
        return self.fetches[::-1]

    @property
    def weekly_after(self) -> int:
        """After how many failures in a row a feed is asked once a week."""
        return WEEKLY_AFTER_FAILURES


def find(pk: int, now: datetime) -> Feed | None:
    """The feed with what a row of the list shows."""
    return rows(Feed.objects.filter(pk=pk), now).first()


def feed_page(feed: Feed) -> FeedPage:
    """Everything about a feed from `find`. Three queries."""
    fetches = list(feed.fetches.order_by("-pk")[: Fetch.KEPT])
    polls = [fetch for fetch in fetches if fetch.how == Fetch.How.POLL][:COUNTED]
    return FeedPage(
        feed=feed,
        state=state_of(feed),
        host=None if feed.outlet.demo else Host.objects.filter(name=feed.host).first(),
        subscription=getattr(feed, "subscription", None),
        fetches=fetches,
        news=sum(fetch.new > 0 for fetch in polls),
        counted=len(polls),
        articles=Article.objects.filter(feed=feed).count(),
    )
