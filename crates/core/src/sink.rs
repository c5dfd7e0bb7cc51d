//! The seams on the way out: encoding tiles and telling how the work goes.

/// The samples of one band of one tile, row by row, as an encoder takes them.
#[derive(Debug, Clone, Copy)]
pub enum TileSamples<'a> {
    /// 8 bits.
    Uint8(&'a [u8]),
    /// 16 bits, in the machine's byte order.
    Uint16(&'a [u16]),
}

/// Encodes tiles for files that are put together later. Called from many threads at once.
pub trait TileEncoder: Send + Sync {
    /// The bytes of a tile, as they will stand in the file. Same samples, same bytes.
    ///
    /// # Errors
    /// The codec's own refusal; it is a bug or a lack of memory, never the samples' fault.
    fn encode(&self, samples: TileSamples<'_>) -> Result<Vec<u8>, EncodeError>;
}

/// A codec that failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot encode a tile: {0}")]
pub struct EncodeError(pub String);

/// Something worth telling while work goes on.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<'a> {
    /// A step begins: what it is, and how many units it has (none if unknown).
    Begin {
        /// What is being done, such as `merging`.
        what: &'a str,
        /// Units of work.
        units: Option<u64>,
    },
    /// Units of the step at hand were done.
    Advance(u64),
    /// The step at hand ended.
    End,
    /// A remark for people.
    Note(&'a str),
}

/// Who is told how the work goes. Libraries tell; only the command line draws and prints.
pub trait Observer: Send + Sync {
    /// Something happened.
    fn event(&self, event: Event<'_>);

    /// Whether the work should stop as soon as nothing would be left half-made. Asked between tiles.
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// An observer that looks away.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn event(&self, _: Event<'_>) {}
}
