//! CSV files with a place for every field.

use crate::{
    sink::Sink,
    suggest::{did_you_mean, listed},
    yaml::Spot,
};

/// A field, trimmed, and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its text.
    pub text: String,
    /// Where it begins.
    pub spot: Spot,
}

/// A table: its header, and its rows, each as long as the header.
#[derive(Debug)]
pub struct Csv {
    /// The names of the columns.
    pub header: Vec<Field>,
    /// The lines below.
    pub rows: Vec<Vec<Field>>,
}

const START: Spot = Spot { line: 1, column: 1 };

/// Reads a table. `kind` (`legend` or `crosswalk`) begins the codes of its findings; `columns` must be in the header.
/// Rows of the wrong length are reported and left out. None if there is no usable header.
pub fn read_csv(text: &str, kind: &str, columns: &[&str], sink: &mut Sink) -> Option<Csv> {
    let mut rows = records(text, kind, sink);
    let syntax = format!("{kind}-syntax");
    if rows.is_empty() {
        let message = format!("the {kind} is empty");
        sink.error(&syntax, START, message, format!("begin with the header {}", columns.join(",")));
        return None;
    }
    let header = rows.remove(0);
    let whole = header_ok(&header, kind, columns, sink);
    rows.retain(|row| {
        let spot = row.first().map_or(START, |field| field.spot);
        if row.len() != header.len() {
            let message = format!("this line has {} fields, the header has {}", row.len(), header.len());
            sink.error(&syntax, spot, message, "give every line the same columns; put texts with commas in quotes");
        }
        row.len() == header.len()
    });
    whole.then_some(Csv { header, rows })
}

fn records(text: &str, kind: &str, sink: &mut Sink) -> Vec<Vec<Field>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut places = Places { rest: text.chars().peekable(), spot: START };
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let message = format!("this is no CSV: {error}");
                sink.error(&format!("{kind}-syntax"), places.spot, message, "mend this line; the rest was not read");
                break;
            }
        };
        let spots = places.record();
        let field = |(at, text): (usize, &str)| Field {
            text: text.trim().to_owned(),
            spot: spots.get(at).or(spots.first()).copied().unwrap_or(START),
        };
        rows.push(record.iter().enumerate().map(field).collect());
    }
    rows
}

fn header_ok(header: &[Field], kind: &str, columns: &[&str], sink: &mut Sink) -> bool {
    let code = format!("{kind}-header");
    let names: Vec<&str> = header.iter().map(|field| field.text.as_str()).collect();
    if names.len() == 1 && names[0].contains([';', '\t']) {
        let message = "the columns are not separated by commas".to_owned();
        sink.error(&code, START, message, format!("save the file with commas: {}", columns.join(",")));
        return false;
    }
    for (at, field) in header.iter().enumerate() {
        if names[..at].contains(&field.text.as_str()) {
            let message = format!("the column \"{}\" stands twice", field.text);
            sink.error(&code, field.spot, message, "take one of them away");
        }
    }
    let missing: Vec<&str> = columns.iter().filter(|column| !names.contains(column)).copied().collect();
    for column in &missing {
        let hint = did_you_mean(column, names.iter().copied()).replace("did you mean", "is it meant by");
        let message = format!("the {kind} has no column \"{column}\"{hint}; it has {}", listed(&names));
        sink.error(&code, START, message, format!("the header must have {}", columns.join(",")));
    }
    missing.is_empty()
}

impl Csv {
    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|field| field.text == name)
    }
}

/// Runs through the text beside the reader, which tells no columns.
struct Places<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    spot: Spot,
}

impl Places<'_> {
    /// Where the fields of the next record begin.
    fn record(&mut self) -> Vec<Spot> {
        while self.rest.next_if(|c| matches!(c, '\r' | '\n')).map(|c| self.step(c)).is_some() {}
        let mut spots = vec![self.spot];
        let mut quoted = false;
        let mut fresh = true;
        while let Some(c) = self.rest.next() {
            self.step(c);
            match c {
                '"' if quoted || fresh => quoted = !quoted,
                '\r' | '\n' if !quoted => break,
                ',' if !quoted => spots.push(self.spot),
                _ => {}
            }
            // A doubled quote inside of quotes closes and opens again.
            fresh = matches!(c, ',' | '"') && !quoted;
        }
        spots
    }

    fn step(&mut self, c: char) {
        if c == '\n' {
            self.spot = Spot { line: self.spot.line.saturating_add(1), column: 1 };
        } else if c != '\r' {
            self.spot.column = self.spot.column.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spots(text: &str) -> Vec<(String, u32, u32)> {
        let mut sink = Sink::new("x.csv");
        let all = records(text, "legend", &mut sink);
        all.into_iter().flatten().map(|field| (field.text, field.spot.line, field.spot.column)).collect()
    }

    #[test]
    fn every_field_has_its_place() {
        let found = spots("a,b\r\n\r\n1,\"x, \"\"y\"\"\nz\",é,q\n2,3\n");
        let expected = [
            ("a", 1, 1),
            ("b", 1, 3),
            ("1", 3, 1),
            ("x, \"y\"\nz", 3, 3),
            ("é", 4, 4),
            ("q", 4, 6),
            ("2", 5, 1),
            ("3", 5, 3),
        ];
        assert_eq!(found, expected.map(|(text, line, column)| (text.to_owned(), line, column)));
    }

    #[test]
    fn semicolons_are_named() {
        let mut sink = Sink::new("x.csv");
        assert!(read_csv("id;parent;name\n1;;Forest\n", "legend", &["id", "name"], &mut sink).is_none());
        assert_eq!(sink.findings.len(), 1);
        assert!(sink.findings[0].message.contains("commas"), "{:?}", sink.findings);
    }
}
