//! The legend: the classes of the map, as a tree.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::values::ValueSet;

/// One class of the map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// Its code in the coverage.
    pub id: u16,
    /// The class above it; none at the top.
    pub parent: Option<u16>,
    /// Its name.
    pub name: String,
    /// Red, green, blue.
    pub color: [u8; 3],
    /// Further columns of the legend, as written: `name_<lang>`, `description` and others.
    pub more: BTreeMap<String, String>,
}

/// All classes, sorted by id. Parents exist and there are no rings: whoever builds a legend sees to it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Legend {
    classes: Vec<Class>,
}

/// Why classes do not make a legend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LegendError {
    /// Two classes have one id.
    #[error("class {0} stands twice")]
    Twice(u16),
    /// A parent is no class.
    #[error("class {class} has the parent {parent}, which is no class")]
    UnknownParent {
        /// The child.
        class: u16,
        /// The parent that is not there.
        parent: u16,
    },
    /// A class is its own ancestor.
    #[error("class {0} is its own ancestor")]
    Ring(u16),
}

impl Legend {
    /// A legend of these classes.
    ///
    /// # Errors
    /// [`LegendError`]: an id twice, an unknown parent, a ring.
    pub fn new(mut classes: Vec<Class>) -> Result<Self, LegendError> {
        classes.sort_by_key(|class| class.id);
        if let Some(pair) = classes.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(LegendError::Twice(pair[0].id));
        }
        let legend = Legend { classes };
        for class in &legend.classes {
            if let Some(parent) = class.parent
                && legend.get(parent).is_none()
            {
                return Err(LegendError::UnknownParent { class: class.id, parent });
            }
        }
        for class in &legend.classes {
            if legend.ancestors(class.id).count() > legend.classes.len() {
                return Err(LegendError::Ring(class.id));
            }
        }
        Ok(legend)
    }

    /// All classes, by id.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// All ids, ascending.
    pub fn ids(&self) -> impl Iterator<Item = u16> + '_ {
        self.classes.iter().map(|class| class.id)
    }

    /// The class of an id.
    pub fn get(&self, id: u16) -> Option<&Class> {
        self.classes.binary_search_by_key(&id, |class| class.id).ok().map(|at| &self.classes[at])
    }

    /// The class itself and all above it, upwards; stops one past the number of classes, so rings end.
    fn ancestors(&self, id: u16) -> impl Iterator<Item = u16> + '_ {
        std::iter::successors(Some(id), |id| self.get(*id)?.parent).take(self.classes.len() + 2)
    }

    /// The class at the top of the tree above `id`, or `id` itself if it is no class of the legend.
    pub fn top(&self, id: u16) -> u16 {
        self.ancestors(id).last().unwrap_or(id)
    }

    /// The classes from the top of the tree down to `id`; empty if it is no class of the legend.
    pub fn path(&self, id: u16) -> Vec<&Class> {
        let mut path: Vec<&Class> = self.ancestors(id).filter_map(|id| self.get(id)).collect();
        path.reverse();
        path
    }

    /// How many levels the tree has: the length of the longest path.
    pub fn depth(&self) -> usize {
        self.ids().map(|id| self.ancestors(id).count()).max().unwrap_or(0)
    }

    /// `14+`: a class and all below it.
    pub fn with_descendants(&self, id: u16) -> ValueSet {
        let below = self.ids().filter(|class| self.ancestors(*class).any(|above| above == id));
        ValueSet::from_values(below.map(i32::from))
    }

    /// All ids as a set.
    pub fn values(&self) -> ValueSet {
        ValueSet::from_values(self.ids().map(i32::from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(id: u16, parent: Option<u16>) -> Class {
        Class { id, parent, name: format!("class {id}"), color: [0; 3], more: BTreeMap::new() }
    }

    #[test]
    fn the_tree_answers_for_tops_and_descendants() {
        let legend = Legend::new(vec![class(3, Some(1)), class(1, None), class(33, None), class(31, Some(3))]).unwrap();
        assert_eq!(legend.top(31), 1);
        assert_eq!(legend.top(99), 99);
        assert_eq!(legend.path(31).iter().map(|class| class.id).collect::<Vec<_>>(), [1, 3, 31]);
        assert!(legend.path(99).is_empty());
        assert_eq!((legend.depth(), Legend::default().depth()), (3, 0));
        assert_eq!(legend.with_descendants(1), ValueSet::from_values([1, 3, 31]));
    }

    #[test]
    fn broken_trees_are_refused() {
        assert_eq!(Legend::new(vec![class(1, None), class(1, None)]), Err(LegendError::Twice(1)));
        assert_eq!(Legend::new(vec![class(1, Some(2))]), Err(LegendError::UnknownParent { class: 1, parent: 2 }));
        assert!(matches!(Legend::new(vec![class(1, Some(2)), class(2, Some(1))]), Err(LegendError::Ring(_))));
    }
}
