"""An invented article and what is found in it, for the tests of the article page; spans are told by their words."""

from __future__ import annotations

from typing import Any

from stories.models import Article
from stories.nlp.findings import (
    Attribution,
    Credit,
    Findings,
    Form,
    Relation,
    Role,
    Sourced,
    SourceKind,
    Span,
    Stance,
)
from stories.selectors import documents
from tests import factories

TITLE = "Harbour office knew of the cracked lock gate, papers show"
TEXT = (
    "The harbour office knew in May that a lock gate was cracked, The Tern Gazette reported.\n"
    "Two people familiar with the survey told the Gazette that the crack had grown since spring.\n"
    "They asked not to be named because they were not authorised to speak.\n"
    "Ada Quill, the harbour master, denied that anybody was in danger. “The gate holds,” she said.\n"
    "The gate reportedly cost 4 million.\n"
    "Lockworks did not respond to a request for comment.\n"
    "A survey of May, seen by Coast Wire, says that the gate should be closed.\n"
)
WHOLE = f"{TITLE}\n{TEXT}"


def span(words: str, whole: str = WHOLE) -> Span:
    """Where some words stand, the first time."""
    start = whole.index(words)
    return start, start + len(words)


def said(source: str, cue: str, content: str, kind: SourceKind, name: str, **kw: Any) -> Sourced:
    """A source's statement; `source` and `content` are "" where there is none."""
    who, what = ((span(words),) if words else () for words in (source, content))
    return Sourced(Attribution(span(cue), who, what, Form.INDIRECT), kind, name, f"{kind}:{name.lower()}", **kw)


def findings(**kw: Any) -> Findings:
    """What is to be found in the article; whatever is given goes before that."""
    gazette = "The Tern Gazette"
    first, later = span("The Tern Gazette reported"), span("told the Gazette")
    people, ada = "Two people familiar with the survey", "Ada Quill"
    found: dict[str, Any] = {
        "role": Role.RE_REPORT,
        "why": (("Its first sentences credit the main news to The Tern Gazette.", first),),
        "sourced": (
            said(gazette, "reported", "", SourceKind.OUTLET, gazette),
            said(people, "told", "that the crack had grown", SourceKind.ANONYMOUS, people, via=gazette,
                 reason=span("not authorised to speak")),
            said(ada, "denied", "that anybody was in danger", SourceKind.NAMED, ada, stance=Stance.DENIES),
            said("she", "said.", "“The gate holds,”", SourceKind.NAMED, ada, hedge=span("reportedly")),
            said("Lockworks", "did not respond", "", SourceKind.ORGANISATION, "Lockworks", stance=Stance.NO_ANSWER),
            said("A survey of May", "says", "that the gate should be closed", SourceKind.DOCUMENT, "A survey of May"),
        ),
        "credits": (
            Credit("Coast Wire", Relation.POLL, span("seen by Coast Wire"), main=False, known=False),
            Credit(gazette, Relation.REPORTED, first, main=True),
            Credit(gazette, Relation.TOLD, later, main=True),
        ),
        "own": (2, 3, 5),
        "hedges": (span("reportedly"),),
        "denials": (span("denied"),),
        "no_answers": (span("did not respond"),),
    }  # fmt: skip
    return Findings(**{**found, **kw})


def article(found: Findings | None = None, **kw: Any) -> Article:
    """The article, examined, at an outlet of its own."""
    kw.setdefault("outlet", factories.outlet(name="Valley News"))
    row = factories.article(title=TITLE, text=TEXT, **kw)
    assert documents.document(row).whole == WHOLE
    factories.examined(row, found or findings())
    return row
