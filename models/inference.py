"""Sessions of onnxruntime, opened in one way: on the processor, with as many threads as the caller says."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import shorten
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.errors import BackendUnavailableError, WeightsError

INSTALL = "pip install onnxruntime"
_MESSAGE_CHARACTERS = 200


def open_session(
    model: Path,
    *,
    needed_by: str,
    data: bytes | None = None,
    threads: int = 1,
    weights: Mapping[str, NDArray[np.float32]] | None = None,
) -> Any:
    """Load a network; the session is safe to share between threads, each of which runs on its own.

    Args:
        model: The file.
        needed_by: Who needs it, for the message where onnxruntime is missing.
        data: What the file holds, where that was read and checked before.
        threads: Threads of one call; callers mostly share the cores.
        weights: Tensors that the file names and does not hold. They stay where they are mapped, and
            must outlive the session.

    Raises:
        BackendUnavailableError: onnxruntime is not installed.
        WeightsError: the file cannot be read, or is no model.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise BackendUnavailableError(f"{needed_by} needs onnxruntime: {INSTALL}") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    # The arena saves a fifth of the time, and inputs are bounded, hence so is it; a memory plan would be
    # kept for each shape of input, and grow with every new page.
    options.enable_cpu_mem_arena, options.enable_mem_pattern = True, False
    options.log_severity_level = 4  # its complaints come as exceptions; stderr is the program's
    if weights:
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in weights.values()]
        options.add_external_initializers(list(weights), values)
    try:
        source = str(model) if data is None else data
        return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    except runtime_errors() as error:
        raise WeightsError(f"{model} is no model that onnxruntime can load: {in_short(error)}") from error


def runtime_errors() -> tuple[type[Exception], ...]:
    """Return what onnxruntime raises: its classes share no base but Exception."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    return (
        *(state.Fail, state.InvalidArgument, state.InvalidGraph, state.InvalidProtobuf, state.NoModel),
        *(state.NoSuchFile, state.NotImplemented, state.RuntimeException, state.EPFail),
        *(RuntimeError, ValueError),
    )


def in_short(error: Exception) -> str:
    """Return what it says, on one line, and cut where it is long."""
    return shorten(str(error), _MESSAGE_CHARACTERS, placeholder=" …")
