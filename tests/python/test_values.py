"""Random networks against the brute force: composites with fallback, sets of every kind, every method, what is missing."""

import numpy as np
import pytest
import rasterio
import yaml

import bruteforce
from networks import publish, write_network

WIDTH, HEIGHT = 150, 90  # several tiles of 64
PERIODS = ["2017", "2018", "2019", "2020"]
# 3, 4, 5 lie below 1, and 6 below 3; 15 and 18 below 14.
LEGEND = [(1, ""), (3, 1), (4, 1), (5, 1), (6, 3), (14, ""), (15, 14), (18, 14), (24, ""), (33, "")]
CLASSES = [klass for klass, _ in LEGEND]
REGIONS = [1, 2, 3, 4, 5, 6]
GROUPS = {"natural": ["1+", "wet"], "wet": 33, "farmed": {"not": ["natural", "none", "built"]}, "built": 24}


class Maker:
    """Makes one network; all of it follows from the seed."""

    def __init__(self, folder, seed):
        self.folder, self.random = folder, np.random.default_rng(seed)
        folder.mkdir(parents=True)

    def one_of(self, choices):
        return choices[self.random.integers(len(choices))]

    def some_of(self, choices, most):
        count = int(self.random.integers(1, most + 1))
        return [choices[at] for at in sorted(self.random.choice(len(choices), count, replace=False))]

    def pixels(self, values, empty):
        """Blocks of one value, some of them nothing, with noise."""
        side = int(self.random.integers(3, 12))
        shape = (-(-HEIGHT // side), -(-WIDTH // side))
        blocks = np.kron(self.random.choice([0, *values], shape, p=chances(values, empty)), np.ones((side, side), int))
        noise = self.random.choice([0, *values], (HEIGHT, WIDTH), p=chances(values, empty))
        return np.where(self.random.random((HEIGHT, WIDTH)) < 0.1, noise, blocks[:HEIGHT, :WIDTH]).astype(np.uint8)

    def write(self, name, bands, descriptions=()):
        with rasterio.open(
            self.folder / name, "w", driver="GTiff", width=WIDTH, height=HEIGHT, count=len(bands), dtype="uint8", nodata=0,
            crs="EPSG:32722", transform=rasterio.Affine(30, 0, 600000, 0, -30, 7500000), tiled=True, blockxsize=32, blockysize=32,
        ) as raster:  # fmt: skip
            for number, band in enumerate(bands, 1):
                raster.write(band, number)
                if descriptions:
                    raster.set_band_description(number, descriptions[number - 1])

    def entry(self, name, empty):
        """A source in one of its forms, with what may be missing of it."""
        missing = self.one_of(["nothing", "previous"])
        declared = self.some_of(PERIODS, 4)
        first = declared[:1] if missing == "previous" else []
        present = sorted(set(first) | set(self.some_of(declared, len(declared))))
        entry = {"missing": missing, "periods": declared}
        bands = [self.pixels(CLASSES, empty) for _ in present]
        match self.one_of(["files", "described", "numbered", "static"]):
            case "files":
                for period, band in zip(present, bands):
                    self.write(f"{name}_{period}.tif", [band])
                return entry | {"source": f"{name}_{{period}}.tif"}
            case "described" if len(present) > 1:
                self.write(f"{name}.tif", bands, [f"class_{period}" for period in present])
                return entry | {"source": f"{name}.tif"}
            case "numbered":
                self.write(f"{name}.tif", bands)
                numbers = {period: number for number, period in enumerate(present, 1)}
                return entry | {"source": f"{name}.tif", "bands": numbers}
        self.write(f"{name}.tif", bands[:1])
        return {"source": f"{name}.tif", "static": True}

    def composite(self, name):
        """Members with areas that share no region and may leave some out, and a fallback of some of them."""
        count = int(self.random.integers(2, 5))
        owners = self.random.integers(-1, count, len(REGIONS))  # -1: nobody
        members = {}
        for at in range(count):
            own = [region for region, owner in zip(REGIONS, owners) if owner == at]
            others = [region for region in REGIONS if region not in own]
            if not own:
                continue
            forms = [own, {"not": others} if others else "any", [f"{region}..{region}" for region in own]]
            members[f"m{at}"] = self.entry(f"{name}_m{at}", 0.4) | {"area": {"regions": self.one_of(forms)}}
        if not members:
            return self.entry(name, 0.3)
        fallback = [str(one) for one in self.random.permutation(list(members))[: self.random.integers(0, len(members) + 1)]]
        return {"members": members} | ({"fallback": fallback} if fallback else {})

    def set(self):
        sets = ["any", "14+", "1+", "natural", "farmed", "3..6", "..14", "15..", 33, [1, 24], ["wet", 3], ["14+", "none"]]
        chosen = self.one_of(sets)
        return {"not": chosen} if self.random.random() < 0.2 else chosen

    def conditions(self, layers):
        asked = {name: self.set() for name in self.some_of(layers, 2)}
        return asked | ({"regions": self.some_of(REGIONS, 3)} if self.random.random() < 0.5 else {})

    def give(self, layers):
        return self.one_of([*CLASSES, "none", *layers])

    def rules(self, layers):
        rules = []
        for _ in range(int(self.random.integers(3, 9))):
            taken = self.set()
            rule = {"take": {self.one_of(layers): "any" if taken == {"not": "any"} else taken}}
            if self.random.random() < 0.5:
                rule["where"] = self.conditions(layers)
            if self.random.random() < 0.3:
                rule["give"] = self.give(layers)
            if self.random.random() < 0.4:
                rule["unless"] = [
                    {"when": self.conditions(layers), "give": self.give(layers)} for _ in range(self.random.integers(1, 3))
                ]
            if self.random.random() < 0.3:
                rule["periods"] = self.some_of(PERIODS, 3)
            rules.append(rule)
        return rules

    def network(self):
        self.write("regions.tif", [self.pixels(REGIONS, 0.15)])
        layers = {"regions": {"source": "regions.tif", "role": "region", "classes": "1..6"}}
        names = ["base", "other", "theme", "theme2"]
        for name in names:
            layers[name] = self.composite(name) if name in ("base", "other") else self.entry(name, 0.6)
        method = self.one_of(["prevalence", "prevalence", "min", "max", "majority", "first", "last"])
        coverage = {"method": method, "within": "regions"}
        if method == "prevalence":
            coverage["rules"] = self.rules(names)
        elif self.random.random() < 0.5:
            coverage["order"] = [str(name) for name in self.random.permutation(names)[:3]]
        return write_network(
            self.folder,
            [(klass, parent, f"class {klass}", "#123456") for klass, parent in LEGEND],
            grid={"crs": "EPSG:32722", "origin": [600000, 7500000], "resolution": 30, "size": [WIDTH, HEIGHT]},
            periods=PERIODS,
            layers=layers,
            groups=GROUPS,
            coverage=coverage,
            outputs={"tile": 64},
        )


def chances(values, empty):
    return [empty, *[(1 - empty) / len(values)] * len(values)]


def bands_of(network, release, period):
    """What the release holds and what is due, by name; sources by what they stand for."""
    due = bruteforce.evaluate(network, period)
    table = release.query("select layer, member, source from {sources}")
    named = {(layer, member or None): source for layer, member, source in table}
    numbers = np.array([0] + [named[one] for one in network.sources])
    source, rule, part = release.bands("provenance", period)
    speak, agree, agree_top = release.bands("agreement", period)
    return {
        "coverage": (release.coverage(period), due.coverage),
        "source": (source, numbers[due.source]),
        "rule": (rule, due.rule),
        "part": (part, due.part),
        "speak": (speak, due.speak),
        "agree": (agree, due.agree),
        "agree_top": (agree_top, due.agree_top),
    }


@pytest.mark.parametrize("seed", range(24))
def test_random_networks_equal_the_brute_force(mutirao, tmp_path, seed):
    pipeline = Maker(tmp_path / "net", seed).network()
    network = bruteforce.read(pipeline)
    release = publish(mutirao, pipeline)
    for period in PERIODS:
        for name, (got, due) in bands_of(network, release, period).items():
            wrong = np.argwhere(got != due)
            told = f"{name} of {period}: {len(wrong)} pixels differ, the first at row, column {wrong[:1]}"
            assert not len(wrong), f"{told}\n{pipeline.read_text()}"
    assert inputs_told(release) == inputs_due(network)
    mutirao("verify", release.folder)


def inputs_told(release) -> set[tuple]:
    """(layer, member, period, the period that it was carried from) of every row of `inputs.parquet`."""
    rows = release.query("select layer, member, period, treatment from {inputs} join {sources} using (source)")
    carried = lambda words: words.rpartition("carried from ")[2] if "carried" in words else None  # noqa: E731
    return {(layer, member or None, period, carried(words)) for layer, member, period, words in rows}


def inputs_due(network) -> set[tuple]:
    due = set()
    for name, layer in network.data["layers"].items():
        for member, part in layer.get("members", {None: {}}).items():
            for period in network.periods:
                of = bruteforce.input_period(network, layer | part, period)
                if of is not None:
                    due.add((name, member, period, of if of != period else None))
    return due


def test_the_demo_with_a_fallback_equals_the_brute_force(mutirao, root, tmp_path):
    """The demo's base map with two partners to fill in, by rules and by every vote."""
    demo = root / "pipelines/demo"
    text = (demo / "pipeline.yaml").read_text(encoding="utf-8").replace("../../", f"{root}/")
    data = yaml.safe_load(text)
    data["layers"]["base"]["fallback"] = ["varzea", "mata"]
    for name in ("crosswalks", "acceptance", "legend.csv"):
        (tmp_path / name).symlink_to(demo / name)
    # Contracts name files of the network's folder too.
    (tmp_path / "contracts").mkdir()
    for contract in demo.glob("contracts/*"):
        text = contract.read_text(encoding="utf-8").replace("../../", f"{root}/")
        (tmp_path / "contracts" / contract.name).write_text(text, encoding="utf-8")
    del data["territories"]
    for method in (None, "min", "max"):
        if method:
            data["coverage"] = {"within": data["coverage"]["within"], "method": method, "order": ["agriculture", "base", "urban"]}
        pipeline = tmp_path / "pipeline.yaml"
        pipeline.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
        network = bruteforce.read(pipeline)
        release = publish(mutirao, pipeline, "--overwrite", out=tmp_path / "out")
        for period in network.periods:
            sure = ~bruteforce.evaluate(network, period).doubtful
            for name, (got, due) in bands_of(network, release, period).items():
                assert not np.any(sure & (got != due)), f"{method} {name} of {period}"
