"""`mutirao check` of delivered layers, read once, against decoding them alone: goal 9."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import geopandas
import numpy
import rasterio
import shapely

from bench import Bench
from measure import Cost, ratios, timed
from real import real_maps
from report import Row, Section, at_most

# Tiles of 512, DEFLATE, sparse and full; and strips of one row, LZW. Then region1 in 16 bits, and classes of noise.
CHECKED = ["mining", "region1", "region2"]
DERIVED = {"region1 uint16": "words", "noise": "noise"}
MOST = 1.5


def measure(bench: Bench) -> list[Section]:
    return [made_up(bench), real(bench)]


def made_up(bench: Bench) -> Section:
    section = Section("A delivery checked against its contract, beside decoding it")
    folder = bench.folder("check")
    rasters = {layer: bench.dir / f"{layer}.tif" for layer in CHECKED}
    rasters |= {name: derived(folder / f"{stem}.tif", bench.dir / "region1.tif") for name, stem in DERIVED.items()}
    agreements = {name: contract(folder, raster) for name, raster in rasters.items()}
    rasters["region2 without area"] = rasters["region2"]
    agreements["region2 without area"] = without_area(agreements["region2"])
    for layer, raster in rasters.items():
        compare(bench, section, layer, raster, agreements[layer])
    section.notes.append(
        "Checks: crs, grid, dtype, nodata, classes, periods, licence, file-layout, valid-share and outside-area with an area of 400 corners and a "
        "strip of 300 m, class-share. The area was translated before, as for every check of it but the first."
    )
    section.rows.append(first_time(bench, rasters["region1"], agreements["region1"]))
    return section


def real(bench: Bench) -> Section:
    section = Section("Real maps in 16 bits, checked beside decoding them")
    folder = bench.folder("check-real")
    for name, raster in real_maps(bench.shared / "data", folder):
        compare(bench, section, name, raster, contract(folder, raster))
    if not section.rows:
        section.notes.append("Skipped: the data is not here.")
    return section


def compare(bench: Bench, section: Section, layer: str, raster: Path, agreed: Path) -> None:
    # The area is translated by the first check of it.
    timed([bench.mutirao, "check", raster, "--contract", agreed, "--json"])
    for threads in sorted({1, bench.threads}):
        ours, alone = [], []
        for _ in range(bench.pairs):
            ours.append(timed([bench.mutirao, "check", raster, "--contract", agreed, "--threads", threads, "--json"]))
            alone.append(decoded(bench, raster, threads))
        cpu, wall = (ratios(ours, alone, of) for of in ("cpu", "wall"))
        named = f"{layer}, {threads} thread{'s' if threads > 1 else ''}"
        section.rows.append(Row(f"mutirao check, {named}", ours, None, f"CPU {cpu}, wall {wall} x decoding"))
        section.rows.append(Row(f"decoding alone, {named}", alone))
        section.goals.append(at_most(9, f"CPU of `mutirao check` by decoding, {named}", MOST, cpu))
    print(f"check, {layer}", file=sys.stderr)


def first_time(bench: Bench, raster: Path, agreed: Path) -> Row:
    """A check that finds no translation of the area: the door is started for it."""
    cache = agreed.parent / "cache"
    costs = []
    for _ in range(bench.pairs):
        shutil.rmtree(cache, ignore_errors=True)
        costs.append(timed([bench.mutirao, "check", raster, "--contract", agreed, "--threads", 1, "--cache", cache, "--json"]))
    return Row("mutirao check, region1, 1 thread, the first of its area", costs)


def decoded(bench: Bench, raster: Path, threads: int) -> Cost:
    command = [bench.floor, "--threads", threads, "--codec", "deflate:6", "--input", raster]
    ended = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    said = json.loads(ended.stdout)["decode"]
    return Cost(said["cpu_s"], said["wall_s"])


def derived(path: Path, source: Path) -> Path:
    """A third of the source's columns and rows: in 16 bits with codes from 7000, as LANDFIRE has them, or 16 classes by chance, of which no block can be told in short."""
    if path.exists():
        return path
    with rasterio.open(source) as file:
        side = file.width // 3
        profile = file.profile | {"width": side, "height": side, "tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "deflate"}
        if path.stem == "words":
            values = file.read(1, window=((0, side), (0, side))).astype("uint16")
            values = numpy.where(values == 0, 0, values + 7000)
        else:
            values = numpy.random.default_rng(9).integers(1, 17, (side, side), dtype="uint8")
    with rasterio.open(path, "w", **(profile | {"dtype": values.dtype.name})) as file:
        file.write(values, 1)
    return path


def contract(folder: Path, raster: Path) -> Path:
    """A contract that the layer keeps, with an area in its midst."""
    with rasterio.open(raster) as file:
        crs, nodata, size = f"EPSG:{file.crs.to_epsg()}", int(file.nodata), min(file.shape)
        side, dtype, (x, y) = file.transform.a, file.dtypes[0], file.transform * (file.width / 2, file.height / 2)
    reach = [size * side * (0.42 + 0.05 * math.sin(math.tau * 7 * at / 400) + 0.02 * math.sin(math.tau * 31 * at / 400)) for at in range(400)]
    corners = [(x + r * math.cos(math.tau * at / 400), y + r * math.sin(math.tau * at / 400)) for at, r in enumerate(reach)]
    area = folder / f"{raster.stem}.gpkg"
    geopandas.GeoSeries([shapely.Polygon(corners)], crs=crs).to_file(area)
    terms = {
        "grid": {"crs": crs, "resolution": side}, "nodata": {"value": nodata}, "classes": {"allowed": ["0..65535"]}, "periods": ["2020"],
        "license": "CC-BY-4.0", "area": {"source": area.name, "buffer_m": 300},
    }
    rules = [
        {"check": "valid-share", "min_share": 0}, {"check": "outside-area", "max_share": 1},
        {"check": "class-share", "limits": {"3": {"max_share": 1}}},
    ]
    layer = {
        "name": raster.stem, "physicalType": "raster", "properties": [{"name": "class", "physicalType": dtype}],
        "customProperties": [{"property": name, "value": value} for name, value in terms.items()],
        "quality": [{"type": "custom", "engine": "mutirao", "implementation": rule} for rule in rules],
    }
    body = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": raster.stem, "version": "1", "status": "active", "schema": [layer]}
    path = folder / f"{raster.stem}.odcs.yaml"
    path.write_text(json.dumps(body, indent=1), encoding="utf-8")
    return path


def without_area(agreed: Path) -> Path:
    """The same contract without the area and the rules about it."""
    body = json.loads(agreed.read_text(encoding="utf-8"))
    layer = body["schema"][0]
    layer["customProperties"] = [one for one in layer["customProperties"] if one["property"] != "area"]
    layer["quality"] = [one for one in layer["quality"] if one["implementation"]["check"] == "class-share"]
    path = agreed.with_name(f"without-area-{agreed.name}")
    path.write_text(json.dumps(body, indent=1), encoding="utf-8")
    return path
