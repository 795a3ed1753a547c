//! The rows of a seed, piece by piece: from a file on disk, from one compiled in, or from the spec.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;

use seedbed_schema::csv::{Cell, CsvError, Parser, Place, Record};
use seedbed_schema::{Seed, SeedRows};

use super::source::{Opened, SeedFiles};

/// The bytes that are in memory at once.
const PIECE: usize = 256 * 1024;

/// The rows of one seed, read in pieces.
pub(super) struct Rows {
    input: Input,
    parser: Parser,
    /// Records that were read and not yet handed out.
    records: VecDeque<Record>,
    /// The bytes that were read.
    pub(super) bytes: u64,
    /// The bytes of the whole, as far as is known.
    pub(super) total: u64,
}

enum Input {
    Compiled(&'static [u8]),
    File(File),
    /// Everything was read.
    End,
}

/// Why rows cannot be read any further.
#[derive(Debug)]
pub(super) enum Unreadable {
    Csv(CsvError),
    File(String),
}

impl Rows {
    /// Opens the rows of a seed.
    pub(super) fn open(seed: &Seed, files: &SeedFiles) -> Result<Self, String> {
        match &seed.rows {
            SeedRows::Inline { header, rows } => Ok(Self::of_spec(header, rows)),
            SeedRows::File(path) => Ok(match files.open(path)? {
                Opened::Compiled(bytes) => Self::new(Input::Compiled(bytes), bytes.len() as u64),
                Opened::File { file, bytes } => Self::new(Input::File(file), bytes),
            }),
        }
    }

    fn new(input: Input, total: u64) -> Self {
        Self { input, parser: Parser::new(), records: VecDeque::new(), bytes: 0, total }
    }

    fn of_spec(header: &[String], rows: &[Vec<String>]) -> Self {
        let mut all = Self::new(Input::End, 0);
        let lines = std::iter::once(header).chain(rows.iter().map(Vec::as_slice));
        all.records = (0..).zip(lines).map(|(line, cells)| spec_record(line, cells)).collect();
        all
    }

    /// The next record, of which the first names the columns; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Record>, Unreadable> {
        while self.records.is_empty() {
            if !self.read_more().await? {
                return Ok(None);
            }
        }
        Ok(self.records.pop_front())
    }

    /// Whether every record that was read was handed out.
    pub(super) fn is_between_pieces(&self) -> bool {
        self.records.is_empty()
    }

    /// Reads one more piece; says whether there was one.
    async fn read_more(&mut self) -> Result<bool, Unreadable> {
        let mut records = Vec::new();
        let read = match std::mem::replace(&mut self.input, Input::End) {
            Input::End => return Ok(false),
            Input::Compiled(bytes) => {
                let (piece, rest) = bytes.split_at(bytes.len().min(PIECE));
                self.input = Input::Compiled(rest);
                self.parser.feed(piece, &mut records).map(|()| piece.len())
            }
            Input::File(file) => {
                let (file, piece) = read_later(file).await.map_err(Unreadable::File)?;
                self.input = Input::File(file);
                self.parser.feed(&piece, &mut records).map(|()| piece.len())
            }
        };
        let read = read.map_err(Unreadable::Csv)?;
        if read == 0 {
            self.input = Input::End;
            self.parser.finish(&mut records).map_err(Unreadable::Csv)?;
        }
        self.records.extend(records);
        self.bytes += read as u64;
        Ok(true)
    }
}

/// Reads a piece on a thread that may wait, and gives the file back.
async fn read_later(mut file: File) -> Result<(File, Vec<u8>), String> {
    let read = move || read_piece(&mut file).map(|piece| (file, piece));
    tokio::task::spawn_blocking(read).await.unwrap_or_else(|error| Err(error.to_string()))
}

/// Reads a piece; at the end of the file it is empty.
pub(super) fn read_piece(file: &mut File) -> Result<Vec<u8>, String> {
    let mut piece = Vec::with_capacity(PIECE);
    file.take(PIECE as u64).read_to_end(&mut piece).map_err(|error| format!("cannot be read: {error}"))?;
    Ok(piece)
}

/// A row of the spec as a record; its header is row 0.
fn spec_record(line: u64, cells: &[String]) -> Record {
    let cells = (1..).zip(cells).map(|(column, text)| Cell { text: text.clone(), place: Place { line, column } });
    Record { cells: cells.collect() }
}
