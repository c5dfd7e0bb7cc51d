"""A run after one layer changed in a sixteenth of the map: goal 7."""

from __future__ import annotations

import shutil
import sys

import rasterio

from bench import Bench
from generate import ROWS, THEMES
from measure import Spread, timed
from report import Goal, Row, Section
from variants import with_source, write_variant

SHARE = 1 / 16
# What every run does, whatever changed: hashes, plans, tables, texts.
FIXED = 0.1


def measure(bench: Bench) -> Section:
    theme = THEMES[0]
    changed = f"{theme.name}-changed.tif"
    write_changed(bench, theme, changed)

    def second(text: str) -> str:
        return with_source(text, theme.name, changed).replace("version: 1\n", "version: 2\n")

    pipelines = [bench.dir / "pipeline.yaml", write_variant(bench.dir, "second", second)]
    costs: list[list] = [[], []]
    for number in range(bench.pairs):
        folder = bench.folder("rerun")
        # The second runs where the first left its release and its cache.
        for pipeline, list_of in zip(pipelines, costs, strict=True):
            command = [bench.mutirao, "--cache", folder / "cache", "run", pipeline, "--out", folder / "out", "--threads", bench.threads]
            list_of.append(timed(command))
        shutil.rmtree(folder)
        print(f"rerun, {number + 1} of {bench.pairs}", file=sys.stderr)
    share = Spread.of(100 * again.cpu / first.cpu for first, again in zip(*costs, strict=True))
    section = Section("A run after one layer changed in a sixteenth of the tiles (deflate)")
    section.rows = [Row("first run", costs[0]), Row("second run", costs[1])]
    most = 100 * (SHARE + FIXED)
    reached = f"{share.middle:.0f} % ({share.least:.0f}-{share.greatest:.0f}) of the first run"
    wanted = f"<= {100 * SHARE:.1f} % of the first run's CPU, and {100 * FIXED:.0f} % for what every run does"
    section.goals = [Goal(7, "a rerun after a change in a sixteenth of the tiles", wanted, reached, share.middle <= most)]
    return section


def write_changed(bench: Bench, theme, name: str) -> None:
    """The theme, all of its first class in the upper left sixteenth."""
    if (bench.dir / name).exists():
        return
    part = bench.dir / f"{name}.part"
    with rasterio.open(bench.dir / f"{theme.name}.tif") as source:
        across, down = source.width // 4, source.height // 4
        profile = source.profile
        for key in ("compress", "tiled", "blockxsize", "blockysize", "interleave"):
            profile.pop(key, None)
        with rasterio.open(part, "w", **profile, **theme.layout) as out:
            for row in range(0, source.height, ROWS):
                window = ((row, min(row + ROWS, source.height)), (0, source.width))
                pixels = source.read(1, window=window)
                pixels[: max(0, down - row), :across] = theme.classes[0]
                out.write(pixels, 1, window=window)
    part.rename(bench.dir / name)
