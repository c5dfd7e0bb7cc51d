"""A complete network with the 67 published prevalence rules of MapBiomas collection 11, on layers that are made up.

    python generate_rules67.py ../shared/reference OUT [--size 1200 900] [--seed 67]

OUT/pipeline.yaml, OUT/legend.csv and OUT/data/*.tif: every class of every layer is present, all six biomes and some pixels
outside, in patches of mixed sizes, so that many combinations meet. Nothing of the reference is kept in this project.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin

BASE_ALSO = 1  # a class that the base map holds and no rule takes
OTHER_STATES = [111, 235, 531]  # states that no rule names
ORIGIN, PIXEL = (-60.0, 5.0), 0.00025
PERIOD = "2024"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("reference", type=Path, help="folder of the table and the legend")
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--size", type=int, nargs=2, default=(1200, 900), metavar=("WIDTH", "HEIGHT"))
    arguments.add_argument("--seed", type=int, default=67)
    given = arguments.parse_args()
    write_network(given.reference, given.out, *given.size, given.seed)


def write_network(reference: Path, out: Path, width: int, height: int, seed: int = 67) -> Path:
    """Writes the network into a folder; the path of its pipeline."""
    table = json.loads((reference / "mapbiomas-c11-prevalence.json").read_text(encoding="utf-8"))
    classes = named_classes(table)
    (out / "data").mkdir(parents=True, exist_ok=True)
    write_legend(reference / "mapbiomas-legend.csv", out / "legend.csv")
    write_layers(out / "data", classes, width, height, seed)
    pipeline = out / "pipeline.yaml"
    pipeline.write_text(pipeline_text(table, classes, width, height), encoding="utf-8")
    return pipeline


def named_classes(table: dict) -> dict[str, list[int]]:
    """For every layer the codes that the table names for it anywhere; 0 is nothing, no code."""
    named: dict[str, set[int]] = {name: set() for name in ["base", *table["theme_layers"], *table["region_layers"]]}
    for rule in table["rules"]:
        named[rule["layer"]].update(rule["classes"])
        for condition in (rule["within"] or []) + ((rule["unless"] or {}).get("all_of") or []):
            named[condition["layer"]].update(condition["classes"])
    named["base"].add(BASE_ALSO)
    return {name: sorted(codes - {0}) for name, codes in named.items()}


def write_legend(source: Path, target: Path) -> None:
    with open(source, encoding="utf-8", newline="") as lines, open(target, "w", encoding="utf-8", newline="") as out:
        legend = csv.writer(out)
        legend.writerow(["id", "parent", "name", "color", "name_pt"])
        for row in csv.DictReader(lines):
            if row["scope"] == "brazil" and row["id"] != "0":
                legend.writerow([row["id"], row["parent"], row["name_en"], row["hex"] or "#808080", row["name_pt"]])


# --- pixels ------------------------------------------------------------------------------------------------------------


def patches(random, width: int, height: int, choices, chances) -> np.ndarray:
    """Values in patches of mixed sizes: at each pixel a patch of 1, 3, 9 or 27 pixels' side speaks."""

    def blocks(side, draw):
        drawn = draw((-(-height // side), -(-width // side)))
        return np.kron(drawn, np.ones((side, side), drawn.dtype))[:height, :width]

    sides = [1, 3, 9, 27]
    which = blocks(40, lambda shape: random.integers(0, len(sides), shape))
    drawn = [blocks(side, lambda shape: random.choice(choices, shape, p=chances)) for side in sides]
    return np.select([which == number for number in range(len(sides))], drawn)


def write_layers(folder: Path, classes: dict[str, list[int]], width: int, height: int, seed: int) -> None:
    # How often a layer is nothing: layers of early rules mostly, so that late rules have their turn.
    silent = {"base": 0.03, "agriculture": 0.6, "pasture": 0.5, "water": 0.8}
    for number, (name, codes) in enumerate(classes.items()):
        random = np.random.default_rng([seed, number])
        if name == "biomes":
            pixels = biomes(random, width, height, codes)
        else:
            values = codes + (OTHER_STATES if name == "states" else [])
            nothing = silent.get(name, 0.5 if name in REGIONS else 0.9)
            chances = [nothing] + [(1 - nothing) / len(values)] * len(values)
            pixels = patches(random, width, height, [0, *values], chances)
        assert set(codes) <= set(np.unique(pixels).tolist()), f"{name} lacks a class: make the network larger"
        write_raster(folder / f"{name}.tif", pixels.astype(np.uint16 if name == "states" else np.uint8))


REGIONS = ["biomes", "states", "pampa_lagoa_do_peixe", "cerrado_protected", "caatinga_irece"]


def biomes(random, width: int, height: int, codes: list[int]) -> np.ndarray:
    """Bands from west to east with ragged borders; nothing at the rim and in some spots."""
    shift = patches(random, width, height, np.arange(-6, 7), np.full(13, 1 / 13))
    place = (np.arange(width)[None, :] + shift) / width * len(codes)
    bands = np.asarray(codes)[np.clip(place.astype(int), 0, len(codes) - 1)]
    rim = np.zeros((height, width), bool)
    rim[:3], rim[:, :5], rim[-2:], rim[:, -4:] = True, True, True, True
    spots = patches(random, width, height, [False, True], [0.98, 0.02])
    return np.where(rim | spots, 0, bands)


def write_raster(path: Path, pixels: np.ndarray) -> None:
    height, width = pixels.shape
    layout = {"tiled": True, "blockxsize": 256, "blockysize": 256, "compress": "deflate"}
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=1, dtype=pixels.dtype, nodata=0,
        crs="EPSG:4326", transform=from_origin(*ORIGIN, PIXEL, PIXEL), **layout,
    ) as raster:  # fmt: skip
        raster.write(pixels, 1)


# --- pipeline ----------------------------------------------------------------------------------------------------------


def pipeline_text(table: dict, classes: dict[str, list[int]], width: int, height: int) -> str:
    lines = [
        "mutirao: 1",
        "id: rules67",
        "title: The 67 rules on layers that are made up",
        "version: 1",
        "license: CC0-1.0",
        f"grid: {{ crs: EPSG:4326, origin: [{ORIGIN[0]}, {ORIGIN[1]}], resolution: {PIXEL}, size: [{width}, {height}] }}",
        "legend: legend.csv",
        f"periods: [{PERIOD}]",
        "layers:",
    ]
    for name, codes in classes.items():
        # The states of the world are more than those that rules name.
        kept = sorted(codes + OTHER_STATES) if name == "states" else codes
        role = ", role: region" if name in REGIONS else ""
        lines.append(f"  {name}: {{ source: data/{name}.tif, classes: {kept}{role}, license: CC0-1.0 }}")
    lines += ["coverage:", "  within: biomes", "  method: prevalence", "  rules:"]
    lines += [f"    - {rule_text(rule)}" for rule in table["rules"]]
    lines += ["territories:", "  biome: { layer: biomes }"]
    return "\n".join(lines) + "\n"


def rule_text(rule: dict) -> str:
    (taken,) = rule["classes"]
    parts = [f"take: {{ {rule['layer']}: {taken} }}"]
    if rule["output"] != taken:
        parts.append(f"give: {rule['output']}")
    if rule["within"]:
        parts.append(f"where: {conditions_text(rule['within'])}")
    if rule["unless"]:
        output = rule["unless"]["output"]
        give = output["copy_from"] if isinstance(output, dict) else output
        parts.append(f"unless: [ {{ when: {conditions_text(rule['unless']['all_of'])}, give: {give} }} ]")
    return "{ " + ", ".join(parts) + " }"


def conditions_text(conditions: list[dict]) -> str:
    return "{ " + ", ".join(f"{one['layer']}: {one['classes']}" for one in conditions) + " }"


if __name__ == "__main__":
    main()
