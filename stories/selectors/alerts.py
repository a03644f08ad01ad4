"""What people were told, as the pages, the private feeds and the ways out tell it. Tells nobody itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext

from stories.models import Alert, AlertPart, Delivery, Follow, FollowKind, Notice, Story, User, Wake
from stories.nlp.lineage import HappeningKind
from stories.selectors import columns, excerpts
from stories.selectors.evidence import evidence
from stories.selectors.extracts import ANY_TIME, absolute, extract, pairs


@dataclass(frozen=True, slots=True)
class PartRecord:
    """One notice in an alert. `said` is what changed, a sentence in the language that is active; `words` the passage.

    `link` is the absolute address of the passage's page (or of the story's), `at_outlet` the report's address at its
    outlet, "" for none. `follow` is the follow that it was told for, None where that is gone; `why` says it in words.
    `stands` is False of what a later look no longer bears out.
    """

    wake: Wake
    said: str
    words: str
    headline: str
    outlet: str
    lang: str
    link: str
    at_outlet: str
    at: datetime
    why: str
    follow: int | None
    stands: bool = True

    @property
    def place(self) -> str:
        """What its link leads to, in the language that is active: a merge or a split has no passage."""
        if self.words:
            return gettext("The passage")
        return gettext("The story") if self.wake in (Wake.MERGED, Wake.SPLIT) else gettext("What it rests on")


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """An alert with its story as it is now (a merged one as the story that it leads to), its parts and deliveries."""

    pk: int
    at: datetime
    story: Story
    parts: Sequence[PartRecord]
    deliveries: Sequence[Delivery]


def of_user(user: User) -> QuerySet[Alert]:
    """A person's alerts, the newest first."""
    return Alert.objects.filter(user=user).order_by("-at", "-pk")


def records(alerts: Sequence[Alert]) -> list[AlertRecord]:
    """The alerts, in their order, with all that is told of them. Four queries for any number, one more for merges."""
    pks = [alert.pk for alert in alerts]
    stories = _stories({alert.story_id for alert in alerts})
    parts: dict[int, list[PartRecord]] = defaultdict(list)
    related = AlertPart.objects.filter(alert__in=pks).select_related(
        "notice__article__outlet", "notice__other", "notice__happening", "follow__team"
    )
    heavy = [
        *columns.of_article("notice__article__"),
        *columns.of_story("notice__other__"),
        "follow__vector",
    ]
    for part in related.defer(*heavy).order_by("pk"):
        parts[part.alert_id].append(_part(part))
    deliveries: dict[int, list[Delivery]] = defaultdict(list)
    sent = Delivery.objects.filter(alert__in=pks).select_related("channel").defer("channel__sealed")
    for delivery in sent.order_by("pk"):
        deliveries[delivery.alert_id].append(delivery)
    return [
        AlertRecord(alert.pk, alert.at, stories[alert.story_id], parts[alert.pk], deliveries[alert.pk])
        for alert in alerts
    ]


def passages(story: Story, notices: Sequence[Notice]) -> Iterable[tuple[Notice, tuple[str, str]]]:
    """For each notice the words that show it and the absolute address of their place, as things are now.

    Of a happening the sentences that it rests on, else how the report begins. At most four queries.
    """
    shown = evidence({one.happening.article_id for one in notices if one.happening}, story, ANY_TIME)
    begins = excerpts.of_articles({one.article_id for one in notices if one.article_id is not None})
    for notice in notices:
        if notice.happening is not None:
            happening = notice.happening
            found = extract(shown, happening.article_id, pairs(happening.evidence))
            yield notice, (found.words or begins.get(happening.article_id, ""), found.page)
        elif notice.article is not None:
            yield notice, (begins.get(notice.article.pk, ""), absolute(notice.article.get_absolute_url()))
        else:
            yield notice, ("", absolute(story.get_absolute_url()))


def _stories(pks: set[int]) -> dict[int, Story]:
    """The stories with these numbers, each as the one that its address leads to by now."""
    rows = Story.objects.filter(pk__in=pks).select_related("merged_into").defer(*columns.of_story())
    return {row.pk: row.merged_into or row for row in rows.defer(*columns.of_story("merged_into__"))}


def _part(part: AlertPart) -> PartRecord:
    notice, article = part.notice, part.notice.article
    return PartRecord(
        wake=Wake(notice.wake),
        said=said(notice),
        words=notice.passage,
        headline=article.title if article else "",
        outlet=article.outlet.name if article else "",
        lang=article.lang if article else "",
        link=notice.passage_url,
        at_outlet=article.url if article else "",
        at=notice.at,
        why=why(part.why, part.follow),
        follow=part.follow_id,
        stands=notice.happening is None or notice.happening.stands,
    )


def said(notice: Notice) -> str:
    """What a notice tells, a sentence in the active language. Needs its article's outlet, `other` and `happening`."""
    article = notice.article
    told = {
        "outlet": article.outlet.name if article else "",
        "headline": article.title if article else "",
        "note": notice.note,
        "other": notice.other.title if notice.other else "",
    }
    if notice.wake in _COUNTED:
        return _counted(notice)
    if notice.wake == Wake.CORRECTED and notice.happening and notice.happening.kind == HappeningKind.RETRACTED:
        return gettext("%(outlet)s has retracted its report.") % told
    if not notice.note and notice.wake in _OF_NOBODY:
        return _OF_NOBODY[Wake(notice.wake)]() % told
    return _SAID[Wake(notice.wake)]() % told


# Called when the sentence is asked for, in the language of whoever asks.
_SAID = {
    Wake.CONFIRMED: lambda: gettext("First independent confirmation: %(note)s has the news from sources of its own."),
    Wake.DENIED: lambda: gettext("A denial, told by %(outlet)s: %(note)s."),
    Wake.CORRECTED: lambda: gettext("%(outlet)s has corrected its report."),
    Wake.HEADLINE: lambda: gettext("%(outlet)s has changed its headline. Before, it was: “%(note)s”"),
    Wake.ON_RECORD: lambda: gettext("The first source with a name: %(note)s, told by %(outlet)s."),
    Wake.ORIGIN: lambda: gettext("Another origin: %(note)s."),
    Wake.MERGED: lambda: gettext("Another story was merged into this one: “%(other)s”."),
    Wake.SPLIT: lambda: gettext("Some of its reports are a story of their own now: “%(other)s”."),
    Wake.STORY: lambda: gettext("A new story, first reported by %(outlet)s."),
    Wake.ARTICLE: lambda: gettext("A new report by %(outlet)s."),
}
# Where nobody knows the name.
_OF_NOBODY = {
    Wake.CONFIRMED: lambda: gettext("First independent confirmation, by %(outlet)s."),
    Wake.DENIED: lambda: gettext("A denial, told by %(outlet)s."),
    Wake.ON_RECORD: lambda: gettext("The first source with a name, told by %(outlet)s."),
    Wake.ORIGIN: lambda: gettext("Another origin, told by %(outlet)s."),
}
_COUNTED = (Wake.DROPPED, Wake.REACHED, Wake.SILENCE)


def _counted(notice: Notice) -> str:
    outlet = notice.article.outlet.name if notice.article else ""
    count = int(notice.note or 0) if notice.wake == Wake.SILENCE else notice.step or 0
    if notice.wake == Wake.DROPPED:
        sentence = ngettext(
            "%(count)d outlet tells it without saying whose report it is.",
            "%(count)d outlets tell it without saying whose report it is.",
            count,
        )
    elif notice.wake == Wake.REACHED:
        sentence = ngettext("%(count)d outlet carries the story.", "%(count)d outlets carry the story.", count)
    else:
        sentence = ngettext(
            "%(outlet)s reports again, after %(count)d hour without a report.",
            "%(outlet)s reports again, after %(count)d hours without a report.",
            count,
        )
    return sentence % {"count": count, "outlet": outlet}


def why(label: str, follow: Follow | None) -> str:
    """Why a person was told, by the label that services.alerting keeps ("outlet:The Courier"); its team is named."""
    kind, _, name = label.partition(":")
    told = {"name": name, "team": follow.team.name if follow and follow.team else ""}
    sentence = _FOR_TEAM if told["team"] else _FOR
    return sentence.get(kind, sentence[FollowKind.STORY])() % told


_FOR = {
    FollowKind.STORY.value: lambda: gettext("You follow this story."),
    FollowKind.OUTLET.value: lambda: gettext("You follow %(name)s."),
    FollowKind.NAME.value: lambda: gettext("You follow %(name)s, who is named in it."),
    FollowKind.SEARCH.value: lambda: gettext("It is found by your search: %(name)s"),
    FollowKind.LIKE.value: lambda: gettext("You follow stories like “%(name)s”."),
}
_FOR_TEAM = {
    FollowKind.STORY.value: lambda: gettext("%(team)s follows this story."),
    FollowKind.OUTLET.value: lambda: gettext("%(team)s follows %(name)s."),
    FollowKind.NAME.value: lambda: gettext("%(team)s follows %(name)s, who is named in it."),
    FollowKind.SEARCH.value: lambda: gettext("It is found by a search of %(team)s: %(name)s"),
    FollowKind.LIKE.value: lambda: gettext("%(team)s follows stories like “%(name)s”."),
}
