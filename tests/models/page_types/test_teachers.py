"""Teachers of page types: sure or silent, by words and by a model over the real protocol."""

import json
from collections.abc import Sequence

import numpy as np
import pytest

from models.page_types.teachers import ChatTeacher, TaughtPage, WordsTeacher, answered, load_teacher
from models.registry import load_text_encoder
from models.vlm.reader import VlmPageReader
from models.vlm.settings import ChatSettings
from schemas.config import IndexOptions
from schemas.errors import BackendUnavailableError, ConfigError
from schemas.labels import PageType
from tests.models.vlm.chat_server import chat_server, completion, error
from tests.models.vlm.test_pacing import FakeTime

PICTURE = np.full((40, 30, 3), 200, np.uint8)


def pages(*texts: str) -> list[TaughtPage]:
    return [TaughtPage(text, lambda: PICTURE) for text in texts]


def types_by_chat(*replies, count: int = 1, **settings) -> list[PageType | None]:
    with chat_server(*replies) as server:
        given = {"base_url": server.base_url, "model": "tiny", "timeout_s": 5.0, "max_retries": 1} | settings
        reader = VlmPageReader(ChatSettings(**given), pacing=FakeTime().pacing())
        found = ChatTeacher(reader.ask).types(pages(*[""] * count))
        types_by_chat.requests = server.requests
    return found


def test_words_tell_pages_apart_and_few_words_tell_nothing() -> None:
    said = (
        "Published by Lantern Press, Boston. Copyright 1948, all rights reserved. Printed in Canada.",
        "BUY NOW! Send 25 cents with this coupon and get your amazing free whistle, money back guaranteed!",
        "Dear Editor, I have read your magazine since the first number and liked the last one. Yours, Ann",
        "No! Come back here! What have you done with the lamp, Moss? I do not know where it is! Run, quick!",
        "BANG!",
        "",
    )
    teacher = WordsTeacher(load_text_encoder(IndexOptions().text_encoder))
    found = teacher.types(pages(*said))
    expected = [PageType.CREDITS, PageType.ADVERTISEMENT, PageType.TEXT, PageType.STORY]
    assert all(kind in (None, wanted) for kind, wanted in zip(found[:4], expected, strict=True)), found
    assert sum(kind is not None for kind in found[:4]) >= 3
    assert found[4:] == [None, None]


def test_a_model_is_shown_each_page_and_asked_for_its_type() -> None:
    first = completion('{"page_type": "cover", "sure": 0.9}')
    second = completion('```json\n{"page_type": "story", "sure": 1}\n```')
    assert types_by_chat(first, second, count=2) == [PageType.COVER, PageType.STORY]
    asked = types_by_chat.requests
    assert len(asked) == 2
    text, picture = asked[0]["messages"][0]["content"]
    assert "advertisement" in text["text"]
    assert picture["image_url"]["url"].startswith("data:image/")
    schema = asked[0]["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["page_type"]["enum"] == [kind.value for kind in PageType]


def test_what_a_model_fails_on_stays_open_and_a_server_that_is_gone_is_said() -> None:
    assert types_by_chat(error(500, "busy")) == [None]
    assert types_by_chat(completion("I would rather not say.")) == [None]
    with pytest.raises(BackendUnavailableError):
        types_by_chat(error(401, "no key"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"page_type": "art", "sure": 0.7}', PageType.ART),
        ('{"page_type": "art", "sure": 0.3}', None),
        ('{"page_type": "art", "sure": 7}', None),
        ('{"page_type": "poem", "sure": 1}', None),
        ('{"page_type": ["art"]} {"page_type": "text"}', PageType.TEXT),
        ("[]", None),
        ("{" * 20_000, None),
    ],
)
def test_only_an_answer_that_makes_sense_counts(text: str, kind: PageType | None) -> None:
    assert answered(text) is kind


@pytest.mark.parametrize("name", ["", "wisdom", "words:much", "chat", "chat:"])
def test_unknown_teachers_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="no teacher"):
        load_teacher(name)


class Stern:
    """A teacher for the export: it knows the first page alone."""

    def types(self, pages: Sequence[TaughtPage]) -> list[PageType | None]:
        assert all(page.picture().ndim == 3 for page in pages)
        return [PageType.COVER, *[None] * (len(pages) - 1)]


def test_an_export_holds_what_the_teacher_is_sure_of(lamps_library, tmp_path) -> None:
    from indexer.exchange.cosmo import export_cosmo

    export_cosmo(lamps_library, tmp_path / "out", Stern())
    told = json.loads((tmp_path / "out" / "streams.json").read_text("utf-8"))
    assert told
    for book in told:
        assert [(one["page_start"], one["page_end"]) for one in book["covers"]] == [(0, 0)]
        assert not any(book[key] for key in ("stories", "text", "credits", "art", "advertisements"))
        assert book["page_count"] >= 1


def test_the_command_writes_page_streams_by_itself_or_by_a_teacher(lamps_library, tmp_path) -> None:
    from click.testing import CliRunner

    from indexer.commands.cli import export

    base = [str(tmp_path / "out"), "--library", str(lamps_library), "--json", "--format"]
    for more in ([], ["--teacher", "words"]):
        told = json.loads(CliRunner().invoke(export, [*base, "cosmo", *more], catch_exceptions=False).output)
        assert told["file"] == "streams.json"
        assert told["items"]["books"] >= 1
    assert "--format cosmo alone" in CliRunner().invoke(export, [*base, "coco", "--teacher", "words"]).output


def test_every_format_can_be_asked_for() -> None:
    from indexer.commands.cli import export
    from indexer.exchange.formats import EXPORTERS

    (option,) = [one for one in export.params if one.name == "format_name"]
    assert set(option.type.choices) == {"parquet", *EXPORTERS}
