"""How urgent a question is: how doubtful its answer, times how far a wrong one reaches. Reckons only, writes nothing.

What the queue asks first is what is most in doubt and seen by most: a coin's toss on a story of forty outlets before a
near certainty of two. Reach is the outlets of the stories concerned and the people who follow them; of a name that may
be an outlet's, the articles in which it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stories.models import MEASURED, Ask, Proposal, Story

# Of what nobody has measured the probability is even.
EVEN = 0.5
# What is odd about an origin is mostly wrong, but may be chance; and one origin too many is the worst that we can say.
# A name that stands where outlets are credited is mostly one, and to know it changes little: it waits behind the rest.
FIXED: Mapping[Ask, float] = {Ask.ORIGINS: 0.7, Ask.OUTLET: 0.4}
# One reader may be wrong, or joke; each one more halves what speaks against them.
AGAINST_ONE = 0.5


@dataclass(frozen=True, slots=True)
class Weight:
    """A question's reach, and its priority: doubt (0 to 1) times reach."""

    reach: int
    priority: float


def doubt(act: str, probability: float, objections: int = 0) -> float:
    """How doubtful a question is, 0 to 1: 1 where it is a coin's toss, 0 where nothing is in question.

    Of grouping's questions 1 - |2p - 1|; of readers' words by their number; of others a fixed one.
    """
    kind = Ask(act)
    if kind in MEASURED:
        return 1.0 - abs(2.0 * probability - 1.0)
    if kind == Ask.READER:
        return 1.0 - AGAINST_ONE ** max(objections, 1)
    return FIXED[kind]


def weigh(
    act: str,
    probability: float,
    followed: Mapping[int, int],
    *stories: Story | None,
    proposal: Proposal | None = None,
    objections: int = 0,
) -> Weight:
    """A question's reach and priority. `followed`: how many people follow which story (selectors.reach)."""
    reach = proposal.articles if proposal is not None else 0
    reach += sum(story.outlet_count + followed.get(story.pk, 0) for story in stories if story is not None)
    reach = max(reach, 1)
    return Weight(reach, round(doubt(act, probability, objections) * reach, 6))
