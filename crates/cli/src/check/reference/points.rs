//! Points of which the class is known.

use std::path::Path;

use mutirao_check::{
    Where,
    raster::{Answer, Point},
};
use mutirao_core::grid::Grid;
use mutirao_mosaic::measure::NOTHING;

use super::{Fault, place_of};
use crate::{
    check::job::Job,
    open::{Points, is_csv},
};

/// A point of which the class is known.
pub struct Place {
    name: String,
    /// In the frame's CRS.
    pub xy: [f64; 2],
    period: Option<String>,
    class: u16,
}

/// The pixels around one, itself not among them, as near as `within`, row by row.
pub fn around([col, row]: [u32; 2], within: i64, frame: &Grid) -> impl Iterator<Item = [u32; 2]> {
    let [width, height] = frame.size.map(i64::from);
    let at = [i64::from(col), i64::from(row)];
    let rows = (at[1] - within).max(0)..=(at[1] + within).min(height - 1);
    rows.flat_map(move |y| ((at[0] - within).max(0)..=(at[0] + within).min(width - 1)).map(move |x| [x, y]))
        .filter(move |place| *place != at)
        .map(|[x, y]| [x as u32, y as u32])
}

/// Attributes as text, and a place where the file has geometries.
type Read = (Vec<Option<String>>, Option<[f64; 2]>);

/// Points out of a CSV file in the frame's CRS, or out of any vector file.
pub fn read_points(job: &Job<'_>, path: &Path, class: &str, target: &str) -> Result<Vec<Place>, Fault> {
    let name = path.display();
    let mut places_of: Vec<Where> = Vec::new();
    let (header, rows) = if is_csv(path) {
        let table = mutirao_pipeline::read_table(path, &["x", "y", class]).map_err(|(findings, _)| {
            let message = findings.first().map_or("it cannot be read", |finding| finding.message.as_str());
            Fault::of_file(path, message, place_of(&findings))
        })?;
        places_of = table.rows.iter().filter_map(|row| Some(Where::text(&row.first()?.place))).collect();
        let text = |cells: Vec<mutirao_pipeline::Cell>| cells.into_iter().map(|cell| Some(cell.text)).collect();
        let rows: Vec<Read> = table.rows.into_iter().map(|row| (text(row), None)).collect();
        (table.header, rows)
    } else {
        let asked = Points { path, crs: None, target, allow_ballpark: false };
        let (table, _) =
            job.setting.tools.files().points(&asked).map_err(|refused| Fault::of_file(path, &refused.message, None))?;
        (table.fields, table.features.into_iter().map(|feature| (feature.attributes, feature.point)).collect())
    };
    let column = |wanted: &str| header.iter().position(|own| own == wanted);
    let class_at =
        column(class).ok_or_else(|| Fault::of_file(path, &format!("{name} has no attribute {class}"), None))?;
    let named = ["name", "id"].into_iter().find_map(column);
    let [x, y, period] = ["x", "y", "period"].map(column);
    let mut places = Vec::new();
    for (number, (cells, point)) in rows.into_iter().enumerate() {
        let cell =
            |at: Option<usize>| at.and_then(|at| cells[at].as_deref()).map(str::trim).filter(|text| !text.is_empty());
        let number_of = |at| cell(at).and_then(|text| text.parse::<f64>().ok());
        let xy = point.or_else(|| Some([number_of(x)?, number_of(y)?]));
        let class = cell(Some(class_at)).and_then(|text| text.parse().ok());
        let (Some(xy), Some(class)) = (xy, class) else {
            let message = format!("point {} of {name} has no place, or no class that is a number", number + 1);
            return Err(Fault::of_file(path, &message, places_of.get(number).cloned()));
        };
        let name = cell(named).map_or_else(|| format!("point {}", number + 1), str::to_owned);
        places.push(Place { name, xy, period: cell(period).map(str::to_owned), class });
    }
    Ok(places)
}

/// What points hold: by period a pixel, or any of those near it. `held` has the pixels of all references by period, of which a point's own
/// begin at its number and end where those of the next begin.
pub fn judged(periods: &[String], held: &[Vec<u32>], places: &[(Place, usize)], end: usize) -> Answer {
    let mut points = Vec::new();
    for (at, (place, first)) in places.iter().enumerate() {
        let last = places.get(at + 1).map_or(end, |(_, next)| *next);
        for (period, label) in periods.iter().enumerate() {
            if place.period.as_ref().is_some_and(|wanted| wanted != label) {
                continue;
            }
            let held = &held[period][*first..last];
            points.push(Point {
                name: place.name.clone(),
                place: Where { xy: Some(place.xy), period: Some(label.clone()), ..Where::default() },
                class: place.class,
                holds: held.first().copied().filter(|class| *class != NOTHING),
                is_right: held.contains(&u32::from(place.class)),
            });
        }
    }
    Answer::Points(points)
}
