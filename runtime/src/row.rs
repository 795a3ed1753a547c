//! One row as a driver holds it, read column by column from the left.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::column::Column;
use crate::driver::{Failure, postgres, sqlite};
use crate::literal::value_type;
use crate::scalar::FieldType;
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

    /// Reads the next column as the type of its field.
    ///
    /// # Errors
    /// The column is of another type, holds what the type cannot, or is NULL where the field does not allow it.
    pub fn read<M, T: FieldType>(&mut self, column: Column<M, T>) -> Result<T, Failure> {
        T::read(self, column.field())
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

    fn advance(&mut self) -> usize {
        let at = self.next;
        self.next += 1;
        at
    }
}
