"""The book keeps what it promises: its commands show what it prints, its examples are files that run, its links lead somewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "book/src"
CHAPTERS = sorted(SOURCE.rglob("*.md"))
DOCUMENTS = [*CHAPTERS, *sorted(ROOT.glob("*.md")), *sorted((ROOT / "pipelines").rglob("*.md"))]

FENCE = re.compile(r"^(?:<!-- file: (?P<file>\S+) -->\n\n?)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass
class Block:
    """A fenced block of a chapter: its language, the file that it repeats, if any, and its text."""

    language: str
    file: str | None
    text: str


@dataclass
class Command:
    """A command of a console block, and the lines that the book shows for it."""

    line: str
    shown: list[str] = field(default_factory=list)


def blocks(chapter: Path) -> list[Block]:
    found = FENCE.finditer(chapter.read_text(encoding="utf-8"))
    return [Block(match["language"], match["file"], match["text"]) for match in found]


def commands(chapter: Path) -> list[Command]:
    found = []
    for block in blocks(chapter):
        if block.language == "console":
            for line in block.text.splitlines():
                if line.startswith("$ "):
                    found.append(Command(line[2:]))
                else:
                    found[-1].shown.append(line)
    return found


def pattern(shown: list[str]) -> str:
    """A line `...` stands for any lines, `...` within a line for anything there."""

    def line(text: str) -> str:
        return r"(?:.*\n)*?" if text.strip() == "..." else re.escape(text.rstrip()).replace(r"\.\.\.", ".*") + r"\n"

    return "".join(map(line, shown))


def name(chapter: Path) -> str:
    return str(chapter.relative_to(ROOT))


@pytest.fixture
def desk(tmp_path, programs) -> dict:
    """A folder with the demo in it, as a reader's checkout has it, and the programs in the path."""
    for folder in ["pipelines/demo", "fixtures/demo", "book/examples"]:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    paths = [str(programs), str(Path(sys.executable).parent), os.environ["PATH"]]
    environment = {**os.environ, "PATH": os.pathsep.join(paths), "NO_COLOR": "1", "CI": "true", "PYTHONUTF8": "1"}
    return {"cwd": tmp_path, "env": environment}


@pytest.mark.parametrize("chapter", [chapter for chapter in CHAPTERS if commands(chapter)], ids=name)
def test_commands_show_what_the_book_prints(chapter, desk):
    for command in commands(chapter):
        done = subprocess.run(
            ["bash", "-c", command.line], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **desk
        )
        said = "".join(line.rstrip() + "\n" for line in done.stdout.rstrip("\n").split("\n") if done.stdout.strip())
        as_shown = re.fullmatch(pattern(command.shown), said) is not None
        assert as_shown, f"{command.line} (exit {done.returncode}) says:\n{said}"
        failed = any(line.startswith("error") for line in command.shown)
        assert (done.returncode != 0) == failed, f"{command.line} exited with {done.returncode}"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=name)
def test_examples_are_the_files_that_run(chapter):
    for block in blocks(chapter):
        if block.language in ("python", "sql", "r"):
            assert block.file, f"this block names no file, <!-- file: book/examples/... -->:\n{block.text}"
        if block.file:
            kept = (ROOT / block.file).read_text(encoding="utf-8")
            assert block.text == kept, f"{block.file} is not what {name(chapter)} shows"
        if block.language == "yaml":
            yaml.safe_load(block.text)


def test_every_example_is_shown():
    shown = {block.file for chapter in CHAPTERS for block in blocks(chapter)}
    kept = {str(path.relative_to(ROOT)) for path in (ROOT / "book/examples").iterdir() if path.is_file()}
    assert kept == shown - {None}


def test_every_chapter_is_in_the_summary():
    listed = {(SOURCE / link).resolve() for link in LINK.findall((SOURCE / "SUMMARY.md").read_text(encoding="utf-8"))}
    assert listed == set(CHAPTERS) - {SOURCE / "SUMMARY.md"}


def prose(document: Path) -> str:
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", document.read_text(encoding="utf-8")))


def anchors(document: Path) -> set[str]:
    """The anchors of headings, as Git hosts and mdBook make them."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", document.read_text(encoding="utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_links_lead_somewhere(document):
    for link in LINK.findall(prose(document)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), f"{name(document)}: {link} leads nowhere"
        assert not anchor or anchor in anchors(target), f"{name(document)}: {link} has no such heading"


TYPES = {"text": "VARCHAR", "uint16": "USMALLINT", "int64": "BIGINT", "float64": "DOUBLE"}


def test_the_columns_are_those_of_a_release(demo):
    page = (SOURCE / "reference/columns.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## (\S+\.parquet)\n(.*?)(?=^## |\Z)", page, re.M | re.S)
    assert {table for table, _ in sections} == {path.name for path in demo.glob("*.parquet")}
    for table, text in sections:
        said = re.findall(r"^\| `(\w+)` \| (\w+)", text, re.M)
        there = duckdb.sql(f"DESCRIBE FROM '{demo / table}'").fetchall()
        assert [column for column, _ in said] == [row[0] for row in there], table
        for (column, kind), row in zip(said, there):
            assert TYPES.get(kind, row[1]) == row[1], f"{table}: {column}"
