// Builds map.js, map.css and LICENSES.txt beside this file: `npm ci && npm run build`.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const read = (name) => readFileSync(join(here, name), "utf8");

// What is replaced in geotiff.js, and by what.
const ours = { "compression/index.js": "decoders.js", "pool.js": "pool.js" };
const replace = {
  name: "replace",
  setup: ({ onLoad }) =>
    onLoad({ filter: /geotiff\/dist-module\/(compression\/index|pool)\.js$/ }, ({ path }) => ({
      contents: read(ours[path.split("/dist-module/")[1]]),
      resolveDir: dirname(path),
    })),
};

const { metafile } = await build({
  entryPoints: [join(here, "source.js")],
  outfile: join(here, "map.js"),
  absWorkingDir: here,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  banner: { js: "/* Built from the packages listed in LICENSES.txt; see the project's crates/cli/src/release/report/map/README.md. */" },
  plugins: [replace],
  metafile: true,
});
const css = await build({ entryPoints: [join(here, "node_modules/ol/ol.css")], bundle: true, minify: true, write: false });
writeFileSync(join(here, "map.css"), css.outputFiles[0].text);

const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
  Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path));
const packages = [...new Set(used.map((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean))].sort();
const licence = (name) => {
  const { version, license } = JSON.parse(read(`node_modules/${name}/package.json`));
  const text = ["LICENSE", "LICENSE.md", "LICENSE.txt", "license"].map((file) => { try { return read(`node_modules/${name}/${file}`); } catch { return ""; } }).find(Boolean);
  if (!text) throw new Error(`no licence beside ${name}`);
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
};
writeFileSync(join(here, "LICENSES.txt"), `map.js is built from these packages.\n\n${packages.map(licence).join(`\n${"-".repeat(80)}\n\n`)}`);
