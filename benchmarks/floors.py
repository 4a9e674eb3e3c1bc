"""Whether the built-in floors let what is meant through and keep nonsense out.

    python -m benchmarks.floors --library LIB --corpus ../shared/corpus/pepper-and-carrot

Asks a library of that corpus for made-up words, for real sentences about other things, and for
lines of its transcripts; prints how many find anything, and the cosines behind the ``meaning`` leg.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.dialogue import sample_lines
from models.registry import load_text_encoder
from schemas.messages import SearchRequest
from schemas.tables import PANELS
from search.library import Library, open_library

SEED, NONSENSE_QUERIES, LINES = 3, 50, 200
CONSONANTS, VOWELS = "bcdfghjklmnpqrstvwxz", "aeiou"
ELSEWHERE = (
    "quarterly tax return for small businesses",
    "how to configure a network router",
    "photosynthesis in plants",
    "the stock market crashed in october",
    "basketball championship final score",
    "recipe for tomato soup",
    "install python on windows",
    "cancer treatment clinical trial",
    "soviet submarine",
    "used car dealership prices",
)


def main() -> None:
    """Measure."""
    options = _options()
    rng = random.Random(SEED)  # noqa: S311 - questions, no secrets
    made_up = [*_keyboard_mash(rng), *_sounding_words(rng)]
    lines = [line.text for line in sample_lines(options.corpus, LINES)]
    groups = {"made-up words": made_up, "other subjects": ELSEWHERE, "true lines": lines}
    with open_library(options.library) as library:
        for name, questions in groups.items():
            for mode in ("text", "dialogue"):
                found = [question for question in questions if _finds(library, question, mode)]
                print(f"{name:15} as {mode:9} {len(found)} of {len(questions)} find something")
                if name != "true lines" and found:
                    print(f"    {found}")
            print(f"{name:15} best cosine: {_best_cosines(library, questions)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    return parser.parse_args()


def _finds(library: Library, question: str, mode: str) -> bool:
    request = SearchRequest(dialogue=question) if mode == "dialogue" else SearchRequest(text=question)
    return bool(library.search(request).hits)


def _best_cosines(library: Library, questions: Sequence[str]) -> str:
    column = library.snapshot().vectors(PANELS, "vector_text")
    vectors = load_text_encoder("minilm").encode_texts(questions)
    best = [float(column.nearest(vector, k=1)[1][0]) for vector in vectors]
    low, half, high, top = np.percentile(best, [5, 50, 95, 100])
    return f"5 % {low:.2f}, median {half:.2f}, 95 % {high:.2f}, most {top:.2f}"


def _keyboard_mash(rng: random.Random) -> Iterator[str]:
    for _ in range(NONSENSE_QUERIES // 2):
        lengths = [rng.randint(3, 8) for _ in range(rng.randint(1, 4))]
        yield " ".join("".join(rng.choices(CONSONANTS + VOWELS, k=length)) for length in lengths)


def _sounding_words(rng: random.Random) -> Iterator[str]:
    def word() -> str:
        syllables = [rng.choice(CONSONANTS) + rng.choice(VOWELS) for _ in range(rng.randint(2, 3))]
        return "".join(syllables) + rng.choice(("", rng.choice(CONSONANTS)))

    for _ in range(NONSENSE_QUERIES // 2):
        yield " ".join(word() for _ in range(rng.randint(1, 4)))


if __name__ == "__main__":
    main()
