"""Unknown outlets that are another name of one we know: said at the desk, with a way back."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from stories.models import Edit, Proposal
from tests import factories

pytestmark = pytest.mark.django_db
WHERE = "/admin/stories/proposal/alias/"


@pytest.fixture
def names():
    return [
        Proposal.objects.create(name=name, evidence=[0, 3], articles=n + 1, first_seen_at=timezone.now())
        for n, name in enumerate(("MP Daily", "Meridian <b>"))
    ]


@pytest.fixture
def post():
    return factories.outlet(name="The Meridian Post", slug="post", aliases=["the Post"])


def test_names_become_aliases_of_the_outlet_that_is_named(editor_client, names, post):
    listing = reverse("admin:stories_proposal_changelist")
    chosen = [name.pk for name in names]
    asked = editor_client.post(listing, {"action": "are_aliases", "_selected_action": chosen})
    text = asked.content.decode()
    assert "MP Daily" in text
    assert "Meridian &lt;b&gt;" in text
    data = {"names": asked.context["form"]["names"].value(), "outlet": "the meridian post", "note": "seen on paper"}
    done = editor_client.post(WHERE, data, follow=True)
    said = " ".join(str(message) for message in done.context["messages"])
    post.refresh_from_db()
    assert set(post.aliases) == {"the Post", "MP Daily", "Meridian <b>"}
    edit = Edit.objects.get()
    assert edit.note == "seen on paper"
    assert reverse("admin:stories_edit_undo", args=[edit.pk]) in said
    assert not Proposal.objects.filter(dismissed_at=None).exists()
    assert LogEntry.objects.filter(change_message="Another name of The Meridian Post.").count() == 2


def test_what_can_not_be_is_said_at_the_field(editor_client, names, post):
    factories.outlet(name="Coast Wire", aliases=["MP Daily"])
    numbers = str(names[0].pk)
    for outlet, words, status in (
        ("", "Name an outlet.", 422),
        ("nobody", "No outlet", 422),
        ("post", "Coast Wire", 409),
    ):
        response = editor_client.post(WHERE, {"names": numbers, "outlet": outlet, "note": "kept"})
        assert response.status_code == status
        text = response.content.decode()
        assert words in text
        assert "kept</textarea>" in text
    assert not Edit.objects.exists()


def test_a_name_that_is_gone_or_nonsense_does_nothing(editor_client, post):
    assert editor_client.post(WHERE, {"names": "999", "outlet": "post"}).status_code == 302
    assert editor_client.post(WHERE, {"names": "x", "outlet": "post"}).status_code == 422
    assert editor_client.get(f"{WHERE}?names=x,99999999999999999999999").status_code == 200
    assert not Edit.objects.exists()


def test_readers_say_nothing(client, reader_client, names, post):
    for one in (client, reader_client):
        assert one.get(WHERE).status_code == 302
        assert one.post(WHERE, {"names": str(names[0].pk), "outlet": "post"}).status_code == 302
    post.refresh_from_db()
    assert post.aliases == ["the Post"]
