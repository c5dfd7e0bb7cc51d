//! Whether boxes together cover a box: an exact search.
//!
//! The question is asked of a shrinking box and of the claims that still matter in it, in four steps:
//!
//! 1. A claim that misses the box is dropped; one that holds all of it settles the question.
//! 2. A class of a variable is dropped if another class of it is admitted by no further claim: what covers the box at that other
//!    class covers it here too. In particular one class that no claim asks for stands for all, and every claim that asks
//!    anything of that variable falls away. Most questions about real tables end here.
//! 3. Claims that share no variable are separate questions: the box is covered if and only if one such group covers it alone.
//! 4. Else the box is split in two by a set of the claim that asks least.

use super::space::{Claim, Cube, Space};

/// The answer to a question of coverage.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Covered, and by these claims alone: places in the list, ascending. Not always the fewest.
    Covered(Vec<usize>),
    /// Something of the box is outside every claim.
    Open,
    /// The bound was passed first.
    Undecided,
}

/// Whether `claims` together cover `target`. Every box visited takes one off `left`; without any left it is undecided.
pub(super) fn cover(space: &Space, target: &Cube, claims: &[&Claim], left: &mut usize) -> Answer {
    if space.emptied(target).is_some() {
        return Answer::Covered(Vec::new());
    }
    let asking =
        |(claim, asked): (usize, &&Claim)| space.meets(asked, target).then(|| Asking { claim, on: asked.asks.clone() });
    let asking = claims.iter().enumerate().filter_map(asking).collect();
    let mut search = Search { space, claims, left, used: Vec::new() };
    match search.visit(target.clone(), asking) {
        State::Covered => {
            search.used.sort_unstable();
            search.used.dedup();
            Answer::Covered(search.used)
        }
        State::Open => Answer::Open,
        State::Undecided => Answer::Undecided,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Covered,
    Open,
    Undecided,
}

/// A claim that may still matter, and the variables on which it does not admit all of the box.
#[derive(Clone)]
struct Asking {
    claim: usize,
    on: Vec<usize>,
}

struct Search<'a> {
    space: &'a Space,
    claims: &'a [&'a Claim],
    left: &'a mut usize,
    /// The claims that settled a box.
    used: Vec<usize>,
}

impl Search<'_> {
    fn visit(&mut self, mut cube: Cube, mut asking: Vec<Asking>) -> State {
        if *self.left == 0 {
            return State::Undecided;
        }
        *self.left -= 1;
        loop {
            self.sieve(&cube, &mut asking);
            self.free(&mut cube, &mut asking);
            if let Some(whole) = asking.iter().find(|claim| claim.on.is_empty()) {
                self.used.push(whole.claim);
                return State::Covered;
            }
            if asking.is_empty() {
                return State::Open;
            }
            if !self.thin(&mut cube, &asking) {
                break;
            }
        }
        let mut groups = groups(asking);
        if groups.len() > 1 { self.visit_groups(&cube, groups) } else { self.split(cube, groups.remove(0)) }
    }

    /// Step 1.
    fn sieve(&self, cube: &Cube, asking: &mut Vec<Asking>) {
        asking.retain_mut(|claim| {
            let other = &self.claims[claim.claim].cube;
            let mut meets = true;
            claim.on.retain(|&variable| {
                let (held, admitted) = (self.space.part(cube, variable), self.space.part(other, variable));
                meets &= held.iter().zip(admitted).any(|(a, b)| a & b != 0);
                held.iter().zip(admitted).any(|(a, b)| a & !b != 0)
            });
            meets
        });
    }

    /// The cheap and frequent case of step 2: a class that no claim admits stands for its variable, and the claims that ask of
    /// that variable fall away, which may free others.
    fn free(&self, cube: &mut Cube, asking: &mut Vec<Asking>) {
        let mut variables = asked(asking);
        while let Some(variable) = variables.pop() {
            let mut outside = self.space.part(cube, variable).to_vec();
            for claim in asking.iter().filter(|claim| claim.on.contains(&variable)) {
                let admitted = self.space.part(&self.claims[claim.claim].cube, variable);
                outside.iter_mut().zip(admitted).for_each(|(word, bits)| *word &= !bits);
            }
            if let Some(word) = outside.iter().position(|&word| word != 0) {
                let class = word * 64 + outside[word].trailing_zeros() as usize;
                self.space.assign(cube, variable, [class]);
                asking.retain(|claim| !claim.on.contains(&variable));
                variables = asked(asking);
            }
        }
    }

    /// Step 2, for every variable asked of, where no class is free; whether anything was dropped.
    fn thin(&self, cube: &mut Cube, asking: &[Asking]) -> bool {
        let mut thinned = false;
        for variable in asked(asking) {
            let classes = self.space.classes(cube, variable);
            let kept = least(&classes, &self.signatures(&classes, variable, asking));
            thinned |= kept.len() < classes.len();
            self.space.assign(cube, variable, kept);
        }
        thinned
    }

    /// For each class, which of the claims that ask for this variable admit it, as bits.
    fn signatures(&self, classes: &[usize], variable: usize, asking: &[Asking]) -> Vec<Vec<u64>> {
        let on: Vec<&Cube> = asking
            .iter()
            .filter(|claim| claim.on.contains(&variable))
            .map(|claim| &self.claims[claim.claim].cube)
            .collect();
        let signature = |&class: &usize| {
            let mut bits = vec![0; on.len().div_ceil(64)];
            for (place, cube) in on.iter().enumerate() {
                bits[place / 64] |= u64::from(self.space.holds(cube, variable, class)) << (place % 64);
            }
            bits
        };
        classes.iter().map(signature).collect()
    }

    /// Step 3.
    fn visit_groups(&mut self, cube: &Cube, groups: Vec<Vec<Asking>>) -> State {
        let mut state = State::Open;
        for group in groups {
            let used = self.used.len();
            match self.visit(cube.clone(), group) {
                State::Covered => return State::Covered,
                State::Undecided => state = State::Undecided,
                State::Open => {}
            }
            self.used.truncate(used);
        }
        state
    }

    /// Step 4. The half outside comes first: there the chosen claim falls away.
    fn split(&mut self, cube: Cube, asking: Vec<Asking>) -> State {
        let Some(chosen) = asking.iter().min_by_key(|claim| claim.on.len()) else { return State::Open };
        let popularity = |variable: &usize| asking.iter().filter(|claim| claim.on.contains(variable)).count();
        let Some(&variable) = chosen.on.iter().rev().max_by_key(|variable| popularity(variable)) else {
            return State::Covered;
        };
        let set = self.space.part(&self.claims[chosen.claim].cube, variable);
        let (mut outside, mut inside) = (cube.clone(), cube);
        self.space.part_mut(&mut outside, variable).iter_mut().zip(set).for_each(|(word, bits)| *word &= !bits);
        self.space.part_mut(&mut inside, variable).iter_mut().zip(set).for_each(|(word, bits)| *word &= bits);
        match self.visit(outside, asking.clone()) {
            State::Covered => self.visit(inside, asking),
            State::Open => State::Open,
            // The other half may still show that the box is open, which is an answer.
            State::Undecided if self.visit(inside, asking) == State::Open => State::Open,
            State::Undecided => State::Undecided,
        }
    }
}

/// The variables that claims ask of, ascending.
fn asked(asking: &[Asking]) -> Vec<usize> {
    let mut variables: Vec<usize> = asking.iter().flat_map(|claim| claim.on.iter().copied()).collect();
    variables.sort_unstable();
    variables.dedup();
    variables
}

/// The classes whose signature holds no other's, one of each signature.
fn least(classes: &[usize], signatures: &[Vec<u64>]) -> Vec<usize> {
    let within = |a: &[u64], b: &[u64]| a.iter().zip(b).all(|(a, b)| a & !b == 0);
    let stands = |place: usize| {
        let own = &signatures[place];
        !signatures
            .iter()
            .enumerate()
            .any(|(other, bits)| other != place && within(bits, own) && (bits != own || other < place))
    };
    (0..classes.len()).filter(|&place| stands(place)).map(|place| classes[place]).collect()
}

/// Claims by shared variables: the groups in order of their first claim, the claims of each in their order.
fn groups(asking: Vec<Asking>) -> Vec<Vec<Asking>> {
    let mut groups: Vec<(Vec<usize>, Vec<Asking>)> = Vec::new();
    for claim in asking {
        let (mut variables, mut members) = (claim.on.clone(), vec![claim]);
        let (touched, apart) = groups.into_iter().partition(|(on, _)| on.iter().any(|on| variables.contains(on)));
        let touched: Vec<(Vec<usize>, Vec<Asking>)> = touched;
        for (on, claims) in touched {
            variables.extend(on);
            members.extend(claims);
        }
        variables.sort_unstable();
        variables.dedup();
        groups = apart;
        groups.push((variables, members));
    }
    let mut groups: Vec<Vec<Asking>> = groups.into_iter().map(|(_, members)| members).collect();
    groups.iter_mut().for_each(|members| members.sort_by_key(|claim| claim.claim));
    groups.sort_by_key(|members| members[0].claim);
    groups
}
