//! One row as a driver holds it, read column by column from the left.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::driver::{Failure, FailureKind, postgres, sqlite};
use crate::literal::value_type;
use crate::raw::FromRow;
use crate::selection::Reader;
use crate::{Value, ValueType, meta};

/// A row of a result. Each `read` takes the next column; `None` is NULL.
pub struct Row<'r> {
    raw: RawRow<'r>,
    next: usize,
}

/// The row of one of the drivers.
pub(crate) enum RawRow<'r> {
    Postgres(postgres::PostgresRow<'r>),
    Sqlite(sqlite::SqliteRow<'r>),
}

/// One reader per type: takes the next column from whichever driver holds the row.
macro_rules! readers {
    ($($(#[$doc:meta])* $name:ident -> $ty:ty),* $(,)?) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// The column is of another type, or holds what the type cannot.
        pub fn $name(&mut self) -> Result<Option<$ty>, Failure> {
            let at = self.advance();
            match &self.raw {
                RawRow::Postgres(row) => row.$name(at),
                RawRow::Sqlite(row) => row.$name(at),
            }
        }
    )*};
}

impl<'r> Row<'r> {
    pub(crate) fn new(raw: RawRow<'r>) -> Self {
        Self { raw, next: 0 }
    }

    readers! {
        /// Reads a truth value.
        bool -> bool,
        /// Reads a 16-bit integer.
        i16 -> i16,
        /// Reads a 32-bit integer.
        i32 -> i32,
        /// Reads a 64-bit integer.
        i64 -> i64,
        /// Reads a 32-bit floating point number.
        f32 -> f32,
        /// Reads a 64-bit floating point number.
        f64 -> f64,
        /// Reads text.
        text -> String,
        /// Reads a UUID.
        uuid -> Uuid,
        /// Reads a date.
        date -> NaiveDate,
        /// Reads a time of day.
        time -> NaiveTime,
        /// Reads an instant.
        timestamp -> DateTime<Utc>,
        /// Reads a JSON document.
        json -> serde_json::Value,
        /// Reads the text of a JSON document.
        json_text -> String,
        /// Reads bytes.
        bytes -> Vec<u8>,
    }

    /// Reads an exact number whose column keeps `scale` digits after the point.
    ///
    /// # Errors
    /// The column is of another type, or holds what the type cannot.
    pub fn decimal(&mut self, scale: u8) -> Result<Option<Decimal>, Failure> {
        let at = self.advance();
        match &self.raw {
            RawRow::Postgres(row) => row.decimal(at, scale),
            RawRow::Sqlite(row) => row.decimal(at, scale),
        }
    }

    /// Reads the next column as a column or an expression of the schema has it, or the next ones as several in a tuple.
    ///
    /// # Errors
    /// A column is of another type, holds what the type cannot, or is NULL where the field does not allow it.
    pub fn read<C: Reader>(&mut self, columns: C) -> Result<C::Row, Failure> {
        columns.read(self)
    }

    /// Reads the next column, or the next ones, as the type asks for.
    ///
    /// # Errors
    /// A column is of another type, holds what the type cannot, or is NULL where there is no `Option`.
    pub fn get<T: FromRow>(&mut self) -> Result<T, Failure> {
        T::from_row(self)
    }

    /// Reads the next column as a value of the field's type.
    ///
    /// # Errors
    /// The column is of another type, or holds what the type cannot.
    pub(crate) fn value(&mut self, field: &meta::Field) -> Result<Value, Failure> {
        let value = match value_type(field.ty) {
            ValueType::Bool => self.bool()?.map(Value::Bool),
            ValueType::I16 => self.i16()?.map(Value::I16),
            ValueType::I32 => self.i32()?.map(Value::I32),
            ValueType::I64 => self.i64()?.map(Value::I64),
            ValueType::F32 => self.f32()?.map(Value::F32),
            ValueType::F64 => self.f64()?.map(Value::F64),
            ValueType::Decimal => {
                let scale = crate::scalar::scale(field);
                self.decimal(scale)?.map(|number| Value::Decimal(number, scale))
            }
            ValueType::Text => self.text()?.map(Value::Text),
            ValueType::Uuid => self.uuid()?.map(Value::Uuid),
            ValueType::Date => self.date()?.map(Value::Date),
            ValueType::Time => self.time()?.map(Value::Time),
            ValueType::Timestamp => self.timestamp()?.map(Value::Timestamp),
            ValueType::Json => self.json()?.map(Value::Json),
            ValueType::Bytes => self.bytes()?.map(Value::Bytes),
        };
        Ok(value.unwrap_or(Value::Null(value_type(field.ty))))
    }

    /// Whether the next columns are all NULL; then they count as read.
    pub(crate) fn skip_null(&mut self, columns: usize) -> bool {
        let after = self.next + columns;
        let is_null = (self.next..after).all(|at| match &self.raw {
            RawRow::Postgres(row) => row.is_null(at),
            RawRow::Sqlite(row) => row.is_null(at),
        });
        if is_null {
            self.next = after;
        }
        is_null
    }

    /// Refuses a row that has more or fewer columns than are to be read.
    pub(crate) fn expect_columns(&self, wanted: usize) -> Result<(), Failure> {
        let found = match &self.raw {
            RawRow::Postgres(row) => row.columns(),
            RawRow::Sqlite(row) => row.columns(),
        };
        if found == wanted {
            return Ok(());
        }
        let message = format!("the statement gives rows of {}, but they are read as {wanted}", counted(found));
        Err(Failure::new(FailureKind::Decode, message))
    }

    /// A failure about the column that was read last.
    #[cold]
    pub(crate) fn refused(&self, kind: FailureKind, why: &str) -> Failure {
        let at = self.next.saturating_sub(1);
        let name = match &self.raw {
            RawRow::Postgres(row) => row.name(at),
            RawRow::Sqlite(row) => row.name(at),
        };
        let mut failure = Failure::new(kind, format!("column `{name}` {why}"));
        failure.columns.push(name.to_owned());
        failure
    }

    fn advance(&mut self) -> usize {
        let at = self.next;
        self.next += 1;
        at
    }
}

fn counted(columns: usize) -> String {
    if columns == 1 { "1 column".to_owned() } else { format!("{columns} columns") }
}
