"""Measures Mutirão against its peers, its floor and its goals: python compare.py DIR --gdal GDAL

DIR is a workload of generate.py. No ratio is printed before the outputs were found to be equal. What was measured goes to
standard output and to benches/RESULTS.md.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import sys
from pathlib import Path

import areas
import checking
import clips
import mosaic
import patches
import periods
import rerun
import rules
import threads
import warp
import whole
from bench import Bench
from equality import Unequal
from gdal import gdal_at, said
from recipe import remove_statistics
from report import Section, document

BENCHES = Path(__file__).resolve().parents[1]
REPOSITORY = BENCHES.parent

# Each gives a section or several; `periods` is long, and only run where it is asked for.
PARTS = {
    "whole": whole.measure,
    "mosaic": mosaic.measure,
    "threads": threads.measure,
    "areas": areas.measure,
    "patches": patches.measure,
    "warp": warp.measure,
    "rules": rules.measure,
    "rerun": rerun.measure,
    "check": checking.measure,
    "clips": clips.measure,
    "periods": periods.measure,
}
USUAL = [part for part in PARTS if part != "periods"]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", type=Path, help="a workload of generate.py")
    parser.add_argument("--parts", default=",".join(USUAL), help=f"which, of {', '.join(PARTS)} [default: all but periods]")
    parser.add_argument("--gdal", type=Path, help="GDAL 3.12's `gdal`, or the folder of the programs of an older one")
    parser.add_argument("--programs", type=Path, default=REPOSITORY / "target/release", help="folder of mutirao and mutirao-floor")
    parser.add_argument("--work", type=Path, help="where outputs are put [default: DIR/work]")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--variants", default="deflate,zstd,full", help="of whole runs")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", help="of Mutirão [default: its own]")
    parser.add_argument("--warp-error", type=float, default=0.125, help="of GDAL's warp, in pixels [default: GDAL's own]")
    parser.add_argument("--shared", type=Path, default=REPOSITORY.parent / "shared", help="reference and real data, if there")
    parser.add_argument("--results", type=Path, default=BENCHES / "RESULTS.md")
    parser.add_argument("--commit", help="what Mutirão was built from [default: what is checked out]")
    parser.add_argument("--note", default="", help="a line above the tables")
    given = parser.parse_args()
    if wrong := set(given.parts.split(",")) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(wrong))}")
    if wrong := set(given.variants.split(",")) - set(whole.VARIANTS):
        parser.error(f"no such variant: {', '.join(sorted(wrong))}")
    return given


def bench_of(given: argparse.Namespace) -> Bench:
    """Children run elsewhere and must find what is named here, so paths are absolute."""
    work = (given.work or given.dir / "work").resolve()
    work.mkdir(parents=True, exist_ok=True)
    return Bench(
        dir=given.dir.resolve(),
        work=work,
        mutirao=given.programs.resolve() / "mutirao",
        floor=given.programs.resolve() / "mutirao-floor",
        gdal=gdal_at(given.gdal.resolve()) if given.gdal else None,
        pairs=given.pairs,
        threads=given.threads,
        memory=given.memory,
        warp_error=given.warp_error,
        shared=given.shared.resolve(),
        variants=given.variants.split(","),
    )


def measured(bench: Bench, parts: list[str]) -> list[Section]:
    sections: list[Section] = []
    for part in parts:
        print(f"== {part}", file=sys.stderr)
        found = PARTS[part](bench)
        sections += found if isinstance(found, list) else [found]
    return sections


def size_of(bench: Bench) -> str:
    text = (bench.dir / "pipeline.yaml").read_text(encoding="utf-8")
    return text.split("size: [")[1].split("]")[0].replace(", ", " x ")


def circumstances(given: argparse.Namespace, bench: Bench) -> str:
    processor = next(
        (line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name")),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    commit = given.commit or said("git", "-C", REPOSITORY, "describe", "--always", "--dirty")
    versions = [said(bench.mutirao, "--version"), f"commit {commit}"]
    versions += [bench.gdal.version()] if bench.gdal else []
    options = f"--threads {given.threads}" + (f" --memory {given.memory}" if given.memory else "")
    warp_bound = f", GDAL's warp to {given.warp_error:g} px" if bench.gdal else ""
    machine = f"{os.cpu_count()} cores of {processor}, {memory:.0f} GB, {platform.system()} {platform.machine()}"
    load = f"load {os.getloadavg()[0]:.1f} at the end"
    return f"{machine} ({load}); {', '.join(versions)}; {options}{warp_bound}"


def main() -> None:
    given = arguments()
    bench = bench_of(given)
    try:
        sections = measured(bench, given.parts.split(","))
    except Unequal as unequal:
        sys.exit(f"the outputs are not equal, so nothing is compared: {unequal}")
    finally:
        remove_statistics(bench.dir)
    today = datetime.datetime.now(datetime.timezone.utc).date()
    text = document(f"{size_of(bench)}, {today}", circumstances(given, bench), sections, given.note)
    print(text)
    with open(given.results, "a", encoding="utf-8") as out:
        out.write(text)


if __name__ == "__main__":
    main()
