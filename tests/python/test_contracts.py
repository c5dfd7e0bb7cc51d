"""The contracts of the project are valid ODCS, by the standard's own JSON Schema, and valid by our schema of our parts."""

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "crates/contract/tests/agreement/mining.odcs.yaml"
CONTRACTS = [
    EXAMPLE,
    *sorted(ROOT.glob("pipelines/*/contracts/*.odcs.yaml")),
    *sorted(ROOT.glob("tests/python/contracts/**/*.odcs.yaml")),
    # Contracts that are in order, with files that break and keep them.
    *sorted(path.with_name("contract.odcs.yaml") for path in ROOT.glob("fixtures/invalid/*/breaks.*")),
]
WRITTEN = sorted((ROOT / "crates/contract/tests/agreement/snapshots").glob("*.snap"))


def published():
    return json.loads((files("open_data_contract_standard") / "schema.json").read_text())


def ours():
    return json.loads((ROOT / "schemas/contract.schema.json").read_text())


def load(path):
    """YAML with dates as the texts that they are: JSON has no others."""
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    text = path.read_text()
    if path.suffix == ".snap":
        text = text.split("---\n", 2)[2]
    return yaml.load(text, loader)


def test_there_are_contracts():
    assert len(CONTRACTS) > 8 and WRITTEN


@pytest.mark.parametrize("path", [*CONTRACTS, *WRITTEN], ids=lambda path: path.name)
def test_it_is_valid_odcs(path):
    jsonschema.Draft201909Validator(published()).validate(load(path))


@pytest.mark.parametrize("path", [*CONTRACTS, *WRITTEN], ids=lambda path: path.name)
def test_it_is_valid_by_our_schema(path):
    jsonschema.Draft202012Validator.check_schema(ours())
    jsonschema.Draft202012Validator(ours()).validate(load(path))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("check: flicker", "check: flickr"),
        ("connectivity: 8", "connectivity: 6"),
        ("min_ha: 1.0", "min_ha: 0"),
        ("resolution: 30", "resolution: wide"),
        ("buffer_m: 300", "bufer_m: 300"),
        ("{ property: grace, value: 5", "{ property: grace, value: -5"),
        ("unit: mo", "unit: m"),
        ("severity: error", "severity: blocker"),
        ("{ before: freeze }", "{ before: freeze, buy: 3 }"),
    ],
)
def test_our_schema_refuses_what_the_reader_refuses(tmp_path, old, new):
    text = EXAMPLE.read_text()
    assert old in text
    wrong = tmp_path / "wrong.odcs.yaml"
    wrong.write_text(text.replace(old, new, 1))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(ours()).validate(load(wrong))
