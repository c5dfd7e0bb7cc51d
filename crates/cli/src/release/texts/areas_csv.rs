//! `areas.csv`: how much of what, where and when, for people with a spreadsheet.
//!
//! - It begins with a byte order mark. Without one Excel takes the file for the system's old code page, and `Água` for `Ãgua`;
//!   LibreOffice, pandas, DuckDB and readr take the mark as a mark. (R's own `read.csv` wants `fileEncoding = "UTF-8-BOM"`.)
//! - Commas between columns and points in numbers, whatever the reader's country: tools agree on no other form. A spreadsheet
//!   that expects semicolons opens it by its import dialogue.
//! - Areas have all their digits, so that they are those of `areas.parquet` summed.
//! - A text that a spreadsheet would run as a formula has an apostrophe before it: names come from partners' files.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use mutirao_core::legend::Legend;
use mutirao_parquet::AreaRow;

use super::levels::Levels;

/// U+FEFF in UTF-8.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What stands for the name of nothing.
pub const NOTHING: &str = "(nothing)";

/// A territory's rows of one period, by class.
struct Territory {
    period: String,
    kind: String,
    key: String,
    name: String,
    classes: BTreeMap<u16, (i64, f64)>,
}

impl Territory {
    fn of(row: &AreaRow) -> Self {
        let AreaRow { period, territory_kind, territory, territory_name, .. } = row.clone();
        Territory { period, kind: territory_kind, key: territory, name: territory_name, classes: BTreeMap::new() }
    }

    fn holds(&self, row: &AreaRow) -> bool {
        self.period == row.period && self.kind == row.territory_kind && self.key == row.territory
    }

    fn add(&mut self, row: &AreaRow) {
        let (pixels, area) = self.classes.entry(row.class).or_default();
        *pixels += row.pixels;
        *area += row.area_ha;
    }
}

/// Writes the table from rows in the order of `areas.parquet`: period, kind, territory, class, source, rule. Memory is that of
/// one territory's classes. `nodata` is the class that stands for nothing.
///
/// # Errors
/// Those of `out`.
pub fn write(rows: impl Iterator<Item = AreaRow>, legend: &Legend, nodata: u16, mut out: impl Write) -> io::Result<()> {
    out.write_all(BYTE_ORDER_MARK)?;
    let levels = Levels::of(legend);
    let mut table = csv::Writer::from_writer(out);
    let mut header = ["period", "territory_kind", "territory", "territory_name", "class", "class_name"].to_vec();
    header.extend(levels.columns().iter().map(String::as_str));
    header.extend(["pixels", "area_ha", "percent"]);
    table.write_record(&header)?;
    let mut open: Option<Territory> = None;
    for row in rows {
        if let Some(done) = open.take_if(|territory| !territory.holds(&row)) {
            write_territory(&done, legend, &levels, nodata, &mut table)?;
        }
        open.get_or_insert_with(|| Territory::of(&row)).add(&row);
    }
    if let Some(last) = open {
        write_territory(&last, legend, &levels, nodata, &mut table)?;
    }
    table.flush()
}

fn write_territory(
    territory: &Territory,
    legend: &Legend,
    levels: &Levels,
    nodata: u16,
    table: &mut csv::Writer<impl Write>,
) -> io::Result<()> {
    let whole: f64 = territory.classes.values().map(|(_, area)| area).sum();
    for (class, (pixels, area)) in &territory.classes {
        let name = match legend.get(*class) {
            Some(class) => class.name.as_str(),
            None if *class == nodata => NOTHING,
            None => "",
        };
        let percent = if whole > 0.0 { format!("{:.6}", 100.0 * area / whole) } else { String::new() };
        let mut record: Vec<Cow<'_, str>> = vec![
            harmless(&territory.period),
            harmless(&territory.kind),
            harmless(&territory.key),
            harmless(&territory.name),
            class.to_string().into(),
            harmless(name),
        ];
        record.extend(levels.names(legend, *class, name).into_iter().map(harmless));
        record.extend([pixels.to_string().into(), area.to_string().into(), percent.into()]);
        table.write_record(record.iter().map(|field| field.as_bytes()))?;
    }
    Ok(())
}

/// A text as it is, or with an apostrophe before what a spreadsheet would take for a formula; numbers are none.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let runs = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err() && text != "-";
    if runs { format!("'{text}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mutirao_core::legend::Class;

    fn row(period: &str, territory: &str, class: u16, source: u16, pixels: i64) -> AreaRow {
        AreaRow {
            period: period.to_owned(),
            territory_kind: "city".to_owned(),
            territory: territory.to_owned(),
            territory_name: format!("=\"{territory}\"\n, <b>"),
            class,
            source,
            rule: source,
            pixels,
            area_ha: pixels as f64 * 0.1,
        }
    }

    fn legend() -> Legend {
        let class =
            |id, parent, name: &str| Class { id, parent, name: name.to_owned(), color: [0; 3], more: BTreeMap::new() };
        Legend::new(vec![class(1, None, "Forest, \"wild\""), class(3, Some(1), "Água"), class(9, None, "@town")])
            .unwrap()
    }

    #[test]
    fn rows_of_a_territory_become_one_a_class() {
        let rows = [
            row("2019", "a", 0, 0, 1),
            row("2019", "a", 3, 1, 2),
            row("2019", "a", 3, 2, 1),
            row("2019", "-7", 0, 0, 0),
            row("2020", "-7", 1, 1, 4),
            row("2020", "-7", 9, 1, 4),
        ];
        let mut out = Vec::new();
        write(rows.into_iter(), &legend(), 0, &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }

    #[test]
    fn no_rows_make_a_header() {
        let mut out = Vec::new();
        write(std::iter::empty(), &Legend::default(), 0, &mut out).unwrap();
        let due = "\u{feff}period,territory_kind,territory,territory_name,class,class_name,pixels,area_ha,percent\n";
        assert_eq!(String::from_utf8(out).unwrap(), due);
    }

    #[test]
    fn formulas_are_texts_and_numbers_numbers() {
        for (text, due) in
            [("=1+1", "'=1+1"), ("-7", "-7"), ("+1e3", "+1e3"), ("@x", "'@x"), ("-", "-"), ("a=b", "a=b")]
        {
            assert_eq!(harmless(text), due);
        }
    }
}
