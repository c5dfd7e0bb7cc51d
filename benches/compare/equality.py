"""Whether both made the same: pixels of coverage and provenance, histograms, areas by district and class.

Only the warped layer may differ: both interpolate positions, each within its bound, so a pixel may fall to the neighbour where its
centre lies near an edge between two pixels of the layer. How near, is measured for every pixel that differs.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet
import rasterio
from pyproj import Transformer

from recipe import Recipe

ROWS = 512
OUR_BOUND = 0.125  # of a warp, in pixels of the layer: the pipeline's default


class Unequal(Exception):
    """What is not equal, and where."""


def check(release: Path, recipe: Recipe, warp_error: float) -> str:
    """A sentence on what was found to be equal.

    Raises `Unequal`.
    """
    pixels, number, furthest = check_pixels(release, recipe, OUR_BOUND + warp_error)
    counts = check_histograms(release, recipe)
    said = f"coverage and provenance in all of {pixels:,} pixels"
    if recipe.warped_layers:
        said += (
            f" but {number:,} of the warped layer, whose centres lie at most {furthest:.4f} px from an edge between pixels of that "
            f"layer (allowed: {OUR_BOUND} of ours and {warp_error:g} of GDAL's)"
        )
    straight = len(recipe.layers) - len(recipe.warped_layers)
    said += f"; {counts:,} counts of the histograms of the {straight} layers that are not warped"
    if recipe.areas.exists():
        rows = check_areas(release, recipe)
        said += f"; {rows:,} counts of areas by district and class (GDAL's zonal-stats on Mutirão's coverage)"
    return said + "."


def check_pixels(release: Path, recipe: Recipe, allowed: float) -> tuple[int, int, float]:
    """Pixels, how many differ, and how far from an edge the furthest of these lies."""
    ours = [release / "coverage/2020.tif", release / "provenance/2020.tif"]
    theirs = [recipe.mosaic, recipe.provenance]
    warped = [recipe.layers.index(layer) + 1 for layer in recipe.warped_layers]
    cols, rows = [], []
    with rasterio.open(ours[0]) as a, rasterio.open(ours[1]) as b, rasterio.open(theirs[0]) as c, rasterio.open(theirs[1]) as d:
        facts = [(raster.shape, raster.transform, raster.crs, raster.dtypes[0], raster.nodata) for raster in (a, c)]
        if facts[0] != facts[1]:
            raise Unequal(f"the grids: {facts[0]} and {facts[1]}")
        levels = [raster.overviews(1) for raster in (a, b, c, d)]
        if any(level != levels[0] for level in levels):
            raise Unequal(f"the levels of overviews: {levels}")
        transform, pixels = a.transform, a.width * a.height
        for first in range(0, a.height, ROWS):
            window = ((first, min(first + ROWS, a.height)), (0, a.width))
            classes, sources, their_classes, their_sources = (raster.read(1, window=window) for raster in (a, b, c, d))
            differ = (classes != their_classes) | (sources != their_sources)
            explained = np.isin(sources, warped) | np.isin(their_sources, warped)
            if np.any(differ & ~explained):
                row, col = np.argwhere(differ & ~explained)[0]
                raise Unequal(
                    f"pixel ({col}, {first + row}): class {classes[row, col]} of source {sources[row, col]}, "
                    f"GDAL {their_classes[row, col]} of {their_sources[row, col]}"
                )
            found = np.nonzero(differ)
            rows.append(found[0] + first)
            cols.append(found[1])
    if not recipe.warped_layers:
        return pixels, 0, 0.0
    (layer,) = recipe.warped_layers
    furthest = distance_to_edges(recipe.input(layer), recipe.crs, transform, np.concatenate(cols), np.concatenate(rows))
    if furthest > allowed:
        raise Unequal(f"a pixel of the warped layer differs {furthest} px from an edge")
    return pixels, sum(map(len, cols)), furthest


def distance_to_edges(layer: Path, crs: str, transform, cols: np.ndarray, rows: np.ndarray) -> float:
    """How far, in pixels of the warped layer, the furthest of these pixels' centres lies from an edge between its pixels."""
    if not len(cols):
        return 0.0
    with rasterio.open(layer) as raster:
        exact = Transformer.from_crs(crs, raster.crs.to_string(), always_xy=True)
        to_pixels = ~raster.transform
    position = to_pixels * exact.transform(*(transform * (cols + 0.5, rows + 0.5)))
    distances = [np.abs(axis - np.round(axis)) for axis in map(np.asarray, position)]
    return float(np.minimum(*distances).max())


def check_histograms(release: Path, recipe: Recipe) -> int:
    """Every count of every layer that is not warped; how many."""
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    compared = 0
    for layer in recipe.layers:
        if layer in recipe.warped_layers:
            continue
        counted = {int(value): count for value, count in manifest["histograms"][layer]["2020"].items() if value != "none"}
        band = json.loads(recipe.histogram(layer).read_text(encoding="utf-8"))["bands"][0]["histogram"]
        if (band["min"], band["max"], band["count"]) != (-0.5, 255.5, 256):
            raise Unequal(f"the histogram of {layer} has other buckets: {band['min']} to {band['max']}")
        # A layer that is moved by less than half a pixel keeps its pixels, so its counts are those of its file.
        theirs = {value: count for value, count in enumerate(band["buckets"]) if count and value}
        if counted != theirs:
            raise Unequal(f"the histogram of {layer}: {counted}, GDAL {theirs}")
        compared += len(theirs)
    return compared


def check_areas(release: Path, recipe: Recipe) -> int:
    """Pixels by district and class against GDAL on our own coverage, so that the warped layer is no excuse; how many counts."""
    recipe.zonal_statistics(release / "coverage/2020.tif", recipe.out / "areas-ours.json")
    table = pyarrow.parquet.read_table(release / "areas.parquet").to_pydict()
    ours: Counter = Counter()
    for kind, territory, klass, count in zip(*(table[key] for key in ("territory_kind", "territory", "class", "pixels"))):
        if kind == "district" and territory and klass:
            ours[territory, klass] += count
    return same_counts(ours, zonal_counts(recipe.out / "areas-ours.json"))


def zonal_counts(path: Path) -> Counter:
    """Pixels by district and class of GDAL's zonal statistics."""
    counts: Counter = Counter()
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        facts = feature["properties"]
        for klass, share in zip(facts["unique"], facts["frac"], strict=True):
            counts[facts["did"], int(klass)] = round(share * facts["count"])
    return counts


def same_counts(ours: Counter, theirs: Counter) -> int:
    """How many counts there are. Raises `Unequal`."""
    wrong = [(key, ours[key], theirs[key]) for key in ours.keys() | theirs.keys() if ours[key] != theirs[key]]
    if wrong:
        raise Unequal(f"{len(wrong)} of {len(theirs)} areas, such as {min(wrong)}")
    return len(theirs)
