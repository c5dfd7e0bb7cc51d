"""The demo's release, pixel for pixel against the brute force."""

import geopandas
import numpy as np
import pyarrow.parquet
import pytest
import rasterio
import rasterio.features

import bruteforce


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


def test_transitions_equal_a_cross_table_of_the_pixels(demo):
    before, after = (read(demo / f"coverage/{period}.tif")[0] for period in ["2019", "2020"])
    inside = read(demo / "agreement/2019.tif")[0] != 255
    pairs, counts = np.unique(np.stack([before[inside], after[inside]]), axis=1, return_counts=True)
    due = {(int(a), int(b)): int(n) for (a, b), n in zip(pairs.T, counts)}
    table = pyarrow.parquet.read_table(demo / "transitions.parquet").to_pandas()
    assert set(zip(table.period_from, table.period_to)) == {("2019", "2020")}
    whole = table[table.territory_kind == "coverage"]
    assert dict(zip(zip(whole.class_from, whole.class_to), whole.pixels)) == due
    # What leaves a class and what enters it are the areas of the two periods, in every territory.
    areas = pyarrow.parquet.read_table(demo / "areas.parquet").to_pandas()
    place = ["territory_kind", "territory"]
    for period, column in [("2019", "class_from"), ("2020", "class_to")]:
        of_period = areas[(areas.period == period) & (areas.pixels > 0)]
        own = of_period.groupby([*place, "class"]).pixels.sum()
        moved = table.groupby([*place, column]).pixels.sum()
        assert own.to_dict() == moved.to_dict()


def test_a_crossing_is_where_territories_of_both_kinds_lie(demo, root):
    biomes = read(root / "fixtures/demo/biomes.tif")[0]
    territories = geopandas.read_parquet(demo / "territories.parquet")
    areas = pyarrow.parquet.read_table(demo / "areas.parquet").to_pandas()
    with rasterio.open(demo / "coverage/2019.tif") as raster:
        coverage, transform = raster.read(1), raster.transform
    inside = read(demo / "agreement/2019.tif")[0] != 255
    assert biomes.shape == coverage.shape
    due = {}
    for _, own in territories[territories.kind == "municipality"].iterrows():
        here = rasterio.features.geometry_mask([own.geometry], coverage.shape, transform, invert=True) & inside
        for biome, klass in zip(*(side.tolist() for side in (biomes[here], coverage[here]))):
            key = (f"{biome}|{own.key}", klass)
            due[key] = due.get(key, 0) + 1
    own = areas[(areas.period == "2019") & (areas.territory_kind == "biome_municipality") & (areas.territory != "")]
    counted = own[own.pixels > 0].groupby(["territory", "class"]).pixels.sum()
    assert counted.to_dict() == due
    names = dict(zip(territories.key, territories.name))
    assert all(names[key.split("|")[1]] == name for key, name in zip(own.territory, own.territory_name))
    # What lies in no municipality lies in no crossing; together they are the whole.
    kinds = areas[areas.period == "2019"].groupby("territory_kind").pixels.sum()
    assert kinds["biome_municipality"] == kinds["coverage"]


def test_plan_shows_how_territories_are_transformed(mutirao, root):
    said = mutirao("plan", root / "pipelines/demo").stdout
    assert "territories municipality: 12, transformed from WGS 84 by " in said, said
