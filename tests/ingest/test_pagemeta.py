"""What a page says is its own address, and when that is a template's mistake."""

from __future__ import annotations

import lxml.html
import pytest

from stories.ingest import pagemeta

OWN = "https://www.skarv.com/news/2026/ferry-runs-aground-77"


def canonical(href: str, own: str = OWN) -> str:
    return pagemeta.canonical_url(
        lxml.html.fromstring(f'<html><head><link rel="canonical" href="{href}"></head></html>'), own
    )


@pytest.mark.parametrize(
    "href",
    [
        "https://www.skarv.com/news/2026/ferry-runs-aground-77?edition=uk",
        "https://www.skarv.com/a/77",
        "https://www.skarv.com/?p=77",
        "https://wire.example/ferry-77",
        "http://skarv.com/news/2026/ferry-refloated-77",
    ],
)
def test_another_address_of_a_page_is_taken(href: str) -> None:
    assert canonical(href) == href


@pytest.mark.parametrize(
    "href", ["/", "https://skarv.com", "https://www.skarv.com/news", "/news/", "https://m.skarv.com/news/"]
)
def test_the_front_page_or_a_section_above_is_not(href: str) -> None:
    assert canonical(href) == OWN


def test_the_first_page_of_an_article_in_parts_and_the_page_of_an_amp_page_are_taken() -> None:
    assert canonical(OWN, f"{OWN}/2") == OWN
    assert canonical(OWN, f"{OWN}/amp") == OWN
