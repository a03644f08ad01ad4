"""Rows for the pages of grouping: a text that many carry, a running story in chapters, edits, questions to editors."""

from __future__ import annotations

from datetime import datetime, timedelta

from stories.models import GROUPING, Act, Article, DoubtState, Story, Tie, User
from tests import factories

LONG = "Northern and Western Isles Harbour Authority confirms that the dredging contract will not be tendered again"
CARRIERS = (
    "North Channel", "Valley News", "The Standard Bearer", "Radio Four Coasts", "Isles Business", "Harbour Mirror",
    "The Provincial Correspondent and Evening Advertiser of the Northern and Western Isles", "Daily Ledger", "Tern",
)  # fmt: skip


def build(editor: User, now: datetime) -> Story:
    """The story that everything here hangs on."""
    story = _carried(now)
    _chapters(story, now)
    _edits(story, editor, now)
    _doubts(editor, now)
    return story


def _report(name: str, title: str, at: datetime, **kw: object) -> Article:
    kw.setdefault("story_score", 0.93)
    kw.setdefault("story_reasons", ["same quote by D. Peskov", "5 shared names: Orlova, Port Anson …", "2 h apart"])
    return factories.article(outlet=factories.outlet(name=name), title=title, first_seen_at=at, text="Word " * 60, **kw)


def _carried(now: datetime) -> Story:
    """An agency's text with nine copies, another with two, and reports of their own."""
    start = now - timedelta(hours=9)
    wire = _report("Coast Wire", LONG, start, wire="Coast Wire", story_score=None)
    wire.story_reasons = ["founded the story", "no report of the last 72 h was near enough"]
    wire.save()
    own = _report(
        "The Meridian Post", "Aides had warned of the dredging contract, papers show", start + timedelta(minutes=5)
    )
    copies = [
        factories.copy(
            of,
            outlet=factories.outlet(name=name),
            title=of.title if number % 3 else f"Harbour: {of.title}",
            first_seen_at=start + timedelta(minutes=17 * number + 20),
            wire="Coast Wire" if of is wire else "",
            copy_share=(1.0, 0.94, 0.71)[number % 3],
            story_score=0.99,
            story_reasons=["carries the same text"],
            headlines=["Harbour authority silent on contract"] if number == 3 else [],
        )
        for number, (of, name) in enumerate([(wire, name) for name in CARRIERS] + [(own, "Sheet 1"), (own, "Sheet 2")])
    ]
    others = [
        _report(f"Gazette {n}", f"What the harbour contract means for town {n}", start + timedelta(hours=n + 1))
        for n in range(4)
    ]
    return factories.story(
        [wire, own, *copies, *others], voice_count=6, title=LONG, locked=True, reopened_at=now - timedelta(hours=3)
    )


def _chapters(story: Story, now: datetime) -> None:
    """Two chapters before, one after, the same event in Russian, and related stories."""
    for days, title in ((6, "Harbour minister orders a review"), (3, "Review of the dredging contract begins")):
        at = now - timedelta(days=days)
        earlier = factories.story(
            [_report(f"Post {days}{n}", title, at) for n in range(2)], closed_at=at, voice_count=2
        )
        factories.link(earlier, story, reasons=["4 shared names", "the first ended before this began"])
    later = factories.story([_report("Post 9", "Minister to answer questions on the contract", now)])
    factories.link(story, later, by_curator=True, probability=None, reasons=[])
    russian = factories.story([_report("Морской вестник", "Контракт на дноуглубление не пересмотрят", now, lang="ru")])
    factories.link(story, russian, kind=Tie.TRANSLATION, probability=0.995)
    for number in range(8):
        factories.link(
            factories.story([_report(f"Sheet {number}", f"Dredging elsewhere, part {number}", now)]),
            story,
            kind=Tie.RELATED,
            probability=0.9 - number / 20,
        )


def _edits(story: Story, editor: User, now: datetime) -> None:
    """A merge that stands, a split that an editor undid, and the lock."""
    gone = factories.story([], title="Contract stands, says authority", merged_into=story, article_count=0)
    moves = [[pk, gone.pk, story.pk] for pk in story.articles.order_by("-pk").values_list("pk", flat=True)[:6]]
    factories.edit(
        story, other=gone, moves=moves, at=now - timedelta(hours=5), reasons=["8 shared names", "40 min apart"]
    )
    off = factories.story([], title="Town councils on the contract", article_count=0)
    wrong = factories.edit(
        story, Act.SPLIT, other=off, moves=[[moves[0][0], story.pk, off.pk]], at=now - timedelta(hours=4)
    )
    factories.edit(
        story, Act.UNDO, other=off, undoes=wrong, by="Ada Quill", user=editor, note="Same council meeting.",
        at=now - timedelta(hours=3),
    )  # fmt: skip
    factories.edit(story, Act.LOCK, by="Ada Quill", user=editor, at=now - timedelta(hours=2))


def _doubts(editor: User, now: datetime) -> None:
    """Questions of each kind, and one of each decided."""
    at = now - timedelta(hours=20)
    one = factories.story(
        [_report(f"Echo {n}", title, at + timedelta(minutes=9 * n)) for n, title in enumerate([LONG, LONG, "Two", "Three", "Four", "Five"])],
        title=LONG,
    )  # fmt: skip
    two = factories.story([_report(f"Herald {n}", "Harbour authority keeps its contract", at) for n in range(2)])
    leaving = list(one.articles.order_by("pk").values_list("pk", flat=True)[4:])
    found = {"found_at": now - timedelta(minutes=50)}
    factories.doubt(
        one, other=two, probability=0.78, reasons=["5 shared names", "similar meaning", "11 h apart"], **found
    )
    factories.doubt(
        one, Act.SPLIT, articles=leaving, probability=0.71, reasons=["2 names in common with the rest"], **found
    )
    factories.doubt(one, Act.MOVE, other=two, articles=leaving[:1], probability=0.62, **found)
    done = {"decided_at": now - timedelta(minutes=5)}
    yes = factories.edit(one, other=two, by="Ada Quill", user=editor, note="One meeting, two agencies.", at=now)
    factories.doubt(one, other=two, state=DoubtState.DONE, edit=yes, **done)
    no = factories.edit(one, Act.TOGETHER, by="Ada Quill", user=editor, at=now)
    factories.doubt(one, Act.SPLIT, articles=leaving, state=DoubtState.DISMISSED, edit=no, **done)
    assert GROUPING not in (yes.by, no.by)
