"""The export of decisions: what people said and nothing else, in the forms that `manage.py evaluate` reads."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from stories.management.evaluation import clustering, provenance
from stories.models import Act, Article, Ask, Doubt, Edit
from stories.nlp.findings import Relation, Role, SourceKind
from stories.services import curation, decidedprovenance, decisions, doubts, marking, overriding, undoing
from stories.services.acts import By
from stories.services.doubts import Question
from stories.services.overriding import Credited
from tests import factories
from tests.nlp.provenance_worlds import POST, Cites, Say, report
from tests.steps.curating import SURE, story_of
from tests.stories_traced import traced

pytestmark = pytest.mark.django_db
SAID = "Ann Lee, who runs the port, said that the contract was void."
TEXT = f"The contract is void, The Meridian Post reported. {SAID} The Gull also reported it."


@pytest.fixture
def anna(db):
    return By.person(factories.editor(email="anna@isles.example"), "she knows both")


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def labelled(folder, **options):
    """The clusters of the file: the articles' numbers, by what they have in common."""
    decisions.export(folder, **options)
    found: dict[str, set[int]] = {}
    for row in rows(folder / decisions.CLUSTERING):
        found.setdefault(row["cluster"], set()).add(int(row["id"].partition("-")[2]))
    return sorted(found.values(), key=min)


def test_what_the_program_grouped_is_no_label(now, tmp_path, anna):
    (one, pks), (other, more) = story_of(now, 3), story_of(now, 2)
    curation.split(one, [pks[2]], SURE, now)
    curation.merge(one, other, SURE, now)
    for act in (marking.lock, marking.pin):
        act(one, anna, now)
    marking.choose_lead(one, more[0], anna, now)
    assert labelled(tmp_path) == []


def test_a_merge_says_that_the_reports_belong_to_the_one_that_stands_for_the_story(now, tmp_path, anna):
    (one, (a, b, c)), (other, (d, e)) = story_of(now, 3), story_of(now, 2)
    edit = curation.merge(one, other, anna, now)
    assert labelled(tmp_path) == [{a, d, e}], "of b and c nobody has said anything"
    undoing.undo(edit, anna, now)
    assert labelled(tmp_path) == []
    assert {b, c} <= set(Article.objects.filter(story=one).values_list("pk", flat=True))


def test_a_split_says_what_is_apart(now, tmp_path, anna):
    story, (a, _, c, d) = story_of(now, 4)
    curation.split(story, [c, d], anna, now)
    assert labelled(tmp_path) == [{a}, {c, d}], "that a and b belong together only grouping said"


def test_answers_from_the_queue_are_labels(now, tmp_path, anna):
    (story, (a, b, c)), (other, (d, _)) = story_of(now, 3), story_of(now, 2)
    user = anna.user
    doubts.accept(doubts.put(Question(Ask.MEMBER, story, articles=[b]), now), user, "", now)
    doubts.accept(doubts.put(Question(Ask.READER, story, articles=[c]), now), user, "", now)
    doubts.dismiss(doubts.ask(Act.MERGE, story, other, [], 0.6, [], now), user, "", now)
    assert labelled(tmp_path) == [{a, b}, {c}, {d}]


def test_two_stories_that_are_still_in_question_are_not_both_told_apart(now, tmp_path, anna):
    (one, (a, b, _)), (other, (d, e)) = story_of(now, 3), story_of(now, 2)
    for pair in ((a, b), (d, e)):
        curation.together(*pair, anna, now)
    _, (f, g) = story_of(now, 2)
    curation.together(f, g, anna, now)
    doubt = doubts.ask(Act.MERGE, one, other, [], 0.6, [], now)
    assert labelled(tmp_path) == [{a, b}, {f, g}]
    doubts.dismiss(doubt, anna.user, "", now)
    assert labelled(tmp_path) == [{a, b}, {d, e}, {f, g}]


def test_of_a_story_only_what_is_bound_to_each_other(now, tmp_path, anna):
    _, (a, b, c, d, e) = story_of(now, 5)
    curation.together(a, b, anna, now)
    curation.bind([d, e], c, anna, now)
    assert labelled(tmp_path) == [{c, d, e}]


def test_since_takes_what_was_decided_from_then_on_and_what_it_was_set_apart_from(now, tmp_path, anna):
    (one, (a, b)), (_, (c, d)), (_, (e, f)) = story_of(now, 2), story_of(now, 2), story_of(now, 2)
    later, latest = now + timedelta(days=1), now + timedelta(days=2)
    for pair in ((a, b), (c, d), (e, f)):
        curation.together(*pair, anna, now)
    assert labelled(tmp_path, since=later) == []
    curation.apart(a, c, anna, later)
    assert labelled(tmp_path, since=later) == [{a, b}, {c, d}]
    # What turns a bond of before is a decision of its own time; what it set apart comes along.
    curation.move([f], one, anna, latest)
    assert labelled(tmp_path, since=latest) == [{a, b, f}, {c, d}, {e}]


def test_the_demo_world_stays_out_unless_asked_for(now, tmp_path, anna):
    outlet = factories.outlet(demo=True)
    pair = [factories.article(outlet=outlet, reported_at=now) for _ in range(2)]
    factories.story(pair, demo=True)
    curation.together(pair[0].pk, pair[1].pk, anna, now)
    overriding.set_role(pair[0], Role.ORIGINAL, anna, now)
    assert labelled(tmp_path) == []
    assert labelled(tmp_path, demo=True) == [{pair[0].pk, pair[1].pk}]


def test_a_row_has_the_form_and_names_no_editor(now, tmp_path, anna):
    first = factories.article(text="The ferry ran aground off Holm.", title="Ferry aground", reported_at=now)
    second = factories.article(text="", reported_at=now + timedelta(hours=1), lang="")
    story = factories.story([first, second])
    curation.together(first.pk, second.pk, anna, now)
    decisions.export(tmp_path)
    one, other = rows(tmp_path / decisions.CLUSTERING)
    assert one == {
        "id": f"firsthand-{first.pk}",
        "title": "Ferry aground",
        "text": "The ferry ran aground off Holm.",
        "outlet": first.outlet.name,
        "url": first.url,
        "published": now.isoformat(),
        "lang": "en",
        "cluster": f"story-{story.pk}",
    }
    assert (other["text"], other["lang"]) == ("", "en")
    whole = (tmp_path / decisions.CLUSTERING).read_text()
    assert "anna" not in whole
    assert "she knows both" not in whole


def test_evaluate_reads_both_files(now, tmp_path, anna, capsys):
    story, pks = story_of(now, 3)
    curation.split(story, [pks[2]], anna, now)
    overriding.set_role(contract(), Role.RE_REPORT, anna, now)
    decisions.export(tmp_path)
    assert len(clustering.read(tmp_path / decisions.CLUSTERING)) == 2
    assert provenance.read(tmp_path / decisions.PROVENANCE)[0].role == "re-report"
    call_command("evaluate", "clustering", str(tmp_path / decisions.CLUSTERING))
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])["sets"]["clustering"]
    assert (figures["articles"], figures["gold_stories"]) == (2, 2)
    call_command("evaluate", "provenance", str(tmp_path / decisions.PROVENANCE))
    assert "role_accuracy" in json.loads(capsys.readouterr().out.splitlines()[-1])


def contract(**more) -> Article:
    """A report that credits an outlet and has a source, in a story with one more."""
    said = report(
        1, "Daily Ledger", 0, "Dredging contract void", TEXT, Role.MIXED, [Say(SAID, "Ann Lee")],
        [Cites(POST, "The Meridian Post reported")], **more,
    )  # fmt: skip
    story = traced([said, report(2, "Valley News", 30, "Void", "A contract is void. Nobody said why.")])
    return story.articles.get(outlet__name="Daily Ledger")


def row_of(folder, article):
    decisions.export(folder)
    return next(row for row in rows(folder / decisions.PROVENANCE) if row["id"] == f"firsthand-{article.pk}")


def test_what_was_found_is_written_with_what_an_editor_corrected(now, tmp_path, anna):
    article = contract()
    overriding.set_role(article, Role.ORIGINAL, anna, now)
    found = row_of(tmp_path, article)
    assert found == {
        "id": f"firsthand-{article.pk}",
        "set": "firsthand",
        "title": "Dredging contract void",
        "outlet": "Daily Ledger",
        "text": TEXT,
        "role": "original",
        "wire_agency": None,
        "credits": [{"outlet": POST, "evidence": "The Meridian Post reported", "relation": "reported"}],
        "sources": [{"text": "Ann Lee", "kind": "named"}],
        "note": "by an editor: role; all else as found",
    }
    overriding.set_kind(article, "ann lee", SourceKind.ROLE, anna, now)
    overriding.set_credit(article, POST, Credited(POST, "removed"), anna, now)
    overriding.set_credit(article, "The Gull", Credited("The Gull", "added", Relation.REPORTED), anna, now)
    corrected = row_of(tmp_path, article)
    assert corrected["credits"] == [{"outlet": "The Gull", "evidence": "The Gull", "relation": "reported"}]
    assert corrected["sources"][0] == {"text": "Ann Lee", "kind": "role"}
    assert corrected["note"] == "by an editor: credits, role, sources; all else as found"


def test_every_passage_is_an_exact_piece_of_the_text(now, tmp_path, anna):
    article = contract()
    overriding.set_role(article, Role.MIXED, anna, now)
    start = len("Dredging contract void\n") + TEXT.index("also reported")
    shown = ((start, start + len("also reported")),)
    overriding.set_credit(article, "The Gull", Credited("The Gull", "added", Relation.TOLD, evidence=shown), anna, now)
    found = row_of(tmp_path, article)
    whole = f"{found['title']}\n{found['text']}"
    pieces = [one["evidence"] for one in found["credits"]] + [one["text"] for one in found["sources"]]
    assert "also reported" in pieces
    assert all(piece and piece in whole for piece in pieces)


def test_origins_that_an_editor_called_independent_are_labels(now, tmp_path, anna):
    article = contract()
    pair = list(article.story.articles.values_list("pk", flat=True))
    doubt = doubts.put(Question(Ask.ORIGINS, article.story, articles=pair), now)
    assert rows_of_provenance(tmp_path) == []
    doubts.accept(doubt, anna.user, "", now)
    assert {row["note"] for row in rows_of_provenance(tmp_path)} == {"by an editor: role; all else as found"}
    assert len(rows_of_provenance(tmp_path)) == 2
    assert rows_of_provenance(tmp_path, since=now + timedelta(hours=1)) == []


def rows_of_provenance(folder, **options):
    decisions.export(folder, **options)
    return rows(folder / decisions.PROVENANCE)


def test_what_was_undone_or_not_read_as_it_stands_is_left_out(now, tmp_path, anna):
    article = contract()
    edit = overriding.set_role(article, Role.WIRE, anna, now)
    assert len(rows_of_provenance(tmp_path)) == 1
    Article.objects.filter(pk=article.pk).update(title="Another headline by now")
    assert decisions.export(tmp_path).unread == 1
    Article.objects.filter(pk=article.pk).update(title=article.title)
    undoing.undo(edit, anna, now)
    assert rows_of_provenance(tmp_path) == []
    assert Doubt.objects.count() == 0
    assert Edit.objects.count() == 2


def test_a_long_text_is_cut_at_the_end_of_a_sentence():
    text = "The gull sat on the post and looked at the sea. " * 200
    cut = decidedprovenance.cut(text)
    assert (cut.endswith("sea."), len(cut.split())) == (True, 891)
    assert decidedprovenance.cut("one two. Three.") == "one two. Three."
    endless = "gull " * 2000
    assert decidedprovenance.cut(endless) == endless


def test_the_command_says_what_it_wrote_and_what_it_can_not(now, tmp_path, anna, capsys):
    story, pks = story_of(now, 3)
    curation.split(story, [pks[2]], anna, now)
    folder = tmp_path / "new" / "folder"
    call_command("export_decisions", str(folder), "--since", "2020-01-01")
    assert capsys.readouterr().out == "clustering.jsonl: 2 articles of 2 stories\nprovenance.jsonl: 0 articles\n"
    assert sorted(path.name for path in folder.iterdir()) == ["clustering.jsonl", "provenance.jsonl"]
    with pytest.raises(CommandError, match="not an ISO 8601 time"):
        call_command("export_decisions", str(folder), "--since", "yesterday")
    with pytest.raises(CommandError, match=r"Not a directory|File exists"):
        call_command("export_decisions", str(folder / "clustering.jsonl"))


def test_the_export_costs_a_few_queries(now, tmp_path, anna, django_assert_max_num_queries):
    for _ in range(6):
        story, pks = story_of(now, 3)
        curation.split(story, [pks[2]], anna, now)
    with django_assert_max_num_queries(12):
        decisions.export(tmp_path)
