"""Collects segments of the READMEs of openly licensed npm packages at hand: text that judges nothing and names little, for training and evaluation.

python -m glossator_training.gather_readmes --packages ../node_modules --out runs/readme

Writes train.tsv and held-out.tsv; a package is in one of them, by a hash of its name. Nothing is fetched.
"""

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from .data.readme import Segment, segments

LICENCES = {"MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "BlueOak-1.0.0", "CC0-1.0", "MIT-0"}
"""Packages under any other licence are left out."""

OPINIONS = frozenset(
    "amazing awesome awful bad beautiful best better blazing brilliant broken clean cool dead easier easy elegant excellent fantastic fast faster "
    "fastest favorite good great happy hate horrible ideal incredible like lightweight love lovely nice painful perfect poor powerful pretty "
    "robust sad simple slick slow smart sorry terrible tiny ugly unfortunately useful useless wonderful worse worst wow".split()
)
"""A sentence with one of these may judge: it is not used as one that does not."""

COPIES = 4
"""Of the same text, such as "License", at most so many."""

HELD_OUT = 4
"""One package of so many is held out."""


def licensed(package: Path) -> bool:
    """Whether package.json names one of `LICENCES`."""
    try:
        return json.loads((package / "package.json").read_text(encoding="utf-8")).get("license") in LICENCES
    except (OSError, json.JSONDecodeError, TypeError, AttributeError):
        return False


def readmes(packages: Path) -> Iterator[tuple[str, str]]:
    """Name and README of each licensed package of a node_modules folder, scoped ones too, in order of their names."""
    for path in sorted([*packages.glob("*/package.json"), *packages.glob("@*/*/package.json")]):
        folder = path.parent
        found = sorted(p for p in folder.iterdir() if p.name.lower() == "readme.md")
        if found and licensed(folder):
            yield folder.relative_to(packages).as_posix(), found[0].read_text(encoding="utf-8", errors="replace")


def held_out(source: str) -> bool:
    """Whether a package belongs to the held-out ones: by its name alone, so that an update moves nothing."""
    return hashlib.sha256(source.encode()).digest()[0] % HELD_OUT == 0


def judges_nothing(segment: Segment) -> bool:
    """Headings never judge; elsewhere a word of `OPINIONS` or an exclamation mark may."""
    words = {word.strip(".,:;!?()\"'").lower() for word in segment.text.split()}
    return segment.kind == "heading" or not (words & OPINIONS or segment.text.endswith("!"))


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description="Collect segments of READMEs.")
    parser.add_argument("--packages", type=Path, default=Path("../node_modules"))
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    counts: Counter[tuple[bool, str]] = Counter()
    rows: dict[bool, list[str]] = {True: [], False: []}
    left_out = 0
    for source, text in readmes(args.packages):
        aside = held_out(source)
        for segment in segments(text, source):
            key = (aside, segment.text.lower())
            # The held-out ones stay as they are: also sentences that may judge, each text once.
            if counts[key] >= (1 if aside else COPIES) or not (aside or judges_nothing(segment)):
                left_out += 1
                continue
            counts[key] += 1
            rows[aside].append(f"{segment.kind}\t{source}\t{segment.text}")
    if not rows[False] or not rows[True]:
        print(f"error: {args.packages}: no README of an openly licensed package; run npm ci first", file=sys.stderr)
        return 1
    args.out.mkdir(parents=True, exist_ok=True)
    for aside, name in ((False, "train.tsv"), (True, "held-out.tsv")):
        (args.out / name).write_text("\n".join(rows[aside]) + "\n", encoding="utf-8")
        kinds = Counter(row.partition("\t")[0] for row in rows[aside])
        packages = {row.split("\t")[1] for row in rows[aside]}
        print(f"{name}: {len(rows[aside])} segments of {len(packages)} packages ({', '.join(f'{n} {k}' for k, n in kinds.most_common())})")
    print(f"left out: {left_out} (repeated, or may judge)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
