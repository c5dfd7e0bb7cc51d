"""What `mutirao check --json` answers, held against `schemas/check.schema.json` by somebody else's validator."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path

import jsonschema
import pytest
import rasterio

ROOT = Path(__file__).resolve().parents[2]
INVALID = ROOT / "fixtures/invalid"
DEMO = ROOT / "fixtures/demo"
MINING = ROOT / "pipelines/demo/contracts/mining.odcs.yaml"
ENDINGS = (".tif", ".geojson", ".csv", ".parquet")


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    document = json.loads((ROOT / "schemas/check.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


def deliveries() -> list:
    """Every folder of a delivery, with what breaks a check and what keeps it."""
    found = []
    for folder in sorted(path for path in INVALID.iterdir() if (path / "contract.odcs.yaml").exists()):
        for what in ("breaks", "keeps"):
            files = sorted(path for path in folder.glob(f"{what}*") if path.suffix in ENDINGS)
            if files:
                found.append(pytest.param(folder, files, id=f"{folder.name}-{what}"))
    return found


def defs(answer: dict) -> set:
    """The kinds of things that an answer holds, so that nobody takes an empty list for a test."""
    facts = answer.get("facts", {})
    return {key for key in facts if facts[key]} | {key for key in answer if answer[key]}


@pytest.mark.parametrize("folder, files", deliveries())
def test_every_answer_about_a_delivery_is_as_the_schema_says(mutirao, schema, folder, files):
    more = ("--previous", folder / "previous.tif") if (folder / "previous.tif").exists() else ()
    answer = mutirao.json("check", *files, "--contract", folder / "contract.odcs.yaml", *more, code=None)
    schema.validate(answer)
    assert answer["verdict"] != "failed"
    assert files[0].name.startswith("keeps") or answer["findings"]


def test_pictures_due_dates_and_a_rehearsal_too(mutirao, schema, tmp_path):
    for folder in ("pipelines/demo", "fixtures/demo"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    network = tmp_path / "pipelines/demo"
    files = [tmp_path / "new" / f"mining_{period}.tif" for period in (2019, 2020)]
    files[0].parent.mkdir()
    for file in files:
        with rasterio.open(DEMO / file.name) as raster:
            pixels, profile = raster.read(), raster.profile
        # A large mine, and one that is too small.
        pixels[0, 300:340, 500:560] = pixels[0, 200, 700] = 1
        with rasterio.open(file, "w", **profile) as out:
            out.write(pixels)
    arguments = ("--contract", network / "contracts/mining.odcs.yaml", "--preview", tmp_path / "pictures")
    answer = mutirao.json("check", *files, *arguments, "--network", network, "--at", "2026-08-11T12:00:00Z", code=1)
    schema.validate(answer)
    assert {"previews", "findings", "rules", "partner", "files", "periods", "due", "rehearsal"} <= defs(answer)
    rehearsal = answer["facts"]["rehearsal"]
    assert all(rehearsal[key] for key in ("periods", "classes", "territories", "uncounted"))


def test_contracts_that_are_odd_or_not_in_order(mutirao, schema):
    film = sorted(DEMO.glob("mining_*.tif"))
    odd = mutirao.json("check", *film, "--contract", INVALID / "contract-several-layers/contract.odcs.yaml", code=None)
    schema.validate(odd)
    assert [one["code"] for one in odd["contract_findings"]] == ["contract-several-layers"]
    for arguments in (
        ("check", *film, "--contract", INVALID / "contract-time/contract.odcs.yaml"),
        ("check", *film, "--contract", INVALID / "nowhere.odcs.yaml"),
    ):
        failed = mutirao.json(*arguments, code=None)
        schema.validate(failed)
        assert failed["verdict"] == "refused" and failed["error"]
    nowhere = mutirao.json("check", *film, "--contract", MINING, "--network", INVALID, code=None)
    schema.validate(nowhere)
    assert nowhere["verdict"] != "failed" and nowhere["rehearsal_findings"][0]["code"] == "rehearsal-undone"
    unknown = mutirao.json("check", *film, "--contract", MINING, "--period", "2030", code=1)
    schema.validate(unknown)
    refused = mutirao.json("check", INVALID / "nowhere.tif", "--contract", MINING, code=1)
    schema.validate(refused)
    assert refused["verdict"] == "refused"


def test_what_is_not_agreed_is_not_valid(mutirao, schema):
    folder = INVALID / "classes"
    answer = mutirao.json("check", folder / "breaks.tif", "--contract", folder / "contract.odcs.yaml", code=1)
    schema.validate(answer)
    (finding,) = answer["findings"]

    def broken(change) -> bool:
        other = copy.deepcopy(answer)
        change(other, other["findings"][0])
        return not schema.is_valid(other)

    assert finding["where"]["pixel"]
    for change in (
        lambda whole, _: whole.update(more=1),
        lambda whole, _: whole.update(verdict="good"),
        lambda whole, _: whole.pop("rules"),
        lambda whole, _: whole["facts"].update(more=1),
        lambda whole, _: whole["facts"]["files"][0].update(size=[1, 2, 3]),
        lambda whole, _: whole["facts"]["periods"][0]["classes"].update(forest=1),
        lambda whole, _: whole["rules"][0].update(outcome="good"),
        lambda _, one: one.update(code="klasses"),
        lambda _, one: one.update(element="beauty"),
        lambda _, one: one.update(count=-1),
        lambda _, one: one.update(more=1),
        lambda _, one: one.pop("sure"),
        lambda _, one: one["where"].update(pixel=[1, 2, 3]),
        lambda _, one: one["where"].update(row=3),
        lambda _, one: one["rule"].update(line=0),
    ):
        assert broken(change)
