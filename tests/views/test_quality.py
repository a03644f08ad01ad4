"""The page "How good is the grouping?": figures checked before they are shown, and what editors here made of it."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import pytest

from stories.models import Act, DoubtState
from stories.selectors import quality
from tests import factories
from tests.factories import MORNING

pytestmark = pytest.mark.django_db


def scores(pair_p: float = 0.9, pair_r: float = 0.7) -> dict:
    return {
        "articles": 2028, "gold_stories": 344, "stories": 380, "b3_p": 0.91, "b3_r": 0.85, "b3_f1": 0.879,
        "pair_p": pair_p, "pair_r": pair_r, "pair_f1": 0.788,
    }  # fmt: skip


WHOLE = {
    "measured_on": "2026-11-22",
    "sets": {"og2021_en_first": scores(0.94, 0.8), "a_new_set": scores(0.9, 0.7)},
    "mean_b3_f1": 0.9,
    "mean_pair_f1": 0.741,
    "held_out": {
        "sets": {"og2021_en_first": scores(0.9, 0.7), "a_new_set": scores(0.8, 0.5)},
        "mean_b3_f1": 0.88,
        "mean_pair_f1": 0.702,
    },
    "read": {"stories": 30, "false_merges": 1, "set": "og2021_en_first"},
    "calibration": [
        {"from": 0.5, "to": 0.6, "reports": 1200, "right": 0.57},
        {"from": 0.6, "to": 0.7, "reports": 80, "right": 0.41},
        {"from": 0.7, "to": 0.8, "reports": 80, "right": 0.97},
        {"from": 0.8, "to": 0.9, "reports": 80, "right": 0.94},
    ],
}


@pytest.fixture
def publish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Write a figures file and make it the one that ships with the weights."""
    path = tmp_path / "figures.json"
    monkeypatch.setattr(quality, "FIGURES", path)

    def write(content: object) -> Path:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


def test_plain_words_come_first_and_from_data_that_was_not_trained_on(client, page, publish):
    publish(WHOLE)
    text = page(client, "/quality/")
    words = text[text.index('<p class="big">') :]
    assert 'we put together, about <a href="#untrained">85</a> belong together.' in words
    assert 'belong together, we find about <a href="#untrained">60</a>.' in words
    assert "on 22 November 2026, over 2 sets" in text
    assert "the decision had not been trained on" in text
    assert "og2021_en_first: 90 and 70" in text
    assert text.index("In plain words") < text.index("B-cubed") < text.index("Measured on data that")


def test_every_figure_stands_in_its_table(client, page, publish):
    publish(WHOLE)
    text = page(client, "/quality/")
    tested = text[text.index('id="sets"') : text.index('id="untrained"')]
    for words in ("2,028", ">344<", ">380<", "91\u00a0%", "85\u00a0%", "88\u00a0%", "94\u00a0%", "79\u00a0%"):
        assert words in tested
    assert "Headlines of the 2021 Olympics" in tested
    assert "a_new_set" in tested, "a set that we don’t know is shown by its name"
    assert '<td class="num f1" data-label="Pairwise F1">74\u00a0%</td>' in tested
    untrained = text[text.index('id="untrained"') : text.index('id="read"')]
    assert '<td class="num f1" data-label="Pairwise F1">70\u00a0%</td>' in untrained


def test_what_was_read_by_people(client, page, publish):
    publish(WHOLE)
    text = page(client, "/quality/")
    assert "We read 30 merged stories of og2021_en_first: in <b>1</b> of them" in text
    publish(WHOLE | {"read": {"stories": 30, "false_merges": 0}})
    assert "We read 30 merged stories: in none had two events been put together." in page(client, "/quality/")


def test_calibration_says_whether_it_was_as_said(client, page, publish):
    publish(WHOLE)
    text = page(client, "/quality/")
    rows = text[text.index('class="list bins"') :].split("<tr>")[2:6]
    assert [
        row.count(words) for row, words in zip(rows, ("as said", "too sure", "not sure enough", "as said"), strict=True)
    ] == [1] * 4
    assert "50 to 60\u00a0%" in rows[0]
    assert "1,200" in rows[0]
    assert "57\u00a0%" in rows[0]


def test_without_held_out_figures_it_says_so(client, page, publish):
    publish({name: part for name, part in WHOLE.items() if name != "held_out"})
    text = page(client, "/quality/")
    assert 'about <a href="#sets">92</a> belong together' in text
    assert "On sets that the decision was also trained on" in text
    assert text.count("Not measured.") == 1


def test_nothing_published_is_a_state(client, page, publish):
    text = page(client, "/quality/")
    assert "<h2>Not measured</h2>" in text
    assert text.count("Not measured.") == 4
    assert "In plain words" not in text
    assert "What is known to go wrong" in text


@pytest.mark.parametrize("content", [{}, {"sets": {}}, {"measured_on": None, "held_out": None, "calibration": None}])
def test_parts_that_are_absent_were_not_measured(client, page, publish, content):
    publish(content)
    text = page(client, "/quality/")
    assert text.count("Not measured.") == 4
    assert "damaged" not in text


def broken(path: str, value: object) -> dict:
    """WHOLE with another value at a path of keys."""
    data = deepcopy(WHOLE)
    part, keys = data, path.split("/")
    for key in keys[:-1]:
        part = part[int(key) if key.isdigit() else key]
    part[keys[-1]] = value
    return data


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "it can’t be read as JSON"),
        ("", "it can’t be read as JSON"),
        ("[" * 100_000, "it can’t be read as JSON"),
        ("[]", "the file is not an object"),
        (broken("measured_on", "yesterday"), "measured_on is not a date"),
        (broken("sets", [1]), "sets is not an object"),
        (broken("sets/a_new_set", 3), "sets.a_new_set is not an object"),
        (broken("sets/a_new_set/b3_p", 1.2), "sets.a_new_set.b3_p is not a number from 0 to 1"),
        (broken("sets/a_new_set/pair_r", float("nan")), "sets.a_new_set.pair_r is not a number from 0 to 1"),
        (broken("sets/a_new_set/articles", -1), "sets.a_new_set.articles is not a whole number"),
        (broken("held_out/sets/a_new_set/stories", True), "held_out.sets.a_new_set.stories is not a whole number"),
        (broken("held_out", "no"), "held_out is not an object"),
        (broken("mean_b3_f1", "high"), "mean_b3_f1 is not a number from 0 to 1"),
        (broken("read/false_merges", 31), "read.false_merges is more than read.stories"),
        (broken("calibration", {}), "calibration is not a list"),
        (broken("calibration/1/right", None), "calibration, row 2: right is not a number from 0 to 1"),
    ],
)
def test_a_damaged_file_is_a_condition_not_an_error(client, page, publish, content, words):
    publish(content)
    text = page(client, "/quality/")
    assert "The measured figures can’t be shown" in text
    assert words in text
    assert "In plain words" not in text
    assert "What editors here made of it" in text


def test_a_file_written_while_the_server_runs_is_read(client, page, publish):
    publish("{")
    assert "damaged" in page(client, "/quality/")
    publish(WHOLE)
    assert "In plain words" in page(client, "/quality/")


def test_what_ships_with_the_weights_can_be_read():
    assert quality.published().damaged == ""


def test_none_yet(client, page, publish):
    live = page(client, "/quality/")
    live = live[live.index('id="live"') :]
    assert live.count("<b>none yet</b>") == 3
    assert "none decided yet" in live
    assert "none open" in live


def test_what_editors_undid_and_decided_is_counted(client, editor_client, page, publish):
    story = factories.story()
    merges = [factories.edit(story, at=MORNING) for _ in range(3)]
    factories.edit(story, Act.UNDO, undoes=merges[0], by="Ada Quill")
    split = factories.edit(story, Act.SPLIT)
    factories.edit(story, Act.UNDO, undoes=split)
    factories.edit(story, Act.MOVE, by="Ada Quill")
    for state, times in (
        (DoubtState.DONE, 2),
        (DoubtState.DISMISSED, 1),
        (DoubtState.OPEN, 4),
        (DoubtState.OUTDATED, 5),
    ):
        for _ in range(times):
            factories.doubt(story, state=state)
    text = page(client, "/quality/")
    live = text[text.index('id="live"') :]
    assert (
        '<b><a href="/edits/?which=grouping">3</a></b><span class="hint"><a href="/edits/?which=undone">1</a> of them undone'
        in live
    )
    assert "none undone by an editor" in live, "the program took its own split back"
    assert live.count("<b>none yet</b>") == 1, "the move was an editor’s"
    assert "3 decided" in live
    assert "2 yes, 1 no" in live
    assert "4 open" in live
    assert "/doubts/" not in live, "the queue is for editors"
    text = page(editor_client, "/quality/")
    assert '<a href="/doubts/?show=decided">3 decided</a>' in text
    assert '<a href="/doubts/">4 open</a>' in text


def test_every_page_leads_here(client, page, publish):
    assert '<a href="/quality/">How good is the grouping?</a>' in page(client, "/outlets/")


def test_edits_are_listed_by_who_made_them(client, page):
    story = factories.story(title="The story")
    wrong = factories.edit(story, other=factories.story(title="Wrongly merged"), reasons=["looked alike"])
    factories.edit(story, Act.UNDO, undoes=wrong, by="Ada Quill", note="Two ferries.")
    factories.edit(story, Act.LOCK, by="Ada Quill")
    everything = page(client, "/edits/")
    assert all(words in everything for words in ("Wrongly merged", "Undid the merge of", "Locked"))
    program = page(client, "/edits/?which=grouping")
    assert "looked alike" in program
    assert "Locked" not in program
    editors = page(client, "/edits/?which=editors")
    assert "Locked" in editors
    assert "Wrongly merged" not in editors
    undone = page(client, "/edits/?which=undone")
    assert "Wrongly merged" in undone
    assert "Two ferries." in undone
    assert "Locked" not in undone
    assert "Locked" in page(client, "/edits/?which=nonsense")


def test_no_edits_yet(client, page):
    assert "None yet." in page(client, "/edits/")
    assert "No editor has undone anything" in page(client, "/edits/?which=undone")


def test_edits_come_in_pages(client, page, monkeypatch):
    monkeypatch.setattr("stories.selectors.grouping.PAGE", 2)
    for n in range(5):
        factories.edit(factories.story(title=f"Story {n}"), Act.LOCK, by="Ada Quill")
    older = client.get("/edits/").context["page"].older
    text = page(client, f"/edits/?before={older}&which=editors")
    assert "Story 2" in text
    assert "Story 4" not in text
    assert f"?before={client.get(f'/edits/?before={older}').context['page'].older}&amp;which=editors" in text
