"""Whose word stands at a place, by which rule, out of which file: python provenance_of_a_pixel.py [RELEASE] [PERIOD] [X] [Y]"""

import sys

import pandas
import rasterio

release = sys.argv[1] if len(sys.argv) > 1 else "out/arauna/2026.1"
period = sys.argv[2] if len(sys.argv) > 2 else "2020"
x, y = (float(number) for number in sys.argv[3:5]) if len(sys.argv) > 4 else (627645, 204165)

with rasterio.open(f"{release}/coverage/{period}.tif") as coverage:
    (code,) = next(coverage.sample([(x, y)]))
with rasterio.open(f"{release}/provenance/{period}.tif") as provenance:
    source, rule, part = next(provenance.sample([(x, y)]))

sources = pandas.read_parquet(f"{release}/sources.parquet").set_index("source")
inputs = pandas.read_parquet(f"{release}/inputs.parquet")
print("class ", code)
print("rule  ", rule, "itself" if part == 0 else f"by its exception {part}")
if source:
    print("source", sources.layer[source], "/", sources.member[source], "of", sources.partner_name[source])
    for row in inputs[(inputs.source == source) & (inputs.period == period)].itertuples():
        print("file  ", row.path.rsplit("/", 1)[-1], "sha256", row.sha256[:12], "...")
