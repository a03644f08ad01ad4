"""The examining half of the read step on real rows: what is kept of who is cited and credited, and how often."""

from __future__ import annotations

import pytest

from stories.models import Article, Attribution, Credit, Examined, Proposal, Stage, TextState
from stories.nlp.findings import Relation, Role, SourceKind
from stories.selectors import documents
from stories.services import examining, reading
from tests import factories

pytestmark = pytest.mark.django_db

TITLE = "Minister was warned about the harbour contract, Isles Courier reports"
TEXT = (
    "The harbour minister was warned in March that the dredging contract would cost three times as much as planned, "
    "The Isles Courier reported on Tuesday, citing people familiar with the matter.\n\n"
    "Two officials told the Courier that the minister had read the letter. “We saw him sign it,” one of them said, "
    "speaking on condition of anonymity because they were not authorised to talk about the contract.\n\n"
    "The minister’s spokesman, Anders Holm, told the Courier that the figures were wrong. The ministry did not respond "
    "to a request for comment.\n\n"
    "The contract was signed in April and runs for six years. Work on the northern channel began in May."
)


def courier(**kw):
    return factories.outlet(
        name="The Isles Courier", aliases=["Isles Courier"], ambiguous_aliases=["the Courier"], **kw
    )


def read(now, **kw):
    """An article through the read step; as the database has it afterwards."""
    kw.setdefault("title", TITLE)
    kw.setdefault("text", TEXT)
    article = factories.article(story=None, stage=Stage.EXTRACTED, **kw)
    return again(article, now)


def again(article, now):
    row = Article.objects.select_related("outlet", "feed", "version").get(pk=article.pk)
    reading.save(row, reading.compute([row], now)[row.pk], now)
    row.save()
    return row


def test_a_re_report_is_kept_with_its_credits_and_sources(now):
    theirs = courier()
    article = read(now)
    examined = Examined.objects.get()
    assert (examined.article, examined.role, examined.at) == (article, Role.RE_REPORT, now)
    credits = {(row.outlet, row.outlet_name, row.relation) for row in Credit.objects.all()}
    assert (theirs, "The Isles Courier", Relation.REPORTED) in credits
    whole = documents.document(article).whole
    for row in Credit.objects.all():
        assert "Courier" in whole[slice(*row.evidence)]
    kinds = {row.kind for row in Attribution.objects.all()}
    assert {SourceKind.ANONYMOUS, SourceKind.NAMED} <= kinds
    for row in Attribution.objects.filter(kind=SourceKind.NAMED):
        assert (row.name, row.via) == ("Anders Holm", "The Isles Courier")
    found = examined.told()
    assert found is not None
    assert found.role == Role.RE_REPORT
    assert len(found.sourced) == Attribution.objects.count()


def test_read_twice_it_is_kept_once(now):
    courier()
    article = read(now)
    before = set(Attribution.objects.values_list("start", "kind", "name"))
    credits = set(Credit.objects.values_list("outlet_name", "relation"))
    again(article, now)
    assert set(Attribution.objects.values_list("start", "kind", "name")) == before
    assert set(Credit.objects.values_list("outlet_name", "relation")) == credits
    assert Examined.objects.count() == 1


def test_an_outlet_that_is_not_among_ours_is_credited_by_name(now):
    article = read(
        now,
        title="Minister knew, Washington Post reports",
        text=TEXT.replace("The Isles Courier", "The Washington Post").replace("the Courier", "the Post"),
    )
    row = Credit.objects.get(article=article, relation=Relation.REPORTED)
    assert (row.outlet, row.outlet_name) == (None, "The Washington Post")


def test_an_outlet_with_that_name_among_ours_outranks_the_list_that_ships(now):
    ours = factories.outlet(name="The Washington Post", domains=["washingtonpost.com"])
    read(now, text=TEXT.replace("The Isles Courier", "The Washington Post"))
    assert Credit.objects.get(outlet_name="The Washington Post", relation=Relation.REPORTED).outlet == ours


def test_without_a_text_nothing_is_said_that_the_headline_does_not_say(now):
    article = read(now, title="Harbour contract signed", text="")
    assert article.version.text_state == TextState.NONE
    examined = Examined.objects.get()
    assert examined.role == Role.UNKNOWN
    assert "available" in examined.told().why[0][0]
    assert not Attribution.objects.exists()


def test_another_language_is_not_read(now):
    read(now, lang="de")
    examined = Examined.objects.get()
    assert examined.role == Role.UNKNOWN
    assert not examined.told().sourced
    assert not Credit.objects.exists()


def test_a_teaser_is_no_text(now):
    article = read(now, text="", summary="The Isles Courier reported that the minister knew.")
    assert documents.document(article).text == ""


def test_an_unknown_outlet_is_proposed_once_for_each_article(now):
    text = TEXT.replace("The Isles Courier", "The Skerry Gazette").replace("the Courier", "the Gazette")
    first = read(now, text=text, title="Minister knew, Skerry Gazette reports")
    again(first, now)
    proposal = Proposal.objects.get()
    assert (proposal.name, proposal.articles, proposal.article) == ("The Skerry Gazette", 1, first)
    assert "Skerry Gazette" in documents.document(first).whole[slice(*proposal.evidence)]
    read(now, text=text, title="Minister knew, Skerry Gazette reports")
    proposal.refresh_from_db()
    assert proposal.articles == 2


def test_the_demo_world_proposes_nothing(now):
    text = TEXT.replace("The Isles Courier", "The Skerry Gazette")
    read(now, text=text, outlet=factories.outlet(demo=True))
    assert not Proposal.objects.exists()


def test_findings_of_an_older_form_are_none(now):
    article = read(now)
    Examined.objects.filter(article=article).update(findings={"role": "original", "sourced": "nothing that we know"})
    assert Examined.objects.get().told() is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "“" * 501,
        "<p>He said <b>so</b>.</p> " * 40,
        "قال الوزير إن العقد باطل. " * 30,
        "😀 said 😀. " * 50,
        "said " * 5000,
    ],
    ids=["empty", "odd quotes", "markup", "right to left", "emoji", "one long sentence"],
)
def test_bad_texts_are_read_without_a_fault(now, text):
    read(now, text=text)
    found = Examined.objects.get().told()
    whole = documents.document(Article.objects.get()).whole
    for one in found.sourced:
        for start, end in (one.attribution.cue, *one.attribution.source, *one.attribution.content):
            assert 0 <= start < end <= len(whole)


def test_the_gazetteer_is_made_anew_when_an_outlet_changes(now):
    outlet = courier()
    assert examining.gazetteer() is examining.gazetteer()
    assert examining.gazetteer().outlet("Isles Courier") == "The Isles Courier"
    outlet.aliases = ["Courier of the Isles"]
    outlet.save()
    assert examining.gazetteer().outlet("Courier of the Isles") == "The Isles Courier"
