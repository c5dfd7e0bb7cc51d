"""GDAL's commands: those of 3.12 and later, and those of before (Debian's), which have no zonal statistics."""

from __future__ import annotations

import subprocess
from pathlib import Path


def gdal_at(path: Path) -> Modern | Classic:
    """`gdal` of GDAL 3.12 or later; or, of a folder, the programs of before that are in it."""
    return Classic(path) if path.is_dir() else Modern(path)


def options(word: str, names: list[str]) -> list[str]:
    return [part for name in names for part in (word, name)]


class Modern:
    """One program, `gdal`."""

    has_zones = True

    def __init__(self, program: Path):
        self.raster = [program, "raster"]
        self.program = program

    def version(self) -> str:
        return said(self.program, "--version").split(",")[0]

    def warp(self, source: Path, out: Path, crs: str, place: Place, error: float) -> list:
        """A VRT of a raster in another CRS, nearest neighbour."""
        command = [*self.raster, "reproject", "--of", "VRT", "--dst-crs", crs, *self.place(place), "-r", "nearest"]
        return [*command, "--et", error, source, out]

    def mosaic(self, files: list[Path], out: Path, place: Place) -> list:
        """A VRT of which the last file prevails; 0 is nothing."""
        return [*self.raster, "mosaic", "--of", "VRT", "--src-nodata", 0, "--dst-nodata", 0, *self.place(place), *files, out]

    def convert(self, source: Path, out: Path, driver: str, creation: list[str]) -> list:
        return [*self.raster, "convert", "--overwrite", "--of", driver, *options("--co", creation), source, out]

    def histogram(self, raster: Path) -> list:
        """JSON on standard output."""
        return [*self.raster, "info", "--hist", raster]

    def zones(self, raster: Path, zones: Path, field: str, out: Path) -> list:
        """Pixels by value in every polygon, by their centres, as GeoJSON."""
        statistics = ["--stat", "unique", "--stat", "frac", "--stat", "count", "--include-field", field]
        command = [*self.raster, "zonal-stats", "--zones", zones, *statistics, "--strategy", "feature"]
        return [*command, "-f", "GeoJSON", "--overwrite", raster, out]

    def polygonize(self, raster: Path, out: Path) -> list:
        """4-connected polygons into a GeoPackage without spatial index."""
        return [*self.raster, "polygonize", "-f", "GPKG", "--lco", "SPATIAL_INDEX=NO", raster, out]

    def polygonize_in_memory(self, raster: Path) -> list | None:
        """The same, written nowhere."""
        return [*self.raster, "polygonize", "-f", "MEM", raster, "nowhere"]

    @staticmethod
    def place(place: Place) -> list:
        return ["--bbox", ",".join(map(repr, place[0])), "--resolution", ",".join(map(repr, place[1]))]


class Classic:
    """A program for each thing."""

    has_zones = False

    def __init__(self, folder: Path):
        self.folder = folder

    def version(self) -> str:
        return said(self.folder / "gdalinfo", "--version").split(",")[0]

    def warp(self, source: Path, out: Path, crs: str, place: Place, error: float) -> list:
        command = [self.folder / "gdalwarp", "-q", "-overwrite", "-of", "VRT", "-t_srs", crs, *self.place(place)]
        return [*command, "-r", "near", "-et", error, source, out]

    def mosaic(self, files: list[Path], out: Path, place: Place) -> list:
        command = [self.folder / "gdalbuildvrt", "-q", "-overwrite", "-resolution", "user", "-srcnodata", 0, "-vrtnodata", 0]
        return [*command, *self.place(place), out, *files]

    def convert(self, source: Path, out: Path, driver: str, creation: list[str]) -> list:
        return [self.folder / "gdal_translate", "-q", "-of", driver, *options("-co", creation), source, out]

    def histogram(self, raster: Path) -> list:
        return [self.folder / "gdalinfo", "-json", "-hist", raster]

    def polygonize(self, raster: Path, out: Path) -> list:
        command = [self.folder / "gdal_polygonize.py", "-q", raster, "-f", "GPKG", "-lco", "SPATIAL_INDEX=NO"]
        return [*command, out, "polygonize", "DN"]

    def polygonize_in_memory(self, raster: Path) -> list | None:
        return None

    @staticmethod
    def place(place: Place) -> list:
        return ["-te", *map(repr, place[0]), "-tr", *map(repr, place[1])]


# Left, bottom, right, top; and the resolution in x and y.
Place = tuple[tuple[float, ...], tuple[float, float]]


def said(*command: object) -> str:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout.strip()
