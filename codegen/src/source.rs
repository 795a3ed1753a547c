//! The files that were read, and places in them. A place is a range of bytes; lines and columns are worked out when shown.

use std::path::PathBuf;

/// The place of a file in [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A range of bytes in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The beginning of a file, for messages about the file as a whole.
    pub fn beginning(file: FileId) -> Self {
        Self { file, start: 0, end: 0 }
    }

    /// Part of this span, by bytes from its start.
    pub fn part(self, start: usize, end: usize) -> Self {
        Self { file: self.file, start: self.start + start as u32, end: self.start + end as u32 }
    }

    /// From the start of this span to the end of another in the same file.
    pub fn to(self, other: Self) -> Self {
        Self { end: other.end.max(self.end), ..self }
    }
}

/// A line and a column, both counted from 1; the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A file that was read.
#[derive(Debug, Clone)]
pub struct Source {
    /// The path as it is shown: as the user gave it, or below the folder of the file that includes it.
    pub path: PathBuf,
    /// The text, without a byte order mark.
    pub text: String,
    line_starts: Vec<u32>,
}

impl Source {
    fn new(path: PathBuf, text: String) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1);
        let line_starts = std::iter::once(0).chain(breaks).collect();
        Self { path, text, line_starts }
    }

    /// The line and column of a byte.
    pub fn position(&self, byte: u32) -> Position {
        let line = self.line_starts.partition_point(|start| *start <= byte);
        let start = self.line_starts[line - 1] as usize;
        let before = &self.text[start..self.floor(byte as usize)];
        Position { line, column: before.chars().count() + 1 }
    }

    /// The text of a span, which is cut to character boundaries.
    pub fn slice(&self, span: Span) -> &str {
        let start = self.floor(span.start as usize);
        &self.text[start..self.floor(span.end as usize).max(start)]
    }

    fn floor(&self, byte: usize) -> usize {
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        byte
    }
}

/// Every file of one run, in the order of reading.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a file.
    pub fn add(&mut self, path: PathBuf, text: String) -> FileId {
        self.files.push(Source::new(path, text));
        FileId(self.files.len() as u32 - 1)
    }

    /// A file.
    pub fn file(&self, id: FileId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> &str {
        self.file(span.file).slice(span)
    }

    /// The line and column where a span begins.
    pub fn position(&self, span: Span) -> Position {
        self.file(span.file).position(span.start)
    }

    /// Every file.
    pub fn files(&self) -> &[Source] {
        &self.files
    }
}
