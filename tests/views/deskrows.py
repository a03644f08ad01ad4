"""A row of every table at the desk, each in a state in which the desk's actions on it do something."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model
from django.utils import timezone

from stories.models import (
    Alert,
    Article,
    Attempt,
    Bond,
    Channel,
    Constraint,
    Correction,
    Delivery,
    Examined,
    FeedEntry,
    Fetch,
    Happening,
    Host,
    Notice,
    Objection,
    Override,
    PollResult,
    Proposal,
    Push,
    Recent,
    Stage,
    Story,
    StoryProvenance,
    Subscription,
    Team,
    TeamMember,
    TermCount,
    User,
)
from stories.nlp.lineage import HappeningKind
from stories.services import curation, invitations, tokens
from stories.services.acts import By
from tests import factories
from tests.factories import MORNING
from tests.views import cited
from tests.views.people import admin, person

Rows = dict[type[Model], Model]


def every_row(editor: User) -> Rows:
    """The rows by their model; the edit is `editor`'s."""
    rows: list[Model] = [*_news(editor), *_people(editor), *_polling()]
    story = next(row for row in rows if isinstance(row, Story))
    rows += _told(story, next(row for row in rows if isinstance(row, User)))
    rows.append(LogEntry.objects.log_actions(editor.pk, [story], CHANGE, "x", single_object=True))
    return {type(row): row for row in rows}


def _news(editor: User) -> list[Any]:
    """What was reported, found, grouped and decided. The article has failed."""
    article, second, third = cited.article(), factories.article(), factories.article()
    story, other = factories.story([article, second, third], title="Ferry aground"), factories.story()
    edit = curation.split(story, [third.pk], By.person(editor, "two ferries"), timezone.now())
    doubt = factories.doubt(story, other=other)
    common = {"story": story, "at": MORNING}
    Article.objects.filter(pk=article.pk).update(stage=Stage.FAILED, failed_stage=Stage.READ, failure="x")
    return [
        *(article, article.version, story, article.outlet, edit, doubt, factories.link(story, other)),
        *(Examined.objects.get(article=article), article.attributions.first(), article.credits.first()),
        Constraint.objects.filter(edit=edit, bond=Bond.APART).first(),
        Override.objects.create(article=article, what=Correction.ROLE, value={"role": "wire"}, edit=edit),
        Objection.objects.create(**common, sender="x", doubt=doubt),
        StoryProvenance.objects.create(**common, revision=1, least=1, most=2, traced={}),
        Happening.objects.create(**common, kind=HappeningKind.DENIED, key="x", article=article, noted_at=MORNING),
        Proposal.objects.create(name="Coast Wire", article=article, evidence=[0, 3], first_seen_at=MORNING),
        Recent.objects.create(article=article, story=story, lang="en", reported_at=MORNING),
        TermCount.objects.create(lang="en", term="ferry", articles=2),
    ]


def _people(editor: User) -> list[Any]:
    """Whoever uses it; of the team the owner's account is closed, the invitation is open."""
    now, boss, reader = timezone.now(), admin("boss@isles.example"), person("reader@isles.example")
    closed = factories.user(is_active=False)
    team = Team.objects.create(name="Night desk")
    TeamMember.objects.create(team=team, user=closed, role="owner")
    TeamMember.objects.create(team=team, user=reader)
    return [
        *(reader, team, invitations.invite("new@isles.example", boss, now)[0], tokens.make(reader, "program")[0]),
        EmailAddress.objects.get(user=reader),
        Authenticator.objects.create(user=reader, type="totp", data={}),
        UserSession.objects.create(user=reader, ip="192.0.2.7", session_key="key", user_agent="Firefox"),
        SocialAccount.objects.create(user=reader, provider="sso", uid="x"),
    ]


def _polling() -> list[Any]:
    """A feed, and what is remembered of polling it; its host rests."""
    later = timezone.now() + timedelta(hours=1)
    feed = factories.feed()
    subscription = Subscription.objects.create(feed=feed, hub="https://hub.example/", topic=feed.url, token="t")
    return [
        *(feed, subscription, Host.objects.create(name="outlet.example", rest_until=later)),
        Fetch.objects.create(feed=feed, at=MORNING, result=PollResult.NEW),
        Push.objects.create(subscription=subscription, received_at=MORNING, body=b"x"),
        FeedEntry.objects.create(feed=feed, guid="x", article=factories.article(), first_seen_at=MORNING),
    ]


def _told(story: Story, user: User) -> list[Any]:
    """What somebody is told, and how it goes out."""
    times = {"at": MORNING, "noted_at": MORNING, "tell_at": MORNING}
    alert = Alert.objects.create(user=user, story=story, at=MORNING)
    channel = Channel.objects.create(user=user, kind="email", name="Mail", address=user.email, created_at=MORNING)
    delivery = Delivery.objects.create(alert=alert, channel=channel, queued_at=MORNING, due_at=MORNING)
    return [
        *(alert, channel, delivery, Notice.objects.create(story=story, wake="denied", key="x", **times)),
        Attempt.objects.create(channel=channel, delivery=delivery, at=MORNING, ok=True),
    ]
