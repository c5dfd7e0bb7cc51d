"""The brute force itself: on hand-made pixels, and against the published table read without any pipeline."""

import json

import numpy as np
import rasterio

import bruteforce
from bruteforce import NOTHING
from generate_rules67 import write_network


def write(path, pixels, nodata=0):
    pixels = np.array([pixels], np.uint8)
    with rasterio.open(
        path, "w", driver="GTiff", width=pixels.shape[1], height=1, count=1, dtype="uint8", nodata=nodata,
        crs="EPSG:32722", transform=rasterio.Affine(30, 0, 600000, 0, -30, 30),
    ) as raster:  # fmt: skip
        raster.write(pixels, 1)


def evaluated(folder, layers, rules):
    (folder / "legend.csv").write_text("id,parent,name,color\n1,,a,\n3,1,b,\n4,1,c,\n2,,d,\n9,2,e,\n")
    for name, pixels in layers.items():
        write(folder / f"{name}.tif", pixels)
    entries = "\n".join(f"  {name}: {{ source: {name}.tif }}" for name in layers)
    size = len(next(iter(layers.values())))
    (folder / "pipeline.yaml").write_text(
        f"grid: {{ crs: EPSG:32722, origin: [600000, 30], resolution: 30, size: [{size}, 1] }}\nlegend: legend.csv\n"
        f"periods: [2020]\nlayers:\n{entries}\ncoverage:\n  rules:\n" + "".join(f"    - {rule}\n" for rule in rules)
    )
    return bruteforce.evaluate(bruteforce.read(folder / "pipeline.yaml"), "2020")


def test_the_first_rule_that_matches_wins_and_the_first_exception_that_holds_replaces(tmp_path):
    result = evaluated(
        tmp_path,
        {"x": [9, 9, 9, 0, 0], "y": [3, 4, 0, 4, 0]},
        [
            "{ take: { x: 9 }, unless: [ { when: { y: 3 }, give: y }, { when: { y: 1+ }, give: 2 } ] }",
            "{ take: { y: any } }",
        ],
    )
    assert result.coverage.tolist() == [[3, 2, 9, 4, 0]]
    assert result.rule.tolist() == [[1, 1, 1, 2, 0]]
    assert result.part.tolist() == [[1, 2, 0, 0, 0]]
    assert result.source.tolist() == [[2, 1, 1, 2, 0]]
    assert result.speak.tolist() == [[2, 2, 1, 1, 0]]
    assert result.agree.tolist() == [[1, 1, 1, 1, 0]]
    assert result.agree_top.tolist() == [[1, 1, 1, 1, 0]]


def test_a_copied_layer_that_is_nothing_lets_the_next_rule_win(tmp_path):
    result = evaluated(
        tmp_path,
        {"x": [9, 9, 9], "y": [3, 0, 4]},
        ["{ take: { x: 9 }, give: y, where: { y: [0, 3] } }", "{ take: { x: 9 }, give: none, where: { y: none } }"],
    )
    assert result.coverage.tolist() == [[3, 0, 0]]
    assert result.rule.tolist() == [[1, 2, 0]]
    assert result.source.tolist() == [[2, 1, 0]]


def test_the_pipeline_of_the_67_rules_means_what_the_table_says(shared, tmp_path):
    pipeline = write_network(shared / "reference", tmp_path, 480, 300)
    result = bruteforce.evaluate(bruteforce.read(pipeline), "2024")
    table = json.loads((shared / "reference/mapbiomas-c11-prevalence.json").read_text())

    layers = {}
    for file in (tmp_path / "data").glob("*.tif"):
        with rasterio.open(file) as raster:
            layers[file.stem] = raster.read(1).astype(int)
    inside = layers["biomes"] != 0
    coverage, ranks = np.where(inside, NOTHING, 0), np.zeros(inside.shape, int)
    for rule in table["rules"]:
        here = inside & (coverage == NOTHING) & np.isin(layers[rule["layer"]], rule["classes"])
        for condition in rule["within"] or []:
            here &= np.isin(layers[condition["layer"]], condition["classes"])
        coverage[here], ranks[here] = rule["output"], rule["rank"]
        if rule["unless"]:
            for condition in rule["unless"]["all_of"]:
                here &= np.isin(layers[condition["layer"]], condition["classes"])
            output = rule["unless"]["output"]
            coverage[here] = layers[output["copy_from"]][here] if isinstance(output, dict) else output
    coverage[coverage == NOTHING] = 0
    assert np.array_equal(result.coverage, coverage)
    assert np.array_equal(result.rule, ranks)
    assert set(np.unique(ranks)) >= set(range(1, 68)) - {51, 54, 67}
