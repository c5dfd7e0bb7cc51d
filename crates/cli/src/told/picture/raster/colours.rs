//! The colour of a value: that of its class in the legend, else that of the file's own palette, else one of its own that is always
//! the same.

use mutirao_core::{
    crosswalk::{Crosswalk, Target},
    legend::{Class, Legend},
};

/// Colours and names of a file's values.
pub struct Colours<'a> {
    legend: Option<&'a Legend>,
    crosswalk: Option<&'a Crosswalk>,
    palette: Vec<[u8; 3]>,
}

/// What holds nothing.
pub const NOTHING: [u8; 3] = [255, 255, 255];

impl<'a> Colours<'a> {
    /// Out of what is at hand.
    pub fn new(legend: Option<&'a Legend>, crosswalk: Option<&'a Crosswalk>, palette: Vec<[u8; 3]>) -> Self {
        Colours { legend, crosswalk, palette }
    }

    fn class(&self, value: i32) -> Option<&'a Class> {
        let id = match self.crosswalk.map(|crosswalk| crosswalk.code(value)) {
            None => u16::try_from(value).ok()?,
            Some(Some(Target::Class(id))) => id,
            Some(Some(Target::Nothing) | None) => return None,
        };
        self.legend?.get(id)
    }

    /// The colour of a value.
    pub fn of(&self, value: Option<i32>) -> [u8; 3] {
        let Some(value) = value else { return NOTHING };
        if let Some(class) = self.class(value) {
            return class.color;
        }
        if matches!(self.crosswalk.and_then(|crosswalk| crosswalk.code(value)), Some(Target::Nothing)) {
            return NOTHING;
        }
        // Palettes are black where they were not filled in.
        let own = usize::try_from(value).ok().and_then(|value| self.palette.get(value)).copied();
        own.filter(|colour| *colour != [0; 3]).unwrap_or_else(|| invented(value))
    }

    /// What a value is called: the name of its class, or a word.
    pub fn name(&self, value: i32) -> String {
        match (self.class(value), self.crosswalk.and_then(|crosswalk| crosswalk.code(value))) {
            (Some(class), _) => class.name.clone(),
            (None, Some(Target::Nothing)) => "nothing".to_owned(),
            (None, _) => "value".to_owned(),
        }
    }
}

/// Hues a golden angle apart in three lights, so that values next to each other look different.
fn invented(value: i32) -> [u8; 3] {
    let hue = (f64::from(value) * 137.507_764).rem_euclid(360.0) / 60.0;
    let light = [0.9, 0.6, 0.75][value.rem_euclid(3) as usize] * 255.0;
    [0.0, 2.0, 4.0].map(|peak: f64| {
        let away = (hue - peak).abs();
        let share = (2.0 - away.min(6.0 - away)).clamp(0.0, 1.0);
        ((0.2 + 0.8 * share) * light).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legend_then_palette_then_an_own_colour() {
        let class = Class { id: 3, parent: None, name: "Forest".into(), color: [1, 2, 3], more: Default::default() };
        let legend = Legend::new(vec![class]).unwrap();
        let palette = vec![[0; 3], [0; 3], [9, 8, 7], [6, 6, 6]];
        let colours = Colours::new(Some(&legend), None, palette);
        assert_eq!([colours.of(Some(3)), colours.of(Some(2)), colours.of(None)], [[1, 2, 3], [9, 8, 7], NOTHING]);
        assert_eq!(colours.of(Some(1)), colours.of(Some(1)));
        let own: std::collections::BTreeSet<[u8; 3]> = (-20..200).map(invented).collect();
        assert!(own.len() > 200, "{}", own.len());
        assert_eq!((&*colours.name(3), &*colours.name(2)), ("Forest", "value"));
    }
}
