"""The form in which an editor sets right what was found of an article: one field for each thing that was found.

Each field comes back with what it had shown, so that only what the editor changed is said; what somebody else changed
meanwhile is not said again by a form that never touched it. Whether it makes sense, services say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from stories.models import Act, Correction
from stories.nlp.findings import CREDITING, Relation, Role, SourceKind, Span
from stories.nlp.lineage import EdgeKind
from stories.nlp.shelf import named
from stories.selectors.corrigible import Corrigible, CreditLine, SourceLine, Target
from stories.selectors.words import word
from stories.services import overriding
from stories.services.overriding import Credited, Word

# What a credit can be set to besides a report's number: as found, none, to no report of ours, to where tracing finds
# it, as an editor said before.
FOUND, NONE, AWAY, TRACED, STAYS = "", "none", "away", "traced", "stays"
NOTE, NAME, PASSAGE = 2000, 300, 1000
Choices = Sequence[tuple[str, Any]]


class Text(forms.CharField):
    """A text without NUL bytes, which PostgreSQL can't keep."""

    def to_python(self, value: Any) -> str:
        """The text, stripped."""
        return super().to_python(value.replace("\x00", "") if isinstance(value, str) else value) or ""


class CorrectionForm(forms.Form):
    """All that can be said of one article. `shown` is what there is to be set right, as it is now."""

    outlet = Text(
        label=gettext_lazy("Outlet"),
        required=False,
        max_length=NAME,
        widget=forms.TextInput(attrs={"list": "outlets", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "By its name or one of its other names; one that we don’t know is kept as you write it."
        ),
    )
    passage = Text(
        label=gettext_lazy("The passage that shows it, if there is one"),
        required=False,
        max_length=PASSAGE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Word for word from the article."),
    )
    note = Text(
        label=gettext_lazy("Note, if you like: why"),
        required=False,
        max_length=NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = Text(required=False, max_length=1000, widget=forms.HiddenInput)

    def __init__(self, shown: Corrigible, data: Mapping[str, Any] | None = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.shown = shown
        self._choose("role", gettext("Role"), _roles(shown), _of(shown.role.word, "role"))
        for source in shown.sources:
            label = gettext("Kind of source: %(name)s") % {"name": source.name}
            self._choose(f"kind-{source.slot}", label, _kinds(source), _of(source.word, "kind"))
        for credit in shown.credits:
            self._choose(f"credit-{credit.slot}", _label(credit), _ways(credit), _way(credit))
            if credit.is_credit:
                label = gettext("How it credits %(outlet)s") % {"outlet": credit.outlet}
                self._choose(f"relation-{credit.slot}", label, _relations(credit), _of(credit.word, "relation"))
        self._choose("added_relation", gettext("How it credits it"), _relations(None), Relation.REPORTED.value)
        self._choose("added_target", gettext("The report that it goes to"), _goals(shown.targets), FOUND)

    def _choose(self, name: str, label: str, choices: Choices, initial: str) -> None:
        self.fields[name] = forms.ChoiceField(
            label=label, choices=choices, initial=initial, required=False, show_hidden_initial=True
        )

    def clean(self) -> dict[str, Any]:
        """What is added must say which outlet, and quote the article word for word."""
        given = super().clean() or self.cleaned_data
        outlet, passage = given.get("outlet", ""), given.get("passage", "")
        if not outlet and (passage or given.get("added_target")):
            self.add_error("outlet", gettext("Say which outlet it credits."))
        if outlet and any(named(line.outlet) == named(self.name_of(outlet)) for line in self.shown.credits):
            self.add_error("outlet", gettext("This outlet is in the list already: set it right there."))
        if outlet and named(self.name_of(outlet)) == named(self.shown.article.outlet.name):
            self.add_error("outlet", gettext("It is the article’s own outlet."))
        if passage and place(self.shown.whole, passage) is None:
            wrong = gettext("This is not in the article as it stands: copy a passage from it word for word.")
            self.add_error("passage", wrong)
        return given

    def name_of(self, outlet: str) -> str:
        """An outlet's canonical name, by that or one of its others; what is no outlet's stays as it was typed."""
        return self.shown.known.get(named(outlet), outlet)

    def said(self) -> dict[tuple[Act, str], Word]:
        """What the editor changed of what was shown, as services.overriding takes it; nothing that stands already."""
        given, changed = self.cleaned_data, set(self.changed_data)
        words: dict[tuple[Act, str], Word] = {}
        if "role" in changed:
            words[Act.ROLE, ""] = Role(given["role"]) if given["role"] else None
        for source in self.shown.sources:
            if f"kind-{source.slot}" in changed:
                kind = given[f"kind-{source.slot}"]
                words[Act.SOURCE, source.key] = SourceKind(kind) if kind else None
        for credit in self.shown.credits:
            fields = f"credit-{credit.slot}", f"relation-{credit.slot}"
            if changed.intersection(fields):
                words[Act.CREDIT, credit.outlet] = _credited(credit, *(given.get(name, "") for name in fields))
        if given["outlet"]:
            words[Act.CREDIT, self.name_of(given["outlet"])] = self._added(given)
        return {key: said for key, said in words.items() if not self._stands(key, said)}

    def values(self) -> dict[tuple[str, str], Mapping[str, object] | None]:
        """The same as Overrides would keep it, for what comes of it."""
        kept = {Act.ROLE: Correction.ROLE, Act.SOURCE: Correction.SOURCE, Act.CREDIT: Correction.CREDIT}
        whole = self.shown.whole
        return {(kept[act], about): overriding.value_of(said, whole) for (act, about), said in self.said().items()}

    def renewed(self, shown: Corrigible, token: str) -> CorrectionForm:
        """The form over what is there by now: what the editor changed stays changed, the rest is as it has become."""
        fresh = CorrectionForm(shown)
        data: dict[str, Any] = {"seen": token}
        for name, field in fresh.fields.items():
            if name == "seen":
                continue
            now = field.initial or ""
            typed = name in self.changed_data or not field.show_hidden_initial
            data[name] = self.data.get(name, "") if typed and name in self.fields else now
            data[f"initial-{name}"] = now
        return CorrectionForm(shown, data)

    def _added(self, given: Mapping[str, Any]) -> Credited:
        span = place(self.shown.whole, given["passage"]) if given["passage"] else None
        return Credited(
            self.name_of(given["outlet"]),
            "added",
            Relation(given["added_relation"] or Relation.REPORTED),
            int(given["added_target"]) if given["added_target"] else None,
            (span,) if span else (),
        )

    def _stands(self, key: tuple[Act, str], said: Word) -> bool:
        act, about = key
        what = {Act.ROLE: Correction.ROLE, Act.SOURCE: Correction.SOURCE}.get(act, Correction.CREDIT)
        standing = next(
            (
                one.value
                for one in self.shown.said
                if (one.article, one.what, one.about) == (self.shown.article.pk, what, about)
            ),
            None,
        )
        return overriding.value_of(said, self.shown.whole) == standing


def place(whole: str, passage: str) -> Span | None:
    """Where a passage stands word for word, however its lines are broken; None where it doesn't."""
    words = passage.split()
    if not words:
        return None
    found = re.search(r"\s+".join(map(re.escape, words)), whole)
    return found.span() if found else None


def _of(said: Any, name: str) -> str:
    """What an editor said, by its name in what is kept; "" of nothing."""
    return str(said.value.get(name) or "") if said else ""


def _found(words: str) -> str:
    return gettext("as found: %(found)s") % {"found": words}


def _roles(shown: Corrigible) -> Choices:
    found = _found(word(shown.role.found))
    return [(FOUND, found), *((role.value, word(role)) for role in Role)]


def _kinds(source: SourceLine) -> Choices:
    found = _found(word(source.found)) if source.found else gettext("say nothing of it")
    return [(FOUND, found), *((kind.value, word(kind)) for kind in SourceKind)]


def _relations(credit: CreditLine | None) -> Choices:
    said = [(one.value, RELATIONS[one]()) for one in CREDITING]
    edge = credit.found if credit else None
    if credit is None or (edge is None and credit.now is not None):
        return said
    return [(FOUND, _found(RELATIONS[edge.relation]()) if edge and edge.relation else gettext("as found")), *said]


def _label(credit: CreditLine) -> str:
    return gettext("Where the credit goes: %(outlet)s") % {"outlet": credit.outlet or gettext("another story’s report")}


def _ways(credit: CreditLine) -> Choices:
    """Where a credit can go; of one that an editor added also that it is no more."""
    if credit.found is None:
        first = _unfound(credit)
    else:
        away = gettext("%(outlet)s, no report of ours") % {"outlet": credit.outlet}
        goes_to = credit.goes_to or (away if credit.outlet else gettext("another story’s report"))
        none = gettext("no copy") if credit.found.kind is EdgeKind.COPIES else gettext("no credit at all")
        first = [(FOUND, _found(goes_to)), (NONE, none), (AWAY, gettext("to none of our reports"))]
    if credit.away:
        elsewhere = gettext("%(report)s (in another story now)") % {"report": credit.away.label}
        first = [*first, (str(credit.away.pk), elsewhere)]
    if credit.found is not None and credit.found.kind is EdgeKind.SHARES:
        return first[:2]
    return [*first, *_goals_of(credit.own, credit.others, credit.outlet)]


def _unfound(credit: CreditLine) -> list[tuple[str, Any]]:
    """The first choices of a credit that only an editor speaks of."""
    how = credit.word.value.get("how") if credit.word else ""
    if how == "added":
        return [
            (FOUND, gettext("no credit: take back what was added")),
            (TRACED, gettext("the earliest of its reports")),
        ]
    said = gettext("it is none, should it be found again") if how == "removed" else gettext("as it was said")
    return [(FOUND, gettext("say nothing of it")), (STAYS, said)]


def _goals(targets: Sequence[Target]) -> Choices:
    return [(FOUND, gettext("the earliest of its reports that was out by then")), *_options(targets)]


def _goals_of(own: Sequence[Target], others: Sequence[Target], outlet: str) -> list[tuple[str, Any]]:
    groups: list[tuple[str, Any]] = []
    if own:
        groups.append((gettext("To a report of %(outlet)s") % {"outlet": outlet}, _options(own)))
    if others:
        groups.append((gettext("To another report of the story"), _options(others)))
    return groups


def _options(targets: Iterable[Target]) -> list[tuple[str, str]]:
    return [(str(one.pk), one.label) for one in targets]


def _way(credit: CreditLine) -> str:
    """What an editor said of where a credit goes, as the form has it."""
    if credit.word is None:
        return FOUND
    how, target = credit.word.value.get("how"), credit.word.value.get("target")
    if credit.found is None and how != "added":
        return STAYS
    if target is not None:
        return str(target)
    return {"removed": NONE, "retargeted": AWAY}.get(str(how), FOUND if credit.found else TRACED)


def _credited(credit: CreditLine, way: str, relation: str) -> Credited | None:
    """What an editor says of a credit, by what was chosen for it."""
    how_so = Relation(relation) if relation else None
    if way == NONE:
        return Credited(credit.outlet, "removed")
    if way == AWAY:
        return Credited(credit.outlet, "retargeted", how_so)
    if way == FOUND and (credit.found is None or how_so is None):
        return None
    if way in (FOUND, TRACED) or credit.found is None:
        # What an editor had quoted stays, where it stands now.
        kept = credit.now.evidence if credit.now and credit.now.decided and credit.word else ()
        quoted = kept if credit.word and credit.word.value.get("words") else ()
        target = int(way) if way.isdigit() else None
        return Credited(credit.outlet, "added", how_so or Relation.REPORTED, target, quoted)
    return Credited(credit.outlet, "retargeted", how_so, int(way))


RELATIONS = {
    Relation.REPORTED: lambda: gettext("they reported it"),
    Relation.TOLD: lambda: gettext("it was said to them"),
    Relation.POLL: lambda: gettext("their poll"),
}
