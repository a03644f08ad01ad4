"""Who is cited, on the article page: role, credits, sources, the filter by kind, and the states without findings."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from stories.models import Examined, Stage, Version
from stories.nlp.findings import Findings, Role, SourceKind
from stories.selectors import attributions
from tests import factories
from tests.factories import MORNING
from tests.views import cited
from tests.views.cited import span

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(MORNING + timedelta(hours=1), tick=False):
        yield


def plain(text: str) -> str:
    """What a reader sees of the section, with its spaces made one."""
    section = text[text.index("Who is cited here") : text.index('<h2 id="tm">')]
    return " ".join(re.sub(r"<[^>]+>", " ", section).split())


def test_the_role_is_told_with_what_it_rests_on(client, page):
    gazette = factories.outlet(name="The Tern Gazette")
    text = page(client, cited.article().get_absolute_url())
    address = gazette.get_absolute_url()
    assert f'A re-report: its main news comes by way of <a href="{address}">The Tern Gazette</a>.' in text
    assert "Its first sentences credit the main news to The Tern Gazette." in text
    assert f'<a href="#c{span("The Tern Gazette reported")[0]}">Its passage</a>' in text


def test_credits_name_relation_weight_passage_and_whether_we_poll_the_outlet(client, page):
    factories.feed(outlet=factories.outlet(name="The Tern Gazette"))
    text = page(client, cited.article().get_absolute_url())
    seen = plain(text)
    credits = seen[seen.index("By way of other outlets") : seen.index("Its sources")]
    assert "The Tern Gazette they reported it · main news The harbour office knew" in credits
    assert "The Tern Gazette it was said to them · main news Two people" in credits
    assert "Coast Wire their poll · a side fact · an outlet that we don’t poll" in credits
    assert credits.count("don’t poll") == 1
    assert '<mark class="p-evidence">The Tern Gazette reported</mark>' in text
    assert f'id="c{span("seen by Coast Wire")[0]}"' in text


def test_every_attribution_is_marked_in_its_passage_under_its_own_address(client, page):
    text = page(client, cited.article().get_absolute_url())
    assert '<mark class="p-source">Two people familiar with the survey</mark> <mark class="p-cue">told</mark>' in text
    assert '<mark class="p-content">that anybody was in danger</mark>' in text
    for cue in ("reported", "told", "denied", "said.", "did not respond", "says"):
        assert text.count(f'id="s{span(cue)[0]}"') == 1, cue


def test_a_source_tells_its_kind_its_way_why_it_is_unnamed_and_what_it_does(client, page):
    seen = plain(page(client, cited.article().get_absolute_url()))
    people = seen[seen.index("“not authorised to speak”") - 120 :]
    assert "Two people familiar with the survey anonymous by way of The Tern Gazette" in people
    assert "Why unnamed: “not authorised to speak”" in people
    assert (
        "Ada Quill named Follow : Ada Quill denies Ada Quill , the harbour master, denied that anybody was in danger"
        in seen
    )
    assert "hedged: “reportedly”" in seen
    assert "Lockworks organisation Follow : Lockworks gave no answer" in seen
    for words in ("1 passage with a denial", "1 passage where an answer was not given", "1 passage where the outlet"):
        assert words in seen


def test_sources_are_narrowed_to_a_kind_by_a_link(client, page):
    address = cited.article().get_absolute_url()
    text = page(client, address)
    assert 'href="?kind=anonymous#cited"' in text
    assert "all 5" in plain(text)
    text = page(client, f"{address}?kind=anonymous")
    assert re.search(r'class="k-anonymous" href="\?kind=anonymous#cited" aria-current="true"', text)
    seen = plain(text)
    assert "only of the kind “anonymous”" in seen
    assert "Two people familiar" in seen[seen.index("In each passage") :]
    assert "Ada Quill named" not in seen
    assert "all 5" in seen
    for kind in ("social", "<script>", "%00"):
        assert "Ada Quill named" in plain(page(client, f"{address}?kind={kind}"))


def test_one_sentence_with_two_cues_of_a_source_is_shown_once(client, page):
    found = cited.findings()
    again = cited.said(
        "she", "denied", "“The gate holds,”", SourceKind.NAMED, "Ada Quill", stance=found.sourced[2].stance
    )
    again = replace(again, attribution=replace(again.attribution, cue=span("was in danger")))
    found = replace(found, sourced=(*found.sourced[:3], again, *found.sourced[3:]))
    text = page(client, cited.article(found).get_absolute_url())
    assert f'id="s{span("was in danger")[0]}"' in text
    assert plain(text).count("denies") == 1


def test_many_sources_are_shown_when_asked_for(client, page, monkeypatch):
    monkeypatch.setattr(attributions, "MOST_SOURCES", 2)
    address = cited.article().get_absolute_url()
    text = page(client, address)
    assert "Show 3 further sources" in text
    assert "Lockworks organisation" not in plain(text)
    assert "Lockworks organisation" in plain(page(client, f"{address}?sources=all"))


def test_a_long_list_is_folded_unless_it_is_narrowed(client, page, monkeypatch):
    monkeypatch.setattr(attributions, "FIRST_SOURCES", 3)
    address = cited.article().get_absolute_url()
    text = page(client, address)
    assert "<summary>2 more sources</summary>" in text
    assert "Lockworks organisation" in plain(text)
    assert "more source" not in page(client, f"{address}?kind=named")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Findings(Role.ORIGINAL), "An original report. No source was found in its text."),
        (Findings(Role.WIRE, wire="Coast Wire"), "Wire copy: the text is Coast Wire’s."),
        (Findings(Role.RE_REPORT), "A re-report."),
        (Findings(Role.MIXED), "Mixed: it repeats another’s news, and it adds reporting of its own."),
        (Findings(Role.OTHER), "No report of news:"),
        (Findings(Role.UNKNOWN), "What it is to the news can’t be told."),
    ],
)
def test_roles_in_words(client, page, found, words):
    assert words in plain(page(client, cited.article(found).get_absolute_url()))


def test_no_findings_are_a_state_of_their_own(client, page):
    row = factories.article(text="Some text.")
    assert "not examined yet It was read before" in plain(page(client, row.get_absolute_url()))
    row = factories.article(text="Some text.", stage=Stage.EXTRACTED)
    assert "It is examined when its text has been read." in plain(page(client, row.get_absolute_url()))
    row = factories.article(stage=Stage.FAILED, failed_stage=Stage.READ)
    assert "It failed before it could be examined." in plain(page(client, row.get_absolute_url()))
    row = cited.article()
    Examined.objects.update(findings={"role": "a form of long ago"})
    assert "not examined yet" in plain(page(client, row.get_absolute_url()))


def test_what_was_found_in_another_wording_is_not_shown(client, page):
    row = cited.article()
    Version.objects.update(text="Another text altogether.")
    seen = plain(page(client, row.get_absolute_url()))
    assert "being read again Its wording has changed since it was examined." in seen
    assert "Ada Quill" not in seen


def test_without_a_text_only_the_headline_was_examined(client, page):
    row = factories.article(title="Gate is cracked, Tern Gazette reports")
    factories.examined(row, Findings(Role.UNKNOWN, (("Its text is not available.", None),)))
    seen = plain(page(client, row.get_absolute_url()))
    assert "can’t be told without its text" in seen
    assert "article text not available Only its headline was examined." in seen
    assert "No source was found" not in seen


def test_a_language_that_is_not_read_is_named(client, page):
    row = factories.article(title="Шлюз", text="Текст о шлюзе.", lang="ru")
    factories.examined(row, Findings(Role.UNKNOWN))
    seen = plain(page(client, row.get_absolute_url()))
    assert "its language is not read. not read Articles in Russian are not read" in seen
    assert "No source was found" not in seen


def test_text_from_outside_is_escaped(client, page):
    row = factories.article(title="<b>Gate</b> shut, <i>they</i> say", text="Nothing more.")
    words = "<i>they</i>"
    start = row.title.index(words)
    one = cited.said("", "told", "", SourceKind.OTHER, words)
    source = ((start, start + len(words)),)
    one = replace(one, attribution=replace(one.attribution, cue=(start + 12, start + 15), source=source))
    factories.examined(row, Findings(Role.ORIGINAL, sourced=(one,)))
    text = page(client, row.get_absolute_url())
    assert '<mark class="p-source">&lt;i&gt;they&lt;/i&gt;</mark>' in text
    assert words not in text


def test_spans_beyond_the_text_do_no_harm(client, page):
    one = cited.said("she", "denied", "", SourceKind.NAMED, "")
    one = replace(one, attribution=replace(one.attribution, cue=(90_000, 90_010), source=((90_000, 90_001),)))
    row = cited.article(Findings(Role.ORIGINAL, sourced=(one,), denials=((80_000, 80_004),)))
    assert "Nobody is named" in plain(page(client, row.get_absolute_url()))


def test_of_two_outlets_of_a_name_the_one_of_the_articles_world_is_meant(client, page):
    ours = factories.outlet(name="The Tern Gazette")
    invented = factories.outlet(name="The Tern Gazette", demo=True)
    text = page(client, cited.article().get_absolute_url())
    assert (ours.get_absolute_url() in text, invented.get_absolute_url() in text) == (True, False)
    text = page(client, cited.article(outlet=factories.outlet(demo=True)).get_absolute_url())
    assert (ours.get_absolute_url() in text, invented.get_absolute_url() in text) == (False, True)


def test_the_articles_own_outlet_is_called_so(client, page):
    gazette = factories.outlet(name="The Tern Gazette")
    assert "The Tern Gazette, this outlet itself" in plain(
        page(client, cited.article(outlet=gazette).get_absolute_url())
    )


def test_findings_cost_one_query_however_many(client, django_assert_max_num_queries):
    row = cited.article()
    factories.story([row])
    # One of them asks what editors set right.
    with django_assert_max_num_queries(6):
        client.get(row.get_absolute_url())
