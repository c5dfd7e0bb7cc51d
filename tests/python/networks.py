"""Networks that tests write into folders of their own, and releases read back with the tools of others."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import rasterio
import yaml

# Columns of the tables of a release and their types in DuckDB, as fixed.
TABLES = {
    "areas": {
        "period": "VARCHAR", "territory_kind": "VARCHAR", "territory": "VARCHAR", "territory_name": "VARCHAR",
        "class": "USMALLINT", "source": "USMALLINT", "rule": "USMALLINT", "pixels": "BIGINT", "area_ha": "DOUBLE",
    },
    "sources": {
        "source": "USMALLINT", "layer": "VARCHAR", "member": "VARCHAR", "partner": "VARCHAR", "partner_name": "VARCHAR",
        "version": "VARCHAR", "contract": "VARCHAR", "licence": "VARCHAR", "attribution": "VARCHAR",
    },
}  # fmt: skip


def write_network(folder: Path, legend, **keys) -> Path:
    """Writes a network: `legend` of (id, parent, name, color), the rest as keys of the pipeline; the path of it.

    A layer that says nothing of its partner and licence is in the public domain.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "legend.csv", ["id", "parent", "name", "color"], legend)
    entries = {"mutirao": 1, "id": folder.name, "title": folder.name, "version": "1", "license": "CC0-1.0"}
    pipeline = folder / "pipeline.yaml"
    free = {name: layer if "partner" in layer else {"license": "CC0-1.0"} | layer for name, layer in keys.get("layers", {}).items()}
    keys = {key: free if key == "layers" else value for key, value in keys.items()}
    text = yaml.safe_dump(entries | {"legend": "legend.csv"} | keys, sort_keys=False, allow_unicode=True)
    pipeline.write_text(text, encoding="utf-8")
    return pipeline


def write_csv(path: Path, header, rows) -> None:
    with open(path, "w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(header)
        table.writerows(rows)


def plain_legend(ids):
    """A legend without hierarchy, each class with a colour of its own."""
    return [(klass, "", f"class {klass}", f"#{klass * 2654435761 % 0xFFFFFF:06x}") for klass in sorted(ids)]


@dataclass
class Release:
    """A release on disk."""

    folder: Path

    @property
    def manifest(self) -> dict:
        return json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))

    def bands(self, kind: str, period: str) -> np.ndarray:
        """The bands of `coverage`, `provenance` or `agreement`, through the VRT where they are in sheets."""
        path = self.folder / kind / f"{period}.tif"
        with rasterio.open(path if path.exists() else path.with_suffix(".vrt")) as raster:
            return raster.read().astype(np.int32)

    def coverage(self, period: str) -> np.ndarray:
        return self.bands("coverage", period)[0]

    def query(self, sql: str) -> list[tuple]:
        """Asks DuckDB; `{areas}`, `{sources}`, `{inputs}` and `{territories}` stand for the tables."""
        tables = {name: f"'{self.folder}/{name}.parquet'" for name in ("areas", "sources", "inputs", "territories")}
        return duckdb.sql(sql.format(**tables)).fetchall()

    def pixels(self, kind: str = "coverage") -> dict[tuple, int]:
        """Pixels by (period, territory, class, source, rule) of the rows of one kind of territories."""
        rows = self.query(
            "select period, territory, class, source, rule, sum(pixels)::bigint from {areas} "
            f"where territory_kind = '{kind}' group by all"
        )
        return {tuple(row[:-1]): row[-1] for row in rows if row[-1]}


def publish(mutirao, pipeline: Path, *arguments, out: Path | None = None) -> Release:
    """Runs a pipeline; the release."""
    out = out or pipeline.parent / "out"
    answer = mutirao.json("run", pipeline, "--out", out, *arguments)
    return Release(Path(answer["release"]))


def counted(*planes) -> dict[tuple, int]:
    """How often each combination of values of several planes occurs."""
    keys = np.zeros(np.shape(planes[0]), np.int64)
    for plane in planes:
        keys = keys << 16 | np.asarray(plane).astype(np.int64)
    values, counts = np.unique(keys, return_counts=True)
    shifts = [16 * place for place in reversed(range(len(planes)))]
    return {tuple(int(key) >> shift & 0xFFFF for shift in shifts): int(count) for key, count in zip(values, counts)}
