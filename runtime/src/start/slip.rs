//! Slips of the finger: variables that are set and that nothing reads, called nearly like one that a start reads. A program
//! may have variables of its own that begin with `DB_`, so what is not near is left alone.

use std::fmt;

use seedbed_schema::nearest;

use super::environment::Environment;
use super::variable;

/// What the variables begin with whose slips are noticed.
const PREFIX: &str = "DB_";

/// A variable that is set and that nothing reads, called nearly like one that a start reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// Its name.
    pub name: String,
    /// The name that was probably meant.
    pub nearest: &'static str,
}

/// The slips among the variables of the process.
pub fn slips() -> Vec<Slip> {
    among(&Environment::Process.names())
}

/// The slips among names.
pub(super) fn among(names: &[String]) -> Vec<Slip> {
    names.iter().filter_map(|name| Some(Slip { name: name.clone(), nearest: meant(name)? })).collect()
}

/// The variable that a name nearly is. The prefix, which all of them have, makes no name near.
fn meant(name: &str) -> Option<&'static str> {
    let stem = name.strip_prefix(PREFIX)?;
    let known =
        || variable::ALL.iter().filter_map(|variable| Some((variable.name.strip_prefix(PREFIX)?, variable.name)));
    if known().any(|(_, full)| full == name) {
        return None;
    }
    let near = nearest(stem, known().map(|(stem, _)| stem))?;
    known().find(|(stem, _)| *stem == near).map(|(_, full)| full)
}

impl fmt::Display for Slip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the variable `{}` is set, but is none that is read; did you mean `{}`?", self.name, self.nearest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_slips_and_others_are_not() {
        for (name, expected) in [
            ("DB_POOLMAX", "DB_POOL_MAX"),
            ("DB_SKIP_SYNK", "DB_SKIP_SYNC"),
            ("DB_LOGS", "DB_LOG"),
            ("DB_dialect", "DB_DIALECT"),
            ("DB_CONNECT_TIMEOUT", "DB_CONNECT_TIMEOUT_MS"),
        ] {
            assert_eq!(meant(name), Some(expected), "{name}");
        }
        for variable in variable::ALL {
            assert_eq!(meant(variable.name), None, "{}", variable.name);
        }
        for name in "HOST PORT USER USERNAME NAME PASS PASSWORD DATABASE URL SSL SCHEMA TYPE DRIVER DEBUG".split(' ') {
            assert_eq!(meant(&format!("DB_{name}")), None, "{name}");
        }
        assert_eq!(meant("POOL_MAX"), None);
        assert_eq!(meant("MYDB_POOLMAX"), None);
    }
}
