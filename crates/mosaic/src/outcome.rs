//! What becomes of one combination of what the layers hold.

/// What a pixel gets, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// Whether it lies inside the coverage's area (`within`).
    pub inside: bool,
    /// Its class; none is nothing.
    pub class: Option<u16>,
    /// The source whose class stands, from 1; 0 where there is none.
    pub source: u16,
    /// The rule that won, from 1; 0 where none did or the method has no rules.
    pub rule: u16,
    /// 0 for the rule itself, n for its n-th exception.
    pub part: u16,
    /// How layers agree.
    pub agreement: Agreement,
}

/// How many layers speak and agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Agreement {
    /// Layers that speak.
    pub speak: u8,
    /// Of them, those that say the winning class.
    pub same: u8,
    /// Of them, those that say one of the same top class.
    pub same_top: u8,
}

impl Outcome {
    /// Outside the coverage's area.
    pub const OUTSIDE: Outcome = Outcome {
        inside: false,
        class: None,
        source: 0,
        rule: 0,
        part: 0,
        agreement: Agreement { speak: 0, same: 0, same_top: 0 },
    };
}
