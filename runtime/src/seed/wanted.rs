//! Which seeds are loaded: the default ones, the sets that were asked for, and those whose variable is set.

use std::collections::BTreeSet;
use std::env::{self, VarError};
use std::fmt;
use std::sync::Arc;

use seedbed_schema::{Schema, Seed, nearest};

use super::report::WhyLeftOut;
use crate::{Error, Result};

/// Which seeds are loaded. By default those without a set, with the variables of the process.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The named sets that are loaded besides the default seeds.
    pub sets: Vec<String>,
    /// Where `when:` and `env:NAME` look.
    pub variables: Variables,
}

impl Wanted {
    /// The seeds to load in their order, each with its place in the schema.
    pub(super) fn seeds<'s>(&'s self, schema: &'s Schema) -> impl Iterator<Item = (usize, &'s Seed)> {
        schema.seeds.iter().enumerate().filter(|(_, seed)| self.why_not(seed).is_none())
    }

    /// Why a seed is not loaded, unless it is.
    pub(super) fn why_not(&self, seed: &Seed) -> Option<WhyLeftOut> {
        let set = seed.set.as_ref().filter(|set| !self.sets.contains(set)).cloned();
        let variable = || seed.when.as_ref().filter(|name| !self.variables.has(name)).cloned();
        set.map(WhyLeftOut::NotAsked).or_else(|| variable().map(WhyLeftOut::Unset))
    }

    /// Refuses a set that no seed belongs to: a slip of the finger would load nothing, and nobody would notice.
    pub(super) fn check(&self, schema: &Schema) -> Result<()> {
        let known: BTreeSet<&str> = schema.seeds.iter().filter_map(|seed| seed.set.as_deref()).collect();
        let Some(unknown) = self.sets.iter().find(|set| !known.contains(set.as_str())) else { return Ok(()) };
        let help = match nearest(unknown, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "no seed says `set:`".to_owned(),
            None => format!("there are `{}`", known.into_iter().collect::<Vec<_>>().join("`, `")),
        };
        Err(Error::Seed(format!("no seed belongs to the set `{unknown}`; {help}")))
    }
}

/// Gives the value of a variable, if it is set.
pub(super) type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Where the values of environment variables come from.
#[derive(Clone, Default)]
pub enum Variables {
    /// The environment of the process.
    #[default]
    Process,
    /// A function, such as a look-up in a map.
    Lookup(Arc<Lookup>),
}

/// The value of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Unset,
    Set(String),
    /// It is set to something that is no UTF-8.
    NotText,
}

impl Variables {
    /// Whether a variable is set. To nothing does not count: it would make an administrator with an empty API key.
    pub(super) fn has(&self, name: &str) -> bool {
        match self.get(name) {
            Value::Unset => false,
            Value::Set(value) => !value.is_empty(),
            Value::NotText => true,
        }
    }

    pub(super) fn get(&self, name: &str) -> Value {
        match self {
            // The standard library panics at a name with `=` or NUL in some places, and such a name is never set.
            Self::Process if name.is_empty() || name.contains(['=', '\0']) => Value::Unset,
            Self::Process => match env::var(name) {
                Ok(value) => Value::Set(value),
                Err(VarError::NotPresent) => Value::Unset,
                Err(VarError::NotUnicode(_)) => Value::NotText,
            },
            Self::Lookup(lookup) => lookup(name).map_or(Value::Unset, Value::Set),
        }
    }
}

/// Says where values come from, never what they are.
impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Process => "Process",
            Self::Lookup(_) => "Lookup",
        })
    }
}
