//! Styles beside the maps: the legend's names and colours, for programs that do not read them from the rasters.

use mutirao_core::legend::{Class, Legend};
use mutirao_engine::{Result, publish::Staging};
use mutirao_geotiff::escape_xml;

use super::Content;

/// Writes `coverage/<period>.qml` and `.sld` for every period, beside its raster or the VRT of its sheets.
pub(super) fn write(content: &Content<'_>, staging: &Staging) -> Result<()> {
    let legend = &content.pipeline.legend;
    let qml = qml(legend);
    for period in &content.plan.periods {
        staging.write(&format!("coverage/{period}.qml"), &qml)?;
        let title = format!("{} {period}", content.pipeline.title);
        staging.write(&format!("coverage/{period}.sld"), &sld(legend, period, &title))?;
    }
    Ok(())
}

/// A style for QGIS 3, which loads it by itself when it opens a raster of the same name: unique values, each with name and
/// colour. A value that is no class, and nodata, are not drawn.
fn qml(legend: &Legend) -> String {
    let entries: String = legend
        .classes()
        .iter()
        .map(|class| {
            let (id, label, colour) = (class.id, attribute(&class.name), hex(class));
            format!("        <paletteEntry value=\"{id}\" color=\"{colour}\" alpha=\"255\" label=\"{label}\"/>\n")
        })
        .collect();
    format!(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n\
         <qgis version=\"3.22.0\" styleCategories=\"Symbology\">\n  <pipe>\n    \
         <rasterrenderer type=\"paletted\" band=\"1\" alphaBand=\"-1\" opacity=\"1\" nodataColor=\"\">\n      \
         <rasterTransparency/>\n      <colorPalette>\n{entries}      </colorPalette>\n    </rasterrenderer>\n    \
         <brightnesscontrast brightness=\"0\" contrast=\"0\" gamma=\"1\"/>\n    \
         <huesaturation saturation=\"0\" grayscaleMode=\"0\" colorizeOn=\"0\"/>\n    \
         <rasterresampler maxOversampling=\"2\"/>\n  </pipe>\n  <blendMode>0</blendMode>\n</qgis>\n"
    )
}

/// A style for map servers: Styled Layer Descriptor 1.1 with Symbology Encoding 1.1 (OGC 05-078r4 and 05-077r4). Its only form
/// for colours by value is `Categorize`: a colour holds from its threshold, included, to the next one. So the classes are the
/// thresholds, and codes between them, which no map holds, have the colour of the class before. Names have no place of their
/// own and stand in the abstract.
fn sld(legend: &Legend, period: &str, title: &str) -> String {
    let steps: String = legend
        .classes()
        .iter()
        .map(|class| {
            let (id, colour) = (class.id, hex(class));
            format!(
                "                <se:Threshold>{id}</se:Threshold>\n                <se:Value>{colour}</se:Value>\n"
            )
        })
        .collect();
    let names: Vec<String> =
        legend.classes().iter().map(|class| format!("{} {}", class.id, escape_xml(&class.name))).collect();
    let (period, title, names) = (escape_xml(period), escape_xml(title), names.join("; "));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <StyledLayerDescriptor version=\"1.1.0\" xmlns=\"http://www.opengis.net/sld\" xmlns:se=\"http://www.opengis.net/se\">\n  \
         <NamedLayer>\n    <se:Name>{period}</se:Name>\n    <UserStyle>\n      <se:Name>{period}</se:Name>\n      \
         <se:CoverageStyle>\n        <se:Description>\n          <se:Title>{title}</se:Title>\n          \
         <se:Abstract>{names}</se:Abstract>\n        </se:Description>\n        <se:Rule>\n          \
         <se:RasterSymbolizer>\n            <se:ColorMap>\n              \
         <se:Categorize fallbackValue=\"#ffffff\">\n                \
         <se:LookupValue>Rasterdata</se:LookupValue>\n                <se:Value>#ffffff</se:Value>\n{steps}              \
         </se:Categorize>\n            </se:ColorMap>\n          </se:RasterSymbolizer>\n        </se:Rule>\n      \
         </se:CoverageStyle>\n    </UserStyle>\n  </NamedLayer>\n</StyledLayerDescriptor>\n"
    )
}

fn hex(class: &Class) -> String {
    let [red, green, blue] = class.color;
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// A text in an attribute: a parser would make spaces of its line breaks and tabs.
fn attribute(text: &str) -> String {
    escape_xml(text).replace('\n', "&#10;").replace('\r', "&#13;").replace('\t', "&#9;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn legend() -> Legend {
        let class =
            |id, name: &str, color| Class { id, parent: None, name: name.to_owned(), color, more: Default::default() };
        Legend::new(vec![class(3, "Água & <mata> \"fechada\"\n'x'\u{1}", [1, 2, 255]), class(300, "", [0, 0, 0])])
            .unwrap()
    }

    #[test]
    fn qgis_gets_names_and_colours() {
        insta::assert_snapshot!(qml(&legend()));
    }

    #[test]
    fn servers_get_colours_by_value() {
        insta::assert_snapshot!(sld(&legend(), "2020", "A <title> & more 2020"));
    }
}
