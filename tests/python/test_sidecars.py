"""Files beside a GeoTIFF, alpha bands, types of foreign rasters: `check` and `run` take them as rasterio does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio
from check_support import check, contract, found, notes_only, rule
from networks import plain_legend, publish, write_network
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.transform import from_origin

SIZE = (40, 50)
PLACE = dict(crs="EPSG:31976", transform=from_origin(405_000, 180_000, 30, 30))
GRID = {"crs": "EPSG:31976", "resolution": 30}
CLASSES = [3, 4, 9]


def classes(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).choice(CLASSES, size=SIZE).astype(np.uint8)


def valid() -> np.ndarray:
    mask = np.ones(SIZE, bool)
    mask[5:20, 10:44] = False
    return mask


def write(path: Path, *bands: np.ndarray, **options) -> None:
    profile = dict(driver="GTiff", height=SIZE[0], width=SIZE[1], count=len(bands), dtype=bands[0].dtype) | PLACE | options
    with rasterio.open(path, "w", **profile) as out:
        out.write(np.stack(bands))


def aux(path: Path, text: str) -> None:
    Path(f"{path}.aux.xml").write_text(f"<PAMDataset>{text}</PAMDataset>", encoding="utf-8")


def mask(path: Path, **options) -> None:
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK="NO"):
        write(path, classes(1), **options)
        with rasterio.open(path, "r+") as out:
            out.write_mask(valid())
    assert path.with_name(f"{path.name}.msk").exists()


def mask_of_a_band(path: Path) -> None:
    """A mask that does not say that it holds for all bands: there is but one."""
    write(path, classes(1))
    write(path.with_name("mask.tif"), np.where(valid(), 255, 0).astype(np.uint8), crs=None, transform=None)
    with rasterio.open(path.with_name("mask.tif"), "r+") as out:
        out.update_tags(INTERNAL_MASK_FLAGS_1="0")
    path.with_name("mask.tif").rename(path.with_name(f"{path.name}.msk"))


def nodata_beside(path: Path) -> None:
    write(path, classes(2))
    aux(path, '<PAMRasterBand band="1"><NoDataValue>9</NoDataValue></PAMRasterBand>')


def place_beside(path: Path, world: str) -> None:
    write(path, classes(3), crs=None, transform=None)
    path.with_suffix(world).write_text("30\n0\n0\n-30\n405015\n179985\n")
    srs = pyproj.CRS("EPSG:31976").to_wkt("WKT1_GDAL").replace('"', "&quot;")
    aux(path, f"<SRS>{srs}</SRS>")


def moved_beside(path: Path) -> None:
    write(path, classes(4), transform=from_origin(999_000, 999_000, 30, 30))
    aux(path, "<GeoTransform>405000, 30, 0, 180000, 0, -30</GeoTransform>")


def alpha(path: Path, dtype: str = "uint8") -> None:
    write(path, classes(5).astype(dtype), np.where(valid(), 128, 0).astype(dtype), ALPHA="YES")
    with rasterio.open(path) as raster:
        assert raster.colorinterp[1] == ColorInterp.alpha


KINDS = {
    "mask": mask,
    "mask and nodata": lambda path: mask(path, nodata=4),
    "mask of a band": mask_of_a_band,
    "nodata": nodata_beside,
    "tfw": lambda path: place_beside(path, ".tfw"),
    "tifw": lambda path: place_beside(path, ".tifw"),
    "wld": lambda path: place_beside(path, ".wld"),
    "moved": moved_beside,
    "alpha": alpha,
    "alpha of 16 bits": lambda path: alpha(path, "uint16"),
}


def speaking(path: Path) -> np.ndarray:
    """What rasterio makes of the first band, 0 for nothing."""
    with rasterio.open(path) as raster:
        pixels = raster.read(1)
        speaks = raster.read_masks(1) != 0 if MaskFlags.nodata not in raster.mask_flag_enums[0] else raster.dataset_mask() != 0
        if raster.nodata is not None:
            speaks &= pixels != raster.nodata
        assert raster.transform == PLACE["transform"] and raster.crs == "EPSG:31976"
    return np.where(speaks, pixels, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_what_gdal_reads_beside_a_file_is_read(mutirao, tmp_path, kind):
    path = tmp_path / "m_2020.tif"
    KINDS[kind](path)
    pixels = speaking(path)
    stands = {one.name for one in tmp_path.glob("m_2020*")}
    agreed = contract(tmp_path, {"grid": GRID, "classes": {"allowed": CLASSES}})
    said = check(mutirao, [path], agreed, "--period", "2020", "--cache", tmp_path / "cache", code=0)
    assert notes_only(said)
    assert {one.name for one in tmp_path.glob("m_2020*")} == stands, "nothing is written beside a partner's file"
    values, counts = np.unique(pixels[pixels > 0], return_counts=True)
    (facts,) = said["facts"]["periods"]
    assert facts["classes"] == {str(value): int(count) for value, count in zip(values, counts)}
    (file,) = said["facts"]["files"]
    assert (file["format"], file["bands"], file["dtype"]) == ("GeoTIFF", 1, "uint16" if "16" in kind else "uint8")
    assert file["mask"] == any(word in kind for word in ("mask", "alpha"))
    assert file.get("nodata") == {"nodata": "9", "mask and nodata": "4"}.get(kind)

    layer = {"source": "m_2020.tif"} | ({} if file.get("nodata") else {"nodata": "none"})
    pipeline = write_network(
        tmp_path, plain_legend(CLASSES), grid=GRID | {"origin": [405_000, 180_000], "size": [SIZE[1], SIZE[0]]},
        periods=["2020"], layers={"layer": layer}, coverage={"rules": [{"take": {"layer": "any"}}]},
    )  # fmt: skip
    release = publish(mutirao, pipeline, "--cache", tmp_path / "cache", out=tmp_path / "out")
    assert np.array_equal(release.coverage("2020"), pixels)


def test_looks_beside_a_file_change_nothing(mutirao, tmp_path):
    """Statistics and colours as QGIS leaves them, overviews, a world file beside a file that has a place."""
    path = tmp_path / "m_2020.tif"
    write(path, classes(6))
    with rasterio.Env(TIFF_USE_OVR=True), rasterio.open(path, "r+") as raster:
        raster.build_overviews([2, 4])
    assert path.with_name("m_2020.tif.ovr").exists()
    aux(path, '<PAMRasterBand band="1"><Histograms/><ColorInterp>Palette</ColorInterp></PAMRasterBand>')
    path.with_suffix(".tfw").write_text("30\n0\n0\n-30\n999015\n179985\n")
    agreed = contract(tmp_path, {"grid": GRID, "classes": {"allowed": CLASSES}})
    said = check(mutirao, [path], agreed, "--period", "2020", "--cache", tmp_path / "cache", code=0)
    assert sum(said["facts"]["periods"][0]["classes"].values()) == SIZE[0] * SIZE[1]
    assert not list((tmp_path / "cache").glob("*.tif"))


def test_an_alpha_band_is_no_band_of_a_draft(mutirao, tmp_path):
    path = tmp_path / "m_2020.tif"
    alpha(path)
    target = tmp_path / "draft.odcs.yaml"
    mutirao("contract", "new", path, "--out", target, "--cache", tmp_path / "cache")
    text = target.read_text(encoding="utf-8")
    assert "128" not in text and "2 bands" not in text and "allowed: [3, 4, 9]" in text, text
    said = check(mutirao, [path], target, "--cache", tmp_path / "cache", code=0)
    assert said["facts"]["periods"][0]["pixels"] == valid().sum()


@pytest.mark.parametrize(
    "driver, ending, dtype",
    [("HFA", "img", "int32"), ("HFA", "img", "uint16"), ("HFA", "img", "float32"), ("HFA", "img", "uint8"), ("ENVI", "dat", "float64")],
)
def test_a_type_is_that_of_the_file(mutirao, tmp_path, driver, ending, dtype):
    path = tmp_path / f"m_2020.{ending}"
    write(path, classes(7).astype(dtype), driver=driver, nodata=9)
    agreed = contract(tmp_path, {"nodata": 9, "classes": {"allowed": CLASSES}}, [{"check": "dtype", "allowed": "uint8"}])
    said = check(mutirao, [path], agreed, "--period", "2020", "--cache", tmp_path / "cache", code=None)
    with rasterio.open(path) as raster:
        assert (said["facts"]["files"][0]["dtype"], said["facts"]["files"][0]["nodata"]) == (raster.dtypes[0], "9")
    assert rule(said, "dtype")["outcome"] == ("kept" if dtype == "uint8" else "broken")
    assert [finding["measured"] for finding in found(said, "dtype")] == ([] if dtype == "uint8" else [dtype])
