"""What the tests with the tools of others share: where the built programs are, and how to run them."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Answer:
    """What a command answered."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self):
        """The one object that a command with `--json` puts on stdout, also where it fails."""
        try:
            return json.loads(self.stdout)
        except json.JSONDecodeError as error:
            raise AssertionError(f"no JSON on stdout ({error}):\n{self.stdout}\n{self.stderr}") from error


class Mutirao:
    """Runs `mutirao`: `mutirao("run", path, "--out", out)`."""

    def __init__(self, program: Path):
        self.program = program

    def __call__(self, *arguments, code: int | None = 0, cwd=ROOT) -> Answer:
        """Runs a command; fails unless it exits with `code` (None: whatever it is)."""
        done = subprocess.run(
            [str(self.program), *map(str, arguments)],
            cwd=cwd,
            capture_output=True,
            text=True,
            env={**os.environ, "NO_COLOR": "1", "CI": "true"},
        )
        answer = Answer(done.returncode, done.stdout, done.stderr)
        if code is not None:
            said = f"{arguments} exited with {answer.code}, not {code}:\n{answer.stdout}\n{answer.stderr}"
            assert answer.code == code, said
        return answer

    def json(self, *arguments, code: int | None = 0, cwd=ROOT):
        """Runs a command with `--json` and gives the object that it answers."""
        return self(*arguments, "--json", code=code, cwd=cwd).json


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the project."""
    return ROOT


@pytest.fixture(scope="session")
def programs() -> Path:
    """The folder of the built programs: `debug` in MUTIRAO_TARGET, or in the project's own target folder."""
    return Path(os.environ.get("MUTIRAO_TARGET", ROOT / "target")) / "debug"


def built(programs: Path, name: str) -> Path:
    program = programs / name
    assert program.exists(), f"{program} is not built: cargo build --workspace"
    return program


@pytest.fixture(scope="session")
def mutirao(programs) -> Mutirao:
    """`mutirao`, ready to run."""
    return Mutirao(built(programs, "mutirao"))


@pytest.fixture(scope="session")
def xtask(programs) -> Path:
    """The program of the project's chores."""
    return built(programs, "xtask")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data and references beside the project; tests that need it are skipped where it is absent."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("../shared is not here")
    return folder


@pytest.fixture(scope="session")
def demo(mutirao, tmp_path_factory) -> Path:
    """A release of the demo network, made once for all tests that only read it."""
    out = tmp_path_factory.mktemp("demo")
    mutirao("run", ROOT / "pipelines/demo/pipeline.yaml", "--out", out)
    return out / "arauna" / "2026.1"
