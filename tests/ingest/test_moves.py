"""Permanent redirects: taken over late, and never to an address that could do harm."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from stories.ingest.moves import Move, refusal, seen, sentence, settled

OLD, NEW, OTHER = "https://news.example/feed", "https://feeds.news.example/all", "https://other.example/feed"
HOUR = timedelta(hours=1)


def follow(now: datetime, *polls: tuple[float, str]) -> Move | None:
    move: Move | None = None
    for hours, target in polls:
        move = seen(move, OLD, target, now + hours * HOUR)
    return move


@pytest.mark.parametrize(
    ("polls", "expected"),
    [
        ([(0, NEW), (12, NEW), (24, NEW)], True),
        ([(0, NEW), (12, NEW), (23.9, NEW)], False),
        ([(0, NEW), (30, NEW)], False),
        ([(0, NEW), (12, OTHER), (24, NEW), (30, NEW)], False),
        ([(0, NEW), (12, ""), (24, NEW), (25, NEW)], False),
        ([(0, NEW), (1, NEW), (2, NEW), (3, NEW)], False),
        ([], False),
    ],
)
def test_three_polls_over_a_day_name_the_same_target(
    now: datetime, polls: list[tuple[float, str]], expected: bool
) -> None:
    move = follow(now, *polls)
    assert settled(move, now + max([hours for hours, _ in polls], default=0) * HOUR) is expected


def test_time_alone_settles_nothing(now: datetime) -> None:
    assert not settled(Move(NEW, now, 2), now + 1000 * HOUR)
    assert settled(Move(NEW, now, 3), now + 24 * HOUR)


def test_a_redirect_to_itself_or_none_ends_it(now: datetime) -> None:
    assert seen(Move(NEW, now, 2), OLD, OLD, now) is None
    assert seen(Move(NEW, now, 2), OLD, "", now) is None


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("http://news.example/feed", "moved for good to news.example without encryption"),
        ("https://me:secret@news.example/feed", "moved for good to news.example with a password in the address"),
        ("ftp://news.example/feed", "no web address"),
        ("javascript:alert(1)", "no web address"),
        ("https://news.example/a b", "no web address"),
        ("https://news.example/" + "a" * 2000, "no web address"),
    ],
)
def test_some_targets_are_never_stored(now: datetime, target: str, why: str) -> None:
    told = refusal(OLD, target)
    assert why in told
    assert "secret" not in told
    assert seen(Move(target, now, 9), OLD, target, now + 99 * HOUR) is None


def test_plain_http_may_move_to_either() -> None:
    assert refusal("http://news.example/feed", "http://other.example/") == ""
    assert refusal("http://news.example/feed", "https://news.example/feed") == ""


def test_the_page_says_how_far_it_is(now: datetime) -> None:
    assert sentence(OLD, Move(OTHER, now, 1)) == (
        "moved for good to other.example; followed, and taken over after 3 polls in 24 h (1 so far)"
    )
    assert sentence(OLD, Move("https://news.example/rss?key=1", now, 2)).startswith(
        "moved for good to another address on news.example; followed"
    )
