"""Rasters that lie beside the grid, nowhere, or too far off, and files whose pixels nobody can read: each a verdict that says so."""

from __future__ import annotations

import json

import numpy as np
import pytest
import rasterio
from check_support import check, contract, found
from rasterio.transform import Affine

GRID = {"crs": "EPSG:31976", "resolution": 30, "origin": [600000, 210000]}


def write(path, transform, dtype="uint8", crs="EPSG:31976", values=None):
    values = np.tile(np.array([3, 15], dtype), (20, 10)) if values is None else values
    with rasterio.open(path, "w", driver="GTiff", width=20, height=20, count=1, dtype=dtype, crs=crs, transform=transform) as file:
        file.write(values, 1)
    return path


def north_up(x, y, side=30):
    return Affine(side, 0, x, 0, -side, y)


def outcomes(said):
    return {one["check"]: one["outcome"] for one in said["rules"]}


@pytest.mark.parametrize("east,south", [(0.5, 0), (0, 0.5), (-0.5, 0.5), (0.4995, 0), (0.02, 0)])
def test_a_shift_is_told_up_to_half_a_pixel(mutirao, tmp_path, east, south):
    file = write(tmp_path / "map.tif", north_up(600000 + 300 + 30 * east, 210000 - 30 * south))
    said = check(mutirao, [file], contract(tmp_path, {"grid": GRID}), code=1)
    assert said["verdict"] == "fail"
    (finding,) = found(said, "grid")
    assert "shifted" in finding["message"]
    (measured,) = [one["measured"] for one in said["rules"] if one["check"] == "grid"]
    assert measured == pytest.approx(max(abs(east), abs(south)), abs=1e-6)


@pytest.mark.parametrize("transform", [north_up(1e200, 210000), north_up(600000, -1e300)])
def test_what_lies_too_far_off_fails(mutirao, tmp_path, transform):
    file = write(tmp_path / "map.tif", transform)
    said = check(mutirao, [file], contract(tmp_path, {"grid": GRID}), code=1)
    assert said["verdict"] == "fail"


def test_without_an_agreed_grid_what_lies_nowhere_is_a_warning(mutirao, tmp_path):
    agreed = contract(tmp_path, {})
    turned = Affine(26.0, 15.0, 600000, 15.0, -26.0, 210000)
    for transform, why in [(Affine.identity(), "does not say where"), (turned, "axes")]:
        file = write(tmp_path / "map.tif", transform)
        said = check(mutirao, [file], agreed)
        assert said["verdict"] == "pass"
        (finding,) = found(said, "apart")
        assert finding["severity"] == "warning" and why in finding["message"]


def test_pixels_that_nobody_can_read_are_not_judged(mutirao, tmp_path):
    values = np.full((20, 20), 70004, "uint32")
    file = write(tmp_path / "map.tif", north_up(600000, 210000), "uint32", values=values)
    rules = [{"check": "class-share", "limits": {"3": {"max_share": 1}}}]
    terms = {"grid": GRID, "classes": {"allowed": [3, 15], "required": [3]}}
    said = check(mutirao, [file], contract(tmp_path, terms, rules), code=1)
    assert said["verdict"] == "fail" and found(said, "unreadable")
    assert outcomes(said)["classes"] == outcomes(said)["class-share"] == "unjudged"
    assert not found(said, "classes")


def test_a_contract_with_a_crs_that_is_none_says_so(mutirao, tmp_path):
    file = write(tmp_path / "map.tif", north_up(600000, 210000))
    said = check(mutirao, [file], contract(tmp_path, {"grid": GRID | {"crs": "EPSG:3197600"}}), code=1)
    (finding,) = found(said, "crs")
    assert "the contract agrees on EPSG:3197600, and that is no CRS" in finding["message"]
    assert "gdalwarp" not in finding["mend"]


def test_numbers_below_zero_are_no_classes(mutirao, tmp_path):
    values = np.full((20, 20), 3, "int16")
    values[2, 5] = -5
    file = write(tmp_path / "map.tif", north_up(600000, 210000), "int16", values=values)
    said = check(mutirao, [file], contract(tmp_path, {"grid": GRID, "classes": {"allowed": [3]}}), code=1)
    (finding,) = found(said, "classes")
    assert "-5 is no class" in finding["message"] and "crosswalk" not in finding["message"] + finding["mend"]


def test_many_values_are_summed_before_some_are_told(mutirao, tmp_path):
    values = np.arange(400, dtype="uint16").reshape(20, 20)
    file = write(tmp_path / "map.tif", north_up(600000, 210000), "uint16", values=values)
    agreed = contract(tmp_path, {"grid": GRID, "classes": {"allowed": [3]}})
    first = found(check(mutirao, [file], agreed, code=1), "classes")[0]
    assert first["message"].startswith("399 values are not agreed") and first["count"] == 399
    told = mutirao("check", file, "--contract", agreed, code=1)
    assert "399 values are not agreed" in told.stderr + told.stdout


def test_a_class_out_of_nothing_can_be_impossible(mutirao, tmp_path):
    before, after = np.full((20, 20), 3, "uint8"), np.full((20, 20), 3, "uint8")
    before[:5, :4], after[:3, :4], after[10, 10] = 0, 24, 24
    files = [write(tmp_path / f"map_{year}.tif", north_up(600000, 210000), values=plane) for year, plane in [(2019, before), (2020, after)]]
    rules = [{"check": "impossible-transitions", "transitions": [{"from": "none", "to": 24}]}]
    terms = {"grid": GRID, "nodata": {"value": 0}, "periods": ["2019", "2020"]}
    agreed = contract(tmp_path, terms, rules)
    body = json.loads(agreed.read_text())
    body["schema"][0]["physicalName"] = "map_{period}.tif"
    agreed.write_text(json.dumps(body))
    (finding,) = found(check(mutirao, files, agreed), "impossible-transitions")
    assert finding["count"] == 12


def test_shares_of_classes_are_told_in_numbers(mutirao, tmp_path):
    """100 of 400 pixels are a quarter; 30 m pixels near the zone's western edge have within 0.2 % of 0.09 ha."""
    values = np.full((20, 20), 3, "uint8")
    values[:5] = 15
    file = write(tmp_path / "map.tif", north_up(600000, 210000), values=values)
    rules = [{"check": "class-share", "limits": {"15": {"max_share": 0.2}, "3": {"max_ha": 20}}}]
    findings = found(check(mutirao, [file], contract(tmp_path, {"grid": GRID}, rules)), "class-share")
    share, area = sorted(findings, key=lambda one: one["count"])
    assert (share["count"], share["expected"], share["measured"]) == (100, 0.2, 0.25)
    assert (area["count"], area["expected"]) == (300, 20) and area["measured"] == pytest.approx(27, rel=2e-3)
