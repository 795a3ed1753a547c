//! From bytes to records: fed in pieces of any size, so that a large file never is in memory as a whole.

use super::encoding::{other_encoding, whole_characters};
use super::{Cell, CsvError, Place, Record};

/// The most bytes of one cell. Texts that are longer stand in files of their own; without a limit a quote that is never
/// closed would swallow the rest of the file.
pub const MAX_CELL_BYTES: usize = 16 * 1024 * 1024;

/// The bytes that tell one encoding from another.
const ENOUGH_TO_TELL: usize = 4;

/// A reader of CSV: commas, line ends `\n` or `\r\n`, quotes doubled inside quotes. Empty lines are skipped.
#[derive(Debug)]
pub struct Parser {
    state: State,
    /// Whether the first bytes are still to be looked at.
    at_start: bool,
    /// Bytes that wait for the next: the first few of a file, or a character that is cut off.
    held: Vec<u8>,
    /// The bytes that were read.
    read: u64,
    place: Place,
    cell: Vec<u8>,
    cell_place: Place,
    cells: Vec<Cell>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first character of a record.
    Record,
    /// Behind a comma.
    Cell,
    /// In a cell without quotes.
    Plain,
    /// In quotes.
    Quoted,
    /// Behind a quote that stood in quotes: the end of the cell, or the first of two.
    Quote,
    /// Behind a carriage return.
    Return,
}

impl Default for Parser {
    fn default() -> Self {
        Self::new()
    }
}

impl Parser {
    /// A reader at the start of a file.
    pub fn new() -> Self {
        let start = Place { line: 1, column: 1 };
        Self {
            state: State::Record,
            at_start: true,
            held: Vec::new(),
            read: 0,
            place: start,
            cell: Vec::new(),
            cell_place: start,
            cells: Vec::new(),
        }
    }

    /// Reads further bytes, and adds the records that they complete.
    ///
    /// # Errors
    /// The bytes are not UTF-8, or a quote stands where none may. The reader is of no further use then.
    pub fn feed(&mut self, bytes: &[u8], records: &mut Vec<Record>) -> Result<(), CsvError> {
        if self.held.is_empty() && !self.at_start {
            return self.read(bytes, records);
        }
        let mut held = std::mem::take(&mut self.held);
        held.extend_from_slice(bytes);
        if self.at_start && held.len() < ENOUGH_TO_TELL {
            self.held = held;
            return Ok(());
        }
        self.read(&held, records)
    }

    /// Ends the file, and adds the last record if no line end did.
    ///
    /// # Errors
    /// The file ends inside quotes or inside a character.
    pub fn finish(&mut self, records: &mut Vec<Record>) -> Result<(), CsvError> {
        let held = std::mem::take(&mut self.held);
        self.read(&held, records)?;
        if let Some(&byte) = self.held.first() {
            return Err(self.not_utf8(byte));
        }
        match self.state {
            State::Record => {}
            State::Cell => {
                self.begin_cell();
                self.end_record(records);
            }
            State::Plain | State::Quote => self.end_record(records),
            State::Quoted => return Err(self.error(self.cell_place, "the quote that opens here is never closed")),
            State::Return => return Err(self.lone_return()),
        }
        Ok(())
    }

    fn read(&mut self, bytes: &[u8], records: &mut Vec<Record>) -> Result<(), CsvError> {
        let bytes = if self.at_start { self.start(bytes)? } else { bytes };
        let (whole, cut) = match whole_characters(bytes) {
            Ok(parts) => parts,
            Err(valid) => {
                self.read_characters(&bytes[..valid], records)?;
                return Err(self.not_utf8(bytes[valid]));
            }
        };
        self.read_characters(whole, records)?;
        self.held.extend_from_slice(cut);
        Ok(())
    }

    /// Looks at the first bytes, and passes over the byte order mark.
    fn start<'b>(&mut self, bytes: &'b [u8]) -> Result<&'b [u8], CsvError> {
        self.at_start = false;
        if let Some(encoding) = other_encoding(bytes) {
            let message = format!("byte 0 is the start of a file in {encoding}; save the file as UTF-8");
            return Err(self.error(self.place, message));
        }
        let rest = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        // The mark counts among the bytes, not among the characters.
        self.read = (bytes.len() - rest.len()) as u64;
        Ok(rest)
    }

    fn read_characters(&mut self, bytes: &[u8], records: &mut Vec<Record>) -> Result<(), CsvError> {
        for &byte in bytes {
            self.step(byte, records)?;
            if byte == b'\n' {
                self.place = Place { line: self.place.line + 1, column: 1 };
            } else if byte & 0xC0 != 0x80 {
                self.place.column += 1;
            }
        }
        self.read += bytes.len() as u64;
        Ok(())
    }

    fn step(&mut self, byte: u8, records: &mut Vec<Record>) -> Result<(), CsvError> {
        match (self.state, byte) {
            (State::Record, b'\n') => {}
            (State::Record, b'\r') => self.state = State::Return,
            (State::Record | State::Cell, b'"') => {
                self.begin_cell();
                self.state = State::Quoted;
            }
            (State::Record | State::Cell, _) => {
                self.begin_cell();
                self.state = State::Plain;
                return self.step(byte, records);
            }
            (State::Plain, b'"') => return Err(self.quote_in_plain()),
            (State::Plain | State::Quote, b',') => {
                self.end_cell();
                self.state = State::Cell;
            }
            (State::Plain | State::Quote, b'\n') => self.end_record(records),
            (State::Plain | State::Quote, b'\r') => {
                self.end_cell();
                self.state = State::Return;
            }
            (State::Quoted, b'"') => self.state = State::Quote,
            (State::Quote, b'"') => {
                self.state = State::Quoted;
                self.push(byte)?;
            }
            (State::Plain | State::Quoted, _) => self.push(byte)?,
            (State::Quote, _) => return Err(self.behind_quote()),
            (State::Return, b'\n') => self.end_cells(records),
            (State::Return, _) => return Err(self.lone_return()),
        }
        Ok(())
    }

    fn begin_cell(&mut self) {
        self.cell_place = self.place;
    }

    fn push(&mut self, byte: u8) -> Result<(), CsvError> {
        if self.cell.len() == MAX_CELL_BYTES {
            let megabytes = MAX_CELL_BYTES / (1024 * 1024);
            let closed = if self.state == State::Quoted { "; is its quote closed?" } else { "" };
            let help = "a long text can stand in a file of its own, as `file:PATH`";
            return Err(self.error(self.cell_place, format!("the cell is longer than {megabytes} MiB{closed}; {help}")));
        }
        self.cell.push(byte);
        Ok(())
    }

    fn end_cell(&mut self) {
        let bytes = std::mem::take(&mut self.cell);
        // The stream was checked: replacing bad bytes never happens.
        let text = String::from_utf8(bytes).unwrap_or_else(|bad| String::from_utf8_lossy(bad.as_bytes()).into_owned());
        self.cells.push(Cell { text, place: self.cell_place });
    }

    fn end_record(&mut self, records: &mut Vec<Record>) {
        self.end_cell();
        self.end_cells(records);
    }

    fn end_cells(&mut self, records: &mut Vec<Record>) {
        self.state = State::Record;
        if !self.cells.is_empty() {
            let next = Vec::with_capacity(self.cells.len());
            records.push(Record { cells: std::mem::replace(&mut self.cells, next) });
        }
    }

    fn error(&self, place: Place, message: impl Into<String>) -> CsvError {
        CsvError { place, message: message.into() }
    }

    #[cold]
    fn not_utf8(&self, byte: u8) -> CsvError {
        let message = format!("byte {byte:#04x} at position {} is not UTF-8; save the file as UTF-8", self.read);
        self.error(self.place, message)
    }

    #[cold]
    fn quote_in_plain(&self) -> CsvError {
        let help = "put the whole cell in quotes, and write each quote inside it twice";
        self.error(self.place, format!("a quote in a cell that does not begin with one; {help}"))
    }

    #[cold]
    fn behind_quote(&self) -> CsvError {
        let help = "a comma or a line end has to follow; a quote inside quotes is written twice";
        self.error(self.place, format!("text behind the quote that closes the cell; {help}"))
    }

    #[cold]
    fn lone_return(&self) -> CsvError {
        self.error(self.place, "a carriage return without a line feed; save the file with line ends LF or CRLF")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_in(bytes: &[u8], size: usize) -> Result<Vec<Record>, CsvError> {
        let (mut parser, mut records) = (Parser::new(), Vec::new());
        for chunk in bytes.chunks(size) {
            parser.feed(chunk, &mut records)?;
        }
        parser.finish(&mut records)?;
        Ok(records)
    }

    /// Parses in pieces of several sizes, which must not matter.
    #[track_caller]
    fn parse(bytes: &[u8]) -> Result<Vec<Record>, CsvError> {
        let whole = parse_in(bytes, bytes.len().max(1));
        for size in [1, 2, 3, 5, 7] {
            assert_eq!(parse_in(bytes, size), whole, "in pieces of {size} bytes");
        }
        whole
    }

    #[track_caller]
    fn check(text: &str, expected: &[&[&str]]) {
        let records = parse(text.as_bytes()).unwrap();
        let found: Vec<Vec<&str>> =
            records.iter().map(|record| record.cells.iter().map(|cell| cell.text.as_str()).collect()).collect();
        assert_eq!(found, expected);
    }

    #[track_caller]
    fn check_error(bytes: &[u8], expected: &str) {
        let error = parse(bytes).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }

    #[test]
    fn records_and_cells() {
        check("", &[]);
        check("a", &[&["a"]]);
        check("a,b\n1,2\n", &[&["a", "b"], &["1", "2"]]);
        check("a,b\r\n1,2", &[&["a", "b"], &["1", "2"]]);
        check(",\n", &[&["", ""]]);
        check("a,", &[&["a", ""]]);
        check("\"\"\n", &[&[""]]);
        check(" a , b\n", &[&[" a ", " b"]]);
    }

    #[test]
    fn empty_lines_are_skipped() {
        check("\n\na\n\r\n\nb\n\n", &[&["a"], &["b"]]);
    }

    #[test]
    fn quotes_keep_commas_line_ends_and_quotes() {
        check(r#""a,b","say ""hi""""#, &[&["a,b", r#"say "hi""#]]);
        check("\"one\ntwo\r\nthree\rfour\",x\n", &[&["one\ntwo\r\nthree\rfour", "x"]]);
        check(r#""[{""key"":""val""}]""#, &[&[r#"[{"key":"val"}]"#]]);
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        let records = parse(b"\xEF\xBB\xBFid,n\n").unwrap();
        assert_eq!(records[0].cells[0].text, "id");
        assert_eq!(records[0].cells[1].place, Place { line: 1, column: 4 });
    }

    #[test]
    fn places_count_lines_and_characters() {
        let records = parse("é€,b\n\n\"x\ny\",\"😀\",z\n".as_bytes()).unwrap();
        let places: Vec<String> =
            records.iter().flat_map(|record| &record.cells).map(|cell| cell.place.to_string()).collect();
        assert_eq!(places, ["1:1", "1:4", "3:1", "4:4", "4:8"]);
    }

    #[test]
    fn misplaced_quotes_and_returns() {
        check_error(b"a,b\n1,x\"y\n", "2:4: a quote in a cell that does not begin with one");
        check_error(b"a\n\"x\" ,y\n", "2:4: text behind the quote");
        check_error(b"a,b\n1,\"x\n\n", "2:3: the quote that opens here is never closed");
        check_error(b"a,b\rc,d\r", "1:5: a carriage return without a line feed");
        check_error(b"a\r", "1:3: a carriage return without a line feed");
    }

    #[test]
    fn other_encodings() {
        check_error(b"a,b\nx,caf\xe9\n", "2:6: byte 0xe9 at position 9 is not UTF-8");
        check_error(b"\xEF\xBB\xBFa\n\xff\n", "2:1: byte 0xff at position 5 is not UTF-8");
        check_error(b"\xe9", "1:1: byte 0xe9 at position 0 is not UTF-8");
        check_error("x,\u{e9}€\n".as_bytes().strip_suffix(b"\xac\n").unwrap(), "1:4: byte 0xe2 at position 4");
        check_error(b"a\n\xc3", "2:1: byte 0xc3 at position 2 is not UTF-8");
        check_error(b"\xff\xfea\0,\0", "1:1: byte 0 is the start of a file in UTF-16");
    }

    #[test]
    fn a_quote_that_is_never_closed_does_not_take_the_whole_file() {
        let mut text = b"a\n\"".to_vec();
        text.resize(MAX_CELL_BYTES + 100, b'x');
        let (mut parser, mut records) = (Parser::new(), Vec::new());
        let error = parser.feed(&text, &mut records).unwrap_err();
        assert!(error.to_string().starts_with("2:1: the cell is longer than 16 MiB; is its quote closed?"), "{error}");
    }
}
