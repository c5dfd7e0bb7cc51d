"""What became of what: python change.py [RELEASE] [FROM] [TO]"""

import sys

import pandas

release = sys.argv[1] if len(sys.argv) > 1 else "out/arauna/2026.1"
before, after = sys.argv[2:4] if len(sys.argv) > 3 else ("2019", "2020")
table = pandas.read_parquet(f"{release}/transitions.parquet")
names = pandas.read_csv(f"{release}/legend.csv", index_col="id")["name"]

whole = table[(table.territory_kind == "coverage") & (table.period_from == before) & (table.period_to == after)]
# Staying the same is a transition too.
changed = whole[whole.class_from != whole.class_to].sort_values("area_ha", ascending=False)
print(f"{changed.area_ha.sum() / whole.area_ha.sum():.2%} of the area changed its class; the largest changes:")
for row in changed.head(5).itertuples():
    was, became = (names.get(number, "(nothing)") for number in (row.class_from, row.class_to))
    print(f"{row.area_ha:8,.1f} ha  {was} -> {became}")
