"""The seed file: every entry complete, names and domains one outlet's own, addresses that could be polled."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import stories.demo

FILE = Path(stories.demo.__file__).parents[1] / "seed" / "outlets.toml"
TEXT = FILE.read_text("utf-8")
OUTLETS: list[dict[str, Any]] = tomllib.loads(TEXT)["outlet"]
KEYS = {
    "name",
    "slug",
    "aliases",
    "ambiguous_aliases",
    "domains",
    "owner_group",
    "kind",
    "country",
    "homepage",
    "lang",
    "feeds",
}
# The ISO 3166 codes in use here; a typing slip such as UK or EN is not among them.
COUNTRIES = set(re.findall("..", "AUBRCACNDEESFRGBHKIEILINITJPKRLVNGPKQARUSGTRUAUSUYZA"))

each = pytest.mark.parametrize("outlet", OUTLETS, ids=lambda o: o["slug"])


def repeated(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def test_header_says_what_when_and_how_to_decline() -> None:
    header = TEXT[: TEXT.index("[[outlet]]")]
    assert "November 2026" in header
    assert "decline" in header


def test_there_are_enough() -> None:
    assert len(OUTLETS) >= 55
    assert sum(bool(o["feeds"]) for o in OUTLETS) >= 45
    assert len({o["country"] for o in OUTLETS}) >= 15
    assert sum(o["kind"] == "agency" for o in OUTLETS) >= 10


@each
def test_entry_is_complete(outlet: dict[str, Any]) -> None:
    assert outlet.keys() == KEYS
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", outlet["slug"])
    assert outlet["kind"] in {"newspaper", "agency", "broadcaster", "aggregator", ""}
    assert outlet["country"] in COUNTRIES | {""}
    assert re.fullmatch(r"[a-z]{2}", outlet["lang"])
    assert outlet["domains"]


@each
def test_homepage_lies_on_one_of_the_domains(outlet: dict[str, Any]) -> None:
    home = urlsplit(outlet["homepage"])
    assert home.scheme == "https"
    assert any(f".{home.netloc}".endswith(f".{domain}") for domain in outlet["domains"])


@each
def test_feeds_are_https_addresses_with_a_title(outlet: dict[str, Any]) -> None:
    for feed in outlet["feeds"]:
        assert feed.keys() == {"url", "title"}
        assert feed["title"].strip()
        assert urlsplit(feed["url"]).scheme == "https"
        assert "." in urlsplit(feed["url"]).netloc


def test_slugs_names_feeds_and_domains_are_unique() -> None:
    assert repeated([o["slug"] for o in OUTLETS]) == []
    assert repeated([o["name"].casefold() for o in OUTLETS]) == []
    assert repeated([f["url"] for o in OUTLETS for f in o["feeds"]]) == []
    domains = [(o["slug"], d) for o in OUTLETS for d in o["domains"]]
    assert repeated([d for _, d in domains]) == []
    for slug, domain in domains:
        assert domain == domain.lower()
        under = [other for other, d in domains if other != slug and domain.endswith(f".{d}")]
        assert under == [], f"{domain} of {slug} lies under a domain of {under}"


def test_an_alias_is_one_outlets_own_and_an_ambiguous_one_is_marked() -> None:
    own = [{n.casefold() for n in (o["name"], *o["aliases"])} for o in OUTLETS]
    assert repeated([name for names in own for name in names]) == []
    ambiguous = {a.casefold() for o in OUTLETS for a in o["ambiguous_aliases"]}
    assert ambiguous & {a.casefold() for o in OUTLETS for a in o["aliases"]} == set()
    assert sum("the Times" in o["ambiguous_aliases"] for o in OUTLETS) >= 2
    assert sum("the Post" in o["ambiguous_aliases"] for o in OUTLETS) >= 2


def test_agencies_without_a_feed_are_there_to_be_credited() -> None:
    feeds = {o["slug"]: o["feeds"] for o in OUTLETS}
    for slug in ("associated-press", "reuters", "afp"):
        assert feeds[slug] == []
