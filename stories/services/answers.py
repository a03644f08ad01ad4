"""What an editor's answer to a question does, by the kind of question. Each answer is an act of theirs, if any.

    question    yes                                      no
    MERGE       the stories become one                   their headlines' reports are kept apart
    SPLIT       the reports become a story               they are bound to those that they stay with
    MOVE        they go to the other story               they are bound to those that they stay with
    MEMBER      the report is bound to its story         it is taken out ("not this story")
    READER      the readers are right: it is taken out   it is bound to its story
    ORIGINS     nothing: both stay origins               the later of the two counts as a re-report from now on
    OUTLET      an outlet of this name is made           the name is not proposed again

A reader's word on a story as a whole names nothing to be done: either answer only closes it, and the editor acts at the
desk. Where nothing is left to be undone there is no edit; the question itself says who answered, how and when.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext

from stories.models import Article, Ask, Doubt, Edit, Story
from stories.nlp.findings import Role
from stories.services import curation, membership, overriding, proposals
from stories.services.acts import By, Refused

# Of these an answer may take the articles away: there must be others besides.
_PARTING = (Ask.SPLIT, Ask.MOVE, Ask.MEMBER, Ask.READER)


def stands(doubt: Doubt) -> bool:
    """Whether the stories are still there, with the articles in question, and with others besides."""
    if doubt.act == Ask.OUTLET:
        return doubt.proposal is not None and doubt.proposal.dismissed_at is None
    stories = [story for story in (doubt.story, doubt.other) if story is not None]
    if not stories or any(story.merged_into_id is not None or not story.article_count for story in stories):
        return False
    if not doubt.articles:
        return doubt.act in (Ask.MERGE, Ask.READER)
    members = Article.objects.filter(story=doubt.story)
    inside = members.filter(pk__in=doubt.articles).count()
    return inside == len(doubt.articles) and (doubt.act not in _PARTING or inside < members.count())


def later_of(doubt: Doubt) -> Article | None:
    """Of origins in question the one that "no" makes a re-report: the latest; None where none is there any more."""
    return Article.objects.filter(pk__in=doubt.articles).order_by("-reported_at", "-pk").first()


def yes(doubt: Doubt, by: By, now: datetime) -> Edit | None:
    """Do what was asked; the edit, if the answer leaves one."""
    if doubt.act == Ask.MERGE:
        return curation.merge(_story(doubt), _other(doubt), by, now)
    if doubt.act == Ask.SPLIT:
        return curation.split(_story(doubt), doubt.articles, by, now)
    if doubt.act == Ask.MOVE:
        return curation.move(doubt.articles, _other(doubt), by, now)
    if doubt.act == Ask.MEMBER:
        return _keep(doubt, by, now)
    if doubt.act == Ask.READER and doubt.articles:
        return curation.remove(doubt.articles, by, now)
    if doubt.act == Ask.OUTLET and doubt.proposal is not None:
        proposals.accept([doubt.proposal.name], now)
    return None


def no(doubt: Doubt, by: By, now: datetime) -> Edit | None:
    """Forbid what was asked; the edit, if the answer leaves one."""
    if doubt.act == Ask.MERGE:
        return _part(doubt, by, now)
    if doubt.act in (Ask.SPLIT, Ask.MOVE) or (doubt.act == Ask.READER and doubt.articles):
        return _keep(doubt, by, now)
    if doubt.act == Ask.MEMBER:
        return curation.remove(doubt.articles, by, now)
    if doubt.act == Ask.ORIGINS and (later := later_of(doubt)) is not None:
        return overriding.set_role(later, Role.RE_REPORT, by, now)
    if doubt.act == Ask.OUTLET and doubt.proposal is not None:
        proposals.dismiss([doubt.proposal.name], now)
    return None


def _part(doubt: Doubt, by: By, now: datetime) -> Edit:
    """Keep two stories apart, by the articles that stand for them."""
    held = membership.hold([_story(doubt), _other(doubt)])
    face, other = held.face(_story(doubt)), held.face(_other(doubt))
    if face is None or other is None:
        raise Refused(gettext("The stories have no reports left."))
    return curation.apart(face, other, by, now)


def _keep(doubt: Doubt, by: By, now: datetime) -> Edit:
    """Bind the articles to what they stay with."""
    face = membership.hold([_story(doubt)]).face(_story(doubt), without=doubt.articles)
    if face is None:
        raise Refused(gettext("The stories have no reports left."))
    return curation.bind(doubt.articles, face, by, now)


def _story(doubt: Doubt) -> Story:
    if doubt.story is None:
        raise Refused(gettext("The story of this question is gone."))
    return doubt.story


def _other(doubt: Doubt) -> Story:
    if doubt.other is None:
        raise Refused(gettext("The other story of this question is gone."))
    return doubt.other
