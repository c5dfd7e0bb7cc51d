//! Which type and which nodata value hold a raster's numbers, found by looking at all of them.

use gdal::raster::GdalDataType;
use mutirao_core::door::{Refusal, RefusalCode};
use mutirao_core::raster::DType;

use super::{Source, plain_type};
use crate::OnProgress;

/// The numbers that any of the three types can hold.
const LOW: f64 = -32_768.0;
const HIGH: f64 = 65_535.0;

/// How a raster is written.
pub struct Plan {
    /// The type of all bands.
    pub dtype: DType,
    /// The nodata value of all bands.
    pub nodata: Option<i32>,
    /// For each band what its nodata is in the source.
    pub declared: Vec<Option<Nodata>>,
    /// What is to be told.
    pub notes: Vec<String>,
}

/// A declared nodata value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nodata {
    value: f64,
    single: bool,
}

impl Nodata {
    /// Whether a sample is nodata. Single precision is compared in single precision; NaN is NaN.
    pub fn is(&self, sample: f64) -> bool {
        sample == self.value
            || (self.value.is_nan() && sample.is_nan())
            || (self.single && sample as f32 == self.value as f32)
    }

    /// As a GeoTIFF would write it.
    pub fn text(&self) -> String {
        if self.value.is_nan() { "nan".to_owned() } else { self.value.to_string() }
    }

    fn as_code(&self) -> Option<i32> {
        let whole = self.value.fract() == 0.0 && (LOW..=HIGH).contains(&self.value);
        whole.then_some(self.value as i32)
    }
}

/// Looks at a raster; at every pixel unless its type says enough.
pub fn plan(source: &Source, progress: OnProgress<'_>) -> Result<Plan, Refusal> {
    let declared = (1..=source.bands).map(|band| nodata(source, band)).collect::<Result<Vec<_>, _>>()?;
    let common = common(&declared);
    let dtype = common_type(source)?;
    let held = |dtype: DType, code: i32| (dtype.range().0..=dtype.range().1).contains(&code);
    if let (Some(dtype), Some(code)) = (dtype, &common) {
        let code = code.as_ref().map(Nodata::as_code);
        if code.is_none_or(|code| code.is_some_and(|code| held(dtype, code))) {
            return Ok(Plan { dtype, nodata: code.flatten(), declared, notes: Vec::new() });
        }
    }
    let used = Used::read(source, &declared, progress)?;
    let candidates: &[DType] = match dtype {
        Some(DType::Uint16) => &[DType::Uint16],
        Some(DType::Int16) => &[DType::Int16],
        _ => &[DType::Uint8, DType::Uint16, DType::Int16],
    };
    let fitting: Vec<DType> = candidates.iter().copied().filter(|dtype| used.fits(*dtype)).collect();
    let mut notes = Vec::new();
    if fitting.is_empty() {
        let message = format!("{} holds numbers from {} to {}, which fit no type", source.name, used.min, used.max);
        return Err(Refusal::new(RefusalCode::ValuesOutOfRange, message, "classes must fit uint8, uint16 or int16"));
    }
    let kept = match common {
        Some(Some(one)) => one.as_code().filter(|code| !used.holds(*code)),
        _ => None,
    };
    let choice = if declared.iter().all(Option::is_none) {
        Some((fitting[0], None))
    } else {
        let keeping = kept.and_then(|code| fitting.iter().find(|d| held(**d, code)).map(|d| (*d, Some(code))));
        keeping.or_else(|| fitting.iter().find_map(|dtype| used.free(*dtype).map(|code| (*dtype, Some(code)))))
    };
    let Some((dtype, nodata)) = choice else {
        let message = format!("{} uses every value of its type; none is left for nodata", source.name);
        return Err(Refusal::new(
            RefusalCode::NoFreeNodata,
            message,
            "give the layer a mask instead of a nodata value",
        ));
    };
    if nodata != kept {
        let was: Vec<String> = declared.iter().map(|n| n.map_or("none".to_owned(), |n| n.value.to_string())).collect();
        let was = if was.iter().all(|text| *text == was[0]) { was[0].clone() } else { was.join(", ") };
        notes.push(format!("nodata was {was}, it is {} now", nodata.unwrap_or_default()));
    }
    let types = source.band(1)?.band_type().name();
    notes.push(format!(
        "{types} was written as {dtype}: all values are whole numbers from {} to {}",
        used.min, used.max
    ));
    Ok(Plan { dtype, nodata, declared, notes })
}

fn nodata(source: &Source, number: usize) -> Result<Option<Nodata>, Refusal> {
    let band = source.band(number)?;
    let value = match band.band_type() {
        GdalDataType::Int64 => band.no_data_value_i64().map(|v| v as f64),
        GdalDataType::UInt64 => band.no_data_value_u64().map(|v| v as f64),
        _ => band.no_data_value(),
    };
    Ok(value.map(|value| Nodata { value, single: band.band_type() == GdalDataType::Float32 }))
}

/// The declaration that all bands share; none where they differ.
fn common(declared: &[Option<Nodata>]) -> Option<Option<Nodata>> {
    let first = *declared.first()?;
    declared.iter().all(|other| *other == first).then_some(first)
}

/// The plain type that all bands share.
fn common_type(source: &Source) -> Result<Option<DType>, Refusal> {
    let first = plain_type(&source.band(1)?);
    for band in 2..=source.bands {
        if plain_type(&source.band(band)?) != first {
            return Ok(None);
        }
    }
    Ok(first)
}

/// Which numbers stand in the pixels, nodata and masked ones aside.
struct Used {
    present: Vec<bool>,
    min: i32,
    max: i32,
}

impl Used {
    fn read(source: &Source, declared: &[Option<Nodata>], progress: OnProgress<'_>) -> Result<Used, Refusal> {
        let mut present = vec![false; (HIGH - LOW) as usize + 1];
        for rectangle in source.rectangles() {
            progress(0.5 * rectangle.1 as f64 / source.height as f64, "reading values");
            let mask = source.read_mask(rectangle)?;
            for (band, nodata) in declared.iter().enumerate() {
                for (index, value) in source.read(band + 1, rectangle)?.into_iter().enumerate() {
                    let masked = mask.as_ref().is_some_and(|mask| mask[index] == 0);
                    if masked || nodata.is_some_and(|nodata| nodata.is(value)) {
                        continue;
                    }
                    if value.fract() != 0.0 || !(LOW..=HIGH).contains(&value) {
                        let place = (rectangle.0 + index % rectangle.2, rectangle.1 + index / rectangle.2);
                        return Err(refused(source, value, band + 1, place));
                    }
                    present[(value - LOW) as usize] = true;
                }
            }
        }
        let code = |index: usize| index as i32 + LOW as i32;
        let min = present.iter().position(|p| *p).map_or(0, code);
        let max = present.iter().rposition(|p| *p).map_or(0, code);
        Ok(Used { present, min, max })
    }

    fn holds(&self, code: i32) -> bool {
        self.present[(f64::from(code) - LOW) as usize]
    }

    fn fits(&self, dtype: DType) -> bool {
        let (low, high) = dtype.range();
        low <= self.min && self.max <= high
    }

    /// A value that stands nowhere: the highest of an unsigned type, the lowest of a signed one.
    fn free(&self, dtype: DType) -> Option<i32> {
        let (low, high) = dtype.range();
        let from_low = dtype == DType::Int16;
        (0..=high - low).map(|i| if from_low { low + i } else { high - i }).find(|code| !self.holds(*code))
    }
}

fn refused(source: &Source, value: f64, band: usize, (col, row): (usize, usize)) -> Refusal {
    let place = format!("{value} at column {col}, row {row}, band {band} of {}", source.name);
    if value.is_finite() && value.fract() == 0.0 {
        let message = format!("{place} fits neither uint8, uint16 nor int16");
        return Refusal::new(
            RefusalCode::ValuesOutOfRange,
            message,
            "give it as nodata if it is one, or recode the classes",
        );
    }
    let message = format!("{place} is no whole number");
    Refusal::new(
        RefusalCode::NotWholeNumbers,
        message,
        "a layer of classes holds whole numbers; declare the nodata value if this is one",
    )
}
