"""What editors do on the public pages and that leaves no Edit stands in the log of the desk, with who did it."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.urls import reverse

from stories.models import Article, Stage
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    editor = factories.editor()
    client.force_login(editor)
    return editor


def lines():
    rows = LogEntry.objects.order_by("pk").values_list("user", "action_flag", "object_repr", "change_message")
    return list(rows)


def test_acts_on_feeds_are_written_down(client, editor):
    feed = factories.feed(title="Coast Wire, all news")
    client.post(reverse("feed_poll", args=[feed.pk]))
    client.post(reverse("feed_active", args=[feed.pk]), {"active": "0"})
    client.post(reverse("feed_active", args=[feed.pk]), {"active": "1"})
    client.post(reverse("feeds_poll"), {"show": "all", "q": "", "take_up": ""})
    client.post(reverse("feed_remove", args=[feed.pk]))
    name = "Coast Wire, all news"
    assert lines() == [
        (editor.pk, CHANGE, name, "Made due at once."),
        (editor.pk, CHANGE, name, "Paused."),
        (editor.pk, CHANGE, name, "Taken up again."),
        (editor.pk, CHANGE, "1 feeds", "Made due at once."),
        (editor.pk, DELETION, name, "Feed removed; its articles stay."),
    ]


def test_what_comes_in_by_a_list_is_written_down(client, editor):
    client.post(reverse("load_known"))
    ((user, flag, told, words),) = lines()
    assert (user, flag, words) == (editor.pk, ADDITION, "Loaded from the list of well-known outlets.")
    assert told.endswith(" feeds")


def test_an_article_that_is_tried_again_is_written_down(client, editor):
    article = factories.article(title="Ferry aground", text="The ferry ran aground.")
    client.post(reverse("article_retry", args=[article.pk]))
    assert lines() == []  # there was nothing to try again
    Article.objects.filter(pk=article.pk).update(stage=Stage.FAILED, failed_stage=Stage.READ)
    client.post(reverse("article_retry", args=[article.pk]))
    assert lines() == [(editor.pk, CHANGE, "Ferry aground", "Tried again.")]


def test_readers_write_nothing(client):
    client.force_login(factories.user())
    assert client.post(reverse("feed_poll", args=[factories.feed().pk])).status_code == 403
    assert lines() == []
