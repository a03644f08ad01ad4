"""A story's title: the headline that stands nearest to all the others.

The middle of many headlines is seldom the loud one; a headline that shouts is passed over all the same where a calm
one exists. It writes no headline of its own and shortens none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# An exclamation mark, or two words of four or more capitals side by side (shorter ones are mostly acronyms).
LOUD = re.compile(r"!|\b[A-Z]{4,}\W+[A-Z]{4,}\b")
# Nearer than this is a tie: sums of float32 differ in the fifth decimal with the order of their terms.
DECIMALS = 4


def most_central(headlines: Sequence[str], vectors: NDArray[np.float32]) -> int:
    """The index of the headline whose report is nearest to the others by mean cosine; of equals the first.

    `vectors`: float32 [len(headlines), 384], unit rows, as the event encoder gives them. ValueError without headlines.
    """
    if not headlines:
        raise ValueError("a story without headlines has no title")
    others = max(len(headlines) - 1, 1)
    nearness = np.round((vectors @ vectors.sum(axis=0) - 1) / others, DECIMALS)
    calm = [index for index, headline in enumerate(headlines) if not LOUD.search(headline)]
    # max() keeps the first of equals.
    return max(calm or range(len(headlines)), key=lambda index: float(nearness[index]))
