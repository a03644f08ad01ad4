"""Any run of acts and undos equals, at each step, what the edits that stand would have made by themselves.

The model (tests.steps.replayed) knows nothing of the services: it lays the edits that were not undone over the first
state, one after the other, by what each says that it did.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from stories.models import GROUPING, Act, Article, Edit, Story
from stories.nlp.findings import Role
from stories.services import bonds, curation, marking, overriding, undoing
from stories.services.acts import By, Refused
from tests import factories
from tests.steps.curating import consistent, story_of
from tests.steps.replayed import State

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
SURE = By.grouping(0.97, ["5 shared names"])
numbers = st.integers(min_value=0, max_value=40)


class Desk(RuleBasedStateMachine):
    """Editors and the program at work on a few stories."""

    @initialize()
    def begin(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        for count in (3, 2, 3, 1):
            story_of(NOW, count)
        self.editors = [By.person(factories.editor()) for _ in range(2)]
        self.first = State.real()

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def by(self, number: int) -> By:
        return [*self.editors, SURE][number % 3]

    def editor(self, number: int) -> By:
        return self.editors[number % 2]

    def story(self, number: int) -> Story:
        rows = list(Story.objects.filter(merged_into=None).order_by("pk"))
        return rows[number % len(rows)]

    def some(self, story: Story, dice: list[int]) -> list[int]:
        inside = list(story.articles.order_by("pk").values_list("pk", flat=True))
        return sorted({inside[number % len(inside)] for number in dice}) if inside else []

    @rule(one=numbers, other=numbers, who=numbers)
    def merge(self, one: int, other: int, who: int) -> None:
        with suppress(Refused):
            curation.merge(self.story(one), self.story(other), self.by(who), NOW)

    @rule(one=numbers, dice=st.lists(numbers, max_size=3), who=numbers)
    def split(self, one: int, dice: list[int], who: int) -> None:
        story = self.story(one)
        with suppress(Refused):
            curation.split(story, self.some(story, dice), self.by(who), NOW)

    @rule(one=numbers, dice=st.lists(numbers, max_size=2), who=numbers)
    def remove(self, one: int, dice: list[int], who: int) -> None:
        with suppress(Refused):
            curation.remove(self.some(self.story(one), dice), self.editor(who), NOW)

    @rule(one=numbers, other=numbers, dice=st.lists(numbers, max_size=2), who=numbers)
    def move(self, one: int, other: int, dice: list[int], who: int) -> None:
        with suppress(Refused):
            curation.move(self.some(self.story(one), dice), self.story(other), self.by(who), NOW)

    @rule(dice=st.tuples(numbers, numbers), who=numbers, together=st.booleans())
    def bind(self, dice: tuple[int, int], who: int, together: bool) -> None:
        articles = sorted(self.first.where)
        a, b = (articles[number % len(articles)] for number in dice)
        with suppress(Refused):
            (curation.together if together else curation.apart)(a, b, self.editor(who), NOW)

    @rule(one=numbers, who=numbers, what=st.sampled_from(["lock", "unlock", "hide", "show", "close", "reopen"]))
    def mark(self, one: int, who: int, what: str) -> None:
        with suppress(Refused):
            getattr(marking, what)(self.story(one), self.editor(who), NOW)

    @rule(one=numbers, who=numbers, title=st.sampled_from(["", "Ferry aground", "Minister resigns"]))
    def rename(self, one: int, who: int, title: str) -> None:
        with suppress(Refused):
            marking.rename(self.story(one), title, self.editor(who), NOW)

    @rule(one=numbers, who=numbers, dice=numbers)
    def lead(self, one: int, who: int, dice: int) -> None:
        story = self.story(one)
        with suppress(Refused):
            marking.choose_lead(story, next(iter(self.some(story, [dice])), None), self.editor(who), NOW)

    @rule(dice=numbers, who=numbers, role=st.sampled_from([None, Role.ORIGINAL, Role.RE_REPORT]))
    def role(self, dice: int, who: int, role: Role | None) -> None:
        articles = sorted(self.first.where)
        with suppress(Refused):
            overriding.set_role(Article(pk=articles[dice % len(articles)]), role, self.editor(who), NOW)

    @precondition(lambda self: Edit.objects.standing().exists())
    @rule(dice=numbers, who=numbers)
    def undo(self, dice: int, who: int) -> None:
        self.take_back(list(Edit.objects.standing().order_by("pk")), dice, who)

    @precondition(lambda self: Edit.objects.standing().exists())
    @rule(dice=numbers, who=numbers)
    def undo_an_old_one(self, dice: int, who: int) -> None:
        self.take_back(list(Edit.objects.standing().order_by("pk")[:3]), dice, who)

    @precondition(lambda self: Edit.objects.filter(act=Act.UNDO).exists())
    @rule(dice=numbers, who=numbers)
    def undo_again(self, dice: int, who: int) -> None:
        self.take_back(list(Edit.objects.filter(undone_by__isnull=False).order_by("pk")), dice, who)

    def take_back(self, edits: list[Edit], dice: int, who: int) -> None:
        edit = edits[dice % len(edits)]
        standing = Edit.objects.standing().filter(pk=edit.pk).exists()
        in_the_way = undoing.obstacles(edit)
        try:
            undoing.undo(edit, self.editor(who), NOW)
        except Refused as refused:
            assert in_the_way or not standing, refused.reason
            assert not standing or refused.edits == tuple(in_the_way)
        else:
            assert standing
            assert not in_the_way

    @invariant()
    def nothing_contradicts_itself(self) -> None:
        if not hasattr(self, "first"):
            return
        assert consistent()
        stories = {story.pk: story for story in Story.objects.all()}
        members: dict[int, set[int]] = {pk: set() for pk in stories}
        for article, story in Article.objects.values_list("pk", "story"):
            members[story].add(article)
        for story in stories.values():
            assert story.article_count == len(members[story.pk])
            assert story.merged_into_id is None or not members[story.pk]
            assert story.merged_into_id is None or stories[story.merged_into_id].merged_into_id is None

    @invariant()
    def it_is_as_the_standing_edits_would_have_made_it(self) -> None:
        if not hasattr(self, "first"):
            return
        state = self.first.replayed()
        real = State.real()
        assert real.where == state.where
        assert real.roles == state.roles
        founded = real.leads.keys() - state.leads.keys()
        assert {pk: real.leads[pk] for pk in state.leads} == state.leads
        # What only edits that were undone had founded leads on to a story that is there.
        assert all(real.leads[pk] is not None or not real_members(pk) for pk in founded)
        assert {key: value for key, value in real.said.items() if key in state.said} == state.said

    @invariant()
    def every_address_answers(self) -> None:
        if not hasattr(self, "first"):
            return
        leads = State.real().leads
        for pk in leads:
            end = leads[pk] if leads[pk] is not None else pk
            assert leads[end] is None

    @invariant()
    def the_program_heeds_what_stands(self) -> None:
        if not hasattr(self, "first"):
            return
        where = dict(Article.objects.values_list("pk", "story"))
        for edit in Edit.objects.standing().exclude(by=GROUPING).filter(act__in=(Act.SPLIT, Act.REMOVE)):
            # What a later edit brought together again, or took away from there, it has the last word on.
            if undoing.obstacles(edit):
                continue
            moved = [article for article, *_ in edit.moves]
            # Kept apart from those that stayed when they left; what came to the story since is another matter.
            then = self.first.replayed(before=edit.pk).where
            stayed = [pk for pk, story in then.items() if story == edit.story_id and pk not in moved]
            rest = [article for article in stayed if where[article] == edit.story_id]
            apart = {where[article] for article in moved if where[article] != edit.story_id}
            if rest and apart:
                held = bonds.load([*moved, *rest])
                assert held.apart(moved, rest)


def real_members(pk: int) -> bool:
    return Article.objects.filter(story=pk).exists()


@pytest.mark.timeout(900)
def test_any_run_of_acts_and_undos_equals_the_edits_that_stand(db):
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        ),
    )
