"""`stac/` of a release: valid, read by pystac, and true: every address leads to a file, every number is what another tool says."""

import csv
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlparse

import numpy as np
import pyproj
import pystac
import pytest
import rasterio
from rasterio.transform import from_origin

from networks import plain_legend, publish, write_network


def documents(release: Path):
    return sorted((release / "stac").rglob("*.json"))


def assets(release: Path):
    """All assets as (name, asset, path of the file)."""
    for path in documents(release):
        for name, asset in json.loads(path.read_text(encoding="utf-8"))["assets"].items():
            yield name, asset, path.parent / asset["href"]


def validate(shared: Path, release: Path):
    judge = shared / "validators/validate_stac.py"
    if not judge.exists():
        pytest.skip("../shared/validators is not here")
    done = subprocess.run([sys.executable, judge, release / "stac"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def check_files(release: Path):
    checked = 0
    for name, asset, path in assets(release):
        content = path.resolve(strict=True).read_bytes()
        assert asset["file:size"] == len(content), name
        assert asset["file:checksum"] == "1220" + hashlib.sha256(content).hexdigest(), name
        checked += 1
    assert checked
    return checked


def item(release: Path, period: str) -> dict:
    return json.loads((release / f"stac/{period}/item.json").read_text(encoding="utf-8"))


def network_on(folder: Path, crs, origin, resolution, size, **keys) -> Path:
    """A network of one layer on a grid of any CRS."""
    folder.mkdir(parents=True)
    samples = np.full((size[1], size[0]), 3, np.uint8)
    kwargs = {"driver": "GTiff", "width": size[0], "height": size[1], "count": 1, "dtype": "uint8", "nodata": 0}
    place = from_origin(*origin, resolution, resolution)
    with rasterio.open(folder / "base.tif", "w", crs=crs, transform=place, **kwargs) as raster:
        raster.write(samples, 1)
    grid = {"crs": crs, "origin": list(origin), "resolution": resolution, "size": list(size)}
    keys = {"periods": ["2020"], "coverage": {"method": "first"}, "layers": {"base": {"source": "base.tif"}}} | keys
    return write_network(folder, plain_legend([3]), grid=grid, **keys)


def test_the_catalogue_is_valid(shared, demo):
    validate(shared, demo)


def test_every_asset_is_a_file_with_its_size_and_checksum(demo):
    assert check_files(demo) >= 2 * 3 + 8
    named = {path.resolve().relative_to(demo.resolve()).as_posix() for _, _, path in assets(demo)}
    assert {"areas.parquet", "coverage/2019.tif", "provenance/2020.tif", "coverage.vrt", "report/index.html"} <= named


def test_pystac_reads_it(demo):
    collection = pystac.Collection.from_file(str(demo / "stac/collection.json"))
    items = list(collection.get_items())
    assert [one.id for one in items] == ["arauna-2026.1-2019", "arauna-2026.1-2020"]
    for one in items:
        assert one.get_collection() is collection and one.get_root() is collection
        assert one.common_metadata.start_datetime.isoformat() == f"{one.id[-4:]}-01-01T00:00:00+00:00"
        assert one.common_metadata.end_datetime.isoformat() == f"{one.id[-4:]}-12-31T23:59:59+00:00"
        assert Path(one.assets["coverage"].get_absolute_href()).exists()
        assert one.assets["coverage"].media_type == pystac.MediaType.COG
    assert collection.license == "CC-BY-4.0"
    producers = [one.name for one in collection.providers if "producer" in one.roles]
    assert len(producers) == 8 and "Museu da Várzea" in producers
    assert [one.name for one in collection.providers if "processor" in one.roles] == ["arauna"]


def test_items_say_what_the_rasters_say(demo, root):
    with open(root / "pipelines/demo/legend.csv", encoding="utf-8") as table:
        legend = {int(row["id"]): row for row in csv.DictReader(table)}
    for period in ("2019", "2020"):
        document = item(demo, period)
        properties, coverage = document["properties"], document["assets"]["coverage"]
        with rasterio.open(demo / f"coverage/{period}.tif") as raster:
            assert properties["proj:code"] == raster.crs.to_string()
            assert properties["proj:shape"] == list(raster.shape)
            assert properties["proj:transform"] == list(raster.transform)[:6]
            assert properties["proj:bbox"] == list(raster.bounds)
            assert coverage["data_type"] == raster.dtypes[0] and coverage["nodata"] == raster.nodata
        with rasterio.open(demo / f"provenance/{period}.tif") as raster:
            assert [band["name"] for band in document["assets"]["provenance"]["bands"]] == list(raster.descriptions)
        for classes in (properties["classification:classes"], coverage["classification:classes"]):
            shown = {one["value"]: one for one in classes if not one.get("nodata")}
            assert shown.keys() == legend.keys()
            for value, one in shown.items():
                assert one["title"] == legend[value]["name"]
                assert "#" + one["color_hint"].lower() == legend[value]["color"].lower()
            assert len({one["name"] for one in classes}) == len(classes)


def test_items_lead_to_their_inputs(demo):
    manifest = json.loads((demo / "manifest.json").read_text(encoding="utf-8"))
    recorded = {entry["path"]: entry for entry in manifest["inputs"]}
    linked = set()
    for path in documents(demo):
        for link in json.loads(path.read_text(encoding="utf-8"))["links"]:
            if link["rel"] == "derived_from":
                entry = recorded[unquote(urlparse(link["href"]).path)]
                assert link["file:size"] == entry["bytes"] and link["file:checksum"] == "1220" + entry["sha256"]
                assert entry["sha256"] in link["title"]
                linked.add(entry["path"])
    assert linked == set(recorded)
    of_2019 = [link["title"] for link in item(demo, "2019")["links"] if link["rel"] == "derived_from"]
    assert any(title.startswith("mata_2019.tif: base / mata version 4 by Instituto da Mata") for title in of_2019)
    assert not any("2020.tif" in title and "campo" not in title for title in of_2019)


def test_the_outline_is_where_pyproj_says(demo):
    document = item(demo, "2020")
    west, south, east, north = document["properties"]["proj:bbox"]
    transformer = pyproj.Transformer.from_crs("EPSG:31976", "EPSG:4326", always_xy=True)
    assert document["bbox"] == pytest.approx(transformer.transform_bounds(west, south, east, north, 101), abs=1e-6)
    ring = np.array(document["geometry"]["coordinates"][0])
    back = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:31976", always_xy=True)
    xs, ys = back.transform(*ring.T)
    on_edge = np.minimum.reduce([abs(xs - west), abs(xs - east), abs(ys - south), abs(ys - north)])
    assert on_edge.max() < 0.1 and len(ring) > 100
    area = np.sum(ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1])
    assert area > 0, "counterclockwise"


def test_across_the_antimeridian(shared, mutirao, tmp_path):
    pipeline = network_on(tmp_path / "dateline", "EPSG:4326", (179.0, 10.0), 0.1, (20, 10))
    release = publish(mutirao, pipeline).folder
    validate(shared, release)
    document = item(release, "2020")
    assert document["bbox"] == pytest.approx([179, 9, -179, 10])
    assert document["geometry"]["type"] == "MultiPolygon"
    longitudes = np.array([place for part in document["geometry"]["coordinates"] for ring in part for place in ring])[:, 0]
    assert abs(longitudes).min() >= 179 and abs(longitudes).max() <= 180


def test_a_crs_without_a_code_is_told_in_full(shared, mutirao, tmp_path):
    crs = "+proj=laea +lat_0=-15 +lon_0=-55 +datum=WGS84 +units=m +no_defs"
    release = publish(mutirao, network_on(tmp_path / "laea", crs, (0.0, 0.0), 100.0, (30, 20))).folder
    validate(shared, release)
    properties = item(release, "2020")["properties"]
    assert properties["proj:code"] is None
    assert pyproj.CRS(properties["proj:wkt2"]).equals(pyproj.CRS(properties["proj:projjson"]))
    assert pyproj.CRS(properties["proj:wkt2"]).to_dict()["proj"] == "laea"


def seasons(folder: Path, periods) -> Path:
    layers = {"base": {"source": "base.tif", "static": True}}
    return network_on(folder, "EPSG:31976", (405000.0, 180000.0), 30.0, (8, 8), periods=periods, layers=layers)


def test_periods_with_bounds(shared, mutirao, tmp_path):
    bounds = {"wet": ("2019-08-01", "2020-01-31"), "dry": ("2020-02-01", "2020-07-31")}
    periods = {name: {"start": start, "end": end} for name, (start, end) in bounds.items()}
    release = publish(mutirao, seasons(tmp_path / "seasons", periods)).folder
    validate(shared, release)
    for name, (start, end) in bounds.items():
        properties = item(release, name)["properties"]
        assert properties["datetime"] is None
        assert properties["start_datetime"] == f"{start}T00:00:00Z"
        assert properties["end_datetime"] == f"{end}T23:59:59Z"
    collection = json.loads((release / "stac/collection.json").read_text(encoding="utf-8"))
    assert collection["extent"]["temporal"]["interval"] == [["2019-08-01T00:00:00Z", "2020-07-31T23:59:59Z"]]


def test_periods_that_do_not_say_when_they_are(shared, mutirao, tmp_path):
    release = publish(mutirao, seasons(tmp_path / "loose", ["before", "after"])).folder
    validate(shared, release)
    properties = item(release, "after")["properties"]
    assert properties["datetime"] == properties["created"] and "start_datetime" not in properties


def test_each_sheet_is_an_asset_in_its_place(shared, mutirao, tmp_path):
    outputs = {"tile": 64, "sheet": 64}
    pipeline = network_on(
        tmp_path / "sheets", "EPSG:31976", (405000.0, 180000.0), 30.0, (150, 70), outputs=outputs
    )
    release = publish(mutirao, pipeline).folder
    validate(shared, release)
    check_files(release)
    document = item(release, "2020")
    assert document["assets"]["coverage"]["href"].endswith("coverage/2020.vrt")
    sheets = {name: one for name, one in document["assets"].items() if name.startswith("coverage-")}
    assert set(sheets) == {f"coverage-{col}-{row}" for col in range(3) for row in range(2)}
    for one in sheets.values():
        with rasterio.open(release / "stac/2020" / one["href"]) as raster:
            assert one["proj:shape"] == list(raster.shape)
            assert one["proj:transform"] == list(raster.transform)[:6]
