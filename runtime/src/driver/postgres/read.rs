//! One row of a PostgreSQL result, decoded by position from the binary format.
//!
//! The type of a column is compared with what the caller reads once per execution, not once per value; every later
//! value is decoded unchecked, except that its length must fit.

use std::cell::Cell;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use sqlx::postgres::{PgRow, PgTypeInfo, PgTypeKind, PgValueFormat};
use sqlx::{Column, Row, TypeInfo, ValueRef};
use uuid::Uuid;

use super::types;
use crate::ValueType;
use crate::driver::{Failure, FailureKind};

/// A row, and which columns of its result have been compared with the types they are read as.
pub(crate) struct PostgresRow<'r> {
    row: &'r PgRow,
    verified: &'r Verified,
}

/// One getter per type: the kind of column it takes, and how a value is decoded.
macro_rules! getters {
    ($($name:ident: $kind:ident => $ty:ty, $decode:expr;)*) => {$(
        pub(crate) fn $name(&self, at: usize) -> Result<Option<$ty>, Failure> {
            self.get(at, ValueType::$kind, $decode)
        }
    )*};
}

impl<'r> PostgresRow<'r> {
    pub(super) fn new(row: &'r PgRow, verified: &'r Verified) -> Self {
        Self { row, verified }
    }

    getters! {
        bool: Bool => bool, |bytes| fixed(bytes).map(|[byte]: [u8; 1]| byte != 0);
        i16: I16 => i16, |bytes| fixed(bytes).map(i16::from_be_bytes);
        i32: I32 => i32, |bytes| fixed(bytes).map(i32::from_be_bytes);
        i64: I64 => i64, |bytes| fixed(bytes).map(i64::from_be_bytes);
        f32: F32 => f32, |bytes| fixed(bytes).map(f32::from_be_bytes);
        f64: F64 => f64, |bytes| fixed(bytes).map(f64::from_be_bytes);
        text: Text => String, text;
        uuid: Uuid => Uuid, |bytes| fixed(bytes).map(Uuid::from_bytes);
        date: Date => NaiveDate, date;
        time: Time => NaiveTime, time;
        timestamp: Timestamp => DateTime<Utc>, timestamp;
        json: Json => serde_json::Value, json;
        json_text: Json => String, |bytes| text(json_bytes(bytes));
        bytes: Bytes => Vec<u8>, |bytes| Ok(bytes.to_vec());
    }

    pub(crate) fn decimal(&self, at: usize, scale: u8) -> Result<Option<Decimal>, Failure> {
        let value = self.get(at, ValueType::Decimal, decimal)?;
        Ok(value.map(|mut value: Decimal| {
            if value.scale() < u32::from(scale) {
                value.rescale(u32::from(scale));
            }
            value
        }))
    }

    /// Whether a column is NULL.
    pub(crate) fn is_null(&self, at: usize) -> bool {
        self.row.try_get_raw(at).is_ok_and(|value| value.is_null())
    }

    /// How many columns there are.
    pub(crate) fn columns(&self) -> usize {
        self.row.len()
    }

    /// What a column is called.
    pub(crate) fn name(&self, at: usize) -> &str {
        self.row.columns().get(at).map_or("?", |column| column.name())
    }

    fn get<T>(
        &self,
        at: usize,
        kind: ValueType,
        decode: impl FnOnce(&[u8]) -> Result<T, &'static str>,
    ) -> Result<Option<T>, Failure> {
        let raw = self.row.try_get_raw(at).map_err(|_| self.missing(at))?;
        if !self.verified.covers(at, kind) {
            self.verify(at, kind, raw.format())?;
        }
        if raw.is_null() {
            return Ok(None);
        }
        let bytes = raw.as_bytes().map_err(|error| self.undecodable(at, &error.to_string()))?;
        decode(bytes).map(Some).map_err(|why| self.undecodable(at, why))
    }

    #[cold]
    fn verify(&self, at: usize, kind: ValueType, format: PgValueFormat) -> Result<(), Failure> {
        let column = &self.row.columns()[at];
        if !accepts(kind, column.type_info()) {
            let found = column.type_info().name().to_lowercase();
            let message = format!(
                "column `{}` is `{found}` in the database, but is read as `{}`",
                column.name(),
                types::name(kind)
            );
            return Err(self.failure(at, message));
        }
        if format != PgValueFormat::Binary {
            return Err(self.undecodable(at, "it did not come in the binary format"));
        }
        self.verified.mark(at, kind);
        Ok(())
    }

    #[cold]
    fn missing(&self, at: usize) -> Failure {
        let message = format!("column {} of a result that has {}", at + 1, self.columns());
        Failure::new(FailureKind::Decode, message)
    }

    #[cold]
    fn undecodable(&self, at: usize, why: &str) -> Failure {
        let name = self.name(at);
        self.failure(at, format!("column `{name}` cannot be decoded: {why}"))
    }

    fn failure(&self, at: usize, message: String) -> Failure {
        let mut failure = Failure::new(FailureKind::Decode, message);
        failure.columns = self.row.columns().get(at).map(|column| column.name().to_owned()).into_iter().collect();
        failure
    }
}

/// Which columns of one execution's result were found to be of the kind they are read as.
///
/// The columns beyond the first 64 are compared every time.
pub(super) struct Verified([Cell<Option<ValueType>>; 64]);

impl Verified {
    pub(super) fn none() -> Self {
        Self([const { Cell::new(None) }; 64])
    }

    fn covers(&self, at: usize, kind: ValueType) -> bool {
        self.0.get(at).is_some_and(|cell| cell.get() == Some(kind))
    }

    fn mark(&self, at: usize, kind: ValueType) {
        if let Some(cell) = self.0.get(at) {
            cell.set(Some(kind));
        }
    }
}

/// Whether a column of this type may be read as this kind. Domains count as what they are over, and a native
/// enumeration is text.
fn accepts(kind: ValueType, ty: &PgTypeInfo) -> bool {
    if ty.oid().is_some_and(|oid| types::column_oids(kind).contains(&oid.0)) {
        return true;
    }
    match ty.kind() {
        PgTypeKind::Domain(base) => accepts(kind, base),
        PgTypeKind::Enum(_) => kind == ValueType::Text,
        _ => kind == ValueType::Text && ty.name().eq_ignore_ascii_case("citext"),
    }
}

fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], &'static str> {
    bytes.try_into().map_err(|_| "its length does not fit its type")
}

fn text(bytes: &[u8]) -> Result<String, &'static str> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| "it is not UTF-8")
}

/// The first day that PostgreSQL counts from, in seconds since 1970.
pub(super) const EPOCH_SECONDS: i64 = 946_684_800;

fn date(bytes: &[u8]) -> Result<NaiveDate, &'static str> {
    let days = fixed(bytes).map(i32::from_be_bytes)?;
    let epoch = DateTime::UNIX_EPOCH.date_naive() + TimeDelta::seconds(EPOCH_SECONDS);
    TimeDelta::try_days(i64::from(days))
        .and_then(|days| epoch.checked_add_signed(days))
        .ok_or("the date is infinite or out of range")
}

fn time(bytes: &[u8]) -> Result<NaiveTime, &'static str> {
    let micros = fixed(bytes).map(i64::from_be_bytes)?;
    let seconds = u32::try_from(micros / 1_000_000).unwrap_or(u32::MAX);
    let nanos = u32::try_from(micros % 1_000_000 * 1000).unwrap_or(u32::MAX);
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos).ok_or("the time is not before 24:00")
}

fn timestamp(bytes: &[u8]) -> Result<DateTime<Utc>, &'static str> {
    let micros = fixed(bytes).map(i64::from_be_bytes)?;
    micros
        .checked_add(EPOCH_SECONDS * 1_000_000)
        .and_then(DateTime::from_timestamp_micros)
        .ok_or("the timestamp is infinite or out of range")
}

/// `jsonb` puts a version before the text; no JSON text starts with that byte, so `json` needs no case of its own.
fn json_bytes(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(&[1]).unwrap_or(bytes)
}

fn json(bytes: &[u8]) -> Result<serde_json::Value, &'static str> {
    serde_json::from_slice(json_bytes(bytes))
        .map_err(|_| "it is not JSON that can be held: a number out of range, or too deep")
}

/// Decodes `numeric`: groups of four decimal digits with a weight, a sign, and the digits after the point to show.
fn decimal(bytes: &[u8]) -> Result<Decimal, &'static str> {
    const LENGTH: &str = "its length does not fit its type";
    const DIGITS: &str = "the number has more digits than a decimal holds";
    let (header, groups) = bytes.split_first_chunk::<8>().ok_or(LENGTH)?;
    let header: [u16; 4] = std::array::from_fn(|i| u16::from_be_bytes([header[2 * i], header[2 * i + 1]]));
    let [count, weight, sign, scale] = header;
    if groups.len() != 2 * usize::from(count) {
        return Err(LENGTH);
    }
    let negative = match sign {
        0x0000 => false,
        0x4000 => true,
        _ => return Err("the number is NaN or infinite"),
    };

    let mut mantissa = 0_i128;
    for group in groups.chunks_exact(2) {
        let digits = i128::from(u16::from_be_bytes([group[0], group[1]]));
        mantissa = mantissa.checked_mul(10_000).and_then(|m| m.checked_add(digits)).ok_or(DIGITS)?;
    }
    // The last group stands for this power of ten; move it to the last digit after the point.
    let last = 4 * (i32::from(weight.cast_signed()) - i32::from(count) + 1);
    let shift = last + i32::from(scale);
    let power = 10_i128.checked_pow(shift.unsigned_abs()).ok_or(DIGITS);
    let mantissa = match shift {
        _ if mantissa == 0 => 0,
        0.. => mantissa.checked_mul(power?).ok_or(DIGITS)?,
        _ => mantissa / power?,
    };
    let signed = if negative { -mantissa } else { mantissa };
    Decimal::try_from_i128_with_scale(signed, u32::from(scale)).map_err(|_| DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numeric(count: u16, weight: i16, sign: u16, scale: u16, groups: &[u16]) -> Vec<u8> {
        let header = [count, weight.cast_unsigned(), sign, scale];
        header.iter().chain(groups).flat_map(|part| part.to_be_bytes()).collect()
    }

    #[test]
    fn numerics_of_every_shape() {
        let cases = [
            (numeric(0, 0, 0, 2, &[]), "0.00"),
            (numeric(1, 0, 0, 0, &[7]), "7"),
            (numeric(2, 0, 0x4000, 1, &[1, 5000]), "-1.5"),
            (numeric(1, 2, 0, 0, &[12]), "1200000000"),
            (numeric(1, -1, 0, 4, &[1]), "0.0001"),
            (numeric(1, -2, 0, 6, &[100]), "0.000001"),
            (numeric(3, 1, 0, 6, &[12, 3456, 7890]), "123456.789000"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(decimal(&bytes).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn numerics_that_do_not_fit() {
        assert!(decimal(&numeric(0, 0, 0xC000, 0, &[])).unwrap_err().contains("NaN"));
        assert!(decimal(&numeric(1, 20, 0, 0, &[1])).unwrap_err().contains("more digits"));
        assert!(decimal(&numeric(2, 0, 0, 0, &[1])).unwrap_err().contains("length"));
    }

    #[test]
    fn days_and_instants_at_the_edges() {
        assert_eq!(date(&0_i32.to_be_bytes()).unwrap().to_string(), "2000-01-01");
        assert_eq!(date(&(-730_119_i32).to_be_bytes()).unwrap().to_string(), "0001-01-01");
        assert!(date(&i32::MAX.to_be_bytes()).unwrap_err().contains("infinite"));
        assert!(timestamp(&i64::MAX.to_be_bytes()).unwrap_err().contains("infinite"));
        assert!(time(&86_400_000_000_i64.to_be_bytes()).unwrap_err().contains("24:00"));
        assert!(time(&(-1_i64).to_be_bytes()).is_err());
    }
}
