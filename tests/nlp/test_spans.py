"""From scores to spans without a model: invented scores for invented sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from stories.nlp import ends, quotation, runs, sharing, spans
from stories.nlp.findings import Attribution, EntityKind, Form
from stories.nlp.runs import Links, Scores

SURELY, NOT = 5.0, -5.0


def scores(text: str, cues: Mapping[str, tuple[Sequence[str], Sequence[str]]], names: str = "") -> Scores:
    """Scores of a text's words: each cue (a phrase) with the phrases that the model links to it."""
    offsets = [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]
    starts = [start for start, _ in offsets]

    def places(phrase: str) -> list[int]:
        begin = text.index(phrase)
        return [i for i, start in enumerate(starts) if begin <= start < begin + len(phrase)]

    logits = np.tile(np.array([SURELY, NOT, NOT], np.float32), (len(offsets), 1))
    labels = np.zeros((len(offsets), 9), np.float32)
    links = []
    for cue, linked in cues.items():
        first, *others = places(cue)
        logits[first] = NOT, SURELY, NOT
        logits[others] = NOT, NOT, SURELY
        table = np.full((len(offsets), 2), NOT, np.float32)
        for role, phrases in enumerate(linked):
            for phrase in phrases:
                table[places(phrase), role] = SURELY
        links.append(Links(first, 0, table))
    for place in places(names) if names else []:
        labels[place, 2] = 9
    return Scores(offsets, logits, labels, tuple(sorted(links, key=lambda link: link.token)))


def told(text: str, cues: Mapping[str, tuple[Sequence[str], Sequence[str]]], names: str = "") -> list[Attribution]:
    return list(spans.reading(text, scores(text, cues, names)).attributions)


def words(text: str, some: Sequence[tuple[int, int]]) -> list[str]:
    return [text[start:end] for start, end in some]


def test_an_attribution_is_a_cue_its_source_and_its_content() -> None:
    text = "The port will close, Anna Kovač said on Monday."
    (one,) = told(text, {"said": (["Anna Kovač"], ["The port will close,"])})
    assert words(text, [one.cue]) == ["said"]
    assert words(text, one.source) == ["Anna Kovač"]
    assert words(text, one.content) == ["The port will close"]
    assert one.form is Form.INDIRECT


def test_a_cue_without_content_is_none_and_one_without_source_is() -> None:
    text = "It was said that the port will close."
    assert told(text, {"said": ([], [])}) == []
    (one,) = told(text, {"was said": ([], ["that the port will close"])})
    assert one.source == ()


def test_holes_are_closed_and_crumbs_dropped() -> None:
    text = "Anna Kovač said the old port in the north of the town will close, while ferries wait."
    given = scores(
        text, {"said": (["Anna Kovač", "ferries"], ["the old port in", "north of the town will close", "wait"])}
    )
    given.links[0].scores[given.links[0].scores == NOT] = -2
    (one,) = spans.reading(text, given).attributions
    assert words(text, one.source) == ["Anna Kovač"]
    assert words(text, one.content)[0].startswith("the old port in the north of the town will close")


def test_half_words_and_half_names_become_whole() -> None:
    text = "Kovač of the Harbour Board said it will close."
    offsets = [(0, 3), (3, 5), *scores(text, {}).offsets[1:]]
    given = scores(text, {"said": (["Harbour"], ["it will close"])}, names="Harbour Board")
    split = Scores(
        offsets,
        np.concatenate([given.cues[:1], given.cues]),
        np.concatenate([given.names[:1], given.names]),
        tuple(Links(link.token + 1, 0, np.concatenate([link.scores[:1], link.scores])) for link in given.links),
    )
    assert runs.words_of(text, offsets).spans[0] == (0, 5)
    (one,) = spans.reading(text, split).attributions
    assert words(text, one.source) == ["Harbour Board"]


def test_a_source_stands_in_the_cues_own_line() -> None:
    text = "Anna Kovač leaves.\nThe port will close, said Boris Pem."
    (one,) = told(text, {"said": (["Anna Kovač"], ["The port will close,"])})
    assert one.source == ()


def test_a_content_in_several_lines_is_in_several_spans() -> None:
    text = "She said:\n“It will close.\n“And soon.”"
    (one,) = told(text, {"said": (["She"], ["“It will close.", "“And soon.”"])})
    assert words(text, one.content) == ["“It will close.", "“And soon.”"]
    assert one.form is Form.DIRECT


def test_a_source_inside_a_content_is_left_out_of_it() -> None:
    text = "“It will close,” Pem said, “and soon.”"
    (one,) = told(text, {"said": (["Pem"], ["“It will close,” Pem", "“and soon.”"])})
    assert words(text, one.content) == ["“It will close,”", "“and soon.”"]
    assert words(text, one.source) == ["Pem"]


def test_no_source_runs_over_another_cue() -> None:
    text = "“We are done,” Pem told Reuters, adding that nobody would pay."
    linked = {"told": (["Pem"], ["“We are done,”"]), "adding": (["Pem told Reuters"], ["that nobody would pay"])}
    _, adding = told(text, linked)
    assert words(text, adding.source) in (["Pem"], ["Reuters"])


def test_cues_of_one_source_side_by_side_have_each_its_clause() -> None:
    text = "He said that nobody would pay and insisted that the port would open."
    whole = "that nobody would pay and insisted that the port would open"
    said, insisted = told(text, {"said": (["He"], [whole]), "insisted": (["He"], [whole])})
    assert words(text, said.content) == ["that nobody would pay and"]
    assert words(text, insisted.content) == ["that the port would open"]


def test_a_cue_with_its_own_source_in_anothers_content_is_left_there() -> None:
    text = "He said that Ruth believed the port would open."
    said, believed = told(
        text,
        {"said": (["He"], ["that Ruth believed the port would open"]), "believed": (["Ruth"], ["the port would open"])},
    )
    assert words(text, said.content) == ["that Ruth believed the port would open"]
    assert words(text, believed.content) == ["the port would open"]


def test_who_is_cited_belongs_to_citing_and_the_rest_to_the_report() -> None:
    text = "The Tide reported, citing two officials, that the port would close."
    both = ["citing two officials, that the port would close"]
    reported, citing = told(text, {"reported": (["The Tide"], both), "citing": (["The Tide"], both)})
    assert words(text, citing.content) == ["two officials"]
    assert words(text, reported.content) == ["that the port would close"]


def test_what_stands_before_citing_is_not_its_content() -> None:
    text = "The port will close, the Tide reported, citing two officials."
    both = ["The port will close", "two officials"]
    reported, citing = told(text, {"reported": (["the Tide"], both), "citing": (["the Tide"], both)})
    assert words(text, reported.content) == ["The port will close"]
    assert words(text, citing.content) == ["two officials"]


def test_unlikely_links_are_no_attribution() -> None:
    text = "He said that the port would open."
    given = scores(text, {"said": (["He"], ["that the port would open"])})
    assert spans.reading(text, given).attributions
    faint = tuple(Links(link.token, link.start, link.scores * 0.2) for link in given.links)
    weak = Scores(given.offsets, given.cues * 0.05, given.names, faint)
    assert not spans.reading(text, weak).attributions


def test_names_end_at_line_breaks() -> None:
    text = "Anna Kovač\nBoris Pem left"
    given = scores(text, {}, names="Anna Kovač\nBoris Pem")
    found = spans.reading(text, given).entities
    assert words(text, [one.span for one in found]) == ["Anna Kovač", "Boris Pem"]
    assert {one.kind for one in found} == {EntityKind.PERSON}


def test_nothing_in_nothing() -> None:
    empty = Scores([], np.zeros((0, 3), np.float32), np.zeros((0, 9), np.float32), ())
    assert spans.reading("", empty) == spans.Reading()


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        ("He said “no” and «never» and „nie“.", ["“no”", "«never»", "„nie“"]),
        ('She wrote "one" and "two".', ['"one"', '"two"']),
        ("''Old style,'' he said, and ``older''.", ["''Old style,''", "``older''"]),
        ("‘We don’t pay,’ he said. The drivers’ union did.", ["‘We don’t pay,’"]),
        ("It's the drivers' union's day.", []),
        ("»Gut«, sagte er.", ["»Gut«"]),
        ("“It goes on.\n“And ends.”", ["“It goes on.", "“And ends.”"]),
        ('A 5" nail and an odd mark "here', ['"here']),
        ("an odd end” here, then “one”", ["“one”"]),
        ("“He said ‘no’ to me,” she said.", ["“He said ‘no’ to me,”"]),
        ('“straight end" it is', ['“straight end"']),
        ("", []),
    ],
)
def test_quoted_passages(text: str, passages: list[str]) -> None:
    assert words(text, quotation.quoted(text)) == passages


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("“It will close,” Pem said.", Form.DIRECT),
        ("It will “close soon,” Pem said.", Form.MIXED),
        ("It will close soon, Pem said.", Form.INDIRECT),
    ],
)
def test_direct_mixed_and_indirect(text: str, form: Form) -> None:
    (one,) = told(text, {"said": (["Pem"], [text[: text.index(" Pem")]])})
    assert one.form is form


def test_a_quotation_mostly_held_is_taken_whole() -> None:
    text = "“It will close before the summer and not after,” Pem said."
    (one,) = told(text, {"said": (["Pem"], ["will close before the summer and not"])})
    assert words(text, one.content) == ["“It will close before the summer and not after,”"]


def test_a_quotation_barely_touched_is_not() -> None:
    text = "Pem said of the plan “it will never work in a town like this.”"
    assert ends.whole_quotations(text, ((0, 25),), quotation.quoted(text), ()) == ((0, 25),)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        (", the port will close,", "the port will close"),
        ("the port will close.", "the port will close"),
        ("the U.S.", "the U.S."),
        ("the mayor (a member)", "the mayor (a member)"),
        ("the mayor (a", "the mayor (a"),
        ("the mayor)", "the mayor"),
        ("the mayor (", "the mayor"),
        ("the mayor”", "the mayor"),
        ("— ,", None),
        ("😀", None),
    ],
)
def test_edges_without_punctuation(given: str, left: str | None) -> None:
    span = ends.trimmed(given, (0, len(given)))
    assert (span and given[slice(*span)]) == left


def test_sharing_leaves_single_cues_alone() -> None:
    text = "He said that the port would open."
    given = scores(text, {"said": (["He"], ["that the port would open"])})
    table = runs.words_of(text, given.offsets)
    found = runs.find(given, table)
    assert sharing.share(found, text, table) == found
