"""What the engine merges, pixel for pixel against the brute force."""

import numpy as np
import pyarrow.parquet
import pytest
import rasterio

import bruteforce
from generate_rules67 import write_network


def read(path):
    with rasterio.open(path) as raster:
        return raster.read()


def assert_equal(release, network, period):
    """Coverage, provenance and agreement of a period; a warped pixel near an edge of the file's pixels may differ."""
    expected = bruteforce.evaluate(network, period)
    (coverage,) = read(release / f"coverage/{period}.tif")
    source, rule, part = read(release / f"provenance/{period}.tif")
    speak, agree, agree_top = read(release / f"agreement/{period}.tif")

    # Sources by their names, so that only those are compared that stand for the same.
    table = pyarrow.parquet.read_table(release / "sources.parquet").to_pylist()
    named = {(row["layer"], row["member"] or None): row["source"] for row in table}
    numbers = np.array([0] + [named[one] for one in network.sources])

    sure = ~expected.doubtful
    pairs = {
        "coverage": (coverage, expected.coverage),
        "source": (source, numbers[expected.source]),
        "rule": (rule, expected.rule),
        "part": (part, expected.part),
        "speak": (speak, expected.speak),
        "agree": (agree, expected.agree),
        "agree_top": (agree_top, expected.agree_top),
    }
    for name, (got, due) in pairs.items():
        wrong = np.argwhere(sure & (got != due))
        assert not len(wrong), f"{name}: {len(wrong)} pixels differ, the first at row, column {wrong[0]}"


@pytest.mark.parametrize("period", ["2019", "2020"])
def test_the_demo_equals_the_brute_force(demo, root, period):
    assert_equal(demo, bruteforce.read(root / "pipelines/demo/pipeline.yaml"), period)


@pytest.fixture(scope="module")
def rules67(shared, tmp_path_factory):
    return write_network(shared / "reference", tmp_path_factory.mktemp("rules67"), 1200, 900)


@pytest.mark.parametrize(("threads", "tile"), [(1, 512), (2, 512), (1, 128), (2, 256), (2, 1024)])
def test_the_67_rules_equal_the_brute_force(mutirao, rules67, tmp_path, threads, tile):
    pipeline = rules67.with_name(f"pipeline-{threads}-{tile}.yaml")
    pipeline.write_text(rules67.read_text() + f"outputs: {{ tile: {tile} }}\n")
    mutirao("run", pipeline, "--out", tmp_path, "--threads", threads)
    assert_equal(tmp_path / "rules67/1", bruteforce.read(pipeline), "2024")
