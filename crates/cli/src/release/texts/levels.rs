//! The legend's tree as columns: `level_1` is the class at the top, and so on down.

use mutirao_core::legend::Legend;

/// The columns of levels.
pub struct Levels {
    columns: Vec<String>,
}

impl Levels {
    /// As many as the tree is deep.
    pub fn of(legend: &Legend) -> Self {
        Levels { columns: (1..=legend.depth()).map(|level| format!("level_{level}")).collect() }
    }

    /// Their names.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The names of the classes above a class and of itself, one a level. Below its own level a class stands for itself, so
    /// that sums by any level are complete. What is no class has `otherwise` on all levels.
    pub fn names<'a>(&self, legend: &'a Legend, id: u16, otherwise: &'a str) -> Vec<&'a str> {
        let path = legend.path(id);
        let own = path.last().map_or(otherwise, |class| class.name.as_str());
        (0..self.columns.len()).map(|level| path.get(level).map_or(own, |class| class.name.as_str())).collect()
    }
}
