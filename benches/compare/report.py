"""What was measured, as Markdown: a table a section, and the goals with what was reached."""

from __future__ import annotations

from dataclasses import dataclass, field

from measure import Cost, Spread

HEAD = ["| | runs | CPU s | wall s | peak memory MB | output MB | ratio |", "|---|---|---|---|---|---|---|"]
GOALS = ["| goal | wanted | reached | |", "|---|---|---|---|"]


@dataclass
class Row:
    """One way to do a thing, as often as it was run."""

    label: str
    costs: list[Cost]
    size: int | None = None  # bytes written
    ratio: str = ""

    def __str__(self) -> str:
        cpu, wall = (Spread.of(getattr(cost, of) for cost in self.costs) for of in ("cpu", "wall"))
        memory = max(cost.memory for cost in self.costs)
        # A floor's memory is no goal of anybody.
        cells = [self.label, len(self.costs), cpu, f"{wall.middle:.2f}", f"{memory:.0f}" if memory else ""]
        cells += ["" if self.size is None else f"{self.size / 1e6:.1f}", self.ratio]
        return "| " + " | ".join(map(str, cells)) + " |"


@dataclass
class Goal:
    """A goal of performance, what is wanted and what was reached."""

    number: int
    what: str
    wanted: str
    reached: str
    met: bool | None  # None where it cannot be said

    def __str__(self) -> str:
        verdict = {True: "reached", False: "**missed**", None: "not measured"}[self.met]
        return f"| {self.number}. {self.what} | {self.wanted} | {self.reached} | {verdict} |"


def at_least(number: int, what: str, wanted: float, reached: Spread) -> Goal:
    return Goal(number, what, f">= {wanted:g}", str(reached), reached.middle >= wanted)


def at_most(number: int, what: str, wanted: float, reached: Spread) -> Goal:
    return Goal(number, what, f"<= {wanted:g}", str(reached), reached.middle <= wanted)


@dataclass
class Section:
    """What one part found."""

    title: str
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)

    def __str__(self) -> str:
        rows = [*HEAD, *map(str, self.rows)] if self.rows else []
        return "\n".join([f"### {self.title}", "", *rows, "", *(f"- {note}" for note in self.notes), ""])


def document(title: str, circumstances: str, sections: list[Section], note: str) -> str:
    """All sections, the goals first."""
    goals = sorted((goal for section in sections for goal in section.goals), key=lambda goal: goal.number)
    lines = [f"## {title}", "", circumstances, ""]
    lines += [note, ""] if note else []
    lines += [*GOALS, *map(str, goals), ""] if goals else []
    return "\n" + "\n".join([*lines, *map(str, sections)])
