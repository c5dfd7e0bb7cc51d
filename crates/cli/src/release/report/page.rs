//! The page: everything that its template shows.

use std::collections::BTreeSet;

use askama::Template;
use mutirao_core::{legend::Legend, pipeline::Pipeline};
use mutirao_engine::{Result, publish::Staging};

use super::{
    super::{
        Content,
        quality::{LayerQuality, layers, partners},
    },
    agreement::{self, AgreementRow, CASES},
    areas::{AreaTable, by_class},
    charts::{Columns, columns},
    files::{self, FileRow},
    head::{self, Linked, PartnerLine},
    map,
    sources::{self, SourceRow},
    territories::{KindTable, kinds},
    transitions::Transitions,
    warnings::{Warning, remarks, warnings},
    words::{color, hectares},
};
use crate::gate::PartnerCard;

/// Previews that are fetched at once; the others when they come into view.
const AT_ONCE: usize = 2;

/// Characters of a tab's title at most.
const LONGEST_TAB: usize = 60;

/// The page.
#[derive(Template)]
#[template(path = "report/page.html")]
pub struct Page<'a> {
    /// What a browser's tab says.
    tab: String,
    title: &'a str,
    id: &'a str,
    version: &'a str,
    date: &'a str,
    engine: &'static str,
    licence: Option<Linked>,
    citation: String,
    doi: Option<Linked>,
    contact: Option<&'a str>,
    credit: String,
    partners: Vec<PartnerLine>,
    figures: Vec<(String, &'static str)>,
    previews: Vec<Preview>,
    map: String,
    legend: Vec<LegendRow>,
    areas: AreaTable,
    columns: Option<Columns>,
    kinds: Vec<KindTable>,
    last: &'a str,
    sources: Vec<SourceRow>,
    cases: [(&'static str, &'static str); 5],
    agreement: Vec<AgreementRow>,
    transitions: Option<Transitions>,
    scorecard: Vec<PartnerCard>,
    quality: Vec<LayerQuality>,
    warnings: Vec<Warning>,
    remarks: Vec<Warning>,
    files: Vec<FileRow>,
}

/// The picture of a period.
struct Preview {
    period: String,
    /// Where it is; none where there is none.
    src: Option<String>,
    lazy: bool,
}

/// A class of the legend.
struct LegendRow {
    id: u16,
    name: String,
    color: String,
    /// How many classes stand above it, 5 at most.
    depth: usize,
}

impl<'a> Page<'a> {
    /// Of a release whose other files are written.
    ///
    /// # Errors
    /// Where a table cannot be read back.
    pub fn of(content: &'a Content<'a>, staging: &Staging) -> Result<Self> {
        let (pipeline, periods) = (content.pipeline, &content.plan.periods);
        let areas = by_class(content);
        let agreement = agreement::rows(content);
        Ok(Page {
            tab: tab(pipeline),
            title: &pipeline.title,
            id: &pipeline.id,
            version: &pipeline.version,
            date: content.started.get(..10).unwrap_or_default(),
            engine: env!("CARGO_PKG_VERSION"),
            licence: pipeline.license.as_deref().map(head::licence),
            citation: head::citation(content),
            doi: head::doi(pipeline),
            contact: pipeline.contact.as_deref(),
            credit: head::credit(content),
            partners: head::partners(content),
            figures: figures(content, areas.values().map(|areas| areas[periods.len() - 1]).sum(), &agreement),
            previews: previews(content, staging),
            map: map::facts(content),
            legend: legend(&pipeline.legend),
            columns: columns(pipeline, periods, &areas),
            areas: AreaTable::of(content, &areas),
            kinds: kinds(content, staging.folder())?,
            last: periods.last().map(String::as_str).unwrap_or_default(),
            sources: sources::rows(content),
            cases: CASES,
            agreement,
            transitions: Transitions::of(content, staging.folder())?,
            scorecard: partners(content),
            quality: layers(content),
            warnings: warnings(content.findings),
            remarks: remarks(content.findings),
            files: files::rows(staging, periods)?,
        })
    }
}

/// Title and version, or id and version where that is too long for a tab.
fn tab(pipeline: &Pipeline) -> String {
    let Pipeline { id, title, version, .. } = pipeline;
    let full = format!("{title}, version {version}");
    if full.chars().count() <= LONGEST_TAB { full } else { format!("{id} {version}") }
}

fn figures(content: &Content<'_>, area: f64, agreement: &[AgreementRow]) -> Vec<(String, &'static str)> {
    let classes: BTreeSet<u16> = content.outcomes.tally.whole.keys().filter_map(|key| key.class).collect();
    let counted = |count: usize, one, many| (count.to_string(), if count == 1 { one } else { many });
    let mut figures = vec![
        (format!("{} ha", hectares(area)), "in the area"),
        counted(content.plan.periods.len(), "period", "periods"),
        counted(content.partners().len(), "partner", "partners"),
        counted(classes.len(), "class on the map", "classes on the map"),
    ];
    figures.extend(agreement.last().map(|row| (format!("{} ha", row.gap), "of gaps, in the last period")));
    figures.retain(|(value, _)| value != "0");
    figures
}

fn previews(content: &Content<'_>, staging: &Staging) -> Vec<Preview> {
    let preview = |(at, period): (usize, &String)| {
        let name = format!("preview/{period}.png");
        let src = staging.folder().join(&name).exists().then(|| format!("../{name}"));
        Preview { period: period.clone(), src, lazy: at >= AT_ONCE }
    };
    content.plan.periods.iter().enumerate().map(preview).collect()
}

/// The classes as a tree: below each class those whose parent it is.
fn legend(legend: &Legend) -> Vec<LegendRow> {
    let mut rows = Vec::new();
    below(legend, None, 0, &mut rows);
    rows
}

fn below(legend: &Legend, parent: Option<u16>, depth: usize, rows: &mut Vec<LegendRow>) {
    for class in legend.classes().iter().filter(|class| class.parent == parent) {
        let (id, name, color) = (class.id, class.name.clone(), color(class.color));
        rows.push(LegendRow { id, name, color, depth: depth.min(5) });
        below(legend, Some(class.id), depth + 1, rows);
    }
}
