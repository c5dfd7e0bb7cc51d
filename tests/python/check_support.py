"""What the tests of `mutirao check` on rasters share: contracts as text, and the command at one and three threads."""

from __future__ import annotations

import json
from pathlib import Path


def contract(folder: Path, terms: dict, rules: list[dict] = (), physical_type: str | None = None, band: str | None = None) -> Path:
    """Writes a contract of a raster. JSON is YAML, so values are written as JSON."""
    prop = {"name": "class"}
    prop |= {"physicalType": physical_type} if physical_type else {}
    prop |= {"physicalName": band} if band else {}
    quality = [{"type": "custom", "engine": "mutirao", "implementation": rule} for rule in rules]
    body = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "layer",
        "version": "1.0.0",
        "status": "active",
        "schema": [
            {
                "name": "layer",
                "physicalType": "raster",
                "properties": [prop],
                "customProperties": [{"property": name, "value": value} for name, value in terms.items()],
                "quality": quality,
            }
        ],
    }
    path = folder / "contract.odcs.yaml"
    path.write_text(json.dumps(body, indent=1), encoding="utf-8")
    return path


def check(mutirao, files, agreed: Path, *more, code=None) -> dict:
    """What the command says, which must not depend on threads."""
    said = [
        mutirao.json("check", *files, "--contract", agreed, "--threads", threads, *more, code=code) for threads in (1, 3)
    ]
    assert said[0] == said[1]
    return said[0]


def found(said: dict, code: str) -> list[dict]:
    """The findings of a code."""
    return [finding for finding in said["findings"] if finding["code"] == code]


def rule(said: dict, check: str) -> dict:
    """What came of a check."""
    (one,) = [rule for rule in said["rules"] if rule["check"] == check]
    return one


def notes_only(said: dict) -> bool:
    """Whether nothing worse than a note was found."""
    return all(finding["severity"] == "info" for finding in said["findings"])
