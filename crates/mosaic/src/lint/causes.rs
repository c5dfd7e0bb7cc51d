//! Which earlier rules are to blame.

use super::cover::{Answer, cover};
use super::space::{Claim, Cube, Space};

/// Whether a part of the table is always taken before its turn.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Something is left for it.
    Reaches,
    /// Nothing is left: these earlier rules, by their place from 0, take it, and none of them could be spared. Empty if none is
    /// needed.
    Taken(Vec<usize>),
    /// The bound on the search was passed.
    Undecided,
}

/// Asks whether `earlier` rules, helped by `fixed` claims, cover a target, and which of the rules it takes.
///
/// No rule if the fixed claims do it alone; else the lowest single rule that does it with them; else what is left when rules are
/// struck out from the last to the first as long as the rest covers. All of it may visit `bound` boxes; when they are used up
/// after the verdict is known, the rules that are left stay, which take the target all the same.
pub(super) fn taken(space: &Space, target: &Cube, earlier: &[Claim], fixed: &[&Claim], bound: usize) -> Verdict {
    let meeting: Vec<usize> = (0..earlier.len()).filter(|&rule| space.meets(&earlier[rule], target)).collect();
    let mut question = Question { space, target, earlier, fixed, left: bound };
    let core = match question.ask(&meeting) {
        Answer::Covered(core) => core,
        Answer::Open => return Verdict::Reaches,
        Answer::Undecided => return Verdict::Undecided,
    };
    if core.is_empty() || question.covers(&[]) {
        return Verdict::Taken(Vec::new());
    }
    match meeting.iter().find(|&&rule| question.covers(&[rule])) {
        Some(&rule) => Verdict::Taken(vec![rule]),
        None => Verdict::Taken(question.strike(meeting, core)),
    }
}

struct Question<'a> {
    space: &'a Space,
    target: &'a Cube,
    earlier: &'a [Claim],
    fixed: &'a [&'a Claim],
    /// How many boxes may still be visited.
    left: usize,
}

impl Question<'_> {
    /// Whether some of the rules cover the target with the fixed claims; if so, which of them were needed.
    fn ask(&mut self, rules: &[usize]) -> Answer {
        let own = rules.iter().map(|&rule| &self.earlier[rule]);
        let claims: Vec<&Claim> = own.chain(self.fixed.iter().copied()).collect();
        match cover(self.space, self.target, &claims, &mut self.left) {
            // Places in the list of claims back to rules.
            Answer::Covered(used) => Answer::Covered(used.iter().filter_map(|&at| rules.get(at).copied()).collect()),
            answer => answer,
        }
    }

    fn covers(&mut self, rules: &[usize]) -> bool {
        matches!(self.ask(rules), Answer::Covered(_))
    }

    /// Strikes rules from the last to the first. `core` covers too, so that a rule outside it goes without a question.
    fn strike(&mut self, mut rules: Vec<usize>, mut core: Vec<usize>) -> Vec<usize> {
        for rule in rules.clone().into_iter().rev() {
            let rest: Vec<usize> = rules.iter().copied().filter(|&other| other != rule).collect();
            if !core.contains(&rule) {
                rules = rest;
            } else if let Answer::Covered(smaller) = self.ask(&rest) {
                (rules, core) = (rest, smaller);
            }
        }
        rules
    }
}
