"""What `mutirao check` writes for programs elsewhere, as the tools of others read it: JUnit, SARIF, pictures."""

import json
from collections import Counter
from urllib.parse import unquote, urlparse

import numpy as np
import pytest
import rasterio
from junitparser import Failure, JUnitXml, Skipped
from PIL import Image

CONTRACT = "pipelines/demo/contracts/mining.odcs.yaml"
ODD = [(600, 500), (601, 500), (640, 533)]
MARK = (255, 0, 200)


@pytest.fixture(scope="module")
def judged(mutirao, root, tmp_path_factory):
    """The demo's mines with a code that nobody agreed on, in a folder with a name that needs care."""
    folder = tmp_path_factory.mktemp("judged") / 'água & "more" #1'
    folder.mkdir()
    with rasterio.open(root / "fixtures/demo/mining_2020.tif") as source:
        values, profile = source.read(), source.profile
    for column, row in ODD:
        values[0, row, column] = 7
    with rasterio.open(folder / "mining_2020.tif", "w", **profile) as raster:
        raster.write(values)
    files = ["fixtures/demo/mining_2019.tif", folder / "mining_2020.tif"]
    told = ["--junit", folder / "check.xml", "--sarif", folder / "check.sarif", "--preview", folder / "pictures"]
    return folder, mutirao.json("check", *files, "--contract", CONTRACT, *told, code=1)


def test_junit_has_a_case_for_every_rule(judged):
    folder, report = judged
    (suite,) = JUnitXml.fromfile(str(folder / "check.xml"))
    cases = list(suite)
    assert suite.name == report["layer"] and {case.classname for case in cases} == {report["layer"]}
    assert len({case.name for case in cases}) == len(cases) == suite.tests >= len(report["rules"])
    outcomes = Counter(rule["outcome"] for rule in report["rules"])
    skipped = [case for case in cases if any(isinstance(result, Skipped) for result in case.result)]
    failed = [case for case in cases if any(isinstance(result, Failure) for result in case.result)]
    assert len(skipped) == suite.skipped == outcomes["pending"] + outcomes["undefined"] + outcomes["unjudged"]
    codes = {finding["code"] for finding in report["findings"] if finding["severity"] == "error"}
    assert len(failed) == suite.failures and {case.result[0].type for case in failed} == codes
    (failure,) = next(case for case in failed if case.result[0].type == "classes").result
    assert all(f"column {column}, row {row}" in failure.text for column, row in ODD)
    assert str(folder / "mining_2020.tif") in failure.text


def test_sarif_points_at_contract_and_data(judged, root):
    folder, report = judged
    log = json.loads((folder / "check.sarif").read_text(encoding="utf-8"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    levels = {"error": "error", "warning": "warning", "info": "note"}
    assert len(run["results"]) == len(report["findings"])
    for result, finding in zip(run["results"], report["findings"], strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding["code"]
        assert result["level"] == levels[finding["severity"]]
        assert result["message"]["text"].startswith(finding["message"])
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        line = (root / physical["artifactLocation"]["uri"]).read_text(encoding="utf-8").splitlines()
        assert physical["region"]["startColumn"] <= len(line[physical["region"]["startLine"] - 1])
    marks = [result["partialFingerprints"]["mutiraoCheck/v1"] for result in run["results"]]
    assert len(set(marks)) == len(marks)
    odd = next(result for result in run["results"] if result["ruleId"] == "classes")
    places = odd["relatedLocations"]
    assert [tuple(place["properties"]["pixel"]) for place in places] == ODD
    address = urlparse(places[0]["physicalLocation"]["artifactLocation"]["uri"])
    assert (address.scheme, unquote(address.path)) == ("file", str(folder / "mining_2020.tif"))


def test_pictures_ring_the_pixels(judged, root):
    folder, report = judged
    shown = {preview["finding"]: preview["path"] for preview in report["previews"]}
    at = next(at for at, finding in enumerate(report["findings"]) if finding["code"] == "classes")
    assert shown[at].endswith(f"/{at + 1:02}-classes-2020.png")
    picture = np.array(Image.open(shown[at]).convert("RGB"))
    detail = picture[:620, 552:]
    # 64 by 64 pixels around the first place, 8 times as large; what the marked pixels hold is drawn over no other pixel.
    left, top = 564 - 552, np.argwhere((detail == MARK).all(axis=2))[:, 0].min()
    ring = np.argwhere((detail == MARK).all(axis=2)).mean(axis=0)
    column, row = (ring[::-1] - [left, 0]) / 8
    assert abs(column - (600 - 568) - 1) < 0.1, "two rings: of columns 600 and 601, which is 32 and 33 of the detail"
    colour = detail[round(ring[0]), round(ring[1]) - 4]
    assert (detail == colour).all(axis=2).sum() == 2 * 64 and top > 0
    overview = np.argwhere((picture[:620, :552] == MARK).all(axis=2))[:, ::-1]
    for column, row in ODD:
        centre = np.array([28 + (column + 0.5) * 512 / 1200, 0])
        assert (np.abs(overview[:, 0] - centre[0]) < 10).any(), f"no ring about column {column}"
