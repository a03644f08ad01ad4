"""Makes stories/nlp/weights/document_frequencies.json.gz: in how many background texts each term occurs.

It writes counts only, never a text, and leaves out terms of fewer than three texts: a rare name or turn of phrase would
say too much about one article. Made from the first 3,000 rows of neus_allsides.jsonl, which come shuffled:

    python -m training.document_frequencies ../shared/data/clustering/neus_allsides.jsonl
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from itertools import islice
from pathlib import Path

from stories.nlp import terms


def count(path: Path, documents: int, least: int) -> terms.Background:
    """Document frequencies over the first rows of a clustering file, of terms in `least` texts or more."""
    seen: Counter[str] = Counter()
    total = 0
    with path.open(encoding="utf-8") as file:
        for line in islice(file, documents):
            row = json.loads(line)
            seen.update(terms.counts(row["title"], row["text"] or "").keys())
            total += 1
    return terms.Background(total, {term: number for term, number in sorted(seen.items()) if number >= least})


def write(table: terms.Background, path: Path) -> None:
    """The table as compressed JSON; the same bytes for the same table, so that its checksum means something."""
    body = json.dumps({"documents": table.documents, "counts": table.counts}, ensure_ascii=False, sort_keys=True)
    path.write_bytes(gzip.compress(body.encode(), compresslevel=9, mtime=0))


def main() -> None:
    """Count, write, say what was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="a clustering file (.jsonl with title and text)")
    parser.add_argument("--documents", type=int, default=3000, help="rows to read (default: 3000)")
    parser.add_argument("--least", type=int, default=3, help="leave out terms of fewer texts (default: 3)")
    parser.add_argument("--out", type=Path, default=terms.WEIGHTS / "document_frequencies.json.gz")
    options = parser.parse_args()
    table = count(options.file, options.documents, options.least)
    write(table, options.out)
    print(f"{options.out}: {len(table.counts)} terms of {table.documents} texts")


if __name__ == "__main__":
    main()
