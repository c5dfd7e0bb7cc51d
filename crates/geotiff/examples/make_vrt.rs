//! Writes the texts that go beside a file of `make_cog`: `make_vrt FOLDER WKT_FILE A.tif B.tif` puts `periods.vrt` (the
//! two files, of the same size, as bands), `mosaic.vrt` (B right of A) and `A.tif.aux.xml` into FOLDER.

use mutirao_core::raster::RasterSource;
use mutirao_geotiff::vrt::{Frame, PeriodBand, Sheet, mosaic, periods};
use mutirao_geotiff::{GeoTiff, aux_xml};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, wkt, first, second] = &arguments[..] else { return Err("four arguments are needed".into()) };
    let folder = std::path::Path::new(folder);
    let tiff = GeoTiff::open(&folder.join(first))?;
    let facts = tiff.facts();
    let names: Vec<_> = (0..60).map(|v| (v % 2 == 1).then(|| format!("class <{v}> & é"))).collect();
    let mut frame = Frame {
        width: facts.width,
        height: facts.height,
        dtype: facts.dtype,
        tile: facts.block_width,
        transform: facts.transform.ok_or("no transform")?,
        crs_wkt: std::fs::read_to_string(wkt)?,
        nodata: facts.nodata,
        palette: facts.palette.clone(),
        category_names: names.clone(),
    };
    let bands = [first, second].map(|path| PeriodBand { path: path.clone(), description: format!("period {path}") });
    std::fs::write(folder.join("periods.vrt"), periods(&frame, &bands))?;
    std::fs::write(folder.join(format!("{first}.aux.xml")), aux_xml(&names))?;
    let sheet =
        |path: &String, col| Sheet { path: path.clone(), col, row: 0, width: facts.width, height: facts.height };
    frame.width = 2 * facts.width + 10;
    let descriptions: Vec<_> = (0..facts.bands).map(|band| format!("band {band}")).collect();
    let sheets = [sheet(first, 0), sheet(second, facts.width)];
    std::fs::write(folder.join("mosaic.vrt"), mosaic(&frame, &descriptions, &sheets))?;
    Ok(())
}
