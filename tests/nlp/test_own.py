"""What only one outlet has, as a credit to it."""

from __future__ import annotations

from dataclasses import replace

from stories.nlp.comparison import OwnKind, Quote, Rendering, RenderingKind
from stories.nlp.findings import Attribution, Findings, Form, Role, Sourced, SourceKind
from stories.nlp.own import MOST_OF_ONE, own
from tests.nlp.comparing import LANDSLIDE, compared, reports, words


def found_in(rows, quotes=()):
    return own(rows, compared(rows)[0], quotes)


def span_of(report, text: str) -> tuple[int, int]:
    start = report.whole.index(text)
    return start, start + len(text)


def citing(report, cue: str, name: str, kind: SourceKind, *, via: str = "", is_own: bool = True):
    one = Attribution(span_of(report, cue), (span_of(report, name),), (), Form.INDIRECT)
    sourced = (Sourced(one, kind, name, name.casefold(), via=via),)
    return replace(report, findings=Findings(Role.ORIGINAL, sourced=sourced, own=(0,) if is_own else ()))


def test_a_fact_that_no_other_report_has_is_the_outlets_own():
    rows = reports()
    facts = [(one.article, words(rows, one.article, one.span)) for one in found_in(rows) if one.kind is OwnKind.FACT]
    assert any(article == 1 and "employs 212" in text for article, text in facts)
    assert any(article == 2 and "mountain road from Osk" in text for article, text in facts)
    assert not any("alive" in text for _, text in facts)


def test_the_words_that_no_other_has_are_marked():
    rows = reports()
    osk = next(one for one in found_in(rows) if "Osk" in words(rows, one.article, one.span))
    assert [words(rows, 2, span) for span in osk.words] == ["Osk"]


def test_a_source_that_others_name_too_is_nobodys_own():
    rows = reports()
    rows[0] = citing(rows[0], "said", "Ilse Brandt", SourceKind.NAMED)
    assert not any(one.kind is OwnKind.SOURCE for one in found_in(rows))


def test_a_source_of_its_own_comes_before_a_fact():
    rows = reports(
        (*LANDSLIDE[:2], ("Mirror", "Quarry camp", "A cook, Tove Amsel, said that she heard the hill crack."))
    )
    rows[2] = citing(rows[2], "said", "Tove Amsel", SourceKind.NAMED)
    first = next(one for one in found_in(rows) if one.article == 3)
    assert (first.kind, first.name) == (OwnKind.SOURCE, "Tove Amsel")
    assert words(rows, 3, first.span).startswith("A cook, Tove Amsel, said")


def test_what_came_by_way_of_another_outlet_is_not_its_own():
    rows = reports((*LANDSLIDE[:2], ("Mirror", "Quarry camp", "Tove Amsel told the Courant that she heard a crack.")))
    rows[2] = citing(rows[2], "told", "Tove Amsel", SourceKind.NAMED, via="Courant")
    assert not any(one.kind is OwnKind.SOURCE for one in found_in(rows))


def test_unnamed_people_count_only_where_they_speak_to_the_news():
    rows = reports((*LANDSLIDE[:2], ("Mirror", "Quarry camp", "People who know the owner said that he was warned.")))
    named = citing(rows[2], "said", "People who know the owner", SourceKind.ANONYMOUS)
    aside = citing(rows[2], "said", "People who know the owner", SourceKind.ANONYMOUS, is_own=False)
    assert any(one.kind is OwnKind.SOURCE for one in found_in([*rows[:2], named]))
    assert not any(one.kind is OwnKind.SOURCE for one in found_in([*rows[:2], aside]))


def test_a_long_quote_that_one_outlet_has_is_its_own():
    words_said = "“The hill groaned for an hour before anybody told us to leave our beds”"
    rows = reports((*LANDSLIDE[:2], ("Mirror", "Quarry camp", f"{words_said}, a cook said.")))
    span = span_of(rows[2], words_said)
    rendering = Rendering(3, RenderingKind.FULL, span, span)
    quote = Quote((3, span[0]), 3, (span,), "a cook", SourceKind.ROLE, "", 3, (rendering,), outlets=1)
    (one,) = (one for one in found_in(rows, [quote]) if one.kind is OwnKind.QUOTE)
    assert one.name == "a cook"
    assert not any(one.kind is OwnKind.QUOTE for one in found_in(rows, [replace(quote, outlets=2)]))
    assert not any(one.kind is OwnKind.QUOTE for one in found_in(rows, [replace(quote, via="Courant")]))


def test_copies_own_nothing_and_one_outlet_has_nobody_to_differ_from():
    rows = reports((LANDSLIDE[0], ("Copy", *LANDSLIDE[0][1:])))
    rows[1] = replace(rows[1], copy_of=1)
    assert not any(one.article == 2 for one in found_in(rows))
    assert found_in(reports((LANDSLIDE[0],))) == []
    assert found_in([]) == []


def test_no_outlet_fills_the_list():
    facts = " ".join(f"In the village of Osk{n}ter some {n}00 people heard it." for n in range(2, 30))
    rows = reports((*LANDSLIDE[:2], ("Mirror", "Quarry camp", facts)))
    assert sum(one.article == 3 for one in found_in(rows)) == MOST_OF_ONE
