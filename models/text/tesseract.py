"""The reader for scripts that PP-OCRv6 lacks: the ``tesseract`` command, one process a page."""

import csv
import io
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import cv2

from models.text.languages import primary_code
from models.text.scripts import is_cjk
from schemas.errors import BackendUnavailableError, ConfigError
from schemas.geometry import Box
from schemas.records import RgbImage, TextLine

DEFAULT_LANGUAGES = ("kor", "rus")
TIMEOUT_S = 120.0
"""A dense page takes seconds; a picture of noise may take for ever."""
MAX_SIDE_PX = 3000
"""Larger pages are shrunk: letters stay legible and time stays bounded."""
MIN_CONFIDENCE = 0.4
"""Mean word confidence of a line; Tesseract is more modest than the networks."""
SPARSE_TEXT = "11"
"""Page segmentation mode: as much text as possible in no particular order."""
_LANGUAGE_CODE = re.compile(r"[A-Za-z]{3}(_[A-Za-z]+)?")
_ISO_TO_TESSERACT = {
    "ko": "kor",
    "ru": "rus",
    "uk": "ukr",
    "bg": "bul",
    "be": "bel",
    "sr": "srp",
    "mk": "mkd",
    "ar": "ara",
    "fa": "fas",
    "he": "heb",
    "iw": "heb",
    "hi": "hin",
    "th": "tha",
    "el": "ell",
    "en": "eng",
    "fr": "fra",
    "de": "deu",
    "es": "spa",
    "it": "ita",
    "pt": "por",
    "vi": "vie",
}


class TesseractTextReader:
    """Reads with the installed ``tesseract``; each call is a process of its own, hence thread-safe."""

    def __init__(
        self,
        languages: Sequence[str] = DEFAULT_LANGUAGES,
        *,
        executable: Path | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Find the command and its language data.

        Args:
            languages: Tesseract's own codes, such as ``kor``.
            executable: The command; None searches the PATH.
            timeout_s: Longest a page may take.

        Raises:
            ConfigError: a code is no language code.
            BackendUnavailableError: the command or the data of a language is missing.
        """
        for language in languages:
            if not _LANGUAGE_CODE.fullmatch(language):
                raise ConfigError(f"{language!r} is no Tesseract language; they look like 'kor'")
        packages = " ".join(["tesseract-ocr", *(f"tesseract-ocr-{code}" for code in languages)])
        self._install = f"apt-get install {packages}"
        found = executable or shutil.which("tesseract")
        if found is None:
            raise BackendUnavailableError(f"the reader 'tesseract' needs its command: {self._install}")
        self._command = str(found)
        self._languages = tuple(languages)
        self._timeout_s = timeout_s
        self._version = self._ask_version()
        missing = sorted(set(languages) - self._ask_languages())
        if missing:
            raise BackendUnavailableError(
                f"the reader 'tesseract' lacks the data of {', '.join(missing)}: {self._install}"
            )

    @property
    def name(self) -> str:
        """Version and languages."""
        return f"tesseract-{self._version}/{'+'.join(self._languages)}"

    def reads(self, language: str | None) -> bool:
        """Say whether the data of an ISO 639 language are loaded; True for None."""
        if language is None:
            return True
        code = primary_code(language)
        return _ISO_TO_TESSERACT.get(code, code) in self._languages

    def read_lines(self, page: RgbImage) -> tuple[TextLine, ...]:
        """Return recognised lines in no particular order; empty for a page without text.

        A page that takes longer than the limit counts as one without text.

        Raises:
            BackendUnavailableError: the command fails.
        """
        scale = min(1.0, MAX_SIDE_PX / max(page.shape[:2]))
        width, height = (max(round(side * scale), 1) for side in (page.shape[1], page.shape[0]))
        small = cv2.resize(page, (width, height), interpolation=cv2.INTER_AREA)
        _, png = cv2.imencode(".png", cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
        arguments = ["stdin", "stdout", "-l", "+".join(self._languages), "--psm", SPARSE_TEXT, "tsv"]
        try:
            table = self._run(arguments, png.tobytes())
        except subprocess.TimeoutExpired:
            return ()
        return lines_from_tsv(table, width_px=width, height_px=height)

    def _ask_version(self) -> str:
        words = self._run(["--version"]).split()
        return words[1] if len(words) > 1 else "unknown"

    def _ask_languages(self) -> set[str]:
        return set(self._run(["--list-langs"]).split("\n")[1:])

    def _run(self, arguments: list[str], stdin: bytes = b"") -> str:
        # A list, no shell; the picture goes through stdin, so that no file name is ever parsed.
        try:
            done = subprocess.run(  # noqa: S603
                [self._command, *arguments],
                input=stdin,
                capture_output=True,
                timeout=self._timeout_s,
                check=True,
                env={"OMP_THREAD_LIMIT": "1", "PATH": "", "LC_ALL": "C.UTF-8"},
            )
        except (OSError, subprocess.CalledProcessError) as error:
            raise BackendUnavailableError(
                f"the reader 'tesseract' fails ({type(error).__name__}): try `{self._command} --version`"
            ) from error
        return done.stdout.decode("utf-8", "replace")


def lines_from_tsv(table: str, *, width_px: int, height_px: int) -> tuple[TextLine, ...]:
    """Join the words of Tesseract's TSV output to lines; rows that make no sense are passed over."""
    reader = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
    groups: dict[tuple[str, ...], list[tuple[tuple[int, int, int, int], float, str]]] = {}
    for row in reader:
        word = _word(row)
        if word is not None:
            key = tuple(row[column] for column in ("block_num", "par_num", "line_num"))
            groups.setdefault(key, []).append(word)
    lines = (_line(words, width_px=width_px, height_px=height_px) for words in groups.values())
    return tuple(line for line in lines if line.confidence >= MIN_CONFIDENCE)


def _word(row: Mapping[str, str | None]) -> tuple[tuple[int, int, int, int], float, str] | None:
    try:
        left, top, width, height = (int(row[key] or "") for key in ("left", "top", "width", "height"))
        confidence = float(row["conf"] or "")
    except (KeyError, ValueError):
        return None
    text = (row.get("text") or "").strip()
    if confidence < 0 or not text:
        return None
    return (left, top, left + width, top + height), confidence / 100, text


def _line(
    words: Iterable[tuple[tuple[int, int, int, int], float, str]], *, width_px: int, height_px: int
) -> TextLine:
    boxes, confidences, texts = zip(*words, strict=True)
    corners = (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
    text = " ".join(texts)
    box = Box.from_pixels(corners, width_px=width_px, height_px=height_px)
    tall = corners[3] - corners[1] > 1.5 * (corners[2] - corners[0])
    return TextLine(box, text, sum(confidences) / len(confidences), vertical=tall and is_cjk(text))
