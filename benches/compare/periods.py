"""Forty periods: peak memory must not grow with their number (goal 3). Regions change places from period to period."""

from __future__ import annotations

from bench import Bench, rasters_size
from generate import THEMES
from report import Goal, Row, Section
from variants import write_variant

PERIODS = list(range(1985, 2025))
MOST_MEMORY = 512  # MB


def measure(bench: Bench) -> Section:
    folder = bench.dir / "periods"
    folder.mkdir(exist_ok=True)
    for period in PERIODS:
        for number in range(1, 7):
            link(folder / f"region{number}-{period}.tif", f"../region{(number + period) % 6 + 1}.tif")
        for theme in THEMES:
            link(folder / f"{theme.name}-{period}.tif", f"../{theme.name}.tif")
    cost, release = bench.run(write_variant(bench.dir, "periods", in_periods))
    section = Section(f"{len(PERIODS)} periods (deflate)")
    section.rows = [Row("Mutirão", [cost], rasters_size(release))]
    met = cost.memory <= MOST_MEMORY
    reached = f"{cost.memory:.0f} MB"
    section.goals = [Goal(3, f"peak memory, {len(PERIODS)} periods", f"<= {MOST_MEMORY} MB", reached, met)]
    return section


def link(path, target: str) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def in_periods(text: str) -> str:
    """Every layer from a file a period."""
    text = text.replace("periods: [2020]", f"periods: {PERIODS}")
    for name in [theme.name for theme in THEMES] + [f"region{number}" for number in range(1, 7)]:
        text = text.replace(f"source: {name}.tif", f'source: "periods/{name}-{{period}}.tif"')
    return text
