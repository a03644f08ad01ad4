"""Makes stories/nlp/weights/alignment.json: the three logistic scores of stories/nlp/alignment.py.

    python -m training.alignment ../shared/data --out stories/nlp/weights/alignment.json
    python -m training.alignment ../shared/data --measure

Pairs come from three places: alignment/visible.jsonl; training/alignment_labels.jsonl, which holds references into the
files of clustering/ and our labels, no text; and training/alignment_invented.jsonl, contradictions (and pairs that only
look like some) that this project wrote. --measure tells what cross-validation by event and the labels kept apart say.
Ridge regression of the log-odds by scipy; everything is seeded: the same data gives the same weights.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from stories.nlp import alignment
from stories.nlp.alignment import CONFLICT_FEATURES, FEATURES, Label
from stories.nlp.contradiction import Clash
from stories.nlp.statements import Statement, statement, stemmed
from stories.nlp.terms import WEIGHTS, Frequencies

HERE = Path(__file__).parent
# Ridge penalties, in units of one pair: best of 1, 3, 10, 30, 100 in cross-validation by event.
RIDGE = {"same": 8.0, "whole": 10.0, "conflict": 3.0}
FOLDS, ROUNDS = 5, 20
Table = NDArray[np.float32]
Truth = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pair:
    """A labelled pair; `group` is its event, `origin` "visible", "ours" or "invented"."""

    here: Statement
    there: Statement
    label: Label
    group: str
    origin: str
    kept_apart: bool = False


def pairs(data: Path) -> list[Pair]:
    """All labelled pairs. OSError or ValueError where a file can't be read."""
    found = [
        Pair(_side(row["a"]), _side(row["b"]), Label(row["label"]), row["event"], "visible")
        for row in _lines(data / "alignment" / "visible.jsonl")
    ]
    found += _referred(data / "clustering", HERE / "alignment_labels.jsonl")
    for number, row in enumerate(_lines(HERE / "alignment_invented.jsonl")):
        found.append(Pair(statement(row["a"]), statement(row["b"]), Label(row["label"]), f"{number}", "invented"))
    return found


def _side(row: dict[str, str]) -> Statement:
    return statement(row["sentence"], before=row["prev"], after=row["next"])


def _referred(folder: Path, path: Path) -> list[Pair]:
    """Our labels, each sentence cut out of its article, with what stands beside it."""
    texts: dict[str, dict[str, str]] = {}
    found = []
    for row in _lines(path):
        stem = row["file"]
        if stem not in texts:
            texts[stem] = {article["id"]: article["text"] for article in _lines(folder / f"{stem}.jsonl")}
        sides = [_cut(texts[stem][row[side][0]], *row[side][1:]) for side in ("a", "b")]
        found.append(Pair(*sides, Label(row["label"]), row["event"], "ours", row["kept_apart"]))
    return found


def _cut(text: str, before: int, start: int, end: int, after: int) -> Statement:
    """The sentence at [start, end]; the ones beside it begin at `before` and end at `after`."""
    return statement(text[start:end], before=text[before:start].strip(), after=text[end:after].strip())


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


@dataclass(frozen=True, slots=True)
class Sets:
    """Pairs, their features and in what they differ, as production takes them."""

    pairs: list[Pair]
    rows: Table
    differ: list[list[Clash]]

    def take(self, mask: Truth) -> Sets:
        """Some of the pairs."""
        at = np.flatnonzero(mask)
        return Sets([self.pairs[one] for one in at], self.rows[at], [self.differ[one] for one in at])

    def are(self, *labels: Label) -> Truth:
        """Which pairs have one of these labels."""
        return np.array([pair.label in labels for pair in self.pairs], bool)

    def of(self, origin: str) -> Truth:
        """Which pairs come from there."""
        return np.array([pair.origin == origin for pair in self.pairs], bool)

    def differing(self, same: alignment.Score) -> tuple[Table, Truth]:
        """The features of contradiction, and for which pairs there are any."""
        asked = np.array([bool(clashes) for clashes in self.differ], bool)
        both = [(pair.here, pair.there) for pair, one in zip(self.pairs, asked, strict=True) if one]
        table = np.zeros((len(asked), len(CONFLICT_FEATURES)), np.float32)
        if both:
            clashes = [one for one in self.differ if one]
            table[asked] = alignment.conflict_rows(both, clashes, self.rows[asked], same(self.rows[asked]))
        return table, asked


def sets(found: list[Pair]) -> Sets:
    """The features of all pairs, as production takes them."""
    both = [(pair.here, pair.there) for pair in found]
    return Sets(found, *alignment.compared(both, stemmed(Frequencies.with_live("en", {}, 0))))


def fit(rows: Table, truth: Truth, ridge: float, weights: NDArray[np.float64]) -> alignment.Score:
    """A logistic score; `weights` says how much each pair counts."""
    mean, scale = rows.mean(axis=0).astype(np.float64), rows.std(axis=0).astype(np.float64)
    scale[scale < 1e-6] = 1.0
    table = np.c_[(rows - mean) / scale, np.ones(len(rows))]
    sign = np.where(truth, 1.0, -1.0)

    def loss(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (table @ theta)
        flat = np.r_[theta[:-1], 0.0]
        slope = -sign * weights / (1 + np.exp(np.clip(margin, -30, 30)))
        return float(
            (np.logaddexp(0, -margin) * weights).sum() + ridge / 2 * flat @ flat
        ), table.T @ slope + ridge * flat

    theta = minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B").x
    return alignment.Score(mean, scale, theta[:-1], float(theta[-1]), 0.5)


# How much pairs of an origin count in each score: invented ones teach contradictions only.
COUNTS: dict[str, dict[str, float]] = {
    "same": {"visible": 1.0, "ours": 0.5, "invented": 0.0},
    "whole": {"visible": 1.0, "ours": 0.5, "invented": 0.0},
    "conflict": {"visible": 1.0, "ours": 1.0, "invented": 1.0},
}
# From which probability on; same and conflict as measured by --measure, the middle for the rest.
LEAST = {"same": 0.5, "whole": 0.5, "conflict": 0.5}


def train(from_: Sets) -> alignment.Scores:
    """The three scores from these pairs."""
    agreeing = ~from_.are(Label.CONFLICT)
    same = _trained("same", from_, from_.rows, agreeing, from_.are(Label.SAME, Label.PARTIAL))
    whole = _trained("whole", from_, from_.rows, agreeing, from_.are(Label.SAME))
    conflict = _trained("conflict", from_, *from_.differing(same), from_.are(Label.CONFLICT))
    return alignment.Scores(same, whole, conflict)


def _trained(name: str, from_: Sets, rows: Table, used: Truth, truth: Truth) -> alignment.Score:
    counts = np.array([COUNTS[name][pair.origin] for pair in from_.pairs])
    used = used & (counts > 0)
    score = fit(rows[used], truth[used], RIDGE[name], counts[used])
    return replace(score, least=LEAST[name])


def judge(scores: alignment.Scores, on: Sets) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The probabilities of same-or-partly and of conflict."""
    rows, asked = on.differing(scores.same)
    same = scores.same(on.rows)
    return same, np.where(asked & (same >= alignment.LEAST_SAME), scores.conflict(rows), 0.0)


def validated(from_: Sets, *, only: Truth) -> list[tuple[Truth, NDArray[np.float64], NDArray[np.float64]]]:
    """Cross-validation by event, over and over: (the pairs of `only`, their two probabilities) for each round."""
    rounds = []
    groups = sorted({pair.group for pair in from_.pairs})
    for seed in range(ROUNDS):
        order = np.random.default_rng(seed).permutation(len(groups))
        fold = {group: int(place) % FOLDS for group, place in zip(groups, order, strict=True)}
        folds = np.array([fold[pair.group] for pair in from_.pairs])
        same, conflict = np.zeros(len(folds)), np.zeros(len(folds))
        for number in range(FOLDS):
            out = folds == number
            same[out], conflict[out] = judge(train(from_.take(~out)), from_.take(out))
        rounds.append((only, same[only], conflict[only]))
    return rounds


def figures(same: NDArray[np.float64], conflict: NDArray[np.float64], on: Sets) -> dict[str, float]:
    """same_* and conflict_* at the thresholds that ship."""
    against = conflict >= LEAST["conflict"]
    return _shares("same", (same >= LEAST["same"]) & ~against, on.are(Label.SAME, Label.PARTIAL)) | _shares(
        "conflict", against, on.are(Label.CONFLICT)
    )


def _shares(name: str, found: Truth, gold: Truth) -> dict[str, float]:
    right = int((found & gold).sum())
    precision, recall = right / max(int(found.sum()), 1), right / max(int(gold.sum()), 1)
    return {
        f"{name}_p": precision,
        f"{name}_r": recall,
        f"{name}_f1": 2 * precision * recall / max(precision + recall, 1e-9),
    }


def measure(everything: Sets) -> dict[str, Any]:
    """Cross-validated figures on the visible pairs, with and without ours, and figures on the pairs kept apart."""
    apart = np.array([pair.kept_apart for pair in everything.pairs], bool)
    told: dict[str, Any] = {}
    for name, mask in (("visible alone", everything.of("visible")), ("all", ~apart)):
        chosen = everything.take(mask)
        visible = chosen.of("visible")
        rounds = [
            figures(same, conflict, chosen.take(only)) for only, same, conflict in validated(chosen, only=visible)
        ]
        told[f"cross-validated on visible, trained on {name}"] = _mean(rounds)
    if apart.any():
        held = everything.take(apart)
        told["kept apart"] = {"pairs": len(held.pairs)} | _mean(
            [figures(*judge(train(everything.take(~apart)), held), held)]
        )
    return told


def _mean(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    return {key: round(float(np.mean([one[key] for one in rounds])), 4) for key in rounds[0]}


def write(scores: alignment.Scores, path: Path) -> None:
    """The scores as JSON, each feature with its mean, scale and weight."""
    kept = {}
    for name in COUNTS:
        score: alignment.Score = getattr(scores, name)
        features = CONFLICT_FEATURES if name == "conflict" else FEATURES
        rows = zip(features, score.mean, score.scale, score.weight, strict=True)
        table = {feature: [round(float(value), 5) for value in values] for feature, *values in rows}
        kept[name] = {"bias": round(score.bias, 5), "least": score.least, "features": table}
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Train and write, or measure and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder with alignment/ and clustering/")
    parser.add_argument("--out", type=Path, default=WEIGHTS / alignment.FILE)
    parser.add_argument("--measure", action="store_true", help="write nothing, tell figures")
    options = parser.parse_args()
    everything = sets(pairs(options.data))
    if options.measure:
        print(json.dumps(measure(everything), indent=1))
        return
    write(train(everything), options.out)
    print(f"{options.out}: trained on {len(everything.pairs)} pairs")


if __name__ == "__main__":
    main()
