"""The sample library: books drawn from scripts, with metadata and ground truth, as files.

::

    OUT/<slug>/p01.jpg …  ComicInfo.xml      (or OUT/<slug>.cbz with the same inside)
    OUT/labels/<slug>/p01.json …             ground truth in the format of schemas.labels
    OUT/LICENCE.txt  sample.json             CC0 note; list of the files that are ours
"""

import json
import multiprocessing
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from indexer.samples.sample_metadata import comic_info
from schemas.errors import BackendUnavailableError, ConfigError
from schemas.records import RgbImage

if TYPE_CHECKING:
    from models.drawing.scene import Script

Container = Literal["folder", "cbz"]
Progress = Callable[[int, int], None]

_MANIFEST, _STAGING = "sample.json", ".longbox-sample.tmp"
_JPEG_QUALITY = 92
_PNG_COMPRESSION = 6
# A fixed time, so that the same seed gives the same archive bytes (ZIP knows no earlier one).
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_FILE_MODE = 0o644 << 16
_LICENCE = """\
The books in this folder were drawn by Longbox from its own scripts. Stories, characters and pictures
are original and dedicated to the public domain under CC0 1.0 Universal
(https://creativecommons.org/publicdomain/zero/1.0/). Credits: script, art and letters by Longbox;
lettered with fonts under the SIL Open Font License 1.1 (Comic Neue, Bangers, Crimson Text and others).
"""


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """What was written."""

    folder: Path
    books: int
    pages: int
    panels: int
    texts: int


@dataclass(frozen=True, slots=True)
class _PageCount:
    panels: int
    texts: int


def write_sample(
    out: Path,
    *,
    seed: int = 1,
    container: Container = "folder",
    workers: int = 2,
    progress: Progress | None = None,
) -> SampleSummary:
    """Draw the sample library into a folder.

    Args:
        out: Folder to write to: new, empty, or holding a former sample, which is replaced.
        seed: The same seed gives the same bytes.
        container: Books as folders of pictures, or packed as CBZ.
        workers: Processes that draw.
        progress: Called with pages done and pages in all.

    Raises:
        ConfigError: The folder holds something else, or cannot be written.
        BackendUnavailableError: The drawing library is not installed, or a drawing process died.
    """
    _require_skia()
    from models.drawing.books import sample_books

    return write_books(
        out, sample_books(), seed=seed, container=container, workers=workers, progress=progress
    )


def write_trials(
    out: Path, *, pages: int, seed: int = 1, workers: int = 2, progress: Progress | None = None
) -> SampleSummary:
    """Draw so many pages of each class that panel detectors fail on; else as ``write_sample``."""
    _require_skia()
    from models.drawing.trials import trial_books

    books = trial_books(seed, pages=pages)
    return write_books(out, books, seed=seed, workers=workers, progress=progress)


def write_books(
    out: Path,
    books: Sequence["Script"],
    *,
    seed: int = 1,
    container: Container = "folder",
    workers: int = 2,
    progress: Progress | None = None,
) -> SampleSummary:
    """Draw any scripts as ``write_sample`` draws the sample library; same arguments and errors."""
    _require_skia()
    former = _former_files(out)
    try:
        with _staging_folder(out) as staging:
            counts = _draw_all(staging, books, seed, workers, progress)
            for book in books:
                info = staging / book.slug / "ComicInfo.xml"
                info.write_text(comic_info(book), encoding="utf-8", newline="\n")
                if container == "cbz":
                    _pack(staging / book.slug)
            (staging / "LICENCE.txt").write_text(_LICENCE, encoding="utf-8", newline="\n")
            _publish(staging, out, former, {"seed": seed, "container": container})
    except OSError as error:
        raise ConfigError(f"cannot write the sample to {out}: {error.strerror or error}") from error
    panels, texts = sum(count.panels for count in counts), sum(count.texts for count in counts)
    return SampleSummary(out, len(books), len(counts), panels, texts)


def _require_skia() -> None:
    try:
        import skia  # noqa: F401
    except ImportError as error:
        raise BackendUnavailableError(
            "drawing needs skia-python; install it with: pip install 'longbox[draw]'"
        ) from error


def _draw_all(
    staging: Path, books: Sequence["Script"], seed: int, workers: int, progress: Progress | None
) -> list[_PageCount]:
    jobs = [(book, page_no) for book in books for page_no in range(len(book.pages))]
    for book in books:
        (staging / book.slug).mkdir(parents=True)
        (staging / "labels" / book.slug).mkdir(parents=True)
    draw = partial(_draw_file, staging, seed)
    counts: list[_PageCount] = []
    for count in _each(draw, jobs, workers):
        counts.append(count)
        if progress is not None:
            progress(len(counts), len(jobs))
    return counts


def _each(
    draw: Callable[[tuple["Script", int]], _PageCount], jobs: Sequence[tuple["Script", int]], workers: int
) -> Iterator[_PageCount]:
    if workers <= 1:
        yield from map(draw, jobs)
        return
    # Fresh processes: a fork would copy the threads' locks of whoever calls.
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            yield from pool.map(draw, jobs, chunksize=2)
    except BrokenProcessPool as error:
        raise BackendUnavailableError(
            "a process that draws pages was killed, perhaps for want of memory; try again"
        ) from error


def _draw_file(staging: Path, seed: int, job: tuple["Script", int]) -> _PageCount:
    """Draw one page into the staging folder, with its label."""
    from models.drawing.pages import draw_page

    book, page_no = job
    picture, label = draw_page(book, page_no, seed=seed)
    name = f"p{page_no + 1:02d}"
    suffix, data = _encoded(picture)
    label = replace(label, image=f"{book.slug}/{name}{suffix}")
    (staging / label.image).write_bytes(data)
    text = json.dumps(label.to_json(), ensure_ascii=False, indent=1) + "\n"
    (staging / "labels" / book.slug / f"{name}.json").write_text(text, encoding="utf-8", newline="\n")
    return _PageCount(len(label.panels), sum(len(panel.texts) for panel in label.panels))


def _encoded(picture: RgbImage) -> tuple[str, bytes]:
    """Encode a page: grey ones as PNG, which keeps screentones sharp, coloured ones as JPEG."""
    import cv2

    if (picture[:, :, 0] == picture[:, :, 1]).all() and (picture[:, :, 1] == picture[:, :, 2]).all():
        done, data = cv2.imencode(".png", picture[:, :, 0], [cv2.IMWRITE_PNG_COMPRESSION, _PNG_COMPRESSION])
        suffix = ".png"
    else:
        bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
        done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
        suffix = ".jpg"
    if not done:
        raise ConfigError("OpenCV was built without an encoder for pages")
    return suffix, data.tobytes()


def _pack(folder: Path) -> None:
    """Turn a folder of pages into a CBZ beside it, the same bytes every time."""
    with zipfile.ZipFile(folder.with_name(f"{folder.name}.cbz"), "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(folder.iterdir()):
            entry = zipfile.ZipInfo(file.name, _ZIP_TIME)
            entry.create_system, entry.external_attr = 3, _FILE_MODE
            archive.writestr(entry, file.read_bytes())
    shutil.rmtree(folder)


def _former_files(out: Path) -> frozenset[str]:
    """Return the files of a former sample in the folder. Raises ConfigError for a folder of others."""
    if out.exists() and not out.is_dir():
        raise ConfigError(f"{out} is a file; name a new or empty folder for the sample")
    manifest = out / _MANIFEST
    try:
        files = json.loads(manifest.read_text(encoding="utf-8"))["files"]
        return frozenset(str(file) for file in files)
    except FileNotFoundError:
        strangers = [entry.name for entry in out.iterdir() if entry.name != _STAGING] if out.is_dir() else []
        if strangers:
            raise ConfigError(
                f"{out} holds {strangers[0]!r} and is no former sample; name a new or empty folder"
            ) from None
        return frozenset()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{manifest} cannot be read ({error}); name a new or empty folder") from error


@contextmanager
def _staging_folder(out: Path) -> Iterator[Path]:
    """Offer a folder on the same disk for half-done work, gone afterwards whatever happens."""
    staging = out / _STAGING
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _publish(staging: Path, out: Path, former: frozenset[str], facts: dict[str, object]) -> None:
    """Move finished files to their places; files that are not ours are never touched."""
    fresh = sorted(str(path.relative_to(staging).as_posix()) for path in staging.rglob("*") if path.is_file())
    for name in fresh:
        if name not in former and (out / name).exists():
            raise ConfigError(f"{out / name} exists and is no part of a sample; name another folder")
    # While files move both lists are ours, so that an interrupted run can be repeated.
    _write_manifest(out, facts, sorted({*former, *fresh}))
    for name in fresh:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (staging / name).replace(out / name)
    for name in sorted(former - set(fresh)):
        _remove(out, name)
    _write_manifest(out, facts, fresh)


def _write_manifest(out: Path, facts: dict[str, object], files: Sequence[str]) -> None:
    text = json.dumps({"licence": "CC0-1.0", **facts, "files": list(files)}, indent=1) + "\n"
    partial_file = out / _STAGING / _MANIFEST
    partial_file.write_text(text, encoding="utf-8", newline="\n")
    partial_file.replace(out / _MANIFEST)


def _remove(out: Path, name: str) -> None:
    """Remove a file of a former sample, and its folder once that is empty."""
    path = out / name
    if not path.resolve().is_relative_to(out.resolve()):
        return  # a manifest edited by hand must not reach outside the folder
    path.unlink(missing_ok=True)
    for folder in path.parents:
        if folder == out or not folder.is_dir() or any(folder.iterdir()):
            return
        folder.rmdir()
