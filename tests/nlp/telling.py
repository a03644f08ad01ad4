"""A builder of invented reports for the tests of quotes, wording and headlines: attributions by their words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from stories.nlp.findings import Attribution, Findings, Form, Role, Sourced, SourceKind, Span, Stance
from stories.nlp.lineage import Report

NINE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def at(whole: str, words: str, start: int = 0) -> Span:
    """Where words stand."""
    place = whole.index(words, start)
    return place, place + len(words)


def says(
    source: str,
    cue: str,
    *content: str,
    name: str = "",
    form: Form = Form.DIRECT,
    kind: SourceKind = SourceKind.NAMED,
    via: str = "",
) -> tuple[str, str, tuple[str, ...], str, Form, SourceKind, str]:
    """An attribution, by the words of its source, its cue (looked for beside the source) and its contents."""
    return source, cue, content, name or source, form, kind, via


def told(
    article: int, outlet: str, text: str, *sayings: tuple, title: str = "Ferry aground off Holm", **more
) -> Report:
    """A report so many minutes after nine as its number says, with these attributions."""
    whole = f"{title}\n{text}"
    sourced = []
    for source, cue, content, name, form, kind, via in sayings:
        pieces = tuple(at(whole, words) for words in content)
        spoken = at(whole, source, 0)
        near = [place for place in range(len(whole)) if whole.startswith(cue, place)]
        verb = min(near, key=lambda place: abs(place - spoken[0]))
        attribution = Attribution((verb, verb + len(cue)), (spoken,), pieces, form)
        key = f"{kind.value}:{name.casefold()}"
        sourced.append(Sourced(attribution, kind, name, key, Stance.SAYS, via))
    loaded = tuple(at(whole, word) for word in more.pop("loaded", ()))
    findings = Findings(Role.ORIGINAL, sourced=tuple(sourced), loaded=loaded)
    given = {"findings": findings, "has_text": bool(text), **more}
    return Report(article, outlet, NINE + timedelta(minutes=article), title, whole, **given)


def shown(report: Report, *spans: Span) -> list[str]:
    """The words of spans."""
    return [report.whole[start:end] for start, end in spans]
