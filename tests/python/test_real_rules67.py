"""The 67 published rules: what the linter says of them, and the merge beside an evaluation by brute force."""

import itertools

import numpy as np
import pytest
import rasterio
import yaml

import bruteforce
from generate_rules67 import PERIOD, write_network
from networks import Release, counted, publish

SIZE = (700, 500)


@pytest.fixture(scope="module")
def pipeline(shared, tmp_path_factory):
    return write_network(shared / "reference", tmp_path_factory.mktemp("rules67"), *SIZE)


@pytest.fixture(scope="module")
def expected(pipeline):
    return bruteforce.evaluate(bruteforce.read(pipeline), PERIOD)


@pytest.fixture(scope="module")
def releases(mutirao, pipeline):
    """Releases of the network by (tile, threads)."""
    made: dict[tuple, Release] = {}
    for tile in (64, 128, 512):
        network = yaml.safe_load(pipeline.read_text(encoding="utf-8"))
        network["outputs"] = {"tile": tile}
        tiled = pipeline.with_name(f"tile{tile}.yaml")
        tiled.write_text(yaml.safe_dump(network, sort_keys=False), encoding="utf-8")
        for threads in (1, 2):
            out = pipeline.parent / f"out-{tile}-{threads}"
            made[tile, threads] = publish(mutirao, tiled, "--threads", threads, out=out)
    return made


@pytest.mark.parametrize(("tile", "threads"), list(itertools.product([64, 128, 512], [1, 2])))
def test_every_pixel_is_as_brute_force_says(releases, expected, tile, threads):
    release = releases[tile, threads]
    assert np.array_equal(release.coverage(PERIOD), expected.coverage)
    for band, name in zip(release.bands("provenance", PERIOD), ["source", "rule", "part"]):
        assert np.array_equal(band, getattr(expected, name)), name
    for band, name in zip(release.bands("agreement", PERIOD), ["speak", "agree", "agree_top"]):
        assert np.array_equal(band, getattr(expected, name)), name


def test_the_rows_are_the_pixels_and_equal_whatever_tiles_and_threads(releases, expected):
    inside = expected.speak != bruteforce.OUTSIDE
    planes = (expected.coverage[inside], expected.source[inside], expected.rule[inside])
    every = "select * from {areas} order by all"
    first = releases[64, 1].query(every)
    for release in releases.values():
        rows = {key[2:]: count for key, count in release.pixels().items()}
        assert rows == counted(*planes)
        assert release.query(every) == first


def test_each_rule_that_can_win_wins_somewhere(releases):
    rows = releases[512, 2].query("select distinct rule from {areas} where source > 0 and pixels > 0")
    assert {rule for (rule,) in rows} == set(range(1, 68)) - {51, 54, 67}


def test_explain_tells_for_every_rule_and_exception_what_brute_force_says(mutirao, releases, expected):
    release = releases[128, 2]
    with rasterio.open(release.folder / f"coverage/{PERIOD}.tif") as raster:
        transform = raster.transform
    ways = np.unique(np.stack([expected.rule, expected.part]).reshape(2, -1), axis=1).T
    assert len(ways) > 64
    for rule, part in ways.tolist():
        places = np.argwhere((expected.rule == rule) & (expected.part == part))
        row, column = places[len(places) // 2].tolist()
        x, y = transform @ (column + 0.5, row + 0.5)
        (said,) = mutirao.json("explain", release.folder, "--xy", x, y)["periods"]
        here = f"column {column}, row {row}: {said['because']}"
        assert (said["rule"] or 0, said["part"]) == (rule, part), here
        assert (said["class"] or 0) == expected.coverage[row, column], here
        bands = [int(band[row, column]) for band in (expected.speak, expected.agree, expected.agree_top)]
        assert (said["agreement"] or [bruteforce.OUTSIDE] * 3) == bands, here
        if rule:
            assert [one["rule"] for one in said["rules"]] == list(range(1, rule)), here


def test_verify_finds_nothing_amiss(mutirao, releases):
    for release in releases.values():
        mutirao("verify", release.folder)


# --- linter ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def findings(mutirao, pipeline):
    return mutirao.json("lint", pipeline)["findings"]


def coded(findings, code):
    return [finding for finding in findings if finding["code"] == code]


def test_the_rules_that_never_win_are_found_with_their_reasons(findings):
    found = {finding["rule"]: finding["because"] for finding in coded(findings, "never-wins")}
    assert found == {51: [50], 54: [53], 67: [42]}


def test_the_exceptions_that_do_nothing_are_found(findings):
    def places(code):
        return [(finding["rule"], finding["part"]) for finding in coded(findings, code)]

    assert places("exception-never-applies") == [(61, "unless:1")]
    assert places("exception-always-applies") == [(58, "unless:1")]
    assert places("exception-without-effect") == [(50, "unless:1"), (53, "unless:1")]


def test_the_classes_that_no_rule_takes_up_are_found_by_region(findings):
    found = {
        (one["class"], finding["layer"], one["layer"]): sorted(one["regions"])
        for finding in coded(findings, "class-unclaimed")
        for one in finding["where"]
    }
    assert found == {
        (47, "agriculture", "biomes"): [1, 2, 5, 6],
        (1, "base", "biomes"): [1, 2, 3, 4, 5, 6],
        (6, "base", "biomes"): [2, 3, 4, 5, 6],
        (7, "base", "biomes"): [1, 2, 3, 4, 5],
        (15, "base", "biomes"): [2, 5],
        (84, "base", "biomes"): [1, 2, 3, 4, 6],
    }


def test_nothing_else_is_said_of_rules_and_exceptions(findings):
    known = {
        "never-wins": 3,
        "exception-never-applies": 1,
        "exception-always-applies": 1,
        "exception-without-effect": 2,
        "class-unclaimed": 2,
    }
    severe = [finding for finding in findings if finding["severity"] != "info"]
    assert {code: len(coded(severe, code)) for code in known} == known
    assert [finding for finding in severe if finding["code"] not in known] == []
