//! From bytes to text: size, encoding and control characters, each refused with its place before anything is parsed.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::diagnostics::{Code, Diagnostic, Report};
use crate::source::{FileId, Span};

/// The largest file that is read; a spec of 1,000 models is about half a megabyte.
pub const MAX_BYTES: u64 = 2 * 1024 * 1024;

/// Reads a file into the report's sources. No more than [`MAX_BYTES`] are ever read, whatever the file system says.
///
/// # Errors
/// What the operating system says; a file that was read but cannot be used is reported instead, and `None`.
pub(crate) fn open(path: &Path, report: &mut Report) -> io::Result<Option<FileId>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(accept(bytes, path, report))
}

/// Takes bytes as a file of the report's sources, unless they are not text.
pub(crate) fn accept(bytes: Vec<u8>, shown: &Path, report: &mut Report) -> Option<FileId> {
    if bytes.len() as u64 > MAX_BYTES {
        let file = report.sources.add(shown.to_owned(), String::new());
        report.push(
            Diagnostic::error(Code::TooLarge, Span::beginning(file), "the file is larger than 2 MB")
                .help("split it with `include:`"),
        );
        return None;
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        let file = report.sources.add(shown.to_owned(), String::new());
        report.push(
            Diagnostic::error(Code::Encoding, Span::beginning(file), "the file is UTF-16, and a spec is UTF-8")
                .help("save it as UTF-8"),
        );
        return None;
    }
    let mut text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let (at, byte) = (error.utf8_error().valid_up_to(), error.as_bytes()[error.utf8_error().valid_up_to()]);
            let text = String::from_utf8_lossy(&error.as_bytes()[..at]).into_owned() + "\u{FFFD}";
            let file = report.sources.add(shown.to_owned(), text);
            let message = format!("byte {at} of the file, 0x{byte:02x}, is not UTF-8");
            report.push(
                Diagnostic::error(Code::Encoding, Span { file, start: at as u32, end: at as u32 + 3 }, message)
                    .help("save the file as UTF-8"),
            );
            return None;
        }
    };
    if text.starts_with('\u{FEFF}') {
        text.drain(..'\u{FEFF}'.len_utf8());
    }
    let control = text.char_indices().find(|(_, c)| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{85}'));
    let file = report.sources.add(shown.to_owned(), text);
    let Some((at, c)) = control else { return Some(file) };
    let span = Span { file, start: at as u32, end: (at + c.len_utf8()) as u32 };
    let message = format!("the control character U+{:04X} cannot stand in a spec", u32::from(c));
    report.push(Diagnostic::error(Code::ControlCharacter, span, message).help("remove it"));
    None
}
