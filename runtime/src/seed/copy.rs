//! Rows in the text format of PostgreSQL's `COPY`: tabs between values, a line for each row, `\N` for NULL.

use std::fmt::Write;

use crate::Value;

/// The rows as `COPY … FROM STDIN` takes them.
pub(super) fn encode(rows: &[Vec<Value>]) -> Vec<u8> {
    let mut text = String::with_capacity(rows.len() * 64);
    for row in rows {
        for (at, value) in row.iter().enumerate() {
            if at > 0 {
                text.push('\t');
            }
            encode_value(&mut text, value);
        }
        text.push('\n');
    }
    text.into_bytes()
}

fn encode_value(out: &mut String, value: &Value) {
    // Writing to a `String` cannot fail.
    let _ = match value {
        Value::Null(_) => return out.push_str("\\N"),
        Value::Array(..) | Value::Unfit(_) => unreachable!("a cell is no array, and its text is JSON"),
        Value::Bool(truth) => return out.push(if *truth { 't' } else { 'f' }),
        Value::Text(text) => return escape(out, text),
        Value::Json(json) => return escape(out, &json.to_string()),
        Value::Bytes(bytes) => {
            out.push_str(r"\\x");
            bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
        }
        Value::I16(number) => write!(out, "{number}"),
        Value::I32(number) => write!(out, "{number}"),
        Value::I64(number) => write!(out, "{number}"),
        Value::F32(number) => write!(out, "{number:e}"),
        Value::F64(number) => write!(out, "{number:e}"),
        Value::Decimal(number, _) => write!(out, "{number}"),
        Value::Uuid(uuid) => write!(out, "{uuid}"),
        Value::Date(date) => write!(out, "{date}"),
        Value::Time(time) => write!(out, "{}", time.format("%H:%M:%S%.6f")),
        Value::Timestamp(instant) => write!(out, "{}", instant.format("%Y-%m-%dT%H:%M:%S%.6fZ")),
    };
}

fn escape(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            _ => out.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ValueType;

    #[test]
    fn values_are_told_from_what_separates_them() {
        let row = vec![
            Value::I64(-7),
            Value::Null(ValueType::Text),
            Value::Text("a\tb\\N\r\nc".to_owned()),
            Value::Text(String::new()),
            Value::Bool(true),
            Value::Json(serde_json::json!({"a": "\n"})),
            Value::Bytes(vec![0, 255]),
            Value::F64(1.5e300),
        ];
        let text = String::from_utf8(encode(&[row])).unwrap();
        assert_eq!(text, "-7\t\\N\ta\\tb\\\\N\\r\\nc\t\tt\t{\"a\":\"\\\\n\"}\t\\\\x00ff\t1.5e300\n");
    }
}
