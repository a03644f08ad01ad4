"""Stories in the database whose provenance was really traced: the invented worlds of tests/nlp, and forty that repeat.

Findings are made by hand and kept as the read step keeps them; tracing is the product's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from stories.models import Article, Outlet, Story
from stories.nlp.copies import Copy
from stories.nlp.findings import Role, SourceKind, Stance
from stories.nlp.lineage import Report
from stories.selectors.reports import reports_of
from stories.services import provenance
from tests import factories
from tests.nlp.provenance_worlds import FILLER, PEOPLE, Cites, Say, anonymous, report

COURANT = "The Washport Courant"


def traced(reports: Sequence[Report], shift: timedelta = timedelta(0)) -> Story:
    """These reports as a story's articles, examined and traced; `shift` moves their times."""
    rows: dict[int, Article] = {}
    for one in reports:
        rows[one.article] = _article(one, rows, shift)
    story = factories.story(list(rows.values()))
    copied = {row.pk: Copy(row.copy_of_id, 1.0) if row.copy_of_id else None for row in rows.values()}
    factories.traced(story, provenance.look(reports_of(story, copied)))
    return story


def _article(one: Report, rows: dict[int, Article], shift: timedelta) -> Article:
    seen = one.at + shift
    outlet = Outlet.objects.filter(name=one.outlet).first() or factories.outlet(name=one.outlet)
    row = factories.article(
        outlet=outlet,
        title=one.title,
        text=one.whole.partition("\n")[2],
        first_seen_at=seen,
        claimed_at=seen,
        wire=one.wire,
        copy_of=rows[one.copy_of] if one.copy_of else None,
        copy_share=1.0 if one.copy_of else None,
    )
    if one.findings is not None:
        factories.examined(row, one.findings)
    return row


def forty(*, straggler: bool = True) -> list[Report]:
    """Forty reports at forty outlets of what one outlet reported that nobody here polls.

    A quarter name it in the headline, some say "report says", most drop it there; a fifth repeat by way of another; two
    have no text, one is in a language that is not read; one adds a named source, one passes on a denial.
    """
    found = [_repeat(number) for number in range(1, 41)]
    if straggler:
        found[-1] = replace(found[-1], at=found[-1].at + timedelta(days=3))
    return found


def _repeat(number: int) -> Report:
    minutes = number * 4 + number**2 / 8
    name = (
        f"Gazette {number}" if number % 9 else f"The Provincial Correspondent and Evening Advertiser of Isle {number}"
    )
    claim = "The prime minister's chief aide pressed for a second contract in private"
    title = (f"{COURANT}: aide pressed for contract", "Aide pressed for contract, report says", "Aide forces contract")[
        0 if number % 4 == 1 else 1 if number % 4 == 2 else 2
    ]
    if number in (11, 23):
        return report(number, name, minutes, title, "", Role.UNKNOWN)
    if number == 17:
        return replace(report(number, name, minutes, title, FILLER), findings=None)
    via = name if number % 5 else ""
    credit = f"{COURANT} reported" if via or number < 6 else f"Gazette {number - 4} reported"
    source = COURANT if credit.startswith(COURANT) else f"Gazette {number - 4}"
    says = [anonymous(f"{credit}, citing {PEOPLE}", cue="citing", via=source)]
    text = f"{claim}, {credit}, citing {PEOPLE}. {FILLER}"
    cites = [Cites(source, credit)]
    if number % 7 == 3:
        text, says = f"{claim}. {FILLER} The aide's part was first told when {credit} it.", []
    if number == 29:
        said = "Orla Venn, the treasury's secretary, confirmed that the aide had pressed for a second contract"
        text = f"{said}. {text}"
        return report(
            number, name, minutes, "Treasury confirms aide's part", text, Role.MIXED,
            [Say(said, "Orla Venn", "confirmed", SourceKind.NAMED, stance=Stance.CONFIRMS), *says], cites,
        )  # fmt: skip
    if number == 6:
        said = "spokesman Piet Aal told The Washport Courant that there were working arguments"
        text = f"{text} The {said}."
        says = [*says, Say(said, "Piet Aal", "told", via=COURANT)]
    return report(number, name, minutes, title, text, Role.RE_REPORT, says, cites)
