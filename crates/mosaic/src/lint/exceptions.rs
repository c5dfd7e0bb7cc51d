//! Exceptions that never apply, always apply or change nothing.

use mutirao_core::finding::{Finding, Severity};
use mutirao_core::rule::{Condition, Give, LayerId, Rule};
use mutirao_core::values::ValueSet;

use super::causes::Verdict;
use super::rules::Case;
use super::space::Claim;
use super::words::rules;

/// The findings on the exceptions of a rule that wins somewhere.
pub(super) fn judge(case: &Case<'_>, findings: &mut Vec<Finding>) {
    let rule = &case.table.rules[case.place];
    let claims: Vec<Claim> = rule.unless.iter().map(|exception| case.space.of_exception(case.own, exception)).collect();
    for nth in 0..claims.len() {
        let before: Vec<&Claim> = claims[..nth].iter().collect();
        match case.taken(&claims[nth].cube, &before) {
            Verdict::Taken(because) => findings.push(never(case, nth, &claims[nth], &because)),
            Verdict::Undecided => {
                findings.push(case.about(Some(nth)).undecided("whether it ever applies", case.bound));
            }
            Verdict::Reaches => {
                findings.extend(always(case, nth, &claims[nth]));
                findings.extend(without_effect(case, nth, &claims));
                let when: Vec<&Condition> = rule.unless[nth].when.iter().collect();
                findings.extend(case.idle_values(Some(nth), &claims[nth].cube, &when, &before));
            }
        }
    }
}

fn never(case: &Case<'_>, nth: usize, claim: &Claim, because: &[usize]) -> Finding {
    let about = case.about(Some(nth));
    let cause = match (case.space.emptied(&claim.cube), because) {
        (Some(variable), _) => {
            let name = case.table.layers.get(variable).map_or("", |layer| layer.name.as_str());
            format!("the rule and the exception together leave no value of `{name}`")
        }
        (None, []) => "earlier exceptions of the rule hold wherever it would".to_owned(),
        (None, [one]) => format!("{} matches first wherever it would", rules(&[*one])),
        (None, several) => format!("{} match first wherever it would", rules(several)),
    };
    let message = format!("{} never applies: {cause}", about.words());
    let mend = match because.first() {
        Some(first) => format!("delete it, or move rule {} above rule {}", case.place + 1, first + 1),
        None => "correct what it asks for, or delete it".to_owned(),
    };
    about.finding("exception-never-applies", Severity::Warning, because, message).with_mend(mend)
}

fn always(case: &Case<'_>, nth: usize, claim: &Claim) -> Option<Finding> {
    let about = case.about(Some(nth));
    match case.taken(&case.own.cube, &[claim]) {
        Verdict::Reaches => None,
        Verdict::Undecided => Some(about.undecided("whether it always applies", case.bound)),
        Verdict::Taken(because) => {
            let given = given(case, nth);
            let message = format!(
                "{} always applies: wherever the rule wins, it holds, so the rule itself never gives its own output",
                about.words()
            );
            Some(
                about
                    .finding("exception-always-applies", Severity::Warning, &because, message)
                    .with_mend(format!("write {given} as the rule's own `give`, or let the exception ask for more")),
            )
        }
    }
}

fn given(case: &Case<'_>, nth: usize) -> String {
    match case.table.rules[case.place].unless[nth].give {
        Give::Nothing => "`none`".to_owned(),
        Give::Class(class) => class.to_string(),
        Give::Layer(layer) => format!("`{}`", case.table.layers[layer].name),
    }
}

/// Compares the exception with what would stand instead: each later exception where that one is the first to hold, then the
/// rule itself. It is without effect if every place where the two differ is taken by something else.
fn without_effect(case: &Case<'_>, nth: usize, claims: &[Claim]) -> Option<Finding> {
    let rule = &case.table.rules[case.place];
    let output = Output::of_exception(rule, nth);
    let mut undecided = false;
    for instead in nth + 1..=claims.len() {
        let other = if instead < claims.len() { Output::of_exception(rule, instead) } else { Output::of_rule(rule) };
        let mut cube = claims[nth].cube.clone();
        if let Some(later) = claims.get(instead) {
            case.space.intersect(&mut cube, &later.cube);
        }
        match output.agrees(other, rule.layer) {
            Agrees::Everywhere => continue,
            Agrees::Nowhere => {}
            Agrees::AtClass(layer, class) => {
                case.space.keep(&mut cube, layer, &ValueSet::of(i32::from(class)).complement());
            }
        }
        let others: Vec<&Claim> =
            claims[..instead].iter().enumerate().filter(|&(at, _)| at != nth).map(|(_, claim)| claim).collect();
        match case.taken(&cube, &others) {
            Verdict::Reaches => return None,
            Verdict::Undecided => undecided = true,
            Verdict::Taken(_) => {}
        }
    }
    let about = case.about(Some(nth));
    if undecided {
        return Some(about.undecided("whether it has an effect", case.bound));
    }
    let message = format!(
        "{} is without effect: wherever it applies, the rule would give the same class from the same layer without it",
        about.words()
    );
    Some(
        about
            .finding("exception-without-effect", Severity::Warning, &[], message)
            .with_mend("delete it, or correct what it gives"),
    )
}

/// What stands in the end, with its source.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Output {
    /// A constant, or nothing; the source is the layer taken.
    Constant(Option<u16>),
    /// What a layer holds; the source is that layer.
    Held(LayerId),
}

enum Agrees {
    Everywhere,
    Nowhere,
    /// Where this layer holds this class.
    AtClass(LayerId, u16),
}

impl Output {
    fn of(give: Give) -> Self {
        match give {
            Give::Nothing => Output::Constant(None),
            Give::Class(class) => Output::Constant(Some(class)),
            Give::Layer(layer) => Output::Held(layer),
        }
    }

    fn of_exception(rule: &Rule, nth: usize) -> Self {
        Self::of(rule.unless[nth].give)
    }

    fn of_rule(rule: &Rule) -> Self {
        rule.give.map_or(Output::Held(rule.layer), Self::of)
    }

    /// Where two outputs of a rule that takes a layer are the same class of the same source.
    fn agrees(self, other: Self, taken: LayerId) -> Agrees {
        match (self, other) {
            (a, b) if a == b => Agrees::Everywhere,
            (Output::Constant(Some(class)), Output::Held(layer))
            | (Output::Held(layer), Output::Constant(Some(class)))
                if layer == taken =>
            {
                Agrees::AtClass(layer, class)
            }
            _ => Agrees::Nowhere,
        }
    }
}
