"""The kinds of questions of the review queue in a word, and what an answer to one did in a sentence."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_lazy

from stories.models import Ask, Doubt

# What a question is of, in a word or two.
KINDS = {
    Ask.MERGE: gettext_lazy("Merge"),
    Ask.SPLIT: gettext_lazy("Split"),
    Ask.MOVE: gettext_lazy("Move"),
    Ask.MEMBER: gettext_lazy("Doubtful report"),
    Ask.READER: gettext_lazy("Reader’s word"),
    Ask.ORIGINS: gettext_lazy("Odd origins"),
    Ask.OUTLET: gettext_lazy("Unknown outlet"),
}
_SAID = {
    (Ask.MERGE, True): gettext_lazy("Merged: “%(other)s” is now part of “%(story)s”."),
    (Ask.MERGE, False): gettext_lazy("“%(story)s” and “%(other)s” stay two stories."),
    (Ask.SPLIT, True): gettext_lazy("Split off from “%(story)s”."),
    (Ask.SPLIT, False): gettext_lazy("The reports stay together in “%(story)s”."),
    (Ask.MOVE, True): gettext_lazy("Moved from “%(story)s” to “%(other)s”."),
    (Ask.MOVE, False): gettext_lazy("It stays in “%(story)s”."),
    (Ask.MEMBER, True): gettext_lazy("It belongs to “%(story)s” and stays there."),
    (Ask.MEMBER, False): gettext_lazy("Taken out of “%(story)s”."),
    (Ask.READER, True): gettext_lazy("The readers were right: taken out of “%(story)s”."),
    (Ask.READER, False): gettext_lazy("It stays in “%(story)s”, whatever readers say."),
    (Ask.ORIGINS, True): gettext_lazy("They reported on their own: “%(story)s” keeps these origins."),
    (Ask.ORIGINS, False): gettext_lazy("The later report counts as a re-report: “%(story)s” has an origin less."),
    (Ask.OUTLET, True): gettext_lazy("“%(name)s” is an outlet from now on."),
    (Ask.OUTLET, False): gettext_lazy("“%(name)s” is no outlet, and is not proposed again."),
}


def said(doubt: Doubt, yes: bool) -> str:
    """What was done of what was asked, or why not."""
    if doubt.act == Ask.READER and not doubt.articles:
        return gettext("What readers say of “%(story)s” is answered.") % {"story": doubt.story}
    name = doubt.proposal.name if doubt.proposal else _quoted(doubt)
    return _SAID[Ask(doubt.act), yes] % {"story": doubt.story, "other": doubt.other, "name": name}


def _quoted(doubt: Doubt) -> str:
    """The name that was asked about, where its proposal is gone since it is an outlet: the first reason quotes it."""
    return next(iter(doubt.reasons), "").partition("“")[2].partition("”")[0] or "?"
