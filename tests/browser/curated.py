"""Rows for the desk's pages of a story: a long one with everything that can be said of it, and another beside it."""

from __future__ import annotations

from datetime import datetime, timedelta

from stories.models import Act, Correction, Objection, Override, Story, Tie, User
from stories.services import curation, marking
from stories.services.acts import By
from tests import factories, followed
from tests.nlp.provenance_worlds import NINE
from tests.stories_crowded import crowd
from tests.stories_traced import forty, traced


def build(editor: User, now: datetime) -> tuple[Story, Story]:
    """A story of sixty reports, edited, doubted and followed, and one of forty."""
    story = crowd(shift=now - timedelta(hours=8) - NINE)
    other = traced(forty(straggler=False), shift=now - timedelta(hours=9) - NINE)
    anna = By.person(factories.editor(first_name="Anna", last_name="Berg"), "Two boats, two accidents")
    rows = list(story.articles.order_by("reported_at", "pk").values_list("pk", flat=True))
    theirs = list(other.articles.order_by("reported_at", "pk").values_list("pk", flat=True))
    curation.apart(rows[0], theirs[0], anna, now - timedelta(hours=3))
    curation.move([theirs[-1]], story, anna, now - timedelta(hours=2))
    for act in (marking.lock, marking.pin):
        act(story, By.person(editor), now - timedelta(hours=1))
    marking.rename(story, "Second bid for the Thistle Ness ferry was never opened, papers show", anna, now)
    marking.rename(other, "The chief aide and the contract", anna, now)
    edit = factories.edit(story, Act.ROLE, by="Anna Berg", article_id=rows[4])
    Override.objects.create(article_id=rows[4], what=Correction.ROLE, about="", value={"role": "original"}, edit=edit)
    factories.doubt(story, other=other, probability=0.71, reasons=["5 shared names", "2 h apart"])
    factories.doubt(story, Act.SPLIT, articles=rows[10:14], probability=0.66, reasons=["2 names in common"])
    factories.doubt(story, Act.MOVE, other=other, articles=rows[20:21], probability=0.58)
    Objection.objects.create(story=story, article_id=rows[7], sender="x", at=now)
    factories.link(other, story, kind=Tie.RELATED)
    for number in range(3):
        reader = factories.user()
        followed.follow(reader, story if number else other, now=now - timedelta(hours=6))
    Story.objects.filter(pk=other.pk).update(closed_at=None)
    return story, other
