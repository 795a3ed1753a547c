//! The short forms: a field or an association in one line, an index as its members.

use super::text::{self, Context};
use crate::document::{Line, unquote};
use crate::source::Sources;
use crate::yaml::{List, Map, Node, Scalar, Style};

/// A field that has a type, a default and flags, and nothing that takes the long form.
pub(super) struct FieldLine {
    ty: String,
    default: Option<DefaultText>,
    flags: Vec<String>,
}

/// A default. In quotes it is a text and never a keyword, so they stay.
struct DefaultText {
    text: String,
    quoted: bool,
}

impl FieldLine {
    /// The parts of a field, if these are all it has.
    pub(super) fn of(node: &Node, sources: &Sources) -> Option<Self> {
        match node {
            Node::Scalar(scalar) => Self::read(scalar),
            Node::Map(map) => Self::collect(map, sources),
            Node::List(_) => None,
        }
    }

    fn read(scalar: &Scalar) -> Option<Self> {
        let mut line = Line::new(scalar);
        let ty = without_blanks(line.head()?.text);
        let default = if line.take('=') { Some(DefaultText::read(line.word()?.text)) } else { None };
        let flags = std::iter::from_fn(|| line.word()).map(|word| word.text.to_owned()).collect();
        Some(Self { ty, default, flags })
    }

    fn collect(map: &Map, sources: &Sources) -> Option<Self> {
        let mut field = Self { ty: String::new(), default: None, flags: Vec::new() };
        for (key, value) in &map.entries {
            match (key.text.as_str(), value) {
                ("type", Node::Scalar(scalar)) => field.ty = without_blanks(&scalar.text),
                ("default", value) => field.default = Some(DefaultText::of(value, sources)?),
                ("pk" | "unique" | "index" | "sensitive" | "version" | "on_update", Node::Scalar(flag)) => {
                    field.flags.extend((flag.text == "true").then(|| key.text.clone()));
                }
                _ => return None,
            }
        }
        Some(field)
    }

    /// The field in one line, if it fits there.
    pub(super) fn line(&self, context: Context) -> Option<String> {
        let fits = |line: &String| text::fits_plain(line, context);
        let plain = self.words(false).filter(fits);
        plain.or_else(|| self.words(true).filter(fits))
    }

    /// The words of the line, with quotes around the default where it needs or is given them.
    fn words(&self, quote: bool) -> Option<String> {
        let default = match &self.default {
            Some(default) => Some(default.word(is_json(&self.ty, &default.text), quote)?),
            None => None,
        };
        let default = default.map(|default| format!("= {default}"));
        let words: Vec<&str> = [self.ty.as_str()]
            .into_iter()
            .chain(default.as_deref())
            .chain(self.flags.iter().map(String::as_str))
            .collect();
        Some(words.join(" "))
    }

    /// The lines of the long form.
    pub(super) fn members(&self) -> Vec<String> {
        let default = self.default.iter().map(|default| format!("default: {}", default.value()));
        let flags = self.flags.iter().map(|flag| format!("{flag}: true"));
        [format!("type: {}", self.ty)].into_iter().chain(default).chain(flags).collect()
    }
}

/// Whether a default is JSON: that of `json`, and what looks like it of a type with a name or of a list.
fn is_json(ty: &str, default: &str) -> bool {
    let ty = ty.trim_end_matches('?');
    let named = ty.starts_with(|c: char| c.is_ascii_uppercase()) || ty.ends_with("[]");
    ty == "json" || named && default.starts_with(['[', '{'])
}

impl DefaultText {
    fn read(word: &str) -> Self {
        match unquote(word) {
            Some(text) => Self { text, quoted: true },
            None => Self { text: word.to_owned(), quoted: false },
        }
    }

    fn of(node: &Node, sources: &Sources) -> Option<Self> {
        match node {
            Node::Scalar(scalar) if scalar.style.is_block() => None,
            Node::Scalar(scalar) => Some(Self { text: scalar.text.clone(), quoted: scalar.style != Style::Plain }),
            flow => Some(Self { text: without_blanks(sources.slice(flow.span())), quoted: false }),
        }
    }

    /// The default in a field line. JSON with content takes the long form.
    fn word(&self, json: bool, quote: bool) -> Option<String> {
        let quote = quote || self.quoted || self.text.is_empty() || self.text.contains(char::is_whitespace);
        let content = self.text.starts_with(['[', '{']) && self.text != "[]" && self.text != "{}";
        let escapes = |c: char| matches!(c, '\n' | '\t') || text::is_printable(c);
        match quote {
            _ if json && (quote || content) => None,
            false => Some(self.text.clone()),
            true => self.text.chars().all(escapes).then(|| text::quoted(&self.text)),
        }
    }

    /// The default in the long form.
    fn value(&self) -> String {
        match self.text.starts_with(['[', '{']) && !self.quoted {
            true => self.text.clone(),
            false if self.quoted => text::quoted(&self.text),
            false => text::unquoted(&self.text, Context::Block),
        }
    }
}

/// An association in one line, if nothing about it takes the long form.
pub(super) fn association(node: &Node, context: Context) -> Option<String> {
    let words = match node {
        Node::Scalar(scalar) => {
            let mut line = Line::new(scalar);
            std::iter::from_fn(|| line.word()).map(|word| flag(word.text).to_owned()).collect()
        }
        Node::Map(map) => association_words(map)?,
        Node::List(_) => return None,
    };
    Some(text::unquoted(&words.join(" "), context))
}

fn association_words(map: &Map) -> Option<Vec<String>> {
    let mut words = vec![word(map.get("model")?)?];
    for (key, value) in map.entries.iter().filter(|(key, _)| key.text != "model") {
        let value = match (key.text.as_str(), value) {
            ("key", Node::List(list)) => names(list)?,
            ("key" | "on_delete" | "on_update" | "inverse" | "unique" | "index" | "name", value) => word(value)?,
            _ => return None,
        };
        words.push(flag(&format!("{}={value}", key.text)).to_owned());
    }
    Some(words)
}

/// An option that is true stands without its value.
fn flag(option: &str) -> &str {
    match option {
        "unique=true" => "unique",
        "index=true" => "index",
        other => other,
    }
}

fn names(list: &List) -> Option<String> {
    let names: Option<Vec<String>> = list.items.iter().map(word).collect();
    names.filter(|names| !names.is_empty()).map(|names| names.join(","))
}

/// The one word that a node is. A comma would separate names.
fn word(node: &Node) -> Option<String> {
    let Node::Scalar(scalar) = node else { return None };
    let one = !scalar.text.is_empty() && !scalar.text.contains(|c: char| c.is_whitespace() || c == ',');
    one.then(|| scalar.text.clone())
}

/// The members of an index that says nothing but them.
pub(super) fn index_members(map: &Map) -> Option<&Node> {
    let says_nothing = |(key, value): &(Scalar, Node)| match (key.text.as_str(), value) {
        ("fields", _) => true,
        ("unique" | "keep", Node::Scalar(flag)) => flag.text == "false",
        _ => false,
    };
    map.entries.iter().all(says_nothing).then(|| map.get("fields"))?
}

pub(super) fn without_blanks(text: &str) -> String {
    text.split_whitespace().collect()
}
