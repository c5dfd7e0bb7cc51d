//! Which band of a file speaks for a period; never by order alone.

use mutirao_core::{pipeline::BandSpec, raster::RasterFacts};

/// Why no band was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NoBand(pub(super) String);

/// The band, from 0, that speaks for a period.
pub(super) fn find_band(spec: &BandSpec, facts: &RasterFacts, period: usize, label: &str) -> Result<u16, NoBand> {
    match spec {
        BandSpec::Number(number) => in_range(*number, facts),
        BandSpec::ByPeriod(bands) => match bands.iter().find(|(of, _)| *of == period) {
            Some((_, number)) => in_range(*number, facts),
            None => Err(NoBand(format!("`bands` names no band for {label}"))),
        },
        BandSpec::Description(template) => {
            let wanted = template.replace("{period}", label);
            unique(facts, |description| description == wanted)
                .unwrap_or_else(|found| Err(no_description(&format!("described as \"{wanted}\""), found, facts)))
        }
        BandSpec::Auto if facts.bands == 1 => Ok(0),
        BandSpec::Auto => unique(facts, |description| description == label)
            .or_else(|_| unique(facts, |description| description.ends_with(label)))
            .unwrap_or_else(|found| {
                Err(no_description(&format!("whose description is or ends in \"{label}\""), found, facts))
            }),
    }
}

fn in_range(number: u16, facts: &RasterFacts) -> Result<u16, NoBand> {
    if (1..=facts.bands).contains(&number) {
        Ok(number - 1)
    } else {
        Err(NoBand(format!("it has no band {number}, only 1 to {}", facts.bands)))
    }
}

/// The only band whose description passes; else how many do.
fn unique(facts: &RasterFacts, passes: impl Fn(&str) -> bool) -> Result<Result<u16, NoBand>, usize> {
    let bands: Vec<usize> = facts
        .band_descriptions
        .iter()
        .enumerate()
        .filter(|(_, description)| description.as_deref().is_some_and(&passes))
        .map(|(band, _)| band)
        .collect();
    match bands[..] {
        [only] => Ok(Ok(only as u16)),
        _ => Err(bands.len()),
    }
}

fn no_description(wanted: &str, found: usize, facts: &RasterFacts) -> NoBand {
    let known: Vec<&str> = facts.band_descriptions.iter().flatten().map(String::as_str).collect();
    let count = if found == 0 { "no band".to_owned() } else { format!("{found} bands") };
    let list = match known.len() {
        0 => "no band is described".to_owned(),
        n if n > 6 => format!("the descriptions are {}, ... {}", known[..3].join(", "), known[n - 1]),
        _ => format!("the descriptions are {}", known.join(", ")),
    };
    NoBand(format!("it has {count} {wanted}; {list}"))
}
