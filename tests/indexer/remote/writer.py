"""A writer as a process of its own: ``python -m tests.indexer.remote.writer URI COMICS``."""

import sys
from pathlib import Path

from indexer.remote.state import named
from tests.indexer.remote.machines import index

if __name__ == "__main__":
    index(Path(sys.argv[2]), named(sys.argv[1]))
