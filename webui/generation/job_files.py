"""The files of the studio's pictures: the picture, its record, its layers, its report; each there whole."""

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.library.whole import write_together
from schemas.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable

    from search.generation.making import MadePanel

PICTURE, RECORD, LAYERS, REPORT = "png", "json", "ora", "html"
_NOT_ALWAYS = (LAYERS, REPORT)


class JobFiles:
    """Pictures of jobs in a folder, one below it for each job; pictures are numbered from 1."""

    def __init__(self, folder: Path, seal: "Callable[[MadePanel], bytes]") -> None:
        """Keep them below ``folder``; ``seal`` makes the file of a picture."""
        self._folder, self._seal = folder, seal

    def read(self, job_id: str, number: int, kind: str) -> bytes:
        """Return a file of a picture. Raises NotFoundError where it is gone, or never was."""
        try:
            return self._path(job_id, number, kind).read_bytes()
        except OSError as error:
            raise NotFoundError(f"picture {number} of the job {job_id} is gone") from error

    def write(self, job_id: str, number: int, panel: "MadePanel") -> None:
        """Write the files of a picture, all of them or none. Raises LibraryError."""
        from models.generation.layered import as_ora
        from webui.generation.restyle_report import is_judged, report_of

        record = json.dumps(panel.record.to_json(), ensure_ascii=False, indent=1)
        files = {self._path(job_id, number, RECORD): record.encode()}
        if panel.panel.layers:
            files[self._path(job_id, number, LAYERS)] = as_ora(panel.picture, panel.panel.layers)
        if is_judged(panel):
            files[self._path(job_id, number, REPORT)] = report_of(panel)
        write_together({**files, self._path(job_id, number, PICTURE): self._seal(panel)})

    def swap(self, one: tuple[str, int], other: tuple[str, int]) -> None:
        """Let two pictures, each a job and a number, change their places.

        Raises NotFoundError, LibraryError; then both are where they were.
        """
        files, without = dict[Path, bytes](), list[Path]()
        for source, target in ((one, other), (other, one)):
            for kind in (RECORD, *_NOT_ALWAYS, PICTURE):
                to = self._path(*target, kind)
                if kind in _NOT_ALWAYS and not self._path(*source, kind).exists():
                    without.append(to)
                else:
                    files[to] = self.read(*source, kind)
        write_together(files)
        for path in without:
            with suppress(OSError):
                path.unlink()

    def clear(self, job_id: str) -> None:
        """Remove what a job wrote before it came to another end than a good one."""
        for path in (self._folder / job_id).glob("[0-9]*"):
            with suppress(OSError):
                path.unlink()

    def _path(self, job_id: str, number: int, kind: str) -> Path:
        return self._folder / job_id / f"{number}.{kind}"
