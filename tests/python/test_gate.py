"""`mutirao run` and contracts on the demo: what a release says of them, held against contracts, lists and files themselves."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from pathlib import Path

import geopandas
import numpy as np
import pandas
import pytest
import rasterio
import yaml
from PIL import Image
from shapely.geometry import Polygon, box

from networks import Release

AT = ("--at", "2026-11-22T00:00:00Z")


@pytest.fixture
def network(tmp_path, root) -> Path:
    """The demo with its inputs, as a checkout has them, to be changed."""
    for folder in ("pipelines/demo", "fixtures/demo"):
        shutil.copytree(root / folder, tmp_path / folder)
    return tmp_path / "pipelines/demo"


def run(mutirao, network: Path, *arguments) -> Release:
    said = mutirao.json("run", network, "--out", network.parents[1] / "out", "--overwrite", *AT, *arguments)
    return Release(Path(said["release"]))


def of_layer(release: Release, layer: str) -> dict:
    (own,) = [one for one in release.manifest["quality"] if one["layer"] == layer]
    return own


def lines_of_rules(contract: Path) -> dict[int, dict]:
    """The lines at which the rules of a contract begin, and the rules."""
    document = yaml.compose(contract.read_text(encoding="utf-8"))
    entries = dict((key.value, value) for key, value in document.value)
    places = {}
    for thing in entries["schema"].value:
        for key, value in thing.value:
            if key.value == "quality":
                places |= {rule.start_mark.line + 1: rule for rule in value.value}
    return places


def test_qa_has_a_row_for_every_rule_of_every_contract(demo, root):
    table = pandas.read_parquet(demo / "qa.parquet")
    contracts = sorted((root / "pipelines/demo/contracts").glob("*.yaml"))
    assert set(table.contract) == {path.name.removesuffix(".odcs.yaml") for path in contracts}
    for path in contracts:
        own = table[table.contract == path.name.removesuffix(".odcs.yaml")]
        lines = lines_of_rules(path)
        assert lines and {f"contracts/{path.name}:{line}" for line in lines} <= set(own.rule.dropna())
        assert (own.verdict == "pass").all() and (own.treatment == "merged").all()
        version = yaml.safe_load(path.read_text(encoding="utf-8"))["version"]
        assert set(own.contract_version) == {version}
    # What is withheld from the partner is judged here.
    (points,) = table[table.check == "acceptance-points"].to_dict("records")
    assert points["outcome"] == "kept" and pandas.isna(points["places"])
    mining = of_layer(Release(demo), "mining")
    # The layout of files is among the rows, and binds nobody.
    assert (mining["kept"], mining["judged"]) == (10, 10)


def test_the_demos_deliveries_are_its_files_and_their_scores_come_of_them(demo, root):
    network = root / "pipelines/demo"
    pipeline = yaml.safe_load((network / "pipeline.yaml").read_text(encoding="utf-8"))
    rows = list(csv.DictReader((network / "deliveries.csv").open(encoding="utf-8")))
    layers = {name: layer for name, layer in pipeline["layers"].items() if "contract" in layer}
    layers |= {f"base-{name}": member for name, member in pipeline["layers"]["base"]["members"].items()}
    assert {row["layer"] for row in rows} == set(layers)
    for row in rows:
        layer = layers[row["layer"]]
        file = network / layer["source"].replace("{period}", row["period"])
        assert row["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest(), file
        assert (row["partner"], row["version"], row["verdict"]) == (layer["partner"], str(layer["version"]), "pass")
        # By hand: due at the end of 15 June, three to five days of grace; the town came on the 23rd.
        assert row["state"] == ("late" if row["layer"] == "urban" else "on-time")
    for one in Release(demo).manifest["quality"]:
        periods = 1 if one["layer"] == "water" else 2
        card = one["card"]
        assert card["deliveries"] == {"pass": periods}
        assert sum(card["due"].values()) == 2 * periods, "a first and a revised version of each period"
        in_time = card["due"].get("on-time", 0) + card["due"].get("early", 0)
        assert in_time == (2 if one["layer"] == "urban" else 2 * periods)
        assert sum(card["findings"].values()) == len(one["findings"]) + one["more"]


def test_without_a_theme_the_demo_is_that_of_rules_without_it(mutirao, network):
    left = run(mutirao, network, "--without", "mining")
    assert of_layer(left, "mining")["treatment"] == "left-out"
    table = pandas.read_parquet(left.folder / "qa.parquet")
    (row,) = table[table.layer == "mining"].to_dict("records")
    assert (row["check"], row["treatment"]) == ("layer-left-out", "left-out") and pandas.isna(row["verdict"])
    assert "| mining | Observatório da Mineração | left out |" in (left.folder / "README.md").read_text(encoding="utf-8")
    kept = {period: left.coverage(period) for period in ("2019", "2020")}
    path = network / "pipeline.yaml"
    pipeline = yaml.safe_load(path.read_text(encoding="utf-8"))
    del pipeline["layers"]["mining"]
    rules = pipeline["coverage"]["rules"]
    pipeline["coverage"]["rules"] = [rule for rule in rules if "mining" not in rule["take"]]
    assert len(pipeline["coverage"]["rules"]) == len(rules) - 1
    path.write_text(yaml.safe_dump(pipeline, sort_keys=False, allow_unicode=True), encoding="utf-8")
    by_hand = run(mutirao, network, "--fresh")
    for period, pixels in kept.items():
        assert np.array_equal(pixels, by_hand.coverage(period))


def texts(release: Path):
    """All that a reader can find in a release: the bytes of its files, and the cells of its tables."""
    for path in sorted(path for path in release.rglob("*") if path.is_file()):
        if path.suffix == ".parquet":
            yield path, pandas.read_parquet(path).drop(columns=["geometry", "bbox"], errors="ignore").to_json().encode()
        else:
            yield path, path.read_bytes()


def test_a_withheld_place_stands_nowhere_in_a_release(mutirao, network):
    points = network / "acceptance/mines.csv"
    with rasterio.open(network / "../../fixtures/demo/mining_2020.tif") as raster:
        row, col = np.argwhere(raster.read(1) == 0)[123_457]
        x, y = raster.xy(row, col)
    with points.open("a", encoding="utf-8") as out:
        out.write(f"99,{x},{y},2020,30\n")
    refused = mutirao.json("run", network, "--out", network / "out", *AT, code=1)
    (check,) = refused["checks"]
    assert check["layer"] == "mining" and not (network / "out/arauna").exists()
    (network / "waivers.csv").write_text(
        "layer,code,period,allowed_by,why,until\nmining,acceptance-points,,Rede Araúna,a new mine,2026-12-31\n", encoding="utf-8"
    )
    release = run(mutirao, network)
    table = pandas.read_parquet(release.folder / "qa.parquet")
    (row_of,) = table[table.outcome == "waived"].to_dict("records")
    said = [row_of[name] for name in ("check", "waived_by", "waived_why", "waived_until", "verdict")]
    assert said == ["acceptance-points", "Rede Araúna", "a new mine", "2026-12-31", "fail"]
    assert pandas.isna(row_of["places"])
    assert not (release.folder / "preview/findings").exists()
    # The pixel as a pair, and its coordinates as anyone would write them.
    words = [f"{x:.0f}", f"{y:.0f}", f"column {col}, row {row}", f"[{col}, {row}]", f"[{col},{row}]", f"[{row},{col}]"]
    for path, text in texts(release.folder):
        for word in words:
            assert word.encode() not in text, f"{word} stands in {path.relative_to(release.folder)}"


def test_a_finding_that_passes_is_drawn_and_told_with_its_places(mutirao, network):
    path = network / "../../fixtures/demo/mining_2020.tif"
    with rasterio.open(path) as raster:
        pixels, profile = raster.read(1), raster.profile
    # A mine of one pixel, where within ten pixels there is none and nothing is unknown.
    places = ((row, col) for row in range(400, 500) for col in range(500, 600))
    row, col = next((row, col) for row, col in places if not pixels[row - 10 : row + 11, col - 10 : col + 11].any())
    pixels[row, col] = 1
    with rasterio.open(path, "w", **profile) as out:
        out.write(pixels, 1)
    said = mutirao.json("run", network, "--out", network / "out", *AT, code=1)
    (check,) = said["checks"]
    codes = sorted({one["code"] for one in check["findings"] if one["severity"] == "error"})
    (network / "waivers.csv").write_text(
        "layer,code,period,allowed_by,why,until\n" + "".join(f"mining,{code},,Ana,a new mine,2026-12-31\n" for code in codes),
        encoding="utf-8",
    )
    release = run(mutirao, network)
    table = pandas.read_parquet(release.folder / "qa.parquet")
    waived = table[table.outcome == "waived"]
    assert sorted(set(waived.check)) == codes
    (place,) = json.loads(waived.places.dropna().iloc[0])
    assert [place["pixel"], place["period"]] == [[col, row], "2020"]
    own = of_layer(release, "mining")
    pictures = [told["picture"] for told in own["findings"] if "picture" in told]
    assert pictures and all((release.folder / picture).is_file() for picture in pictures)
    files = {file["path"] for file in release.manifest["files"]}
    assert set(pictures) <= files, "they are part of the release, with their hashes"
    assert sum(own["card"]["findings"].values()) == len(own["findings"]) + own["more"]


def test_findings_of_a_vector_layer_are_drawn_too(mutirao, network):
    shapes = [box(601_000, 190_000, 609_000, 199_000), Polygon([(620_000, 190_000), (624_000, 194_000), (624_000, 190_000), (620_000, 194_000)])]
    frame = geopandas.GeoDataFrame({"kind": [1, 2]}, geometry=shapes, crs="EPSG:31976")
    frame.to_file(network.parents[1] / "fixtures/demo/protected.gpkg")
    path = network / "pipeline.yaml"
    pipeline = yaml.safe_load(path.read_text(encoding="utf-8"))
    layer = {"source": "../../fixtures/demo/protected.gpkg", "attribute": "kind", "contract": "contracts/protected.odcs.yaml"}
    pipeline["layers"]["protected"] |= layer
    path.write_text(yaml.safe_dump(pipeline, sort_keys=False, allow_unicode=True), encoding="utf-8")
    rule = {"type": "custom", "engine": "mutirao", "severity": "warning", "implementation": {"check": "validity", "max_features": 0}}
    schema = {"name": "protected", "physicalType": "vector", "properties": [{"name": "kind"}], "quality": [rule]}
    head = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "protected", "version": "1.0.0", "status": "active"}
    (network / "contracts/protected.odcs.yaml").write_text(json.dumps(head | {"schema": [schema]}), encoding="utf-8")
    release = run(mutirao, network)
    (told,) = [told for told in of_layer(release, "protected")["findings"] if told["code"] == "validity"]
    assert told["picture"] == "preview/findings/protected/01-validity-2019.png"
    with Image.open(release.folder / told["picture"]) as picture:
        assert (np.array(picture.convert("RGB")) == (255, 0, 200)).all(axis=2).any()
    assert told["picture"] in (release.folder / "report/index.html").read_text(encoding="utf-8")
