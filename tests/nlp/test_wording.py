"""Wording across reports: loaded words by voice, verbs of saying by speaker, names by actor, on invented texts."""

from __future__ import annotations

import time

import pytest

from stories.nlp.comparison import Wording
from stories.nlp.cuewords import gives_words, verb
from stories.nlp.findings import Form, SourceKind
from stories.nlp.loadedwords import Does, does
from stories.nlp.wording import MARKED, wording
from tests.nlp.telling import says, shown, told

HOLM = "Ida Holm"


def claim(article: int, outlet: str, cue: str, who: str = HOLM, **more):
    text = f"{who} {cue} the rudder had failed."
    return told(article, outlet, text, says(who, cue, "the rudder had failed", form=Form.INDIRECT), **more)


def test_a_loaded_word_says_whose_voice_it_is_in_and_why() -> None:
    text = "The shambolic inquiry ended. “A brazen lie,” Holm said. She added a shameful word."
    one = told(1, "The Tide", text, says("Holm", "said", "“A brazen lie,”"), loaded=("shambolic", "brazen", "shameful"))
    found = wording([one]).loaded
    assert [(each.word, each.quoted) for each in found] == [("shambolic", False), ("brazen", True), ("shameful", False)]
    assert {each.why for each in found} == {Does.JUDGES.value}
    assert shown(one, *(each.span for each in found)) == ["shambolic", "brazen", "shameful"]


def test_direct_speech_without_marks_is_quoted_too() -> None:
    text = "Holm said: a brazen lie from end to end."
    one = told(1, "The Tide", text, says("Holm", "said", "a brazen lie from end to end"), loaded=("brazen",))
    assert [each.quoted for each in wording([one]).loaded] == [True]


def test_a_word_that_has_left_the_list_keeps_a_reason() -> None:
    one = told(1, "The Tide", "The ferry ran aground.", loaded=("ferry",))
    assert wording([one]).loaded[0].why == MARKED


def test_verbs_of_saying_are_gathered_by_speaker_over_reports() -> None:
    reports = [claim(1, "The Tide", "said"), claim(2, "Wire", "claimed", "Holm"), claim(3, "Sand", "said")]
    (found,) = wording(reports).sayings
    assert found.speaker == HOLM
    assert [(name, [use.article for use in uses]) for name, uses in found.verbs] == [("say", [1, 3]), ("claim", [2])]
    assert shown(reports[1], found.verbs[1][1][0].span) == ["claimed"]


@pytest.mark.parametrize(
    "reports",
    [
        [claim(1, "The Tide", "said"), claim(2, "The Tide", "claimed")],
        [claim(1, "The Tide", "said"), claim(2, "Wire", "said")],
        [claim(1, "The Tide", "said"), claim(2, "Wire", "claimed", copy_of=1)],
        [claim(1, "The Tide", "said"), claim(2, "Wire", "claimed", "Per Holm")],
    ],
    ids=["one outlet", "one verb", "a copy", "another Holm"],
)
def test_where_verbs_do_not_differ_nothing_is_shown(reports: list) -> None:
    assert wording(reports).sayings == ()


def test_officials_here_and_there_are_not_one_speaker() -> None:
    def of(article: int, outlet: str, cue: str):
        given = says("officials", cue, "the rudder had failed", form=Form.INDIRECT, kind=SourceKind.ROLE)
        return told(article, outlet, f"Harbour officials {cue} the rudder had failed.", given)

    assert wording([of(1, "The Tide", "said"), of(2, "Wire", "claimed")]).sayings == ()


@pytest.mark.parametrize(
    ("cue", "lemma"),
    [
        ("has repeatedly claimed", "claim"), ("denies", "deny"), ("according to", "according to"), ("admitted", "admit"),
        ("pointed out", "point out"), ("told", "tell"), ("criticized", "criticise"), ("vowing", "vow"),
        ("was quoted as saying", "quoted as saying"), ("wants", None), (":", None),
    ],
)  # fmt: skip
def test_a_cues_verb_in_its_plain_form(cue: str, lemma: str | None) -> None:
    found = verb(f"He {cue} it", (3, 3 + len(cue)))
    assert (found[0] if found else None) == lemma


def test_plans_and_wishes_are_nobodys_words() -> None:
    assert not gives_words("They plan to go", (5, 9))
    assert gives_words("They said so", (5, 9))
    assert gives_words("Storm: police", (5, 6))


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("shameless", Does.JUDGES), ("Slammed", Does.FIGHTS), ("bragging", Does.BELITTLES), ("eerily", Does.JUDGES),
        ("cronies", Does.LABELS), ("harrowing", Does.STIRS), ("relentlessly", Does.HEIGHTENS),
        ("killed", None), ("war", None), ("said", None), ("disaster", None), ("terrorist", None), ("12", None),
    ],
)  # fmt: skip
def test_what_words_do(word: str, kind: Does | None) -> None:
    assert does(word) is kind


def test_a_regime_here_and_a_government_there() -> None:
    one = told(1, "The Tide", "The Veldish government closed the port. Veldish government ships left.")
    other = told(2, "Wire", "The Veldish regime closed the port.")
    (found,) = wording([one, other]).namings
    assert found.actor == "Veldish government"
    assert [(name, len(uses)) for name, uses in found.names] == [("government", 2), ("regime", 1)]
    assert shown(other, found.names[1][1][0].span) == ["regime"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Veldish government met.", "The Veldish authorities met."),
        ("The Veldish government met.", "The Sandish regime met."),
        ("The North Veldish government met.", "The South Veldish regime met."),
        ("The Veldish government met.", "Holm spoke of a “Veldish regime” again."),
        ("The Veldish regime and the Veldish government.", "The Veldish government and the Veldish regime."),
        ("Rebels were seen.", "Militants were seen."),
    ],
    ids=["sober words", "two places", "north and south", "quoted", "both use both", "nobody's rebels"],
)
def test_where_names_do_not_differ_nothing_is_shown(one: str, other: str) -> None:
    assert wording([told(1, "The Tide", one), told(2, "Wire", other)]).namings == ()


def test_groups_with_the_same_word_before_them_are_one() -> None:
    one = told(1, "The Tide", "Sandish rebels took the quay.")
    other = told(2, "Wire", "Sandish terrorists took the quay.")
    (found,) = wording([one, other]).namings
    assert sorted(name for name, _ in found.names) == ["rebels", "terrorists"]


def test_bare_groups_where_outlets_prefer_different_words() -> None:
    one = told(1, "The Tide", "Protesters came. The protesters sang.")
    other = told(2, "Wire", "The rioters came. The rioters sang.")
    assert wording([one, told(2, "Wire", "The rioters came.")]).namings == ()
    one = told(1, "The Tide", "The protesters came. The protesters sang.")
    (found,) = wording([one, other]).namings
    assert sorted(name for name, _ in found.names) == ["protesters", "rioters"]


def test_what_a_person_is_called() -> None:
    one = told(1, "The Tide", "Veldish president Jonas Vael left. The leader, Jonas Vael, was tired.")
    other = told(2, "Wire", "Veldish strongman Vael left.")
    (found,) = wording([one, other]).namings
    assert found.actor == "Jonas Vael"
    assert "strongman" in dict(found.names)


@pytest.mark.parametrize("text", ["", "قال الوزير إن الميناء سيغلق", "😀 " * 50, "“ ” ' \"", "<p>regime</p>"])
def test_bad_texts_do_no_harm(text: str) -> None:
    assert wording([told(1, "A", text), told(2, "B", text, findings=None)]).loaded == ()
    assert wording([]) == Wording()


def test_fifty_thousand_words_take_bounded_time() -> None:
    text = "The Veldish government and the Veldish regime met Sandish rebels. " * 5_000
    began = time.process_time()
    wording([told(1, "A", text), told(2, "B", "President " * 50_000)])
    assert time.process_time() - began < 5
