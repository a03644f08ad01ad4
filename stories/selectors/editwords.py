"""What edits said of stories, reports and outlets, field by field in the words of the page: before, and after.

Only words: which reports went where is selectors.edits'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, pgettext

from stories.models import Act, Article, Closing, Edit, Outlet
from stories.selectors import words

# What is either so or not; of a pin the time does not matter.
_SWITCHES = ("locked", "hidden", "pinned_at")


@dataclass(frozen=True, slots=True)
class Change:
    """A field that an edit changed, in words; `name` is its name in the Edit, `label` what people call it.

    `typed`: its words are an editor's or an outlet's, to be quoted.
    """

    name: str
    label: str
    before: str
    after: str
    typed: bool = False

    @property
    def telling(self) -> bool:
        """Whether it says more than what was done says by itself."""
        return self.name not in _SWITCHES


def changes(edit: Edit, articles: Mapping[int, Article]) -> list[Change]:
    """The fields that an edit changed. `articles` has those of `reports(edit)`, as far as they are there."""
    made = []
    for name in dict.fromkeys([*edit.before, *edit.after]):
        if name in ("about", "closed_at"):
            continue
        before, after = edit.before.get(name), edit.after.get(name)
        label = label_of(name, edit)
        say = _Words(name, edit, articles)
        made.append(Change(name, label, say.of(before), say.of(after), name in ("named", "lead_id")))
    return made


def reports(edit: Edit) -> Iterable[int | None]:
    """The reports that its fields name: leads, and what a credit was led to."""
    for side in (edit.before, edit.after):
        yield side.get("lead_id")
        value = side.get("value")
        if isinstance(value, dict):
            yield value.get("target")


def label_of(name: str, edit: Edit) -> str:
    """What people call a field."""
    if name == "value":
        return {
            Act.ROLE: pgettext("field", "role"),
            Act.SOURCE: pgettext("field", "kind of the source"),
            Act.CREDIT: pgettext("field", "credit"),
        }.get(Act(acted(edit)), "")
    return {
        "locked": pgettext("field", "locked"),
        "hidden": pgettext("field", "hidden"),
        "pinned_at": pgettext("field", "pinned"),
        "named": pgettext("field", "title"),
        "lead_id": pgettext("field", "lead"),
        "closing": pgettext("field", "open or closed"),
        "url": pgettext("field", "address"),
        "name": pgettext("field", "name"),
        "aliases": pgettext("field", "aliases"),
        "ambiguous_aliases": pgettext("field", "names that others go by too"),
        "domains": pgettext("field", "domains"),
        "owner_group": pgettext("field", "owner group"),
        "kind": pgettext("field", "kind"),
        "country": pgettext("field", "country"),
        "homepage": pgettext("field", "homepage"),
        "lang": pgettext("field", "language"),
    }.get(name, name)


def acted(edit: Edit) -> str:
    """What an edit did; of an undo what that took back."""
    return edit.undoes.act if edit.undoes is not None else edit.act


@dataclass(frozen=True, slots=True)
class _Words:
    """The values of one field of an edit, in words."""

    name: str
    edit: Edit
    articles: Mapping[int, Article]

    def of(self, value: Any) -> str:
        """A value as the page says it."""
        if self.name in _SWITCHES:
            return pgettext("values", "yes") if value else pgettext("values", "no")
        say: dict[str, Callable[[Any], str]] = {
            "named": self._title,
            "lead_id": self._lead,
            "closing": self._closing,
            "value": self._said,
        }
        return say.get(self.name, self._plain)(value)

    def _title(self, value: str) -> str:
        return value or gettext("none by an editor: the headline that stands for the story")

    def _closing(self, value: str) -> str:
        return str(dict(Closing.choices).get(value or "", value))

    def _plain(self, value: Any) -> str:
        """A field of an outlet, or an address."""
        if self.name == "kind":
            value = dict(Outlet.Kind.choices).get(value, "")
        elif isinstance(value, list):
            value = ", ".join(str(one) for one in value)
        return str(value) if value not in (None, "") else pgettext("values", "none")

    def _lead(self, value: int | None) -> str:
        if value is None:
            return gettext("none by an editor: the report that tracing takes")
        article = self.articles.get(value)
        return f"{article.outlet.name}: {article.title}" if article else gettext("a report that is no more")

    def _said(self, value: Mapping[str, Any] | None) -> str:
        """What was said of an article against what was found."""
        if not value:
            return gettext("as it is found")
        if "role" in value:
            return words.word(value["role"], "Role")
        if "kind" in value:
            return words.word(value["kind"], "SourceKind")
        return self._credited(value)

    def _credited(self, value: Mapping[str, Any]) -> str:
        if value.get("how") == "removed":
            return gettext("no credit")
        target = self.articles.get(value.get("target") or 0)
        if target is not None:
            return gettext("goes back to “%(headline)s”") % {"headline": target.title}
        if value.get("how") == "added":
            relation = words.word(value.get("relation", ""), "Relation")
            return gettext("credited: %(relation)s") % {"relation": relation}
        return gettext("goes back to a report that we don’t have")
