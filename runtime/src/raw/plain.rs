//! Values that every column keeps in the same form, so that raw SQL binds and reads them without knowing the column.

use crate::driver::{Failure, FailureKind};
use crate::scalar::{Enumeration, Scalar};
use crate::{Json, NaiveDate, NaiveTime, Row, Secret, Timestamp, Type, Uuid, Value, meta};

/// A type whose values every column keeps in the same form. A decimal is none: how many digits its column keeps decides
/// what SQLite stores.
#[diagnostic::on_unimplemented(
    message = "raw SQL does not bind or read `{Self}` by itself",
    label = "expected a value such as `i64`, `String` or an enum",
    note = "a decimal is bound by `.bind_for(COLUMN, value)` and read by `.fetch_columns((COLUMN, …))`: its column says how \
            many digits it keeps"
)]
pub trait Plain: Scalar {
    /// The value to bind.
    #[doc(hidden)]
    fn into_plain(self) -> Value {
        Scalar::into_value(self, &ANY)
    }

    /// Reads the next column of a row.
    #[doc(hidden)]
    fn read_plain(row: &mut Row<'_>) -> Result<Option<Self>, Failure> {
        Scalar::read(row, &ANY)
    }
}

/// Stands for a field where none is known; plain values do not ask it anything.
static ANY: meta::Field = meta::Field::new("", Type::TEXT);

macro_rules! plain {
    ($($ty:ty),*) => {$(impl Plain for $ty {})*};
}

plain!(bool, i16, i32, i64, f32, f64, String, Uuid, NaiveDate, NaiveTime, Timestamp, Json, Vec<u8>, Secret);

impl<E: Enumeration> Plain for E {
    fn read_plain(row: &mut Row<'_>) -> Result<Option<Self>, Failure> {
        let Some(text) = row.text()? else { return Ok(None) };
        let unknown = || row.refused(FailureKind::Decode, &format!("holds a text that is no value of `{}`", E::NAME));
        E::from_text(&text).map(Some).ok_or_else(unknown)
    }
}

/// What raw SQL binds: a plain value, a text or bytes by reference, or an `Option` of a plain value, which may be NULL.
#[diagnostic::on_unimplemented(
    message = "raw SQL does not bind `{Self}` by itself",
    label = "expected a value such as `i64`, `&str` or an enum, or an `Option` of one",
    note = "a decimal is bound by `.bind_for(COLUMN, value)`: its column says how many digits it keeps"
)]
pub trait Bind {
    /// The value to bind.
    #[doc(hidden)]
    fn into_value(self) -> Value;
}

#[diagnostic::do_not_recommend]
impl<T: Plain> Bind for T {
    fn into_value(self) -> Value {
        self.into_plain()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Plain> Bind for Option<T> {
    fn into_value(self) -> Value {
        self.map_or(Value::Null(T::VALUE_TYPE), Plain::into_plain)
    }
}

impl Bind for &str {
    fn into_value(self) -> Value {
        Value::Text(self.to_owned())
    }
}

impl Bind for &String {
    fn into_value(self) -> Value {
        Value::Text(self.clone())
    }
}

impl Bind for &[u8] {
    fn into_value(self) -> Value {
        Value::Bytes(self.to_vec())
    }
}
