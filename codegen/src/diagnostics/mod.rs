//! What is wrong with a spec, as data: a stable code, the place, and the way out. Written as text or as JSON.

mod codes;
mod json;
mod render;
mod suggest;

use std::fmt;

pub use codes::{Code, explain};
pub(crate) use suggest::{known, nearest};

use crate::source::{Sources, Span};
use crate::yaml::{self, Scalar};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Worth a look; generation goes on.
    Warning,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of mistake.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What stands beside the underlined place.
    pub label: Option<String>,
    /// Further places, each with what it has to do with the mistake.
    pub secondary: Vec<(Span, String)>,
    /// The next step.
    pub help: Option<String>,
    /// The text that would be right in the place of [`Diagnostic::span`].
    pub suggestion: Option<String>,
}

impl Diagnostic {
    /// An error.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: cut(message.into()),
            span,
            label: None,
            secondary: Vec::new(),
            help: None,
            suggestion: None,
        }
    }

    /// A warning.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    /// Says what is at the place.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(cut(label.into()));
        self
    }

    /// Points at a further place.
    pub fn secondary(mut self, span: Span, label: impl Into<String>) -> Self {
        self.secondary.push((span, label.into()));
        self
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(cut(help.into()));
        self
    }

    /// Proposes a text for the place.
    pub fn suggest(mut self, text: impl Into<String>) -> Self {
        self.suggestion = Some(text.into());
        self
    }

    /// Proposes the nearest of the known names, or lists them when none is near and they are few.
    pub fn nearest<'a>(mut self, found: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        let names: Vec<&str> = names.into_iter().collect();
        match nearest(found, names.iter().copied()) {
            Some(name) => {
                self.help = Some(format!("did you mean `{name}`?"));
                self.suggestion = Some(name.to_owned());
            }
            None => self.help = known(&names).or(self.help),
        }
        self
    }
}

/// The longest message; what quotes more of the spec than that is cut in the middle.
const MAX_MESSAGE: usize = 600;

fn cut(text: String) -> String {
    if text.len() <= MAX_MESSAGE {
        return text;
    }
    let half = MAX_MESSAGE / 2;
    let end = (0..=half).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = (text.len() - half..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    format!("{} … {}", &text[..end], &text[start..])
}

/// The diagnostics of one run, in the order of the files, with the texts they point into.
#[derive(Clone, Default)]
pub struct Diagnostics {
    sources: Sources,
    items: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Puts the diagnostics in the order of the files; what is reported twice at one place stands once.
    pub(crate) fn new(sources: Sources, mut items: Vec<Diagnostic>) -> Self {
        items.sort_by(|a, b| a.span.cmp(&b.span).then(a.code.cmp(&b.code)));
        items.dedup();
        Self { sources, items }
    }

    /// Each diagnostic.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.items.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.items.iter().any(|item| item.severity == Severity::Error)
    }

    /// The texts they point into.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// All of them as text for a person, with colours if asked.
    pub fn render(&self, coloured: bool) -> String {
        render::render(self, coloured)
    }

    /// All of them for a program.
    pub fn to_json(&self) -> serde_json::Value {
        json::to_json(self)
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl fmt::Debug for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Diagnostics {}

/// The most mistakes that are collected: a person corrects a few and runs again, and a hostile file could make them by
/// the million.
pub(crate) const MAX_COLLECTED: usize = 200;

/// What a stage needs to report mistakes: the texts, and a place to put them.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) sources: Sources,
    pub(crate) items: Vec<Diagnostic>,
}

impl Report {
    /// Reports a mistake.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if !self.is_full() {
            self.items.push(diagnostic);
        }
    }

    /// Where the bytes `start..end` of a scalar's text stand in its file.
    pub(crate) fn place(&self, scalar: &Scalar, start: usize, end: usize) -> Span {
        yaml::place(&self.sources, scalar, start, end)
    }

    /// Whether so much was reported that there is no point in looking further.
    pub(crate) fn is_full(&self) -> bool {
        self.items.len() >= MAX_COLLECTED
    }

    /// Whether an error was reported.
    pub(crate) fn has_errors(&self) -> bool {
        self.items.iter().any(|item| item.severity == Severity::Error)
    }

    /// What was reported, in order.
    pub(crate) fn finish(self) -> Diagnostics {
        Diagnostics::new(self.sources, self.items)
    }
}
