"""The demo world goes without a trace, whatever was decided about its stories meanwhile."""

from __future__ import annotations

import pytest

from stories.models import Article, Edit, Outlet, Story
from stories.services import curation, demo, undoing
from tests import factories

pytestmark = pytest.mark.django_db


def test_merged_and_undone_stories_go_with_the_demo_world(now):
    outlet = factories.outlet(demo=True)
    kept, gone, third = (factories.story([factories.article(outlet=outlet)], demo=True) for _ in range(3))
    editor = factories.editor()
    by = curation.By.person(editor)
    undoing.undo(curation.merge(kept, third, by, now), by, now)
    curation.merge(Story.objects.get(pk=kept.pk), Story.objects.get(pk=gone.pk), by, now)
    real = factories.story()
    demo.remove()
    assert not Outlet.objects.filter(demo=True).exists()
    assert not Edit.objects.exists()
    assert list(Story.objects.all()) == [real]
    assert Article.objects.count() == 1
