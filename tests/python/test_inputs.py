"""Every layout of a plain GeoTIFF through the whole engine, foreign rasters through the door, and awkward real files."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.enums import MaskFlags
from rasterio.transform import from_origin

from networks import Release, plain_legend, publish, write_network

WIDTH, HEIGHT = 301, 259
PLACE = dict(crs="EPSG:31976", transform=from_origin(405_000, 180_000, 30, 30))
GRID = {"crs": "EPSG:31976", "origin": [405_000, 180_000], "resolution": 30, "size": [WIDTH, HEIGHT]}
# What multiplies classes 0-9 in a type, and the value that means nothing in it.
TYPES = {"uint8": (1, 0), "uint16": (5000, 65535), "int16": (1000, -32768)}
LEGEND = plain_legend({factor * klass for factor, _ in TYPES.values() for klass in range(1, 10)})


def pattern(seed: int = 1, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """Classes 1 to 9 in patches, and 0 for nothing."""
    rng = np.random.default_rng(seed)
    pixels = np.kron(rng.integers(0, 10, (height // 9 + 1, width // 9 + 1)), np.ones((9, 9), int))[:height, :width]
    strewn = rng.random(pixels.shape) < 0.1
    pixels[strewn] = rng.integers(0, 10, strewn.sum())
    pixels[64:192, 64:160] = 0  # blocks of nothing, for sparse files
    return pixels


def write(path: Path, data: np.ndarray, **options) -> Path:
    profile = PLACE | dict(driver="GTiff", count=len(data), dtype=data.dtype.name, width=data.shape[2], height=data.shape[1])
    if data.shape[0] > 1 and options.get("driver", "GTiff") == "GTiff":
        profile["photometric"] = "MINISBLACK"
    with rasterio.open(path, "w", **(profile | options)) as out:
        out.write(data)
    return path


TILED = dict(tiled=True, blockxsize=64, blockysize=32)
STRIPED = dict(tiled=False, blockysize=7)
ONE_STRIP = dict(tiled=False, blockysize=HEIGHT)
# name: layout, codec, predictor, type, bands, interleave, BigTIFF, byte order, extra (mask, sparse)
LAYOUTS = [
    (TILED, "NONE", 1, "uint8", 1, "pixel", "NO", "LITTLE", ""),
    (TILED, "DEFLATE", 1, "uint8", 1, "pixel", "YES", "BIG", ""),
    (TILED, "DEFLATE", 2, "uint16", 1, "pixel", "NO", "BIG", ""),
    (TILED, "DEFLATE", 2, "int16", 3, "pixel", "YES", "LITTLE", ""),
    (TILED, "DEFLATE", 2, "uint8", 3, "band", "NO", "LITTLE", "mask"),
    (TILED, "DEFLATE", 1, "int16", 3, "band", "NO", "LITTLE", "sparse"),
    (TILED, "LZW", 1, "int16", 1, "pixel", "NO", "LITTLE", "mask"),
    (TILED, "LZW", 2, "uint16", 3, "pixel", "NO", "BIG", ""),
    (TILED, "LZW", 2, "uint8", 1, "pixel", "YES", "LITTLE", "sparse"),
    (TILED, "ZSTD", 1, "uint16", 3, "band", "YES", "BIG", ""),
    (TILED, "ZSTD", 2, "int16", 1, "pixel", "NO", "LITTLE", "sparse"),
    (TILED, "ZSTD", 2, "uint8", 3, "pixel", "NO", "LITTLE", "mask"),
    (TILED, "PACKBITS", 1, "uint8", 3, "pixel", "NO", "LITTLE", ""),
    (TILED, "PACKBITS", 1, "uint16", 1, "pixel", "NO", "BIG", "sparse"),
    (STRIPED, "NONE", 1, "int16", 3, "band", "YES", "BIG", ""),
    (STRIPED, "NONE", 1, "uint8", 3, "pixel", "NO", "LITTLE", "mask"),
    (STRIPED, "DEFLATE", 2, "uint8", 1, "pixel", "NO", "LITTLE", ""),
    (STRIPED, "DEFLATE", 2, "uint16", 3, "pixel", "NO", "LITTLE", "sparse"),
    (STRIPED, "LZW", 1, "uint8", 3, "band", "NO", "LITTLE", ""),
    (STRIPED, "LZW", 2, "int16", 3, "pixel", "NO", "BIG", "mask"),
    (STRIPED, "ZSTD", 2, "uint16", 1, "pixel", "YES", "LITTLE", ""),
    (STRIPED, "PACKBITS", 1, "int16", 1, "pixel", "NO", "LITTLE", ""),
    (ONE_STRIP, "NONE", 1, "uint16", 1, "pixel", "NO", "BIG", ""),
    (ONE_STRIP, "DEFLATE", 2, "int16", 3, "pixel", "NO", "BIG", ""),
    (ONE_STRIP, "LZW", 1, "uint8", 3, "pixel", "YES", "LITTLE", "mask"),
    (ONE_STRIP, "ZSTD", 1, "uint8", 1, "pixel", "NO", "LITTLE", ""),
    (TILED, "DEFLATE", 1, "uint8", 1, "pixel", "NO", "LITTLE", "sparse mask"),
    (TILED, "LZW", 2, "int16", 3, "pixel", "NO", "BIG", "sparse mask"),
    (STRIPED, "ZSTD", 1, "uint16", 3, "band", "NO", "LITTLE", "sparse mask"),
]


def write_layout(folder: Path, period: str, classes: np.ndarray, layout) -> np.ndarray:
    """Writes classes in a layout, in the middle one of several bands; what a coverage must hold."""
    blocks, codec, predictor, dtype, bands, interleave, big, endian, extra = layout
    factor, nodata = TYPES[dtype]
    wanted = classes * factor
    data = np.stack([pattern(50 + band, classes.shape[1], classes.shape[0]) * factor for band in range(bands)])
    data[bands // 2] = wanted
    if "mask" not in extra:
        data[data == 0] = nodata
    options = blocks | dict(compress=codec, interleave=interleave, BIGTIFF=big, ENDIANNESS=endian)
    options |= dict(predictor=2) if predictor == 2 else {}
    options |= dict(SPARSE_OK=True) if "sparse" in extra else {}
    options |= dict(nodata=nodata) if "mask" not in extra else {}
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        path = write(folder / f"{period}.tif", data.astype(dtype), **options)
        with rasterio.open(path, "r+") as out:
            out.descriptions = [f"band {band}" if band != bands // 2 or bands == 1 else period for band in range(bands)]
            if "mask" in extra:
                out.write_mask(wanted != 0)
    return wanted


def network(folder: Path, periods, size=(WIDTH, HEIGHT), **layer) -> Path:
    return write_network(
        folder, LEGEND, grid=GRID | {"size": list(size)}, periods=list(periods),
        layers={"layer": {"source": "{period}.tif"} | layer}, coverage={"rules": [{"take": {"layer": "any"}}]},
        outputs={"tile": 128},
    )  # fmt: skip


def test_the_same_classes_in_every_layout(mutirao, tmp_path):
    """Each layout is a period, so that one run reads them all."""
    folder, wanted = tmp_path / "layouts", {}
    folder.mkdir()
    for number, layout in enumerate(LAYOUTS):
        period = f"layout{number:02}"
        wanted[period] = write_layout(folder, period, pattern(), layout)
    with rasterio.open(folder / "layout08.tif") as sparse:
        assert sparse.read(1)[64:192, 64:160].max() == 0
    release = publish(mutirao, network(folder, wanted))
    for (period, pixels), layout in zip(wanted.items(), LAYOUTS):
        assert np.array_equal(release.coverage(period), pixels), layout
    as_is = release.query("select distinct band from {inputs} where path like '%layout03%'")
    assert as_is == [(2,)]
    assert release.query("select count(*) from {inputs}") == [(len(LAYOUTS),)]


STACKS = [layout for layout in LAYOUTS if layout[0] is not TILED and layout[4] == 3]


def test_a_small_budget_spools_and_changes_nothing(mutirao, tmp_path):
    folder, wanted, size = tmp_path / "stacks", {}, (1501, 701)
    folder.mkdir()
    for number, layout in enumerate(STACKS):
        period = f"stack{number}"
        wanted[period] = write_layout(folder, period, pattern(number, *size), layout)
    pipeline = network(folder, wanted, size)
    little, plenty = (publish(mutirao, pipeline, "--memory", memory, out=tmp_path / memory) for memory in ("1M", "1G"))
    assert "spool" in mutirao("plan", pipeline, "--memory", "1M").stdout
    for period, pixels in wanted.items():
        assert np.array_equal(little.coverage(period), pixels), period
        for kind in ("coverage", "provenance", "agreement"):
            assert np.array_equal(little.bands(kind, period), plenty.bands(kind, period)), (kind, period)
    rows = "select * from {areas} order by all"
    assert little.query(rows) == plenty.query(rows)
    assert not [path for path in (tmp_path / "1M").rglob("*") if "spool" in path.name]


# --- foreign rasters, through the door


def foreign(folder: Path) -> dict[str, str]:
    """The same classes in formats that the engine does not read: file names, by period."""
    classes = pattern()[None].astype(np.uint8)
    folder.mkdir()
    files = {
        "erdas": ("erdas.img", dict(driver="HFA"), classes),
        "erdas-rle": ("rle.img", dict(driver="HFA", COMPRESSED="YES"), classes),
        "envi": ("envi.dat", dict(driver="ENVI"), classes),
        "float": ("float.tif", dict(compress="DEFLATE", predictor=3), classes.astype(np.float32)),
        "double": ("double.tif", {}, classes.astype(np.float64)),
        "int32": ("int32.tif", dict(compress="LZW"), classes.astype(np.int32)),
        "uint32": ("uint32.tif", TILED, classes.astype(np.uint32)),
        "int8": ("int8.tif", {}, classes.astype(np.int8)),
        "lerc": ("lerc.tif", dict(compress="LERC"), classes),
        "bits": ("bits.tif", dict(nbits=4), classes),
        "webp": ("webp.tif", dict(compress="WEBP", WEBP_LOSSLESS="YES", photometric="RGB"), np.concatenate([classes] * 3)),
        "jpeg2000": ("whole.jp2", dict(driver="JP2OpenJPEG", QUALITY="100", REVERSIBLE="YES"), classes),
        "png": ("world.png", dict(driver="PNG", crs=None), classes),
    }
    written = {}
    for period, (name, options, data) in files.items():
        nodata = {} if period in ("jpeg2000", "webp") else {"nodata": 0}
        try:
            write(folder / name, data, **(nodata | options))
        except rasterio.errors.RasterioError as error:
            print(f"{period}: this GDAL does not write it ({error})")
            continue
        written[period] = name
    for path in folder.glob("world.png.*"):
        path.unlink()
    (folder / "world.pgw").write_text("30\n0\n0\n-30\n405015\n179985\n")
    write(folder / "part.tif", classes, nodata=0)
    (folder / "mosaic.vrt").write_text(vrt("part.tif"))
    return written | {"vrt": "mosaic.vrt"}


def vrt(part: str) -> str:
    transform = ", ".join(map(str, PLACE["transform"].to_gdal()))
    return (
        f'<VRTDataset rasterXSize="{WIDTH}" rasterYSize="{HEIGHT}"><SRS>EPSG:31976</SRS><GeoTransform>{transform}</GeoTransform>'
        '<VRTRasterBand dataType="Byte" band="1"><NoDataValue>0</NoDataValue><SimpleSource>'
        f'<SourceFilename relativeToVRT="1">{part}</SourceFilename><SourceBand>1</SourceBand>'
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )


def one_by_one(folder: Path, files: dict[str, str]) -> Path:
    """A layer for each file, each for a period of its own."""
    layers = {
        period: {"source": name, "periods": [period], "nodata": 0, "band": 1, "crs": "EPSG:31976"}
        for period, name in files.items()
    }
    rules = [{"take": {period: "any"}} for period in files]
    return write_network(
        folder, LEGEND, grid=GRID, periods=list(files), layers=layers, coverage={"rules": rules}, outputs={"tile": 128}
    )


@pytest.fixture(scope="module")
def translated(mutirao, tmp_path_factory):
    base = tmp_path_factory.mktemp("foreign")
    files = foreign(base / "foreign")
    pipeline = one_by_one(base / "foreign", files)
    return base, files, pipeline, publish(mutirao, pipeline, "--cache", base / "cache", out=base / "first")


def test_foreign_rasters_come_through_the_door_unchanged(translated):
    _, files, _, release = translated
    assert len(files) >= 12
    for period in files:
        assert np.array_equal(release.coverage(period), pattern()), period
    treatments = release.query("select * from {inputs}")
    assert len(treatments) == len(files)
    for row in treatments:
        print(row[2].rsplit("/", 1)[1], row[-1])
        assert row[-1].startswith("translated at the door") and row[-1].endswith("as is")


def test_a_second_run_translates_nothing(mutirao, translated):
    base, files, pipeline, first = translated
    # The record of tiles is each run's own.
    translations = [path for path in (base / "cache").iterdir() if path.is_file()]
    before = {path: path.stat().st_mtime_ns for path in translations}
    assert len([path for path in before if path.suffix == ".tif"]) >= len(files) - 1
    folder = base.stat().st_mtime_ns, (base / "cache").stat().st_mtime_ns
    again = publish(mutirao, pipeline, "--cache", base / "cache", out=base / "again")
    assert {path: path.stat().st_mtime_ns for path in (base / "cache").iterdir() if path.is_file()} == before
    assert (base / "cache").stat().st_mtime_ns == folder[1]
    for period in files:
        assert np.array_equal(first.coverage(period), again.coverage(period))


@pytest.mark.parametrize("file", ["mosaic.vrt", "world.png", "envi.dat"])
def test_what_changes_beside_a_file_is_seen(mutirao, tmp_path, file):
    """A part of a mosaic, a world file, a header: the translation of before is not taken again."""
    foreign(tmp_path / "beside")
    pipeline = one_by_one(tmp_path / "beside", {"period": file})
    publish(mutirao, pipeline, "--cache", tmp_path / "cache", out=tmp_path / "first")
    wanted = pattern()
    if file == "mosaic.vrt":
        wanted = pattern(2)
        write(tmp_path / "beside/part.tif", wanted[None].astype(np.uint8), nodata=0)
    else:
        header = tmp_path / "beside" / ("world.pgw" if file == "world.png" else "envi.hdr")
        text = header.read_text().replace("405015", "405045").replace("405000", "405030")
        assert text != header.read_text()
        header.write_text(text)
        wanted = np.pad(wanted, ((0, 0), (1, 0)))[:, :-1]
    again = publish(mutirao, pipeline, "--cache", tmp_path / "cache", out=tmp_path / "again")
    assert np.array_equal(again.coverage("period"), wanted)


REFUSED = {
    "complex.tif": (np.complex64, {}, "complex"),
    "fraction.tif": (np.float32, {}, "not-whole-numbers"),
    "large.tif": (np.int32, {}, "values-out-of-range"),
    "lossy.tif": (np.uint8, dict(compress="JPEG"), "lossy"),
    "lossy.jp2": (np.uint8, dict(driver="JP2OpenJPEG", QUALITY="10"), "lossy"),
    "lossy.jpg": (np.uint8, dict(driver="JPEG"), "lossy"),
}


def test_what_no_layer_of_classes_can_be_is_refused_by_name(mutirao, tmp_path):
    folder, files = tmp_path / "refused", {}
    folder.mkdir()
    for name, (dtype, options, code) in REFUSED.items():
        data = pattern()[None].astype(dtype)
        if name == "fraction.tif":
            data[0, 17, 4] = 2.5
        if name == "large.tif":
            data[0, 17, 4] = 70_000
        write(folder / name, data, **(TILED if "tif" in name else {}) | options)
        files[name.replace(".", "-")] = name
    answer = mutirao.json("plan", one_by_one(folder, files), "--cache", tmp_path / "cache", code=1)
    found = {one["layer"]: one for one in answer["findings"] if one["severity"] == "error"}
    for layer, name in files.items():
        print(found[layer]["code"], found[layer]["message"])
        assert found[layer]["code"] == REFUSED[name][2]
        assert name in found[layer]["message"] and found[layer]["mend"]
    assert "column 4, row 17" in found["fraction-tif"]["message"] and "70000" in found["large-tif"]["message"]


# --- real files


def real_rasters(shared: Path) -> list[Path]:
    folders = ("oddities", "broken-tiff", "nlcd-zion", "landfire-storm-lake")
    known = {".tif", ".tiff", ".img", ".vrt", ".bin", ""}
    paths = (path for folder in folders for path in (shared / "data" / folder).rglob("*") if path.is_file())
    # Names of fuzzed files hold dots and equals signs; what is no table, text or vector counts as a raster.
    return sorted(p for p in paths if p.suffix in known or "image-tiff-fuzz" in p.parts)


@dataclass
class Theirs:
    """What rasterio makes of a raster: its pixels (nothing as None in a mask), or why it does not."""

    grid: dict
    crs: str | None
    nodata: float | None
    pixels: np.ndarray | None
    valid: np.ndarray | None
    why: str


def theirs(path: Path) -> Theirs:
    grid = {"crs": "EPSG:32611", "origin": [440_720, 3_751_320], "resolution": 60, "size": [20, 20]}
    try:
        with rasterio.open(path) as raster:
            t, size = raster.transform, [raster.width, raster.height]
            crs = raster.crs.to_wkt() if raster.crs else None
            if max(size) > 20_000:
                return Theirs(grid, crs, raster.nodata, None, None, f"{size[0]} x {size[1]} pixels")
            if t.is_rectilinear and t.a > 0 and t.e < 0:
                grid = {"crs": crs or grid["crs"], "origin": [t.c, t.f], "resolution": [t.a, -t.e], "size": size}
            try:
                pixels = raster.read(1)
                masked = MaskFlags.per_dataset in raster.mask_flag_enums[0] and MaskFlags.alpha not in raster.mask_flag_enums[0]
                valid = raster.read_masks(1) != 0 if masked else np.ones(pixels.shape, bool)
            except rasterio.errors.RasterioError as error:
                return Theirs(grid, crs, raster.nodata, None, None, str(error))
            if raster.nodata is not None:
                valid &= ~(np.isnan(pixels) if np.isnan(raster.nodata) else pixels == raster.nodata)
            return Theirs(grid, crs, raster.nodata, pixels, valid, "")
    except (rasterio.errors.RasterioError, ValueError) as error:
        return Theirs(grid, None, None, None, None, str(error))


def usable(their: Theirs) -> bool:
    """Whether their values can be classes of a legend, which number from 0 to 65535."""
    if their.pixels is None or their.pixels.dtype.kind == "c":
        return False
    values = their.pixels[their.valid]
    return bool((values == np.floor(values)).all() and (values >= 0).all() and (values < 65_535).all())


def one_raster(mutirao, folder: Path, path: Path) -> tuple[str, str]:
    """Runs a pipeline of one raster: what was said, and the verdict."""
    their = theirs(path)
    classes = np.unique(their.pixels[their.valid]).astype(int).tolist() if usable(their) else [1]
    layer = {"source": str(path), "band": 1} | ({"crs": their.grid["crs"]} if their.crs is None else {})
    layer |= {"nodata": "none"} if their.nodata is None else {}
    pipeline = write_network(
        folder, plain_legend(classes or [1]), grid=their.grid, periods=["2020"], layers={"layer": layer},
        coverage={"rules": [{"take": {"layer": "any"}}]}, outputs={"nodata": 65_535},
    )  # fmt: skip
    answer = mutirao("run", pipeline, "--json", "--out", folder / "out", "--cache", folder / "cache", code=None)
    assert answer.code in (0, 1), (path, answer)
    assert "panicked" not in answer.stderr, (path, answer.stderr)
    if answer.code == 1:
        errors = [one for one in answer.json["findings"] if one["severity"] == "error"]
        if not errors:  # found while reading pixels
            assert answer.json["help"] and path.name in answer.json["error"], (path, answer)
            return "broken", answer.json["error"]
        assert all(one["code"] and one["message"] and one["mend"] for one in errors), (path, answer)
        return "refused", "; ".join(f"{one['code']}: {one['message']}" for one in errors)
    found = Release(folder / "out" / folder.name / "1").coverage("2020")
    assert their.pixels is not None, f"{path} runs, though rasterio does not read it: {their.why}"
    wanted = np.where(their.valid, np.where(their.valid, their.pixels, 0).astype(np.int64), 65_535)
    assert np.array_equal(found, wanted), (path, np.count_nonzero(found != wanted))
    return "ran", f"{found.shape[1]} x {found.shape[0]} {their.pixels.dtype}, {np.count_nonzero(found != 65_535)} pixels speak"


def refused_at_once(mutirao, folder: Path, paths: list[Path]) -> dict[Path, str]:
    """Which of many files a plan of all of them refuses, each the one of a period, and why."""
    layers = {f"l{number}": {"source": str(path), "band": 1, "nodata": "none", "crs": "EPSG:31976"} for number, path in enumerate(paths)}
    rules = [{"take": {layer: "any"}} for layer in layers]
    pipeline = write_network(folder, LEGEND, grid=GRID, periods=["2020"], layers=layers, coverage={"rules": rules})
    answer = mutirao("plan", pipeline, "--json", "--cache", folder / "cache", code=1)
    assert "panicked" not in answer.stderr, answer.stderr
    found = {}
    for one in answer.json["findings"]:
        if one["severity"] == "error":
            assert one["code"] and one["message"] and one["mend"], one
            found[paths[int(one["layer"][1:])]] = f"{one['code']}: {one['message']}"
    return found


def test_every_awkward_real_raster_runs_like_rasterio_or_is_refused_by_name(mutirao, shared, tmp_path):
    # The same bytes are judged once. The file of 65,535 bands takes GDAL long to open, to be refused as lossy.
    by_content = {path.read_bytes(): path for path in reversed(real_rasters(shared)) if path.name != "imgpb17.tif"}
    paths = sorted(by_content.values())
    fuzzed = [path for path in paths if "image-tiff-fuzz" in path.parts]
    with ThreadPoolExecutor(2) as pool:
        halves = pool.map(lambda at: refused_at_once(mutirao, tmp_path / f"f{at}", fuzzed[at::2]), range(2))
        early = {path: ("refused", why) for half in halves for path, why in half.items()}
        alone = [path for path in paths if path not in early]
        verdicts = pool.map(lambda at: one_raster(mutirao, tmp_path / f"n{at[0]}", at[1]), enumerate(alone))
        verdicts = early | dict(zip(alone, verdicts))
    for path in paths:
        verdict, words = verdicts[path]
        words = words.replace(str(path.parent), "").replace(str(tmp_path), "")
        print(f"{verdict:8} {path.relative_to(shared / 'data')}: {words[:300]}")
    ran = {path.name for path in paths if verdicts[path][0] == "ran"}
    print(f"{len(ran)} ran, {len(paths) - len(ran)} were refused or are broken")
    assert len(paths) > 150
    assert ran >= {"nlcd.tif", "nlcd2011.tif", "storml_evt.tif", "storml_tcc.tif", "byte.img", "ticket3019.tif", "int64.tif"}
