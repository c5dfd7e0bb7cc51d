"""Reruns: tiles of which nothing changed are copied from the last release, and the result is that of a fresh run, byte for byte."""

import json
import re
import shutil

import numpy as np
import pytest
import rasterio
import rasterio.windows


@pytest.fixture(scope="module")
def base(root, mutirao, tmp_path_factory):
    """The demo network with its inputs, its first release, and a cache of its own."""
    folder = tmp_path_factory.mktemp("rerun")
    shutil.copytree(root / "pipelines/demo", folder / "pipelines/demo")
    shutil.copytree(root / "fixtures/demo", folder / "fixtures/demo")
    run(mutirao, folder)
    return folder


@pytest.fixture
def network(base, tmp_path):
    """A copy of it at the same place for each test: records know their releases by where they are."""
    kept = tmp_path / "kept"
    shutil.copytree(base, kept)
    yield base
    shutil.rmtree(base)
    shutil.copytree(kept, base)


def run(mutirao, folder, *options, out="out"):
    return mutirao.json("run", folder / "pipelines/demo", "--out", folder / out, "--cache", folder / "cache", *options)


def plan(mutirao, folder):
    return mutirao.json("plan", folder / "pipelines/demo", "--out", folder / "out", "--cache", folder / "cache")["rerun"]


def records(folder):
    """The records of the releases in `out`."""
    places = (folder / "cache/records").glob("arauna-*/place")
    (own,) = [place.parent for place in places if place.read_text() == str((folder / "out/arauna").resolve())]
    return list(own.glob("*.record"))


def release(folder, out="out"):
    return folder / out / "arauna" / "2026.1"


def edit(path, rows, cols):
    """Turns a window of a file by half a turn, in place: the other blocks stay as they are stored."""
    window = rasterio.windows.Window.from_slices(rows, cols)
    with rasterio.open(path, "r+", IGNORE_COG_LAYOUT_BREAK="YES") as raster:
        before = raster.read(window=window)
        after = np.flip(before, axis=(1, 2))
        assert (after != before).any(), "the window is the same either way"
        raster.write(after, window=window)


def masked(path):
    """A file without the times at which it was made, and without hashes of files that hold times."""
    data = path.read_bytes()
    if path.suffix != ".json":
        return data
    if path.name == "manifest.json":
        manifest = json.loads(data)
        for key in ["command", "started", "finished", "judged_at"]:
            manifest.pop(key)
        manifest.pop("taken_over", None)
        for entry in manifest["files"]:
            if entry["path"].startswith("stac/"):
                entry.pop("sha256")
        return json.dumps(manifest)
    return re.sub(rb'"created": "[^"]*"', b"", data)


def assert_same_release(one, other):
    files = [sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file()) for folder in (one, other)]
    assert files[0] == files[1]
    for name in files[0]:
        assert masked(one / name) == masked(other / name), name


def assert_as_fresh(mutirao, network):
    """The release at hand is what a run without any earlier one makes of the same network."""
    made = run(mutirao, network, "--fresh", out="fresh")
    assert made["rerun"]["copied"] == 0
    assert_same_release(release(network), release(network, "fresh"))
    shutil.rmtree(network / "fresh")


def test_a_release_made_again_is_copied_whole(mutirao, network):
    assert plan(mutirao, network)["causes"] == []
    again = run(mutirao, network, "--overwrite")["rerun"]
    assert again["from"] == "2026.1" and (again["copied"], again["redone"]) == (6, 0)
    assert_as_fresh(mutirao, network)
    mutirao("verify", release(network))
    # Its record took the place of the one that it replaced.
    (record,) = records(network)
    manifest = json.loads((network / "out/arauna/releases.json").read_text())["releases"][-1]["manifest"]
    assert record.stem == manifest


def test_an_input_that_changed_in_a_corner(mutirao, network):
    edit(network / "fixtures/demo/mining_2020.tif", (0, 400), (0, 400))
    planned = plan(mutirao, network)
    assert [cause["cause"] for cause in planned["causes"]] == ["file"], planned
    assert planned["causes"][0]["layer"] == "mining" and planned["causes"][0]["file"].endswith("mining_2020.tif")
    again = run(mutirao, network, "--overwrite")["rerun"]
    assert again == planned
    assert 0 < again["copied"] < again["tiles"] == 6
    taken = json.loads((release(network) / "manifest.json").read_text())["taken_over"]
    assert taken["version"] == "2026.1" and taken["copied"] == again["copied"]
    assert_as_fresh(mutirao, network)
    mutirao("verify", release(network))


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("#1f8d49", "#1f8d4a", None),
        ("- { take: { urban: 24 } }", "- { take: { urban: 24 }, where: { biomes: [1] } }", "rules"),
        ("nodata: 0 }", "nodata: 0, agreement: false }", "everything"),
    ],
)
def test_a_pipeline_that_changed(mutirao, network, old, new, cause):
    for name in ["legend.csv", "pipeline.yaml"]:
        path = network / "pipelines/demo" / name
        path.write_text(path.read_text().replace(old, new))
    again = run(mutirao, network, "--overwrite")["rerun"]
    assert [one["cause"] for one in again["causes"]] == ([cause] if cause else []), again
    assert (again["redone"] == 6) == (cause == "everything"), again
    assert_as_fresh(mutirao, network)


def test_a_new_version_copies_from_the_one_before(mutirao, network):
    path = network / "pipelines/demo/pipeline.yaml"
    path.write_text(path.read_text().replace("version: 2026.1", "version: 2026.2").replace('"2026.1"', '"2026.2"'))
    again = run(mutirao, network)
    assert again["release"].endswith("2026.2"), again
    assert again["rerun"]["from"] == "2026.1" and again["rerun"]["redone"] == 0
    # One record for each.
    assert len(records(network)) == 2
    mutirao("verify", again["release"])


def test_what_cannot_be_trusted_is_not_used(mutirao, network):
    (record,) = records(network)
    whole = record.read_bytes()
    command = ["run", network / "pipelines/demo", "--out", network / "out", "--cache", network / "cache", "--overwrite"]
    record.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    said = mutirao(*command)
    assert "nothing is taken over from 2026.1" in said.stderr and "damaged" in said.stderr, said.stderr
    assert_as_fresh(mutirao, network)
    # A map that somebody wrote to.
    with open(release(network) / "coverage/2019.tif", "r+b") as file:
        file.seek(-40, 2)
        file.write(b"x")
    said = mutirao(*command)
    assert "nothing is taken over from 2026.1" in said.stderr and "coverage/2019.tif" in said.stderr, said.stderr
    assert_as_fresh(mutirao, network)
    (release(network) / "manifest.json").write_text("{}")
    said = mutirao(*command)
    assert "its manifest is not the one" in said.stderr, said.stderr
    assert_as_fresh(mutirao, network)


def test_a_draft_keeps_no_record(mutirao, network):
    shutil.rmtree(network / "cache/records")
    assert "rerun" not in run(mutirao, network, "--draft")
    assert not (network / "cache/records").exists()
