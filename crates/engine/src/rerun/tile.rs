//! What is recorded of one tile: what its pixels held and what became of it, by period, and what was counted.

use mutirao_mosaic::{
    compose::Composed,
    outcome::{Agreement, Outcome},
    slot::{Held, SlotMeaning},
};

use super::bytes::{Reader, put, put_signed};
use crate::{
    areas::Amount,
    count::{AgreementKey, AreaKey, Key, TileCounts, TransitionKey},
};

/// What a tile held in one period: its distinct combinations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Combinations {
    /// Combination by combination, layer by layer: what is held, and who says so.
    pub held: Vec<SlotMeaning>,
    /// By combination.
    pub pixels: Vec<u64>,
    /// By combination.
    pub outcomes: Vec<Outcome>,
}

impl Combinations {
    /// Of a composed tile. What no layer may hold refuses the run, and is never recorded.
    pub fn of(composed: &Composed, meanings: &[Vec<SlotMeaning>]) -> Self {
        let count = composed.outcomes().len();
        let held = (0..count).flat_map(|combination| {
            composed.slots(combination).iter().zip(meanings).map(|(slot, meanings)| meanings[*slot])
        });
        Combinations {
            held: held.collect(),
            pixels: (0..count).map(|combination| composed.pixels(combination)).collect(),
            outcomes: composed.outcomes().to_vec(),
        }
    }

    /// What a combination holds, layer by layer.
    pub fn held(&self, combination: usize) -> &[SlotMeaning] {
        let layers = self.held.len() / self.pixels.len();
        &self.held[combination * layers..][..layers]
    }
}

/// The most that is kept of a tile: what layers hold, over all combinations and periods. Noise has more, and is made again each time.
const MOST_HELD: usize = 1 << 21;

/// What a tile held in the periods that are done.
#[derive(Debug, Default)]
pub struct HeldSoFar {
    periods: Vec<Combinations>,
    held: usize,
}

impl HeldSoFar {
    /// Adds the next period, as long as there is room.
    pub fn push(&mut self, composed: &Composed, meanings: &[Vec<SlotMeaning>]) {
        self.held += composed.outcomes().len() * meanings.len();
        match self.held <= MOST_HELD {
            true => self.periods.push(Combinations::of(composed, meanings)),
            false => self.periods = Vec::new(),
        }
    }

    /// All periods; none where there was no room for them.
    pub fn into_periods(self) -> Option<Vec<Combinations>> {
        (self.held <= MOST_HELD).then_some(self.periods)
    }
}

/// What is recorded of one tile. Layers, sources, kinds and territories are numbered as its record's head numbers them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TileRecord {
    /// By period.
    pub periods: Vec<Combinations>,
    /// Areas of the whole and of all territories.
    pub areas: Vec<(AreaKey, Amount)>,
    /// Areas by how layers agree.
    pub agreement: Vec<(AgreementKey, Amount)>,
    /// Areas of transitions.
    pub transitions: Vec<(TransitionKey, Amount)>,
}

impl TileRecord {
    /// Of a tile that was just made.
    pub fn of(periods: Vec<Combinations>, counts: &TileCounts) -> Self {
        let mut record = TileRecord {
            periods,
            areas: counts.areas.iter().map(|(key, amount)| (*key, *amount)).collect(),
            agreement: counts.agreement.iter().map(|(key, amount)| (*key, *amount)).collect(),
            transitions: counts.transitions.iter().map(|(key, amount)| (*key, *amount)).collect(),
        };
        // Neighbours in order compress best.
        record.areas.sort_unstable_by_key(|(key, _)| *key);
        record.transitions.sort_unstable_by_key(|(key, _)| *key);
        record
    }

    /// What was counted in the tile.
    pub fn counts(&self) -> TileCounts {
        let mut counts = TileCounts {
            areas: self.areas.iter().copied().collect(),
            agreement: self.agreement.iter().copied().collect(),
            transitions: self.transitions.iter().copied().collect(),
            histograms: Default::default(),
        };
        for (period, combinations) in (0u16..).zip(&self.periods) {
            for (combination, pixels) in combinations.pixels.iter().enumerate() {
                for (layer, meaning) in combinations.held(combination).iter().enumerate() {
                    let key = (layer, period, meaning.source, meaning.held.value());
                    *counts.histograms.entry(key).or_default() += pixels;
                }
            }
        }
        counts
    }

    /// As bytes.
    pub fn to_bytes(&self, layers: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        put(&mut bytes, self.periods.len() as u128);
        for period in &self.periods {
            put_combinations(&mut bytes, period, layers);
        }
        put_entries(&mut bytes, &self.areas);
        put_entries(&mut bytes, &self.transitions);
        put(&mut bytes, self.agreement.len() as u128);
        for (key, amount) in &self.agreement {
            for number in [key.period, key.speak.into(), key.same.into(), key.same_top.into()] {
                put(&mut bytes, number.into());
            }
            put_amount(&mut bytes, amount);
        }
        bytes
    }

    /// From bytes; none where they are not those of a tile.
    pub fn from_bytes(bytes: &[u8], layers: usize) -> Option<Self> {
        let mut reader = Reader(bytes);
        let mut record = TileRecord::default();
        for _ in 0..reader.count()? {
            record.periods.push(combinations(&mut reader, layers)?);
        }
        record.areas = entries(&mut reader)?;
        record.transitions = entries(&mut reader)?;
        for _ in 0..reader.count()? {
            let period = reader.small()?;
            let [speak, same, same_top] = [reader.small()?, reader.small()?, reader.small()?];
            record.agreement.push((AgreementKey { period, speak, same, same_top }, amount(&mut reader)?));
        }
        reader.0.is_empty().then_some(record)
    }
}

/// Layer by layer, since one layer's values are much the same from combination to combination.
fn put_combinations(into: &mut Vec<u8>, combinations: &Combinations, layers: usize) {
    let count = combinations.pixels.len();
    put(into, count as u128);
    for layer in 0..layers {
        for meaning in combinations.held.iter().skip(layer).step_by(layers) {
            put(into, meaning.source.into());
            match meaning.held {
                Held::Value(value) => put_signed(into, value),
                Held::Nothing | Held::Unknown(_) => {}
            }
        }
    }
    combinations.pixels.iter().for_each(|pixels| put(into, u128::from(*pixels)));
    for outcome in &combinations.outcomes {
        let Outcome { inside, class, source, rule, part, agreement: Agreement { speak, same, same_top } } = *outcome;
        let class = class.map_or(0, |class| u128::from(class) + 1);
        let counts = [speak, same, same_top].map(u128::from);
        put(into, u128::from(inside));
        put(into, class);
        [source, rule, part].into_iter().for_each(|number| put(into, number.into()));
        counts.into_iter().for_each(|count| put(into, count));
    }
}

fn combinations(reader: &mut Reader<'_>, layers: usize) -> Option<Combinations> {
    let count = reader.count()?;
    let mut held = vec![SlotMeaning::NOTHING; count * layers];
    for layer in 0..layers {
        for combination in 0..count {
            let source = reader.small()?;
            if source != 0 {
                held[combination * layers + layer] = SlotMeaning { source, held: Held::Value(reader.signed()?) };
            }
        }
    }
    let pixels = (0..count).map(|_| reader.small()).collect::<Option<_>>()?;
    let outcomes = (0..count).map(|_| outcome(reader)).collect::<Option<_>>()?;
    Some(Combinations { held, pixels, outcomes })
}

fn outcome(reader: &mut Reader<'_>) -> Option<Outcome> {
    let inside = reader.next()? != 0;
    let class = reader.next()?;
    let class = class.checked_sub(1).map(u16::try_from).transpose().ok()?;
    let [source, rule, part] = [reader.small()?, reader.small()?, reader.small()?];
    let agreement = Agreement { speak: reader.small()?, same: reader.small()?, same_top: reader.small()? };
    Some(Outcome { inside, class, source, rule, part, agreement })
}

/// Keys as they lie on a shelf, all together, then the amounts.
fn put_entries<K: Key>(into: &mut Vec<u8>, entries: &[(K, Amount)]) {
    put(into, entries.len() as u128);
    entries.iter().for_each(|(key, _)| key.put(into));
    entries.iter().for_each(|(_, amount)| put_amount(into, amount));
}

fn entries<K: Key>(reader: &mut Reader<'_>) -> Option<Vec<(K, Amount)>> {
    let count = reader.count()?;
    let (keys, rest) = reader.0.split_at_checked(count.checked_mul(K::BYTES)?)?;
    reader.0 = rest;
    keys.chunks_exact(K::BYTES).map(|key| Some((K::get(key), amount(reader)?))).collect()
}

fn put_amount(into: &mut Vec<u8>, amount: &Amount) {
    put(into, u128::from(amount.pixels));
    put(into, amount.area);
}

fn amount(reader: &mut Reader<'_>) -> Option<Amount> {
    Some(Amount { pixels: reader.small()?, area: reader.next()? })
}
