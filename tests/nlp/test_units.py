"""The sentences of a story: each wording once, where each stands, and which are near each other."""

from __future__ import annotations

from dataclasses import replace

from stories.nlp.comparison import Place
from stories.nlp.neighbours import NEAREST, neighbours
from stories.nlp.units import MOST_SENTENCES, units
from tests.nlp.comparing import FREQUENCIES, LANDSLIDE, reports


def test_a_wording_that_several_reports_have_is_one_unit():
    rows = reports((LANDSLIDE[0], ("Copy", "Another headline of the copy", *LANDSLIDE[0][2:])))
    found = units(rows)
    shared = [unit for unit in found if len(unit.spots) == 2]
    assert len(shared) == 5
    assert [(spot.report, rows[spot.report].whole[slice(*spot.span)]) for spot in shared[0].spots] == [
        (0, shared[0].text),
        (1, shared[0].text),
    ]


def test_headlines_openings_and_ends_are_told_apart():
    text = " ".join(f"Sentence number {n} says something of its own." for n in range(1, 11))
    (report,) = reports((("Outlet", "A headline of some words", text),))
    places = [unit.spots[0].place for unit in units([report])]
    assert places == [Place.HEADLINE, Place.OPENING, Place.OPENING, *[Place.MIDDLE] * 6, *[Place.END] * 2]
    assert [unit.spots[0].position for unit in units([report])][::5] == [0.0, 0.5, 1.0]


def test_without_a_headline_the_text_begins_with_its_opening():
    (report,) = reports((("Outlet", "", "The first sentence is here. The second sentence is here."),))
    assert [unit.spots[0].place for unit in units([report])] == [Place.OPENING, Place.OPENING]


def test_of_a_report_without_text_the_headline_is_left():
    rows = reports((LANDSLIDE[3],))
    assert [unit.text for unit in units(rows)] == ["Talvern quarry landslide: what we know"]


def test_what_was_not_read_is_not_compared():
    (report,) = reports((LANDSLIDE[0],))
    assert units([replace(report, findings=None)]) == []
    assert units([replace(report, lang="de")]) == []
    assert len(units([replace(report, lang="en-GB")])) == 6


def test_short_long_and_late_sentences_are_left_out():
    text = " ".join(["Read more.", "word " * 400 + ".", *(f"This is sentence {n} of a long text." for n in range(200))])
    (report,) = reports((("Outlet", "Headline", text),))
    found = units([report])
    assert len(found) == MOST_SENTENCES + 1
    assert not any("Read more" in unit.text or unit.text.startswith("word") for unit in found)


def test_neighbours_are_of_different_reports_and_near():
    found = units(reports())
    pairs = {(found[one].text, found[other].text) for one, other in neighbours(found, FREQUENCIES)}
    assert any("Rescuers pulled nine men" in one and "Nine men were pulled" in other for one, other in pairs)
    for one, other in neighbours(found, FREQUENCIES):
        assert one < other
        assert {spot.report for spot in found[one].spots} != {spot.report for spot in found[other].spots}


def test_a_crowd_of_like_sentences_does_not_grow_beyond_bounds():
    rows = [
        (f"Outlet {n}", f"Landslide at Talvern quarry, report {n}", f"Report {n}: hillside fell.") for n in range(60)
    ]
    found = units(reports(rows))
    assert len(neighbours(found, FREQUENCIES)) <= len(found) * NEAREST


def test_nothing_has_no_neighbours():
    assert neighbours([], FREQUENCIES) == []
    assert neighbours(units(reports((("A", "!!!", ""), ("B", "???", "")))), FREQUENCIES) == []
