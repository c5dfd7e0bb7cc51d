//! Which file is which, and how to open it.

use crate::release::{
    Content,
    texts::markdown::{code, table},
};

/// What may stand in a release, in the order in which readers look for it: a file's name, or a folder with `/`, and what it is.
const KNOWN: [(&str, &str); 19] = [
    (
        "coverage/",
        "the map, one class a pixel: `<period>.tif` with its colours and names; `.qml` and `.sld` are the styles for QGIS and map servers",
    ),
    ("report/", "the release as a page: open `report/index.html` in a browser; no network is needed"),
    ("coverage.vrt", "all periods as the bands of one raster"),
    (
        "preview/",
        "a picture of every period with its legend; `findings/` shows where the checks of the layers found something",
    ),
    (
        "legend.csv",
        "the classes: `id,parent,name,color`, further columns as the network wrote them, and the tree as `level`, `level_1`, `level_2`...",
    ),
    ("areas.csv", "areas by period, territory and class, for spreadsheets"),
    ("areas.parquet", "the same by source and rule too, for programs"),
    ("transitions.parquet", "what became of every class between two periods, by territory"),
    ("territories.parquet", "the territories that areas are counted by, with outlines (GeoParquet)"),
    ("coverage.parquet", "the map as polygons (GeoParquet)"),
    ("provenance/", "whose word stands at every pixel: source, rule and part of the rule"),
    ("agreement/", "how many layers speak at every pixel, and how many say the same"),
    ("sources.parquet", "the numbers of sources: layer, partner, version, licence, credit"),
    ("inputs.parquet", "every file that was read, with its sha256 and what was done to it"),
    ("qa.parquet", "what the contracts of the layers asked for and what came of it, rule by rule, with places"),
    ("pipeline.yaml", "the agreement that made the map: layers, rules, grid, as it was run"),
    ("stac/", "the release for catalogues: a STAC collection, and an item for each period"),
    ("CITATION.cff", "how to cite it, for programs"),
    ("manifest.json", "every file of this folder with its sha256, and what it was made from"),
];

/// The section; `files` are those written so far, to which the report, the catalogue and the manifest are added.
pub(super) fn files(files: &[String], content: &Content<'_>) -> String {
    let is_there = |name: &str| {
        // What tells of all files comes after this text.
        ["manifest.json", "report/", "stac/"].contains(&name)
            || files.iter().any(|file| file == name || (name.ends_with('/') && file.starts_with(name)))
    };
    let mut rows = vec![["file", "what it is"].map(str::to_owned).to_vec()];
    rows.extend(
        KNOWN.iter().filter(|(name, _)| is_there(name)).map(|(name, what)| vec![code(name), (*what).to_owned()]),
    );
    let sheets = if content.outcomes.sheets.len() > 1 {
        "\nThe rasters are large and cut into sheets: `<period>.vrt` puts the files of a period together; sheets without a class \
         are left out.\n"
    } else {
        ""
    };
    format!("## Files\n\n{}{sheets}\n{}", table(&rows, 2), opening(content))
}

fn opening(content: &Content<'_>) -> String {
    let last = content.plan.periods.last().map_or("", String::as_str);
    let ending = if content.outcomes.sheets.len() == 1 { "tif" } else { "vrt" };
    // A label is a file's name here already, but quotes might stand in it.
    let path = format!("coverage/{last}.{ending}").replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "## How to open them\n\n\
         - **QGIS**: drag a file of `coverage/` into the window; names and colours come with it. Parquet opens there too.\n\
         - **Excel, LibreOffice**: `areas.csv` by a double click; where columns do not come apart (a country of decimal commas), \
         by *Data > From text*, UTF-8, separated by commas, decimal point. A name that looks like a formula has an apostrophe \
         before it.\n\
         - **Python**:\n\n\
         ```python\n\
         import pandas, rasterio\n\
         with rasterio.open(\"{path}\") as raster:\n    \
             classes = raster.read(1)              # {nodata} is nothing\n\
         areas = pandas.read_csv(\"areas.csv\", dtype={{\"period\": str, \"territory\": str}})\n\
         ```\n\n\
         - **R**:\n\n\
         ```r\n\
         classes <- terra::rast(\"{path}\")\n\
         areas <- read.csv(\"areas.csv\", fileEncoding = \"UTF-8-BOM\")\n\
         ```\n\n\
         - **SQL** (DuckDB): `select * from 'areas.parquet' where territory_kind = 'coverage'`\n\n\
         Whether the files are those that were published: `mutirao verify <this folder>`. Why a pixel is what it is: \
         `mutirao explain <this folder> <longitude> <latitude>`.\n",
        nodata = content.pipeline.outputs.nodata,
    )
}
