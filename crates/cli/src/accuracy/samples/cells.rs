//! From texts to samples.

use std::path::Path;

use mutirao_core::{
    finding::{Finding, Place},
    legend::Legend,
};

use super::{At, COLUMNS, Row, finding, wrong};

/// The places of columns in a file.
pub struct Columns {
    by_name: [Option<usize>; COLUMNS.len()],
}

impl Columns {
    /// Of a header.
    pub fn of(header: &[String]) -> Self {
        Columns { by_name: COLUMNS.map(|name| header.iter().position(|own| own == name)) }
    }

    /// The names of those that are there.
    pub fn names(&self) -> Vec<&'static str> {
        let present = COLUMNS.iter().zip(self.by_name).filter(|(_, at)| at.is_some());
        present.map(|(name, _)| *name).collect()
    }

    /// The names of columns that are none of ours, `others` aside.
    pub fn unused(&self, header: &[String], others: &[&str]) -> Vec<String> {
        let known = |name: &str| COLUMNS.contains(&name) || others.contains(&name);
        header.iter().filter(|name| !known(name)).cloned().collect()
    }
}

/// One line of a file: its cells as text, and where they stand.
pub struct Line<'a> {
    /// The file.
    pub path: &'a Path,
    /// Texts without spaces around them; empty where there is none.
    pub cells: Vec<&'a str>,
    /// The place of every cell, of a text file.
    pub places: Vec<&'a Place>,
    /// The number of the line or feature, from 0.
    pub number: usize,
}

impl Line<'_> {
    /// Where a cell stands.
    pub fn at(&self, column: usize) -> At {
        self.places.get(column).map_or(At::Feature(self.number), |place| At::Line((*place).clone()))
    }

    /// A finding about a cell.
    pub fn wrong(&self, column: usize, what: String, mend: &str) -> Finding {
        wrong(self.path, &self.at(column), what, mend)
    }

    /// A number that is not infinite.
    pub fn number(&self, column: usize, name: &str, findings: &mut Vec<Finding>) -> Option<f64> {
        let number = self.cells[column].parse().ok().filter(|number: &f64| number.is_finite());
        if number.is_none() {
            let what = format!("`{name}` is \"{}\", no number", self.cells[column].escape_debug());
            findings.push(self.wrong(column, what, "write a number, with a point before decimals"));
        }
        number
    }

    /// The sample of a line at a place; none where something is wrong, which `findings` then say.
    pub fn row(
        &self,
        xy: [f64; 2],
        columns: &Columns,
        legend: Option<&Legend>,
        findings: &mut Vec<Finding>,
    ) -> Option<Row> {
        let [period, reference, alternate, stratum, weight, cluster] = columns.by_name;
        let before = findings.len();
        let text = |column: Option<usize>, name: &str, findings: &mut Vec<Finding>| {
            let column = column?;
            if self.cells[column].is_empty() {
                let what = format!("this sample has no {name}, though there is a column for it");
                findings.push(self.wrong(column, what, "give every sample one, or take the column out"));
            }
            Some(self.cells[column].to_owned())
        };
        let class = |column: Option<usize>, findings: &mut Vec<Finding>| {
            self.class(column?, legend).map_err(|found| findings.push(*found)).ok()
        };
        let reference = class(reference, findings);
        let alternate = alternate.filter(|column| !self.cells[*column].is_empty());
        let alternate = class(alternate, findings);
        let row = Row {
            at: self.at(0),
            xy,
            period: text(period, "period", findings),
            reference: reference.unwrap_or_default(),
            alternate,
            stratum: text(stratum, "stratum", findings),
            weight: weight.and_then(|column| self.weight(column, findings)),
            cluster: text(cluster, "cluster", findings),
        };
        (findings.len() == before && reference.is_some()).then_some(row)
    }

    fn weight(&self, column: usize, findings: &mut Vec<Finding>) -> Option<f64> {
        let weight = self.number(column, "weight", findings)?;
        if weight <= 0.0 {
            let what = format!("the weight is {weight}, not above 0");
            findings.push(self.wrong(column, what, "give the inverse of the probability with which it was drawn"));
        }
        (weight > 0.0).then_some(weight)
    }

    /// A class; `3.0`, as tables with gaps are often written, is 3.
    fn class(&self, column: usize, legend: Option<&Legend>) -> Result<u16, Box<Finding>> {
        let text = self.cells[column];
        let number = text.parse().ok().filter(|number: &f64| number.fract() == 0.0);
        let Some(class) = number.filter(|number| (0.0..=65_535.0).contains(number)).map(|number| number as u16) else {
            let what = match text {
                "" => "this sample has no reference class".to_owned(),
                _ => format!("\"{}\" is no class id", text.escape_debug()),
            };
            let mend = "write an id of the legend; leave out samples that nobody labelled, and say how many they were";
            return Err(Box::new(self.wrong(column, what, mend)));
        };
        match legend {
            Some(legend) if legend.get(class).is_none() => {
                let what = format!("class {class} does not stand in the legend");
                let ids: Vec<String> = legend.ids().map(|id| id.to_string()).collect();
                let mend = format!("its classes are {}", ids.join(", "));
                Err(Box::new(finding("unknown-class", self.path, &self.at(column), what, &mend)))
            }
            _ => Ok(class),
        }
    }
}
