//! Virtual rasters (GDAL's VRT) over files of a release: periods as bands, and sheets as one mosaic.
//!
//! Paths are relative to the VRT's own folder, with `/` between their parts. GDAL 3.6 and later open them.

use mutirao_core::raster::{DType, GeoTransform};

use crate::aux_xml::categories;
use crate::xml::escape;

/// What all bands of a virtual raster share.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Type of the samples.
    pub dtype: DType,
    /// Columns and rows of a tile of the files below, which readers had better follow.
    pub tile: u32,
    /// Where the pixels lie.
    pub transform: GeoTransform,
    /// The CRS as WKT.
    pub crs_wkt: String,
    /// The nodata value; also what stands where no file is.
    pub nodata: Option<i32>,
    /// Red, green, blue of each value from 0 on.
    pub palette: Option<Vec<[u8; 3]>>,
    /// Names of the values from 0 on; may be empty.
    pub category_names: Vec<Option<String>>,
}

/// One period of [`periods`]: band 1 of a file as large as the frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodBand {
    /// The file, relative to the VRT.
    pub path: String,
    /// The band's description: the period.
    pub description: String,
}

/// One file of [`mosaic`] and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The file, relative to the VRT.
    pub path: String,
    /// Column of its upper left pixel in the mosaic.
    pub col: u32,
    /// Row of its upper left pixel in the mosaic.
    pub row: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// A VRT with a band for every period, in the order given.
pub fn periods(frame: &Frame, periods: &[PeriodBand]) -> String {
    let bands = periods.iter().zip(1..).map(|(period, number)| {
        let whole = Sheet { path: period.path.clone(), col: 0, row: 0, width: frame.width, height: frame.height };
        frame.band(number, &period.description, &frame.source(1, &whole))
    });
    frame.dataset(bands)
}

/// A VRT that puts sheets side by side: as many bands as there are descriptions (empty ones are left out), each band out
/// of the same band of every sheet.
pub fn mosaic(frame: &Frame, band_descriptions: &[String], sheets: &[Sheet]) -> String {
    let bands = band_descriptions.iter().zip(1..).map(|(description, number)| {
        let sources: String = sheets.iter().map(|sheet| frame.source(number, sheet)).collect();
        frame.band(number, description, &sources)
    });
    frame.dataset(bands)
}

impl Frame {
    fn dataset(&self, bands: impl Iterator<Item = String>) -> String {
        let t = self.transform.0.map(|number| number.to_string()).join(", ");
        format!(
            "<VRTDataset rasterXSize=\"{}\" rasterYSize=\"{}\">\n  <SRS>{}</SRS>\n  <GeoTransform>{t}</GeoTransform>\n{}</VRTDataset>\n",
            self.width,
            self.height,
            escape(&self.crs_wkt),
            bands.collect::<String>(),
        )
    }

    fn data_type(&self) -> &'static str {
        match self.dtype {
            DType::Uint8 => "Byte",
            DType::Uint16 => "UInt16",
            DType::Int16 => "Int16",
        }
    }

    fn band(&self, number: usize, description: &str, sources: &str) -> String {
        let (data_type, tile) = (self.data_type(), self.tile);
        let mut band = format!(
            "  <VRTRasterBand dataType=\"{data_type}\" band=\"{number}\" blockXSize=\"{tile}\" blockYSize=\"{tile}\">\n"
        );
        if !description.is_empty() {
            band.push_str(&format!("    <Description>{}</Description>\n", escape(description)));
        }
        if let Some(nodata) = self.nodata {
            band.push_str(&format!("    <NoDataValue>{nodata}</NoDataValue>\n"));
        }
        band.push_str(&self.colours());
        band.push_str(&categories(&self.category_names, "    "));
        band.push_str(sources);
        band.push_str("  </VRTRasterBand>\n");
        band
    }

    /// The colour table up to its last colour; nodata is transparent, as GDAL has it for GeoTIFF.
    fn colours(&self) -> String {
        let Some(palette) = &self.palette else { return String::new() };
        let used = palette.iter().rposition(|colour| *colour != [0; 3]).map_or(1, |last| last + 1);
        let mut text = "    <ColorInterp>Palette</ColorInterp>\n    <ColorTable>\n".to_owned();
        for ([red, green, blue], value) in palette.iter().take(used).zip(0..) {
            let alpha = if self.nodata == Some(value) { 0 } else { 255 };
            text.push_str(&format!("      <Entry c1=\"{red}\" c2=\"{green}\" c3=\"{blue}\" c4=\"{alpha}\"/>\n"));
        }
        text.push_str("    </ColorTable>\n");
        text
    }

    /// One band of one file. Its properties are stated, so that readers open no file before they need it.
    fn source(&self, band: usize, sheet: &Sheet) -> String {
        let Sheet { path, col, row, width, height } = sheet;
        let (path, data_type, tile) = (escape(path), self.data_type(), self.tile);
        format!(
            "    <SimpleSource>\n      <SourceFilename relativeToVRT=\"1\">{path}</SourceFilename>\n      \
             <SourceBand>{band}</SourceBand>\n      \
             <SourceProperties RasterXSize=\"{width}\" RasterYSize=\"{height}\" DataType=\"{data_type}\" \
             BlockXSize=\"{tile}\" BlockYSize=\"{tile}\"/>\n      \
             <SrcRect xOff=\"0\" yOff=\"0\" xSize=\"{width}\" ySize=\"{height}\"/>\n      \
             <DstRect xOff=\"{col}\" yOff=\"{row}\" xSize=\"{width}\" ySize=\"{height}\"/>\n    </SimpleSource>\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        Frame {
            width: 100,
            height: 50,
            dtype: DType::Uint8,
            tile: 512,
            transform: GeoTransform([405000.0, 30.0, 0.0, 180000.5, 0.0, -30.0]),
            crs_wkt: "PROJCS[\"a & b\"]".to_owned(),
            nodata: Some(0),
            palette: Some(vec![[0, 0, 0], [1, 2, 3], [0, 0, 0]]),
            category_names: vec![None, Some("Forest".to_owned())],
        }
    }

    #[test]
    fn periods_are_bands_in_order() {
        let bands = ["1985", "2020 <new>"].map(|period| PeriodBand {
            path: format!("coverage/{}.tif", &period[..4]),
            description: period.to_owned(),
        });
        let text = periods(&frame(), &bands);
        assert!(text.contains("<GeoTransform>405000, 30, 0, 180000.5, 0, -30</GeoTransform>"));
        assert!(text.contains("PROJCS[&quot;a &amp; b&quot;]"));
        assert!(text.contains("<Description>2020 &lt;new&gt;</Description>"));
        assert_eq!(text.matches("<SourceBand>1</SourceBand>").count(), 2);
        assert_eq!(text.matches("<Entry ").count(), 4);
        assert!(text.contains("c1=\"0\" c2=\"0\" c3=\"0\" c4=\"0\""));
    }

    #[test]
    fn sheets_keep_their_place_in_every_band() {
        let sheet =
            |col: u32| Sheet { path: format!("2020/{col}_0.tif"), col: col * 64, row: 0, width: 36, height: 50 };
        let text = mosaic(&frame(), &["source".to_owned(), "rule".to_owned()], &[sheet(0), sheet(1)]);
        assert_eq!(text.matches("<SourceBand>2</SourceBand>").count(), 2);
        assert_eq!(text.matches("<DstRect xOff=\"64\" yOff=\"0\" xSize=\"36\" ySize=\"50\"/>").count(), 2);
    }
}
