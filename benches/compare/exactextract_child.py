"""The peer of areas.py, a process of its own: python exactextract_child.py RASTER DISTRICTS OUT"""

from __future__ import annotations

import csv
import sys

import geopandas
from exactextract import exact_extract


def main(raster: str, districts: str, out: str) -> None:
    features = exact_extract(raster, geopandas.read_file(districts), ["unique", "frac", "count"], include_cols=["did"])
    with open(out, "w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines)
        table.writerow(["did", "class", "pixels"])
        for feature in features:
            facts = feature["properties"]
            for klass, share in zip(facts["unique"], facts["frac"], strict=True):
                table.writerow([facts["did"], int(klass), share * facts["count"]])


if __name__ == "__main__":
    main(*sys.argv[1:])
