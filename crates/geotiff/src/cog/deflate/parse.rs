//! From bytes to tokens.

use super::chains::Chains;
use super::costs::Costs;
use super::edges;
use super::symbols::{Counts, FARTHEST, LONGEST, Token};

/// What is best at a place: a run of `gap` bytes, then a match.
#[derive(Debug, Clone, Copy)]
struct Choice {
    gain: i32,
    gap: usize,
    len: usize,
    distance: usize,
}

/// Tokens of one piece of data after another.
#[derive(Debug)]
pub(super) struct Parser {
    row: usize,
    sample: usize,
    edges: Vec<u32>,
    chains: Chains,
    recent: [usize; 3],
    pub(super) tokens: Vec<Token>,
    pub(super) counts: Counts,
    costs: Costs,
    /// Costs are told anew at so many tokens.
    renew: usize,
}

impl Parser {
    pub(super) fn new(row: usize, sample: usize) -> Parser {
        Parser {
            row,
            sample,
            edges: Vec::new(),
            chains: Chains::default(),
            recent: [1; 3],
            tokens: Vec::new(),
            counts: Counts::default(),
            costs: Costs::default(),
            renew: 0,
        }
    }

    pub(super) fn parse(&mut self, data: &[u8]) {
        self.tokens.clear();
        self.counts = Counts::default();
        self.costs = Costs::default();
        self.renew = 512;
        self.recent = [1; 3];
        let mut list = std::mem::take(&mut self.edges);
        edges::find(data, self.sample, &mut list);
        self.chains.clear(list.len());
        let (mut at, mut next) = (0, 1);
        while at < data.len() {
            while list[next] as usize <= at {
                self.chains.insert(data, self.sample, &list, next);
                next += 1;
            }
            let choice = self.choose(data, &list, at, next);
            if choice.gap > 0 {
                self.put_run(data, at, choice.gap);
                at += choice.gap;
            }
            if choice.len > 0 {
                self.put(Token::copy(choice.len, choice.distance));
                at += choice.len;
                if choice.distance != self.recent[0] {
                    self.recent = [choice.distance, self.recent[0], self.recent[1]];
                }
            }
            if self.tokens.len() >= self.renew {
                self.renew += 2048;
                self.costs.learn(&self.counts, self.tokens.len());
            }
        }
        self.edges = list;
    }

    #[inline]
    fn put(&mut self, token: Token) {
        self.counts.add(token);
        self.tokens.push(token);
    }

    /// A piece of one run: literals, or matches from one sample before.
    fn put_run(&mut self, data: &[u8], at: usize, gap: usize) {
        let mut left = gap;
        let mut at = at;
        let inside = at >= self.sample && data[at - self.sample] == data[at];
        if !inside || left < 3 {
            let first = if left < 3 { left } else { self.sample.min(left) };
            for byte in &data[at..at + first] {
                self.put(Token::literal(*byte));
            }
            at += first;
            left -= first;
        }
        while left > 0 {
            let len = if left > LONGEST && left < LONGEST + 3 { left - 3 } else { left.min(LONGEST) };
            if len < 3 {
                for byte in &data[at..at + len] {
                    self.put(Token::literal(*byte));
                }
            } else {
                self.put(Token::copy(len, self.sample));
            }
            at += len;
            left -= len;
        }
    }

    fn run_cost(&self, first: u8, inside: bool, gap: usize) -> i32 {
        let literal = self.costs.literal(first);
        if gap < 3 {
            return literal * gap as i32;
        }
        let head = if inside { 0 } else { self.sample };
        let rest = gap - head;
        let tail = if rest < 3 { literal * rest as i32 } else { self.costs.copy(rest.min(LONGEST), self.sample) };
        head as i32 * literal + tail
    }

    fn choose(&mut self, data: &[u8], list: &[u32], at: usize, next: usize) -> Choice {
        let run = list[next] as usize - at;
        let inside = at > list[next - 1] as usize;
        if run > LONGEST {
            let gap = if inside { LONGEST } else { LONGEST + self.sample };
            return Choice { gain: 0, gap: gap.min(run), len: 0, distance: 0 };
        }
        let cost = self.run_cost(data[at], inside, run);
        let best = Choice { gain: self.costs.worth(1, run) - cost, gap: run, len: 0, distance: 0 };
        let mut search = Search { data, list, at, next, costs: &self.costs, best };
        let [a, b, c] = self.recent;
        let row = self.row;
        for distance in [a, b, c, row, row - self.sample, row + self.sample] {
            search.consider(0, distance, 0);
        }
        let mut depth = DEPTH;
        let mut candidate = self.chains.first(data, self.sample, list, next);
        while candidate != 0 && depth > 0 {
            let place = list[candidate as usize] as usize;
            let distance = list[next] as usize - place;
            if distance > FARTHEST {
                break;
            }
            let before = place - list[candidate as usize - 1] as usize;
            if before >= run {
                search.consider(0, distance, 0);
            } else {
                let gap = run - before;
                let cost = self.run_cost(data[at], inside, gap);
                search.consider(gap, distance, cost);
            }
            candidate = self.chains.before(candidate);
            depth -= 1;
        }
        search.best
    }
}

const DEPTH: u32 = 8;

struct Search<'a> {
    data: &'a [u8],
    list: &'a [u32],
    at: usize,
    next: usize,
    costs: &'a Costs,
    best: Choice,
}

impl Search<'_> {
    /// A match at `gap` bytes from here.
    #[inline]
    fn consider(&mut self, gap: usize, distance: usize, cost: i32) {
        let start = self.at + gap;
        if distance > start {
            return;
        }
        let end = self.data.len().min(start + LONGEST);
        let len = common(&self.data[start - distance..end - distance], &self.data[start..end]);
        if len < 3 {
            return;
        }
        let mut next = self.next;
        while (self.list[next] as usize) <= start + len && next + 1 < self.list.len() {
            next += 1;
        }
        let gain = self.costs.worth(next - self.next, gap + len) - cost - self.costs.copy(len, distance);
        if gain > self.best.gain {
            self.best = Choice { gain, gap, len, distance };
        }
    }
}

/// How many bytes are the same from the start of both.
#[inline]
fn common(a: &[u8], b: &[u8]) -> usize {
    let mut len = 0;
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        let differ = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        if differ != 0 {
            return len + differ.trailing_zeros() as usize / 8;
        }
        len += 8;
    }
    len + a[len..].iter().zip(&b[len..]).take_while(|(a, b)| a == b).count()
}
