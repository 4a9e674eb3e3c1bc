"""A small library of drawn books with and without licences, indexed for real."""

import io
import zipfile
from pathlib import Path

from PIL import Image

from schemas.labels import ReadingDirection

RIGHTS = {"free": "CC0 1.0", "named": "CC BY 4.0", "bound": "CC BY-ND 4.0", "silent": ""}


def write_drawn(path: Path, *, seed: int, licence: str) -> None:
    from models.drawing.pages import draw_page
    from models.drawing.random_script import random_script

    script = random_script(seed, direction=ReadingDirection.LTR, style="western", pages=2)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(2):
            picture, _ = draw_page(script, number, seed=seed, drop_crowded=True)
            out = io.BytesIO()
            Image.fromarray(picture).resize((600, 848)).save(out, "PNG")
            archive.writestr(f"p{number + 1}.png", out.getvalue())
        rights = f"<rights>{licence}</rights>" if licence else ""
        archive.writestr(
            "CoMet.xml",
            f'<comet xmlns="http://www.denvog.com/comet/"><title>{path.stem}</title>{rights}'
            "<creator>Ada Inker</creator></comet>",
        )


def index_drawn(books: Path, library: Path) -> None:
    from indexer.running.indexing import index_library
    from schemas.config import IndexOptions

    for seed, (name, licence) in enumerate(RIGHTS.items(), start=3):
        write_drawn(books / f"{name}.cbz", seed=seed, licence=licence)
    index_library([books], library, IndexOptions(workers=1, reader="none"))
