"""Prevalence by brute force: a pipeline evaluated pixel by pixel with plain numpy, straight from the words of its definition.

It shares nothing with the engine but `pipeline.yaml`, and knows only as much of it as the tests need: raster layers, simple
or composite with fallback, on the grid of the coverage or to be warped by `nearest`; what is missing in a period; legends,
crosswalks, value sets, rules, and the methods without rules that need no dates.

    python bruteforce.py pipelines/demo/pipeline.yaml      # says what wins how often
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import rasterio
import yaml
from pyproj import Transformer

NOTHING = -1
OUTSIDE = 255  # of the bands of agreement


@dataclass
class Layer:
    """A layer in one period: what it holds at every pixel, and which source that comes from."""

    values: np.ndarray  # int32; NOTHING where it is nothing
    sources: np.ndarray  # number of the source, from 1
    nodata: set[int]  # numbers that mean nothing in a condition
    is_class: bool  # not a region or value layer
    doubtful: np.ndarray  # a warped pixel whose exact place lies near an edge of the file's pixels


@dataclass
class Result:
    """A period's coverage, provenance and agreement."""

    coverage: np.ndarray
    source: np.ndarray
    rule: np.ndarray
    part: np.ndarray
    speak: np.ndarray
    agree: np.ndarray
    agree_top: np.ndarray
    doubtful: np.ndarray


@dataclass
class Network:
    """A pipeline as read."""

    folder: Path
    data: dict
    parents: dict[int, int | None]
    width: int = field(init=False)
    height: int = field(init=False)

    def __post_init__(self):
        self.width, self.height = self.data["grid"]["size"]

    @property
    def periods(self) -> list[str]:
        return [str(period) for period in self.data.get("periods", [])]

    def speaks_for(self, entry: dict) -> list[str]:
        """The periods that a layer or member declares, in the pipeline's order."""
        declared = entry.get("periods")
        return [one for one in self.periods if declared is None or one in [str(other) for other in declared]]

    @property
    def sources(self) -> list[tuple[str, str | None]]:
        """(layer, member) of every layer that can give a class; the first is source 1."""
        return [
            (name, member)
            for name, layer in self.data["layers"].items()
            if "role" not in layer
            for member in layer.get("members", {None: layer})
        ]

    def top(self, klass: int) -> int:
        """The uppermost class above a class."""
        while self.parents.get(klass) is not None:
            klass = self.parents[klass]
        return klass


def read(path) -> Network:
    path = Path(path)
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    with open(path.parent / data["legend"], encoding="utf-8", newline="") as lines:
        parents = {int(row["id"]): int(row["parent"]) if row["parent"] else None for row in csv.DictReader(lines)}
    return Network(path.parent, data, parents)


# --- layers ------------------------------------------------------------------------------------------------------------


def read_layers(network: Network, period: str) -> dict[str, Layer]:
    layers: dict[str, Layer] = {}
    entries = network.data["layers"]
    # Areas of composites ask region layers, so simple layers come first.
    for name in sorted(entries, key=lambda name: "members" in entries[name]):
        entry = entries[name]
        parts = [
            (member, read_member(network, entry | part, period), part.get("area"))
            for member, part in entry.get("members", {None: {}}).items()
        ]
        layers[name] = join(network, layers, name, parts, "role" not in entry, entry.get("fallback", []))
    return layers


def join(network: Network, layers: dict[str, Layer], name: str, parts, is_class: bool, fallback) -> Layer:
    """Each pixel of a composite is that of the responsible member, the first listed that speaks if several are. Where somebody
    is responsible and nobody of them speaks, it is that of the first of `fallback` that speaks, whatever its area."""
    shape = (network.height, network.width)
    values, sources = np.full(shape, NOTHING, np.int32), np.zeros(shape, np.int32)
    doubtful, nodata = np.zeros(shape, bool), set()
    pixels_of, responsible = {}, np.zeros(shape, bool)
    asked = []
    for member, (pixels, member_nodata, member_doubtful), area in parts:
        inside = np.ones(shape, bool)
        for region, values_of_area in (area or {}).items():
            inside &= holds(network, layers[region], values_of_area) & (layers[region].values != NOTHING)
        responsible |= inside
        pixels_of[member] = pixels
        asked.append((member, inside))
        doubtful |= (inside | bool(fallback)) & member_doubtful
        nodata |= member_nodata
    for member, here in asked + [(member, responsible) for member in fallback]:
        speaks = here & (values == NOTHING) & (pixels_of[member] != NOTHING)
        values[speaks] = pixels_of[member][speaks]
        if is_class:
            sources[speaks] = network.sources.index((name, member)) + 1
    return Layer(values, sources, nodata, is_class, doubtful)


def has_input(network: Network, entry: dict, period: str) -> bool:
    """Whether a layer or member has a file and a band for a period."""
    path = network.folder / entry["source"].replace("{period}", period)
    if not path.exists():
        return False
    with rasterio.open(path) as raster:
        return band(raster, entry, period) is not None


def input_period(network: Network, entry: dict, period: str) -> str | None:
    """The period whose input speaks for this one: itself, an earlier one if `missing: previous` says so, or none."""
    declared = network.speaks_for(entry)
    if period not in declared:
        return None
    if has_input(network, entry, period):
        return period
    assert entry.get("missing", "error") != "error", f"{entry} has nothing for {period}"
    if entry["missing"] == "nothing":
        return None
    earlier = [one for one in declared[: declared.index(period)] if has_input(network, entry, one)]
    return earlier[-1]


def read_member(network: Network, entry: dict, period: str):
    """File value, then nodata, then crosswalk; on the grid of the coverage."""
    period = input_period(network, entry, period)
    if period is None:
        shape = (network.height, network.width)
        return np.full(shape, NOTHING, np.int32), set(), np.zeros(shape, bool)
    with rasterio.open(network.folder / entry["source"].replace("{period}", period)) as raster:
        pixels = raster.read(band(raster, entry, period)).astype(np.int32)
        nodata = entry.get("nodata", raster.nodata)
        onto, doubtful = on_grid(network, raster)
    nodata = set() if nodata in (None, "none") else {int(nodata)}
    pixels[np.isin(pixels, list(nodata))] = NOTHING
    if "crosswalk" in entry:
        pixels = crosswalked(network.folder / entry["crosswalk"], pixels)
    return onto(pixels), nodata, doubtful


def band(raster, entry: dict, period: str) -> int | None:
    if "bands" in entry:
        return {str(label): number for label, number in entry["bands"].items()}.get(period)
    wanted = entry.get("band")
    if isinstance(wanted, int):
        return wanted
    if wanted is None and raster.count == 1:
        return 1
    wanted = (wanted or period).replace("{period}", period)
    numbered = enumerate(raster.descriptions, 1)
    return next((number for number, text in numbered if text and text.endswith(wanted)), None)


def crosswalked(path: Path, pixels: np.ndarray) -> np.ndarray:
    result = np.full_like(pixels, NOTHING)
    known = pixels == NOTHING
    with open(path, encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            low, _, high = row["from"].partition("..")
            here = (pixels >= int(low)) & (pixels <= int(high or low))
            result[here] = int(row["to"]) if row["to"] else NOTHING
            known |= here
    assert known.all(), f"{path} has no line for {np.unique(pixels[~known])}"
    return result


def on_grid(network: Network, raster):
    """How a file's pixels come onto the grid, and where an exact place lies within 0.126 of a pixel's edge."""
    grid = network.data["grid"]
    resolution = np.broadcast_to(grid["resolution"], 2)
    cols, rows = np.meshgrid(np.arange(network.width) + 0.5, np.arange(network.height) + 0.5)
    x, y = grid["origin"][0] + cols * resolution[0], grid["origin"][1] - rows * resolution[1]
    warped = raster.crs.to_epsg() != int(str(grid["crs"]).removeprefix("EPSG:"))
    if warped:
        x, y = Transformer.from_crs(grid["crs"], raster.crs, always_xy=True).transform(x, y)
    col, row = (~raster.transform) @ (x, y)
    doubtful = np.zeros(col.shape, bool)
    if warped:
        for place in (col, row):
            doubtful |= np.abs(place - np.round(place)) < 0.126
    col, row = np.floor(col).astype(int), np.floor(row).astype(int)
    inside = (col >= 0) & (row >= 0) & (col < raster.width) & (row < raster.height)

    def onto(pixels):
        result = np.full(col.shape, NOTHING, np.int32)
        result[inside] = pixels[row[inside], col[inside]]
        return result

    return onto, doubtful


# --- value sets and conditions -----------------------------------------------------------------------------------------


def holds(network: Network, layer: Layer, wanted) -> np.ndarray:
    """Where a layer holds one of the values of a set."""
    values = layer.values
    if isinstance(wanted, dict):
        return ~holds(network, layer, wanted["not"])
    if isinstance(wanted, list):
        held = [holds(network, layer, one) for one in wanted]
        return np.logical_or.reduce(held) if held else np.zeros(values.shape, bool)
    if isinstance(wanted, int):
        held = values == wanted
        return held | (values == NOTHING) if wanted in layer.nodata else held
    if wanted == "none":
        return values == NOTHING
    if wanted == "any":
        return values != NOTHING
    if wanted in network.data.get("groups", {}):
        return holds(network, layer, network.data["groups"][wanted])
    if wanted.endswith("+"):
        above = int(wanted[:-1])
        return np.isin(values, [klass for klass in network.parents if is_below(network, klass, above)])
    if ".." in wanted:
        low, high = wanted.split("..")
        named = set(range(int(low), int(high) + 1)) if low and high else set()
        within = (values != NOTHING) & (values >= int(low or 0)) & (values <= int(high or 65535))
        return within | (values == NOTHING) if named & layer.nodata else within
    return holds(network, layer, int(wanted))


def is_below(network: Network, klass: int | None, above: int) -> bool:
    while klass is not None and klass != above:
        klass = network.parents[klass]
    return klass == above


def all_hold(network: Network, layers: dict[str, Layer], conditions: dict | None) -> np.ndarray:
    result = np.ones((network.height, network.width), bool)
    for name, wanted in (conditions or {}).items():
        result &= holds(network, layers[name], wanted)
    return result


# --- rules -------------------------------------------------------------------------------------------------------------


def given(layers: dict[str, Layer], taken: Layer, give):
    """What an output gives at every pixel, from which source, and where it can be given at all."""
    shape = taken.values.shape
    everywhere = np.ones(shape, bool)
    if give is None:
        return taken.values, taken.sources, everywhere
    if give == "none":
        return np.full(shape, NOTHING, np.int32), taken.sources, everywhere
    if give in layers:
        copied = layers[give]
        return copied.values, copied.sources, copied.values != NOTHING
    return np.full(shape, int(give), np.int32), taken.sources, everywhere


def is_of(rule: dict, period: str) -> bool:
    periods = rule.get("periods")
    if periods is None:
        return True
    low_high = [str(one).split("..") for one in periods]
    return any(one[0] <= period <= one[-1] for one in low_high)


def matched(network: Network, layers: dict[str, Layer], rule: dict, period: str):
    """Where a rule matches, and what it gives there, exceptions aside."""
    ((name, wanted),) = rule["take"].items()
    taken = layers[name]
    values, sources, can = given(layers, taken, rule.get("give"))
    speaks = taken.values != NOTHING  # nothing is never taken, whatever the set says
    here = speaks & holds(network, taken, wanted) & all_hold(network, layers, rule.get("where")) & can
    return name, here & is_of(rule, period), values, sources


def voted(network: Network, layers: dict[str, Layer], settings: dict):
    """The class of a method without rules, and its source."""
    order = [layers[name] for name in settings.get("order", [name for name in layers_in_order(network, layers)])]
    classes = np.stack([layer.values for layer in order])
    speak = classes != NOTHING
    match settings["method"]:
        case "first" | "last":
            score = np.where(speak, 1, 0)
        case "majority":
            score = np.where(speak, (classes[:, None] == classes[None]).sum(axis=1), 0)
        case "min":
            score = np.where(speak, 65_536 - classes, 0)
        case "max":
            score = np.where(speak, 1 + classes, 0)
    if settings["method"] == "last":
        winner = len(order) - 1 - np.argmax(score[::-1], axis=0)
    else:
        winner = np.argmax(score, axis=0)  # of equals the first
    pick = lambda planes: np.take_along_axis(planes, winner[None], axis=0)[0]  # noqa: E731
    return pick(classes), np.where(pick(speak), pick(np.stack([layer.sources for layer in order])), 0)


def layers_in_order(network: Network, layers: dict[str, Layer]) -> list[str]:
    return [name for name in network.data["layers"] if layers[name].is_class]


def evaluate(network: Network, period: str) -> Result:
    layers = read_layers(network, period)
    settings = network.data["coverage"]
    shape = (network.height, network.width)
    inside = holds(network, layers[settings["within"]], "any") if "within" in settings else np.ones(shape, bool)

    coverage = np.full(shape, NOTHING, np.int32)
    source, rule_number, part = (np.zeros(shape, np.int32) for _ in range(3))
    open_pixels = inside.copy()
    said = {name: layer.values.copy() for name, layer in layers.items() if layer.is_class}
    unsaid = {name: np.ones(shape, bool) for name in said}

    if "rules" not in settings:
        classes, sources = voted(network, layers, settings)
        coverage[inside], source[inside] = classes[inside], sources[inside]

    for number, rule in enumerate(settings.get("rules", []), 1):
        name, here, values, sources = matched(network, layers, rule, period)
        speaks_so = here & unsaid[name]
        said[name][speaks_so] = values[speaks_so]
        unsaid[name] &= ~here

        here = here & open_pixels
        open_pixels &= ~here
        coverage[here], source[here], rule_number[here] = values[here], sources[here], number
        for position, exception in enumerate(rule.get("unless", []), 1):
            other, other_sources, can = given(layers, layers[name], exception["give"])
            instead = here & can & all_hold(network, layers, exception["when"])
            coverage[instead], source[instead], part[instead] = other[instead], other_sources[instead], position
            here = here & ~instead
    if "unclaimed" in settings:
        coverage[open_pixels] = settings["unclaimed"]

    speak, agree, agree_top = agreement(network, layers, said, coverage, source, inside)
    doubtful = np.logical_or.reduce([layer.doubtful for layer in layers.values()])
    coverage[coverage == NOTHING] = network.data.get("outputs", {}).get("nodata", 0)
    return Result(coverage, source, rule_number, part, speak, agree, agree_top, doubtful)


def agreement(network: Network, layers, said, coverage, source, inside):
    """How many layers speak, how many say the winning class, how many one of the same top class; 255 outside."""
    tops = np.array([network.top(klass) for klass in range(65_536)])
    top_of = lambda classes: np.where(classes == NOTHING, NOTHING, tops[np.maximum(classes, 0)])  # noqa: E731
    speak, agree, agree_top = (np.zeros(coverage.shape, np.int32) for _ in range(3))
    won = coverage != NOTHING
    for name, says in said.items():
        speaks = layers[name].values != NOTHING
        is_source = (source != 0) & (source == layers[name].sources)
        speak += speaks
        agree += speaks & (is_source | (won & (says == coverage)))
        agree_top += speaks & (is_source | (won & (top_of(says) == top_of(coverage))))
    for band_of in (speak, agree, agree_top):
        band_of[~inside] = OUTSIDE
    return speak, agree, agree_top


def main(path: str) -> None:
    network = read(path)
    for period in network.periods or [""]:
        result = evaluate(network, period)
        print(f"period {period}")
        keys = np.stack([result.rule, result.part, result.source, result.coverage], axis=-1).reshape(-1, 4)
        for (rule, part, source, klass), count in zip(*np.unique(keys, axis=0, return_counts=True)):
            print(f"  rule {rule:3} part {part} source {source:3} class {klass:3}: {count:9} pixels")


if __name__ == "__main__":
    main(sys.argv[1])
