//! `README.md`: what somebody who opens the folder has to know, for people who were not there when it was made.

mod classes;
mod files;
mod gaps;
mod partners;
mod quality;

use mutirao_core::pipeline::{Method, Pipeline};

use super::{
    citation::bare_doi,
    deliveries::{Delivery, authors},
    markdown::{code, link, plain, table},
    totals::Totals,
};
use crate::{
    release::Content,
    show::table::{hectares, thousands},
};

/// Periods up to this many stand in tables; of more, the first and the last.
const SHOWN: usize = 4;

/// What the sections are written from.
struct Readme<'a> {
    content: &'a Content<'a>,
    deliveries: &'a [Delivery<'a>],
    totals: &'a Totals,
    /// The periods that tables show.
    shown: Vec<&'a str>,
    /// The day of the run.
    date: &'a str,
}

/// The text; `files` are those of the release, `date` the day of the run.
pub fn readme(
    content: &Content<'_>,
    deliveries: &[Delivery<'_>],
    totals: &Totals,
    files: &[String],
    date: &str,
) -> String {
    let shown = shown(&content.plan.periods);
    let readme = Readme { content, deliveries, totals, shown, date };
    [
        readme.about(),
        readme.classes(),
        readme.partners(),
        readme.winners(),
        readme.quality(),
        readme.licence(),
        readme.gaps(),
        readme.warnings(),
        readme.areas(),
        files::files(files, content),
    ]
    .into_iter()
    .filter(|section| !section.is_empty())
    .collect::<Vec<_>>()
    .join("\n")
}

fn shown(periods: &[String]) -> Vec<&str> {
    match periods {
        [first, .., last] if periods.len() > SHOWN => vec![first, last],
        all => all.iter().map(String::as_str).collect(),
    }
}

impl Readme<'_> {
    fn about(&self) -> String {
        let pipeline = self.content.pipeline;
        let layers: std::collections::BTreeSet<&str> =
            self.deliveries.iter().filter_map(|delivery| delivery.name.split(" / ").next()).collect();
        let partners = authors(pipeline, self.deliveries).len();
        let mut text = format!(
            "# {}\n\nRelease {} of the network {}, made on {} by Mutirão {}.\n\n",
            plain(&pipeline.title),
            code(&pipeline.version),
            code(&pipeline.id),
            self.date,
            env!("CARGO_PKG_VERSION"),
        );
        text.push_str(&format!(
            "One map for each period, merged out of {} of {}. {}\n\n",
            counted(layers.len(), "layer"),
            counted(partners, "partner"),
            method(pipeline),
        ));
        text.push_str(&self.facts());
        if self.shown.len() < self.content.plan.periods.len() {
            text.push_str("\nThe tables below show the first and the last period; `areas.csv` has all of them.\n");
        }
        text
    }

    fn facts(&self) -> String {
        let Content { pipeline, plan, .. } = *self.content;
        let grid = &plan.grid;
        let [width, height] = grid.resolution;
        let unit = &plan.crs.unit_name;
        let [right, bottom] = grid.transform().to_map(f64::from(grid.width()), f64::from(grid.height()));
        let first = self.totals.of(plan.periods.first().map_or("", String::as_str)).whole;
        let authority = plan.crs.authority.as_ref().map_or(String::new(), |name| format!(" ({})", plain(name)));
        let periods: Vec<String> = plan.periods.iter().map(|period| plain(period)).collect();
        let mut rows = vec![
            vec![counted(periods.len(), "period"), periods.join(", ")],
            vec!["coordinate system".to_owned(), format!("{}{authority}", plain(&plan.crs.name))],
            vec!["pixel".to_owned(), format!("{width} x {height} {}", plain(unit))],
            vec![
                "size".to_owned(),
                format!("{} x {} pixels", thousands(grid.width().into()), thousands(grid.height().into())),
            ],
            vec!["extent".to_owned(), format!("x {} to {right}, y {bottom} to {}", grid.origin[0], grid.origin[1])],
            vec![
                "inside the map's area".to_owned(),
                format!("{} pixels, {} ha", thousands(first.pixels.unsigned_abs()), area(first.hectares)),
            ],
            vec!["licence".to_owned(), pipeline.license.as_deref().map_or("none stated".to_owned(), plain)],
        ];
        rows.extend(pipeline.doi.as_deref().map(|doi| {
            let address = bare_doi(doi).map(|doi| format!("https://doi.org/{doi}"));
            vec!["DOI".to_owned(), link(doi, address.as_deref())]
        }));
        rows.extend(pipeline.contact.as_deref().map(|contact| vec!["contact".to_owned(), plain(contact)]));
        rows.insert(0, vec![String::new(), String::new()]);
        table(&rows, 2)
    }

    fn areas(&self) -> String {
        let crs = &self.content.plan.crs;
        let by = if crs.geographic {
            "by rows of pixels: the area between two parallels, in closed form"
        } else {
            "by cells of 64 x 64 pixels, each carried from the map onto the ellipsoid"
        };
        format!(
            "## How areas are computed\n\n\
             Areas are true areas on the coordinate system's own ellipsoid (semi-major axis {} m, inverse flattening {}), \
             {by}. They are not pixels times the nominal size of a pixel. Pixels are counted as whole numbers and weighed by \
             the area of a pixel at their place, so sums are the same in any order.\n\n\
             **Pixel counts are no unbiased area estimates.** A map has errors, and counting its pixels counts them too. Where \
             an area matters (a claim, a target, a trend), estimate it from a sample of reference data, with its interval \
             (Olofsson et al. 2014, Remote Sensing of Environment 148, 42-57).\n",
            crs.ellipsoid.semi_major_m, crs.ellipsoid.inverse_flattening,
        )
    }
}

fn method(pipeline: &Pipeline) -> String {
    match pipeline.coverage.method {
        Method::Prevalence => format!(
            "An ordered list of {} decides which layer stands where: the first that matches a pixel wins. The rules, as they \
             were run, are in `pipeline.yaml`.",
            counted(pipeline.coverage.rules.len(), "rule")
        ),
        Method::First => "Of the layers in their order, the first that speaks at a pixel wins.".to_owned(),
        Method::Last => "Of the layers in their order, the last that speaks at a pixel wins.".to_owned(),
        Method::Majority => "The class that most layers say at a pixel wins.".to_owned(),
        Method::Min => "The lowest class that a layer says at a pixel wins.".to_owned(),
        Method::Max => "The highest class that a layer says at a pixel wins.".to_owned(),
        Method::MostRecent => "The layer of the latest date that speaks at a pixel wins.".to_owned(),
    }
}

/// Hectares in words; what is there is never 0.
fn area(area: f64) -> String {
    if area > 0.0 && area < 0.005 { "< 0.01".to_owned() } else { hectares(area) }
}

/// A share of areas in per cent; what is there is never 0.
fn percent(part: f64, whole: f64) -> String {
    match 100.0 * part / whole {
        _ if whole <= 0.0 => "-".to_owned(),
        tiny if tiny > 0.0 && tiny < 0.005 => "< 0.01 %".to_owned(),
        percent => format!("{percent:.2} %"),
    }
}

/// `1 layer`, `2 layers`.
fn counted(count: usize, word: &str) -> String {
    format!("{} {word}{}", thousands(count as u64), if count == 1 { "" } else { "s" })
}
