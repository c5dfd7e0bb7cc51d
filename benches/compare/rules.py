"""The 67 published rules on 16 layers against the same layers merged by plain priority: goal 8."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from bench import Bench
from measure import ratios
from report import Goal, Row, Section, at_most

SIDE = 4096
WANTED = 1.5
TESTS = Path(__file__).resolve().parents[2] / "tests/python"
OUTPUTS = "outputs: { compression: { deflate: 6 }, overviews: nearest, agreement: false, provenance: source, patches: none }\n"
# The layers that speak; regions only stand in conditions.
PLAIN = "coverage:\n  within: biomes\n  method: first\n"


def measure(bench: Bench) -> Section:
    section = Section(f"The 67 rules, {SIDE} x {SIDE} pixels, 16 layers (deflate)")
    if not (bench.shared / "reference/mapbiomas-c11-prevalence.json").exists():
        section.notes.append("Skipped: the published table is not here.")
        section.goals.append(Goal(8, "67 rules by plain priority, CPU", f"<= {WANTED}", "the table is not here", None))
        return section
    pipelines = networks(bench)
    costs = {name: [] for name in pipelines}
    for number in range(bench.pairs):
        for name, pipeline in pipelines.items():
            costs[name].append(bench.run(pipeline)[0])
        print(f"rules, {number + 1} of {bench.pairs}", file=sys.stderr)
    ratio = ratios(costs["rules"], costs["plain"])
    section.rows = [Row("67 rules", costs["rules"], ratio=f"CPU {ratio} x plain priority"), Row("plain priority", costs["plain"])]
    section.goals.append(at_most(8, "67 rules by plain priority, CPU", WANTED, ratio))
    return section


def networks(bench: Bench) -> dict[str, Path]:
    """The network of the tests on larger layers, and the same with another method."""
    sys.path.insert(0, str(TESTS))
    from generate_rules67 import write_network

    folder = bench.work / f"rules-{SIDE}"
    if not (folder / "made").exists():
        write_network(bench.shared / "reference", folder, SIDE, SIDE)
        (folder / "made").touch()
    text = (folder / "pipeline.yaml").read_text(encoding="utf-8")
    pattern = r"^coverage:\n(?:  .*\n)+"
    made = {}
    for name, coverage in {"rules": None, "plain": PLAIN}.items():
        changed = text if coverage is None else re.sub(pattern, lambda _: coverage, text, flags=re.MULTILINE)
        changed = changed.replace("id: rules67", f"id: rules67-{name}") + OUTPUTS
        made[name] = folder / f"pipeline-{name}.yaml"
        made[name].write_text(changed, encoding="utf-8")
    return made
