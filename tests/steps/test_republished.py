"""Entries that come back under another guid and address: one article where the signs agree, two where they do not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stories.models import Article
from tests import factories
from tests.steps.test_finding import item, keep

pytestmark = pytest.mark.django_db


class TestRepublished:
    """An entry whose guid and address are both unknown."""

    SUMMARY = "A car ferry with 84 people on board ran aground in fog outside the harbour."

    def both(self, now, one, other, later=timedelta(minutes=20)):
        """How many articles two entries make, one feed showing the first and then only the second."""
        feed = factories.feed()
        keep(feed, now, one)
        keep(feed, now + later, other)
        return Article.objects.count()

    def entry(self, now, n, **kw):
        minutes = timedelta(minutes=17)
        return item(n, title="Ferry runs aground off Skarv", description=self.SUMMARY, pubDate=now - minutes) | kw

    def test_same_headline_and_time_under_a_new_address(self, now):
        assert self.both(now, self.entry(now, 1), self.entry(now, 2)) == 1
        assert Article.objects.get().keys.get().key == "example.org/news/2"

    def test_a_new_headline_over_the_same_summary_and_time(self, now):
        new = self.entry(
            now, "ferry", link="https://example.org/news/ferry-all-safe", title="All safe after Skarv ferry grounding"
        )
        old = self.entry(now, 1, link="https://example.org/news/ferry-aground")
        assert self.both(now, old, new) == 1
        assert Article.objects.get().title == "All safe after Skarv ferry grounding"

    def test_a_republished_article_with_a_corrected_time(self, now):
        old = self.entry(now, 1, link="https://example.org/news/ferry-aground-77")
        new = self.entry(
            now, 2, link="https://example.org/world/ferry-off-skarv-77", pubDate=now - timedelta(minutes=5)
        )
        assert self.both(now, old, new) == 1

    def test_a_site_that_moves_to_another_host_and_words_its_summaries_anew(self, now):
        outlet = factories.outlet(domains=["old.example", "new.example"])
        feed = factories.feed(outlet=outlet)
        old = [item(n, guid=f"http://www.old.example/?p={n}", link=f"http://www.old.example/?p={n}") for n in range(5)]
        new = [
            item(n, guid=f"https://new.example/?p={n}", link=f"https://new.example/?p={n}", description="New.")
            for n in range(5)
        ]
        keep(feed, now, *old)
        assert keep(feed, now, *new) == 0
        assert feed.entries.count() == 5

    @pytest.mark.parametrize("host", ["https://b.example", "https://skarv.example"])
    def test_blogs_on_one_planet_with_equal_paths_stay_apart(self, now, host):
        outlet = factories.outlet(domains=["planet.example", "skarv.example", "a.example"])
        feed = factories.feed(outlet=outlet, url="https://planet.example/feed.xml")
        keep(feed, now, item(1, guid="https://a.example/?p=1", link="https://a.example/?p=1"))
        assert keep(feed, now, item(2, guid=f"{host}/?p=1", link=f"{host}/?p=1")) == 1

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            # Every day's briefing, with the same words below it.
            ({"title": "Morning briefing"}, {"title": "Morning briefing", "pubDate": timedelta(hours=24)}),
            ({"title": "News at the full hour"}, {"title": "News at the full hour", "pubDate": timedelta(hours=1)}),
            # Without times, the days in the addresses tell them apart.
            (
                {"pubDate": None, "link": "https://example.org/2026/11/21/briefing"},
                {"pubDate": None, "link": "https://example.org/2026/11/22/briefing"},
            ),
            # Each region's weather: one headline, one time, no or another summary.
            ({"title": "Weather", "description": ""}, {"title": "Weather", "description": ""}),
            ({"title": "Weather", "description": "Fog in Skarv."}, {"title": "Weather", "description": "Sun in Halm."}),
            ({}, {"description": "Another ferry, of the same company, ran aground at the very same place."}),
            # Series with one summary for all.
            ({"title": "Puzzle 411 of the week"}, {"title": "Puzzle 412 of the week"}),
            (
                {"title": "Crossword for Sunday"},
                {"title": "Sudoku for beginners", "link": "https://example.org/sudoku"},
            ),
            # A live blog's second day.
            (
                {"title": "Ferry aground: live", "link": "https://example.org/live/ferry"},
                {
                    "title": "Ferry aground: live",
                    "link": "https://example.org/live/ferry-day-two",
                    "pubDate": timedelta(hours=22),
                },
            ),
        ],
    )
    def test_what_only_looks_alike_stays_apart(self, now, one, other):
        def entry(n, changes):
            made = self.entry(now, n) | changes
            if isinstance(after := made.get("pubDate"), timedelta):
                made["pubDate"] = now - timedelta(minutes=17) + after
            return {name: value for name, value in made.items() if value is not None}

        assert self.both(now, entry(1, one), entry(2, other), later=timedelta(days=1, hours=1)) == 2

    def test_two_entries_of_one_answer_are_two_articles_however_alike(self, now):
        feed = factories.feed()
        assert keep(feed, now, self.entry(now, 1), self.entry(now, 2)) == 2
        assert keep(feed, now, self.entry(now, 1), self.entry(now, 3)) == 1

    def test_where_two_articles_fit_none_is_chosen(self, now):
        feed = factories.feed()
        keep(feed, now, self.entry(now, 1), self.entry(now, 2))
        assert keep(feed, now, self.entry(now, 3)) == 1

    def test_other_outlets_words_are_their_own_article(self, now):
        keep(factories.feed(), now, self.entry(now, 1))
        assert keep(factories.feed(), now, self.entry(now, 2)) == 1
