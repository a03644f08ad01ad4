"""A story's history at the desk, an editor's own, and the readers' list: every act in a sentence, whoever did it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from stories.models import Act, Edit
from stories.nlp.findings import Relation, Role, SourceKind
from stories.selectors import histories
from stories.services import bringing, curation, footprints, marking, outletedits, overriding, proposals, undoing
from stories.services.acts import By
from stories.services.overriding import Credited
from tests import factories
from tests.steps.curating import SURE, story_of

pytestmark = pytest.mark.django_db


def history(story):
    return reverse("admin:stories_story_history", args=[story.pk])


def every_act(ada, now):
    """A story to which each act was done once; the edits by what they did."""
    by = By.person(ada, "because")
    (story, rows), (other, theirs) = story_of(now, 6), story_of(now, 2, title="The other one")
    article = story.articles.get(pk=rows[0])
    done = {Act.MERGE: curation.merge(story, other, by, now)}
    done[Act.SPLIT] = curation.split(story, rows[4:5], by, now)
    done[Act.MOVE] = curation.move([rows[3]], done[Act.SPLIT].other, by, now)
    done[Act.REMOVE] = curation.remove([theirs[0], theirs[1]], by, now)
    done[Act.ADD] = bringing.bring(story, "https://isles-gazette.example/dredging", by, now)
    done[Act.TOGETHER] = curation.together(rows[0], rows[1], by, now)
    done[Act.APART] = curation.apart(rows[0], rows[4], by, now)
    for act, do in (
        (Act.LOCK, marking.lock), (Act.UNLOCK, marking.unlock), (Act.PIN, marking.pin), (Act.UNPIN, marking.unpin),
        (Act.HIDE, marking.hide), (Act.SHOW, marking.show), (Act.CLOSE, marking.close), (Act.REOPEN, marking.reopen),
        (Act.RELEASE, marking.release),
    ):  # fmt: skip
        done[act] = do(story, by, now)
    done[Act.RENAME] = marking.rename(story, "Dredging: the row", by, now)
    done[Act.LEAD] = marking.choose_lead(story, rows[1], by, now)
    done[Act.ROLE] = overriding.set_role(article, Role.WIRE, by, now)
    done[Act.SOURCE] = overriding.set_kind(article, "aide", SourceKind.ANONYMOUS, by, now)
    done[Act.CREDIT] = overriding.set_credit(article, "The Post", Credited("The Post", "added", Relation.TOLD), by, now)
    done[Act.OUTLET] = outletedits.change(article.outlet, {"owner_group": "Meridian"}, by, now)
    return story, done


SENTENCES = {
    Act.MERGE: "Merged <a",
    Act.SPLIT: "Split 1 report off this story, into <a",
    Act.MOVE: "Moved 1 report from this story to <a",
    Act.REMOVE: "Took 2 reports out of this story, each as a story of its own",
    Act.ADD: "Added a report to this story",
    Act.TOGETHER: "Kept reports of this story together",
    Act.APART: "Kept reports of this story apart from reports of <a",
    Act.LOCK: "Locked this story",
    Act.UNLOCK: "Unlocked this story",
    Act.PIN: "Pinned this story",
    Act.UNPIN: "Unpinned this story",
    Act.HIDE: "Hid this story from readers",
    Act.SHOW: "Let readers see this story again",
    Act.CLOSE: "Closed this story",
    Act.REOPEN: "Opened this story again",
    Act.RELEASE: "Let this story close by itself again",
    Act.RENAME: "Gave this story the title “Dredging: the row”",
    Act.LEAD: "Chose the report that stands for this story",
    Act.ROLE: "Set the role of <a",
    Act.SOURCE: "Set the kind of the source “aide”",
    Act.CREDIT: "credits The Post",
    Act.OUTLET: "Corrected the outlet <a",
}


def test_every_act_is_told_in_a_sentence(desk, ada, now, page):
    story, done = every_act(ada, now)
    assert set(done) == set(Act) - {Act.UNDO}
    text = page(desk, history(story))
    for act, edit in done.items():
        line = text[text.index(f'id="e{edit.pk}"') :].partition("</li>\n")[0].partition('<li class="line')[0]
        assert SENTENCES[act] in line, act
        assert "<b>Ada Quill</b>" in line
        assert "“because”" in line
    assert "owner group" in text
    assert '<span class="then">none</span>' in text
    assert "Meridian" in text
    readers = page(desk, story.get_absolute_url())
    assert all(words in readers for act, words in SENTENCES.items() if act != Act.OUTLET and " <a" not in words)


def test_an_undo_of_every_act_is_told(desk, ada, now, page, monkeypatch):
    monkeypatch.setattr(histories, "PAGE", 60)
    story, done = every_act(ada, now)
    by = By.person(ada)
    for edit in sorted(done.values(), key=lambda one: -one.pk):
        undoing.undo(edit, by, now)
    text = page(desk, history(story))
    for noun in ("merge", "split", "move", "removal", "addition", "lock", "pin", "hiding", "renaming", "closing"):
        assert f"Undid the {noun} of" in text
    assert "Undid the correction of a role of" in text
    assert "Undid the decision of" not in text
    assert text.count("<s>") == len(done)


def test_what_was_done_to_merged_stories_reports_and_outlets_belongs_to_it(desk, ada, now, page):
    by = By.person(ada)
    (story, _rows), (gone, theirs), (far, _) = story_of(now, 2), story_of(now, 1), story_of(now, 1)
    before = marking.rename(gone, "Its own title", by, now)
    curation.merge(story, gone, by, now)
    article = story.articles.get(pk=theirs[0])
    role = overriding.set_role(article, Role.ORIGINAL, by, now)
    outlet = outletedits.change(article.outlet, {"name": "The New Name"}, by, now)
    homepage = outletedits.change(article.outlet, {"homepage": "https://new.example/"}, by, now)
    late = now + proposals.READ_ANEW + timedelta(days=3)
    too_late = outletedits.change(article.outlet, {"owner_group": "Late"}, by, late)
    elsewhere = marking.lock(far, by, now)
    text = page(desk, history(story))
    assert all(f'id="e{edit.pk}"' in text for edit in (before, role, outlet))
    assert not any(f'id="e{edit.pk}"' in text for edit in (homepage, too_late, elsewhere))
    assert histories.TOUCHED_FOR == proposals.READ_ANEW


def test_a_report_takes_its_corrections_along(desk, ada, now, page):
    by = By.person(ada)
    (story, rows), (to, _) = story_of(now, 2), story_of(now, 1)
    role = overriding.set_role(story.articles.get(pk=rows[0]), Role.WIRE, by, now)
    curation.move([rows[0]], to, by, now)
    assert f'id="e{role.pk}"' in page(desk, history(to))
    assert f'id="e{role.pk}"' in page(desk, history(story))


def test_each_story_that_a_removal_founded_knows_of_it(desk, ada, now, page):
    _story, rows = story_of(now, 4)
    edit = curation.remove(rows[1:3], By.person(ada), now)
    for _article, _before, founded in edit.moves:
        assert f'id="e{edit.pk}"' in page(desk, reverse("admin:stories_story_history", args=[founded]))


def test_what_stands_on_an_edit_is_named_with_its_links(desk, ada, now, page):
    (story, _), (other, _), (third, _) = story_of(now, 2), story_of(now, 1), story_of(now, 1)
    by = By.person(ada)
    first, second = curation.merge(story, other, by, now), curation.merge(third, story, SURE, now)
    text = page(desk, history(story))
    line = text[text.index(f'id="e{first.pk}"') :]
    assert "a later edit stands on it" in line
    assert reverse("admin:stories_edit_line", args=[second.pk]) in line
    assert "How it can be undone …" in line
    assert "Undo …" in text[text.index(f'id="e{second.pk}"') : text.index(f'id="e{first.pk}"')]


def test_it_is_narrowed_by_editor_and_act(desk, ada, now, page):
    story, rows = story_of(now, 3)
    ben = factories.editor(first_name="Ben")
    lock = marking.lock(story, By.person(ada), now)
    title = marking.rename(story, "Ben’s", By.person(ben), now)
    undo = undoing.undo(lock, By.person(ada), now)
    split = curation.split(story, rows[2:], SURE, now)

    def shown(**query):
        text = page(desk, history(story) + "?" + "&".join(f"{name}={value}" for name, value in query.items()))
        return {edit.pk for edit in (lock, title, split, undo) if f'id="e{edit.pk}"' in text}

    assert shown(by=ada.pk) == {lock.pk, undo.pk}
    assert shown(by=ben.pk) == {title.pk}
    assert shown(by="grouping") == {split.pk}
    assert shown(act="lock") == {lock.pk}
    assert shown(by=ben.pk, act="lock") == set()
    assert shown(act="nonsense", by="99999999999999999999999") == set()
    assert shown(act="nonsense") == shown()
    assert "4 edits, 1 of them undone" in page(desk, history(story))


def test_reports_that_grouping_placed_are_folded_in_by_the_hour(desk, ada, now, page):
    rows = [
        factories.article(title=f"Report {n}", first_seen_at=now + timedelta(hours=n // 2, minutes=5 * n), lang="en")
        for n in range(8)
    ]
    story = factories.story(rows)
    edit = curation.split(story, [rows[7].pk], By.person(ada), now + timedelta(hours=9))
    text = page(desk, history(story) + "?joined=1")
    assert text.count("joined by grouping, from") == 4
    assert "Report 7" in text[text.index(f'id="e{edit.pk}"') :], "it came by itself, and left by the edit"
    assert text.index(f'id="e{edit.pk}"') < text.index("joined by grouping, from")
    assert "joined by grouping, from" not in page(desk, history(story))
    other = page(desk, history(edit.other) + "?joined=1")
    assert "joined by grouping, from" not in other, "it was brought there by the edit"


def test_a_long_history_comes_in_pages_and_each_edit_has_an_address(desk, ada, now, page, monkeypatch):
    monkeypatch.setattr(histories, "PAGE", 3)
    story, _ = story_of(now, 1)
    by = By.person(ada)
    edits = [marking.rename(story, f"Title {n}", by, now + timedelta(minutes=n)) for n in range(7)]
    seen, address = [], history(story)
    while address:
        response = desk.get(address)
        seen += [line.entry.told.edit.pk for line in response.context["lines"]]
        older = response.context["history"].older
        address = f"{history(story)}?before={older}" if older else ""
    assert seen == [edit.pk for edit in reversed(edits)]
    response = desk.get(reverse("admin:stories_edit_line", args=[edits[2].pk]))
    assert response.url.endswith(f"#e{edits[2].pk}")
    text = page(desk, response.url.partition("#")[0])
    assert f'id="e{edits[2].pk}"' in text
    assert f'id="e{edits[3].pk}"' not in text
    assert "Back to the latest" in text
    assert f'id="e{edits[6].pk}"' in page(desk, history(story) + "?before=no.cursor"), (
        "what is no cursor counts as none"
    )
    assert "Nothing of this kind, or nothing older." in page(desk, history(story) + "?before=0.0")


def test_an_outlets_edit_has_an_address_too(desk, ada, now):
    edit = outletedits.change(factories.outlet(), {"name": "Another"}, By.person(ada), now)
    response = desk.get(reverse("admin:stories_edit_line", args=[edit.pk]))
    assert response.url == reverse("admin:stories_edit_change", args=[edit.pk])


def test_a_story_without_edits_says_so(desk, now, page):
    story, _ = story_of(now, 2)
    assert "No edit yet" in page(desk, history(story))
    assert "joined by grouping" in page(desk, history(story) + "?joined=1")
    assert desk.get(reverse("admin:stories_story_history", args=[story.pk + 99])).status_code == 404


def test_a_merged_story_says_where_its_history_goes_on(desk, ada, now, page):
    (story, _), (gone, _) = story_of(now, 2, title="Kept"), story_of(now, 1)
    curation.merge(story, gone, By.person(ada), now)
    text = page(desk, history(gone))
    assert f'its address leads to <a href="{history(story)}">Kept</a>' in text


def test_an_editors_own_history_is_theirs_and_an_admins(client, ada, now, page):
    story, _ = story_of(now, 2)
    marking.lock(story, By.person(ada), now)
    marking.pin(story, By.person(ada), now)
    marking.rename(story, "By somebody else", By.person(factories.editor()), now)
    address = reverse("admin:stories_edit_by", args=[ada.pk])
    assert client.get(address).status_code == 302
    client.force_login(factories.user())
    assert client.get(address).status_code == 302
    client.force_login(factories.editor())
    assert client.get(address).status_code == 403
    assert client.get(reverse("admin:stories_edit_by", args=[999_999])).status_code == 403
    client.force_login(ada)
    text = page(client, address)
    assert "What I did" in text
    assert "2 edits; the latest" in text
    assert "Gave " not in text
    assert "lock" in page(client, address + "?act=lock")
    assert len(client.get(address + "?act=lock").context["lines"]) == 1
    client.force_login(factories.editor(is_superuser=True))
    assert "What an editor did" in page(client, address)
    assert client.get(reverse("admin:stories_edit_by", args=[999_999])).status_code == 404


@pytest.mark.parametrize("name", ["history", "diff"])
def test_only_editors_look(client, now, name):
    story, _ = story_of(now, 1)
    address = reverse(f"admin:stories_story_{name}", args=[story.pk])
    assert client.get(address).status_code == 302
    client.force_login(factories.user())
    assert client.get(address).status_code == 302
    client.force_login(factories.editor())
    assert client.get(address).status_code == 200
    assert client.post(address).status_code in (200, 405)


def test_queries_do_not_grow(desk, ada, now, django_assert_max_num_queries):
    by = By.person(ada)
    story, rows = story_of(now, 40)
    for n in range(12):
        other, _ = story_of(now, 2)
        curation.merge(story, other, by, now)
        curation.remove(rows[n * 2 : n * 2 + 2], by, now)
        overriding.set_role(story.articles.first(), list(Role)[n % 4], by, now)
    desk.get(history(story))
    with django_assert_max_num_queries(17):
        assert desk.get(history(story) + "?joined=1").status_code == 200
    with django_assert_max_num_queries(12):
        assert desk.get(reverse("admin:stories_edit_by", args=[ada.pk])).status_code == 200
    with django_assert_max_num_queries(12):
        assert desk.get("/edits/").status_code == 200


def test_readers_are_not_shown_titles_of_hidden_stories(client, ada, now, page):
    by = By.person(ada)
    rows = [factories.article(title=f"Secret headline {n}") for n in range(3)]
    story = factories.story(rows, title="Secret title")
    gone = factories.story([factories.article(title="Secret as well")], title="Secret merged title")
    curation.merge(story, gone, by, now)
    marking.rename(story, "Secret name", by, now)
    marking.choose_lead(story, rows[1].pk, by, now)
    overriding.set_role(rows[0], Role.WIRE, by, now)
    marking.hide(story, by, now)
    text = page(client, "/edits/")
    assert "Secret" not in text
    assert "a story that an editor has hidden" in text
    client.force_login(ada)
    assert "Secret merged title" in page(client, "/edits/")


def test_the_list_for_readers_bears_what_has_no_story(client, ada, now, page):
    by = By.person(ada)
    edit = outletedits.change(factories.outlet(name="The Isles Gazette"), {"aliases": ["the Gazette"]}, by, now)
    undoing.undo(edit, by, now)
    Edit.objects.create(act=Act.ROLE, by="Ada Quill", before={"about": "", "value": None}, after={}, at=now)
    text = page(client, "/edits/")
    assert 'Corrected the outlet <a href="' in text
    assert "The Isles Gazette</a>: aliases" in text
    assert "Undid the correction of an outlet" in text
    assert "a report that is no more" in text


def test_all_at_once_says_the_same_as_one_by_one(ada, now):
    _story, done = every_act(ada, now)
    edits = list(done.values())
    found = footprints.standing_on(edits)
    for edit in edits:
        assert found[edit.pk] == undoing.obstacles(edit)
