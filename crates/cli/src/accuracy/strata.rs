//! The strata that samples were drawn from, and which sample is of which.

use std::collections::BTreeMap;

use mutirao_accuracy::Stratum;
use mutirao_core::{
    door::{Answer, CrsText, Question},
    finding::Finding,
    grid::Grid,
};
use mutirao_engine::{finished::values_at, plan::Oracle};

use super::{
    Stopped,
    place::Placed,
    population::{Counting, Extent, Stated, class_of, strata_table},
    samples::{Samples, wrong},
};
use crate::{
    args::AccuracyArgs,
    coverage::{Rasters, failure},
    network::Tools,
    open::is_csv,
};

/// The strata that were named, if any were.
pub enum Given {
    /// None: they are the map's classes, or the whole map where weights or clusters say how samples were drawn.
    Nothing,
    /// A table of them.
    Table(Vec<Stated>),
    /// A raster on the coverage's grid.
    Raster(Box<Rasters>),
}

impl Given {
    /// Reads what `--strata` names.
    pub fn of(args: &AccuracyArgs, grid: &Grid, tools: &Tools) -> Result<Self, Stopped> {
        let Some(path) = &args.strata else { return Ok(Given::Nothing) };
        if is_csv(path) {
            return strata_table(path).map(Given::Table);
        }
        let raster = Rasters::open(path, None, tools)?;
        let own = raster.finished();
        let [a, b] = [&own.grid.crs, &grid.crs].map(|crs| CrsText::Text(crs.clone()));
        let answer = tools.door.ask(Question::SameCrs { a, b }).map_err(|refused| failure(&refused))?;
        let same_crs = matches!(answer, Answer::SameCrs(facts) if facts.same);
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs());
        let is_on = |a: [f64; 2], b: [f64; 2]| near(a[0], b[0]) && near(a[1], b[1]);
        let same = same_crs
            && own.grid.size == grid.size
            && is_on(own.grid.origin, grid.origin)
            && is_on(own.grid.resolution, grid.resolution);
        if !same || own.periods.len() != 1 {
            let error = format!("{} does not lie pixel on pixel with the coverage, in one band", path.display());
            return Err(Stopped::data(
                error,
                "give the raster of strata on the coverage's grid, or a table of their sizes",
            ));
        }
        drop(own);
        Ok(Given::Raster(Box::new(raster)))
    }
}

/// Strata, and the samples that lie in them.
pub struct Found<'a> {
    /// The strata.
    pub strata: Vec<Stratum>,
    /// Samples with the place of their stratum.
    pub samples: Vec<(Placed<'a>, usize)>,
    /// Where strata and sizes come from.
    pub from: String,
    /// What people should know.
    pub notes: Vec<String>,
}

/// What strata are made of.
pub struct Strata<'a> {
    /// The command line.
    pub args: &'a AccuracyArgs,
    /// The samples.
    pub samples: &'a Samples,
    /// The map's classes in the period.
    pub mapped: &'a BTreeMap<u16, Extent>,
    /// What counts pixels.
    pub counting: &'a Counting<'a>,
}

impl Strata<'_> {
    /// The strata of a period.
    pub fn of<'p>(&self, given: &Given, placed: &[Placed<'p>], period: usize) -> Result<Found<'p>, Stopped> {
        let by_design = self.samples.has("weight") || self.samples.has("cluster");
        match given {
            Given::Nothing if by_design && !self.samples.has("stratum") => Ok(self.whole(placed)),
            Given::Nothing => self.classes(placed),
            Given::Table(stated) => self.table(stated, placed),
            Given::Raster(raster) => self.raster(raster, placed, period),
        }
    }

    fn whole<'p>(&self, placed: &[Placed<'p>]) -> Found<'p> {
        let all = Extent::sum(self.mapped.values());
        let stratum =
            Stratum { name: "the whole map".to_owned(), pixels: all.pixels, area_ha: Some(all.area_ha), class: None };
        Found {
            strata: vec![stratum],
            samples: placed.iter().map(|one| (*one, 0)).collect(),
            from: "the whole map, as samples have weights or clusters and no strata".to_owned(),
            notes: Vec::new(),
        }
    }

    /// The map's classes, which a column `stratum` may name but not contradict.
    fn classes<'p>(&self, placed: &[Placed<'p>]) -> Result<Found<'p>, Stopped> {
        let is_other = |one: &&Placed<'_>| one.row.stratum.as_ref().is_some_and(|name| *name != one.map.to_string());
        if let Some(odd) = placed.iter().find(is_other) {
            let name = odd.row.stratum.clone().unwrap_or_default();
            let what = format!("this sample is of stratum {name}, where the map has class {}", odd.map);
            let mend = "strata that are not the map's classes need their sizes: give --strata FILE.csv (stratum,pixels,area_ha) or a \
                        raster of them";
            return Err(self.found(vec![wrong(&self.args.samples, &odd.row.at, what, mend)]));
        }
        let named: Vec<(String, Extent)> = self.mapped.iter().map(|(class, size)| (class.to_string(), *size)).collect();
        let stated = named.into_iter().map(|(name, size)| (name, size.pixels, Some(size.area_ha))).collect::<Vec<_>>();
        let name = |one: &Placed<'_>| Some(one.map.to_string());
        let mut found = join(&stated, placed, name);
        found.from = "the map's classes".to_owned();
        Ok(found)
    }

    /// The strata of a table; samples that name none are of that of their class in the map.
    fn table<'p>(&self, stated: &[Stated], placed: &[Placed<'p>]) -> Result<Found<'p>, Stopped> {
        let known = |name: &String| stated.iter().any(|(known, _, _)| known == name);
        let unknown: Vec<Finding> = placed
            .iter()
            .filter(|one| one.row.stratum.as_ref().is_some_and(|name| !known(name)))
            .map(|one| {
                let what =
                    format!("there is no stratum {} in the table", one.row.stratum.as_deref().unwrap_or_default());
                wrong(&self.args.samples, &one.row.at, what, "add it to the table, with its size")
            })
            .collect();
        if !unknown.is_empty() {
            return Err(self.found(unknown));
        }
        let all = Extent::sum(self.mapped.values());
        let mean = all.area_ha / all.pixels.max(1) as f64;
        let has_area = stated.iter().any(|(_, _, area)| area.is_some());
        let sized = |(name, pixels, area): &Stated| {
            (name.clone(), *pixels, area.or((!has_area).then_some(mean * *pixels as f64)))
        };
        let sized: Vec<Stated> = stated.iter().map(sized).collect();
        let name = |one: &Placed<'_>| Some(one.row.stratum.clone().unwrap_or_else(|| one.map.to_string()));
        let mut found = join(&sized, placed, name);
        found.from = "the table of strata".to_owned();
        if !has_area {
            found.notes.push("the table of strata has no area_ha: a pixel counts as the map's mean pixel".to_owned());
        }
        self.compare(&mut found);
        Ok(found)
    }

    /// The strata of a raster, at the samples' own pixels.
    fn raster<'p>(&self, raster: &Rasters, placed: &[Placed<'p>], period: usize) -> Result<Found<'p>, Stopped> {
        let pixels: Vec<[u32; 2]> = placed.iter().map(|one| one.pixel).collect();
        let values = values_at(&class_of(raster.finished(), 0), &pixels)?;
        let held: BTreeMap<[u32; 2], Option<u16>> = pixels.into_iter().zip(values).collect();
        let name = |one: &Placed<'_>| held.get(&one.pixel).copied().flatten().map(|value| value.to_string());
        let is_other =
            |one: &&Placed<'_>| one.row.stratum.as_ref().zip(name(one)).is_some_and(|(said, found)| *said != found);
        if let Some(odd) = placed.iter().find(is_other) {
            let said = odd.row.stratum.clone().unwrap_or_default();
            let what =
                format!("this sample is of stratum {said}, where the raster has {}", name(odd).unwrap_or_default());
            return Err(self.found(vec![wrong(
                &self.args.samples,
                &odd.row.at,
                what,
                "see that both are of one design",
            )]));
        }
        let sizes = self.counting.strata(raster, period)?;
        let stated: Vec<Stated> =
            sizes.iter().map(|(value, size)| (value.to_string(), size.pixels, Some(size.area_ha))).collect();
        let mut found = join(&stated, placed, name);
        found.from = "the raster of strata".to_owned();
        found.notes.extend(raster.notes.iter().cloned());
        self.compare(&mut found);
        Ok(found)
    }

    /// Says where strata and map are not of one size.
    fn compare(&self, found: &mut Found<'_>) {
        let map = Extent::sum(self.mapped.values()).pixels;
        let strata: u64 = found.strata.iter().map(|stratum| stratum.pixels).sum();
        if map != strata {
            found
                .notes
                .push(format!("the strata hold {strata} pixels, the map's classes {map}; shares are of the strata"));
        }
    }

    fn found(&self, findings: Vec<Finding>) -> Stopped {
        let text = std::fs::read_to_string(&self.args.samples).ok();
        Stopped::found(&self.args.samples, findings, text)
    }
}

/// Strata with the samples that name them; samples that name none are left out. They are the map's classes where each bears the number
/// of its samples' class.
fn join<'p>(stated: &[Stated], placed: &[Placed<'p>], name: impl Fn(&Placed<'_>) -> Option<String>) -> Found<'p> {
    let place: BTreeMap<&str, usize> =
        stated.iter().enumerate().map(|(at, (name, _, _))| (name.as_str(), at)).collect();
    let find = |one: &Placed<'p>| Some((*one, *place.get(name(one)?.as_str())?));
    let samples: Vec<(Placed<'p>, usize)> = placed.iter().filter_map(find).collect();
    let are_classes = samples.iter().all(|(one, at)| stated[*at].0 == one.map.to_string());
    let stratum = |(name, pixels, area): &Stated| Stratum {
        name: name.clone(),
        pixels: *pixels,
        area_ha: *area,
        class: name.parse().ok().filter(|_| are_classes),
    };
    Found { strata: stated.iter().map(stratum).collect(), samples, from: String::new(), notes: Vec::new() }
}
