"""Validators: sent, now and then left out, and caught lying only on proof."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from stories.ingest.validators import Known, Whole, conditional, lie

DAY = timedelta(days=1)
OLD, NEW = "Tue, 17 Feb 2026 06:00:00 GMT", "Wed, 18 Feb 2026 05:00:00 GMT"
FROZEN = Known(etag='"v1"', last_modified=OLD, body_hash="a" * 64)
WEAK = replace(FROZEN, etag='W/"v1"')
CAUGHT = Whole('"v1"', OLD, "b" * 64, new_entries=3, conditional=False)


def test_there_must_be_validators_to_send(now: datetime) -> None:
    assert not conditional(Known(last_body_at=now), now)
    assert conditional(Known(etag='"v1"', last_body_at=now), now)
    assert conditional(Known(last_modified=OLD, last_body_at=now), now)


@pytest.mark.parametrize(("lied", "after"), [(False, 7 * DAY), (True, DAY)])
def test_after_a_week_of_nothing_but_304_one_request_goes_without_and_daily_where_caught(
    now: datetime, lied: bool, after: timedelta
) -> None:
    known = replace(FROZEN, last_body_at=now, lie=lied)
    assert conditional(known, now + after - timedelta(minutes=1))
    assert not conditional(known, now + after)
    answered = replace(known, last_body_at=now + after)
    assert conditional(answered, now + after + timedelta(hours=1))


def test_where_nothing_is_noted_of_the_last_body_it_is_asked_for(now: datetime) -> None:
    assert not conditional(FROZEN, now)


def test_retries_of_a_failing_feed_are_not_whole_requests(now: datetime) -> None:
    failing = replace(FROZEN, last_body_at=now - 30 * DAY, failing=True)
    assert conditional(failing, now)
    assert not conditional(replace(failing, failing=False), now)


def test_no_feed_is_asked_without_validators_more_than_once_a_day(now: datetime) -> None:
    for lied in (False, True):
        known, whole = replace(FROZEN, last_body_at=now, lie=lied), []
        for minutes in range(0, 30 * 24 * 60, 20):
            at = now + timedelta(minutes=minutes)
            if not conditional(known, at):
                whole.append(at)
                known = replace(known, last_body_at=at)
        assert len(whole) == (29 if lied else 4)
        assert all(second - first >= DAY for first, second in pairwise(whole))


def test_new_entries_under_old_validators_are_proof() -> None:
    assert lie(FROZEN, CAUGHT)
    assert lie(FROZEN, replace(CAUGHT, etag='W/"v1"'))
    assert lie(replace(FROZEN, etag='W/"v1"'), CAUGHT)
    assert lie(FROZEN, replace(CAUGHT, last_modified=NEW))
    assert lie(replace(FROZEN, etag=""), replace(CAUGHT, etag=""))
    ahead = replace(FROZEN, etag="", last_modified="Tue, 01 Jan 2041 00:00:00 GMT")
    assert lie(ahead, replace(CAUGHT, last_modified=NEW))


@pytest.mark.parametrize(
    ("why", "known", "whole"),
    [
        ("the same body", FROZEN, replace(CAUGHT, body_hash=FROZEN.body_hash)),
        ("only the time of its making is new in it", WEAK, replace(CAUGHT, etag=WEAK.etag, new_entries=0)),
        ("the ETag changed with it", FROZEN, replace(CAUGHT, etag='"v2"')),
        ("the ETag decides, not the date", FROZEN, replace(CAUGHT, etag='"v2"', last_modified=OLD)),
        ("the ETag is gone", FROZEN, replace(CAUGHT, etag="")),
        ("the date changed with it", replace(FROZEN, etag=""), replace(CAUGHT, last_modified=NEW)),
        ("a date that can't be read", replace(FROZEN, etag="", last_modified="x"), replace(CAUGHT, last_modified="y")),
        ("there were no validators", Known(body_hash="a" * 64), CAUGHT),
        ("there was no body before", replace(FROZEN, body_hash=""), CAUGHT),
        ("asked with them, it did send the body", WEAK, replace(CAUGHT, etag=WEAK.etag, conditional=True)),
    ],
)
def test_what_is_no_proof(why: str, known: Known, whole: Whole) -> None:
    assert not lie(known, whole), why


def test_one_strong_etag_for_two_bodies_is_proof_whatever_was_sent() -> None:
    assert lie(FROZEN, replace(CAUGHT, new_entries=0, conditional=True))


def test_a_proof_stands() -> None:
    assert lie(replace(FROZEN, lie=True), replace(CAUGHT, etag='"v9"', new_entries=0))
