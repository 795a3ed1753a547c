//! The Rust types a field can have, and how each becomes a [`Value`] and is read back.

use chrono::{DateTime, NaiveDate, NaiveTime, SubsecRound, Utc};
use rust_decimal::Decimal;
use seedbed_schema::Type;
use uuid::Uuid;

use crate::driver::{Failure, FailureKind};
use crate::{Row, Secret, Value, ValueType, meta};

/// A Rust type that one column holds when it is not NULL.
pub trait Scalar: Clone + Send + 'static {
    /// The type of its values.
    const VALUE_TYPE: ValueType;

    /// The value to bind.
    fn into_value(self, field: &meta::Field) -> Value;

    /// Back from the value that is bound; `None` for one of another type.
    fn from_value(value: Value) -> Option<Self>;

    /// Reads the next column of a row.
    ///
    /// # Errors
    /// The column holds something that this type cannot.
    fn read(row: &mut Row<'_>, field: &meta::Field) -> Result<Option<Self>, Failure>;
}

/// The type of a field: a [`Scalar`], or an `Option` of one where NULL is allowed.
pub trait FieldType: Sized + Send + 'static {
    /// The type without `Option`.
    type Inner: Scalar;

    /// The value to bind.
    fn into_value(self, field: &meta::Field) -> Value;

    /// Reads the next column of a row.
    ///
    /// # Errors
    /// The column holds NULL where the field does not allow it, or something that this type cannot.
    fn read(row: &mut Row<'_>, field: &meta::Field) -> Result<Self, Failure>;

    /// Back from the value that is bound; `None` for one of another type.
    fn from_value(value: Value) -> Option<Self>;

    /// The value, unless it is NULL.
    fn known(&self) -> Option<&Self::Inner>;
}

impl<T: Scalar> FieldType for T {
    type Inner = T;

    fn from_value(value: Value) -> Option<T> {
        <T as Scalar>::from_value(value)
    }

    fn known(&self) -> Option<&T> {
        Some(self)
    }

    fn into_value(self, field: &meta::Field) -> Value {
        Scalar::into_value(self, field)
    }

    fn read(row: &mut Row<'_>, field: &meta::Field) -> Result<Self, Failure> {
        <T as Scalar>::read(row, field)?
            .ok_or_else(|| Failure::new(FailureKind::Decode, format!("column `{}` is NULL", field.column)))
    }
}

impl<T: Scalar> FieldType for Option<T> {
    type Inner = T;

    fn from_value(value: Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::from_value(value).map(Some) }
    }

    fn known(&self) -> Option<&T> {
        self.as_ref()
    }

    fn into_value(self, field: &meta::Field) -> Value {
        self.map_or(Value::Null(T::VALUE_TYPE), |value| value.into_value(field))
    }

    fn read(row: &mut Row<'_>, field: &meta::Field) -> Result<Self, Failure> {
        T::read(row, field)
    }
}

/// A field that may be NULL.
#[diagnostic::on_unimplemented(
    message = "this field is never NULL",
    label = "its type is `{Self}`, not an `Option`",
    note = "in the spec, a `?` behind the type allows NULL"
)]
pub trait Nullable {}

impl<T: Scalar> Nullable for Option<T> {}

/// A field that holds text.
#[diagnostic::on_unimplemented(
    message = "patterns are for text, and this field holds none",
    label = "its type is `{Self}`, not `String`"
)]
pub trait Textual {}

impl Textual for String {}

impl Textual for Option<String> {}

/// What can be given for a field of type `T`: the value, for text also `&str`, for a decimal also an integer, for a
/// nullable field also the value without `Some`.
///
/// An `Option` is only taken of the field's own type: were there several, a plain `None` would not say which is meant.
/// An `Option<&str>` is given as `name.map(str::to_owned)`.
#[diagnostic::on_unimplemented(
    message = "a field of type `{T}` cannot be given as `{Self}`",
    label = "expected `{T}` or what converts into it"
)]
pub trait IntoField<T> {
    /// The field's value.
    fn into_field(self) -> T;
}

impl<T> IntoField<T> for T {
    fn into_field(self) -> T {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Scalar> IntoField<Option<T>> for T {
    fn into_field(self) -> Option<T> {
        Some(self)
    }
}

/// Further forms in which a type may be given.
macro_rules! given_as {
    ($($from:ty => $to:ty: $convert:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoField<$to> for $from {
            fn into_field(self) -> $to {
                $convert(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl IntoField<Option<$to>> for $from {
            fn into_field(self) -> Option<$to> {
                Some($convert(self))
            }
        }
    )*};
}

given_as! {
    &str => String: str::to_owned;
    &String => String: String::clone;
    &str => Secret: Secret::from;
    String => Secret: Secret::from;
    &[u8] => Vec<u8>: <[u8]>::to_vec;
    i8 => Decimal: Decimal::from;
    i16 => Decimal: Decimal::from;
    i32 => Decimal: Decimal::from;
    i64 => Decimal: Decimal::from;
    isize => Decimal: Decimal::from;
    u8 => Decimal: Decimal::from;
    u16 => Decimal: Decimal::from;
    u32 => Decimal: Decimal::from;
    u64 => Decimal: Decimal::from;
    usize => Decimal: Decimal::from;
}

macro_rules! scalars {
    ($($ty:ty, $variant:ident, $reader:ident;)*) => {$(
        impl Scalar for $ty {
            const VALUE_TYPE: ValueType = ValueType::$variant;

            fn into_value(self, _: &meta::Field) -> Value {
                Value::$variant(self)
            }

            fn from_value(value: Value) -> Option<Self> {
                match value {
                    Value::$variant(value) => Some(value),
                    _ => None,
                }
            }

            fn read(row: &mut Row<'_>, _: &meta::Field) -> Result<Option<Self>, Failure> {
                row.$reader()
            }
        }
    )*};
}

scalars! {
    bool, Bool, bool;
    i16, I16, i16;
    i32, I32, i32;
    i64, I64, i64;
    f32, F32, f32;
    f64, F64, f64;
    String, Text, text;
    Uuid, Uuid, uuid;
    NaiveDate, Date, date;
    serde_json::Value, Json, json;
    Vec<u8>, Bytes, bytes;
}

/// Times are cut to the microseconds that both databases keep, so that what was written equals what is read.
macro_rules! times {
    ($($ty:ty, $variant:ident, $reader:ident;)*) => {$(
        impl Scalar for $ty {
            const VALUE_TYPE: ValueType = ValueType::$variant;

            fn into_value(self, _: &meta::Field) -> Value {
                Value::$variant(self.trunc_subsecs(6))
            }

            fn from_value(value: Value) -> Option<Self> {
                match value {
                    Value::$variant(value) => Some(value),
                    _ => None,
                }
            }

            fn read(row: &mut Row<'_>, _: &meta::Field) -> Result<Option<Self>, Failure> {
                row.$reader()
            }
        }
    )*};
}

times! {
    NaiveTime, Time, time;
    DateTime<Utc>, Timestamp, timestamp;
}

impl Scalar for Decimal {
    const VALUE_TYPE: ValueType = ValueType::Decimal;

    fn into_value(self, field: &meta::Field) -> Value {
        Value::Decimal(self, scale(field))
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Decimal(value, _) => Some(value),
            _ => None,
        }
    }

    fn read(row: &mut Row<'_>, field: &meta::Field) -> Result<Option<Self>, Failure> {
        row.decimal(scale(field))
    }
}

/// The digits after the point that a field keeps.
pub(crate) fn scale(field: &meta::Field) -> u8 {
    match field.ty {
        Type::Decimal { scale, .. } => scale,
        _ => 0,
    }
}

impl Scalar for Secret {
    const VALUE_TYPE: ValueType = ValueType::Text;

    fn into_value(self, _: &meta::Field) -> Value {
        Value::Text(self.expose().to_owned())
    }

    fn from_value(value: Value) -> Option<Self> {
        <String as Scalar>::from_value(value).map(Self::from)
    }

    fn read(row: &mut Row<'_>, _: &meta::Field) -> Result<Option<Self>, Failure> {
        Ok(row.text()?.map(Self::from))
    }
}

/// A generated enum: stored as text.
pub trait Enumeration: Copy + Send + 'static {
    /// The name of the enum.
    const NAME: &'static str;

    /// The type of fields that hold it.
    const TYPE: Type;

    /// The stored text.
    fn as_str(self) -> &'static str;

    /// The value of a stored text.
    fn from_text(text: &str) -> Option<Self>;
}

impl<E: Enumeration> Scalar for E {
    const VALUE_TYPE: ValueType = ValueType::Text;

    fn into_value(self, _: &meta::Field) -> Value {
        Value::Text(self.as_str().to_owned())
    }

    fn from_value(value: Value) -> Option<Self> {
        E::from_text(&<String as Scalar>::from_value(value)?)
    }

    fn read(row: &mut Row<'_>, field: &meta::Field) -> Result<Option<Self>, Failure> {
        let Some(text) = row.text()? else { return Ok(None) };
        E::from_text(&text).map(Some).ok_or_else(|| {
            Failure::new(
                FailureKind::Decode,
                format!("column `{}` holds a text that is no value of `{}`", field.column, E::NAME),
            )
        })
    }
}
