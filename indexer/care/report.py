"""What ``longbox verify`` tells."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from indexer.care.recall import Recall
from indexer.care.verify import Finding, examine, judge
from indexer.remote.state import shown
from schemas.places import Place


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome for one library; ``unsealed`` counts files and books without a checksum yet."""

    library: Place
    counts: dict[str, int]
    is_being_written: bool
    unsealed: int
    unindexed: dict[tuple[str, str], int]
    recalls: tuple[Recall, ...]
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {
            "library": str(self.library),
            "ok": not self.findings,
            "counts": self.counts,
            "being_written": self.is_being_written,
            "unsealed": self.unsealed,
            "unindexed": {f"{table}.{column}": rows for (table, column), rows in self.unindexed.items()},
            "recall@10": {
                f"{found.table}.{found.column}": {
                    "index": found.index,
                    "queries": found.queries,
                    "recall": found.recall,
                }
                for found in self.recalls
            },
            "findings": [asdict(finding) for finding in self.findings],
        }


def verify_library(library: Path, *, sample: int) -> Verification:
    """Look at all of a library. Raises as :func:`indexer.care.verify.examine`."""
    told = examine(library, sample=sample)
    return Verification(
        library=shown(library),
        counts=dict(told.scan.rows),
        is_being_written=told.is_being_written,
        unsealed=told.unsealed_files + len(told.unsure),
        unindexed=told.unindexed,
        recalls=told.recalls,
        findings=judge(told),
    )
