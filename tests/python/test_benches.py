"""The parts of the benches that decide: ratios, verdicts, and the pipelines that are compared."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml
from affine import Affine

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benches/compare"))

import areas
import periods
import variants
from equality import Unequal, same_counts
from generate import VARIANTS, pipeline
from measure import Cost, Spread, ratios
from report import Goal, Row, Section, at_least, at_most, document

TEXT = pipeline(512, Affine(30, 0, 0, 0, -30, 0), *VARIANTS["pipeline"])


def test_ratios_are_of_pairs():
    ours, theirs = [Cost(1, 2), Cost(2, 2), Cost(4, 2)], [Cost(6, 4), Cost(6, 4), Cost(6, 4)]
    assert ratios(theirs, ours) == Spread(3, 1.5, 6)
    assert str(ratios(theirs, ours, "wall")) == "2.00 (2.00-2.00)"
    with pytest.raises(ValueError):
        ratios(theirs, ours[:2])


def test_a_goal_is_judged_by_the_median():
    assert at_least(1, "", 5, Spread(5, 1, 9)).met and not at_least(1, "", 5, Spread(4.99, 1, 9)).met
    assert at_most(2, "", 1.3, Spread(1.3, 1, 9)).met and not at_most(2, "", 1.3, Spread(1.31, 1, 9)).met


def test_what_is_missed_is_written_as_missed_and_goals_stand_in_their_order():
    goals = [Goal(8, "late", "<= 2", "3", False), Goal(1, "early", ">= 5", "-", None)]
    text = document("title", "machine", [Section("part", [Row("a way", [Cost(1, 1, 1)])], goals=goals)], "")
    assert "| 8. late | <= 2 | 3 | **missed** |" in text and "| 1. early | >= 5 | - | not measured |" in text
    assert text.index("1. early") < text.index("8. late") < text.index("### part")


def test_variants_change_what_they_say_and_nothing_else():
    whole = yaml.safe_load(TEXT)
    bare = yaml.safe_load(variants.without_territories(TEXT))
    assert whole.pop("territories") and bare == whole
    whole = yaml.safe_load(TEXT)
    fewer = yaml.safe_load(variants.without_layer(TEXT, "pasture"))
    moved = yaml.safe_load(variants.with_source(TEXT, "pasture", "other.tif"))
    assert moved["layers"]["pasture"] == {"partner": "themes", "source": "other.tif", "classes": [15]}
    whole["layers"].pop("pasture")
    moved["layers"].pop("pasture")
    assert fewer == whole == moved


def test_forty_periods_read_forty_files_a_layer():
    network = yaml.safe_load(periods.in_periods(TEXT))
    assert len(network["periods"]) == 40
    assert all("{period}" in layer["source"] for layer in network["layers"].values())


def test_counts_are_equal_or_refused():
    assert same_counts(Counter(a=1, b=2), Counter(a=1, b=2)) == 2
    with pytest.raises(Unequal):
        same_counts(Counter(a=1), Counter(a=1, b=2))


def test_covered_shares_may_differ_by_the_pixels_that_an_outline_touches():
    ours, touched = Counter({("D1", 3): 100}), {"D1": 5}
    assert "by 4.5 pixels at most" in areas.near(ours, {("D1", 3): 95.5}, touched)
    with pytest.raises(Unequal):
        areas.near(ours, {("D1", 3): 94.5}, touched)
