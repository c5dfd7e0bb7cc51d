//! Codes that mean one thing to one partner and another to the next. It is often so, and right; whoever reads a file with
//! another partner's crosswalk gets a map that is wrong without a word.

use std::collections::{BTreeMap, BTreeSet};

use mutirao_core::{
    crosswalk::FromCode,
    finding::{Finding, Place, Severity},
    pipeline::{Layer, Member, Method, Pipeline},
    rule::{Give, LayerId, Role},
};

use super::{class_of, first_of, members, named, some, who};

/// More codes than this are not told one by one: each is a sentence.
const FEW: usize = 5;

/// A member that gives codes a meaning.
struct Speaker<'a> {
    who: String,
    /// Members of which nobody is told are each their own.
    partner: Option<usize>,
    layer: &'a Layer,
    member: &'a Member,
}

/// Codes with one meaning at one speaker.
#[derive(Debug)]
struct Span {
    first: i32,
    last: i32,
    class: u16,
    speaker: usize,
    /// Line and column in the speaker's crosswalk; none for ids taken as they are.
    at: Option<(u32, u32)>,
}

/// A text with one meaning at one speaker: class, speaker, line and column.
type Word = (u16, usize, (u32, u32));

/// What a code means to whom: class and speaker.
type Meaning = BTreeSet<(u16, usize)>;

/// The codes that mean different classes to different partners, all in one finding: by pairs of partners there would be a great many.
pub fn several(pipeline: &Pipeline) -> Option<Finding> {
    let mut all = Meanings { pipeline, speakers: Vec::new(), spans: Vec::new(), texts: BTreeMap::new() };
    for (layer, member) in members(pipeline).filter(|(layer, _)| layer.role == Role::Class) {
        all.take(layer, member);
    }
    let mut doubtful = all.numbers();
    doubtful.extend(all.words());
    let first = doubtful.first()?;
    let (speaker, (line, column)) = all.place(first)?;
    let path = &all.speakers[speaker].member.crosswalk.as_ref()?.path;
    let words = doubtful.iter().map(|(codes, meaning)| format!("{codes} is {}", all.told(meaning)));
    let message = format!("partners use one code for different classes: {}", first_of(FEW, words, "; "));
    let mend = "nothing, as long as each file is read with its own partner's crosswalk; with another's, the map is wrong without a word";
    let place = Place { file: pipeline.folder.join(path).display().to_string(), line, column };
    let finding = Finding::new("crosswalk-two-meanings", Severity::Info, message);
    Some(finding.with_layer(&all.speakers[speaker].layer.name).at(place).with_mend(mend))
}

struct Meanings<'a> {
    pipeline: &'a Pipeline,
    speakers: Vec<Speaker<'a>>,
    spans: Vec<Span>,
    /// Texts of vectors.
    texts: BTreeMap<&'a str, Vec<Word>>,
}

impl<'a> Meanings<'a> {
    /// Takes in what a member's codes mean.
    fn take(&mut self, layer: &'a Layer, member: &'a Member) {
        let speaker = self.speakers.len();
        self.speakers.push(Speaker { who: who(layer, member), partner: member.partner, layer, member });
        let Some(crosswalk) = &member.crosswalk else {
            let ids = self.pipeline.legend.ids().filter(|_| speaks_legend(self.pipeline, layer, member));
            // Where nobody says which classes it holds, headings of others are not among them.
            let classes = self.pipeline.legend.classes();
            let headings: BTreeSet<u16> = classes.iter().filter_map(|class| class.parent).collect();
            let held = ids.filter(|id| match &member.classes {
                Some(classes) => classes.contains(i32::from(*id)),
                None => !headings.contains(id),
            });
            let own = |class: u16| Span { first: class.into(), last: class.into(), class, speaker, at: None };
            self.spans.extend(held.map(own));
            return;
        };
        for line in &crosswalk.lines {
            let Some(class) = class_of(line) else { continue };
            let at = (line.line, line.column);
            match &line.from {
                FromCode::Codes(first, last) => {
                    self.spans.push(Span { first: *first, last: *last, class, speaker, at: Some(at) });
                }
                FromCode::Text(text) => self.texts.entry(text).or_default().push((class, speaker, at)),
            }
        }
    }

    /// Codes with several meanings, ascending.
    fn numbers(&self) -> Vec<(FromCode, Meaning)> {
        let found = sweep(&self.spans, |meaning| self.is_doubtful(meaning));
        found.into_iter().map(|(first, last, meaning)| (FromCode::Codes(first, last), meaning)).collect()
    }

    /// Texts with several meanings.
    fn words(&self) -> Vec<(FromCode, Meaning)> {
        let meaning = |uses: &[Word]| uses.iter().map(|(class, speaker, _)| (*class, *speaker)).collect();
        let all = self.texts.iter().map(|(text, uses)| (FromCode::Text((*text).to_owned()), meaning(uses)));
        all.filter(|(_, meaning)| self.is_doubtful(meaning)).collect()
    }

    /// Whether two partners mean different classes.
    fn is_doubtful(&self, meaning: &Meaning) -> bool {
        let partner = |speaker: usize| self.speakers[speaker].partner;
        let differ = |one: usize, other: usize| partner(one).is_none() || partner(one) != partner(other);
        meaning.iter().any(|(class, one)| {
            meaning.iter().any(|(other_class, other)| class != other_class && one != other && differ(*one, *other))
        })
    }

    /// The line of a crosswalk that gives one of these meanings, the first by speaker.
    fn place(&self, (codes, meaning): &(FromCode, Meaning)) -> Option<(usize, (u32, u32))> {
        let speakers: BTreeSet<usize> = meaning.iter().map(|(_, speaker)| *speaker).collect();
        let lines = |speaker: usize| match codes {
            FromCode::Codes(code, _) => {
                let holds = |span: &&Span| span.speaker == speaker && span.first <= *code && *code <= span.last;
                self.spans.iter().find(holds).and_then(|span| span.at)
            }
            FromCode::Text(text) => {
                self.texts.get(text.as_str())?.iter().find(|(_, own, _)| *own == speaker).map(|(.., at)| *at)
            }
        };
        speakers.into_iter().find_map(|speaker| Some((speaker, lines(speaker)?)))
    }

    /// `3 (Forest) to base / varzea, 30 (Mining) to mining`.
    fn told(&self, meaning: &Meaning) -> String {
        let mut by_class: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
        for (class, speaker) in meaning {
            by_class.entry(*class).or_default().push(&self.speakers[*speaker].who);
        }
        let words = by_class.iter().map(|(class, whose)| {
            format!("{} to {}", named(Some(&self.pipeline.legend), *class), some(whose, " and "))
        });
        some(words, ", ")
    }
}

/// The codes whose meanings are asked for, ascending, neighbours with the same meanings as one range: a sweep over the ends of all
/// spans. No two spans of one speaker and class share a code.
fn sweep(spans: &[Span], is_wanted: impl Fn(&Meaning) -> bool) -> Vec<(i32, i32, Meaning)> {
    let begin = spans.iter().map(|span| (i64::from(span.first), true, span));
    let end = spans.iter().map(|span| (i64::from(span.last) + 1, false, span));
    let mut events: Vec<(i64, bool, &Span)> = begin.chain(end).collect();
    events.sort_by_key(|(at, begins, _)| (*at, *begins));
    let mut open = Meaning::new();
    let mut found: Vec<(i64, i64, Meaning)> = Vec::new();
    for (n, (at, begins, span)) in events.iter().enumerate() {
        let key = (span.class, span.speaker);
        let _ = if *begins { open.insert(key) } else { open.remove(&key) };
        let Some(next) = events.get(n + 1).map(|(next, ..)| *next).filter(|next| next > at) else { continue };
        if !is_wanted(&open) {
            continue;
        }
        match found.last_mut() {
            Some((_, last, meaning)) if *last + 1 == *at && *meaning == open => *last = next - 1,
            _ => found.push((*at, next - 1, open.clone())),
        }
    }
    // Both ends are codes of spans, so they fit.
    found.into_iter().map(|(first, last, meaning)| (first as i32, last as i32, meaning)).collect()
}

/// Whether a member without a crosswalk holds ids of the legend, and not codes of its own that only look so: all that it declares
/// stands in the legend, and some rule takes it as it is.
fn speaks_legend(pipeline: &Pipeline, layer: &Layer, member: &Member) -> bool {
    let legend = pipeline.legend.values();
    let stands = member.classes.as_ref().is_none_or(|classes| classes.intersection(&legend) == *classes);
    let id: Option<LayerId> = pipeline.layers.iter().position(|one| one.name == layer.name);
    let gives = |give: &Give| matches!(give, Give::Layer(of) if Some(*of) == id);
    let as_is = pipeline.coverage.rules.iter().any(|rule| {
        let whole = Some(rule.layer) == id && rule.give.is_none();
        whole || rule.give.as_ref().is_some_and(gives) || rule.unless.iter().any(|unless| gives(&unless.give))
    });
    stands && (as_is || pipeline.coverage.method != Method::Prevalence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Spans of up to four speakers; of one speaker they lie apart, as in a crosswalk.
    fn spans() -> impl Strategy<Value = Vec<Span>> {
        let one = prop::collection::vec((0i32..4, 0i32..5, 1u16..4), 0..6);
        prop::collection::vec((one, -20i32..0), 0..4).prop_map(|speakers| {
            let mut all = Vec::new();
            for (speaker, (steps, start)) in speakers.into_iter().enumerate() {
                let mut next = start;
                for (gap, length, class) in steps {
                    let (first, last) = (next + gap, next + gap + length);
                    all.push(Span { first, last, class, speaker, at: None });
                    next = last + 1;
                }
            }
            all
        })
    }

    proptest! {
        #[test]
        fn the_sweep_finds_what_asking_every_code_finds(spans in spans()) {
            let wanted = |meaning: &Meaning| meaning.len() > 1;
            let mut expected: Vec<(i32, Meaning)> = Vec::new();
            for code in -25..60 {
                let holds = |span: &&Span| span.first <= code && code <= span.last;
                let meaning: Meaning = spans.iter().filter(holds).map(|span| (span.class, span.speaker)).collect();
                expected.extend(wanted(&meaning).then_some((code, meaning)));
            }
            let ranges = sweep(&spans, wanted);
            let apart = |pair: &[(i32, i32, Meaning)]| pair[0].1 + 1 < pair[1].0 || pair[0].2 != pair[1].2;
            prop_assert!(ranges.windows(2).all(apart), "neighbours are one range");
            let each = |(first, last, meaning): (i32, i32, Meaning)| (first..=last).map(move |code| (code, meaning.clone()));
            prop_assert_eq!(ranges.into_iter().flat_map(each).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn every_number_there_is_takes_no_longer_than_two() {
        let whole = |class, speaker| Span { first: i32::MIN, last: i32::MAX, class, speaker, at: None };
        let found = sweep(&[whole(1, 0), whole(2, 1)], |meaning| meaning.len() > 1);
        assert_eq!(found, [(i32::MIN, i32::MAX, Meaning::from([(1, 0), (2, 1)]))]);
    }
}
