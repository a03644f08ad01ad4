"""Makes stories/nlp/weights/grouping.json.gz: the forest that says how likely two reports are of one event.

    python -m training.grouping ../shared/data/clustering --cache FOLDER
    python -m training.grouping ../shared/data/clustering --cache FOLDER --held-out

The first trains on all sets and writes the forest; the second trains once without each of the four sets that are
evaluated (and without what was made of it), measures production's code on that set, and prints one line of JSON. Pairs
come from six labelled sets, as they are, as bare titles, and with the encoder's part left out (for languages that it
does not know); each set weighs the same, and in each, pairs of one event as much as the others. Round-ups labelled as
one event (wikinews over 12 articles, the opening of the Games) are left out of training, not out of measuring.

scikit-learn (1.9) is needed here only. Everything is seeded: the same data gives the same forest.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from stories.management.evaluation import clustering, figures, stream
from stories.nlp import events, forest, likeness, terms, traits

MEASURED = ("giveme5w1h", "wikinews", "ecbplus_a", "og2021_en_first")
# Rising or falling with a feature, as sense has it; 0: either. In the order of likeness.FEATURES.
MONOTONE = (1, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0, -1, 1, 1, 1, 1)
# Pairs from each set; more measured the same.
PAIRS = 40_000
# Pairs less alike than this are left out: they are easy, and drown the hard ones. Held out, .2 / .3 / .4 give a mean
# pairwise precision of .71 / .79 / .89 at much the same F1 (.72, .71, .72).
LEAST_COSINE = 0.4
# A pair of a story of n articles weighs 1/sqrt(n): else the largest stories would be all that is learned.
SIZE_POWER = 0.5
# The share of the weight of pairs whose surroundings are left out, as they are at a report's arrival.
WITHOUT_CROWD = 0.3
LARGEST_EVENT = {"wikinews": 12, "og2021_en_first": 150}


@dataclass(frozen=True, slots=True)
class Source:
    """A set to learn from: some rows of a file, as they are or as bare titles, with or without the encoder.

    `thinned`: of most stories only one report is left, so that there are reports whose event nobody else tells.
    """

    file: str
    articles: int = 0
    stories: int = 0
    titles: bool = False
    encoded: bool = True
    thinned: bool = True


SOURCES = (
    *(Source(name, thinned=False) for name in MEASURED),
    *(Source(name) for name in MEASURED),
    *(Source(name, titles=True) for name in MEASURED[:3]),
    *(Source(name, encoded=False) for name in MEASURED),
    Source("uci_titles", articles=1500, thinned=False),
    Source("neus_allsides", stories=1500),
    Source("neus_allsides", stories=1500, titles=True),
)
# In the labelled sets hardly a report is alone; in 21 real feeds of one day two in three are. Without thinning, the
# forest takes whatever is nearest for the same event: 17 of 40 stories read from those feeds were false merges.
ALONE = 0.65


class Sets:
    """The files, read and encoded once."""

    def __init__(self, folder: Path, cache: Path | None) -> None:
        self.folder, self.cache = folder, cache
        self._kept: dict[tuple[str, bool], tuple[list[clustering.Row], np.ndarray]] = {}

    def __call__(self, name: str, titles: bool) -> tuple[list[clustering.Row], np.ndarray]:
        """A file's rows in stream order, texts left out for `titles`, and their vectors, float32 [rows, 384]."""
        if (name, titles) not in self._kept:
            rows = clustering.in_time_order(clustering.read(self.folder / f"{name}.jsonl"))
            rows = [replace(row, text="") for row in rows] if titles else rows
            self._kept[name, titles] = rows, self._vectors(f"{name}{'-titles' if titles else ''}", rows)
        return self._kept[name, titles]

    def _vectors(self, name: str, rows: Sequence[clustering.Row]) -> np.ndarray:
        """From the cache where they are there."""
        path = self.cache / f"{name}.npy" if self.cache else None
        if path and path.exists():
            return np.load(path)
        vectors = events.load().encode([events.event_text(row.title, row.text) for row in rows])
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, vectors)
        return vectors


def chosen(source: Source, sets: Sets, rng: np.random.Generator) -> tuple[list[clustering.Row], np.ndarray]:
    """The rows of a source and their vectors."""
    rows, vectors = sets(source.file, source.titles)
    index = np.arange(len(rows))
    if source.stories:
        names = sorted({row.cluster for row in rows})
        keep = {names[i] for i in rng.choice(len(names), source.stories, replace=False)}
        index = np.array([i for i, row in enumerate(rows) if row.cluster in keep])
    if source.thinned:
        index = thinned([rows[i].cluster for i in index], index, rng)
    if source.articles:
        index = np.sort(rng.choice(index, source.articles, replace=False))
    return [rows[i] for i in index], vectors[index]


def thinned(clusters: Sequence[str], index: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The rows without all but one of most stories."""
    names = sorted(set(clusters))
    alone = {names[i] for i in rng.choice(len(names), int(len(names) * ALONE), replace=False)}
    order = rng.permutation(len(index))
    first: dict[str, int] = {}
    for place in order:
        first.setdefault(clusters[place], int(place))
    kept = [i for i, name in enumerate(clusters) if name not in alone or first[name] == i]
    return index[np.array(kept)]


def reports_of(rows: Sequence[clustering.Row], vectors: np.ndarray, encoded: bool) -> list[likeness.Marks]:
    """The rows as production compares them, with their crowds; frequencies as at the end of the stream."""
    frequencies = terms.Frequencies.with_live("en", {}, 0)
    found = [(terms.counts(row.title, row.text), traits.traits(row.title, row.text)) for row in rows]
    for counts, their in found:
        frequencies.add(likeness.asked_terms(counts, their))
    reports = [
        likeness.marks(vector if encoded else None, counts, their, frequencies, row.published)
        for row, vector, (counts, their) in zip(rows, vectors, found, strict=True)
    ]
    near = np.where(within(rows), vectors @ vectors.T, -1.0)
    np.fill_diagonal(near, -1.0)
    order = np.argsort(-near, axis=1, kind="stable")[:, : likeness.NEIGHBOURS]
    return [
        replace(report, crowd=likeness.crowd(report, [reports[i] for i in nearest if near[line, i] > 0]))
        for line, (report, nearest) in enumerate(zip(reports, order, strict=True))
    ]


def within(rows: Sequence[clustering.Row]) -> np.ndarray:
    """Which rows are compared with which: those at most 96 h apart; all where the stream has no times to run by."""
    if not clustering.timed(rows):
        return np.ones((len(rows), len(rows)), np.bool_)
    times = np.array([math.nan if row.published is None else row.published.timestamp() for row in rows])
    return ~(np.abs(times[:, None] - times[None, :]) > stream.KEEP.total_seconds())


def pairs_of(source: Source, sets: Sets, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A source's pairs: features float32 [pairs, FEATURES], whether of one event, weights (1 for each side in all)."""
    rng = np.random.default_rng(seed)
    rows, vectors = chosen(source, sets, rng)
    sizes = Counter(row.cluster for row in rows)
    most = LARGEST_EVENT.get(source.file, len(rows))
    good = np.array([sizes[row.cluster] <= most for row in rows])
    near = (vectors @ vectors.T > LEAST_COSINE) & within(rows) & good[:, None] & good[None, :]
    one, other = np.nonzero(np.triu(near, 1))
    if len(one) > PAIRS:
        picked = np.sort(rng.choice(len(one), PAIRS, replace=False))
        one, other = one[picked], other[picked]
    same = np.array([rows[i].cluster == rows[j].cluster for i, j in zip(one, other, strict=True)])
    weight = np.where(same, [sizes[rows[i].cluster] ** -SIZE_POWER for i in one], 1.0)
    weight[same] /= weight[same].sum()
    weight[~same] /= weight[~same].sum()
    reports = reports_of(rows, vectors, source.encoded)
    features = np.concatenate(
        [likeness.compare(reports[i], [reports[j] for j in other[one == i]]) for i in np.unique(one)]
    )
    if not source.encoded:
        return features, same, weight
    bare = features.copy()
    bare[:, likeness.FEATURES.index("below_best") :] = np.nan
    weights = np.concatenate([weight * (1 - WITHOUT_CROWD), weight * WITHOUT_CROWD])
    return np.concatenate([features, bare]), np.tile(same, 2), weights


def fit(parts: Iterable[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> forest.Forest:
    """A forest for these pairs."""
    features, same, weights = (np.concatenate(part) for part in zip(*parts, strict=True))
    model = HistGradientBoostingClassifier(
        max_iter=150,
        max_leaf_nodes=15,
        learning_rate=0.06,
        min_samples_leaf=200,
        l2_regularization=5,
        early_stopping=False,
        monotonic_cst=list(MONOTONE),
        random_state=0,
    )
    model.fit(features, same, sample_weight=weights * 1e4)
    made = as_forest(model)
    difference = np.abs(made(features[:2000]) - model.decision_function(features[:2000])).max()
    if difference > 1e-2:
        raise RuntimeError(f"the forest differs from the model by {difference}")
    return made


def as_forest(model: HistGradientBoostingClassifier) -> forest.Forest:
    """scikit-learn's trees as rows of nodes; what they hold is private there and has been so since 0.21."""
    trees = [step[0].nodes for step in model._predictors]
    most = max(map(len, trees))

    def table(name: str, kind: type, fill: float = 0) -> np.ndarray:
        padded = np.full((len(trees), most), fill, kind)
        for row, nodes in zip(padded, trees, strict=True):
            row[: len(nodes)] = nodes[name]
        return padded

    leaf = table("is_leaf", np.bool_, True)
    return forest.Forest(
        features=likeness.FEATURES,
        start=float(model._baseline_prediction.ravel()[0]),
        feature=np.where(leaf, forest.LEAF, table("feature_idx", np.int16)).astype(np.int16),
        threshold=table("num_threshold", np.float32),
        left=table("left", np.int16),
        right=table("right", np.int16),
        missing_left=table("missing_go_to_left", np.bool_),
        value=np.where(leaf, table("value", np.float32), 0).astype(np.float32),
        depth=max(int(nodes["depth"].max()) for nodes in trees),
    )


def write(made: forest.Forest, path: Path) -> None:
    """The forest as compressed JSON; the same bytes for the same forest."""
    kept: dict[str, Any] = {"features": made.features, "start": made.start, "depth": made.depth}
    for name in ("feature", "left", "right", "missing_left"):
        kept[name] = getattr(made, name).astype(int).tolist()
    for name in ("threshold", "value"):
        kept[name] = [[float(f"{x:.6g}") for x in row] for row in np.nan_to_num(getattr(made, name), posinf=1e9)]
    path.write_bytes(gzip.compress(json.dumps(kept).encode(), compresslevel=9, mtime=0))


@dataclass(slots=True)
class Told:
    """Margins and whether they were right, of reports that joined others: on arrival, and as they stand at last."""

    arrived: list[tuple[float, bool]]
    stands: list[tuple[float, bool]]


def measure(name: str, sets: Sets, told: Told) -> dict[str, Any]:
    """Production's figures on a set; adds to what was told. Right is who stands with most of a story's others."""
    rows, vectors = sets(name, False)
    lines = stream.Stream("en", clustering.timed(rows))
    for row, vector in zip(rows, vectors, strict=True):
        before = {story: list(members) for story, members in lines.members.items()}
        reading = stream.Reading(vector, terms.counts(row.title, row.text), traits.traits(row.title, row.text))
        lines.place(reading, row.published)
        if others := before.get(lines.placed[-1]):
            told.arrived.append((lines.margins[-1], most(rows, others) == row.cluster))
    lines.finish()
    for story, members in lines.members.items():
        for member, margin in lines.fit_of(story).items():
            others = [other for other in members if other != member]
            told.stands.append((margin, most(rows, others) == rows[member].cluster))
    return clustering.scores([row.cluster for row in rows], lines.story_of)


def most(rows: Sequence[clustering.Row], members: Sequence[int]) -> str:
    """The label that most of these rows carry."""
    return Counter(rows[member].cluster for member in members).most_common(1)[0][0]


def held_out(sets: Sets, parts: dict[Source, Any]) -> dict[str, Any]:
    """Each measured set by a forest that never saw it, and the calibration over all of them."""
    figures, told = {}, Told([], [])
    for name in MEASURED:
        made = fit(part for source, part in parts.items() if source.file != name)
        likeness.load = lambda made=made: made  # type: ignore[assignment]
        figures[name] = measure(name, sets, told)
        print(name, figures[name], flush=True)
    means = {
        f"mean_{key}": round(float(np.mean([one[key] for one in figures.values()])), 4) for key in ("b3_f1", "pair_f1")
    }
    arrival, shown = calibrated(told.arrived)
    second, _ = calibrated(told.stands)
    return {
        "held_out": {"sets": figures} | means,
        "on_arrival": arrival,
        "on_second_look": second,
        "calibration": shown,
    }


def calibrated(told: Sequence[tuple[float, bool]]) -> tuple[tuple[float, float], list[dict[str, float]]]:
    """Slope and offset that make probabilities of margins, and how often each tenth of probability was right."""
    odds = np.array([[value] for value, _ in told])
    right = np.array([hit for _, hit in told])
    model = LogisticRegression(C=1e6).fit(odds, right)
    constants = round(float(model.coef_[0][0]), 2), round(float(model.intercept_[0]), 2)
    return constants, bins(model.predict_proba(odds)[:, 1], right)


def bins(sure: np.ndarray, right: np.ndarray) -> list[dict[str, float]]:
    """How often joins of each tenth of probability were right."""
    rows = []
    for low in (0.5, 0.6, 0.7, 0.8, 0.9):
        inside = (sure >= low) & (sure < low + 0.1 if low < 0.9 else sure <= 1)
        if inside.any():
            share = round(float(right[inside].mean()), 3)
            rows.append({"from": low, "to": round(low + 0.1, 1), "reports": int(inside.sum()), "right": share})
    return rows


def main() -> None:
    """Train and write, or measure without each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder of the labelled sets (.jsonl)")
    parser.add_argument("--cache", type=Path, help="keep the encoder's vectors there")
    parser.add_argument("--held-out", action="store_true", help="measure, each set without itself; write no forest")
    parser.add_argument("--publish", action="store_true", help="with --held-out: show the figures in the app")
    parser.add_argument("--out", type=Path, default=terms.WEIGHTS / "grouping.json.gz")
    options = parser.parse_args()
    sets = Sets(options.folder, options.cache)
    parts = {source: pairs_of(source, sets, number) for number, source in enumerate(SOURCES)}
    print("pairs:", sum(len(part[0]) for part in parts.values()), flush=True)
    if options.held_out:
        found = held_out(sets, parts)
        print(json.dumps(found))
        if options.publish:
            shown = {key: found[key] for key in ("held_out", "calibration")}
            figures.publish(shown, datetime.now(UTC).date())
    else:
        write(fit(parts.values()), options.out)
        print(options.out)


if __name__ == "__main__":
    main()
