//! Who made it, who won how much, and on which terms it may be used.

use mutirao_core::{pipeline::Partner, rule::Role};

use super::{Readme, area, percent};
use crate::release::texts::{
    deliveries::{Delivery, authors},
    markdown::{link, plain, table},
};

impl Readme<'_> {
    pub(super) fn partners(&self) -> String {
        let mut rows = vec![["layer", "partner", "version", "licence", "for"].map(str::to_owned).to_vec()];
        for delivery in self.deliveries {
            let purpose = match delivery.role {
                Role::Class => "the map",
                Role::Region => "regions",
                Role::Value => "conditions",
            };
            rows.push(vec![
                plain(&delivery.name),
                delivery.partner.map_or("-".to_owned(), |partner| link(&partner.name, partner.url.as_deref())),
                match delivery.is_left_out {
                    true => "left out".to_owned(),
                    false => delivery.member.version.as_deref().map_or("-".to_owned(), plain),
                },
                delivery.licence().map_or("none stated".to_owned(), plain),
                purpose.to_owned(),
            ]);
        }
        let authors = authors(self.content.pipeline, self.deliveries);
        let credit = match authors.is_empty() {
            true => String::new(),
            false => format!(
                "Credit line, to be kept with every map and figure made of this release:\n\n> {}\n\n",
                credit(&authors)
            ),
        };
        format!("## Partners and their layers\n\n{credit}{}", table(&rows, 5))
    }

    /// Whose word stands where, in shares of the map's area.
    pub(super) fn winners(&self) -> String {
        let totals: Vec<_> = self.shown.iter().map(|period| self.totals.of(period)).collect();
        let mut header = vec!["layer".to_owned(), "partner".to_owned()];
        header.extend(self.shown.iter().flat_map(|period| [format!("{} ha", plain(period)), "share".to_owned()]));
        let mut rows = vec![header];
        for delivery in self.deliveries.iter().filter(|delivery| delivery.role == Role::Class) {
            let mut row = self.named(delivery);
            for totals in &totals {
                let own = totals.sources.get(&delivery.source).map_or(0.0, |extent| extent.hectares);
                row.extend([area(own), percent(own, totals.whole.hectares)]);
            }
            rows.push(row);
        }
        if totals.iter().any(|totals| totals.gaps.pixels + totals.unclaimed.pixels > 0) {
            let mut row = vec!["(nobody)".to_owned(), "-".to_owned()];
            for totals in &totals {
                let nobody = totals.gaps.hectares + totals.unclaimed.hectares;
                row.extend([area(nobody), percent(nobody, totals.whole.hectares)]);
            }
            rows.push(row);
        }
        format!("## Whose word stands\n\n{}", table(&rows, 2))
    }

    fn named(&self, delivery: &Delivery<'_>) -> Vec<String> {
        let partner = delivery.partner.map_or("-".to_owned(), |partner| plain(&partner.name));
        vec![plain(&delivery.name), partner]
    }

    pub(super) fn licence(&self) -> String {
        let pipeline = self.content.pipeline;
        let licence = match &pipeline.license {
            Some(licence) => format!("The product is under **{}**.", plain(licence)),
            None => "No licence is stated: ask the network before you use it.".to_owned(),
        };
        let cite = match &pipeline.citation {
            Some(citation) => plain(citation),
            None => self.own_citation(),
        };
        format!(
            "## Licence and citation\n\n{licence} The layers keep their own licences, as in the table above.\n\n\
             Please cite:\n\n> {cite}\n\nFor programs that manage references: `CITATION.cff`.\n"
        )
    }

    /// How to cite a pipeline that does not say it.
    fn own_citation(&self) -> String {
        let pipeline = self.content.pipeline;
        let names: Vec<String> =
            authors(pipeline, self.deliveries).iter().map(|partner| plain(&partner.name)).collect();
        let by = if names.is_empty() { String::new() } else { format!("{}: ", names.join("; ")) };
        let year = self.date.split('-').next().unwrap_or_default();
        let doi = pipeline.doi.as_deref().map_or(String::new(), |doi| format!(" {}.", plain(doi)));
        format!("{by}{}, version {}. {year}.{doi}", plain(&pipeline.title), plain(&pipeline.version))
    }
}

/// How partners want to be named, each once.
fn credit(partners: &[&Partner]) -> String {
    let mut names: Vec<String> = Vec::new();
    for partner in partners {
        let wanted = plain(partner.attribution.as_deref().unwrap_or(&partner.name));
        if !names.contains(&wanted) {
            names.push(wanted);
        }
    }
    names.join("; ")
}
