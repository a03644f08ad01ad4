"""What an editor says of an article against what was found: its role, the kind of a source, whom it credits.

Each is an Override, kept by what it is about and not by where it was found, so that it holds whatever is found when the
article is read again; tracing obeys it (selectors.overrides), and so does what lists and searches look into. The
story is traced again at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from stories.models import Act, Article, Correction, Edit, Override
from stories.nlp.findings import Relation, Role, SourceKind, Spans
from stories.selectors import documents
from stories.services import examining, footprints, membership
from stories.services.acts import By, Did, Refused, must_be_person, note

ACTS = (Act.ROLE, Act.SOURCE, Act.CREDIT)
_WHAT: Mapping[Act, Correction] = {
    Act.ROLE: Correction.ROLE,
    Act.SOURCE: Correction.SOURCE,
    Act.CREDIT: Correction.CREDIT,
}
_ABOUT = 300


@dataclass(frozen=True, slots=True)
class Credited:
    """What an editor says of a credit: that it is one, that it is none, or to which report it goes.

    `how` is "added" (it is one, in this relation, whether or not it was found), "removed" or "retargeted". `target` is
    the report that is credited; None where it is not among ours, or, of an added one, where tracing is to find it.
    `relation` None leaves it as it was found. `evidence` are passages of the article as it stands.
    """

    outlet: str
    how: str
    relation: Relation | None = None
    target: int | None = None
    evidence: Spans = ()


# What an editor says, by what it is about; None: as it is found again.
Word = Role | SourceKind | Credited | None


def set_role(article: Article, role: Role | None, by: By, now: datetime) -> Edit:
    """Say what an article is in its story; None leaves it to what is found again."""
    return _say(Act.ROLE, article, "", role, by, now)


def set_kind(article: Article, source: str, kind: SourceKind | None, by: By, now: datetime) -> Edit:
    """Say of what kind a source of an article is, by the source's key; None leaves it to what is found again."""
    return _say(Act.SOURCE, article, source, kind, by, now)


def set_credit(article: Article, outlet: str, credited: Credited | None, by: By, now: datetime) -> Edit:
    """Say whether and how an article credits an outlet, by its canonical name; None: as it is found again."""
    return _say(Act.CREDIT, article, outlet, credited, by, now)


@transaction.atomic
def correct(article: Article, said: Mapping[tuple[Act, str], Word], by: By, now: datetime) -> list[Edit]:
    """Set several things of an article right at once, each an edit of its own: all of them, or none where one is
    refused. By the act and what it is about, as the acts above take it.
    """
    return [_say(act, article, about, word, by, now) for (act, about), word in said.items()]


def value_of(word: Word, whole: str = "") -> dict[str, Any] | None:
    """What is said, as an Override keeps it; `whole` is the article that a credit's passages are of."""
    if word is None:
        return None
    if isinstance(word, Role):
        return {"role": word.value}
    if isinstance(word, SourceKind):
        return {"kind": word.value}
    value: dict[str, Any] = {
        "how": word.how,
        "relation": word.relation.value if word.relation else None,
        "target": word.target,
        "evidence": [list(span) for span in word.evidence],
    }
    # The words besides, since they are found again when the article is reworded.
    return value | ({"words": [whole[start:end] for start, end in word.evidence]} if word.evidence else {})


@transaction.atomic
def _say(act: Act, article: Article, about: str, word: Word, by: By, now: datetime) -> Edit:
    """Keep what is said, or forget what was said before (None), if that is anything new."""
    must_be_person(by)
    article = _hold(article)
    whole = _checked(article, word) if isinstance(word, Credited) else ""
    value = value_of(word, whole)
    if len(about) > _ABOUT:
        raise Refused(gettext("This name is too long."))
    row = Override.objects.filter(article=article, what=_WHAT[act], about=about).first()
    if (row.value if row else None) == value:
        said = gettext("An editor has said so already.")
        raise Refused(said if value else gettext("No editor has said anything of it."))
    told = _Told(article, _WHAT[act], about, value, row.value if row else None)
    return _write(act, told, by, now)


def take_back(edit: Edit, held: membership.Held, by: By, now: datetime) -> Edit:
    """Say again what was said before an edit."""
    if edit.article_id is None or not Article.objects.filter(pk=edit.article_id).exists():
        raise Refused(gettext("The report is no more."))
    article = _hold(Article(pk=edit.article_id))
    what, about = _WHAT[Act(edit.act)], edit.after["about"]
    told = _Told(article, what, about, edit.before.get("value"), edit.after.get("value"))
    return _write(Act.UNDO, told, by, now, undoes=edit)


def _checked(article: Article, word: Credited) -> str:
    """The article's words, where what is said of a credit can be so; refused where it can't."""
    if word.target == article.pk:
        raise Refused(gettext("A report does not credit itself."))
    if word.target is not None and not Article.objects.filter(pk=word.target).exists():
        raise Refused(gettext("The report that it is to go to is no more."))
    row = Article.objects.select_related("outlet", "version").get(pk=article.pk)
    whole = documents.document(row).whole
    if any(not 0 <= start < end <= len(whole) for start, end in word.evidence):
        raise Refused(gettext("The passage is not in the article: it may have been changed since."))
    return whole


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of an article from now on, and what was before; None is nothing."""

    article: Article
    what: Correction
    about: str
    value: dict[str, Any] | None
    was: dict[str, Any] | None


def _write(act: Act, told: _Told, by: By, now: datetime, undoes: Edit | None = None) -> Edit:
    article, what, about, value = told.article, told.what, told.about, told.value
    story = article.story
    edit = note(
        act,
        Did(
            story=story,
            article=article,
            before={"about": about, "value": told.was},
            after={"about": about, "value": value},
            changed={footprints.override(article.pk, what, about)},
            undoes=undoes,
        ),
        by,
        now,
    )
    if value is None:
        Override.objects.filter(article=article, what=what, about=about).delete()
    else:
        Override.objects.update_or_create(
            article=article, what=what, about=about, defaults={"value": value, "edit": edit}
        )
    examining.index_anew(article)
    if story is not None:
        membership.refresh(story, now)
    return edit


def _hold(article: Article) -> Article:
    """The article's row as it is now, with its story; both held in the order in which all acts hold them."""
    story = Article.objects.select_related("story").get(pk=article.pk).story
    if story is None:
        return Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    held = membership.hold([story])
    row = Article.objects.get(pk=article.pk)
    if row.story_id != story.pk:
        raise Refused(gettext("The report has just been moved to another story: look again."))
    row.story = held.stories[story.pk]
    return row
