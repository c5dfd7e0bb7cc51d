//! Checks of what a file says of itself: CRS, grid, type, nodata, periods, layout, licence.

use mutirao_pipeline::text::{Key, Kind, Node, number};

use super::{Check, Params, check};
use crate::{keys::NODATA_VALUE, terms::PeriodList};

/// `crs`: the CRS of the files, the same by definition.
#[derive(Debug, Clone, PartialEq)]
pub struct CrsCheck {
    /// The CRS wanted, such as `EPSG:31976`.
    pub crs: String,
}

/// `grid`: every corner of a file lies on a node of the contract's grid.
#[derive(Debug, Clone, PartialEq)]
pub struct GridCheck {
    /// How far a corner may lie from a node, in pixels.
    pub tolerance: f64,
    /// Width and height of a pixel in the CRS's units, [x, y].
    pub resolution: [f64; 2],
}

/// `extent`: the files together cover what they must.
#[derive(Debug, Clone, PartialEq)]
pub struct ExtentCheck {
    /// What must be covered.
    pub covers: Extent,
}

/// What an extent must cover.
#[derive(Debug, Clone, PartialEq)]
pub enum Extent {
    /// The bounding box of the responsible area.
    Area,
    /// The whole grid of the network.
    Grid,
    /// This box in the layer's CRS: west, south, east, north.
    Box([f64; 4]),
}

/// `dtype`: the type of the pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct DtypeCheck {
    /// The types that may be.
    pub allowed: Vec<Dtype>,
}

/// A type of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dtype {
    /// Whole numbers from 0 to 255.
    Uint8,
    /// Whole numbers of 8 bits with a sign.
    Int8,
    /// Whole numbers from 0 to 65,535.
    Uint16,
    /// Whole numbers of 16 bits with a sign.
    Int16,
    /// Whole numbers of 32 bits from 0.
    Uint32,
    /// Whole numbers of 32 bits with a sign.
    Int32,
    /// Numbers of single precision.
    Float32,
    /// Numbers of double precision.
    Float64,
}

/// `nodata`: what is nothing in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct NodataCheck {
    /// The value; none where every pixel must speak.
    pub value: Option<i32>,
    /// Whether the file itself must declare it.
    pub declared: bool,
}

/// `periods`: every period that the contract names has a file or a band.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodsCheck {
    /// The periods.
    pub periods: PeriodList,
    /// Whether further periods or bands may be there.
    pub further: bool,
}

/// `file-layout`: how the file is laid out, for those who read it afterwards.
#[derive(Debug, Clone, PartialEq)]
pub struct FileLayoutCheck {
    /// The layout wanted.
    pub layout: Layout,
    /// Compressions that may be; any where empty.
    pub compression: Vec<String>,
    /// Whether overviews must be there.
    pub overviews: bool,
}

/// How a raster is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// A Cloud-Optimized GeoTIFF.
    Cog,
    /// Tiles.
    Tiled,
    /// Tiles or strips.
    Any,
}

/// `licence`: what the file says of its licence.
#[derive(Debug, Clone, PartialEq)]
pub struct LicenceCheck {
    /// Licences that may be, SPDX.
    pub allowed: Vec<String>,
    /// Whether the file or its companions must say one.
    pub declared: bool,
}

check!(
    CRS,
    "crs",
    Both,
    Format,
    Error,
    crs,
    "The files are in this CRS, the same by definition.",
    [Key::new("crs", Kind::Text, "The CRS, such as EPSG:31976.").or("that of `grid`"),]
);
check!(
    GRID,
    "grid",
    Raster,
    Format,
    Error,
    grid,
    "Every file lies on the grid: its pixels have the grid's size, and its corners are nodes.",
    [Key::new("tolerance", Kind::Above(0.0, 0.5), "How far a corner may lie from a node, in pixels.")
        .or("that of `grid`"),]
);
check!(
    EXTENT,
    "extent",
    Both,
    Omission,
    Error,
    extent,
    "The files together cover what they must.",
    [
        Key::new(
            "covers",
            Kind::Words(&["area", "grid"]),
            "The bounding box of the area, or the network's whole grid."
        )
        .or("area"),
        Key::new("bounds", Kind::List(&Kind::Number), "A box instead, in the layer's CRS: [west, south, east, north]."),
    ]
);
check!(
    DTYPE,
    "dtype",
    Raster,
    Format,
    Error,
    dtype,
    "The pixels are of this type.",
    [Key::new("allowed", Kind::OneOrMany(&Kind::Words(DTYPES)), "The type, or those that may be.")
        .or("the property's `physicalType`"),]
);
check!(
    NODATA,
    "nodata",
    Raster,
    Domain,
    Error,
    nodata,
    "Nothing is told by this value, and by no other.",
    [
        Key::new("value", NODATA_VALUE, "The value, or none where every pixel must speak.").or("that of `nodata`"),
        Key::new("declared", Kind::Bool, "Whether the file itself must declare it.").or("that of `nodata`, else false"),
    ]
);
check!(
    PERIODS,
    "periods",
    Raster,
    Omission,
    Error,
    periods,
    "Every period has a file or a band.",
    [
        Key::new("periods", Kind::Periods, "The periods.").or("those of `periods`"),
        Key::new("further", Kind::Bool, "Whether further periods or bands may be there.").or("true"),
    ]
);
check!(
    FILE_LAYOUT,
    "file-layout",
    Raster,
    Format,
    Info,
    layout,
    "How the file is laid out, for those who read it afterwards.",
    [
        Key::new("layout", Kind::Words(&["cog", "tiled", "any"]), "A Cloud-Optimized GeoTIFF, any with tiles, or any.")
            .or("cog"),
        Key::new("compression", Kind::OneOrMany(&Kind::Words(COMPRESSIONS)), "Compressions that may be.").or("any"),
        Key::new("overviews", Kind::Bool, "Whether overviews must be there.").or("false"),
    ]
);
check!(
    LICENCE,
    "licence",
    Both,
    Usability,
    Warning,
    licence,
    "Where a file states a licence, it is the agreed one.",
    [
        Key::new("allowed", Kind::OneOrMany(&Kind::Licence), "Licences that may be, SPDX.")
            .or("the contract's `license`"),
        Key::new("declared", Kind::Bool, "Whether the file must state one.").or("false"),
    ]
);

const DTYPES: &[&str] = &["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"];
const COMPRESSIONS: &[&str] = &["none", "deflate", "lzw", "zstd", "packbits", "lerc", "jpeg", "webp"];
fn crs(params: &mut Params<'_, '_>) -> Option<Check> {
    let crs = params.text("crs").or_else(|| Some(params.terms.grid.as_ref()?.crs.clone()));
    if crs.is_none() {
        params.lacking("grid", "a CRS", "add `crs`, or a `grid` to the customProperties");
    }
    Some(Check::Crs(CrsCheck { crs: crs? }))
}

fn grid(params: &mut Params<'_, '_>) -> Option<Check> {
    let Some(grid) = &params.terms.grid else {
        params.lacking("grid", "a grid", "add a `grid` to the customProperties: { crs, resolution }");
        return None;
    };
    let tolerance = params.number("tolerance").unwrap_or(grid.tolerance);
    Some(Check::Grid(GridCheck { tolerance, resolution: grid.resolution }))
}

fn extent(params: &mut Params<'_, '_>) -> Option<Check> {
    let covers = match (params.node.get("bounds"), params.text("covers").as_deref()) {
        (Some(_), _) => Extent::Box(bounds(params)?),
        (None, Some("grid")) => Extent::Grid,
        _ if params.terms.area.is_none() => {
            params.lacking(
                "area",
                "an area",
                "add an `area` to the customProperties, or `bounds` or `covers: grid` here",
            );
            return None;
        }
        _ => Extent::Area,
    };
    Some(Check::Extent(ExtentCheck { covers }))
}

fn bounds(params: &mut Params<'_, '_>) -> Option<[f64; 4]> {
    let items = params.node.get("bounds").map(Node::items).unwrap_or_default();
    let numbers: Vec<f64> = items.iter().filter_map(|item| number(item.text()?)).collect();
    match <[f64; 4]>::try_from(numbers) {
        Ok(bounds) if bounds[0] < bounds[2] && bounds[1] < bounds[3] => Some(bounds),
        _ => {
            let mend = "write [west, south, east, north] in the layer's CRS, west below east and south below north";
            params.error_at("bounds", "invalid-value", "`bounds` are no box", mend);
            None
        }
    }
}

fn dtype(params: &mut Params<'_, '_>) -> Option<Check> {
    let mut allowed: Vec<Dtype> = params.texts("allowed").iter().filter_map(|text| Dtype::of(text)).collect();
    allowed.extend(params.physical_type.filter(|_| allowed.is_empty()).and_then(Dtype::of));
    if allowed.is_empty() && params.node.get("allowed").is_none() {
        params.lacking("dtype", "a type", "add `allowed: uint8`, or a `physicalType` to the property of the values");
    }
    (!allowed.is_empty()).then_some(Check::Dtype(DtypeCheck { allowed }))
}

impl Dtype {
    /// Its name, such as `uint8`.
    pub fn name(self) -> &'static str {
        match self {
            Dtype::Uint8 => "uint8",
            Dtype::Int8 => "int8",
            Dtype::Uint16 => "uint16",
            Dtype::Int16 => "int16",
            Dtype::Uint32 => "uint32",
            Dtype::Int32 => "int32",
            Dtype::Float32 => "float32",
            Dtype::Float64 => "float64",
        }
    }

    /// Whether a pixel of the type can hold a whole number.
    pub fn holds(self, value: i32) -> bool {
        let within = |from: i32, to: i32| (from..=to).contains(&value);
        match self {
            Dtype::Uint8 => within(0, 255),
            Dtype::Int8 => within(-128, 127),
            Dtype::Uint16 => within(0, 65_535),
            Dtype::Int16 => within(-32_768, 32_767),
            Dtype::Uint32 => value >= 0,
            Dtype::Int32 | Dtype::Float32 | Dtype::Float64 => true,
        }
    }

    /// GDAL's name of it, as in `gdal_translate -ot`.
    pub fn gdal_name(self) -> &'static str {
        match self {
            Dtype::Uint8 => "Byte",
            Dtype::Int8 => "Int8",
            Dtype::Uint16 => "UInt16",
            Dtype::Int16 => "Int16",
            Dtype::Uint32 => "UInt32",
            Dtype::Int32 => "Int32",
            Dtype::Float32 => "Float32",
            Dtype::Float64 => "Float64",
        }
    }

    /// The type of a name such as `uint8`; `byte` is GDAL's name of it.
    pub fn of(name: &str) -> Option<Dtype> {
        Some(match name.to_ascii_lowercase().as_str() {
            "uint8" | "byte" => Dtype::Uint8,
            "int8" => Dtype::Int8,
            "uint16" => Dtype::Uint16,
            "int16" => Dtype::Int16,
            "uint32" => Dtype::Uint32,
            "int32" => Dtype::Int32,
            "float32" => Dtype::Float32,
            "float64" => Dtype::Float64,
            _ => return None,
        })
    }
}

fn nodata(params: &mut Params<'_, '_>) -> Option<Check> {
    let term = params.terms.nodata;
    let value = match params.text("value") {
        Some(text) => Some(text.parse().ok()),
        None => term.map(|term| term.value),
    };
    if value.is_none() {
        params.lacking("nodata", "a value", "add `value`, or a `nodata` to the customProperties");
    }
    let declared = params.flag("declared", term.is_some_and(|term| term.declared));
    Some(Check::Nodata(NodataCheck { value: value?, declared }))
}

fn periods(params: &mut Params<'_, '_>) -> Option<Check> {
    let own = params.node.get("periods").map(|node| PeriodList::read(node, params.sink));
    let periods = own.or_else(|| params.terms.periods.clone());
    if periods.is_none() {
        params.lacking("periods", "periods", "add `periods`, or `periods` to the customProperties");
    }
    Some(Check::Periods(PeriodsCheck { periods: periods?, further: params.flag("further", true) }))
}

fn layout(params: &mut Params<'_, '_>) -> Option<Check> {
    let layout = match params.text("layout").as_deref() {
        Some("any") => Layout::Any,
        Some("tiled") => Layout::Tiled,
        _ => Layout::Cog,
    };
    let overviews = params.flag("overviews", false);
    Some(Check::FileLayout(FileLayoutCheck { layout, compression: params.texts("compression"), overviews }))
}

fn licence(params: &mut Params<'_, '_>) -> Option<Check> {
    let mut allowed = params.texts("allowed");
    allowed.extend(params.terms.licence.clone().filter(|_| allowed.is_empty()));
    if allowed.is_empty() {
        params.lacking("license", "a licence", "add `allowed`, or a `license` to the customProperties");
        return None;
    }
    Some(Check::Licence(LicenceCheck { allowed, declared: params.flag("declared", false) }))
}
