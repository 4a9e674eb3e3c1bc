"""Keys: shown once, kept as hashes in a private file, gone at once when they are removed."""

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from schemas.errors import ConfigError
from webui.commands.keys_cli import keys as command
from webui.security.keys import KEYS_FILE, KeyFile
from webui.security.scopes import Scope


def test_key_is_found_again_and_only_its_hash_is_kept(tmp_path):
    text = KeyFile(tmp_path).add("phone", Scope.READ)
    found = KeyFile(tmp_path).find(text)
    assert (found.name, found.scope) == ("phone", Scope.READ)
    stored = (tmp_path / KEYS_FILE).read_text("utf-8")
    assert text not in stored
    assert text.removeprefix("lbx_") not in stored
    assert len(text) > 43


def test_file_is_for_its_owner_alone(tmp_path):
    keys = KeyFile(tmp_path)
    keys.add("phone", Scope.READ)
    keys.add("tablet", Scope.WRITE)
    assert stat.S_IMODE((tmp_path / KEYS_FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [KEYS_FILE]


def test_other_processes_see_changes_at_once(tmp_path):
    served, told = KeyFile(tmp_path), KeyFile(tmp_path)
    assert served.all() == ()
    text = told.add("phone", Scope.WRITE)
    assert served.find(text).scope is Scope.WRITE
    told.remove("phone")
    assert served.find(text) is None


@pytest.mark.parametrize("wrong", ["", "lbx_", "lbx_x", "\udcff", "x" * 10_000])
def test_wrong_keys_are_nobodys(tmp_path, wrong):
    keys = KeyFile(tmp_path)
    text = keys.add("phone", Scope.READ)
    assert keys.find(wrong) is None
    assert keys.find(text + "x") is None
    assert keys.find(text[:-1]) is None


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 41, "ü", "-x", "a\n"])
def test_impossible_names_are_refused(tmp_path, name):
    with pytest.raises(ConfigError, match="no name for a key"):
        KeyFile(tmp_path).add(name, Scope.READ)


def test_taken_and_unknown_names_are_refused(tmp_path):
    keys = KeyFile(tmp_path)
    keys.add("phone", Scope.READ)
    with pytest.raises(ConfigError, match="already"):
        keys.add("phone", Scope.READ)
    with pytest.raises(ConfigError, match="there are: phone"):
        keys.remove("tablet")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"keys": [{"name": "x"}], "secret": ""}', '{"keys": 7}'])
def test_damaged_file_lets_nobody_in_and_says_so(tmp_path, text):
    (tmp_path / KEYS_FILE).write_text(text)
    with pytest.raises(ConfigError, match="damaged"):
        KeyFile(tmp_path).find("x")


def test_commands_make_list_and_remove_keys(tmp_path: Path):
    def call(*arguments: str):
        return CliRunner().invoke(command, [*arguments, "--library", str(tmp_path)])

    made = call("add", "phone", "--scope", "write")
    assert KeyFile(tmp_path).find(made.stdout.strip()).scope is Scope.WRITE
    assert call("list").output.startswith("phone  write  20")
    assert made.stdout.strip() not in call("list").output
    call("remove", "phone")
    assert call("list").output == ""
    assert json.loads((tmp_path / KEYS_FILE).read_text("utf-8"))["keys"] == []
