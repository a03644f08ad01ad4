"""The last measured figures of grouping, shipped with its weights and shown on the page "How good is the grouping?".

Measured figures only: nothing here is written by hand but the count of false merges, which takes a reader.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from stories.nlp.terms import WEIGHTS

FIGURES = WEIGHTS / "grouping_figures.json"
_SHOWN = ("articles", "gold_stories", "stories", "b3_p", "b3_r", "b3_f1", "pair_p", "pair_r", "pair_f1")


def publish(parts: dict[str, Any], on: date, path: Path = FIGURES) -> None:
    """Write some parts of the figures and the day; parts that are not given stay. OSError or ValueError if it fails."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    kept |= parts | {"measured_on": on.isoformat()}
    path.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def shown(report: dict[str, Any]) -> dict[str, Any]:
    """A clustering report without what depends on the machine."""
    sets = {name: {key: one[key] for key in _SHOWN} for name, one in report["sets"].items()}
    return {"sets": sets, "mean_b3_f1": report["mean_b3_f1"], "mean_pair_f1": report["mean_pair_f1"]}
