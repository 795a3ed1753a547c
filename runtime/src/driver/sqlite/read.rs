//! Reading the columns of a row, with the storage class checked strictly: the tables are `STRICT`, so another class means
//! that the query and the type do not belong together.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rusqlite::types::ValueRef;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::codec;
use crate::driver::{Failure, FailureKind};

/// A row of SQLite while its statement stands on it.
pub(crate) struct SqliteRow<'r> {
    row: &'r rusqlite::Row<'r>,
}

impl<'r> SqliteRow<'r> {
    pub(super) fn new(row: &'r rusqlite::Row<'r>) -> Self {
        Self { row }
    }

    /// Reads a truth value: 0 or 1.
    pub(crate) fn bool(&self, at: usize) -> Result<Option<bool>, Failure> {
        match self.i64(at)? {
            None => Ok(None),
            Some(0) => Ok(Some(false)),
            Some(1) => Ok(Some(true)),
            Some(_) => Err(self.refused(at, "an integer other than 0 and 1", "a truth value")),
        }
    }

    /// Reads a 16-bit integer.
    pub(crate) fn i16(&self, at: usize) -> Result<Option<i16>, Failure> {
        self.narrow(at, "a 16-bit integer")
    }

    /// Reads a 32-bit integer.
    pub(crate) fn i32(&self, at: usize) -> Result<Option<i32>, Failure> {
        self.narrow(at, "a 32-bit integer")
    }

    /// Reads a 64-bit integer.
    pub(crate) fn i64(&self, at: usize) -> Result<Option<i64>, Failure> {
        match self.value(at)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(value) => Ok(Some(value)),
            other => Err(self.refused(at, class(other), "an integer")),
        }
    }

    /// Reads a 32-bit floating point number: the nearest one to what is stored.
    pub(crate) fn f32(&self, at: usize) -> Result<Option<f32>, Failure> {
        let Some(wide) = self.f64(at)? else { return Ok(None) };
        let narrow = wide as f32;
        if narrow.is_infinite() && wide.is_finite() {
            return Err(self.refused(at, "a number beyond 32 bits", "a 32-bit floating point number"));
        }
        Ok(Some(narrow))
    }

    /// Reads a 64-bit floating point number.
    pub(crate) fn f64(&self, at: usize) -> Result<Option<f64>, Failure> {
        match self.value(at)? {
            ValueRef::Null => Ok(None),
            ValueRef::Real(value) => Ok(Some(value)),
            other => Err(self.refused(at, class(other), "a floating point number")),
        }
    }

    /// Reads an exact number, kept as an integer scaled by ten to the power of `scale`.
    pub(crate) fn decimal(&self, at: usize, scale: u8) -> Result<Option<Decimal>, Failure> {
        match self.i64(at)? {
            None => Ok(None),
            Some(value) => match codec::unscale_decimal(value, scale) {
                Some(value) => Ok(Some(value)),
                None => Err(self.refused(at, "an integer", "a decimal of another scale")),
            },
        }
    }

    /// Reads text.
    pub(crate) fn text(&self, at: usize) -> Result<Option<String>, Failure> {
        let Some(bytes) = self.text_bytes(at, "text")? else { return Ok(None) };
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Some(text.to_owned())),
            Err(_) => Err(self.refused(at, "text that is not UTF-8", "text")),
        }
    }

    /// Reads a UUID.
    pub(crate) fn uuid(&self, at: usize) -> Result<Option<Uuid>, Failure> {
        self.parsed(at, "a UUID in lower case with hyphens", codec::read_uuid)
    }

    /// Reads a date.
    pub(crate) fn date(&self, at: usize) -> Result<Option<NaiveDate>, Failure> {
        self.parsed(at, "a date `YYYY-MM-DD`", codec::read_date)
    }

    /// Reads a time of day.
    pub(crate) fn time(&self, at: usize) -> Result<Option<NaiveTime>, Failure> {
        self.parsed(at, "a time `HH:MM:SS.ffffff`", codec::read_time)
    }

    /// Reads an instant.
    pub(crate) fn timestamp(&self, at: usize) -> Result<Option<DateTime<Utc>>, Failure> {
        self.parsed(at, "a timestamp `YYYY-MM-DDTHH:MM:SS.ffffffZ`", codec::read_timestamp)
    }

    /// Reads a JSON document.
    pub(crate) fn json(&self, at: usize) -> Result<Option<serde_json::Value>, Failure> {
        let Some(bytes) = self.text_bytes(at, "a JSON document")? else { return Ok(None) };
        match serde_json::from_slice(bytes) {
            Ok(value) => Ok(Some(value)),
            // The source says where the text is broken, not what it is.
            Err(error) => Err(self.refused(at, "text of another form", "a JSON document").with_source(error)),
        }
    }

    /// Reads the text of a JSON document.
    pub(crate) fn json_text(&self, at: usize) -> Result<Option<String>, Failure> {
        self.text(at)
    }

    /// Reads bytes.
    pub(crate) fn bytes(&self, at: usize) -> Result<Option<Vec<u8>>, Failure> {
        match self.value(at)? {
            ValueRef::Null => Ok(None),
            ValueRef::Blob(value) => Ok(Some(value.to_vec())),
            other => Err(self.refused(at, class(other), "bytes")),
        }
    }

    /// Whether a column is NULL.
    pub(crate) fn is_null(&self, at: usize) -> bool {
        matches!(self.row.get_ref(at), Ok(ValueRef::Null))
    }

    /// How many columns there are.
    pub(crate) fn columns(&self) -> usize {
        self.row.as_ref().column_count()
    }

    /// What a column is called.
    pub(crate) fn name(&self, at: usize) -> &str {
        self.row.as_ref().column_name(at).unwrap_or("?")
    }

    fn value(&self, at: usize) -> Result<ValueRef<'_>, Failure> {
        self.row.get_ref(at).map_err(|error| {
            let columns = self.columns();
            let message = format!("column {} was read of a row that has {columns}", at + 1);
            Failure::new(FailureKind::Decode, message).with_source(error)
        })
    }

    fn narrow<T: TryFrom<i64>>(&self, at: usize, wanted: &str) -> Result<Option<T>, Failure> {
        match self.i64(at)? {
            None => Ok(None),
            Some(wide) => match T::try_from(wide) {
                Ok(narrow) => Ok(Some(narrow)),
                Err(_) => Err(self.refused(at, "an integer out of range", wanted)),
            },
        }
    }

    fn parsed<T>(&self, at: usize, wanted: &str, parse: fn(&[u8]) -> Option<T>) -> Result<Option<T>, Failure> {
        let Some(bytes) = self.text_bytes(at, wanted)? else { return Ok(None) };
        match parse(bytes) {
            Some(value) => Ok(Some(value)),
            None => Err(self.refused(at, "text of another form", wanted)),
        }
    }

    fn text_bytes(&self, at: usize, wanted: &str) -> Result<Option<&[u8]>, Failure> {
        match self.value(at)? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(bytes) => Ok(Some(bytes)),
            other => Err(self.refused(at, class(other), wanted)),
        }
    }

    /// A failure that names the column and says what was found, never the value.
    #[cold]
    fn refused(&self, at: usize, found: &str, wanted: &str) -> Failure {
        let name = self.name(at).to_owned();
        let mut failure =
            Failure::new(FailureKind::Decode, format!("column `{name}` holds {found}, expected {wanted}"));
        failure.columns.push(name);
        failure
    }
}

fn class(value: ValueRef<'_>) -> &'static str {
    match value {
        ValueRef::Null => "NULL",
        ValueRef::Integer(_) => "an integer",
        ValueRef::Real(_) => "a floating point number",
        ValueRef::Text(_) => "text",
        ValueRef::Blob(_) => "bytes",
    }
}
