//! JSON with a Rust type: kept as the text that the database validated, and read as the type when it is asked for.

use std::fmt;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

use crate::driver::Failure;
use crate::scalar::{IntoField, Scalar};
use crate::{Error, Json, Result, Row, Value, ValueType, meta};

/// A document of JSON that holds a `T`: [`Typed::get`] reads it. Two are equal if they are the same JSON, however it is
/// written.
pub struct Typed<T> {
    document: Document,
    of: PhantomData<fn() -> T>,
}

#[derive(Debug, Clone)]
enum Document {
    /// The text, as the database keeps it.
    Text(String),
    /// What was given has no form in JSON that could be read again, and why; a write refuses it.
    Unfit(String),
}

impl<T> Typed<T> {
    fn of(document: Document) -> Self {
        Self { document, of: PhantomData }
    }

    /// The document as JSON of no particular type.
    ///
    /// # Errors
    /// It holds a number that `f64` does not, or was made of a value that has no form in JSON.
    pub fn json(&self) -> Result<Json> {
        self.parse()
    }

    fn parse<D: DeserializeOwned>(&self) -> Result<D> {
        let text = match &self.document {
            Document::Text(text) => text,
            Document::Unfit(reason) => return Err(unreadable::<T>(reason)),
        };
        serde_json::from_str(text).map_err(unreadable::<T>)
    }
}

impl<T: DeserializeOwned> Typed<T> {
    /// Reads the document.
    ///
    /// # Errors
    /// It is not of the type: something else than this program wrote it.
    pub fn get(&self) -> Result<T> {
        self.parse()
    }
}

/// What cannot be read, and why; the reason of `serde_json` names members and places, and values only in part.
fn unreadable<T>(reason: impl fmt::Display) -> Error {
    Error::Document { ty: std::any::type_name::<T>(), reason: reason.to_string() }
}

/// The document of a value. One that could not be read again, such as a number that is not finite, is refused when it
/// is written to a database.
impl<T: Serialize + DeserializeOwned> From<T> for Typed<T> {
    fn from(value: T) -> Self {
        let text = serde_json::to_string(&value);
        let read = text.and_then(|text| serde_json::from_str::<T>(&text).map(|_| text));
        Self::of(read.map_or_else(|error| Document::Unfit(error.to_string()), Document::Text))
    }
}

impl<T> Clone for Typed<T> {
    fn clone(&self) -> Self {
        Self::of(self.document.clone())
    }
}

impl<T> PartialEq for Typed<T> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.document, &other.document) {
            (Document::Text(one), Document::Text(two)) if one == two => true,
            _ => matches!((self.json(), other.json()), (Ok(one), Ok(two)) if one == two),
        }
    }
}

/// Writes the document.
impl<T> fmt::Debug for Typed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.document {
            Document::Text(text) => f.write_str(text),
            Document::Unfit(reason) => write!(f, "<unfit: {reason}>"),
        }
    }
}

/// Serialises as the document itself.
impl<T> Serialize for Typed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.json().map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl<T: 'static> Scalar for Typed<T> {
    const VALUE_TYPE: ValueType = ValueType::Json;

    fn into_value(self, _: &meta::Field) -> Value {
        self.json().map_or_else(|error| Value::Unfit(error.to_string()), Value::Json)
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Json(json) => Some(Self::of(Document::Text(json.to_string()))),
            Value::Unfit(reason) => Some(Self::of(Document::Unfit(reason))),
            _ => None,
        }
    }

    fn read(row: &mut Row<'_>, _: &meta::Field) -> std::result::Result<Option<Self>, Failure> {
        Ok(row.json_text()?.map(|text| Self::of(Document::Text(text))))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> IntoField<Typed<T>> for T {
    fn into_field(self) -> Typed<T> {
        self.into()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> IntoField<Option<Typed<T>>> for T {
    fn into_field(self) -> Option<Typed<T>> {
        Some(self.into())
    }
}

#[cfg(test)]
mod tests {
    use super::{Document, Typed};

    fn typed(text: &str) -> Typed<Vec<f64>> {
        Typed::of(Document::Text(text.to_owned()))
    }

    #[test]
    fn equal_is_what_is_the_same_json() {
        assert_eq!(typed("[1.0, 2]"), typed("[1.0,2]"));
        assert_ne!(typed("[1.0]"), typed("[2.0]"));
        assert_ne!(typed("[1e400]"), typed("[2e400]"));
    }

    #[test]
    fn what_could_not_be_read_again_is_unfit() {
        assert_eq!(Typed::from(vec![0.5]).get().unwrap(), [0.5]);
        let unfit = Typed::from(vec![f64::NAN]);
        assert!(unfit.get().is_err() && unfit != unfit.clone());
        assert!(format!("{unfit:?}").starts_with("<unfit: "));
    }

    #[test]
    fn another_document_is_an_error_that_names_the_type() {
        let error = typed(r#"{"a": 1}"#).get().unwrap_err().to_string();
        assert!(error.contains("Vec<f64>") && error.contains("expected a sequence"), "{error}");
    }
}
