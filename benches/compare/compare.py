"""Runs Mutirão and the best GDAL recipe in pairs on a workload of generate.py: python compare.py DIR --gdal GDAL

No ratio is printed before the outputs were found to be equal. The table goes to standard output and to benches/RESULTS.md.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from equality import Unequal, check
from measure import Cost, timed
from recipe import Recipe, remove_statistics

BENCHES = Path(__file__).resolve().parents[1]
REPOSITORY = BENCHES.parent

# The pipeline of each variant, and the compression of GDAL's COGs where the recipe makes the same products.
VARIANTS = {
    "deflate": ("pipeline.yaml", ("DEFLATE", 6)),
    "zstd": ("pipeline-zstd.yaml", ("ZSTD", 3)),
    "full": ("pipeline-full.yaml", None),
}


@dataclass
class Results:
    """What was measured of a variant, run by run."""

    ours: list[Cost] = field(default_factory=list)
    gdal: list[Cost] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    steps: dict[str, float] = field(default_factory=dict)
    equal: str = ""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dir", type=Path, help="a workload of generate.py")
    parser.add_argument("--gdal", type=Path, help="GDAL 3.12's `gdal`; without it only Mutirão is run")
    parser.add_argument("--mutirao", type=Path, default=REPOSITORY / "target/release/mutirao")
    parser.add_argument("--work", type=Path, help="where outputs are put [default: DIR/work]")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--variants", default="deflate,zstd,full")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", help="of Mutirão [default: its own]")
    parser.add_argument("--warp-error", type=float, default=0.125, help="of GDAL's warp, in pixels [default: GDAL's own]")
    parser.add_argument("--results", type=Path, default=BENCHES / "RESULTS.md")
    parser.add_argument("--commit", help="what Mutirão was built from [default: what is checked out]")
    parser.add_argument("--note", default="", help="a line under the table")
    return parser.parse_args()


def run_mutirao(given: argparse.Namespace, work: Path, pipeline: str) -> tuple[Cost, Path]:
    """A whole run with an empty cache of translations; the release."""
    shutil.rmtree(work / "ours", ignore_errors=True)
    # A cache beside the release, so that what the door translates is paid for in every run.
    command = [given.mutirao, "--cache", work / "ours/cache", "run", given.dir / pipeline, "--out", work / "ours/out"]
    command += ["--threads", given.threads]
    command += ["--memory", given.memory] if given.memory else []
    cost = timed(command)
    return cost, next((work / "ours/out").glob("compare-*/1"))


def run_variant(given: argparse.Namespace, work: Path, variant: str) -> Results:
    pipeline, codec = VARIANTS[variant]
    recipe = Recipe(given.gdal, given.dir, work / "gdal", given.warp_error) if given.gdal and codec else None
    results = Results()
    for pair in range(given.pairs):
        cost, release = run_mutirao(given, work, pipeline)
        results.ours.append(cost)
        results.sizes["ours"] = outputs_size(release)
        if recipe:
            results.gdal.append(recipe.run(*codec))
            results.sizes["gdal"] = recipe.outputs_size()
            results.steps = {step: cost.cpu for step, cost in recipe.steps.items()}
            if pair == 0:
                results.equal = check(release, recipe, given.warp_error)
        print(f"{variant}, pair {pair + 1}: {results.ours[-1]} | {results.gdal[-1:]}", file=sys.stderr)
    return results


def outputs_size(release: Path) -> int:
    return sum(path.stat().st_size for path in release.rglob("*.tif"))


def row(label: str, costs: list[Cost], size: int, ratio: str) -> str:
    cpu, wall = median(cost.cpu for cost in costs), median(cost.wall for cost in costs)
    memory = max(cost.memory for cost in costs)
    return f"| {label} | {len(costs)} | {cpu:.2f} | {wall:.2f} | {memory:.0f} | {size / 1e6:.1f} | {ratio} |"


def ratio(results: Results) -> str:
    """The median over the pairs of GDAL's CPU time by ours, with the least and the greatest; and of wall time."""
    cpu = [theirs.cpu / ours.cpu for ours, theirs in zip(results.ours, results.gdal)]
    wall = [theirs.wall / ours.wall for ours, theirs in zip(results.ours, results.gdal)]
    return f"CPU {median(cpu):.1f} ({min(cpu):.1f}-{max(cpu):.1f}), wall {median(wall):.1f}"


def report(given: argparse.Namespace, all_results: dict[str, Results]) -> str:
    lines = [
        "| | runs | CPU s | wall s | peak memory MB | rasters MB | GDAL / Mutirão |",
        "|---|---|---|---|---|---|---|",
    ]
    notes = []
    for variant, results in all_results.items():
        lines.append(row(f"Mutirão, {variant}", results.ours, results.sizes["ours"], ratio(results) if results.gdal else ""))
        if results.gdal:
            lines.append(row(f"GDAL, {variant}", results.gdal, results.sizes["gdal"], ""))
            notes.append(f"Equal ({variant}): {results.equal}")
            steps = ", ".join(f"{step} {cpu:.1f}" for step, cpu in results.steps.items())
            notes.append(f"GDAL's CPU s by step ({variant}): {steps}.")
    notes += [given.note] if given.note else []
    return "\n".join([*lines, "", *(f"- {note}" for note in notes), ""])


def circumstances(given: argparse.Namespace) -> str:
    def said(*command: object) -> str:
        return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout.strip()

    processor = next(
        (line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name")),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    commit = given.commit or said("git", "-C", REPOSITORY, "describe", "--always", "--dirty")
    versions = [said(given.mutirao, "--version"), f"commit {commit}"]
    versions += [said(given.gdal, "--version").split(",")[0]] if given.gdal else []
    options = f"--threads {given.threads}" + (f" --memory {given.memory}" if given.memory else "")
    warp = f", GDAL's warp to {given.warp_error:g} px" if given.gdal else ""
    machine = f"{os.cpu_count()} cores of {processor}, {memory:.0f} GB, {platform.system()} {platform.machine()}"
    return f"{machine}; {', '.join(versions)}; {options}{warp}"


def main() -> None:
    given = arguments()
    # Children run elsewhere and must find what is named here.
    given.dir, given.mutirao = given.dir.resolve(), given.mutirao.resolve()
    given.gdal = given.gdal.resolve() if given.gdal else None
    work = (given.work or given.dir / "work").resolve()
    work.mkdir(parents=True, exist_ok=True)
    grid = next(line for line in (given.dir / "pipeline.yaml").read_text(encoding="utf-8").splitlines() if "size:" in line)
    size = grid.split("size: [")[1].split("]")[0].replace(", ", " x ")
    try:
        results = {variant: run_variant(given, work, variant) for variant in given.variants.split(",")}
    except Unequal as unequal:
        sys.exit(f"the outputs are not equal, so nothing is compared: {unequal}")
    finally:
        remove_statistics(given.dir)
    today = datetime.datetime.now(datetime.timezone.utc).date()
    text = f"\n## {size}, {today}\n\n{circumstances(given)}\n\n{report(given, results)}"
    print(text)
    with open(given.results, "a", encoding="utf-8") as out:
        out.write(text)


if __name__ == "__main__":
    main()
