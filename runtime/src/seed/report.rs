//! What loading did, and what it left out.

use std::fmt;

/// What was done to the rows of each seed, in the order of loading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// One entry for each seed that was loaded.
    pub seeds: Vec<SeedReport>,
    /// One entry for each seed that was not wanted.
    pub left_out: Vec<LeftOut>,
}

/// What was done to the rows of one seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedReport {
    /// The file, or what the rows in the spec are called in messages.
    pub seed: String,
    /// The model.
    pub model: &'static str,
    /// Rows that were not there.
    pub inserted: u64,
    /// Rows that were there and differed.
    pub updated: u64,
    /// Rows that were there and equal; nothing was written for them.
    pub unchanged: u64,
}

/// A seed that was not wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The file, or what the rows in the spec are called in messages.
    pub seed: String,
    /// Why it was left out.
    pub why: WhyLeftOut,
}

/// Why a seed was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyLeftOut {
    /// The variable of its `when:` is not set, or set to nothing.
    Unset(String),
    /// Nobody asked for its `set:`.
    NotAsked(String),
}

impl Report {
    /// The rows that were written.
    pub fn written(&self) -> u64 {
        self.seeds.iter().map(|seed| seed.inserted + seed.updated).sum()
    }

    /// The rows of all seeds.
    pub fn rows(&self) -> u64 {
        self.seeds.iter().map(|seed| seed.inserted + seed.updated + seed.unchanged).sum()
    }
}

impl fmt::Display for SeedReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, inserted, updated, unchanged, .. } = self;
        write!(f, "{seed}: {inserted} inserted, {updated} updated, {unchanged} unchanged")
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: left out, ", self.seed)?;
        match &self.why {
            WhyLeftOut::Unset(variable) => write!(f, "`{variable}` is not set"),
            WhyLeftOut::NotAsked(set) => write!(f, "the set `{set}` was not asked for"),
        }
    }
}
