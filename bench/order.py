"""How much the grouping depends on the order of arrival: python -m bench.order FILE... --orders 5.

Each file (of the form of `manage.py evaluate clustering`) is grouped as it stands and then several times in another
order: times are moved by up to ten minutes either way and ties are shuffled; where there are no times, everything is a
tie. The texts are read once. It prints the figures of each order and how far the mean pairwise F1 moves.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from stories.management.evaluation import clustering
from stories.management.evaluation.stream import Reading

JITTER_S = 600


def disturbed(rows: Sequence[clustering.Row], seed: int) -> list[clustering.Row]:
    """The rows in another order that might as well have been theirs."""
    chance = random.Random(seed)
    moved = [
        row
        if row.published is None
        else replace(row, published=row.published + timedelta(seconds=chance.uniform(-JITTER_S, JITTER_S)))
        for row in rows
    ]
    chance.shuffle(moved)
    return clustering.in_time_order(moved)


def figures(rows: Sequence[clustering.Row], readings: dict[str, Reading]) -> tuple[float, float]:
    """B-cubed and pairwise F1 of one order."""
    found = clustering.group(rows, [readings[row.id] for row in rows])
    scores = clustering.scores([row.cluster for row in rows], found)
    return scores["b3_f1"], scores["pair_f1"]


def main() -> None:
    """Group each file in each order."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--orders", type=int, default=5, help="orders besides the one that is given (default: 5)")
    options = parser.parse_args()
    sets = {path.stem: clustering.in_time_order(clustering.read(path)) for path in options.files}
    readings = {
        stem: dict(zip([row.id for row in rows], clustering.read_all(rows), strict=True)) for stem, rows in sets.items()
    }
    means = []
    for seed in range(options.orders + 1):
        found = {stem: figures(disturbed(rows, seed) if seed else rows, readings[stem]) for stem, rows in sets.items()}
        means.append(statistics.mean(pair for _, pair in found.values()))
        each = "  ".join(f"{stem} {b3:.3f}/{pair:.3f}" for stem, (b3, pair) in found.items())
        print(f"{'given' if not seed else f'order {seed}':<10}{each}  mean pair F1 {means[-1]:.4f}", flush=True)
    away = max(abs(mean - means[0]) for mean in means)
    print(f"mean pair F1 moves by {max(means) - min(means):.4f}; from the given order by {away:.4f}")


if __name__ == "__main__":
    main()
