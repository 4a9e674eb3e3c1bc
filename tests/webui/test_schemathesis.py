"""The document tried out by schemathesis: no server error, and no answer that it does not tell of."""

import shutil
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from webui import WebConfig, create_app

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi import checks  # noqa: E402

BUDGET_S = 40.0
"""Of processor time, for all operations."""
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
MODES = {schemathesis.GenerationMode.POSITIVE: 6, schemathesis.GenerationMode.NEGATIVE: 6}
"""What is as declared, and what is not: so many tries for each operation."""


@pytest.fixture(scope="module")
def operations(library_path: Path, tmp_path_factory: pytest.TempPathFactory):
    """The operations of a server on a copy of its own, for they write to it."""
    library = tmp_path_factory.mktemp("tried") / "library"
    shutil.copytree(library_path, library)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", create_app(WebConfig(library=library)))
    return [result.ok() for result in schema.get_all_operations()]


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES, ids=str)
def test_every_operation_answers_as_the_document_says(operations, mode):
    started, tried = time.process_time(), 0
    for operation in operations:

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=MODES[mode],
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def attempt(case):
            case.call_and_validate(checks=CHECKS)

        try:
            attempt()
        except Unsatisfiable:  # it takes nothing that could be wrong
            continue
        except BaseExceptionGroup as group:
            pytest.fail(f"{operation.method} {operation.path}: {group.exceptions}")
        tried += 1
        if time.process_time() - started > BUDGET_S / len(MODES):
            break
    assert tried >= len(operations) / 2
