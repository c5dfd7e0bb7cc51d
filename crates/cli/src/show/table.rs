//! Small tables of text, and numbers in them.

pub use mutirao_core::words::thousands;

/// Lines of cells as columns: the first column to the left, the others to the right unless `left` names them.
pub fn table(rows: &[Vec<String>], left: &[usize]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .enumerate()
            .map(|(column, cell)| {
                let gap = " ".repeat(widths[column] - cell.chars().count());
                if column == 0 || left.contains(&column) { format!("{cell}{gap}") } else { format!("{gap}{cell}") }
            })
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// Hectares in words: small areas keep a decimal, so that a class that is there never reads as 0.
pub fn hectares(area: f64) -> String {
    if area > 0.0 && area < 10.0 { format!("{area:.2}") } else { thousands(area.round() as u64) }
}

/// A share in per cent; a dash of nothing.
pub fn share(part: u64, total: u64) -> String {
    if total == 0 { "-".to_owned() } else { format!("{:.2} %", 100.0 * part as f64 / total as f64) }
}

/// Bytes in the largest unit that leaves a number of at least one.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut number = bytes as f64;
    let mut unit = 0;
    while number >= 1024.0 && unit + 1 < UNITS.len() {
        number /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{number:.1} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_set_apart() {
        assert_eq!(bytes(1536), "1.5 KiB");
    }
}
