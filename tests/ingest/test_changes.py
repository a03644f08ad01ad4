"""What counts as a change of an article, and what is only its surroundings."""

from __future__ import annotations

import time

import pytest

from stories.ingest.changes import fingerprint, real_change, wording_changed

TEXT = "\n\n".join(
    (
        "A car ferry with 84 people on board ran aground in fog outside the harbour of Skarv on Tuesday morning.",
        "“Nobody was hurt,” said the harbour master, Ingrid Vale. She had watched from the pier.",
        "What we know so far",
        "The operator, Northern Crossings, said that divers would look at the hull before the evening tide.",
    )
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("84 people", "86 people"),
        ("Nobody was hurt", "Nobody was killed"),
        ("said that divers", "denied that divers"),
        ("Skarv on Tuesday", "Halm on Tuesday"),
        (" She had watched from the pier.", ""),
        ("evening tide.", "evening tide. A tug is on its way from Halm."),
        ("evening tide.", "evening tide.\n\nCorrection: an earlier version gave a wrong number of passengers."),
        ("The operator, Northern Crossings, said", "Two officials, who asked not to be named, said"),
        ("84 people", "8.4 people"),
        ("evening tide.", "evening tide. The hull is insured for $5m."),
    ],
)
def test_a_word_a_number_or_a_sentence_is_a_change(old: str, new: str) -> None:
    assert old in TEXT
    assert real_change(TEXT, TEXT.replace(old, new))
    assert real_change(TEXT.replace(old, new), TEXT)


def test_a_currency_is_a_change() -> None:
    assert real_change("The hull is insured for $5 million.", "The hull is insured for €5 million.")


@pytest.mark.parametrize(
    "line",
    [
        "12 comments",
        "Comments (12)",
        "1,204 shares 88 likes",
        "348 people are reading this",
        "12 Kommentare",
        "37 commentaires",
        "Advertisement",
        "Updated 5 minutes ago",
        "Last updated: 22 November 2026, 14:05 GMT.",
        "Aktualisiert am 22. November 2026 um 14:05 Uhr",
        "Mis à jour le 22 novembre 2026 à 14h05",
        "Share this on Facebook",
        "Read more: Fog closes the strait for a second day.",
        "Related: Five ferries that ran aground.",
        "Sign up for our newsletter and never miss a story.",
        "Subscribe to continue reading. Already a subscriber? Log in.",
        "Download our app for breaking news.",
        "Follow us on Bluesky and Instagram.",
        "3 min read",
        "Photo: Jon Holt / Skarv Courier.",
        "© 2026 Northern Media Group. All rights reserved.",
        "This website uses cookies to improve your visit.",
        "Fog keeps the strait closed for a second day\nHalm votes on its new harbour\nWhy do ferries run aground?",
        "Lire aussi : le brouillard ferme le détroit.",
        "Читайте также: туман закрыл пролив.",
    ],
)
@pytest.mark.parametrize("glue", ["\n\n", "\n"])
def test_what_stands_around_the_article_is_no_change(line: str, glue: str) -> None:
    assert not real_change(TEXT, TEXT + glue + line)
    assert not real_change(line + glue + TEXT, TEXT)
    assert not real_change(TEXT + glue + line, TEXT + glue + "7 comments")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (TEXT, TEXT.replace("\n\n", "\n").replace(" ", "  ")),
        (TEXT, TEXT.replace("“", '"').replace("”", '"')),
        (TEXT, TEXT.upper()),
        (TEXT, TEXT.replace("What we know so far", "Divers on their way")),
        # The same sentences in another order, cut into other paragraphs, or quoted twice.
        (TEXT, "\n\n".join(reversed(TEXT.split("\n\n")))),
        (TEXT, TEXT.replace(". She", ".\n\nShe")),
        (TEXT, TEXT + "\n\n“Nobody was hurt,” said the harbour master, Ingrid Vale."),
        (
            "The ferry sailed 5 minutes ago, the harbour master said.",
            "The ferry sailed 2 hours ago, the harbour master said.",
        ),
        ("The cafe\u0301 at the pier doesn't open today.", "The caf\u00e9 at the pier doesn’t open today."),
    ],
)
def test_the_same_words_in_another_shape_are_no_change(before: str, after: str) -> None:
    assert not real_change(before, after)


@pytest.mark.parametrize(
    "sentence",
    [
        "Updated figures show that 12 people were hurt.",
        "Advertisement spending fell by 12 per cent.",
        "Follow-up hearings about Facebook will be held.",
        "Support for independent candidates fell to 12 per cent.",
        "Sharing a cabin was the worst, a passenger said.",
        "The video drew 3 million views.",
        "Five years ago the same ferry ran aground.",
        "Published works of the captain were seized.",
    ],
)
def test_a_sentence_that_only_begins_like_noise_counts(sentence: str) -> None:
    assert real_change(TEXT, f"{TEXT}\n\n{sentence}")


def test_a_page_behind_a_pay_wall_now_is_no_change_but_a_page_out_of_it_is() -> None:
    start = TEXT.split("\n\n")[0]
    assert not real_change(TEXT, start)
    assert not real_change(TEXT, "A car ferry with 84 people on board ran aground in fo…")
    assert real_change(start, TEXT)
    assert real_change(TEXT, "We have withdrawn this report.")


def test_text_where_there_was_none_is_a_change() -> None:
    assert real_change("", TEXT)
    assert not real_change("", "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Ferry runs aground off Skarv", "Ferry refloated off Skarv"),
        ("Ferry aground: 84 on board", "Ferry aground: 86 on board"),
        ("Ferry aground", "Ferry aground?  No, says operator"),
        ("A ferry ran aground. Nobody was hurt.", "A ferry ran aground. Two people were hurt."),
        ("Posted workers: EU agrees 5 new rules", "Posted workers: EU agrees 6 new rules"),
        ("Sponsored", "Sponsored content"),
        ("A ferry ran aground off Skarv…", "A ferry was refloated off Skarv…"),
    ],
)
def test_a_new_wording_of_a_headline_or_summary(before: str, after: str) -> None:
    assert wording_changed(before, after)
    assert fingerprint(before) != fingerprint(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Ferry runs aground off Skarv", "  FERRY RUNS AGROUND  off Skarv "),
        ("‘Nobody hurt’ as ferry runs aground", "'Nobody hurt' as ferry runs aground"),
        ("A ferry ran aground. 12 comments", "A ferry ran aground. 37 comments"),
        ("A ferry ran aground. Updated 5 minutes ago", "A ferry ran aground. Updated 2 hours ago"),
        ("A ferry ran aground. | 3 min read", "A ferry ran aground."),
        ("A ferry ran aground. Continue reading…", "A ferry ran aground."),
    ],
)
def test_the_same_wording(before: str, after: str) -> None:
    assert not wording_changed(before, after)
    assert fingerprint(before) == fingerprint(after)


def test_a_summary_cut_elsewhere_or_left_out_has_not_changed() -> None:
    assert not wording_changed("A ferry ran aground off Sk…", "A ferry ran aground off Skarv on Tuesday morning.")
    assert not wording_changed("A ferry ran aground off Skarv on Tuesday.", "A ferry ran aground…")
    assert not wording_changed("A ferry ran aground.", "")
    assert wording_changed("", "A ferry ran aground.")


@pytest.mark.parametrize(
    "hostile",
    ["1 " * 100_000, "12 comments " * 10_000, ". 12" * 50_000, "1" * 200_000 + " ago", " " * 200_000 + "ago", "!" * 200_000,
     "share " * 40_000 + "now.", "a\n" * 100_000, "Updated " * 30_000],
)  # fmt: skip
def test_hostile_texts_take_no_time(hostile: str) -> None:
    started = time.perf_counter()
    real_change(hostile, hostile[1:])
    wording_changed(hostile, hostile[1:])
    assert time.perf_counter() - started < 5
