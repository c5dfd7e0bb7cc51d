"""`mutirao check` on vectors and tables: several files as one delivery, crosswalks, lines of tables; and the pack of a vector."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import geopandas
import pytest
import shapely

from check_support import check, found, rule
from networks import write_csv, write_network

CRS = "EPSG:31976"


def layer(path: Path, crs: str = CRS, start: int = 0, **attributes) -> Path:
    """Writes squares side by side, from the `start`th on."""
    count = len(next(iter(attributes.values())))
    squares = [shapely.box(at * 10, 0, at * 10 + 10, 10) for at in range(start, start + count)]
    geopandas.GeoDataFrame(attributes, geometry=squares, crs=crs).to_file(path, driver="GPKG", layer=path.stem)
    return path


def contract(folder: Path, rules=(), metrics=(), terms=None, kind="vector", properties=(), name=None) -> Path:
    body = {"name": "layer", "physicalType": kind, "properties": list(properties)}
    body |= {"physicalName": name} if name else {}
    body["quality"] = [{"type": "custom", "engine": "mutirao", "implementation": one} for one in rules] + list(metrics)
    body["customProperties"] = [{"property": key, "value": value} for key, value in (terms or {}).items()]
    whole = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "layer", "version": "1.0.0", "status": "active"}
    path = folder / "layer.odcs.yaml"
    path.write_text(json.dumps(whole | {"schema": [body]}, indent=1), encoding="utf-8")
    return path


KEY = {"check": "key", "attribute": "code"}


def test_several_files_are_one_delivery(mutirao, tmp_path):
    one = layer(tmp_path / "p1.gpkg", code=["a", "b"])
    two = layer(tmp_path / "p2.gpkg", start=1, code=["a", "c"])
    unique = {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["code"]}}
    rules = [KEY, {"check": "duplicates", "of": "geometry"}]
    agreed = contract(tmp_path, rules, [unique, {"metric": "rowCount", "mustBe": 4}])
    said = check(mutirao, [one, two], agreed, code=1)
    places = [(place["file"], place["feature"]) for place in found(said, "key")[0]["first"]]
    assert places == [(str(one), "a"), (str(two), "a")]
    (twice,) = found(said, "duplicates")
    assert [place["file"] for place in twice["first"]] == [str(two)] and twice["count"] == 1
    assert found(said, "duplicate-values")[0]["count"] == 1
    assert rule(said, "row-count") | {"rule": None} == {
        "check": "row-count", "outcome": "kept", "severity": "error", "measured": 4, "rule": None
    }  # fmt: skip
    for alone in (one, two):
        assert not found(check(mutirao, [alone], agreed, code=1), "key")


def test_files_of_other_periods_are_other_features(mutirao, tmp_path):
    files = [layer(tmp_path / f"p_{year}.gpkg", code=["a", "b"]) for year in (2019, 2020)]
    rules = [KEY, {"check": "duplicates"}]
    agreed = contract(tmp_path, rules, [{"metric": "rowCount", "mustBe": 2}], {"periods": ["2019", "2020"]})
    assert check(mutirao, files, agreed)["verdict"] == "pass"
    assert check(mutirao, files, agreed, "--period", "2020", code=1)["verdict"] == "fail"


def test_files_that_are_not_of_one_kind_are_told(mutirao, tmp_path):
    one = layer(tmp_path / "p1.gpkg", code=["a"], n=[1])
    two = layer(tmp_path / "p2.gpkg", "EPSG:4326", 1, code=["b"], more=["x"])
    said = check(mutirao, [one, two], contract(tmp_path, [KEY, {"check": "extent", "bounds": [0, 0, 20, 10]}]))
    (differ,) = found(said, "files-differ")
    assert (differ["where"]["file"], differ["severity"]) == (str(two), "warning")
    assert all(word in differ["message"] for word in ["EPSG:4326", "EPSG:31976", 'lacks "n"', 'besides "more"'])
    assert rule(said, "extent")["outcome"] == "unjudged"
    said = check(mutirao, [one, two], contract(tmp_path, [{"check": "crs", "crs": CRS}]), code=1)
    assert [one["where"]["file"] for one in found(said, "crs")] == [str(two)]


def test_extent_in_another_crs_is_not_judged(mutirao, tmp_path):
    file = layer(tmp_path / "a.gpkg", "EPSG:4326", code=["a"])
    rules = [{"check": "crs", "crs": CRS}, {"check": "extent", "bounds": [400000, 0, 500000, 10]}]
    said = check(mutirao, [file], contract(tmp_path, rules), code=1)
    assert rule(said, "crs")["outcome"] == "broken" and not found(said, "extent")
    assert rule(said, "extent")["outcome"] == "unjudged" and CRS in rule(said, "extent")["because"]


@pytest.fixture
def crops(tmp_path) -> Path:
    """A network with a layer of crops, whose contract leaves the crosswalk to the pipeline."""
    folder = tmp_path / "net"
    member = {"source": "crops.gpkg", "attribute": "crop", "crosswalk": "crosswalks/crops.csv"}
    member |= {"static": True, "contract": "contracts/layer.odcs.yaml"}
    grid = {"crs": CRS, "origin": [0, 10], "resolution": 10, "size": [4, 1]}
    rules = {"method": "prevalence", "rules": [{"take": {"layer": "any"}}]}
    write_network(folder, [(39, "", "soy", "#00ff00")], grid=grid, periods=[2020], layers={"layer": member}, coverage=rules)
    (folder / "contracts").mkdir()
    (folder / "crosswalks").mkdir()
    write_csv(folder / "crosswalks/crops.csv", ["from", "to", "note"], [("soja", 39, ""), ("fallow", "", "")])
    contract(folder / "contracts", [{"check": "validity"}])
    layer(folder / "crops.gpkg", crop=["soja", "cafe", "fallow", "cafe"])
    return folder


def coded(said: dict) -> tuple[str, int, list[str]]:
    (one,) = found(said, "classes")
    return one["message"], one["count"], [place["feature"] for place in one["first"]]


CAFE = ('code "cafe" stands on no line of the crosswalk: 2 features hold it', 2, ["2", "4"])


def test_codes_on_no_line_of_the_crosswalk_are_told_before_the_run(mutirao, crops):
    agreed, file = crops / "contracts/layer.odcs.yaml", crops / "crops.gpkg"
    assert coded(check(mutirao, [file], agreed, code=1)) == CAFE
    # The same where the contract names the crosswalk itself, and the attribute as its property `class` or by name.
    for terms, properties in [({"attribute": "crop"}, []), ({}, [{"name": "class", "physicalName": "crop"}])]:
        classes = {"allowed": [39], "crosswalk": "crosswalks/crops.csv"} | terms
        (crops / "alone").mkdir(exist_ok=True)
        shutil.copytree(crops / "crosswalks", crops / "alone/crosswalks", dirs_exist_ok=True)
        own = contract(crops / "alone", terms={"classes": classes}, properties=properties)
        assert coded(check(mutirao, [file], own, code=1)) == CAFE
    layer(crops / "good.gpkg", crop=["soja", "fallow", None])
    assert check(mutirao, [crops / "good.gpkg"], agreed)["verdict"] == "pass"


def test_the_pack_of_a_vector_has_the_crosswalk_of_the_pipeline(mutirao, crops, tmp_path):
    pack = tmp_path / "pack.zip"
    mutirao("contract", "pack", "layer", "--network", crops, "--out", pack)
    with zipfile.ZipFile(pack) as read:
        assert {"crosswalks/crops.csv", "layer.yaml", "contracts/layer.odcs.yaml"} <= set(read.namelist())
        read.extractall(tmp_path / "unpacked")
    assert coded(check(mutirao, [crops / "crops.gpkg"], pack, code=1)) == CAFE
    # Somebody unpacked it and zipped the folder again.
    again = tmp_path / "again.zip"
    with zipfile.ZipFile(again, "w") as write:
        write.writestr("__MACOSX/x", "")
        for file in sorted((tmp_path / "unpacked").rglob("*")):
            write.write(file, f"my pack/{file.relative_to(tmp_path / 'unpacked')}")
    said = check(mutirao, [crops / "crops.gpkg"], again, code=1)
    assert coded(said) == CAFE and str(again) in found(said, "classes")[0]["rule"]["file"]


@pytest.mark.parametrize("ending, sign", [("csv", ","), ("csv", ";"), ("tsv", "\t")])
def test_lines_of_tables_that_do_not_fit_the_header_are_told(mutirao, tmp_path, ending, sign):
    table = tmp_path / f"t.{ending}"
    agreed = contract(tmp_path, kind="table")
    write = lambda *lines: table.write_text("".join(line.replace(",", sign) + "\n" for line in lines))  # noqa: E731
    write("code,val,x", '1,"a\nb",3', "1,2,3,4", "4", "5,6,7")
    said = check(mutirao, [table], agreed, code=1)
    told = [(one["severity"], one["count"], one["where"]["line"]) for one in found(said, "table-lines")]
    assert told == [("error", 1, 4), ("warning", 1, 5)]
    write("code,code,x", "1,2,3")
    (twice,) = found(check(mutirao, [table], agreed, code=1), "table-lines")
    assert '"code" twice' in twice["message"] and twice["where"]["line"] == 1
    write("code,val,x", "1,2,3")
    assert check(mutirao, [table], agreed)["findings"] == []


def test_a_table_with_tabs_has_a_draft(mutirao, tmp_path):
    table = tmp_path / "t.tsv"
    table.write_text("code\tname\n1\tx\n2\ty\n")
    mutirao("contract", "new", table, "--out", tmp_path / "t.odcs.yaml")
    assert mutirao.json("check", table, "--contract", tmp_path / "t.odcs.yaml")["verdict"] == "pass"


def test_counts_are_of_all_rows(mutirao, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("v,w\n" + "NA,\n" * 130 + "1,\n" * 47)
    metric = {"metric": "missingValues", "mustBe": 0, "arguments": {"missingValues": ["NA"]}}
    agreed = contract(tmp_path, kind="table", properties=[{"name": "v", "quality": [metric]}])
    (one,) = found(check(mutirao, [table], agreed, code=1), "missing-values")
    assert "130 of 177 rows" in one["message"] and one["message"].endswith('"NA" (130)')


def test_a_table_held_against_a_raster_is_called_one(mutirao, tmp_path):
    table = tmp_path / "t.tsv"
    table.write_text("code\tname\n1\tx\n")
    (one,) = found(check(mutirao, [table], contract(tmp_path, kind="raster"), code=1), "unreadable")
    assert "the contract is of a raster" in one["message"] and "physicalType" in one["mend"]
