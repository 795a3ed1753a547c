//! Reading variables by their types, and collecting everything that is wrong with them.

use std::collections::HashMap;
use std::env::VarError;
use std::fmt;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::variable::Variable;
use crate::seed::Variables;
use crate::{Error, Result};

/// Where variables are looked up: in the process, or by a function.
#[derive(Clone)]
pub(crate) enum Environment {
    /// The variables of the process.
    Process,
    /// Whatever the function knows.
    Lookup(Lookup),
    /// Another one first, then the lines of a file.
    WithFile(Box<Environment>, Arc<HashMap<String, String>>),
}

type Lookup = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

impl Environment {
    /// The value; `Err` when it is not UTF-8. One that is set to nothing counts as not set.
    fn get(&self, name: &str) -> Result<Option<String>, ()> {
        let value = match self {
            Self::Process => match std::env::var(name) {
                Ok(value) => Some(value),
                Err(VarError::NotPresent) => None,
                Err(VarError::NotUnicode(_)) => return Err(()),
            },
            Self::Lookup(lookup) => lookup(name),
            Self::WithFile(first, lines) => first.get(name)?.or_else(|| lines.get(name).cloned()),
        };
        Ok(value.filter(|value| !value.is_empty()))
    }

    /// The names of the variables that are set, sorted, without those that only a function knows.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = match self {
            Self::Process => std::env::vars_os()
                .filter(|(_, value)| !value.is_empty())
                .filter_map(|(name, _)| name.into_string().ok())
                .collect(),
            Self::Lookup(_) => Vec::new(),
            Self::WithFile(first, lines) => {
                let lines = lines.iter().filter(|(_, value)| !value.is_empty()).map(|(name, _)| name.clone());
                first.names().into_iter().chain(lines).collect()
            }
        };
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The same, and what a file of lines `NAME=value` says beyond it.
    pub(super) fn with_file(&self, path: &Path) -> Result<Self> {
        let problem =
            |why: String| Error::Config(format!("the variables in `{}` cannot be read: {why}", path.display()));
        let lines = dotenvy::from_path_iter(path).map_err(|error| problem(explained(&error)))?;
        let lines: Result<_, _> = lines.collect();
        let lines = lines.map_err(|error| problem(explained(&error)))?;
        Ok(Self::WithFile(Box::new(self.clone()), Arc::new(lines)))
    }

    /// The same for the variables that seeds name.
    pub(super) fn variables(&self) -> Variables {
        match self {
            Self::Process => Variables::Process,
            Self::Lookup(lookup) => Variables::Lookup(Arc::clone(lookup)),
            Self::WithFile(..) => {
                let environment = self.clone();
                Variables::Lookup(Arc::new(move |name| environment.get(name).ok().flatten()))
            }
        }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Process => "Process",
            Self::Lookup(_) => "Lookup",
            Self::WithFile(..) => "WithFile",
        })
    }
}

/// What is wrong with a file of variables, without the line, which may hold a secret.
fn explained(error: &dotenvy::Error) -> String {
    match error {
        dotenvy::Error::LineParse(_, at) => format!("a line is not `NAME=value`, see its byte {at}"),
        dotenvy::Error::Io(error) => error.to_string(),
        _ => "it is not as expected".to_owned(),
    }
}

/// Reads variables and keeps what is wrong, so that one error names it all.
pub(crate) struct Reader<'e> {
    environment: &'e Environment,
    problems: Vec<String>,
}

impl<'e> Reader<'e> {
    /// A reader without problems so far.
    pub(crate) fn new(environment: &'e Environment) -> Self {
        Self { environment, problems: Vec::new() }
    }

    /// A text as it is.
    pub(crate) fn text(&mut self, variable: Variable) -> Option<String> {
        match self.environment.get(variable.name) {
            Ok(value) => value,
            Err(()) => {
                self.problem(format!("`{}` is not UTF-8: expected {}", variable.name, variable.accepts));
                None
            }
        }
    }

    /// A truth value.
    pub(crate) fn flag(&mut self, variable: Variable) -> Option<bool> {
        self.parsed(variable, |text| match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => None,
        })
    }

    /// A whole number within a range.
    pub(crate) fn number(&mut self, variable: Variable, range: RangeInclusive<u64>) -> Option<u64> {
        self.parsed(variable, |text| text.parse().ok().filter(|number| range.contains(number)))
    }

    /// A time of one millisecond or more.
    pub(crate) fn millis(&mut self, variable: Variable) -> Option<Duration> {
        self.number(variable, 1..=MAX_MILLIS).map(Duration::from_millis)
    }

    /// One of several words.
    pub(crate) fn word<T: Copy>(&mut self, variable: Variable, words: &[(&str, T)]) -> Option<T> {
        self.parsed(variable, |text| {
            words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, meaning)| *meaning)
        })
    }

    /// A value as a function reads it.
    pub(crate) fn parsed<T>(&mut self, variable: Variable, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.text(variable)?;
        let value = parse(text.trim());
        if value.is_none() {
            self.wrong(variable, &text);
        }
        value
    }

    /// Notes that a value is none that the variable accepts.
    pub(crate) fn wrong(&mut self, variable: Variable, value: &str) {
        let Variable { name, accepts, .. } = variable;
        self.problem(match variable.secret {
            true => format!("`{name}` has a wrong value: expected {accepts}"),
            false => format!("`{name}` is `{}`: expected {accepts}", shown(value)),
        });
    }

    /// Notes something else that is wrong.
    pub(crate) fn problem(&mut self, problem: impl Into<String>) {
        self.problems.push(problem.into());
    }

    /// Everything that is wrong, as one error.
    pub(crate) fn finish(self) -> Result<()> {
        match self.problems.as_slice() {
            [] => Ok(()),
            [problem] => Err(Error::Config(problem.clone())),
            problems => {
                let list: String = problems.iter().map(|problem| format!("\n- {problem}")).collect();
                Err(Error::Config(format!("{} settings are wrong:{list}", problems.len())))
            }
        }
    }
}

/// Fifty years: enough for every wait, and far from where a clock overflows.
const MAX_MILLIS: u64 = 50 * 365 * 24 * 60 * 60 * 1000;

/// A value fit for one line.
pub(super) fn shown(value: &str) -> String {
    const LONGEST: usize = 60;
    let line: String = value.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if value.chars().nth(LONGEST).is_some() { line + "…" } else { line }
}
