"""A stream of labelled reports grouped in memory: what services.grouping and services.regrouping do on the database.

Same decision, same second look, same setting; a matrix takes the place of the vector index. The second look runs as
the stream goes and at its end until nothing changes, as it does in production once a story has grown.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from stories.nlp import events, grouping, likeness, secondlook
from stories.nlp.terms import Frequencies, is_english
from stories.nlp.traits import Traits

# Reports between two rounds of second looks; in production a minute's worth.
LOOK_EVERY = 100
# Rounds at the end; three have always sufficed.
LAST_ROUNDS = 5
# How long reports are compared with, as services.grouping keeps them.
KEEP = timedelta(hours=96)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the read step finds in a report: its vector, the counts of its words, its traits."""

    vector: likeness.Vector
    counts: Counter[str]
    traits: Traits


class Stream:
    """The reports and stories of one language as they grow.

    `windowed`: the stream runs with time, so that reports too far apart in time are never compared.
    """

    def __init__(self, lang: str, windowed: bool) -> None:
        self.windowed = windowed
        self.encoded = is_english(lang)
        self.frequencies = Frequencies.with_live(lang, {}, 0)
        self.reports: list[likeness.Marks] = []
        self.story_of: list[int] = []
        self.members: dict[int, list[int]] = {}
        # As each report arrived: its story then, and the margin of that story (of the nearest, if it founded).
        self.placed: list[int] = []
        self.margins: list[float] = []
        self._vectors = np.zeros((64, events.DIMENSIONS), np.float32)
        self._times = np.full(64, np.nan)
        self._keys: list[frozenset[str]] = []
        self._grown: set[int] = set()
        self._next = 0

    def place(self, reading: Reading, at: datetime | None) -> None:
        """Decide on one report as services.grouping does, and look again from time to time."""
        vector, counts, traits = reading.vector, reading.counts, reading.traits
        report = likeness.marks(vector if self.encoded else None, counts, traits, self.frequencies, at)
        near = self.nearest(report)
        candidates = [self._candidate(story) for story in self._stories(near)[: grouping.CANDIDATES]]
        decision = grouping.decide(report, candidates)
        self.frequencies.add(likeness.asked_terms(counts, traits))
        self._keep(report, vector)
        story = decision.story
        if story is None:
            story, self._next = self._next, self._next + 1
            self.members[story] = []
        self.members[story].append(len(self.reports) - 1)
        self.story_of.append(story)
        self.placed.append(story)
        self.margins.append(decision.margin)
        self._grown.add(story)
        if len(self.reports) % LOOK_EVERY == 0:
            self.look_again()

    def finish(self) -> None:
        """Look again until nothing changes."""
        for _ in range(LAST_ROUNDS):
            if not self._grown:
                return
            self.look_again()

    def fit_of(self, story: int) -> dict[int, float]:
        """The margin of each report of a story with its others, by a second look; empty of one alone."""
        members, crowds = self.members[story], dict[int, likeness.Crowd | None]()
        for member in members:
            self._see(member, crowds)
        table = grouping.matrix([replace(self.reports[member], crowd=crowds[member]) for member in members])
        others = len(members) - 1
        return {
            member: float(row.sum() / others) - grouping.asked(others)
            for member, row in zip(members, table, strict=True)
            if others
        }

    def nearest(self, report: likeness.Marks, without: int | None = None) -> list[int]:
        """The 30 nearest reports within reach, nearest first."""
        nearness = self._nearness(report)
        if without is not None:
            nearness[without] = -np.inf
        if self.windowed and report.at is not None:
            away = np.abs(self._times[: len(nearness)] - report.at.timestamp())
            nearness[away > KEEP.total_seconds()] = -np.inf
        order = np.argsort(-nearness, kind="stable")[: likeness.NEIGHBOURS]
        return [int(index) for index in order if nearness[index] > 0]

    def look_again(self) -> None:
        """A second look at every story that has grown since its last."""
        grown, self._grown = sorted(self._grown), set()
        for story in grown:
            if story in self.members:
                self._look(story)

    def _look(self, story: int) -> None:
        """One second look; what is sure is done."""
        crowds: dict[int, likeness.Crowd | None] = {}
        hits: Counter[int] = Counter()
        for member in self.members[story]:
            for other in self._see(member, crowds):
                if self.story_of[other] != story:
                    hits[self.story_of[other]] += 1
        near = [number for number, _ in hits.most_common(secondlook.NEIGHBOURS)]
        near = [number for number in near if self._in_window(story, number)]
        stories = {}
        for number in (story, *near):
            for member in self.members[number]:
                if member not in crowds:
                    self._see(member, crowds)
            stories[number] = [
                secondlook.Report(member, replace(self.reports[member], crowd=crowds[member]))
                for member in self.members[number]
            ]
        for change in secondlook.examine(stories).sure:
            if story in (change.story, change.to):
                self._do(change)

    def _see(self, member: int, crowds: dict[int, likeness.Crowd | None]) -> list[int]:
        """A report's nearest others; notes its crowd."""
        report = self.reports[member]
        near = self.nearest(report, without=member)
        crowds[member] = likeness.crowd(report, [self.reports[other] for other in near])
        return near

    def _nearness(self, report: likeness.Marks) -> np.ndarray:
        """Cosines with all reports so far; without an encoder the number of shared keys."""
        if report.vector is not None:
            # Not `@`: the threads of BLAS wait by spinning, on a busy machine eight times as long as this takes on one.
            found: np.ndarray = np.einsum("ij,j->i", self._vectors[: len(self.reports)], report.vector)
            return found
        own = frozenset(likeness.keys(report))
        return np.array([len(own & other) for other in self._keys], np.float32)

    def _do(self, change: secondlook.Change) -> None:
        """Carry out one change."""
        to = change.to
        if to is None:
            to, self._next = self._next, self._next + 1
            self.members[to] = []
        moved = set(change.reports)
        self.members[change.story] = [member for member in self.members[change.story] if member not in moved]
        self.members[to] = sorted([*self.members[to], *change.reports])
        for member in change.reports:
            self.story_of[member] = to
        if not self.members[change.story]:
            del self.members[change.story]
        self._grown |= {story for story in (change.story, to) if story in self.members}

    def _stories(self, reports: list[int]) -> list[int]:
        """The stories of these reports, in their order, each once."""
        return list(dict.fromkeys(self.story_of[report] for report in reports))

    def _candidate(self, story: int) -> grouping.Candidate:
        """A story as the decision sees it."""
        first, last = self._span(story)
        members = [self.reports[member] for member in self.members[story][-grouping.MEMBERS :]]
        return grouping.Candidate(story, members, first, last)

    def _span(self, story: int) -> tuple[datetime | None, datetime | None]:
        """The first and last time of a story's reports."""
        if not self.windowed:
            return None, None
        times = [at for member in self.members[story] if (at := self.reports[member].at) is not None]
        return min(times, default=None), max(times, default=None)

    def _in_window(self, one: int, other: int) -> bool:
        """Whether two stories' spans are near enough for their reports to be one story."""
        (first, last), (start, end) = self._span(one), self._span(other)
        return grouping.in_window(first, start, end) or grouping.in_window(last, start, end)

    def _keep(self, report: likeness.Marks, vector: likeness.Vector) -> None:
        """Store a report."""
        if len(self.reports) == len(self._vectors):
            self._vectors = np.concatenate([self._vectors, np.zeros_like(self._vectors)])
            self._times = np.concatenate([self._times, np.full_like(self._times, np.nan)])
        self._vectors[len(self.reports)] = vector
        self._times[len(self.reports)] = np.nan if report.at is None else report.at.timestamp()
        self.reports.append(report)
        self._keys.append(frozenset() if self.encoded else frozenset(likeness.keys(report)))
