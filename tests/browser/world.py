"""Rows that make every page show what it can: a story of ten outlets, long and foreign headlines, failing feeds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from stories.models import Article, PollResult, Stage, Story, TextState
from tests import factories
from tests.browser import grouped

SUMMARY = (
    "Advisers confronted the minister on Tuesday evening over a price that had nearly tripled since the tender, "
    "and nobody in the room could say why the second bid had never been opened by the committee that asked for it."
)
REPORTS = (
    ("The Meridian Post", "Aides confronted harbour minister over dredging contract, people familiar say"),
    ("Coast Wire", "Harbour minister confronted by aides over contract: Meridian Post"),
    ("Daily Ledger", "Minister blamed by own insiders for dredging fiasco"),
    ("North Channel", "Harbour minister confronted by aides over contract: Meridian Post"),
    ("Harbour Mirror", "Insider turns on harbour minister, report says"),
    ("Isles Business", "Dredging: minister’s inner circle rebels"),
    ("The Standard Bearer", "Second official confirms row over dredging contract"),
    ("Морской вестник", "Советники министра портов выступили против контракта на дноуглубление"),
    ("مرآة الميناء", "مستشارو وزير الموانئ يعترضون على عقد التجريف"),
    (
        "The Provincial Correspondent and Evening Advertiser of the Northern and Western Isles",
        "Ministry denies split over the dredging contract after a week of reports that advisers had confronted the "
        "minister in private: “This is how work gets done”, says spokesman Llanfairpwllgwyngyllgogerychwyrndrobwll"
        "llantysiliogogogoch",
    ),
)


@dataclass(frozen=True, slots=True)
class World:
    """Where the pages are; the accounts have factories.PASSWORD."""

    story: str
    article: str
    failed: str
    outlet: str
    grouped: str
    copied: str
    russian: str
    editor: str

    @property
    def open_pages(self) -> list[str]:
        """Every page that a reader without an account can open."""
        accounts = [f"/accounts/{name}/" for name in ("login", "signup", "password/reset")]
        lists = ["/", "/?show=all", "/outlets/", "/feeds/"]
        searches = ["/search/", "/search/?q=dredging+contract", "/search/?q=zebra"]
        own = [self.story, self.article, self.failed, self.outlet, self.grouped, self.copied, self.russian]
        taken = [f"{self.story}export/", f"{self.story}?at=2020-01-01T00:00", "/api/"]
        return [*lists, *searches, *own, *taken, "/quality/", "/edits/", *accounts]


def build() -> World:
    """Make the rows, as of now."""
    now = timezone.now()
    editor = factories.editor(email="editor@isles.example", is_superuser=True)
    members = [_report(number, name, title, now) for number, (name, title) in enumerate(REPORTS)]
    members[0].story_reasons = ["founded the story"]
    members[0].save()
    story = factories.story(members)
    for number in range(24):
        pair = [_report(number, f"Paper {number % 5} {side}", f"Event number {number}", now) for side in "ab"]
        factories.story(pair)
        factories.story([_report(number, f"Sheet {number % 3}", f"A single report, number {number}", now)])
    failed = _report(3, "Valley News", "An article that could not be read", now)
    Article.objects.filter(pk=failed.pk).update(
        stage=Stage.FAILED, failed_stage=Stage.FOUND, failure="The page answered 403 three times.", attempts=3
    )
    _feeds(members, now)
    carried = grouped.build(editor, now - timedelta(days=1))
    return World(
        story=_address(story),
        article=_address(members[0]),
        failed=_address(failed),
        outlet=_address(members[0].outlet),
        grouped=_address(carried),
        copied=_address(Article.objects.get(pk=carried.headline_of_id)),
        russian=_address(Story.objects.get(lang="ru")),
        editor=editor.email,
    )


def _address(row: Story | Article | object) -> str:
    return row.get_absolute_url()


def _report(number: int, name: str, title: str, now: datetime) -> Article:
    """A report; some give no time, some have no text, one has changed its headline, one came with our first poll."""
    seen = now - timedelta(minutes=290 - 29 * (number % 10))
    lang = {"М": "ru", "م": "ar"}.get(name[0], "en")
    without_text = number % 5 == 3
    return factories.article(
        outlet=factories.outlet(name=name, kind="newspaper", country="GB", owner_group="Meridian Media"),
        title=title,
        headlines=["Minister at odds with advisers over dredging"] if number == 2 else [],
        lang=lang,
        summary=SUMMARY,
        text="" if without_text else f"{SUMMARY} " * 4,
        text_state=TextState.NONE if without_text else TextState.PAGE,
        text_reason="The page answered 403 Forbidden." if without_text else "",
        first_seen_at=seen,
        claimed_at=None if number % 4 == 2 else seen - timedelta(minutes=3),
        polled_before_at=None if number == 6 else seen - timedelta(minutes=14),
        byline="Ada Quill and Tom Marsh",
        dateline="PORT ANSON",
        story_score=0.81,
        story_reasons=["nearest by its vector: .84", "shares “dredging”, “tender”"],
    )


def _feeds(members: list[Article], now: datetime) -> None:
    """A feed of each kind of result."""
    for number, member in enumerate(members):
        factories.feed(
            outlet=member.outlet, last_polled_at=now, next_poll_at=now + timedelta(minutes=20 + number), last_entries=31
        )
    factories.feed(
        outlet=members[4].outlet,
        url="https://mirror.example/" + "pathwithoutanybreak" * 12,
        last_result=PollResult.TEMPORARY,
        last_status=503,
        last_error="The server answered 503 Service Unavailable and asked us to wait for two hours.",
        failures=4,
        next_poll_at=now + timedelta(hours=2),
        next_poll_reason="backing off after 4 failures in a row",
    )
    factories.feed(active=False, next_poll_reason="paused by an editor")
    factories.feed(last_polled_at=None, last_result=PollResult.NEVER, last_status=None, next_poll_at=now)
