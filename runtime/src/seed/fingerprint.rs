//! The hash of everything that loading depends on: a start whose database has seen it has nothing to load.

use seedbed_schema::csv::{Parser, References, reference_path, references_of_cells};
use seedbed_schema::{Schema, Seed, SeedRows};
use sha2::{Digest, Sha256};

use super::reader::read_piece;
use super::source::{Opened, SeedFiles, SeedSource};
use super::wanted::{Value, Variables, Wanted};
use crate::{Error, Result, meta};

/// What comes first in the hash, so that it equals no hash of anything else.
const DOMAIN: &[u8] = b"seedbed seeds 1";
/// What comes first in the digest of a variable's value.
const VARIABLE_DOMAIN: &[u8] = b"seedbed seed variable 1";

/// The hash of the seeds that are wanted: their rows, the files and variables that these refer to, and which seeds they
/// are. Of a variable's value it covers a digest under the variable's name, never the value.
///
/// A file that is missing or no CSV is hashed as such: loading says what is wrong with it. Files of a folder are read on
/// the calling thread; those that are compiled in take microseconds.
///
/// # Errors
/// A file of a folder cannot be read to its end.
pub(crate) fn fingerprint(
    meta: &'static meta::Schema,
    schema: &Schema,
    source: &SeedSource,
    wanted: &Wanted,
) -> Result<String> {
    let mut hash = Fingerprint {
        hash: Sha256::new_with_prefix(DOMAIN),
        files: SeedFiles::new(meta, schema, source),
        variables: &wanted.variables,
    };
    for (_, seed) in wanted.seeds(schema) {
        hash.seed(schema, seed)?;
    }
    Ok(hex(&hash.hash.finalize()))
}

struct Fingerprint<'a> {
    hash: Sha256,
    files: SeedFiles,
    variables: &'a Variables,
}

impl Fingerprint<'_> {
    fn seed(&mut self, schema: &Schema, seed: &Seed) -> Result<()> {
        let model = schema.model(seed.model);
        self.part("seed", model.name.as_bytes());
        seed.key.iter().for_each(|key| self.part("key", model.field(*key).name.as_bytes()));
        match &seed.rows {
            SeedRows::File(path) => {
                let references = self.file(path)?;
                self.references(path, &references)
            }
            SeedRows::Inline { header, rows } => {
                for cells in std::iter::once(header).chain(rows) {
                    self.part("row", &(cells.len() as u64).to_le_bytes());
                    cells.iter().for_each(|cell| self.part("cell", cell.as_bytes()));
                }
                let references = references_of_cells(rows.iter().flatten().map(String::as_str));
                self.references("", &references)
            }
        }
    }

    /// Hashes a CSV file, and says what it refers to.
    fn file(&mut self, path: &str) -> Result<References> {
        let mut scan = Scan::default();
        self.bytes(path, |piece| scan.feed(piece))?;
        Ok(scan.finish())
    }

    fn references(&mut self, csv: &str, references: &References) -> Result<()> {
        for file in &references.files {
            self.part("file", file.path.as_bytes());
            if let Ok(path) = reference_path(csv, &file.path) {
                self.bytes(&path, |_| {})?;
            }
        }
        references.variables.iter().for_each(|name| self.variable(name));
        Ok(())
    }

    fn variable(&mut self, name: &str) {
        match self.variables.get(name) {
            Value::Unset => self.part("unset", name.as_bytes()),
            Value::NotText => self.part("not text", name.as_bytes()),
            Value::Set(value) => {
                let mut digest = Sha256::new_with_prefix(VARIABLE_DOMAIN);
                digest.update((name.len() as u64).to_le_bytes());
                digest.update(name.as_bytes());
                digest.update(value.as_bytes());
                self.part("variable", &digest.finalize());
            }
        }
    }

    /// Hashes the content of a file, and shows each piece to somebody else.
    fn bytes(&mut self, path: &str, mut see: impl FnMut(&[u8])) -> Result<()> {
        // The content's own hash stands for it, so that it need not be in memory to know its length.
        let mut digest = Sha256::new();
        match self.files.open(path) {
            Err(_) => {
                self.part("missing", path.as_bytes());
                return Ok(());
            }
            Ok(Opened::Compiled(bytes)) => {
                digest.update(bytes);
                see(bytes);
            }
            Ok(Opened::File { mut file, .. }) => loop {
                let piece = read_piece(&mut file).map_err(|why| Error::Seed(format!("{path}: {why}")))?;
                if piece.is_empty() {
                    break;
                }
                digest.update(&piece);
                see(&piece);
            },
        }
        self.part("content", &digest.finalize());
        Ok(())
    }

    /// Adds something with its name and length, so that no two inputs run together.
    fn part(&mut self, name: &str, bytes: &[u8]) {
        self.hash.update([name.len() as u8]);
        self.hash.update(name.as_bytes());
        self.hash.update((bytes.len() as u64).to_le_bytes());
        self.hash.update(bytes);
    }
}

/// Looks for references in a CSV file that comes in pieces.
#[derive(Default)]
struct Scan {
    parser: Parser,
    found: References,
    /// Whether it turned out to be no CSV.
    failed: bool,
}

impl Scan {
    fn feed(&mut self, piece: &[u8]) {
        let mut records = Vec::new();
        self.failed = self.failed || self.parser.feed(piece, &mut records).is_err();
        records.iter().for_each(|record| self.found.add_record(record));
    }

    fn finish(mut self) -> References {
        let mut records = Vec::new();
        if !self.failed && self.parser.finish(&mut records).is_ok() {
            records.iter().for_each(|record| self.found.add_record(record));
        }
        self.found
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
