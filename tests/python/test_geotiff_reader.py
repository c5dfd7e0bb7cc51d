"""Our GeoTIFF reader and COG writer beside GDAL's, as independent answers.

Needs rasterio (and rio-cogeo for the COGs). The examples of mutirao-geotiff must be built:
`cargo build -p mutirao-geotiff --examples`; MUTIRAO_TARGET names the target directory if it is not <repo>/target.
"""

import itertools
import json
import os
import pathlib
import subprocess

import numpy as np
import pytest

rasterio = pytest.importorskip("rasterio")
from rasterio.transform import from_origin  # noqa: E402

REPO = pathlib.Path(__file__).resolve().parents[2]
SHARED = REPO.parent / "shared"
TARGET = pathlib.Path(os.environ.get("MUTIRAO_TARGET", REPO / "target"))
DUMP = TARGET / "debug" / "examples" / "dump"
MAKE_COG = TARGET / "debug" / "examples" / "make_cog"
MAKE_VRT = TARGET / "debug" / "examples" / "make_vrt"
WIDTH, HEIGHT = 83, 57
# Samples of the largest shared file that is compared; the few larger ones take minutes.
LARGEST = int(os.environ.get("MUTIRAO_LARGEST", 60_000_000))


def run(program, *arguments):
    assert program.is_file(), f"{program} is missing: cargo build -p mutirao-geotiff --examples"
    return subprocess.run([program, *map(str, arguments)], capture_output=True, check=False)


def ours(path, *flags):
    done = run(DUMP, path, *flags)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def facts_of(path, *flags):
    return json.loads(ours(path, "--facts", *flags))


def pixels_of(path, *flags):
    facts = facts_of(path, *flags)
    raw = np.frombuffer(ours(path, *flags), dtype=np.dtype(facts["dtype"]).newbyteorder("<"))
    return raw.reshape(facts["bands"], facts["height"], facts["width"])


def image(dtype, bands, seed=7):
    """Patches of classes with some noise, so that every codec has runs and literals."""
    rng = np.random.default_rng(seed)
    low, high = {"uint8": (0, 256), "uint16": (0, 65536), "int16": (-32768, 32768)}[dtype]
    classes = rng.integers(low, high, (bands, HEIGHT // 8 + 1, WIDTH // 8 + 1))
    full = np.kron(classes, np.ones((8, 8), int))[:, :HEIGHT, :WIDTH]
    noise = rng.random(full.shape) < 0.1
    full[noise] = rng.integers(low, high, noise.sum())
    return full.astype(dtype)


def write(path, data, **options):
    bands, height, width = data.shape
    profile = dict(driver="GTiff", width=width, height=height, count=bands, dtype=data.dtype.name, crs="EPSG:31976",
                   transform=from_origin(405000, 180000, 30, 30), photometric="MINISBLACK")
    with rasterio.open(path, "w", **(profile | options)) as out:
        out.write(data)


def compare_facts(path, source, facts):
    assert (facts["width"], facts["height"], facts["bands"]) == (source.width, source.height, source.count)
    assert facts["dtype"] == source.dtypes[0]
    assert facts["nodata"] == source.nodata
    assert facts["band_descriptions"] == list(source.descriptions)
    if facts["transform"] is not None:
        assert facts["transform"] == pytest.approx(source.transform.to_gdal(), rel=1e-15)
    assert facts["file_bytes"] == os.path.getsize(path)


LAYOUTS = {
    "tiled": dict(tiled=True, blockxsize=32, blockysize=16),
    "striped": dict(tiled=False, blockysize=10),
    "one-strip": dict(tiled=False, blockysize=HEIGHT),
}
CODECS = {"none": "NONE", "deflate": "DEFLATE", "lzw": "LZW", "zstd": "ZSTD", "packbits": "PACKBITS"}
MATRIX = [
    case for case in itertools.product(LAYOUTS, CODECS, (1, 2), ("uint8", "uint16", "int16"), (1, 3),
                                       ("pixel", "band"), ("NO", "YES"), ("LITTLE", "BIG"))
    if case[2] == 1 or case[1] in ("deflate", "lzw", "zstd")
]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("codec", CODECS)
def test_the_whole_matrix(tmp_path, layout, codec):
    cases = [case for case in MATRIX if case[:2] == (layout, codec)]
    assert len(cases) in (48, 96)
    for number, (_, _, predictor, dtype, bands, interleave, big, endian) in enumerate(cases):
        path = tmp_path / f"{number}.tif"
        data = image(dtype, bands, number)
        options = dict(predictor=predictor) if predictor == 2 else {}
        write(path, data, compress=CODECS[codec], interleave=interleave, BIGTIFF=big, ENDIANNESS=endian, nodata=3,
              **LAYOUTS[layout], **options)
        head = path.read_bytes()[:4]
        assert head[:2] == (b"MM" if endian == "BIG" else b"II")
        assert (43 if big == "YES" else 42) in head[2:4]
        with rasterio.open(path) as source:
            assert np.array_equal(source.read(), data)
            facts = facts_of(path)
            compare_facts(path, source, facts)
            if (layout, codec) != ("one-strip", "none"):  # libtiff cuts such a strip into shorter ones
                assert (facts["block_height"], facts["block_width"]) == source.block_shapes[0]
        assert facts["compression"] == codec
        assert facts["interleave"] == ("planar" if interleave == "band" and bands > 1 else "chunky")
        assert np.array_equal(pixels_of(path), data), cases[number]
        path.unlink()


@pytest.mark.parametrize("options", [LAYOUTS["tiled"], LAYOUTS["striped"], LAYOUTS["one-strip"]])
@pytest.mark.parametrize("bands", [1, 3])
@pytest.mark.parametrize("interleave", ["pixel", "band"])
def test_an_internal_mask(tmp_path, options, bands, interleave):
    path = tmp_path / "masked.tif"
    data = image("uint8", bands)
    mask = (np.add.outer(np.arange(HEIGHT), np.arange(WIDTH)) % 7 != 0) & (np.arange(WIDTH) < 70)
    mask[:20, :40] = True
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        write(path, data, compress="DEFLATE", interleave=interleave, **options)
        with rasterio.open(path, "r+") as out:
            out.write_mask(mask)
            out.build_overviews([2], rasterio.enums.Resampling.nearest)
    assert not (tmp_path / "masked.tif.msk").exists()
    facts = facts_of(path)
    assert facts["mask"] and facts["overviews"] == 1
    assert np.array_equal(pixels_of(path), data)
    seen = np.frombuffer(ours(path, "--mask"), np.uint8).reshape(HEIGHT, WIDTH)
    assert np.array_equal(seen.astype(bool), mask)
    with rasterio.open(path, overview_level=0) as overview:
        seen = np.frombuffer(ours(path, "--mask", "--level", 0), np.uint8).reshape(overview.height, overview.width)
        assert np.array_equal(seen * 255, overview.dataset_mask())
        assert np.array_equal(pixels_of(path, "--level", 0), overview.read())


@pytest.mark.parametrize("nodata", [None, 9])
@pytest.mark.parametrize("big", ["NO", "YES"])
def test_sparse_blocks(tmp_path, nodata, big):
    path = tmp_path / "sparse.tif"
    profile = dict(driver="GTiff", width=200, height=150, count=2, dtype="uint16", nodata=nodata, SPARSE_OK=True,
                   tiled=True, blockxsize=32, blockysize=32, compress="LZW", interleave="band", BIGTIFF=big)
    with rasterio.open(path, "w", **profile) as out:
        out.write(np.full((40, 40), 513, "uint16"), 2, window=((50, 90), (60, 100)))
    assert path.stat().st_size < 5000
    with rasterio.open(path) as source:
        assert np.array_equal(pixels_of(path), source.read())


@pytest.mark.parametrize("bands", [1, 3])
def test_descriptions_palette_point_and_rotation(tmp_path, bands):
    path = tmp_path / "facts.tif"
    data = image("uint8", bands)
    options = dict(transform=rasterio.Affine(30, 2, 400000, -3, -31, 200000)) if bands == 3 else {}
    names = ["1985 & <later> \"é\"", "b", "c"][:bands]
    write(path, data, nodata=0, **(options | dict(photometric="PALETTE" if bands == 1 else "MINISBLACK")))
    with rasterio.open(path, "r+") as out:
        out.descriptions = names
        out.update_tags(AREA_OR_POINT="Point")
        if bands == 1:
            out.write_colormap(1, {v: (v, 255 - v, v // 2, 255) for v in range(256)})
    with rasterio.open(path) as source:
        facts = facts_of(path)
        compare_facts(path, source, facts)
        assert facts["transform"] is not None and facts["band_descriptions"] == names
        assert facts["geo_keys"]["directory"][:4][0] == 1
        if bands == 1:
            assert facts["palette"] == [list(source.colormap(1)[v][:3]) for v in range(256)]


def shared_tiffs():
    return sorted(path for folder in ("data", "corpus") for path in (SHARED / folder).rglob("*.tif*")
                  if path.suffix in (".tif", ".tiff"))


def same_by_rows(path, facts):
    """Whether GDAL reads the same pixels, one row of our blocks after the other, in bounded memory."""
    dtype = np.dtype(facts["dtype"]).newbyteorder("<")
    step = facts["block_height"] * (max(1, 1024 // facts["block_height"]) if facts["bands"] == 1 else 1)
    with rasterio.open(path) as source, subprocess.Popen([DUMP, path, "--by-rows"], stdout=subprocess.PIPE) as dump:
        if not path.with_name(path.name + ".aux.xml").exists():
            compare_facts(path, source, facts)
        try:
            for top in range(0, facts["height"], step):
                rows = min(step, facts["height"] - top)
                theirs = source.read(window=((top, top + rows), (0, facts["width"])))
                ours_raw = dump.stdout.read(theirs.size * dtype.itemsize)
                if not np.array_equal(np.frombuffer(ours_raw, dtype), theirs.ravel()):
                    return False
            return dump.stdout.read(1) == b""
        finally:
            dump.kill()


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not here")
def test_the_shared_files():
    """What we read, GDAL reads the same; what we refuse has a named reason."""
    same = refused = both_refuse = 0
    for path in shared_tiffs():
        done = run(DUMP, path, "--facts")
        assert done.returncode in (0, 1), (path, done)
        if done.returncode == 1:
            assert done.stderr.strip(), path
            refused += 1
            print("refused", path.relative_to(SHARED), done.stderr.decode().strip())
            continue
        facts = json.loads(done.stdout)
        # Tens of thousands of bands are slow to ask GDAL about, one by one.
        if facts["width"] * facts["height"] * facts["bands"] > LARGEST or facts["bands"] > 1000:
            print("too large to compare", path.relative_to(SHARED))
            continue
        try:
            equal = same_by_rows(path, facts)
        except rasterio.errors.RasterioError as error:
            done = run(DUMP, path)
            assert done.returncode == 1, path
            both_refuse += 1
            print("GDAL refuses", path.relative_to(SHARED), done.stderr.decode().strip(), error)
            continue
        assert equal, path
        same += 1
    print(f"{same} the same, {refused} refused, {both_refuse} refused by GDAL too")
    assert same > 60


def made_up(width, height, bands, dtype, level=0):
    """What `make_cog` puts into level `level`."""
    full_w, full_h = width, height
    for _ in range(level):
        width, height = -(-width // 2), -(-height // 2)
    x = np.minimum(np.arange(width) << level, full_w - 1)
    y = np.minimum(np.arange(height) << level, full_h - 1)
    planes = [(7 * (x[None] // 9) + 5 * (y[:, None] // 7) + 11 * band) % 60 for band in range(bands)]
    return (np.stack(planes) * (1001 if dtype == "uint16" else 1)).astype(dtype)


def make_cog(path, width, height, bands, dtype, codec, *more):
    done = run(MAKE_COG, path, width, height, bands, dtype, codec, *more)
    assert done.returncode == 0, done.stderr.decode()


def assert_valid_cog(path):
    cogeo = pytest.importorskip("rio_cogeo.cogeo")
    valid, errors, warnings = cogeo.cog_validate(str(path), strict=True, quiet=True)
    assert (valid, errors, warnings) == (True, [], [])
    script = "import sys; from osgeo_utils.samples import validate_cloud_optimized_geotiff as v; " \
             "w, e, d = v.validate(sys.argv[1], full_check=True); print(w, e)"
    python = os.environ.get("MUTIRAO_GDAL_PYTHON", "/usr/bin/python3")
    done = subprocess.run([python, "-c", script, str(path)], capture_output=True, text=True, check=False)
    if "ModuleNotFoundError" not in done.stderr:
        assert done.stdout.strip() == "[] []", (done.stdout, done.stderr)


def leaders_and_trailers_hold(path):
    """Every tile between its size and its last four bytes again; the file without a byte that belongs to nobody."""
    data = path.read_bytes()
    with rasterio.open(path) as source:
        levels = 1 + len(source.overviews(1))
        bands, tile = source.count, source.block_shapes[0][0]
        sizes = [(source.width, source.height)]
    for _ in range(levels - 1):
        sizes.append((-(-sizes[-1][0] // 2), -(-sizes[-1][1] // 2)))
    tiles = sum(bands * -(-w // tile) * -(-h // tile) for w, h in sizes)
    at, seen = len(data), 0
    directory = int.from_bytes(data[4:8], "little")
    entries = int.from_bytes(data[directory:directory + 2], "little")
    tags = {}
    for i in range(entries):
        entry = data[directory + 2 + 12 * i:directory + 14 + 12 * i]
        tags[int.from_bytes(entry[:2], "little")] = (int.from_bytes(entry[4:8], "little"), entry[8:])
    count, value = tags[324]
    value = int.from_bytes(value, "little")
    offsets = [value] if count == 1 else [int.from_bytes(data[value + 4 * i:value + 4 * i + 4], "little")
                                          for i in range(count)]
    assert offsets == sorted(offsets)
    for start, end in zip(offsets, offsets[1:] + [at + 4]):
        size = int.from_bytes(data[start - 4:start], "little")
        assert start + size + 4 + 4 == end
        assert data[start + size - 4:start + size] == data[start + size:start + size + 4]
        seen += 1
    assert seen <= tiles


@pytest.mark.parametrize("codec", ["none", "deflate", "zstd"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("bands", [1, 3])
@pytest.mark.parametrize("size", [(533, 301), (64, 64), (1, 1), (65, 7), (700, 700)])
def test_our_cog_is_one(tmp_path, codec, dtype, bands, size):
    path = tmp_path / "ours.tif"
    width, height = size
    make_cog(path, width, height, bands, dtype, codec)
    assert_valid_cog(path)
    leaders_and_trailers_hold(path)
    with rasterio.open(path) as source:
        assert source.crs.to_epsg() == 31982
        assert source.transform.to_gdal() == (405000, 30, 0, 180000, 0, -30)
        assert source.nodata == 0 and source.dtypes == (dtype,) * bands
        assert source.descriptions == tuple(f"{1985 + band} & \"<é>\"" for band in range(bands))
        assert source.tags()["TITLE"] == "a < b & \"c\" é"
        assert source.tags(1)["STATISTICS_MEAN"] == "29.5"
        assert source.tags(bands)["STATISTICS_VALID_PERCENT"] == "98.5"
        structure = source.tags(ns="IMAGE_STRUCTURE")
        assert structure["LAYOUT"] == "COG"
        assert structure.get("INTERLEAVE", "BAND") == "BAND"
        levels = len(source.overviews(1))
        assert structure.get("OVERVIEW_RESAMPLING", "NEAREST") == "NEAREST"  # GDAL reads it from 3.12 on
        if bands == 1:
            colours = source.colormap(1)
            assert all(colours[v][:3] == (v, 255 - v, v * 4 % 256) for v in range(60))
            assert source.colorinterp[0].name == "palette"
        assert np.array_equal(source.read(), made_up(width, height, bands, dtype))
    longest, expected = max(size), 0
    while longest > 64:
        longest, expected = -(-longest // 2), expected + 1
    assert levels == expected
    for level in range(levels):
        with rasterio.open(path, overview_level=level) as source:
            assert source.nodata == 0
            assert np.array_equal(source.read(), made_up(width, height, bands, dtype, level + 1))
        assert np.array_equal(pixels_of(path, "--level", level), made_up(width, height, bands, dtype, level + 1))
    assert np.array_equal(pixels_of(path), made_up(width, height, bands, dtype))


def test_our_cog_without_empty_tiles(tmp_path):
    path = tmp_path / "sparse.tif"
    make_cog(path, 300, 200, 2, "uint8", "deflate", 16, "--sparse")
    with rasterio.open(path) as source:
        assert np.array_equal(source.read(), made_up(300, 200, 2, "uint8"))
    assert np.array_equal(pixels_of(path), made_up(300, 200, 2, "uint8"))


@pytest.mark.parametrize("point", [False, True])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:31976", "ESRI:102033", "EPSG:5880"])
def test_the_crs_of_another_file(tmp_path, crs, point):
    like, path = tmp_path / "like.tif", tmp_path / "ours.tif"
    write(like, image("uint8", 1), crs=crs)
    if point:
        with rasterio.open(like, "r+") as out:
            out.update_tags(AREA_OR_POINT="Point")
    make_cog(path, 100, 90, 1, "uint8", "deflate", 64, "--like", like)
    with rasterio.open(like) as theirs, rasterio.open(path) as source:
        assert source.crs == theirs.crs and source.crs is not None
        assert source.transform == theirs.transform
        assert source.tags()["AREA_OR_POINT"] == theirs.tags()["AREA_OR_POINT"]


@pytest.mark.parametrize("bands", [1, 3])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_vrts_and_class_names(tmp_path, bands, dtype):
    folder = tmp_path / "release & more"
    (folder / "coverage").mkdir(parents=True)
    first, second = "coverage/1985.tif", "coverage/19 & 86.tif"
    make_cog(folder / first, 90, 70, bands, dtype, "deflate")
    make_cog(folder / second, 90, 70, bands, dtype, "zstd", 32)
    wkt = tmp_path / "wkt"
    wkt.write_text(rasterio.crs.CRS.from_epsg(31982).to_wkt())
    done = run(MAKE_VRT, folder, wkt, first, second)
    assert done.returncode == 0, done.stderr.decode()
    data = made_up(90, 70, bands, dtype)
    names = ["" if v % 2 == 0 else f"class <{v}> & é" for v in range(60)]
    with rasterio.open(folder / "periods.vrt") as source:
        assert source.crs.to_epsg() == 31982 and source.nodata == 0 and source.dtypes == (dtype, dtype)
        assert source.transform.to_gdal() == (405000, 30, 0, 180000, 0, -30)
        assert source.descriptions == (f"period {first}", f"period {second}")
        assert np.array_equal(source.read(), np.stack([data[0], data[0]]))
        if bands == 1:
            assert source.colormap(2)[5][:3] == (5, 250, 20)
    with rasterio.open(folder / "mosaic.vrt") as source:
        assert (source.width, source.height, source.count) == (190, 70, bands)
        assert source.descriptions == tuple(f"band {band}" for band in range(bands))
        whole = np.concatenate([data, data, np.zeros((bands, 70, 10), dtype)], axis=2)
        assert np.array_equal(source.read(), whole)
    script = "import sys; from osgeo import gdal; gdal.UseExceptions(); d = gdal.Open(sys.argv[1]); " \
             "d.GetMetadata(); print(ascii(d.GetRasterBand(1).GetCategoryNames()))"  # GDAL 3.6 reads sidecars late
    python = os.environ.get("MUTIRAO_GDAL_PYTHON", "/usr/bin/python3")
    for path in (folder / first, folder / "periods.vrt", folder / "mosaic.vrt"):
        done = subprocess.run([python, "-c", script, str(path)], capture_output=True, text=True, check=False)
        if "ModuleNotFoundError" not in done.stderr:
            assert done.stdout.splitlines()[0] == ascii(names), (done.stdout, done.stderr)
