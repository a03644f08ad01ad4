"""What grouping decided, on the story page: why a report is here, copies and voices, ties, state, edits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
import time_machine

from stories.models import Act, Article, Tie
from stories.nlp import likeness, terms, traits
from stories.nlp.grouping import Candidate, decide
from stories.selectors import story as selector
from tests import factories
from tests.factories import MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(MORNING + timedelta(hours=5), tick=False):
        yield


def report(name: str, minutes: int = 0, **kw) -> Article:
    seen = MORNING + timedelta(minutes=minutes)
    return factories.article(outlet=factories.outlet(name=name), first_seen_at=seen, **kw)


def carried(copies: int = 3, **kw):
    """A report with copies of its text, and one report of its own."""
    original = report("Coast Wire", title="The wire's headline")
    rows = [
        factories.copy(original, outlet=factories.outlet(name=f"Carrier {n}"), title=f"Carried headline {n}")
        for n in range(copies)
    ]
    own = report("Daily Ledger", 30, title="A report of its own")
    return factories.story([original, *rows, own], **kw), original, rows


def test_why_is_said_with_its_probability_in_words(client, page):
    first = report("The Meridian Post", story_score=0.4, story_reasons=["founded the story", "nothing near"])
    joined = report("Coast Wire", 9, story_score=0.881, story_reasons=["same quote by D. Peskov", "2 h apart"])
    weak = report("Daily Ledger", 12, story_score=0.31, story_reasons=["2 shared names"])
    text = page(client, factories.story([first, joined, weak]).get_absolute_url())
    assert "<b>It founded the story.</b>" in text
    assert "<p>Nothing near.</p>" in text
    assert "40\u00a0%" not in text, "there was nothing to belong to"
    assert "<b>88\u00a0% sure</b> that it belongs here" in text
    assert "<li>same quote by D. Peskov</li><li>2 h apart</li>" in text
    assert "<b>only 31\u00a0% likely</b>" in text
    assert text.count('href="/quality/">How good is the grouping?') >= 3


@pytest.mark.parametrize("near", [False, True])
def test_the_words_of_the_decision_are_understood(client, page, near):
    found = traits.traits("Ferry aground", "The ferry Lady Imrie ran aground off Thistle Ness.")
    frequencies = terms.Frequencies.with_live("en", {}, 0)
    one = likeness.marks(np.eye(384, dtype=np.float32)[0], {"ferry": 1}, found, frequencies, MORNING)
    other = replace(one, vector=np.eye(384, dtype=np.float32)[1], terms={"tram": 1.0}, names={"orlova": 1.0})
    decision = decide(one, [Candidate(1, [other], MORNING, MORNING)] if near else [])
    assert decision.story is None
    reasons = list(decision.reasons)
    first = report("Coast Wire", story_score=decision.probability, story_reasons=reasons)
    text = page(client, factories.story([first]).get_absolute_url())
    assert "<b>It founded the story.</b>" in text
    assert f"<p>{reasons[0].capitalize()}." in text
    assert ("What it shares with that:" in text) == near
    assert "% likely" not in text


def test_how_sure_grouping_was_is_said_once(client, page):
    joined = report("Coast Wire", story_score=0.888, story_reasons=["88 % sure", "2 shared names"])
    text = page(client, factories.story([joined]).get_absolute_url())
    assert "<b>88\u00a0% sure</b>" in text
    assert "<li>88 % sure</li>" not in text
    assert "<li>2 shared names</li>" in text


def test_what_was_never_noted_is_not_made_up(client, page):
    text = page(client, factories.story([report("Coast Wire")]).get_absolute_url())
    assert "No reason was noted." in text
    assert "% sure" not in text


def test_copies_stand_under_what_they_copy(client, page):
    story, _original, rows = carried(voice_count=2)
    text = page(client, story.get_absolute_url())
    table = text[text.index('<table class="heads">') :]
    assert table.count("<tr id=") == 2, "the original and the report of its own"
    assert "<b>3 copies</b> of this text: Carrier 0, Carrier 1, Carrier 2" in text
    assert text.count("copy of Coast Wire’s text, nearly word for word") == 3
    for row in rows:
        assert f'<li id="r{row.pk}">' in text
        assert f'href="{row.get_absolute_url()}">{row.title}</a>' in text
    start, end = text.index('<details class="copies"'), text.index("A report of its own</a>")
    assert start < text.index("Carried headline 0</a>") < text.index("Carried headline 2</a>") < end


def test_the_big_sentence_counts_voices_and_each_count_is_a_door(client, page):
    story, _original, _rows = carried(voice_count=2)
    text = page(client, story.get_absolute_url())
    sentence = text[text.index('<p class="big">') : text.index("What that time is")]
    assert '<a href="#headlines">5 reports</a> from <a href="#timeline">5 outlets</a>' in sentence
    assert '<a href="#voices">2 voices</a>: <a href="#copies">3</a> carry another’s text.' in sentence
    assert "The first we know of is <b>Coast Wire</b>" in sentence
    for door in ("headlines", "timeline", "voices", "copies"):
        assert text.count(f'id="{door}"') == 1
    assert "carried by 3 more reports:" in text


@pytest.mark.parametrize("voices", [0, 5])
def test_voices_are_left_out_where_they_say_nothing(client, page, voices):
    story, _original, _rows = carried(voice_count=voices)
    text = page(client, story.get_absolute_url())
    assert "voices</a>" not in text
    assert "<b>3 copies</b> of this text" in text, "the copies are shown all the same"


def test_voices_wait_until_somebody_is_known_to_carry_another_text(client, page):
    story = factories.story([report("Coast Wire"), report("Tern", 9)], voice_count=1)
    text = page(client, story.get_absolute_url())
    assert "voice" not in text[text.index("<main") : text.index("</main>")]


def test_an_agencys_text_is_named(client, page):
    agency = factories.outlet(name="Associated Press", aliases=["AP", "the AP"])
    original = factories.article(outlet=agency, wire="AP")
    copy = factories.copy(original, wire="AP", copy_share=1.0, outlet=factories.outlet(name="Valley News"))
    alone = report("Tern", 50, wire="Reuters")
    text = page(client, factories.story([original, copy, alone]).get_absolute_url())
    assert "carries AP’s text, as Associated Press does, word for word" in text
    assert "carries Reuters’s text" in text
    assert text.count("carries AP’s text") == 1, "the agency does not carry its own text"


def test_agencies_credits_count_as_their_voice_without_a_copy(client, page):
    reports = [report(name, n, wire="AFP") for n, name in enumerate(("Tern", "Echo"))]
    own = report("Agence France-Presse", 40, wire="AFP")
    text = page(client, factories.story([*reports, own], voice_count=1).get_absolute_url())
    assert '<a href="#voices">1 voice</a>: <a href="#copies">2</a> carry another’s text' in text
    voices = text[text.index('id="voices"') : text.index('id="headlines"')]
    assert "<b>AFP</b>: its text, by the credit that stands there, at" in voices
    assert all(f'<a href="#r{one.pk}">{one.outlet.name}</a>' in voices for one in reports)
    assert "Presse</a>" not in voices, "an agency does not carry its own text"


def test_a_copy_of_another_storys_report_stands_for_itself_and_says_so(client, page):
    original = report("Coast Wire", title="Elsewhere")
    factories.story([original])
    copy = factories.copy(original, title="Here", copy_share=0.72)
    text = page(client, factories.story([copy, report("Tern", 20)]).get_absolute_url())
    assert "copy of Coast Wire’s text, with changes: 72\u00a0% the same" in text
    assert f'which stands in <a href="{original.get_absolute_url()}">another story</a>' in text
    assert 'class="copies"' not in text


def test_a_copy_of_a_copy_is_not_lost(client, page):
    original = report("Coast Wire", title="Original")
    copy = factories.copy(original, title="Copy")
    second = factories.copy(copy, title="Copy of the copy")
    text = page(client, factories.story([original, copy, second]).get_absolute_url())
    assert text.count(f'id="r{second.pk}"') == 1
    assert "Copy of the copy</a>" in text


def test_a_copy_may_be_the_first_report_that_we_know_of(client, page):
    original = report("Coast Wire", 60)
    copy = factories.copy(original, outlet=factories.outlet(name="Valley News"), first_seen_at=MORNING)
    text = page(client, factories.story([original, copy]).get_absolute_url())
    assert "the first we know of is <b>Valley News</b>" in text


def test_many_copies_are_shown_in_part_and_lead_to_all(client, page, monkeypatch):
    monkeypatch.setattr(selector, "COPIES", 2)
    story, original, _rows = carried(5, voice_count=2)
    text = page(client, story.get_absolute_url())
    assert "<b>5 copies</b> of this text" in text
    assert "Carried headline 1</a>" in text
    assert "Carried headline 2</a>" not in text
    assert f'<a href="{original.get_absolute_url()}#copies">All 5 copies</a>' in text
    everything = page(client, original.get_absolute_url())
    assert all(f"Carried headline {n}" in everything for n in range(5))


def test_copies_do_not_count_as_reports_of_a_page(client, page, monkeypatch):
    monkeypatch.setattr(selector, "PAGE", 2)
    original = report("Coast Wire", title="Original")
    copies = [factories.copy(original, title=f"Copy {n}") for n in range(4)]
    others = [report(f"Paper {n}", 30 + n, title=f"Other {n}") for n in range(3)]
    story = factories.story([original, *copies, *others])
    first = page(client, story.get_absolute_url())
    assert "2 later reports" in first
    assert all(f"Copy {n}</a>" in first for n in range(4))
    second = page(client, f"{story.get_absolute_url()}?page=2")
    assert "Other 2" in second
    assert "Copy 0" not in second


def test_the_drawing_marks_copies_by_their_shape(client, page):
    story, _original, rows = carried(2)
    text = page(client, story.get_absolute_url())
    drawing = text[text.index('<div class="wide">') : text.index('<div class="narrow">')]
    assert drawing.count('<rect class="node copy') == 2
    assert f'href="#r{rows[0].pk}"' in drawing
    assert "a square: a copy of another report’s text" in text


def test_ties_lead_both_ways_with_their_reasons(client, page):
    story = factories.story([report("Coast Wire")], title="The ministry answers")
    before = factories.story([report("Tern", -900)], title="The ministry is asked")
    long_before = factories.story([report("Tern", -2900)], title="A contract is signed")
    after = factories.story([report("Tern", 90)], title="The minister resigns")
    russian = factories.story([report("Tern", 5, lang="ru")], title="Министерство отвечает")
    beside = factories.story([report("Tern", 5)], title="Dredging elsewhere")
    factories.link(before, story, reasons=["5 shared names", "2 days apart"])
    factories.link(long_before, story)
    factories.link(story, after, by_curator=True, probability=None, reasons=[])
    factories.link(russian, story, kind=Tie.TRANSLATION, probability=0.9994)
    factories.link(story, beside, kind=Tie.RELATED, probability=0.62)
    text = page(client, story.get_absolute_url())
    assert f'follows on</span> <a href="{before.get_absolute_url()}">The ministry is asked</a>' in text
    assert f'goes on in</span> <a href="{after.get_absolute_url()}">The minister resigns</a>' in text
    ties = text[text.index('id="ties"') :]
    order = [
        "Earlier chapters",
        "A contract is signed",
        "The ministry is asked",
        "Later chapter",
        "The minister resigns",
    ]
    order += [
        "The same event in another language",
        "Министерство отвечает",
        "in Russian",
        "Related",
        "Dredging elsewhere",
    ]
    assert [ties.index(words) for words in order] == sorted(ties.index(words) for words in order)
    assert "<li>5 shared names</li><li>2 days apart</li>" in ties
    assert "<b>84\u00a0% sure</b> of this tie" in ties
    assert "99\u00a0% sure" in ties
    assert "Tied by an editor." in ties
    there = page(client, before.get_absolute_url())
    assert f'goes on in</span> <a href="{story.get_absolute_url()}">The ministry answers</a>' in there
    assert "in English" in page(client, russian.get_absolute_url())


def test_a_tie_to_a_merged_story_leads_to_where_it_went(client, page):
    story, target = factories.story(title="This one"), factories.story(title="Where it went")
    gone = factories.story(title="Merged away", merged_into=target)
    into_itself = factories.story(title="Merged into this one", merged_into=story)
    factories.link(gone, story, kind=Tie.RELATED)
    factories.link(into_itself, story, kind=Tie.RELATED)
    text = page(client, story.get_absolute_url())
    assert "Where it went" in text
    assert "Merged away" not in text
    assert "Merged into this one" not in text


def test_a_story_without_ties_says_nothing_of_them(client, page):
    assert 'id="ties"' not in page(client, factories.story().get_absolute_url())


def test_the_states_of_a_story(client, page):
    closed = factories.story([report("Coast Wire")], closed_at=MORNING + timedelta(hours=3))
    text = page(client, closed.get_absolute_url())
    assert '<span class="chip">closed</span> quiet since <time datetime="2026-03-04T08:58:00+00:00"' in text
    again = factories.story([report("Coast Wire")], reopened_at=MORNING + timedelta(hours=4), locked=True)
    text = page(client, again.get_absolute_url())
    assert "taken up again" in text
    assert "1 hour ago" in text
    assert 'locked</span> by <a href="#edits">an editor</a>' in text
    plain = page(client, factories.story().get_absolute_url())
    assert "quiet since" not in plain
    assert 'class="marks"' not in plain


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("ru", "In Russian: grouped by words, names and numbers only, because the encoder reads English only."),
        ("", "Its language is not known: grouped by words, names and numbers only."),
    ],
)
def test_what_the_encoder_cannot_read_is_said(client, page, lang, words):
    assert words in page(client, factories.story([report("Coast Wire", lang=lang)]).get_absolute_url())


def test_english_needs_no_such_word(client, page):
    text = page(client, factories.story([report("Coast Wire", lang="en-GB")]).get_absolute_url())
    assert "names and numbers only" not in text


def edited():
    """A story with a merge by grouping, a split by it that an editor took back, and a note."""
    stay, came = report("Coast Wire"), report("Tern", 20, title="The report that came")
    story = factories.story([stay, came])
    gone = factories.story(title="What was merged", merged_into=story)
    factories.edit(story, other=gone, moves=[[came.pk, gone.pk, story.pk]], reasons=["8 shared names"])
    off = factories.story(title="What was split off")
    wrong = factories.edit(
        story, Act.SPLIT, other=off, moves=[[stay.pk, story.pk, off.pk]], at=MORNING + timedelta(hours=1)
    )
    factories.edit(
        story,
        Act.UNDO,
        other=off,
        undoes=wrong,
        by="Ada Quill",
        note="Same <event>.",
        moves=[[stay.pk, off.pk, story.pk]],
        at=MORNING + timedelta(hours=2),
    )
    return story, gone, off


def test_edits_are_told_newest_first_with_who_when_and_why(client, page):
    story, _gone, off = edited()
    text = page(client, story.get_absolute_url())
    edits = text[text.index('id="edits"') :]
    assert "3 edits, the latest" in edits
    undone, split, merge = (
        edits.index(words) for words in ("Undid the split of", "Split 1 report off this story", "Merged <cite>")
    )
    assert undone < split < merge
    assert "Ada Quill, an editor" in edits
    assert "grouping, the program" in edits
    assert "“Same &lt;event&gt;.”" in edits
    assert "<b>97\u00a0% sure</b> that this was right" in edits
    assert "<li>8 shared names</li>" in edits
    assert "The report that came" in edits
    assert '<span class="chip changed">undone</span>' in edits[split:merge]
    assert '<span class="chip changed">undone</span>' not in edits[merge:]
    assert "3 hours ago</span> by Ada Quill, an editor: “Same &lt;event&gt;.”" in edits
    other = page(client, off.get_absolute_url())
    assert f'Split 1 report off <a href="{story.get_absolute_url()}">' in other


def test_a_report_that_an_edit_brought_says_so(client, page):
    story, _gone, _off = edited()
    text = page(client, story.get_absolute_url())
    assert "by a merge; before, it was in <cite>What was merged</cite>." in text
    assert "by a split" not in text, "an undone edit brought nothing"
    article = story.articles.get(title="The report that came")
    assert "by a merge; before, it was in <cite>What was merged</cite>." in page(client, article.get_absolute_url())


def test_an_untouched_story_says_that_nothing_was_changed(client, page):
    text = page(client, factories.story([report("Coast Wire"), report("Tern")]).get_absolute_url())
    assert "Nothing: every report stands where it was put when it came." in text


def test_queries_do_not_grow_with_copies_ties_and_edits(client, django_assert_max_num_queries):
    story, original, rows = carried(20, voice_count=3)
    for n in range(10):
        factories.link(factories.story(title=f"Before {n}"), story)
        factories.edit(story, other=factories.story(), moves=[[rows[n].pk, 0, story.pk]])
    with django_assert_max_num_queries(10):
        client.get(story.get_absolute_url())
    with django_assert_max_num_queries(7):
        client.get(original.get_absolute_url())
