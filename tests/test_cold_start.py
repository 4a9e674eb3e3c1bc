"""What a command may not load: the base install has no torch, and a cold start must stay cheap."""

import subprocess
import sys

import pytest

from tests.comics import write_cbz

RUN = """
import sys
from webui.cli import main
sys.argv = ["longbox", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    code = end.code
loaded = sorted({"torch", "transformers", "open_clip", "pandas", "sklearn", "skia"} & set(sys.modules))
print("LOADED", code, *loaded)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "the harbour cat"),
        ("search", "--dialogue", "Ask the harbour cat", "--json"),
        ("status",),
        ("tour",),
    ],
    ids=lambda arguments: arguments[0],
)
def test_reading_a_library_loads_nothing_heavy(lamps_library, arguments):
    command = [sys.executable, "-c", RUN, *arguments, "--library", str(lamps_library)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert output.splitlines()[-1] == "LOADED 0"


def test_indexing_loads_no_torch(tmp_path):
    write_cbz(tmp_path / "book.cbz", [["Hold the ladder"]], title="Moons")
    command = [sys.executable, "-c", RUN, "index", str(tmp_path), "--library", str(tmp_path / "library")]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert output.splitlines()[-1] == "LOADED 0"
