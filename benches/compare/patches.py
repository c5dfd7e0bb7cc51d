"""Patches of a finished coverage against GDAL's polygonizer, both writing a GeoPackage without spatial index: goal 6."""

from __future__ import annotations

import sqlite3
import sys
from collections import Counter
from pathlib import Path

import geopandas
import numpy as np
import rasterio
import shapely
from rasterio.windows import Window

from bench import Bench
from equality import Unequal
from measure import Cost, ratios, timed
from report import Row, Section, at_least

LATTICE = 4096  # pixels: our patches are cut at its lines
WANTED = 3


def measure(bench: Bench) -> Section:
    folder, coverage = bench.folder("patches"), bench.coverage
    names = ("ours.gpkg", "gdal.gpkg", "ours.parquet")
    ours, gdal, parquet, unwritten = [], [], [], []
    for _ in range(bench.pairs):
        ours.append(by_mutirao(bench, coverage, folder / names[0]))
        if bench.gdal:
            gdal.append(by_gdal(bench, coverage, folder / names[1]))
            in_memory = bench.gdal.polygonize_in_memory(coverage)
            unwritten += [timed(in_memory)] if in_memory else []
        parquet.append(by_mutirao(bench, coverage, folder / names[2]))
        print(f"patches, {len(ours)} of {bench.pairs}", file=sys.stderr)
    sizes = [(folder / name).stat().st_size if (folder / name).exists() else None for name in names]
    section = Section("Patches of a finished coverage, as polygons")
    section.rows = [Row("mutirao patches, GeoPackage", ours, sizes[0])]
    if gdal:
        section.notes.append(equal(bench, coverage, folder))
        cpu, wall = (ratios(gdal, ours, of) for of in ("cpu", "wall"))
        section.rows.append(Row("GDAL's polygonizer, GeoPackage", gdal, sizes[1], f"CPU {cpu}, wall {wall} x Mutirão"))
        section.rows += [Row("GDAL's polygonizer, written nowhere", unwritten)] if unwritten else []
        section.goals = [
            at_least(6, "polygonize's CPU by `mutirao patches`, both to GeoPackage", WANTED, cpu),
            at_least(6, "polygonize's wall time by `mutirao patches`, both to GeoPackage", WANTED, wall),
        ]
    section.rows.append(Row("mutirao patches, GeoParquet", parquet, sizes[2]))
    return section


def by_mutirao(bench: Bench, raster: Path, out: Path) -> Cost:
    return timed([bench.mutirao, "patches", raster, "--out", out, "--overwrite"])


def by_gdal(bench: Bench, raster: Path, out: Path) -> Cost:
    out.unlink(missing_ok=True)
    return timed(bench.gdal.polygonize(raster, out))


def equal(bench: Bench, coverage: Path, folder: Path) -> str:
    """The whole by pixels of every patch; one cell of the lattice by every shape. Raises `Unequal`."""
    with rasterio.open(coverage) as raster:
        pixel = abs(raster.transform.a * raster.transform.e)
        whole = raster.width <= LATTICE and raster.height <= LATTICE
        clip = coverage if whole else clipped(raster, folder / "clip.tif")
    patches = same_patches(folder / "ours.gpkg", folder / "gdal.gpkg", pixel)
    by_mutirao(bench, clip, folder / "ours-clip.gpkg")
    by_gdal(bench, clip, folder / "gdal-clip.gpkg")
    shapes = same_shapes(folder / "ours-clip.gpkg", folder / "gdal-clip.gpkg")
    return (
        f"Equal: {patches:,} patches, by class and number of pixels, once parts are joined; in the middle {LATTICE:,} x {LATTICE:,} "
        f"pixels all {shapes:,} polygons, bit by bit once rings begin at the same point."
    )


def clipped(raster, path: Path) -> Path:
    """The middle of a raster, no larger than a cell of the lattice."""
    width, height = min(LATTICE, raster.width), min(LATTICE, raster.height)
    window = Window((raster.width - width) // 2, (raster.height - height) // 2, width, height)
    facts = {"width": width, "height": height, "transform": raster.window_transform(window), "compress": "deflate"}
    place = {"driver": "GTiff", "dtype": raster.dtypes[0], "count": 1, "nodata": raster.nodata, "crs": raster.crs}
    with rasterio.open(path, "w", tiled=True, **place, **facts) as out:
        out.write(raster.read(1, window=window), 1)
    return path


def same_patches(ours: Path, theirs: Path, pixel: float) -> int:
    """How many there are: as many of every class and size. Without reading geometries into Python where that can be avoided."""
    with sqlite3.connect(ours) as database:
        mine = Counter(database.execute("SELECT class, sum(pixels) FROM patches GROUP BY patch, class"))
    yours: Counter = Counter()
    for frame in pieces(theirs):
        area = shapely.area(frame.geometry.to_numpy()) / pixel
        pixels = np.rint(area).astype(np.int64)
        if np.abs(area - pixels).max(initial=0) > 0.01:
            raise Unequal("a polygon of GDAL's has an area that is no whole number of pixels")
        yours.update(zip(frame["DN"].tolist(), pixels.tolist(), strict=True))
    if mine != yours:
        raise Unequal(f"patches by class and pixels: {mine.total():,} of ours, {yours.total():,} of GDAL's, such as {one(mine, yours)}")
    return mine.total()


def one(mine: Counter, yours: Counter):
    return next(iter((mine - yours) + (yours - mine)), None)


def pieces(path: Path, rows: int = 500_000):
    """A layer by so many rows."""
    with sqlite3.connect(path) as database:
        (layer,) = database.execute("SELECT table_name FROM gpkg_contents").fetchone()
    first = 0
    while len(frame := geopandas.read_file(path, layer=layer, skip_features=first, max_features=rows)):
        yield frame
        first += rows


def same_shapes(ours: Path, theirs: Path) -> int:
    """How many there are: the same sets of shapes, class by class."""
    mine, yours = (
        Counter(zip(frame[column].tolist(), shapely.to_wkb(shapely.normalize(frame.geometry.to_numpy())), strict=True))
        for frame, column in ((geopandas.read_file(ours), "class"), (geopandas.read_file(theirs), "DN"))
    )
    if mine != yours:
        raise Unequal(f"{(mine - yours).total():,} of {mine.total():,} polygons are none of GDAL's {yours.total():,}")
    return mine.total()
