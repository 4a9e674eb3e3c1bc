"""Elements for those who judge pictures elsewhere: what was learnt, in one JSON file."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from indexer.elements.table import list_facts
from schemas.elements import ElementFacts
from schemas.errors import ConfigError, LibraryError, NotFoundError

FORMAT = "longbox-elements-1"


def export_judges(library: Path, out: Path, names: tuple[str, ...] = ()) -> list[ElementFacts]:
    """Write the probes of elements as a file for :class:`models.elements.judge.ElementJudge`.

    Raises:
        NotFoundError: there is no such element.
        ConfigError: there is none at all.
        LibraryError: the file cannot be written.
    """
    known = {facts.name: facts for facts in list_facts(library)}
    for name in names:
        if name not in known:
            raise NotFoundError(
                f"the element {name!r} was not worked out; there are: {', '.join(known) or 'none'}"
            )
    chosen = [known[name] for name in names or known]
    if not chosen:
        raise ConfigError("no element was worked out yet: add one with 'longbox element add'")
    told = {"format": FORMAT, "elements": [asdict(facts) for facts in chosen]}
    partial = out.with_name(f"{out.name}.part")
    try:
        partial.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        partial.replace(out)
    except OSError as error:
        raise LibraryError(f"cannot write {out}: {error.strerror or error}") from error
    return chosen
