//! The text forms in which SQLite keeps what it has no type for: UUIDs, dates, times and instants of fixed width, and
//! decimals as scaled integers.
//!
//! Written by hand because every row passes through here. Parsing accepts exactly what formatting writes: the columns
//! carry a CHECK of the same form, and a second spelling of one value would break unique keys and order.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

/// The length of `2026-01-31T10:20:30.123456Z`.
pub(super) const TIMESTAMP_LEN: usize = 27;
/// The length of `2026-01-31`.
pub(super) const DATE_LEN: usize = 10;
/// The length of `10:20:30.123456`.
pub(super) const TIME_LEN: usize = 15;
/// The length of a hyphenated UUID.
pub(super) const UUID_LEN: usize = 36;

/// The most digits of a decimal that fit an `INTEGER` column whatever they are.
const DECIMAL_LIMIT: i128 = 1_000_000_000_000_000_000;

/// Why a decimal does not fit its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecimalError {
    /// It has digits after the point that the column would drop.
    TooPrecise,
    /// It has more than 18 digits at the column's scale.
    TooLarge,
}

/// Writes an instant, cut to microseconds; `None` for a year outside 1 to 9999.
pub(super) fn write_timestamp(value: DateTime<Utc>) -> Option<[u8; TIMESTAMP_LEN]> {
    let value = without_leap_second(value.naive_utc())?;
    let mut out = *b"0000-00-00T00:00:00.000000Z";
    put_date(&mut out[..DATE_LEN], value.date())?;
    put_time(&mut out[11..26], value.time());
    Some(out)
}

/// Reads an instant.
pub(super) fn read_timestamp(text: &[u8]) -> Option<DateTime<Utc>> {
    let text: &[u8; TIMESTAMP_LEN] = text.try_into().ok()?;
    if text[10] != b'T' || text[26] != b'Z' {
        return None;
    }
    let date = read_date(&text[..DATE_LEN])?;
    let time = read_time(&text[11..26])?;
    Some(NaiveDateTime::new(date, time).and_utc())
}

/// Writes a date; `None` for a year outside 1 to 9999.
pub(super) fn write_date(value: NaiveDate) -> Option<[u8; DATE_LEN]> {
    let mut out = *b"0000-00-00";
    put_date(&mut out, value)?;
    Some(out)
}

/// Reads a date.
pub(super) fn read_date(text: &[u8]) -> Option<NaiveDate> {
    let text: &[u8; DATE_LEN] = text.try_into().ok()?;
    if text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let year = number(&text[..4])?;
    if year == 0 {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, number(&text[5..7])?, number(&text[8..10])?)
}

/// Writes a time of day, cut to microseconds. A leap second becomes the last microsecond of its minute: a time of day
/// has no next day to carry into.
pub(super) fn write_time(value: NaiveTime) -> [u8; TIME_LEN] {
    let mut out = *b"00:00:00.000000";
    put_time(&mut out, value);
    out
}

/// Reads a time of day.
pub(super) fn read_time(text: &[u8]) -> Option<NaiveTime> {
    let text: &[u8; TIME_LEN] = text.try_into().ok()?;
    if text[2] != b':' || text[5] != b':' || text[8] != b'.' {
        return None;
    }
    let (hour, minute, second) = (number(&text[..2])?, number(&text[3..5])?, number(&text[6..8])?);
    NaiveTime::from_hms_micro_opt(hour, minute, second, number(&text[9..15])?)
}

/// Writes a UUID, lower-case and hyphenated.
pub(super) fn write_uuid(value: &Uuid) -> [u8; UUID_LEN] {
    let mut out = [0; UUID_LEN];
    value.as_hyphenated().encode_lower(&mut out);
    out
}

/// Reads a UUID.
pub(super) fn read_uuid(text: &[u8]) -> Option<Uuid> {
    if text.len() != UUID_LEN || text.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    Uuid::try_parse_ascii(text).ok()
}

/// Scales a decimal to the integer that its column keeps, without rounding.
pub(super) fn scale_decimal(value: Decimal, scale: u8) -> Result<i64, DecimalError> {
    let (mantissa, own, scale) = (value.mantissa(), value.scale(), u32::from(scale));
    let scaled = if own <= scale {
        10_i128
            .checked_pow(scale - own)
            .and_then(|factor| mantissa.checked_mul(factor))
            .ok_or(DecimalError::TooLarge)?
    } else {
        // A decimal has at most 28 digits after the point, so the power fits.
        let factor = 10_i128.pow(own - scale);
        if mantissa % factor != 0 {
            return Err(DecimalError::TooPrecise);
        }
        mantissa / factor
    };
    if scaled.abs() >= DECIMAL_LIMIT {
        return Err(DecimalError::TooLarge);
    }
    i64::try_from(scaled).map_err(|_| DecimalError::TooLarge)
}

/// The decimal that a scaled integer stands for; `None` for a scale that no decimal has.
pub(super) fn unscale_decimal(value: i64, scale: u8) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(i128::from(value), u32::from(scale)).ok()
}

/// Carries a leap second (kept by `chrono` as nanoseconds beyond a billion) into the next second, as PostgreSQL does.
fn without_leap_second(value: NaiveDateTime) -> Option<NaiveDateTime> {
    if value.nanosecond() < 1_000_000_000 {
        return Some(value);
    }
    DateTime::from_timestamp_micros(value.and_utc().timestamp_micros()).map(|value| value.naive_utc())
}

fn put_date(out: &mut [u8], value: NaiveDate) -> Option<()> {
    let year = u32::try_from(value.year()).ok().filter(|year| (1..=9999).contains(year))?;
    put_two(out, 0, year / 100);
    put_two(out, 2, year % 100);
    put_two(out, 5, value.month());
    put_two(out, 8, value.day());
    Some(())
}

fn put_time(out: &mut [u8], value: NaiveTime) {
    let micros = (value.nanosecond() / 1_000).min(999_999);
    put_two(out, 0, value.hour());
    put_two(out, 3, value.minute());
    put_two(out, 6, value.second());
    put_two(out, 9, micros / 10_000);
    put_two(out, 11, micros / 100 % 100);
    put_two(out, 13, micros % 100);
}

/// Writes two digits of a number below 100.
fn put_two(out: &mut [u8], at: usize, value: u32) {
    out[at] = b'0' + (value / 10) as u8;
    out[at + 1] = b'0' + (value % 10) as u8;
}

/// Reads a few digits, and nothing but digits.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |sum, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| sum * 10 + u32::from(digit))
    })
}
