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
    /// The territory.
    pub territory: TerritoryId,
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
    /// The territory.
    pub territory: TerritoryId,
    /// The class in the earlier period; none is nothing.
    pub class_from: Option<u16>,
    /// The class in the later period; none is nothing.
    pub class_to: Option<u16>,
}

/// A territory within its kind: a place in its list, or the value of a region layer; of a crossing those of both kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TerritoryId([i32; 2]);

impl TerritoryId {
    /// That of pixels that lie in no territory of their kind, and of the whole coverage: before all others.
    pub const NONE: TerritoryId = TerritoryId([i32::MIN; 2]);

    /// By a place or a value.
    pub fn of(place: i32) -> Self {
        TerritoryId([place, i32::MIN])
    }

    /// Where two territories meet; none where either is none.
    pub fn crossing(first: TerritoryId, second: TerritoryId) -> Self {
        if first == Self::NONE || second == Self::NONE { Self::NONE } else { TerritoryId([first.0[0], second.0[0]]) }
    }

    /// The place or the value; of a crossing those of both kinds, as two territories.
    pub fn parts(self) -> [TerritoryId; 2] {
        self.0.map(TerritoryId::of)
    }

    /// The place or the value; of a crossing that of its first kind.
    pub fn place(self) -> i32 {
        self.0[0]
    }
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

/// What a layer holds: by layer, period, source and value (none is nothing).
pub type HistogramKey = (LayerId, u16, u16, Option<i32>);

impl Key for AreaKey {
    const BYTES: usize = 2 + 2 + 2 + 2 + 8 + 4;

    fn put(&self, into: &mut Vec<u8>) {
        put_u16s(into, [self.period, self.kind, self.source, self.rule]);
        put_territory(into, self.territory);
        into.extend(class_code(self.class).to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Self {
        AreaKey {
            period: u16_at(bytes, 0),
            kind: u16_at(bytes, 2),
            source: u16_at(bytes, 4),
            rule: u16_at(bytes, 6),
            territory: territory_at(bytes, 8),
            class: class_of(i32_at(bytes, 16)),
        }
    }
}

impl Key for TransitionKey {
    const BYTES: usize = 2 + 2 + 2 + 8 + 4 + 4;

    fn put(&self, into: &mut Vec<u8>) {
        put_u16s(into, [self.period_from, self.period_to, self.kind]);
        put_territory(into, self.territory);
        into.extend(class_code(self.class_from).to_le_bytes());
        into.extend(class_code(self.class_to).to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Self {
        TransitionKey {
            period_from: u16_at(bytes, 0),
            period_to: u16_at(bytes, 2),
            kind: u16_at(bytes, 4),
            territory: territory_at(bytes, 6),
            class_from: class_of(i32_at(bytes, 14)),
            class_to: class_of(i32_at(bytes, 18)),
        }
    }
}

fn put_u16s<const N: usize>(into: &mut Vec<u8>, numbers: [u16; N]) {
    numbers.iter().for_each(|number| into.extend(number.to_le_bytes()));
}

fn put_territory(into: &mut Vec<u8>, territory: TerritoryId) {
    territory.0.iter().for_each(|number| into.extend(number.to_le_bytes()));
}

fn territory_at(bytes: &[u8], at: usize) -> TerritoryId {
    TerritoryId([i32_at(bytes, at), i32_at(bytes, at + 4)])
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
            let crossing = TerritoryId::crossing(TerritoryId::of(-7), TerritoryId::of(5));
            for territory in [TerritoryId::NONE, TerritoryId::of(-1), TerritoryId::of(5570), crossing] {
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

    #[test]
    fn what_lies_in_one_kind_alone_lies_in_no_crossing() {
        let [none, one] = [TerritoryId::NONE, TerritoryId::of(3)];
        assert_eq!(TerritoryId::of(i32::MIN), none);
        assert_eq!([TerritoryId::crossing(one, none), TerritoryId::crossing(none, one)], [none, none]);
        assert_eq!(TerritoryId::crossing(one, TerritoryId::of(-4)).parts(), [one, TerritoryId::of(-4)]);
        assert!(none < TerritoryId::of(-4) && TerritoryId::of(-4) < one, "none comes first");
    }
}
