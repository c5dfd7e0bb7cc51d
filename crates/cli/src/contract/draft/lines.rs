//! Lines of a draft, and words in them.

use serde_json::Value;

use crate::show::table::thousands;

/// Lines of a text.
#[derive(Default)]
pub struct Lines {
    text: String,
}

impl Lines {
    /// Adds a line, or several.
    pub fn add(&mut self, line: impl AsRef<str>) {
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    /// All of them.
    pub fn text(self) -> String {
        self.text
    }
}

/// A text as YAML.
pub fn word(text: &str) -> String {
    mutirao_contract::to_yaml(&Value::from(text)).trim_end().to_owned()
}

/// Foreign text within a comment: on one line.
pub fn plain(text: &str) -> String {
    text.escape_debug().to_string()
}

/// So many pixels, in words.
pub fn pixels(count: u64) -> String {
    format!("{} pixel{}", thousands(count), if count == 1 { "" } else { "s" })
}

/// A part of a whole in percent: one decimal, or more where it is less than one percent.
pub fn percent(count: u64, all: u64) -> String {
    let percent = count as f64 / all.max(1) as f64 * 100.0;
    match percent {
        _ if percent >= 1.0 => format!("{percent:.1} %"),
        _ if percent >= 0.001 => format!("{percent:.3} %"),
        _ => "less than 0.001 %".to_owned(),
    }
}
