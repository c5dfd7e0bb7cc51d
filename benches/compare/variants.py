"""Pipelines made from the workload's own by small changes to their text."""

from __future__ import annotations

import re
from pathlib import Path

from bench import COMPARABLE, WARPED


def write_variant(folder: Path, name: str, change) -> Path:
    """The comparable pipeline under another name, its text changed."""
    text = (folder / COMPARABLE).read_text(encoding="utf-8")
    changed = change(text)
    if changed == text:
        raise ValueError(f"{COMPARABLE} has nothing to change for {name}")
    path = folder / f"pipeline-{name}.yaml"
    path.write_text(changed, encoding="utf-8")
    return path


def without_territories(text: str) -> str:
    return re.sub(r"^territories:\n(?:  .*\n)+", "", text, flags=re.MULTILINE)


def without_layer(text: str, layer: str) -> str:
    return re.sub(rf"^  {layer}: .*\n", "", text, flags=re.MULTILINE)


def with_source(text: str, layer: str, source: str) -> str:
    """The layer from another file, which lies on the grid."""
    line = next(line for line in text.splitlines() if line.startswith(f"  {layer}: "))
    other = re.sub(r"source: [^,]*", f"source: {source}", line).replace(", resample: nearest", "")
    return text.replace(line, other)


def warped_layer() -> str:
    (layer,) = WARPED
    return layer
