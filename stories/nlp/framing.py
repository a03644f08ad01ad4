"""How the reports of a story differ: START HERE; each step is told in the module that it is taken from.

units       the sentences of all reports, each wording once
neighbours  which of them are near enough to be compared
alignment   whether two sentences say the same, partly, the contrary, or something else
claims      which statements the reports share, and what each of them has of each
conflicts   where they contradict each other
quotes      the same words of one speaker in different reports: whole, trimmed, paraphrased
own         what only one outlet has
wording     loaded words, verbs of saying, names for the same actor
headlines   what stands out in each headline

A pure function of the story's reports: run twice, it says the same. It saves nothing, judges nobody and adds nothing
up to a score. Cost: some 20 ms an article in a story of 60, growing a little faster than the number of articles.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from stories.nlp.claims import Speakers, aligned, claims, stars
from stories.nlp.comparison import Comparison
from stories.nlp.conflicts import conflicts
from stories.nlp.headlines import headlines
from stories.nlp.lineage import Provenance, Report
from stories.nlp.own import own
from stories.nlp.quotes import quotes
from stories.nlp.terms import Frequencies, background
from stories.nlp.units import compares, units
from stories.nlp.wording import wording

# What is kept of a story's quotes, those that most outlets have first: sixty reports have four hundred.
MOST_QUOTES = 120


def compare(reports: Sequence[Report], provenance: Provenance) -> Comparison:
    """Everything in which the reports differ. `provenance` says who speaks through each of them."""
    reports = sorted(reports, key=lambda report: (report.at, report.article))
    voice = {standing.article: standing.voice for standing in provenance.standings}
    speakers = Speakers(
        outlets=[report.outlet for report in reports],
        voices=[voice.get(report.article, report.outlet) for report in reports],
    )
    found = aligned(units(reports), _frequencies())
    made = stars(found, speakers)
    shared = claims(reports, found, made, speakers)
    said = quotes(reports)
    return Comparison(
        claims=tuple(shared),
        conflicts=tuple(conflicts(reports, found, made, shared)),
        quotes=said[:MOST_QUOTES],
        own=tuple(own(reports, found, said)),
        wording=wording(reports),
        headlines=headlines(reports),
        compared=tuple(report.article for report in reports if report.has_text and compares(report)),
        without_text=tuple(report.article for report in reports if not report.has_text),
    )


@cache
def _frequencies() -> Frequencies:
    """How telling words are: the background alone, so that a sentence weighs the same in every story."""
    return Frequencies(background("en"))
