"""The demo world keeps its promises: same moment, same bytes; every kind of report; nothing before its time."""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
import xml.etree.ElementTree as ET
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import feedparser
import pytest
import trafilatura

from stories.demo import world
from stories.demo.data import Article, Published

START = datetime(2026, 11, 24, 8, 30, 17, tzinfo=UTC)  # a Tuesday
BASE = "http://127.0.0.1:8000/demo"
END = START + timedelta(minutes=5)
ALONE = {"library-reopens", "harriers-win", "first-snow", "mill-lane-bridge", "lantern-night", "orchard-tram"}
# The one newsroom that writes in another language has its stories for itself (tests/demo/test_ties.py).
GERMAN = {"ferry-thistle-ness-de", "night-trains-de"}


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def feed(slug: str, now: datetime = END) -> world.FeedFile:
    found = world.feed(slug, start=START, base_url=BASE, now=now)
    assert found is not None
    return found


def page(article: Article, now: datetime = END) -> world.Page:
    found = world.page(article.outlet, article.id, start=START, base_url=BASE, now=now)
    assert found is not None
    return found


def article(article_id: str) -> Article:
    return next(a for a in world.load().articles if a.id == article_id)


def texts() -> list[str]:
    shown = world.published(START, END)
    return [f"{p.version.title}\n{p.version.summary}\n{p.article.byline}\n{p.version.text}" for p in shown]


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}


# --- what there is


def test_world_is_as_large_as_promised() -> None:
    loaded = world.load()
    assert len(loaded.outlets) >= 8
    assert len(loaded.articles) >= 44
    assert len({a.story for a in loaded.articles} - ALONE) >= 6
    assert len({a.path for a in loaded.articles}) == len(loaded.articles)


def test_every_shared_story_is_told_by_several_outlets_and_lone_ones_by_one() -> None:
    tellers = defaultdict(set)
    for a in world.load().articles:
        tellers[a.story].add(a.outlet)
    assert {story for story, outlets in tellers.items() if len(outlets) == 1} == ALONE | GERMAN
    assert len(tellers["nightline-brakes"]) >= 9
    assert len(tellers["assembly-court"]) >= 6
    for story in tellers.keys() - ALONE - GERMAN:
        assert len(tellers[story]) >= 4, story


def test_gold_labels_name_outlets_of_this_world() -> None:
    outlets = world.load().outlets
    for a in world.load().articles:
        assert a.outlet in outlets
        assert set(a.credits) <= outlets.keys() - {a.outlet}, a.path
        assert a.role in {"original", "re-report", "wire", "mixed", "other"}
        assert (a.role == "wire") == bool(a.wire_agency), a.path
        assert a.page in {"ok", "no-text", "gone"}


def test_two_outlets_share_an_owner() -> None:
    groups = [o.owner_group for o in world.outlets() if o.owner_group]
    assert len(groups) > len(set(groups))


def test_reports_have_the_length_of_reports() -> None:
    for a in world.load().articles:
        words = len(a.versions[0].text.split())
        assert words == 0 if a.page == "no-text" else 75 <= words <= 450, (a.path, words)


def test_no_real_outlet_appears() -> None:
    seed = Path(world.__file__).parents[1] / "seed" / "outlets.toml"
    rows = tomllib.loads(seed.read_text("utf-8"))["outlet"]
    real = [name for row in rows for name in (row["name"], *row["aliases"])]
    names = "\n".join(f"{o.name}\n{chr(10).join(o.aliases)}\n{o.owner_group}" for o in world.outlets())
    everything = "\n".join([names, *texts()])
    assert [n for n in real if re.search(rf"\b{re.escape(n)}\b", everything)] == []


# --- the events that later issues rest on


def test_wire_copies_are_near_verbatim_under_headlines_of_their_own() -> None:
    wires = {a.id: shingles(a.versions[0].text) for a in world.load().articles if a.outlet == "hpb"}
    copies = [a for a in world.load().articles if a.role == "wire"]
    assert len([a for a in copies if a.story == "assembly-court"]) == 4
    headlines = {a.versions[0].title for a in world.load().articles if a.outlet == "hpb"}
    for copy in copies:
        own = shingles(copy.versions[0].text)
        assert max(len(own & wire) / len(own) for wire in wires.values()) > 0.8, copy.path
        assert copy.versions[0].title not in headlines
        assert "(HPB)" in copy.versions[0].text


def test_scoop_is_credited_dropped_and_repeated_at_second_hand() -> None:
    assert "Courier" in article("nightline-brakes-courier-reports").versions[0].title
    buried = article("nightline-order-in-doubt").versions[0]
    assert "Courier" not in buried.title + buried.summary
    assert "Courier" in buried.text.split("\n\n")[-1]
    assert "Courier" not in article("they-knew-dodgy-brakes").versions[0].text
    second_hand = article("nightline-brakes-flare").versions[0].text
    assert "Flare" in second_hand
    assert "Courier" not in second_hand


def test_old_figure_lives_on_in_re_reports_after_the_correction() -> None:
    origin = article("tern-savings-overcharged")
    assert b"412,000" in page(origin, at(0)).body
    corrected = page(origin, END).body.decode()
    assert "142,000 customers" in corrected
    assert 'class="correction"' in corrected
    for repeated in ("tern-bank-overdraft-rth", "bank-fleeced-400000", "basket-tern-overdrafts"):
        assert b"412,000" in page(article(repeated)).body


def test_denial_correction_and_new_headline_come_while_a_newcomer_watches() -> None:
    later = [a.id for a in world.load().articles if a.minutes > 0]
    changes = {a.id: v for a in world.load().articles for v in a.versions[1:]}
    assert "ministry-denies-nightline-delay" in later
    assert changes["tern-savings-overcharged"].correction.startswith("Correction:")
    scoop = article("nightline-brakes-warning")
    assert changes["nightline-brakes-warning"].title != scoop.versions[0].title
    moments = [article(i).minutes for i in later] + [v.minutes for v in changes.values()]
    assert min(moments) >= 0.3
    assert max(moments) <= 1.2


# --- feeds


@pytest.mark.parametrize("slug", [o.slug for o in world.outlets()])
def test_feed_parses_and_lists_what_is_out_newest_first(slug: str) -> None:
    parsed = feedparser.parse(feed(slug).body)
    shown = {f"{slug}:{p.article.id}": p for p in world.published(START, END, slug)}
    assert not parsed.bozo
    assert parsed.feed.title == world.load().outlets[slug].name
    assert "ttl" not in parsed.feed
    assert {entry.id for entry in parsed.entries} == shown.keys()
    for entry in parsed.entries:
        check_entry(entry, shown[entry.id])
    times = [shown[entry.id].published for entry in parsed.entries]
    assert times == sorted(times, reverse=True)


def check_entry(entry: feedparser.FeedParserDict, out: Published) -> None:
    assert entry.title == out.version.title
    assert entry.summary == out.version.summary
    assert entry.link == BASE + out.article.path
    assert entry.get("author", "") == out.article.byline
    assert parsedate_to_datetime(entry.published) == out.claimed
    assert bool(entry.get("content")) == out.article.feed_content
    source = world.load().outlets.get(out.article.source)
    assert entry.get("source", {}).get("title") == (source.name if source else None)


def test_same_moment_same_bytes() -> None:
    for outlet in world.outlets():
        assert feed(outlet.slug) == feed(outlet.slug)
    assert world.opml(START, BASE) == world.opml(START, BASE)
    scoop = article("nightline-brakes-warning")
    assert page(scoop) == page(scoop)


def test_feed_changes_only_when_something_happens() -> None:
    before, same, after = (feed("capital-and-trade", at(m)) for m in (0.0, 0.5, 0.7))
    assert before == same
    assert after.etag != before.etag
    assert after.last_modified == at(0.6).replace(microsecond=0)
    assert feed("flare", at(0.0)) == feed("flare", END)


def test_nothing_is_out_before_its_time() -> None:
    denial = article("ministry-denies-nightline-delay")
    early, late = feed("hpb", at(0.3)), feed("hpb", at(0.5))
    assert denial.id.encode() not in early.body
    assert denial.id.encode() in late.body
    assert world.page(denial.outlet, denial.id, start=START, base_url=BASE, now=at(0.3)) is None
    assert page(denial, at(0.5)).status == 200
    assert b"<item>" not in feed("hpb", at(-5000)).body


def test_a_claimed_time_may_differ_from_the_real_one() -> None:
    shown = {p.article.id: p for p in world.published(START, END)}
    assert shown["they-knew-dodgy-brakes"].claimed < shown["they-knew-dodgy-brakes"].published


def test_unknown_addresses_are_none() -> None:
    assert world.feed("no-such", start=START, base_url=BASE, now=END) is None
    assert world.home("no-such", start=START, base_url=BASE, now=END) is None
    assert world.page("courier", "no-such", start=START, base_url=BASE, now=END) is None
    assert world.page("hpb", "nightline-brakes-warning", start=START, base_url=BASE, now=END) is None


# --- pages


@pytest.mark.parametrize("found", [a for a in world.load().articles if a.page == "ok"], ids=lambda a: a.id)
def test_page_gives_its_text_to_an_extractor_and_keeps_its_clutter(found: Article) -> None:
    body = page(found).body.decode()
    shown = next(p for p in world.published(START, END, found.outlet) if p.article.id == found.id)
    extracted = trafilatura.extract(body) or ""
    for paragraph in shown.version.text.split("\n\n"):
        assert paragraph in extracted
    assert "Most read" not in extracted
    assert f'<link rel="canonical" href="{BASE}{found.path}">' in body
    assert trafilatura.extract_metadata(body).title == shown.version.title


def test_page_without_text_holds_none() -> None:
    silent = [a for a in world.load().articles if a.page == "no-text"]
    assert {a.story for a in silent} == {"ferry-lady-imrie", "lantern-night"}
    for a in silent:
        answer = page(a)
        assert answer.status == 200
        assert b"<p>" not in answer.body.split(b"</main>")[0]


def test_a_page_that_was_taken_down_has_its_text_in_the_feed() -> None:
    (gone,) = [a for a in world.load().articles if a.page == "gone"]
    assert page(gone).status == 410
    entries = feedparser.parse(feed(gone.outlet).body).entries
    (entry,) = [e for e in entries if e.id.endswith(gone.id)]
    assert "linen and the small bottle of plum spirit" in entry.content[0].value


def test_markup_in_names_is_escaped() -> None:
    body = page(article("tern-savings-overcharged")).body
    assert b"Capital &amp; Trade" in body
    assert re.search(rb"Capital & Trade", body.split(b"</script>")[1]) is None


def test_home_names_the_feed() -> None:
    for outlet in world.outlets():
        front = world.home(outlet.slug, start=START, base_url=BASE + "/", now=END)
        assert front is not None
        link = f'<link rel="alternate" type="application/rss+xml" title="{outlet.name.replace("&", "&amp;")}"'
        assert f'{link} href="{BASE}/{outlet.slug}/feed.xml">' in front.body.decode()


def test_weekdays_follow_the_start() -> None:
    assert not re.search(r"[{}]", "".join(texts()))
    denial = article("ministry-denies-nightline-delay")
    assert "on Tuesday denied" in page(denial).body.decode()
    saturday = START + timedelta(days=4)
    moved = world.page(denial.outlet, denial.id, start=saturday, base_url=BASE, now=saturday + timedelta(minutes=2))
    assert moved is not None
    assert "on Saturday denied" in moved.body.decode()


# --- the whole


def test_opml_lists_every_feed() -> None:
    outlines = ET.fromstring(world.opml(START, BASE)).iter("outline")
    expected = {f"{BASE}/{o.slug}/feed.xml" for o in world.outlets()}
    assert {o.attrib["xmlUrl"] for o in outlines} == expected


def test_gold_covers_every_link_of_every_feed() -> None:
    links = {e.link for o in world.outlets() for e in feedparser.parse(feed(o.slug).body).entries}
    assert links == {BASE + path for path in world.gold()}


def test_style_hash_matches_the_served_style() -> None:
    body = page(article("mill-lane-bridge-closes")).body.decode()
    (served,) = re.findall(r"<style>(.*?)</style>", body)
    digest = base64.b64encode(hashlib.sha256(served.encode()).digest()).decode()
    assert world.style_hash() == f"'sha256-{digest}'"
