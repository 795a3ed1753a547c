//! From the parser's events to nodes. One pass without recursion; stops at the first syntax error, and early at input
//! that is nested too deeply or has too many nodes.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError};

use super::{List, Map, Node, Scalar, Style, quoted_length};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::source::{FileId, Span};

/// The deepest nesting that is read; the language itself needs fewer than ten levels.
pub const MAX_DEPTH: usize = 64;

/// The most nodes that are read: far more than 1,000 models need.
pub const MAX_NODES: usize = 250_000;

/// Reading a file stops after this many mistakes of YAML itself.
const MAX_MISTAKES: usize = 50;

/// Reads a file of the report's sources; what is wrong with it is reported.
pub(crate) fn parse(file: FileId, report: &mut Report) -> Option<Node> {
    let text = report.sources.file(file).text.clone();
    let mut tree =
        Tree { file, places: Places::new(&text), text: &text, stack: Vec::new(), root: None, nodes: 0, report };
    match tree.read() {
        Ok(()) => tree.root,
        Err(Stop) => None,
    }
}

/// Reading cannot go on; why has been reported.
struct Stop;

/// The tree while it grows.
struct Tree<'a> {
    file: FileId,
    text: &'a str,
    places: Places,
    stack: Vec<Frame>,
    root: Option<Node>,
    nodes: usize,
    report: &'a mut Report,
}

/// A list or map that has begun and not ended.
enum Frame {
    List(List),
    /// The key that waits for its value is `Some(None)` when it was refused: then its value goes too.
    Map {
        map: Map,
        key: Option<Option<Scalar>>,
        seen: Seen,
    },
}

/// The keys of a map that were seen, by text; small maps are looked through instead.
#[derive(Default)]
struct Seen(HashMap<String, Span>);

impl Seen {
    /// Where a key stood first, if it did; else it is noted.
    fn first(&mut self, key: &Scalar, map: &Map) -> Option<Span> {
        const SMALL: usize = 8;
        if map.entries.len() < SMALL {
            return map.entries.iter().find(|(known, _)| known.text == key.text).map(|(known, _)| known.span);
        }
        if self.0.is_empty() {
            self.0 = map.entries.iter().map(|(known, _)| (known.text.clone(), known.span)).collect();
        }
        match self.0.get(&key.text) {
            Some(first) => Some(*first),
            None => {
                self.0.insert(key.text.clone(), key.span);
                None
            }
        }
    }
}

impl Tree<'_> {
    fn read(&mut self) -> Result<(), Stop> {
        let before = self.report.items.len();
        let mut documents = 0;
        for event in Parser::new_from_str(self.text) {
            let (event, span) = event.map_err(|error| self.syntax_error(&error))?;
            let span = self.span(span.start, span.end);
            if let Event::DocumentStart(_) = event {
                documents += 1;
                if documents > 1 {
                    return Err(self.stop(
                        Code::SeveralDocuments,
                        span,
                        "a second document begins here",
                        "a spec is one document; use `include:` for further files",
                    ));
                }
            }
            self.event(event, span)?;
            if self.report.items.len() > before + MAX_MISTAKES {
                return Err(Stop);
            }
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Stop> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_extras(anchor, tag.is_some(), span);
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
                    ScalarStyle::Literal => Style::Literal,
                    ScalarStyle::Folded => Style::Folded,
                };
                self.add(Node::Scalar(Scalar { text: text.into_owned(), style, span: self.exact(style, span) }))
            }
            // Only brackets have a width; a block begins with its first key or item.
            Event::SequenceStart(anchor, tag) => {
                self.refuse_extras(anchor, tag.is_some(), span);
                self.begin(Frame::List(List { items: Vec::new(), span, flow: span.start < span.end }), span)
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_extras(anchor, tag.is_some(), span);
                let map = Map { entries: Vec::new(), span, flow: span.start < span.end };
                self.begin(Frame::Map { map, key: None, seen: Seen::default() }, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(_) => {
                let message = "aliases (`*name`) are not part of the language of a spec";
                self.mistake(
                    Code::Anchor,
                    span,
                    message,
                    "write the value out, or use `mixins:` for fields that models share",
                );
                self.add(Node::Scalar(Scalar { text: String::new(), style: Style::Plain, span }))
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
        }
    }

    fn begin(&mut self, frame: Frame, span: Span) -> Result<(), Stop> {
        if self.stack.len() >= MAX_DEPTH {
            let message = format!("nested more than {MAX_DEPTH} levels deep");
            return Err(self.stop(Code::TooDeep, span, &message, "a spec needs fewer than ten levels"));
        }
        self.stack.push(frame);
        Ok(())
    }

    fn end(&mut self, span: Span) -> Result<(), Stop> {
        let node = match self.stack.pop() {
            Some(Frame::List(mut list)) => {
                let last = list.items.iter().rev().find_map(Node::end);
                list.span.end = if list.flow { self.behind_bracket(span.start) } else { last.unwrap_or(list.span.end) };
                Node::List(list)
            }
            Some(Frame::Map { mut map, .. }) => {
                let last = map.entries.last().map(|(key, value)| value.end().unwrap_or(key.span.end));
                map.span.end = if map.flow { self.behind_bracket(span.start) } else { last.unwrap_or(map.span.end) };
                Node::Map(map)
            }
            None => return Ok(()),
        };
        self.add(node)
    }

    /// The byte behind the bracket that closes a list or map. The parser may place it at a comma, with comments behind.
    fn behind_bracket(&self, start: u32) -> u32 {
        let mut in_comment = false;
        for (at, byte) in (start..).zip(self.text[start as usize..].bytes()) {
            match byte {
                b'#' => in_comment = true,
                b'\n' => in_comment = false,
                b']' | b'}' if !in_comment => return at + 1,
                _ => {}
            }
        }
        start
    }

    /// Puts a finished node where it belongs: the root, an item, a key, or the value of the last key.
    fn add(&mut self, node: Node) -> Result<(), Stop> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let message = format!("the file has more than {MAX_NODES} nodes");
            return Err(self.stop(Code::TooLarge, node.head(), &message, "split it with `include:`"));
        }
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Frame::List(list)) => list.items.push(node),
            Some(Frame::Map { key: pending @ None, .. }) => match node {
                Node::Scalar(key) => *pending = Some(Some(key)),
                other => {
                    let span = other.head();
                    *pending = Some(None);
                    self.mistake(
                        Code::Syntax,
                        span,
                        &format!("{} cannot be a key", other.kind()),
                        "a key is a single word; quote it if it holds `[` or `{`",
                    );
                }
            },
            Some(Frame::Map { map, key, seen }) => {
                let Some(key) = key.take().flatten() else { return Ok(()) };
                match seen.first(&key, map) {
                    None => map.entries.push((key, node)),
                    // What YAML broke at a comma (`decimal(12,6)`) makes keys such as `6)`, and is mended later.
                    Some(_) if map.flow && key.text.contains(')') => map.entries.push((key, node)),
                    Some(first) => self.report.push(
                        Diagnostic::error(
                            Code::DuplicateKey,
                            key.span,
                            format!("the key `{}` stands here twice", key.text),
                        )
                        .label("again here")
                        .secondary(first, "first declared here")
                        .help("keep one of the two"),
                    ),
                }
            }
        }
        Ok(())
    }

    fn refuse_extras(&mut self, anchor: usize, tag: bool, span: Span) {
        let written = &self.text[span.start as usize..span.end as usize];
        let span = span.part(0, written.find('\n').unwrap_or(written.len()));
        if anchor > 0 {
            let message = "anchors (`&name`) are not part of the language of a spec";
            self.mistake(Code::Anchor, span, message, "leave it out; `mixins:` holds fields that models share");
        }
        if tag {
            let message = "tags (`!name`) are not part of the language of a spec";
            self.mistake(Code::Tag, span, message, "leave it out: the spec itself says what type a value has");
        }
    }

    fn syntax_error(&mut self, error: &ScanError) -> Stop {
        let at = self.places.byte(*error.marker()).min(self.text.len());
        let start = self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let indentation = self.text[start..].bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if let Some(tab) = self.text[start..start + indentation].find('\t') {
            let span = Span { file: self.file, start: (start + tab) as u32, end: (start + tab + 1) as u32 };
            return self.stop(Code::Tab, span, "a tab cannot indent a line in YAML", "indent with two spaces");
        }
        let end = self.text[at..].chars().next().filter(|c| *c != '\n').map_or(at, |c| at + c.len_utf8());
        let span = Span { file: self.file, start: at as u32, end: end as u32 };
        if error.info().contains("unknown anchor") {
            return self.stop(
                Code::Anchor,
                span,
                "aliases (`*name`) are not part of the language of a spec",
                "quote the text if it is meant to begin with `*`",
            );
        }
        if error.info().contains("recursion limit") {
            return self.stop(
                Code::TooDeep,
                span,
                &format!("nested more than {MAX_DEPTH} levels deep"),
                "a spec needs fewer than ten levels",
            );
        }
        self.stop(Code::Syntax, span, &format!("this is not YAML: {}", error.info()), syntax_help(error.info()))
    }

    fn mistake(&mut self, code: Code, span: Span, message: &str, help: &str) {
        self.report.push(Diagnostic::error(code, span, message).help(help));
    }

    fn stop(&mut self, code: Code, span: Span, message: &str, help: &str) -> Stop {
        self.mistake(code, span, message, help);
        Stop
    }

    fn span(&self, start: Marker, end: Marker) -> Span {
        let (start, end) = (self.places.byte(start), self.places.byte(end));
        Span { file: self.file, start: start as u32, end: end.max(start) as u32 }
    }

    /// The span of a scalar without what the parser counts in: white space, and a comment behind a quote.
    fn exact(&self, style: Style, span: Span) -> Span {
        let text = self.text[span.start as usize..span.end as usize].trim_end();
        let quote = text.chars().next().filter(|_| style == Style::Quoted);
        let length = quote.and_then(|quote| quoted_length(text, quote));
        span.part(0, length.unwrap_or(text.len()))
    }
}

/// What to do about the parser's commonest complaints.
fn syntax_help(info: &str) -> &'static str {
    if info.contains("mapping values are not allowed") || info.contains("simple key") {
        "a value that holds `: ` has to stand in quotes; a key needs `: ` behind it, and the lines of one level begin in one column"
    } else if info.contains("quoted scalar") || info.contains("flow") {
        "close the quote or bracket that was opened before"
    } else if info.contains("indent") || info.contains("block") {
        "the lines of one level begin in one column"
    } else {
        "look at this line and the one before it"
    }
}

/// From the parser's places, counted in characters, to bytes.
struct Places {
    /// Where each character begins; empty when the text is ASCII, where the two are the same.
    starts: Vec<u32>,
    bytes: usize,
}

impl Places {
    fn new(text: &str) -> Self {
        let starts = if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(at, _)| at as u32).collect() };
        Self { starts, bytes: text.len() }
    }

    fn byte(&self, marker: Marker) -> usize {
        if self.starts.is_empty() {
            return marker.index().min(self.bytes);
        }
        self.starts.get(marker.index()).map_or(self.bytes, |start| *start as usize)
    }
}
