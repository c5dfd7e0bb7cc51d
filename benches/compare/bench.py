"""What all parts share: the programs, the workload, where outputs go, and how Mutirão is run."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gdal import Classic, Modern
from generate import THEMES
from measure import Cost, timed

# The first prevails: themes, then regions, as in the pipelines.
LAYERS = [theme.name for theme in THEMES] + [f"region{number}" for number in range(1, 7)]
WARPED = [theme.name for theme in THEMES if theme.degrees]

COMPARABLE = "pipeline.yaml"
CODECS = {"deflate": ("DEFLATE", 6), "zstd": ("ZSTD", 3)}


@dataclass
class Bench:
    """A workload, and the means to measure it."""

    dir: Path
    work: Path
    mutirao: Path
    floor: Path
    gdal: Modern | Classic | None
    pairs: int
    threads: int
    memory: str | None
    warp_error: float
    shared: Path
    variants: list[str]

    @property
    def inputs(self) -> list[Path]:
        return [self.dir / f"{layer}.tif" for layer in LAYERS]

    def folder(self, name: str) -> Path:
        """A folder for a part's outputs, empty."""
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def run(self, pipeline: Path, name: str = "ours", threads: int | None = None) -> tuple[Cost, Path]:
        """A whole run with an empty cache of translations, which are thus paid for; its cost and the release."""
        folder = self.folder(name)
        command = [self.mutirao, "--cache", folder / "cache", "run", pipeline, "--out", folder / "out"]
        command += ["--threads", threads or self.threads]
        command += ["--memory", self.memory] if self.memory else []
        cost = timed(command)
        return cost, only(folder / "out")

    def said_by_floor(self, release: Path, codec: str, inputs: list[Path], threads: int | None = None) -> dict:
        """What the floor program says of a run that made this release, whose pipeline says `codec`."""
        name, level = CODECS[codec]
        command = [self.floor, "--threads", threads or self.threads, "--codec", f"{name.lower()}:{level}"]
        command += [word for path in inputs for word in ("--input", path)]
        command += [word for path in sorted(release.rglob("*.tif")) for word in ("--output", path)]
        ended = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
        return json.loads(ended.stdout)

    @cached_property
    def finished(self) -> Path:
        """A release of the comparable set, for those who need a finished coverage; making it is not measured."""
        return self.run(self.dir / COMPARABLE, "finished")[1]

    @property
    def coverage(self) -> Path:
        return self.finished / "coverage/2020.tif"


def only(out: Path) -> Path:
    """The one release in a folder of releases."""
    (manifest,) = out.glob("*/*/manifest.json")
    return manifest.parent


def floor_cost(said: dict) -> Cost:
    """The cost of both phases; peak memory is not a matter of the floor."""
    phases = [said["decode"], said["encode"]]
    return Cost(sum(phase["cpu_s"] for phase in phases), sum(phase["wall_s"] for phase in phases))


def rasters_size(release: Path) -> int:
    return sum(path.stat().st_size for path in release.rglob("*.tif"))
