//! Findings with features: the whole layer in outline, and what is around the first place.

mod bar;
mod bounds;
mod map;
mod rows;

use std::collections::BTreeSet;
use std::path::Path;

use mutirao_check::{CheckFinding, Report, Where};
use mutirao_core::door::{FeaturesFacts, NamedFacts, NamedFeature, OutlinesFacts, OutlinesQuestion, StatedCrs};
use mutirao_core::outline::Outline;

use self::{
    bar::{ScaleBar, decimals, length_in_words},
    bounds::{Bounds, Subject, around, longer_side, whole, widened},
    map::{CONCERNED, OTHERS, VectorMap, View},
    rows::{Row, Rows},
};
use super::{Painter, page::Page, places::Places, unread};
use crate::{
    check::{Agreement, features_of},
    command::Failure,
    coverage::failure,
    draw::{Canvas, Entry, Fonts},
    network::Tools,
};

/// A map is drawn of so many vertices at most; of the features beyond them it says that they are left out.
const MOST: u64 = 2_000_000;
/// Vertices of the detail that are closer than this part of a pixel are one.
const FINENESS: f64 = 0.25;

/// Asks for layers, and remembers the last one.
pub struct Layers<'a> {
    report: &'a Report,
    agreement: &'a Agreement,
    tools: &'a Tools,
    last: Option<Layer>,
}

/// A layer whose findings are drawn.
struct Layer {
    file: String,
    facts: FeaturesFacts,
    rows: Rows,
    /// The whole of it.
    overview: Drawing,
    /// The first places of all findings, in the order of the overview's facts.
    named: Vec<NamedFeature>,
}

/// What the door gave for a view.
struct Drawing {
    view: View,
    facts: OutlinesFacts,
    outlines: Vec<Outline>,
}

fn can_be_shown(place: &Where) -> bool {
    place.xy.is_some_and(|xy| xy.iter().all(|number| number.is_finite()))
}

impl Painter for Layers<'_> {
    fn picture(&mut self, finding: &CheckFinding, fonts: &Fonts) -> Result<Option<(Canvas, String)>, Failure> {
        let Some(places) = Places::of(finding, can_be_shown) else { return Ok(None) };
        let tools = self.tools;
        let Some(layer) = self.open(places.file)? else { return Ok(None) };
        let rows: Vec<Option<Row>> = places.all.iter().map(|place| layer.rows.of(place)).collect();
        let concerned: BTreeSet<u64> = rows.iter().flatten().map(|row| row.named.feature).collect();
        let marks: Vec<[f64; 2]> = places.all.iter().filter_map(|place| place.xy).collect();
        let detail = layer.detail(marks[0], &rows, tools)?;
        let across = longer_side(detail.view.bounds);
        let bar = ScaleBar::new(across, detail.view.size[0], layer.facts.crs.as_ref());
        let left = layer.overview.map(&concerned, &marks, 9.0, None);
        let right = detail.map(&concerned, &marks, 14.0, Some(bar));
        let page = Page {
            finding,
            period: places.period,
            file: places.file,
            marked: marks.len(),
            maps: [&left, &right],
            captions: [layer.words(&places), detail.words(&layer.facts, places.all[0])],
            entries: entries(concerned.len()),
        };
        Ok(Some((page.draw(fonts), places.period.to_owned())))
    }
}

impl<'a> Layers<'a> {
    /// Before the first finding.
    pub fn new(report: &'a Report, agreement: &'a Agreement, tools: &'a Tools) -> Layers<'a> {
        Layers { report, agreement, tools, last: None }
    }

    /// The layer that was judged; none where it has no extent.
    fn open(&mut self, file: &str) -> Result<Option<&Layer>, Failure> {
        if self.last.as_ref().is_none_or(|last| last.file != file) {
            self.last = self.read(file)?;
        }
        Ok(self.last.as_ref())
    }

    fn read(&self, file: &str) -> Result<Option<Layer>, Failure> {
        let features = features_of(&self.tools.files(), self.agreement.object(), Path::new(file));
        let features = features.map_err(|refused| failure(&refused))?;
        let Some(bounds) = features.facts.bounds else { return Ok(None) };
        let places = self.report.findings.iter().filter_map(|finding| Places::of(finding, can_be_shown));
        let places: Vec<&Where> = places.filter(|places| places.file == file).flat_map(|places| places.all).collect();
        let facts = features.facts.clone();
        let rows = Rows::new(features, &places);
        let named: Vec<NamedFeature> = places.iter().filter_map(|place| Some(rows.of(place)?.named)).collect();
        let view = View::of(whole(bounds));
        let asked = Asked { file, facts: &facts, view, named: &named, tolerance: view.pixel() };
        let overview = asked.of(None, self.tools)?;
        Ok(Some(Layer { file: file.to_owned(), facts, rows, overview, named }))
    }
}

impl Layer {
    /// What is around the first place.
    fn detail(&self, place: [f64; 2], rows: &[Option<Row>], tools: &Tools) -> Result<Drawing, Failure> {
        let first = rows.first().copied().flatten();
        let known = first.map(|row| self.known(&row.named)).unwrap_or_default();
        let is_defect = first.is_some_and(|row| row.is_defect);
        let subject = Subject { place, is_defect, bounds: known.bounds, reach: known.reach };
        let view = View::of(around(&subject, self.facts.bounds.unwrap_or_default()));
        let named: Vec<NamedFeature> = rows.iter().flatten().map(|row| row.named).collect();
        let tolerance = view.pixel() * FINENESS;
        let asked = Asked { file: &self.file, facts: &self.facts, view, named: &named, tolerance };
        // Lines are wider than nothing: a little around it.
        asked.of(Some(widened(view.bounds, 0.02)), tools)
    }

    /// What the overview told of a feature.
    fn known(&self, named: &NamedFeature) -> NamedFacts {
        let at = self.named.iter().position(|one| one == named);
        at.and_then(|at| self.overview.facts.named.get(at)).copied().unwrap_or_default()
    }

    /// What the overview shows.
    fn words(&self, places: &Places<'_>) -> Vec<String> {
        let FeaturesFacts { layer, features, crs, .. } = &self.facts;
        let crs = match crs {
            Some(StatedCrs::Plane(facts)) => facts.authority.as_ref().unwrap_or(&facts.name),
            Some(StatedCrs::Other { name, .. }) => name,
            None => "no CRS",
        };
        let names: Vec<&str> = places.all.iter().filter_map(|place| place.feature.as_deref()).collect();
        let one = if names.len() == 1 { "feature" } else { "features" };
        let count = if *features == 1 { "1 feature".to_owned() } else { format!("{features} features") };
        let mut words = vec![format!("the whole layer {layer}: {count}, {crs}")];
        words.push(format!("marked: {one} {}", names.join(", ")));
        words.extend(self.overview.left_out());
        words
    }
}

/// What is asked of the door for a view.
struct Asked<'a> {
    file: &'a str,
    facts: &'a FeaturesFacts,
    view: View,
    named: &'a [NamedFeature],
    tolerance: f64,
}

impl Asked<'_> {
    fn of(&self, window: Option<Bounds>, tools: &Tools) -> Result<Drawing, Failure> {
        let question = OutlinesQuestion {
            path: self.file.into(),
            layer: Some(self.facts.layer.clone()),
            window,
            tolerance: self.tolerance,
            most: MOST,
            named: self.named.to_vec(),
            out: Default::default(),
        };
        let asked = tools.files().outlines(question);
        let (facts, outlines) = asked.map_err(|refused| unread(self.file, &refused.message))?;
        Ok(Drawing { view: self.view, facts, outlines })
    }
}

impl Drawing {
    fn map<'a>(
        &'a self,
        concerned: &'a BTreeSet<u64>,
        places: &'a [[f64; 2]],
        radius: f64,
        bar: Option<ScaleBar>,
    ) -> VectorMap<'a> {
        VectorMap { view: self.view, outlines: &self.outlines, concerned, places, radius, bar }
    }

    /// What a detail shows.
    fn words(&self, facts: &FeaturesFacts, first: &Where) -> Vec<String> {
        let bounds = self.view.bounds;
        let across = longer_side(bounds);
        let [west, south, east, north] = bounds.map(|at| decimals(at, across));
        let mut words = vec![format!("x {west} to {east}, y {south} to {north}")];
        let wide = length_in_words(across, facts.crs.as_ref());
        let around = first.feature.as_ref().map(|feature| format!(", around feature {feature}")).unwrap_or_default();
        words.push(format!("{wide} across{around}"));
        words.extend(self.left_out());
        words
    }

    fn left_out(&self) -> Option<String> {
        let OutlinesFacts { features, drawn, .. } = self.facts;
        (drawn < features).then(|| format!("{drawn} of {features} features are drawn"))
    }
}

fn entries(concerned: usize) -> Vec<Entry> {
    let entry = |name: &str, color| Entry { id: String::new(), name: name.to_owned(), color };
    let mut entries = vec![entry("features of the finding", CONCERNED), entry("other features", OTHERS)];
    if concerned == 0 {
        entries.remove(0);
    }
    entries
}
