//! How far loading has come, for whoever wants to show it.

/// Hears how far loading has come: after each piece of a file, a few hundred kilobytes.
pub trait Progress: Send + Sync {
    /// A piece was loaded, or a seed is finished.
    fn step(&self, step: &Step<'_>);
}

/// How far one seed has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    /// The file, or what the rows in the spec are called in messages.
    pub seed: &'a str,
    /// The rows that were read so far.
    pub rows: u64,
    /// The bytes that were read so far.
    pub bytes: u64,
    /// The bytes of the whole.
    pub total: u64,
    /// Whether its rows are in their table.
    pub finished: bool,
}

/// Nobody wants to know.
impl Progress for () {
    fn step(&self, _: &Step<'_>) {}
}
