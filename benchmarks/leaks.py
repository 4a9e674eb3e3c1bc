"""Do classifiers read the logo? Covers are drawn whose logos tell who is on them, and masked.

Prints, before and after masking what is printed: the share of relevance inside it, AP on covers with
logos, and AP on covers without.

    python -m benchmarks.leaks --covers 400
"""

import argparse
import json

from models.registry import load_picture_encoder
from models.text.rapid import RapidTextReader
from models.training.characters.leaks import LeakPlan, LeakScore, score_leaks


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--encoder", default="longbox-mini")
    parser.add_argument("--covers", type=int, default=400)
    parser.add_argument("--free", type=int, default=200)
    parser.add_argument("--characters", type=int, default=6)
    parser.add_argument("--maps", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    plan = LeakPlan(given.characters, given.covers, given.free, given.maps, given.seed)
    score = score_leaks(load_picture_encoder(given.encoder), RapidTextReader(), plan)
    print(json.dumps(score.to_json(), indent=1) if given.json else "\n".join(lines(score)))


def lines(score: LeakScore) -> list[str]:
    """Return what was measured, for people."""
    before, after = score.before, score.after
    found = f"found: {score.found:.0%}; of the rest {score.wrongly:.1%}"
    fell = f"{before.relevance_inside:.2f}, masked {after.relevance_inside:.2f} (- {score.fall:.0%})"
    free = f"{before.mean_ap_without_logos:.3f}, masked {after.mean_ap_without_logos:.3f}"
    return [
        f"what is printed ({score.area:.0%} of a cover) {found}",
        f"relevance inside it: {fell}",
        f"AP on covers without logos: {free}",
        f"AP on covers with logos: {before.mean_ap:.3f}, masked {after.mean_ap:.3f}",
    ]


if __name__ == "__main__":
    main()
