//! A contract drafted from a layer: what its files say, and what they hold.

mod labels;
mod lines;
mod quality;
mod source;
mod text;
mod vector;

use std::io::Read;
use std::path::{Path, PathBuf};

use mutirao_core::{
    finding::Severity,
    legend::Legend,
    pipeline::{Member, Pipeline},
    statement::Statement,
};
use mutirao_pipeline::text::{is_file_name, is_licence};
use serde_json::{Value, json};

use self::labels::{Series, series};
use crate::{
    check::{Agreement, Delivered, Measured, Setting, check, measure, statements},
    command::{Failure, Stopped},
    exit::Exit,
    network::member_by_id,
};

/// What a draft is made of besides the files.
pub struct Wanted<'a> {
    /// The files.
    pub files: &'a [PathBuf],
    /// The contract's id, if somebody said it.
    pub id: Option<&'a str>,
    /// Of a vector file of several layers: which one.
    pub layer: Option<&'a str>,
    /// The network's folder and its pipeline, if the layer is for one.
    pub network: Option<(&'a Path, &'a Pipeline)>,
    /// Threads and tools.
    pub setting: Setting<'a>,
}

/// A drafted contract.
pub struct Draft {
    /// Its id.
    pub id: String,
    /// Its text.
    pub text: String,
    /// What was measured for it; none of vectors and tables, whose draft tells all.
    pub measured: Option<Measured>,
}

/// What a contract says of its layer as files name and state it.
struct Stated<'a> {
    id: String,
    /// The file's name, with `{period}`.
    physical_name: Option<String>,
    /// The description of its bands, with `{period}`.
    band_name: Option<String>,
    /// The types of the samples, each once.
    dtypes: Vec<String>,
    periods: Vec<String>,
    nodata: Nodata,
    licence: Option<String>,
    network: Option<&'a Pipeline>,
    member: Option<&'a Member>,
}

/// What files declare as nothing.
enum Nodata {
    /// This value, all of them or some.
    Value(i32, bool),
    /// Nothing.
    Undeclared,
    /// What is no whole number, or not the same in all files.
    Odd(String),
}

/// Endings of vectors and tables.
const VECTORS: [&str; 12] =
    ["gpkg", "shp", "geojson", "json", "topojson", "parquet", "fgb", "kml", "gml", "csv", "tsv", "zip"];

/// Drafts a contract.
///
/// # Errors
/// Where files cannot be read, or hold numbers that are no classes.
pub fn draft(wanted: &Wanted<'_>) -> Result<Draft, Stopped> {
    if let Some(id) = wanted.id.filter(|id| !is_file_name(id)) {
        let error = format!("--id \"{}\" is no plain name", id.escape_debug());
        return Err(
            Failure::usage(error, "name the layer with letters, digits, `_` and `-`, as the pipeline does").into()
        );
    }
    if let Some(vector) = wanted.files.iter().find(|file| is_vector(file)) {
        return of_vector(wanted, vector);
    }
    if wanted.layer.is_some() {
        return Err(Failure::usage("--layer names a layer of a vector file", "leave it out: these are rasters").into());
    }
    let statements = statements(wanted.files, wanted.setting.tools)?;
    let mut stated = stated(wanted, &statements);
    let mut measured = measured(wanted, &stated)?;
    if !measured.is_matched {
        // Names that tell some periods and hide others tell none.
        (stated.periods, stated.physical_name, stated.band_name) = (Vec::new(), None, None);
        measured = self::measured(wanted, &stated)?;
    }
    stated.physical_name = source::name(wanted, &stated).or(stated.physical_name);
    let legend = wanted.network.map(|(_, pipeline)| &pipeline.legend);
    let text = text::text(&stated, &measured, legend);
    if stated.dtypes.len() > 1 || measured.grid.is_none() || wanted.files.len() > 1 {
        keeps(wanted, &text)?;
    }
    Ok(Draft { id: stated.id, text, measured: Some(measured) })
}

/// That the files keep their own draft. A mixture may be such that no contract fits all of them: of several CRSs or grids.
///
/// # Errors
/// Where they do not, with the reason.
fn keeps(wanted: &Wanted<'_>, text: &str) -> Result<(), Stopped> {
    let folder = wanted.network.map_or(Path::new("."), |(folder, _)| folder);
    let agreement = Agreement::of_text("the draft", text, folder)?;
    let delivered = Delivered { files: wanted.files.to_vec(), ..Delivered::default() };
    let checked = check(&agreement, &delivered, wanted.setting)?;
    let Some(first) = checked.report.findings.iter().find(|finding| finding.severity == Severity::Error) else {
        return Ok(());
    };
    let error = format!("no contract fits all of these files: {}", first.message);
    let help = "draft from files of one kind, on one grid; bring the others there first";
    Err(Failure { error, help: Some(help.to_owned()), exit: Exit::Findings }.into())
}

fn dtypes(statements: &[Statement]) -> Vec<String> {
    let mut all: Vec<String> = statements.iter().map(|statement| statement.dtype.clone()).collect();
    all.sort();
    all.dedup();
    all
}

fn of_vector(wanted: &Wanted<'_>, path: &Path) -> Result<Draft, Stopped> {
    let failure = |error: String, help: String| Failure { error, help: Some(help), exit: Exit::Findings };
    if wanted.files.len() > 1 {
        let error = format!("{} is a vector or a table, and there are {} files", path.display(), wanted.files.len());
        return Err(failure(error, "name one file: a contract is drafted from one vector or table".to_owned()).into());
    }
    let features = wanted.setting.tools.files().features(path, wanted.layer);
    let features = features.map_err(|refused| {
        let mend = if refused.code.starts_with("layer-") { "name one of them with --layer" } else { &refused.mend };
        failure(refused.message.clone(), mend.to_owned())
    })?;
    let mut stated = stated(wanted, &[]);
    // A number in the name of one file tells no series.
    (stated.physical_name, stated.periods) =
        (Some(wanted.layer.map_or_else(|| file_name(path), str::to_owned)), Vec::new());
    stated.physical_name = source::name(wanted, &stated).or(stated.physical_name);
    let text = vector::text(&stated, &features);
    Ok(Draft { id: stated.id, text, measured: None })
}

/// By its ending; an archive without one is taken for a vector too.
fn is_vector(file: &Path) -> bool {
    let is_archive = || {
        let mut begin = [0; 4];
        let read = std::fs::File::open(file).and_then(|mut file| file.read_exact(&mut begin));
        read.is_ok() && begin == *b"PK\x03\x04"
    };
    if file.extension().is_none() {
        return is_archive();
    }
    file.extension().is_some_and(|ending| VECTORS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

fn stated<'a>(wanted: &Wanted<'a>, statements: &[Statement]) -> Stated<'a> {
    let names: Vec<String> = wanted.files.iter().map(|file| file_name(file)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let by_band = by_band(statements);
    let is_stack = statements.iter().any(|statement| statement.bands > 1);
    let by_name = if is_stack { None } else { series(&names) };
    let id = wanted.id.or(wanted.layer).map_or_else(|| labels::id(&names, by_name.as_ref()), str::to_owned);
    let periods = match (&by_name, &by_band) {
        (Some(series), _) => sorted(series),
        (None, Some(series)) if series.template.is_some() => sorted(series),
        _ => Vec::new(),
    };
    let network = wanted.network.map(|(_, pipeline)| pipeline);
    let only = |names: &[&str]| names.iter().all(|name| *name == names[0]).then(|| names[0].to_owned());
    Stated {
        member: network.and_then(|pipeline| member_by_id(pipeline, &id)),
        physical_name: by_name.as_ref().map_or_else(|| only(&names), |series| series.template.clone()),
        band_name: by_band.and_then(|series| series.template).filter(|_| !periods.is_empty()),
        dtypes: dtypes(statements),
        nodata: nodata(statements),
        licence: licence(statements),
        id,
        periods,
        network,
    }
}

fn file_name(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Labels in the descriptions of all bands.
fn by_band(statements: &[Statement]) -> Option<Series> {
    let described: Option<Vec<&str>> =
        statements.iter().flat_map(|statement| &statement.band_descriptions).map(Option::as_deref).collect();
    let all: usize = statements.iter().map(|statement| usize::from(statement.bands)).sum();
    series(&described.filter(|described| described.len() == all)?)
}

fn sorted(series: &Series) -> Vec<String> {
    let mut labels = series.labels.clone();
    labels.sort();
    labels.dedup();
    labels
}

fn nodata(statements: &[Statement]) -> Nodata {
    let declared: Vec<&str> = statements.iter().filter_map(|statement| statement.nodata.as_deref()).collect();
    let Some(first) = declared.first() else { return Nodata::Undeclared };
    let whole = |text: &str| {
        let number: f64 = text.trim().parse().ok()?;
        (number.fract() == 0.0 && number.abs() < 2_147_483_648.0).then_some(number as i32)
    };
    match whole(first) {
        Some(value) if declared.iter().all(|text| whole(text) == Some(value)) => {
            Nodata::Value(value, declared.len() == statements.len())
        }
        _ => {
            let mut words: Vec<&str> = declared.clone();
            words.sort_unstable();
            words.dedup();
            Nodata::Odd(words.join(", "))
        }
    }
}

/// The licence that all files state, as they state it.
fn licence(statements: &[Statement]) -> Option<String> {
    let first = statements.first()?.licence.clone()?;
    statements.iter().all(|statement| statement.licence.as_ref() == Some(&first)).then_some(first)
}

/// Measures what the files hold, by a contract that says no more than how periods are told apart.
fn measured(wanted: &Wanted<'_>, stated: &Stated<'_>) -> Result<Measured, Stopped> {
    let folder = wanted.network.map_or(Path::new("."), |(folder, _)| folder);
    let text = mutirao_contract::to_yaml(&stated.least());
    let agreement = Agreement::of_text("the draft", &text, folder)?;
    measure(&agreement, wanted.files, wanted.setting)
}

impl Stated<'_> {
    /// The crosswalk of the network's layer.
    fn crosswalk(&self) -> Option<&str> {
        Some(self.member?.crosswalk.as_ref()?.path.as_str())
    }

    /// The licence, if it is an SPDX expression.
    fn spdx(&self) -> Option<&str> {
        self.licence.as_deref().filter(|text| is_licence(text))
    }

    /// The least contract by which files can be read.
    fn least(&self) -> Value {
        let mut terms = Vec::new();
        if !self.periods.is_empty() {
            terms.push(json!({ "property": "periods", "value": self.periods }));
        }
        if let Nodata::Value(value, _) = self.nodata {
            terms.push(json!({ "property": "nodata", "value": { "value": value } }));
        }
        if let Some(crosswalk) = self.crosswalk() {
            terms.push(json!({ "property": "classes", "value": { "allowed": "0..65535", "crosswalk": crosswalk } }));
        }
        let mut band = json!({ "name": "class" });
        let mut object = json!({ "name": "draft", "physicalType": "raster" });
        if let Some(name) = &self.band_name {
            band["physicalName"] = json!(name);
        }
        if let Some(name) = &self.physical_name {
            object["physicalName"] = json!(name);
        }
        object["properties"] = json!([band]);
        object["customProperties"] = json!(terms);
        json!({ "apiVersion": "v3.1.0", "kind": "DataContract", "id": "draft", "version": "0", "schema": [object] })
    }
}

/// The class's name, where there is a legend.
fn class_name(legend: Option<&Legend>, class: u32) -> Option<&str> {
    let id = u16::try_from(class).ok()?;
    Some(legend?.get(id)?.name.as_str())
}
