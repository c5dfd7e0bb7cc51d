// The map of report/index.html: the coverage's COGs where a server answers range requests, else the page stays as it is.
import Map from "ol/Map.js";
import View from "ol/View.js";
import Projection from "ol/proj/Projection.js";
import GeoTIFF from "ol/source/GeoTIFF.js";
import WebGLTileLayer from "ol/layer/WebGLTile.js";
import ScaleLine from "ol/control/ScaleLine.js";
import Zoom from "ol/control/Zoom.js";
import { defaults } from "ol/interaction/defaults.js";

const figure = document.getElementById("map");
const facts = figure && JSON.parse(figure.dataset.map);

/** Whether the server sends a part of a file where a part is asked for: a COG is read by such parts. */
async function answersRanges(url) {
  try {
    const response = await fetch(url, { headers: { Range: "bytes=0-15" } });
    await response.body?.cancel();
    return response.status === 206;
  } catch {
    return false;
  }
}

/** Whether the browser draws with WebGL, which the map is painted by. */
function paints() {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") ?? canvas.getContext("webgl"));
}

/** The colour of each class, and nothing for all that is no class. */
function style({ classes }) {
  const nothing = [0, 0, 0, 0];
  const last = Math.max(...classes.map(([id]) => id));
  if (last < 256) {
    const palette = Array.from({ length: 256 }, () => nothing);
    for (const [id, color] of classes) palette[id] = color;
    return { color: ["palette", ["band", 1], palette] };
  }
  return { color: ["match", ["band", 1], ...classes.flatMap(([id, color]) => [id, ["color", ...rgb(color)]]), ["color", 0, 0, 0, 0]] };
}

function rgb(color) {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}

function layerOf(url, projection) {
  const source = new GeoTIFF({
    sources: [{ url, bands: [1], nodata: facts.nodata }],
    projection,
    normalize: false,
    interpolate: false,
    transition: 0,
  });
  return new WebGLTileLayer({ source, style: style(facts), visible: false });
}

function button(text, pressed, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.setAttribute("aria-pressed", String(pressed));
  made.addEventListener("click", act);
  return made;
}

function show() {
  const { extent, units, metres, periods } = facts;
  const projection = new Projection({ code: "coverage", units, metersPerUnit: metres, extent });
  const target = document.createElement("div");
  target.className = "map-target";
  target.tabIndex = 0;
  target.setAttribute("role", "application");
  target.setAttribute("aria-label", "Map: arrow keys move it, plus and minus zoom");
  const says = document.createElement("output");
  says.textContent = "Click the map, then drag and zoom; a click tells the class of a pixel.";
  const choices = document.createElement("div");
  choices.className = "choices";
  choices.setAttribute("role", "group");
  choices.setAttribute("aria-label", "Period");
  // The still picture is hidden, and comes back should the map fail.
  const still = [...figure.children];
  figure.prepend(choices, target, says);
  figure.classList.add("live");

  const layers = periods.map(({ files }) => files.map((url) => layerOf(url, projection)));
  const map = new Map({
    target,
    layers: layers.flat(),
    controls: [new Zoom(), new ScaleLine()],
    // Before it is clicked it lets the page scroll.
    interactions: defaults({ onFocusOnly: true }),
    view: new View({ projection, extent, showFullExtent: true, constrainOnlyCenter: true, center: [0, 1].map((axis) => (extent[axis] + extent[axis + 2]) / 2), zoom: 0 }),
  });
  map.getView().fit(extent, { size: map.getSize() });
  for (const layer of layers.flat()) {
    layer.getSource().on("change", () => {
      if (layer.getSource().getState() === "error") {
        for (const part of [choices, target, says]) part.remove();
        for (const part of still) part.hidden = false;
        figure.classList.remove("live");
      }
    });
  }
  const choose = (at) => {
    layers.forEach((own, index) => own.forEach((layer) => layer.setVisible(index === at)));
    [...choices.children].forEach((child, index) => child.setAttribute("aria-pressed", String(index === at)));
  };
  periods.forEach(({ label }, at) => choices.append(button(label, false, () => choose(at))));
  choose(periods.length - 1);
  map.on("click", ({ pixel }) => {
    const shown = layers.flat().filter((layer) => layer.getVisible());
    const value = shown.map((layer) => layer.getData(pixel)?.[0]).find((value) => value !== undefined && value !== facts.nodata);
    const found = facts.classes.find(([id]) => id === value);
    says.textContent = found ? `${found[2]} (${found[0]})` : "Nothing stands here.";
  });
}

const canShow = facts?.periods[0]?.files.length && location.protocol.startsWith("http") && paints();
if (canShow) answersRanges(facts.periods[0].files[0]).then((does) => does && show());
