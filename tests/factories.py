"""Plain functions that make rows for tests, with the least that a row needs; a test says what matters to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.utils.text import slugify

from stories.models import (
    GROUPING,
    Act,
    Article,
    Doubt,
    Edit,
    Examined,
    Feed,
    Objection,
    Outlet,
    PollResult,
    Proposal,
    Stage,
    Story,
    StoryLink,
    StoryProvenance,
    TextState,
    Tie,
    User,
    Version,
)
from stories.nlp.findings import Findings
from stories.services import examining
from stories.services import provenance as tracing
from stories.services.provenance import Traced

# A morning in the invented isles; tests that look at relative times pass a clock of their own.
MORNING = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
PASSWORD = "seven grey gulls over water"
_numbers = count(1)


def outlet(**kw: Any) -> Outlet:
    """An outlet; give `name` and the slug follows."""
    number = next(_numbers)
    name = kw.pop("name", f"Outlet {number}")
    kw.setdefault("slug", f"{slugify(name)[:60] or 'outlet'}-{number}")
    return Outlet.objects.create(name=name, **kw)


def feed(**kw: Any) -> Feed:
    """A feed that was polled at MORNING and had news; of a new outlet unless `outlet` is given."""
    if "outlet" not in kw:
        kw["outlet"] = outlet()
    kw.setdefault("url", f"https://outlet.example/{next(_numbers)}/feed.xml")
    kw.setdefault("next_poll_at", MORNING + timedelta(minutes=30))
    kw.setdefault("next_poll_reason", "new articles come about every 30 minutes")
    kw.setdefault("last_polled_at", MORNING)
    kw.setdefault("last_result", PollResult.NEW)
    kw.setdefault("last_status", 200)
    return Feed.objects.create(**kw)


def article(*, text: str = "", headlines: Sequence[str] = (), **kw: Any) -> Article:
    """An article with a version, grouped already; `headlines` are those that it carried before, oldest first.

    Its times: seen at `first_seen_at` (MORNING), claimed two minutes earlier, polled ten minutes before it was seen.
    """
    number = next(_numbers)
    if "outlet" not in kw:
        kw["outlet"] = outlet()
    seen = kw.setdefault("first_seen_at", MORNING)
    claimed = kw.setdefault("claimed_at", seen - timedelta(minutes=2))
    kw.setdefault("polled_before_at", seen - timedelta(minutes=10))
    kw.setdefault("reported_at", Article.reported(claimed, seen))
    kw.setdefault("url", f"https://outlet.example/{number}")
    kw.setdefault("title", f"Headline {number}")
    kw.setdefault("text_state", TextState.PAGE if text else TextState.NONE)
    kw.setdefault("stage", Stage.DONE)
    kw.setdefault("lang", "en")
    row = Article.objects.create(url_key=f"key-{number}", **kw)
    for step, title in enumerate([*headlines, row.title]):
        row.version = Version.objects.create(
            article=row,
            hash=f"{number}-{step}",
            title=title,
            summary=row.summary,
            text=text,
            text_state=row.text_state,
            seen_at=seen + step * timedelta(minutes=20),
        )
    row.save(update_fields=["version"])
    return row


def story(articles: Sequence[Article] = (), **kw: Any) -> Story:
    """A story of these articles, with its counts and times as grouping keeps them; of one new article by default."""
    members = list(articles) or [article()]
    times = [member.reported_at for member in members]
    kw.setdefault("title", members[0].title)
    kw.setdefault("slug", slugify(kw["title"])[:80] or "story")
    kw.setdefault("lang", members[0].lang)
    kw.setdefault("headline_of", members[0])
    kw.setdefault("article_count", len(members))
    kw.setdefault("outlet_count", len({member.outlet_id for member in members}))
    kw.setdefault("first_at", min(times))
    kw.setdefault("last_at", max(times))
    row = Story.objects.create(vector=[0.0] * 384, **kw)
    for member in members:
        member.story = row
        member.save(update_fields=["story"])
    return row


def copy(of: Article, **kw: Any) -> Article:
    """A report that carries another's text, ten minutes after it, in no story unless `story` is given."""
    kw.setdefault("first_seen_at", of.first_seen_at + timedelta(minutes=10))
    kw.setdefault("copy_share", 0.98)
    return article(copy_of=of, **kw)


def examined(article: Article, findings: Findings) -> Examined:
    """What was found in an article, kept as the read step keeps it, at MORNING."""
    examining.keep(article, findings, MORNING)
    return Examined.objects.get(article=article)


def traced(story: Story, provenance: Traced) -> StoryProvenance:
    """A story's provenance as the trace step keeps it, with what happened to it, traced after all its reports came."""
    tracing.save(story, provenance, story.last_at + timedelta(hours=1))
    return StoryProvenance.objects.get(story=story)


def link(first: Story, second: Story, **kw: Any) -> StoryLink:
    """A tie between two stories, a chapter unless `kind` says otherwise."""
    kw.setdefault("kind", Tie.CHAPTER)
    kw.setdefault("probability", 0.84)
    kw.setdefault("reasons", ["4 shared names"])
    return StoryLink.objects.create(first=first, second=second, **kw)


def edit(story: Story, act: str = Act.MERGE, **kw: Any) -> Edit:
    """An edit by grouping at MORNING; give `by` for an editor's, and `moves` as an Edit keeps them."""
    kw.setdefault("by", GROUPING)
    kw.setdefault("at", MORNING)
    if kw["by"] == GROUPING:
        kw.setdefault("probability", 0.97)
        kw.setdefault("reasons", ["6 shared names"])
    return Edit.objects.create(story=story, act=act, **kw)


def doubt(story: Story | None, act: str = Act.MERGE, **kw: Any) -> Doubt:
    """An open question, found at MORNING."""
    kw.setdefault("key", f"{act}-{next(_numbers)}")
    kw.setdefault("probability", 0.64)
    kw.setdefault("reasons", ["3 shared names"])
    kw.setdefault("found_at", MORNING)
    return Doubt.objects.create(story=story, act=act, **kw)


def proposal(**kw: Any) -> Proposal:
    """A name that reads like an outlet's, seen first at MORNING."""
    kw.setdefault("name", f"Courant {next(_numbers)}")
    kw.setdefault("evidence", [0, 1])
    kw.setdefault("first_seen_at", MORNING)
    return Proposal.objects.create(**kw)


def objection(doubt: Doubt, **kw: Any) -> Objection:
    """A reader's word at MORNING, behind a question; about its one report, if it has one."""
    kw.setdefault("sender", f"reader-{next(_numbers)}")
    kw.setdefault("article_id", doubt.articles[0] if doubt.articles else None)
    return Objection.objects.create(doubt=doubt, story=doubt.story, **({"at": MORNING} | kw))


def user(**kw: Any) -> User:
    """A reader with PASSWORD."""
    email = kw.pop("email", f"reader{next(_numbers)}@isles.example")
    return User.objects.create_user(username=email, email=email, password=kw.pop("password", PASSWORD), **kw)


def editor(**kw: Any) -> User:
    """A reader who may edit."""
    return user(is_staff=True, **kw)
