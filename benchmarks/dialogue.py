"""How often a line of dialogue, typed as printed, finds its page first.

    longbox index ../shared/corpus/pepper-and-carrot --library LIB
    python -m benchmarks.dialogue --library LIB --corpus ../shared/corpus/pepper-and-carrot

The lines are those of the transcripts (``epNN/pNN.json``), at least three words long, drawn with a
fixed seed. A line that stands on several pages counts as found when any of them comes first.
"""

import argparse
import json
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from schemas.messages import SearchHit, SearchRequest
from search.legs.words import squash
from search.library import Library, open_library

SEED = 7
MIN_WORDS, TYPED_WORDS = 3, 40
"""Nobody types the list of 500 patrons: of a longer text the first words are typed."""
TARGET = 0.9

PageKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A line and the pages, as (folder, file stem), that say it."""

    text: str
    pages: frozenset[PageKey]


def main() -> None:
    """Measure and list the failures."""
    options = _options()
    lines = sample_lines(options.corpus, options.lines)
    with open_library(options.library) as library:
        for mode in ("dialogue", "text"):
            ranks = [_rank(library, line, mode) for line in lines]
            first, five = (sum(1 for rank in ranks if rank and rank <= n) / len(ranks) for n in (1, 5))
            aim = f" (aim: {TARGET:.0%})" if mode == "dialogue" else ""
            print(f"{mode:9} {len(lines)} lines: page first {first:.1%}{aim}, among five {five:.1%}")
            if options.failures and mode == "dialogue":
                for line, rank in zip(lines, ranks, strict=True):
                    if rank != 1:
                        print(f"  rank {rank or '-'}: {line.text!r} {sorted(line.pages)}")


def sample_lines(corpus: Path, count: int) -> list[Line]:
    """Draw lines from the transcripts of a corpus, each wording once."""
    pages: dict[str, set[PageKey]] = defaultdict(set)
    wording: dict[str, str] = {}
    for file in sorted(corpus.glob("*/p*.json")):
        for text in json.loads(file.read_text("utf-8"))["texts"]:
            if len(re.findall(r"\w+", text)) >= MIN_WORDS:
                typed = " ".join(text.split()[:TYPED_WORDS])
                pages[squash(typed)].add((file.parent.name, file.stem))
                wording.setdefault(squash(typed), typed)
    whole = _pages_holding(corpus, pages)
    lines = [Line(wording[key], frozenset(whole[key])) for key in sorted(pages)]
    return random.Random(SEED).sample(lines, min(count, len(lines)))  # noqa: S311 - a sample, no secret


def _pages_holding(corpus: Path, lines: dict[str, set[PageKey]]) -> dict[str, set[PageKey]]:
    """Return for each line all pages that print it, also as a part of a longer text."""
    printed = {
        (file.parent.name, file.stem): squash(" ".join(json.loads(file.read_text("utf-8"))["texts"]))
        for file in sorted(corpus.glob("*/p*.json"))
    }
    return {
        key: {page for page, text in printed.items() if key in text} | pages for key, pages in lines.items()
    }


def _rank(library: Library, line: Line, mode: str) -> int | None:
    request = SearchRequest(
        text=line.text if mode == "text" else "",
        dialogue=line.text if mode == "dialogue" else "",
        group_by="page",
        limit=20,
    )
    hits = library.search(request).hits
    return next((place for place, hit in enumerate(hits, start=1) if _page(hit) in line.pages), None)


def _page(hit: SearchHit) -> PageKey:
    return Path(hit.source).stem, Path(hit.page_file).stem


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--lines", type=int, default=200)
    parser.add_argument("--failures", action="store_true", help="list the lines that were not found first")
    return parser.parse_args()


if __name__ == "__main__":
    main()
