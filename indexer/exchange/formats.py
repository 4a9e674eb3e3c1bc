"""What writes a library in each of the formats of other tools."""

from collections.abc import Callable, Mapping
from pathlib import Path

from indexer.exchange.atlas import export_atlas
from indexer.exchange.cosmo import export_cosmo
from indexer.exchange.writing import Written, export_analyses, export_coco, export_dataspec
from indexer.exchange.zarr import export_zarr

EXPORTERS: Mapping[str, Callable[[Path, Path], Written]] = {
    "atlas": export_atlas,
    "coco": export_coco,
    "cosmo": export_cosmo,
    "dataspec": export_dataspec,
    "vlm": export_analyses,
    "zarr": export_zarr,
}
"""Each takes the library's folder and the folder to write to."""
