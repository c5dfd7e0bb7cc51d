//! What is counted by what.

use mutirao_core::rule::LayerId;

use super::ledger::Key;

/// What an area is counted by; its order is that of the rows of `areas.parquet`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AreaKey {
    /// The period's place.
    pub period: u16,
    /// The kind of territory: 0 the whole coverage, then the pipeline's kinds from 1.
    pub kind: u16,
    /// The territory: its place in the kind, the value of a region layer, or [`NO_TERRITORY`].
    pub territory: i32,
    /// The class; none is nothing.
    pub class: Option<u16>,
    /// The source, 0 for none.
    pub source: u16,
    /// The rule, 0 for none.
    pub rule: u16,
}

/// What a change is counted by; its order is that of the rows of `transitions.parquet`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransitionKey {
    /// The place of the earlier period.
    pub period_from: u16,
    /// The place of the later period.
    pub period_to: u16,
    /// The kind of territory, as in [`AreaKey`].
    pub kind: u16,
    /// The territory, as in [`AreaKey`].
    pub territory: i32,
    /// The class in the earlier period; none is nothing.
    pub class_from: Option<u16>,
    /// The class in the later period; none is nothing.
    pub class_to: Option<u16>,
}

/// How many layers speak and agree at a pixel inside the coverage's area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AgreementKey {
    /// The period's place.
    pub period: u16,
    /// Layers that speak; 0 is a gap.
    pub speak: u8,
    /// Of them, those that say the winning class.
    pub same: u8,
    /// Of them, those that say one of the same top class.
    pub same_top: u8,
}

/// The territory of pixels that lie in none of their kind, and of the whole coverage: before all others.
pub const NO_TERRITORY: i32 = i32::MIN;

/// What a layer holds: by layer, period, source and value (none is nothing).
pub type HistogramKey = (LayerId, u16, u16, Option<i32>);

impl Key for AreaKey {
    const BYTES: usize = 2 + 2 + 4 + 4 + 2 + 2;

    fn put(&self, into: &mut Vec<u8>) {
        put_u16s(into, [self.period, self.kind, self.source, self.rule]);
        into.extend(self.territory.to_le_bytes());
        into.extend(class_code(self.class).to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Self {
        AreaKey {
            period: u16_at(bytes, 0),
            kind: u16_at(bytes, 2),
            source: u16_at(bytes, 4),
            rule: u16_at(bytes, 6),
            territory: i32_at(bytes, 8),
            class: class_of(i32_at(bytes, 12)),
        }
    }
}

impl Key for TransitionKey {
    const BYTES: usize = 2 + 2 + 2 + 4 + 4 + 4;

    fn put(&self, into: &mut Vec<u8>) {
        put_u16s(into, [self.period_from, self.period_to, self.kind]);
        into.extend(self.territory.to_le_bytes());
        into.extend(class_code(self.class_from).to_le_bytes());
        into.extend(class_code(self.class_to).to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Self {
        TransitionKey {
            period_from: u16_at(bytes, 0),
            period_to: u16_at(bytes, 2),
            kind: u16_at(bytes, 4),
            territory: i32_at(bytes, 6),
            class_from: class_of(i32_at(bytes, 10)),
            class_to: class_of(i32_at(bytes, 14)),
        }
    }
}

fn put_u16s<const N: usize>(into: &mut Vec<u8>, numbers: [u16; N]) {
    numbers.iter().for_each(|number| into.extend(number.to_le_bytes()));
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn i32_at(bytes: &[u8], at: usize) -> i32 {
    i32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// A class as a number: -1 for nothing.
fn class_code(class: Option<u16>) -> i32 {
    class.map_or(-1, i32::from)
}

fn class_of(code: i32) -> Option<u16> {
    u16::try_from(code).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back<K: Key>(key: K) -> K {
        let mut bytes = Vec::new();
        key.put(&mut bytes);
        assert_eq!(bytes.len(), K::BYTES);
        K::get(&bytes)
    }

    #[test]
    fn keys_come_back_from_their_bytes() {
        for class in [None, Some(0), Some(1), Some(u16::MAX)] {
            for territory in [NO_TERRITORY, -1, 0, 5570, i32::MAX] {
                let area = AreaKey { period: 63, kind: 3, territory, class, source: 700, rule: 256 };
                assert_eq!(back(area), area);
                let change = TransitionKey {
                    period_from: 1,
                    period_to: 40,
                    kind: 2,
                    territory,
                    class_from: class,
                    class_to: Some(9),
                };
                assert_eq!(back(change), change);
            }
        }
    }
}
