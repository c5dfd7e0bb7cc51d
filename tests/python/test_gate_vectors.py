"""`mutirao run` and contracts of layers that are polygons, and of members that share a contract or a partner."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import numpy as np
import pandas
import pytest
import rasterio
from rasterio.transform import from_origin
from shapely.geometry import Polygon, box

from networks import Release, plain_legend, write_csv, write_network

CRS, WEST, NORTH, SIDE, CELL = "EPSG:31976", 405_000.0, 180_000.0, 20, 30.0
AT = ("--at", "2026-07-01T12:00:00Z")
PARTNERS = {"watch": {"name": "Mine Watch", "license": "CC0-1.0"}, "lab": {"name": "Map Lab", "license": "CC0-1.0"}}


def square(col: int, row: int, side: int) -> Polygon:
    """Pixels from a column and row."""
    x, y = WEST + CELL * col, NORTH - CELL * row
    return box(x, y - CELL * side, x + CELL * side, y)


def bow_tie(col: int, row: int) -> Polygon:
    """A polygon of four pixels that crosses itself in its middle."""
    x, y, side = WEST + CELL * col, NORTH - CELL * row, 2 * CELL
    return Polygon([(x, y), (x + side, y - side), (x + side, y), (x, y - side)])


def polygons(path: Path, features: dict) -> None:
    """Mines by key."""
    geopandas.GeoDataFrame({"key": list(features), "code": 30}, geometry=list(features.values()), crs=CRS).to_file(path)


def raster(path: Path, values: np.ndarray) -> None:
    profile = {"driver": "GTiff", "dtype": "uint8", "count": 1, "crs": CRS, "nodata": 0}
    transform = from_origin(WEST, NORTH, CELL, CELL)
    with rasterio.open(path, "w", width=SIDE, height=SIDE, transform=transform, **profile) as out:
        out.write(values.astype(np.uint8), 1)


def contract(path: Path, layer: str, partner: str, thing: dict, terms: dict = {}) -> None:
    """A contract with due dates; JSON is YAML."""
    custom = [{"property": name, "value": value} for name, value in terms.items()]
    body = {
        "apiVersion": "v3.1.0", "kind": "DataContract", "id": layer, "version": "1.0.0", "status": "active",
        "schema": [{"name": layer, "customProperties": custom} | thing],
        "slaProperties": [{"property": "dueDate", "value": "2026-06-15", "element": f"{layer}.first-version"}],
        "customProperties": [
            {"property": "license", "value": "CC0-1.0"}, {"property": "partner", "value": partner},
            {"property": "timezone", "value": "America/Belem"},
        ],
    }  # fmt: skip
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(body, indent=1), encoding="utf-8")


def rule(check: str, **more) -> dict:
    return {"type": "custom", "engine": "mutirao", "implementation": {"check": check} | more}


MINES = {
    "physicalType": "vector",
    "properties": [
        {"name": "key", "logicalType": "string", "quality": [rule("key")]},
        {"name": "code", "logicalType": "integer", "quality": [rule("enumeration", allowed=[30])]},
    ],
    "quality": [rule("validity"), rule("geometry-type", allowed=["polygon"])],
}


@pytest.fixture
def network(tmp_path) -> Path:
    """A map of two periods whose mines are polygons; one mine of 2020 crosses itself."""
    folder = tmp_path / "net"
    pipeline = write_network(
        folder,
        plain_legend([3, 30]),
        grid={"crs": CRS, "origin": [WEST, NORTH], "resolution": CELL, "size": [SIDE, SIDE]},
        periods=["2019", "2020"],
        partners=PARTNERS,
        layers={
            "land": {"source": "land.tif", "classes": [3], "static": True},
            "mines": {
                "partner": "watch", "version": "2", "contract": "contracts/mines.odcs.yaml", "source": "mines_{period}.gpkg",
                "attribute": "code", "classes": [30],
            },
        },
        coverage={"rules": [{"take": {"mines": 30}}, {"take": {"land": 3}}]},
    )  # fmt: skip
    raster(folder / "land.tif", np.full((SIDE, SIDE), 3))
    contract(folder / "contracts/mines.odcs.yaml", "mines", "watch", MINES)
    polygons(folder / "mines_2019.gpkg", {"a": square(2, 3, 4)})
    polygons(folder / "mines_2020.gpkg", {"a": square(2, 3, 4), "b": bow_tie(10, 10)})
    return pipeline.parent


def run(mutirao, network: Path, *arguments, code: int = 0) -> dict:
    return mutirao.json("run", network, "--out", network.parent / "out", "--overwrite", *AT, *arguments, code=code)


def release(said: dict) -> Release:
    return Release(Path(said["release"]))


def of_layer(published: Release, layer: str) -> dict:
    (own,) = [one for one in published.manifest["quality"] if one["layer"] == layer]
    return own


def waive(network: Path, *lines: str) -> None:
    text = "layer,code,period,allowed_by,why,until\n" + "".join(f"{line}\n" for line in lines)
    (network / "waivers.csv").write_text(text, encoding="utf-8")


def test_polygons_that_break_their_contract_stop_the_run(mutirao, network):
    said = run(mutirao, network, code=1)
    (check,) = said["checks"]
    assert (check["layer"], check["partner"], check["verdict"]) == ("mines", "watch", "fail")
    (finding,) = [one for one in check["findings"] if one["severity"] == "error"]
    assert (finding["code"], finding["element"], finding["count"]) == ("validity", "logical consistency: topological", 1)
    place = finding["where"]
    assert (Path(place["file"]).name, place["feature"], place["period"]) == ("mines_2020.gpkg", "b", "2020")
    middle = [WEST + 11 * CELL, NORTH - 11 * CELL]
    assert place["xy"] == pytest.approx(middle)
    told = mutirao("run", network, "--out", network.parent / "out", *AT, code=1).stderr
    for words in ("refused: mines of Mine Watch", "validity", "mines_2020.gpkg", "feature b", "--without mines"):
        assert words in told, told
    assert not (network.parent / "out").exists() or not list((network.parent / "out").rglob("manifest.json"))


def test_without_them_the_map_is_the_land_alone(mutirao, network):
    published = release(run(mutirao, network, "--without", "mines"))
    assert of_layer(published, "mines")["treatment"] == "left-out"
    for period in ("2019", "2020"):
        assert (published.coverage(period) == 3).all()


def test_a_waiver_lets_them_pass_for_their_period(mutirao, network):
    waive(network, "mines,validity,2019,Ana Prado,a spike of the digitiser,2026-12-31")
    run(mutirao, network, code=1)
    waive(network, "mines,validity,2020,Ana Prado,a spike of the digitiser,2026-12-31")
    published = release(run(mutirao, network))
    own = of_layer(published, "mines")
    assert (own["treatment"], own["verdict"], own["waived"]) == ("merged", "fail", 1)
    # The four rules of the contract, that of its licence, and that of its property's type; the broken one is a rule of all files.
    assert (own["kept"], own["judged"]) == (5, 6)
    assert own["card"]["findings"] == {"logical consistency: topological": 1}
    mines = np.full((SIDE, SIDE), 3)
    mines[3:7, 2:6] = 30
    assert np.array_equal(published.coverage("2019"), mines)
    assert np.array_equal(published.coverage("2020")[:9], mines[:9])

    table = pandas.read_parquet(published.folder / "qa.parquet")
    assert set(table.layer) == {"mines"} and set(table.partner) == {"watch"}
    assert sorted(table.check) == ["attribute-type", "enumeration", "geometry-type", "key", "licence", "validity"]
    (waived,) = table[table.outcome == "waived"].to_dict("records")
    words = [waived[name] for name in ("check", "period", "waived_by", "waived_why", "waived_until", "verdict", "count")]
    assert words == ["validity", "2020", "Ana Prado", "a spike of the digitiser", "2026-12-31", "fail", 1]
    (place,) = json.loads(waived["places"])
    assert (place["file"], place["feature"]) == ("mines_2020.gpkg", "b")
    assert (table[table.check != "validity"].outcome == "kept").all()


def test_polygons_that_keep_it_are_merged(mutirao, network):
    polygons(network / "mines_2020.gpkg", {"a": square(2, 3, 4), "b": square(10, 10, 2)})
    published = release(run(mutirao, network))
    own = of_layer(published, "mines")
    assert (own["verdict"], own["kept"], own["judged"], own["findings"]) == ("pass", 6, 6, [])
    assert (published.coverage("2020")[10:12, 10:12] == 30).all()


def test_polygons_of_all_periods_are_told_without_one(mutirao, network):
    text = (network / "pipeline.yaml").read_text(encoding="utf-8").replace("mines_{period}.gpkg", "mines_2020.gpkg\n    static: true")
    (network / "pipeline.yaml").write_text(text, encoding="utf-8")
    (check,) = run(mutirao, network, code=1)["checks"]
    (finding,) = [one for one in check["findings"] if one["severity"] == "error"]
    assert finding["where"]["feature"] == "b" and "period" not in finding["where"]
    waive(network, "mines,validity,,Ana Prado,a spike of the digitiser,2026-12-31")
    published = release(run(mutirao, network))
    assert of_layer(published, "mines")["waived"] == 1
    assert np.array_equal(published.coverage("2019"), published.coverage("2020"))


RASTER = {
    "physicalType": "raster",
    "properties": [{"name": "class", "physicalType": "uint8"}],
    "quality": [rule("classes")],
}
TERMS = {
    "grid": {"crs": CRS, "resolution": 30},
    "nodata": {"value": 0},
    "classes": {"allowed": [3, 15]},
    "periods": ["2019", "2020"],
}


def shared(tmp_path: Path, partners=("lab", "lab"), bound: str | None = "lab") -> Path:
    """A composite of two members that have one contract, of which the raster of the east in 2020 holds a class beyond it."""
    folder = tmp_path / "net"
    member = {"contract": "contracts/base.odcs.yaml", "classes": [3, 15, 30]}
    write_network(
        folder,
        plain_legend([3, 15, 30]),
        grid={"crs": CRS, "origin": [WEST, NORTH], "resolution": CELL, "size": [SIDE, SIDE]},
        periods=["2019", "2020"],
        partners=PARTNERS,
        layers={
            "zones": {"source": "zones.tif", "role": "region", "classes": [1, 2], "static": True},
            "base": {
                "partner": partners[0],
                "members": {
                    "west": member | {"partner": partners[0], "source": "west_{period}.tif", "area": {"zones": [1]}},
                    "east": member | {"partner": partners[1], "source": "east_{period}.tif", "area": {"zones": [2]}},
                },
            },
        },
        coverage={"rules": [{"take": {"base": "any"}}]},
    )
    contract(folder / "contracts/base.odcs.yaml", "base", bound or "", RASTER, TERMS)
    if bound is None:
        text = (folder / "contracts/base.odcs.yaml").read_text(encoding="utf-8")
        body = json.loads(text)
        body["customProperties"] = [one for one in body["customProperties"] if one["property"] != "partner"]
        (folder / "contracts/base.odcs.yaml").write_text(json.dumps(body, indent=1), encoding="utf-8")
    halves = np.where(np.arange(SIDE) < SIDE // 2, 1, 2)[None, :].repeat(SIDE, 0)
    raster(folder / "zones.tif", halves)
    for period in ("2019", "2020"):
        raster(folder / f"west_{period}.tif", np.full((SIDE, SIDE), 3))
        raster(folder / f"east_{period}.tif", np.full((SIDE, SIDE), 15))
    odd = np.full((SIDE, SIDE), 15)
    odd[4, 15] = 30
    raster(folder / "east_2020.tif", odd)
    return folder


def deliveries(folder: Path, *rows) -> None:
    """Rows of (period, partner, version, time, verdict)."""
    header = ["layer", "period", "partner", "version", "delivered_at", "sha256", "verdict", "state"]
    lines = [("base", period, partner, version, time, "0" * 64, verdict, "") for period, partner, version, time, verdict in rows]
    write_csv(folder / "deliveries.csv", header, lines)


IN_TIME, IN_GRACE = "2026-06-10T09:00:00-03:00", "2026-06-20T09:00:00-03:00"


def test_members_of_one_contract_are_judged_each_by_itself_and_counted_once(mutirao, tmp_path):
    folder = shared(tmp_path)
    deliveries(folder, ("2019", "lab", "1", IN_TIME, "pass"), ("2020", "lab", "1", IN_TIME, "fail"))
    said = run(mutirao, folder, code=1)
    (check,) = said["checks"]
    assert (check["layer"], check["partner"], check["verdict"]) == ("base/east", "lab", "fail")
    (finding,) = [one for one in check["findings"] if one["severity"] == "error"]
    assert (finding["code"], finding["where"]["period"], finding["count"]) == ("classes", "2020", 1)
    assert Path(finding["where"]["file"]).name == "east_2020.tif" and finding["where"]["pixel"] == [15, 4]

    left = release(run(mutirao, folder, "--without", "base/east"))
    assert [of_layer(left, layer)["treatment"] for layer in ("base/west", "base/east")] == ["merged", "left-out"]

    waive(folder, "base,classes,2020,Ana Prado,agreed by telephone,2026-12-31")
    published = release(run(mutirao, folder))
    west, east = of_layer(published, "base/west"), of_layer(published, "base/east")
    assert (west["verdict"], west["waived"], east["verdict"], east["waived"]) == ("pass", 0, "fail", 1)
    table = pandas.read_parquet(published.folder / "qa.parquet")
    rows = table.groupby("layer").size()
    assert rows["base/west"] == rows["base/east"] and set(table.contract) == {"base"}
    assert table[table.outcome == "waived"].layer.tolist() == ["base/east"]
    # By hand: two deliveries and two due dates of one contract, and the rules of both members.
    (card,) = published.manifest["scorecard"]
    assert (card["partner"], card["layers"]) == ("lab", ["base/west", "base/east"])
    assert (card["deliveries"], card["due"]) == ({"pass": 1, "fail": 1}, {"on-time": 1, "missing": 1})
    assert (card["kept"], card["judged"]) == (west["kept"] + east["kept"], west["judged"] + east["judged"])
    assert east["kept"] == west["kept"] - 1
    assert card["findings"] == {"logical consistency: domain": 1}
    assert verified(mutirao, published)


def test_partners_of_one_contract_are_counted_each_by_its_own_deliveries(mutirao, tmp_path):
    folder = shared(tmp_path, partners=("lab", "watch"), bound=None)
    raster(folder / "east_2020.tif", np.full((SIDE, SIDE), 15))
    deliveries(
        folder,
        ("2019", "lab", "1", IN_TIME, "pass"),
        ("2020", "lab", "1", IN_TIME, "pass"),
        ("2019", "watch", "1", IN_GRACE, "pass"),
        ("2020", "watch", "1", IN_TIME, "fail"),
    )
    cards = {card["partner"]: card for card in release(run(mutirao, folder)).manifest["scorecard"]}
    assert (cards["lab"]["deliveries"], cards["lab"]["due"]) == ({"pass": 2}, {"on-time": 2})
    assert (cards["watch"]["deliveries"], cards["watch"]["due"]) == ({"pass": 1, "fail": 1}, {"late": 1, "missing": 1})


def verified(mutirao, published: Release) -> bool:
    return mutirao("verify", published.folder).code == 0
