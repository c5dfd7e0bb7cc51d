"""Features as the door measures them, beside shapely, pyogrio and pyproj: defects with places, duplicates, CRS, true areas."""

from __future__ import annotations

import datetime
import decimal
import json
import os
import subprocess
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely
from pyogrio import list_layers
from shapely.geometry import MultiPolygon, Polygon

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared/data"
PARCELS = DATA / "parcels-partners"
CZECH = "bd51ec4dea8697946b9a570a6b7c9fe587e2f8334cee74778d2339da43178d38"
FILES = {
    "at": PARCELS / "at/inspire_schlaege_2025-1_polygon.gpkg.zip",
    "at_block": PARCELS / "at_block/inspire_referenzen_2021_polygon.gpkg.zip",
    "bg": PARCELS / "bg/bg_arable_land_2024.zip",
    "cz": PARCELS / "cz" / CZECH,
    "dk": PARCELS / "dk/Marker_2026.zip",
    "fi": PARCELS / "fi/LandUse.ExistingLandUse.GSAAAgriculturalParcel.gpkg",
    "ie": PARCELS / "ie/GSAA_2024.zip",
    "jecam": PARCELS / "jecam/BD_JECAM_CIRAD_2023_feb.shp",
    "jp": PARCELS / "jp/jp_field_polygons_2024.parquet",
    "nl": PARCELS / "nl/brpgewaspercelen_definitief_2023.gpkg",
    "nl_block": PARCELS / "nl_block/referentiepercelen.gpkg",
    "us_ca_scm": PARCELS / "us_ca_scm/i15_crop_mapping_2023_provisional_20241127.gdb.zip",
    "municipios": DATA / "brazil-municipios-north/geojs-15-mun.json",
    "india-734": DATA / "india-districts-2019/india-districts-2019-734.json",
    "india-727": DATA / "india-districts-2019/india-districts-727.json",
    **{f"state-{path.stem}": path for path in sorted((DATA / "india-districts-2019/state-wise").glob("*.json"))},
}


@pytest.fixture
def measure(programs, tmp_path):
    """Measures a file: the facts of its layer, and a row a feature."""

    def ask(path: Path):
        out = tmp_path / "measured.parquet"
        question = {"door": 1, "question": {"features": {"path": str(path), "layer": None, "out": str(out)}}}
        asked = [programs / "mutirao-door"]
        done = subprocess.run(asked, input=json.dumps(question), capture_output=True, text=True, check=True)
        last = json.loads(done.stdout.splitlines()[-1])
        return last["answer"]["features"], pq.read_table(out).to_pandas()

    return ask


def others_read(path: Path) -> geopandas.GeoDataFrame:
    """The same file, by the tools of others."""
    if path.suffix == ".parquet":
        return geopandas.read_parquet(path)
    if path.name == CZECH:
        return geopandas.read_file(f"/vsizip/{{{path}}}/GEOPROSTOR_ZADOSTI23_2024-08-01_epsg4258.shp")
    name = f"/vsizip/{path}" if path.suffix == ".zip" else str(path)
    return geopandas.read_file(name, layer=list_layers(name)[0][0])


def reasons(geometries) -> list[tuple[str, tuple[float, ...]] | None]:
    """Why geometries are invalid and where, as shapely says it: `Self-intersection[1 2]`."""
    said = shapely.is_valid_reason(np.asarray(geometries))
    split = [reason.rstrip("]").split("[") for reason in said]
    return [None if kind == ["Valid Geometry"] else (kind[0], tuple(map(float, kind[1].split()))) for kind in split]


def divided(ring, pieces: int = 16) -> np.ndarray:
    """The vertices of a ring, its sides divided on the map."""
    ends = np.asarray(ring.coords)[:, :2]
    shares = np.arange(pieces)[:, None, None] / pieces
    return (ends[:-1] + shares * (ends[1:] - ends[:-1])).swapaxes(0, 1).reshape(-1, 2)


def true_area(geometry, onto: pyproj.Transformer, ellipsoid: pyproj.Geod) -> float:
    """The area of polygons on an ellipsoid; each ring by itself: its direction does not count."""
    area = 0.0
    for part in shapely.get_parts(geometry):
        rings = [onto.transform(*divided(ring).T) for ring in (part.exterior, *part.interiors)]
        areas = [abs(ellipsoid.polygon_area_perimeter(*ring)[0]) for ring in rings]
        area += areas[0] - sum(areas[1:])
    return area


def polygons_of(geometry) -> MultiPolygon:
    """The polygons of a geometry that was made valid, which may be a collection."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


@pytest.mark.parametrize("name", FILES)
def test_as_the_tools_of_others(name, measure):
    path = FILES[name]
    if not path.exists():
        pytest.skip("../shared is not here")
    facts, rows = measure(path)
    theirs = others_read(path)
    assert len(rows) == facts["features"] == len(theirs)
    assert (rows["parts"] == shapely.get_num_geometries(theirs.geometry)).all()

    wanted = reasons(theirs.geometry)
    assert (rows["defect"].notna() == [reason is not None for reason in wanted]).all()
    for row, reason in zip(rows.itertuples(), wanted, strict=True):
        if reason is not None:
            # Of several defects each version of GEOS tells another one; but each is a place at which a ring meets itself.
            assert row.defect == reason[0] or {row.defect, reason[0]} == {"Self-intersection", "Ring Self-intersection"}
            place = shapely.Point(row.defect_x, row.defect_y)
            assert place.distance(theirs.geometry.iloc[row.Index].boundary) < 1e-9

    plain = shapely.to_wkb(shapely.normalize(theirs.geometry.values))
    assert rows["geometry"].nunique() == len(set(plain))

    if theirs.crs is None:
        assert facts["crs"] is None and rows["area_m2"].isna().all()
        return
    own = facts["crs"]["plane"]
    assert pyproj.CRS(own["wkt"]).equals(theirs.crs, ignore_axis_order=True)
    ellipsoid = pyproj.CRS(own["wkt"]).get_geod()
    onto = pyproj.Transformer.from_crs(theirs.crs, theirs.crs.geodetic_crs, always_xy=True)
    areas = np.array([true_area(shape, onto, ellipsoid) for shape in theirs.geometry])
    # Districts have sides of many kilometres.
    limit = 1e-4 if name.startswith(("india", "state")) else 1e-6
    valid = np.array([reason is None for reason in wanted])
    assert np.allclose(rows["area_m2"][valid], areas[valid], rtol=limit, atol=1e-3)
    mended = [polygons_of(shapely.make_valid(shape)) for shape in theirs.geometry[~valid]]
    mended = np.array([true_area(shape, onto, ellipsoid) for shape in mended])
    assert np.allclose(rows["area_m2"][~valid], mended, rtol=limit, atol=1)


def test_duplicates_however_they_are_written(measure, tmp_path):
    rng = np.random.default_rng(20_261_122)
    shapes = []
    for number in range(300):
        angles = np.sort(rng.uniform(0, 2 * np.pi, 12))
        ring = np.column_stack([number + 0.4 * np.cos(angles), 0.4 * np.sin(angles)])
        hole = np.column_stack([number + 0.01 * np.cos(angles), 0.01 * np.sin(angles)])
        shapes.append((ring, hole))

    def written(ring, hole):
        """The same polygon from another vertex on, and the other way round half of the time."""
        turned = [np.roll(part, rng.integers(12), axis=0)[:: rng.choice([-1, 1])] for part in (ring, hole)]
        polygon = Polygon(turned[0], [turned[1]])
        return MultiPolygon([polygon]) if rng.random() < 0.5 else polygon

    drawn = rng.integers(300, size=1_000)
    frame = geopandas.GeoDataFrame({"n": drawn % 2}, geometry=[written(*shapes[i]) for i in drawn], crs="EPSG:4326")
    frame.to_file(tmp_path / "in.gpkg", driver="GPKG", layer="in")
    _, rows = measure(tmp_path / "in.gpkg")
    by_digest = rows.groupby("geometry", sort=False).ngroup()
    assert rows["geometry"].nunique() == len(set(drawn)) == rows["everything"].nunique()
    # One digest for each drawing, and one drawing for each digest.
    assert len({*zip(by_digest, drawn, strict=True)}) == len(set(drawn))


@pytest.mark.parametrize("driver", ["GPKG", "GeoJSON", "FlatGeobuf", "ESRI Shapefile"])
def test_values_survive_every_format(driver, measure, tmp_path):
    frame = geopandas.GeoDataFrame(
        {"name": ["Amapá", None, "Пловдив"], "code": [1, 2, 3], "share": [0.1, 1e-7, 2.5]},
        geometry=[shapely.box(i, 0, i + 1, 1) for i in range(3)],
        crs="EPSG:4674",
    )
    path = tmp_path / {"GPKG": "a.gpkg", "GeoJSON": "a.geojson", "FlatGeobuf": "a.fgb", "ESRI Shapefile": "a.shp"}[driver]
    # Without an index, which would bring the features into another order.
    options = {"spatial_index": "NO"} if driver == "FlatGeobuf" else {}
    frame.to_file(path, driver=driver, encoding="UTF-8" if driver == "ESRI Shapefile" else None, **options)
    facts, rows = measure(path)
    kinds = {field["name"]: (field["kind"], f"attribute_{at}") for at, field in enumerate(facts["fields"])}
    assert [kinds[name][0] for name in ("name", "code", "share")] == ["text", "integer", "number"]
    assert rows[kinds["name"][1]].fillna("none").tolist() == ["Amapá", "none", "Пловдив"]
    assert [float(text) for text in rows[kinds["share"][1]]] == [0.1, 1e-7, 2.5]


WITH_NULLS = {
    "GPKG": "a.gpkg",
    "GeoJSON": "a.geojson",
    "FlatGeobuf": "a.fgb",
    "ESRI Shapefile": "a.shp",
    "GML": "a.gml",
    "SQLite": "a.sqlite",
    "OpenFileGDB": "a.gdb",
    "CSV": "a.csv",
    "Parquet": "a.parquet",
}


@pytest.mark.parametrize("driver", WITH_NULLS)
def test_nulls_of_every_type_are_nulls(driver, measure, tmp_path):
    """One of three values of every type is missing, which other tools read as missing."""
    values = {
        "text": pd.array(["a", None, "c"], dtype="object"),
        "whole": pd.array([1, None, 3], dtype="Int32"),
        "long": pd.array([2**40, None, 3], dtype="Int64"),
        "real": np.array([1.5, np.nan, 0.0]),
        "single": np.array([1.5, np.nan, 0.0], dtype="float32"),
        "flag": pd.array([True, None, False], dtype="boolean"),
        "moment": pd.to_datetime(["2020-02-29T10:00:00", None, "2021-01-01T00:00:00"]),
    }
    places = [shapely.Point(i, 0) for i in range(3)]
    frame = geopandas.GeoDataFrame(values, geometry=places, crs="EPSG:4326")
    path = tmp_path / WITH_NULLS[driver]
    if driver == "Parquet":
        frame.to_parquet(path)
        theirs = geopandas.read_parquet(path)
    elif driver == "CSV":
        theirs = frame.drop(columns="geometry")
        theirs.to_csv(path, index=False)
    else:
        # Without an index, which would bring the features into another order.
        options = {"spatial_index": "NO"} if driver == "FlatGeobuf" else {}
        frame.to_file(path, driver=driver, **options)
        theirs = geopandas.read_file(path)
    facts, rows = measure(path)
    compared = 0
    for at, field in enumerate(facts["fields"]):
        name = field["name"]
        if name not in values or name not in theirs:
            continue
        # What holds nothing is empty to the tools of others where a format has texts alone.
        missing = (theirs[name].isna() | (theirs[name].astype(str) == "")).tolist()
        if (driver, name) == ("ESRI Shapefile", "flag"):
            # Older GDAL reads truth values of shapefiles as texts, and the one that is none as "?".
            continue
        assert rows[f"attribute_{at}"].isna().tolist() == missing == [False, True, False], name
        compared += 1
    assert compared == (6 if driver == "ESRI Shapefile" else 7)


def test_plain_parquet_is_a_table(measure, programs, tmp_path):
    """As a CSV is: its columns are read whatever their type, and only where geometries are agreed on it is refused."""
    table = pa.table(
        {
            "code": pa.array(["a", "b", None]).dictionary_encode(),
            "price": pa.array([decimal.Decimal("1.50"), None, decimal.Decimal("-0.25")]),
            "whole": pa.array([1, None, 200], pa.uint8()),
            "real": pa.array([0.1, float("inf"), None]),
            "flag": pa.array([True, None, False]),
            "day": pa.array([datetime.date(2020, 2, 29), None, None]),
            "moment": pa.array([datetime.datetime(2020, 1, 1, 10)] * 3, pa.timestamp("ms", tz="America/Belem")),
            "large": pa.array(["x", "y", "z"], pa.large_string()),
        }
    )
    path = tmp_path / "prices.parquet"
    pq.write_table(table, path, compression="snappy")
    facts, rows = measure(path)
    assert (facts["driver"], facts["spatial"], facts["crs"], facts["features"]) == ("Parquet", False, None, 3)
    kinds = ["text", "number", "integer", "number", "boolean", "date", "timestamp", "text"]
    assert [(field["name"], field["kind"]) for field in facts["fields"]] == [*zip(table.column_names, kinds, strict=True)]
    first = [[None if pd.isna(text) else text for text in rows[f"attribute_{at}"]] for at in range(8)]
    assert first[:3] == [["a", "b", None], ["1.50", None, "-0.25"], ["1", None, "200"]]
    assert first[3:6] == [["0.1", "inf", None], ["true", None, "false"], ["2020-02-29", None, None]]
    assert first[6] == ["2020-01-01T10:00:00+00:00"] * 3

    def mutirao(*words):
        asked = [programs / "mutirao", *words]
        environment = {**os.environ, "MUTIRAO_CACHE": str(tmp_path / "cache")}
        return subprocess.run(asked, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False)

    drafted = mutirao("contract", "new", "prices.parquet", "--out", "prices.odcs.yaml")
    assert drafted.returncode == 0, drafted.stderr
    contract = (tmp_path / "prices.odcs.yaml").read_text(encoding="utf-8")
    assert "physicalType: table" in contract
    kept = mutirao("check", "prices.parquet", "--contract", "prices.odcs.yaml")
    assert kept.returncode == 0, kept.stdout + kept.stderr
    vector = contract.replace("physicalType: table", "physicalType: vector")
    (tmp_path / "vector.odcs.yaml").write_text(vector, encoding="utf-8")
    refused = mutirao("check", "prices.parquet", "--contract", "vector.odcs.yaml")
    assert refused.returncode == 1 and "has no geometries" in refused.stderr
