"""The old address of the review queue, and the number of open questions in the navigation."""

from __future__ import annotations

import pytest

from stories.models import DoubtState
from tests import factories
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
QUEUE = "/admin/stories/doubt/queue/"


def merge(**kw):
    return factories.doubt(factories.story(), other=factories.story(), **kw)


def test_the_old_address_leads_editors_to_the_desk(client, reader_client, editor_client):
    assert client.get("/doubts/").url == "/accounts/login/?next=/doubts/"
    assert reader_client.get("/doubts/").status_code == 403
    assert editor_client.get("/doubts/").url == QUEUE
    assert editor_client.get("/doubts/?show=decided").url == f"{QUEUE}decided/"
    assert editor_client.get("/doubts/", follow=True).status_code == 200
    assert editor_client.post("/doubts/").status_code == 405


def test_the_number_of_open_questions_stands_in_the_editors_navigation(client, reader_client, editor_client, page):
    assert "open question" not in page(editor_client, "/outlets/")
    merge()
    merge(state=DoubtState.DISMISSED, decided_at=MORNING)
    assert '<b class="count">1<span class="unseen"> open question</span></b>' in page(editor_client, "/outlets/")
    merge()
    text = page(editor_client, "/quality/")
    assert '<b class="count">2<span class="unseen"> open questions</span></b>' in text
    assert f'href="{QUEUE}"' in text
    for other in (client, reader_client):
        assert QUEUE not in page(other, "/outlets/")


def test_nothing_waits(editor_client, page):
    assert "Nothing waits for you" in page(editor_client, QUEUE)
