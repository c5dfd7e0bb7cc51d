"""`report/index.html` of a release: a page that stands on its own, whose links resolve and whose numbers are those of the tables."""

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import rasterio
import yaml

from networks import Release, publish

VOID = {"meta", "link", "img", "br", "rect"}


class Page(HTMLParser):
    """A page as a list of elements, with what is wrong about it."""

    def __init__(self, path: Path):
        super().__init__(convert_charrefs=True)
        self.path, self.elements, self.open, self.wrong, self.texts = path, [], [], [], {}
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        self.wrong += [f"{tag} is never closed" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if len({name for name, _ in attrs}) < len(attrs):
            self.wrong.append(f"{tag} has an attribute twice")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        # Of `svg > rect > title` the rect is open, too.
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_data(self, data):
        self.texts.setdefault(self.open[-1] if self.open else "", []).append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


def tables(page: Page) -> dict[str, list[list[str]]]:
    """The cells of each table, by the id of its section; later tables of a section have a number behind it."""
    text = page.path.read_text(encoding="utf-8")
    found = {}
    for section in re.findall(r'<section id="(\w+)">.*?(?=<section id=|</main>)', text, re.S):
        body = re.search(rf'<section id="{section}">(.*?)(?=<section id=|</main>)', text, re.S)[1]
        for number, table in enumerate(re.findall(r"<table.*?</table>", body, re.S)):
            rows = re.findall(r"<tr>(.*?)</tr>", table, re.S)
            cells = [[plain(cell) for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.S)] for row in rows]
            found[section if number == 0 else f"{section}{number}"] = cells
    return found


def plain(html: str) -> str:
    text = HTMLParser(convert_charrefs=True)
    parts = []
    text.handle_data = parts.append
    text.feed(re.sub(r"<title>.*?</title>", "", html))
    text.close()
    return " ".join("".join(parts).split())


def number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-").replace("+", "").replace("%", "").replace("<", "").strip())


@pytest.fixture(scope="module")
def page(demo):
    return Page(demo / "report/index.html")


def check_page(page: Page):
    assert not page.wrong
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for tag, attrs in page.elements:
        # What `default-src 'self'` forbids.
        assert "style" not in attrs and not [name for name in attrs if name.startswith("on")], (tag, attrs)
        assert tag not in ("style", "iframe", "object", "embed", "base", "form")
        for name in ("href", "src"):
            address = attrs.get(name)
            if address is None:
                continue
            if address.startswith(("http://", "https://")):
                assert tag == "a", "nothing is fetched from elsewhere"
            elif address.startswith("#"):
                assert address[1:] in ids, address
            else:
                assert (page.path.parent / address).is_file(), address
    for script in page.all("script"):
        assert script.get("src") == "map.js"
    assert "http" not in (page.path.parent / "style.css").read_text(encoding="utf-8")
    assert "url(" not in (page.path.parent / "map.css").read_text(encoding="utf-8")


def test_the_page_stands_on_its_own(page):
    check_page(page)
    assert page.all("html") == [{"lang": "en"}] and len(page.all("h1")) == 1
    assert (page.path.parent / "map.js").stat().st_size < 600_000
    assert "OpenLayers" in (page.path.parent / "LICENSES.txt").read_text(encoding="utf-8")
    assert all("alt" in image for image in page.all("img"))


def test_areas_are_those_of_the_table(page, demo):
    release = Release(demo)
    sums = release.query(
        "select period, class, sum(area_ha) from {areas} where territory_kind = 'coverage' group by all order by 1, 2"
    )
    names = {str(row[0]): row[1] for row in release.query(f"select id, name from read_csv('{demo}/legend.csv')")}
    shown = {row[0]: row for row in tables(page)["areas"][1:]}
    assert shown.keys() - {"In all", "nothing"} == {names[str(klass)] for _, klass, _ in sums if klass}
    for period, klass, area in sums:
        row = shown[names.get(str(klass), "nothing")]
        cell = number(row[2 if period == "2019" else 3])
        assert cell == pytest.approx(area, abs=0.51 if area >= 10 else 0.0051), (period, klass)
    whole = sum(area for period, _, area in sums if period == "2020")
    assert number(shown["In all"][3]) == pytest.approx(whole, abs=0.51)


def test_territories_and_sources_are_those_of_the_table(page, demo):
    release = Release(demo)
    areas = release.query(
        "select territory_name, sum(area_ha) from {areas} where territory_kind = 'municipality' and period = '2020' group by 1"
    )
    # The key stands behind the name.
    shown = {row[0].removesuffix(row[0].split()[-1]).strip() if row[0] != "in none" else row[0]: number(row[1]) for row in tables(page)["territories"][1:]}
    assert len(shown) == len(areas) == 13
    for name, area in areas:
        assert shown[name or "in none"] == pytest.approx(area, abs=0.51)
    assert list(shown.values()) == sorted(shown.values(), reverse=True)
    won = release.query("select source, sum(pixels) from {areas} where territory_kind = 'coverage' group by 1 order by 1")
    rows = tables(page)["sources"][1:]
    assert [number(row[3]) for row in rows] == [pixels for _, pixels in won[1:]] + [won[0][1]]


def test_agreement_is_that_of_the_raster(page, demo):
    for row in tables(page)["agreement"][1:]:
        with rasterio.open(demo / f"agreement/{row[0]}.tif") as raster:
            speak, same, top = raster.read().astype(int)
        inside = speak != 255
        several = inside & (speak > 1)
        cases = [
            several & (same == speak),
            several & (same != speak) & (top == speak),
            several & (top != speak),
            inside & (speak == 1),
            inside & (speak == 0),
        ]
        # Pixels have nearly the same area everywhere on this grid.
        shares = [100 * np.count_nonzero(case) / np.count_nonzero(inside) for case in cases]
        assert [number(cell) for cell in row[2:7]] == pytest.approx(shares, abs=0.11)
        assert sum(number(cell) for cell in row[2:7]) == pytest.approx(100, abs=0.3)


def test_changes_are_those_of_the_table(page, demo):
    release = Release(demo)
    sums = release.query(
        f"select class_from, class_to, sum(area_ha) from '{demo}/transitions.parquet' "
        "where territory_kind = 'coverage' group by all order by 3 desc"
    )
    changes = [area for before, after, area in sums if before != after]
    rows = tables(page)["transitions"][1:]
    assert [number(row[2]) for row in rows] == pytest.approx(changes[: len(rows)], abs=0.51)
    said = re.search(r"<p>([\d,]+) hectares changed", page.path.read_text(encoding="utf-8"))
    assert number(said[1]) == pytest.approx(sum(changes), abs=0.51)
    matrix = tables(page)["transitions1"]
    total = sum(number(cell) for row in matrix[1:] for cell in row[1:] if cell)
    assert total == pytest.approx(sum(area for *_, area in sums), rel=1e-3)


HOSTILE = "<script>alert('1')</script> \"&amp; \u202eabc שלום <img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def hostile(mutirao, root, tmp_path_factory):
    """The demo with names that would do harm in a page that does not escape them."""
    demo = root / "pipelines/demo"
    folder = tmp_path_factory.mktemp("hostile") / "demo"
    shutil.copytree(demo, folder)
    for contract in folder.glob("contracts/*"):
        text = contract.read_text(encoding="utf-8").replace("../../fixtures", str(root / "fixtures"))
        contract.write_text(text, encoding="utf-8")
    network = yaml.safe_load((demo / "pipeline.yaml").read_text(encoding="utf-8").replace("../../fixtures", str(root / "fixtures")))
    network |= {"title": HOSTILE, "citation": HOSTILE, "contact": HOSTILE, "version": "1", "license": "CC0-1.0"}
    for partner in network["partners"].values():
        partner |= {"name": HOSTILE, "attribution": HOSTILE, "url": "javascript:alert(1)"}
    network["layers"]["urban"]["version"] = HOSTILE
    legend = (folder / "legend.csv").read_text(encoding="utf-8").splitlines()
    quoted = HOSTILE.replace('"', '""')
    (folder / "legend.csv").write_text("\n".join(f'{line},"{quoted}"' if at else f"{line},description" for at, line in enumerate(legend)).replace("Pasture", "<b onclick=alert(1)>Pasture"), encoding="utf-8")
    (folder / "pipeline.yaml").write_text(yaml.safe_dump(network, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return publish(mutirao, folder / "pipeline.yaml").folder


def test_hostile_names_stay_text(hostile):
    page = Page(hostile / "report/index.html")
    check_page(page)
    assert len(page.all("script")) == 1 and not page.all("b")
    assert all(image["src"].startswith("../preview/") for image in page.all("img"))
    assert not [attrs for attrs in page.all("a") if "javascript" in attrs["href"]]
    assert HOSTILE in "".join(page.texts["bdi"])
    # What may turn the direction of writing stands alone, so that it turns nothing else.
    for tag, texts in page.texts.items():
        assert tag in ("bdi", "title") or not [text for text in texts if "\u202e" in text], tag


@pytest.mark.parametrize("release", ["demo", "hostile"])
def test_html_validate_finds_nothing(request, release):
    npx = shutil.which("npx")
    if npx is None:
        pytest.skip("npx is not here")
    judge = [npx, "--yes", "html-validate@9"]
    if subprocess.run([*judge, "--version"], capture_output=True).returncode != 0:
        pytest.skip("html-validate cannot be had")
    page = request.getfixturevalue(release) / "report/index.html"
    done = subprocess.run([*judge, str(page)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
