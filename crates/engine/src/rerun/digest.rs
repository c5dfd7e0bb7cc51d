//! Digests: 128 bits of XXH3, fast enough to compare every stored block. Files are held to their sha256 besides.

use serde::Serialize;
use twox_hash::XxHash3_128;

/// A digest of bytes.
pub type Digest = u128;

/// The digest of bytes.
pub fn digest(bytes: &[u8]) -> Digest {
    XxHash3_128::oneshot(bytes)
}

/// Puts values side by side so that no two lists of values are the same bytes, and digests them.
#[derive(Debug, Default)]
pub(super) struct Mixer(Vec<u8>);

impl Mixer {
    /// Adds a number.
    pub fn number(&mut self, number: impl Into<i64>) -> &mut Self {
        self.0.extend(number.into().to_le_bytes());
        self
    }

    /// Adds a digest.
    pub fn digest(&mut self, digest: Digest) -> &mut Self {
        self.0.extend(digest.to_le_bytes());
        self
    }

    /// Adds bytes with their length.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend((bytes.len() as u64).to_le_bytes());
        self.0.extend(bytes);
        self
    }

    /// Adds a value by its text as JSON.
    pub fn value(&mut self, value: &impl Serialize) -> &mut Self {
        // Plain values of ours: what cannot be written as JSON is told apart by its kind alone, and never is.
        self.bytes(&serde_json::to_vec(value).unwrap_or_default())
    }

    /// The digest of all that was added.
    pub fn finish(&self) -> Digest {
        digest(&self.0)
    }
}
