"""What an editor says of an article against what was found: kept for good, obeyed by every trace, taken back at will."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stories.models import (
    Act,
    Alert,
    Correction,
    Delivery,
    DeliveryState,
    Edit,
    Follow,
    Happening,
    Notice,
    Override,
    Version,
    Wake,
)
from stories.nlp.findings import Relation, Role, SourceKind
from stories.nlp.lineage import HappeningKind
from stories.selectors import overrides
from stories.selectors.reports import reports_of
from stories.services import alerting, claiming, curation, marking, outletedits, overriding, provenance, undoing
from stories.services.acts import By, Clash, Refused
from stories.services.overriding import Credited
from stories.services.seen import Seen
from tests import factories, noted
from tests.nlp.provenance_worlds import POST, harbour
from tests.steps.test_noticing import told as told  # noqa: PLC0414 - a fixture
from tests.steps.test_noticing import trace
from tests.steps.test_provenance import examine, outlets, report
from tests.stories_traced import traced

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def by():
    return By.person(factories.editor(first_name="Ida"), "as the paper says itself")


def reports(story):
    return list(story.articles.order_by("reported_at", "pk"))


def standing(story, article):
    story.refresh_from_db()
    return next(one for one in story.provenance.told().standings if one.article == article.pk)


def edges(story, article):
    story.refresh_from_db()
    return [one for one in story.provenance.told().edges if one.article == article.pk]


# --- acts


def test_a_word_is_kept_with_its_edit_and_taken_back(told, by, now):
    article = reports(told)[1]
    edit = overriding.set_role(article, Role.ORIGINAL, by, now)
    row = Override.objects.get()
    assert (row.article, row.what, row.value, row.edit) == (article, Correction.ROLE, {"role": "original"}, edit)
    assert (edit.act, edit.story, edit.note) == (Act.ROLE, told, "as the paper says itself")
    undoing.undo(edit, by, now)
    assert not Override.objects.exists()


def test_the_same_again_and_what_cannot_be_is_refused(told, by, now):
    article, other = reports(told)[1], reports(told)[0]
    overriding.set_kind(article, "x", SourceKind.NAMED, by, now)
    refused = {
        "An editor has said so already.": lambda: overriding.set_kind(article, "x", SourceKind.NAMED, by, now),
        "No editor has said anything of it.": lambda: overriding.set_role(article, None, by, now),
        "A report does not credit itself.": lambda: overriding.set_credit(
            article, "P", Credited("P", "retargeted", target=article.pk), by, now
        ),
        "The report that it is to go to is no more.": lambda: overriding.set_credit(
            article, "P", Credited("P", "retargeted", target=10**9), by, now
        ),
        "The passage is not in the article: it may have been changed since.": lambda: overriding.set_credit(
            article, "P", Credited("P", "added", evidence=((0, 10**6),)), by, now
        ),
        "Only an editor does this.": lambda: overriding.set_role(other, Role.WIRE, By.grouping(1.0, []), now),
    }
    for reason, act in refused.items():
        with pytest.raises(Refused) as error:
            act()
        assert error.value.reason == reason
    assert Edit.objects.count() == 1


def test_several_at_once_are_edits_of_their_own_and_all_or_nothing(told, by, now):
    article = reports(told)[1]
    said = {
        (Act.ROLE, ""): Role.MIXED,
        (Act.CREDIT, "The Isles Courier"): Credited("The Isles Courier", "removed"),
    }
    edits = overriding.correct(article, said, by, now)
    assert [edit.act for edit in edits] == [Act.ROLE, Act.CREDIT]
    again = {(Act.ROLE, ""): Role.ORIGINAL, (Act.CREDIT, "The Isles Courier"): Credited("The Isles Courier", "removed")}
    with pytest.raises(Refused):
        overriding.correct(article, again, by, now)
    assert Override.objects.get(what=Correction.ROLE).value == {"role": "mixed"}
    # Each is taken back by itself.
    undoing.undo(edits[0], by, now)
    assert [row.what for row in Override.objects.all()] == [Correction.CREDIT]


def test_only_who_changed_the_same_is_in_the_way(told, by, now):
    article = reports(told)[1]
    seen = Seen.now(stories=[told], articles=[article])
    other = By.person(factories.editor(first_name="Jon"))
    overriding.set_role(article, Role.ORIGINAL, other, now)
    mine = By.person(by.user, seen=seen)
    overriding.set_kind(article, "x", SourceKind.NAMED, mine, now)
    with pytest.raises(Clash) as error:
        overriding.set_role(article, Role.WIRE, mine, now)
    assert [edit.by for edit in error.value.edits] == ["Jon"]


# --- tracing obeys, for good


def test_a_role_holds_when_the_article_is_read_again(told, by, now):
    article = reports(told)[1]
    overriding.set_role(article, Role.ORIGINAL, by, now)
    trace(told, now + DAY)
    assert standing(told, article).role is Role.ORIGINAL
    article.refresh_from_db()
    text = f"A new first sentence of the ledger's. {article.version.text}"
    article.version = Version.objects.create(
        article=article, hash="new", title=article.title, text=text, text_state="page", seen_at=now + DAY
    )
    article.save()
    examine(article, now + DAY)
    trace(told, now + 2 * DAY)
    assert standing(told, article).role is Role.ORIGINAL
    overriding.set_role(article, None, by, now)
    trace(told, now + 2 * DAY)
    assert standing(told, article).role is Role.RE_REPORT


def test_an_added_credit_keeps_its_passage_in_another_wording(told, by, now):
    article = reports(told)[3]
    words = "the ministry had asked its lawyers to look at the matter"
    start = f"{article.title}\n{article.version.text}".index(words)
    said = Credited("Evening Ledger", "added", Relation.TOLD, evidence=((start, start + len(words)),))
    overriding.set_credit(article, "Evening Ledger", said, by, now)
    article.version = Version.objects.create(
        article=article,
        hash="new",
        title=article.title,
        text=f"Before all. {article.version.text}",
        text_state="page",
        seen_at=now + DAY,
    )
    article.save()
    examine(article, now + DAY)
    trace(told, now + DAY)
    (edge,) = edges(told, article)
    assert (edge.target, edge.relation, edge.decided) == (reports(told)[1].pk, Relation.TOLD, True)
    assert edge.evidence == ((start + len("Before all. "), start + len("Before all. ") + len(words)),)


def test_a_credit_to_a_report_that_went_away_comes_back_with_it(told, by, now):
    mirror, ledger = reports(told)[2], reports(told)[1]
    overriding.set_credit(mirror, "Evening Ledger", Credited("Evening Ledger", "retargeted", target=ledger.pk), by, now)
    trace(told, now)
    assert ledger.pk in {edge.target for edge in edges(told, mirror) if edge.decided}
    apart = curation.split(told, [ledger.pk], by, now)
    trace(told, now)
    assert ledger.pk not in {edge.target for edge in edges(told, mirror)}
    undoing.undo(apart, by, now)
    trace(told, now)
    assert ledger.pk in {edge.target for edge in edges(told, mirror) if edge.decided}


def test_a_credit_holds_when_its_outlet_is_renamed(told, by, now):
    courier, mirror = reports(told)[0].outlet, reports(told)[2]
    overriding.set_credit(mirror, "The Isles Courier", Credited("The Isles Courier", "removed"), by, now)
    outletedits.change(courier, {"name": "Courier of the Isles", "aliases": ["The Isles Courier", "Courier"]}, by, now)
    assert (mirror.pk, "Courier of the Isles") in overrides.decided([mirror.pk]).removed


def test_what_was_said_tells_one_state_from_the_next(told, by, now):
    article = reports(told)[1]
    marks = {overrides.mark(overrides.said([article.pk]))}
    for role in (Role.WIRE, Role.MIXED, None):
        overriding.set_role(article, role, by, now)
        marks.add(overrides.mark(overrides.said([article.pk])))
    assert len(marks) == 3
    assert "" in marks


# --- nobody is told what did not happen


def saved(story, decided, now):
    rows = reports_of(story, {})
    return [row.kind for row in provenance.save(story, provenance.look(rows, decided), now)]


def decided_of(story, **said):
    """What is said of the harbour's reports by their numbers in it, as said of the rows."""
    place = dict(enumerate((row.pk for row in reports(story)), start=1))
    kinds = {(place[number], key): kind for (number, key), kind in said.get("kinds", {}).items()}
    return overrides.Decided(roles={place[n]: role for n, role in said.get("roles", {}).items()}, kinds=kinds)


@pytest.fixture
def unconfirmed():
    """The harbour without who confirms, its reports in order of time."""
    rows = sorted((one for one in harbour() if one.article not in {10, 11}), key=lambda one: one.at)
    return traced(rows)


def test_a_confirmation_by_an_editors_word_on_that_report_is_news_while_it_is_fresh(unconfirmed):
    told_on = decided_of(unconfirmed, roles={2: Role.ORIGINAL})
    soon, late = unconfirmed.last_at + timedelta(hours=2), unconfirmed.last_at + timedelta(days=4)
    assert HappeningKind.CONFIRMED in saved(unconfirmed, told_on, soon)
    Happening.objects.filter(kind=HappeningKind.CONFIRMED).delete()
    assert saved(unconfirmed, told_on, late) == []
    assert Happening.objects.get(kind=HappeningKind.CONFIRMED).stands


def test_what_follows_from_an_editors_word_by_the_way_wakes_nobody(unconfirmed):
    # With the denier called original, and so the news, whoever is counted second has confirmed nothing anew.
    last = len(reports(unconfirmed))
    whom = reports(unconfirmed)[last - 1]
    said = decided_of(unconfirmed, roles={1: Role.OTHER, last: Role.ORIGINAL})
    fresh = saved(unconfirmed, said, unconfirmed.last_at + timedelta(hours=2))
    shown = {(row.kind, row.article_id) for row in Happening.objects.filter(kind__in=fresh)}
    assert {article for _kind, article in shown} <= {whom.pk}


def test_an_editors_kind_makes_no_news_of_reports_that_were_known(unconfirmed):
    first = reports(unconfirmed)[0]
    key = first.examined.told().sourced[0].key
    assert saved(unconfirmed, decided_of(unconfirmed, kinds={(1, key): SourceKind.NAMED}), unconfirmed.last_at) == []


def test_a_confirmation_that_was_taken_away_is_told_to_nobody(now, by):
    story = traced(harbour())
    confirmed = Happening.objects.get(kind=HappeningKind.CONFIRMED)
    notice = noted.notice(story, Wake.CONFIRMED, now, key="first", happening=confirmed, article=confirmed.article)
    noted.channel(reader := factories.user(), now)
    noted.follow(reader, now - MINUTE, story=story)
    overriding.set_role(confirmed.article, Role.RE_REPORT, by, now)
    saved(story, overrides.decided([confirmed.article_id]), now)
    confirmed.refresh_from_db()
    assert not confirmed.stands
    alerting.tell(lambda: now + DAY)
    notice.refresh_from_db()
    assert (notice.told_at, notice.people, Alert.objects.count()) == (now + DAY, 0, 0)


@pytest.fixture
def waiting(now):
    """A reader who is to be sent that a story was confirmed, and has not been yet."""
    story = traced(harbour())
    confirmed = Happening.objects.get(kind=HappeningKind.CONFIRMED)
    noted.notice(story, Wake.CONFIRMED, now, key="first", happening=confirmed, article=confirmed.article)
    noted.channel(reader := factories.user(), now)
    noted.follow(reader, now - MINUTE, story=story)
    alerting.tell(lambda: now + DAY)
    assert Delivery.objects.get().state == DeliveryState.WAITING
    return story


def sent(now):
    return claiming.wanted(claiming.claim(now + 2 * DAY), now + 2 * DAY)


def test_what_waits_to_be_sent_is_dropped_when_it_no_longer_stands(waiting, now):
    Happening.objects.filter(kind=HappeningKind.CONFIRMED).update(stands=False)
    assert sent(now) == []
    row = Delivery.objects.get()
    assert (row.state, row.reason) == (DeliveryState.DROPPED, claiming.FALLEN)


def test_what_waits_to_be_sent_is_dropped_when_the_story_is_hidden(waiting, now, by):
    marking.hide(waiting, by, now)
    assert sent(now) == []
    assert Delivery.objects.get().reason == claiming.HIDDEN


def test_what_stands_is_sent(waiting, now):
    assert len(sent(now)) == 1


def test_of_a_story_that_was_hidden_nobody_is_told(now, by):
    story = traced(harbour())
    noted.channel(reader := factories.user(), now)
    noted.follow(reader, now - MINUTE, story=story)
    noted.notice(story, Wake.REACHED, now, key="5", step=5)
    Follow.objects.update(reached_from=5)
    marking.hide(story, by, now)
    alerting.tell(lambda: now + DAY)
    assert not Alert.objects.exists()
    assert Notice.objects.get(wake=Wake.REACHED).told_at is not None


def test_an_outlet_that_was_only_credited_is_no_more_when_the_credit_is_removed(by, now):
    story = traced(harbour())
    article = reports(story)[1]
    overriding.set_credit(article, POST, Credited(POST, "removed"), by, now)
    decided = overrides.decided([article.pk])
    found = provenance.look(reports_of(story, {}), decided).provenance
    assert [edge for edge in found.edges if edge.article == article.pk] == []


DAILY = (
    "Minister was warned about the harbour contract, people familiar say",
    "The harbour minister was warned in March that the dredging contract would cost three times as much as planned, "
    "according to two people familiar with the matter.\n\n"
    "The contract was signed in April and runs for six years.",
)
AFTER = (
    "Harbour minister knew of rising costs, daily reports",
    "The harbour minister was told in March that the price of the dredging contract would treble, The Washington Post "
    "reported, citing two people familiar with the matter.\n\n"
    "Parliament votes on the budget of the port in June.",
)


def test_a_credit_that_was_missed_leaves_one_origin_that_nobody_here_polls(by, now):
    """The reference case where the daily's own words name no outlet: an editor, who has it in print, says whose it is."""
    names = outlets()
    daily, after = report(now, DAILY, names["ledger"], 0), report(now, AFTER, names["mirror"], 30)
    story = factories.story([daily, after], revision=1)
    trace(story, now)
    assert (counted(story).least, counted(story).most) == (1, 2), "the Post is credited, the daily has a source"
    post = "The Washington Post"
    overriding.correct(
        daily,
        {
            (Act.CREDIT, post): Credited(post, "added", Relation.REPORTED),
            (Act.ROLE, ""): Role.RE_REPORT,
        },
        by,
        now,
    )
    overriding.set_credit(after, post, Credited(post, "retargeted", target=daily.pk), by, now)
    trace(story, now)
    (origin,) = provenance_of(story).origins
    assert (origin.article, origin.outlet, set(origin.resting)) == (None, post, {daily.pk, after.pk})
    assert (counted(story).least, counted(story).most) == (1, 1)
    assert [(edge.article, edge.target) for edge in provenance_of(story).edges] == [
        (daily.pk, None),
        (after.pk, daily.pk),
    ]


def provenance_of(story):
    story.refresh_from_db()
    return story.provenance.told()


def counted(story):
    return provenance_of(story).independent
