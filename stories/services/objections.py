"""Readers' word that a report, or a whole story, is in the wrong place: collected into one question for the editors.

Anybody may say so, once for each report. A reader is known by a keyed digest: of the network that they ask from and the
day, or of their account. The digest tells readers apart and says nothing else; without this server's key it leads back
to nobody, and a network's changes every day. Who says so is shown to nobody; editors see how many. So a row that is old
holds nothing personal but the account of a person who was signed in, which goes with the account.

It is bounded in every direction: so many a reader and day, so many for one question, so many a day in all.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from stories.models import Article, Ask, DoubtState, Objection, Story, User
from stories.services import doubts, sealing
from stories.services.doubts import Question

DAY = timedelta(days=1)
# More than a careful reader finds in a day. A network may be a newsroom's or a library's.
MOST_A_READER = 40
# The hundredth says no more than the fiftieth: editors look either way.
MOST_A_QUESTION = 50
# What one editor could look through; past it somebody is playing.
MOST_A_DAY = 2000


class Refused(Exception):
    """It can't be taken; `reason` is for the reader. `leads_to` is the story that theirs is part of by now, if any."""

    def __init__(self, reason: str, leads_to: Story | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.leads_to = leads_to


@dataclass(frozen=True, slots=True)
class Reader:
    """Who objects: an account, or whoever asks from a network (an address, as far as it tells subscribers apart)."""

    network: str
    user: User | None = None

    def sender(self, now: datetime) -> str:
        """What tells them from others: the same all day of a network, for good of an account."""
        who = f"user {self.user.pk}" if self.user else f"network {self.network} {now:%Y-%m-%d}"
        key = sealing.derived(settings.SECRET_KEY, "firsthand objections")
        return hmac.new(key, who.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it: it is new, or the reader has said so before; whether editors have answered it already."""

    new: bool
    answered: bool = False


def take(story: Story, article: int | None, reader: Reader, now: datetime) -> Taken:
    """Note that a report of a story (None: the story as a whole) is wrong here, and see that editors are asked.

    Raises Refused for a story that is gone or hidden, a report that is not in it, and past the bounds. A report of a
    story that holds no other can't be in the wrong one.
    """
    _must_be_there(story)
    if article is not None and not Article.objects.filter(pk=article, story=story).exists():
        raise Refused(gettext("This report is not in the story any more: somebody has moved it already."))
    if article is not None and story.article_count < 2:
        raise Refused(gettext("It is the story’s only report, so it is in no wrong company."))
    sender = reader.sender(now)
    said = Objection.objects.filter(story=story, article=article)
    if said.filter(sender=sender).exists():
        return Taken(new=False)
    _must_be_few(sender, now)
    number = said.count()
    if number >= MOST_A_QUESTION:
        return Taken(new=False)
    try:
        with transaction.atomic():
            row = Objection.objects.create(story=story, article_id=article, sender=sender, user=reader.user, at=now)
            doubt = doubts.put(_question(story, article, number + 1), now)
            Objection.objects.filter(pk=row.pk).update(doubt=doubt)
    except IntegrityError:
        # A second click came while the first was on its way; or the report has just been deleted.
        return Taken(new=False)
    return Taken(new=True, answered=doubt.state != DoubtState.OPEN)


def _question(story: Story, article: int | None, number: int) -> Question:
    """What editors are asked, with how many readers say so."""
    readers = "A reader says" if number == 1 else f"{number} readers say"
    what = "this report is in the wrong story" if article is not None else "the story as a whole is wrong"
    articles = [article] if article is not None else []
    return Question(Ask.READER, story, articles=articles, reasons=[f"{readers} that {what}."], objections=number)


def _must_be_there(story: Story) -> None:
    if story.merged_into is not None:
        raise Refused(gettext("This story is part of another one by now."), story.merged_into)
    if story.hidden:
        raise Refused(gettext("An editor has hidden this story already."))
    if not story.article_count:
        raise Refused(gettext("This story holds no report any more."))


def _must_be_few(sender: str, now: datetime) -> None:
    today = Objection.objects.filter(at__gt=now - DAY)
    if today.filter(sender=sender).count() >= MOST_A_READER:
        raise Refused(gettext("So much has been said from here today that no more is taken: thank you, and tomorrow."))
    if today.count() >= MOST_A_DAY:
        raise Refused(gettext("So many readers have objected today that no more is taken: please try again tomorrow."))
