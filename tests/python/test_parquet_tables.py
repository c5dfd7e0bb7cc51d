"""The tables of a release as readers of other makes see them: pyarrow, GeoPandas, DuckDB, the schema of GeoParquet.

Needs pyarrow, geopandas, duckdb and jsonschema, and the program built by
`cargo build -p mutirao-parquet --example make_tables` (looked for below MUTIRAO_TARGET, by default <repo>/target).
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

duckdb = pytest.importorskip("duckdb")
geopandas = pytest.importorskip("geopandas")
pq = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("jsonschema")

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
PROGRAM = Path(os.environ.get("MUTIRAO_TARGET", ROOT / "target")) / "debug" / "examples" / "make_tables"
TABLES = ["sources", "inputs", "territories", "regions", "areas", "features"]
GEO_TABLES = ["territories", "regions", "features"]


def make(folder):
    if not PROGRAM.exists():
        pytest.skip(f"{PROGRAM} is not built")
    subprocess.run([PROGRAM, folder], check=True)
    return folder


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    return make(tmp_path_factory.mktemp("tables"))


def columns(path):
    schema = pq.read_schema(path)
    return {name: str(kind) for name, kind in zip(schema.names, schema.types)}


def test_the_same_rows_make_the_same_bytes(tables, tmp_path):
    make(tmp_path)
    for name in TABLES:
        assert (tables / f"{name}.parquet").read_bytes() == (tmp_path / f"{name}.parquet").read_bytes(), name


def test_columns_and_types_are_those_of_the_format(tables):
    text = dict.fromkeys
    assert columns(tables / "sources.parquet") == {
        "source": "uint16",
        **text(
            ["layer", "member", "partner", "partner_name", "version", "contract", "licence", "attribution"], "string"
        ),
    }
    assert list(columns(tables / "inputs.parquet").items()) == [
        ("source", "uint16"),
        ("period", "string"),
        ("path", "string"),
        ("band", "uint16"),
        ("bytes", "int64"),
        ("sha256", "string"),
        ("grid", "string"),
        ("treatment", "string"),
    ]
    assert list(columns(tables / "areas.parquet").items()) == [
        ("period", "string"),
        ("territory_kind", "string"),
        ("territory", "string"),
        ("territory_name", "string"),
        ("class", "uint16"),
        ("source", "uint16"),
        ("rule", "uint16"),
        ("pixels", "int64"),
        ("area_ha", "double"),
    ]
    box = ", ".join(f"{side}: double not null" for side in ["xmin", "ymin", "xmax", "ymax"])
    assert columns(tables / "territories.parquet") == {
        **text(["kind", "key", "name"], "string"),
        "geometry": "binary",
        "bbox": f"struct<{box}>",
    }


def test_files_are_zstd_and_say_who_wrote_them(tables):
    for name in TABLES:
        metadata = pq.ParquetFile(tables / f"{name}.parquet").metadata
        assert metadata.created_by == "mutirao"
        groups = range(metadata.num_row_groups)
        codecs = {metadata.row_group(g).column(c).compression for g in groups for c in range(metadata.num_columns)}
        assert codecs == {"ZSTD"}, name


def test_values_are_what_was_written(tables):
    sources = pq.read_table(tables / "sources.parquet").to_pylist()
    assert [(s["source"], s["layer"], s["member"], s["contract"]) for s in sources] == [
        (1, "mining", None, "contracts/mining.odcs.yaml"),
        (2, "base", "amazonia", None),
    ]
    inputs = pq.read_table(tables / "inputs.parquet").to_pylist()
    assert [(i["source"], i["bytes"], i["period"]) for i in inputs] == [(1, 3 * 10**9, "2019"), (65535, 3 * 10**9, "2020")]


def test_geoparquet_is_valid_by_the_schema(tables):
    validator = SHARED / "validators" / "validate_geoparquet.py"
    if not validator.exists():
        pytest.skip("../shared is not here")
    files = [tables / f"{name}.parquet" for name in GEO_TABLES]
    done = subprocess.run([sys.executable, validator, *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("OK") == len(GEO_TABLES)


def test_geopandas_reads_geometry_and_crs(tables):
    frame = geopandas.read_parquet(tables / "territories.parquet")
    assert len(frame) == 401 and frame.crs.to_epsg() == 31976
    region, squares = frame[frame.geometry.isna()], frame[frame.geometry.notna()]
    assert list(region.key) == ["1"]
    assert squares.geom_type.unique().tolist() == ["MultiPolygon"] and squares.is_valid.all()
    holed = squares.key.str.slice(2).astype(int) % 5 == 0
    assert (squares.area == holed.map({True: 720_000.0, False: 810_000.0})).all()
    window = geopandas.read_parquet(tables / "territories.parquet", bbox=(405_100, 179_200, 405_200, 179_300))
    assert list(window.key) == ["1600000"]
    features = geopandas.read_parquet(tables / "features.parquet")
    assert features["code"].tolist() == [f"{i:03}" for i in range(10)]
    assert features["Geometry"].isna().tolist() == [True] + [False] * 9
    assert features.geometry.isna().tolist() == [i == 1 for i in range(10)]


def test_boxes_are_those_of_the_geometries_and_neighbours_are_near(tables):
    frame = geopandas.read_parquet(tables / "territories.parquet")
    squares = frame[frame.geometry.notna()]
    boxes = pq.read_table(tables / "territories.parquet", columns=["bbox"]).column(0).to_pylist()
    assert [list(box.values()) for box in boxes if box] == squares.bounds.to_numpy().tolist()
    assert [box is None for box in boxes] == frame.geometry.isna().tolist()
    steps = squares.centroid.distance(squares.centroid.shift()).dropna()
    assert steps.mean() < 2 * 900, "rows far from one another in the plane stand together"


def test_duckdb_reads_every_table(tables):
    connection = duckdb.connect()
    count = lambda name: connection.execute(f"select count(*) from read_parquet('{tables}/{name}.parquet')").fetchone()[0]
    assert {name: count(name) for name in TABLES} == {
        "sources": 2,
        "inputs": 2,
        "territories": 401,
        "regions": 1,
        "areas": 8000,
        "features": 10,
    }
    areas = f"read_parquet('{tables}/areas.parquet')"
    rows = connection.execute(f"select period, sum(pixels), sum(area_ha) from {areas} group by 1 order by 1").fetchall()
    assert rows == [("2019", 3_600_000, 324_000.0), ("2020", 3_600_000, 324_000.0)]
    inside = f"select key from read_parquet('{tables}/territories.parquet') where bbox.xmin < 405100 and bbox.ymax > 179900"
    assert connection.execute(inside).fetchall() == [("1600000",)]
