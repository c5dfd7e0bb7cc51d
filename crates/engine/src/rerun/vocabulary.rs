//! From the numbers of an earlier record to those of today: layers and sources may stand elsewhere, territories too.

use mutirao_mosaic::slot::{Held, SlotMeaning};

use super::{
    record::{Head, LayerHead},
    tile::{Combinations, TileRecord},
};
use crate::{
    areas::Amount,
    count::{AreaKey, TerritoryId, TransitionKey},
    territories::KindFrom,
};

/// How the numbers of one record become those of another.
#[derive(Debug)]
pub struct Vocabulary {
    /// By layer of today: the earlier one.
    pub layers: Vec<Option<usize>>,
    /// By earlier layer: whether it is there today.
    pub is_kept: Vec<bool>,
    /// By earlier source: today's.
    sources: Vec<Option<u16>>,
    /// By kind, and earlier place of a territory: today's.
    territories: Vec<Vec<Option<i32>>>,
    /// Where the territories of a kind lie.
    kinds: Vec<KindFrom>,
    /// Whether all numbers stay what they are.
    pub is_same: bool,
}

impl Vocabulary {
    /// From the head of an earlier record to today's, of the same kinds of territories.
    pub(super) fn new(earlier: &Head, today: &Head, kinds: Vec<KindFrom>) -> Self {
        let find = |layer: &LayerHead| earlier.layers.iter().position(|known| known.name == layer.name);
        let layers: Vec<Option<usize>> = today.layers.iter().map(find).collect();
        let most = earlier.layers.iter().map(|layer| layer.first_source + layer.members).max().unwrap_or(1);
        let mut sources = vec![None; usize::from(most)];
        for (layer, known) in today.layers.iter().zip(&layers) {
            let Some(known) = known.map(|known| &earlier.layers[known]) else { continue };
            for member in 0..known.members.min(layer.members) {
                sources[usize::from(known.first_source + member)] = Some(layer.first_source + member);
            }
        }
        let moved = earlier.kinds.iter().zip(&today.kinds).map(|(earlier, today)| {
            let place = |key: &String| today.keys.binary_search(key).ok().map(|place| place as i32);
            earlier.keys.iter().map(place).collect()
        });
        Vocabulary {
            is_kept: (0..earlier.layers.len()).map(|layer| layers.contains(&Some(layer))).collect(),
            layers,
            sources,
            territories: moved.collect(),
            kinds,
            is_same: earlier.layers == today.layers
                && earlier.kinds.iter().zip(&today.kinds).all(|(earlier, today)| earlier.keys == today.keys),
        }
    }

    /// A tile's record in today's numbers; none where something in it has none.
    pub fn translate(&self, tile: TileRecord) -> Option<TileRecord> {
        if self.is_same {
            return Some(tile);
        }
        let areas = tile.areas.into_iter().map(|(key, amount)| self.area(key, amount));
        let transitions = tile.transitions.into_iter().map(|(key, amount)| self.transition(key, amount));
        Some(TileRecord {
            periods: tile.periods.into_iter().map(|period| self.combinations(period)).collect::<Option<_>>()?,
            areas: areas.collect::<Option<_>>()?,
            agreement: tile.agreement,
            transitions: transitions.collect::<Option<_>>()?,
        })
    }

    fn combinations(&self, period: Combinations) -> Option<Combinations> {
        let mut held = Vec::with_capacity(period.pixels.len() * self.layers.len());
        for combination in 0..period.pixels.len() {
            let earlier = period.held(combination);
            for layer in &self.layers {
                // A layer that is new, and yet changes nothing here, is nothing here.
                held.push(layer.map_or(Some(SlotMeaning::NOTHING), |layer| self.meaning(earlier[layer]))?);
            }
        }
        Some(Combinations { held, ..period })
    }

    fn meaning(&self, meaning: SlotMeaning) -> Option<SlotMeaning> {
        match meaning.held {
            Held::Nothing => Some(SlotMeaning::NOTHING),
            held => {
                Some(SlotMeaning { held, source: self.sources.get(usize::from(meaning.source)).copied().flatten()? })
            }
        }
    }

    fn area(&self, key: AreaKey, amount: Amount) -> Option<(AreaKey, Amount)> {
        Some((AreaKey { territory: self.territory(key.kind, key.territory)?, ..key }, amount))
    }

    fn transition(&self, key: TransitionKey, amount: Amount) -> Option<(TransitionKey, Amount)> {
        Some((TransitionKey { territory: self.territory(key.kind, key.territory)?, ..key }, amount))
    }

    /// `kind` counts from 1; 0 is the whole.
    fn territory(&self, kind: u16, territory: TerritoryId) -> Option<TerritoryId> {
        let Some(kind) = usize::from(kind).checked_sub(1) else { return Some(territory) };
        if territory == TerritoryId::NONE {
            return Some(territory);
        }
        match *self.kinds.get(kind)? {
            KindFrom::Crossing([first, second]) => {
                let [one, other] = territory.parts();
                Some(TerritoryId::crossing(self.own(first, one)?, self.own(second, other)?))
            }
            KindFrom::Polygons | KindFrom::Layer(_) => self.own(kind, territory),
        }
    }

    fn own(&self, kind: usize, territory: TerritoryId) -> Option<TerritoryId> {
        match *self.kinds.get(kind)? {
            KindFrom::Polygons => {
                let place = usize::try_from(territory.place()).ok()?;
                self.territories.get(kind)?.get(place).copied().flatten().map(TerritoryId::of)
            }
            // Values of a region layer are what they are.
            KindFrom::Layer(_) | KindFrom::Crossing(_) => Some(territory),
        }
    }
}
