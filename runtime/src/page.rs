//! Pages that go on where another ended: by the values of the last row, not by counting rows over again.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Sha256;

use crate::include::{Loads, Plan};
use crate::keyset::Keyset;
use crate::order::Step;
use crate::select::Parts;
use crate::session::Session;
use crate::sql::Sql;
use crate::{Error, Model, Result, Value, literal, meta};

/// Some rows of a query, and where it goes on; serialised as `{"rows": […], "next": …, "previous": …}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page<Row> {
    /// The rows, in the order of the query.
    pub rows: Vec<Row>,
    /// Where the rows after these begin, unless there are none.
    pub next: Option<Cursor>,
    /// Where the rows before these end, unless there are none.
    pub previous: Option<Cursor>,
}

/// Where another page of a query begins or ends, as a text that clients can keep: opaque, fit for URLs, and refused if it was
/// changed, or if it is given to a query of another model or order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cursor(String);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Cursor {
    type Err = std::convert::Infallible;

    /// Takes any text; whether it is one that the query gave is found out when the query runs.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl From<String> for Cursor {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Cursor {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

/// The bytes of a signature that a cursor carries.
const SIGNATURE: usize = 16;

/// What signs the cursors of one query: they hold for its model and its order alone.
struct Signer {
    mac: Hmac<Sha256>,
}

impl Signer {
    fn new(session: Session<'_>, model: &meta::Model, steps: &[Step]) -> Self {
        let mut order = Sql::new(session.dialect());
        order.separated(",", steps, |sql, step| step.render(sql));
        let mut mac =
            Hmac::<Sha256>::new_from_slice(session.cursor_key()).unwrap_or_else(|_| unreachable!("any key will do"));
        for part in [model.table, &order.into_text()] {
            mac.update(part.as_bytes());
            mac.update(&[0]);
        }
        Self { mac }
    }

    fn signature(&self, payload: &[u8]) -> [u8; SIGNATURE] {
        let mut mac = self.mac.clone();
        mac.update(payload);
        let bytes = mac.finalize().into_bytes();
        std::array::from_fn(|at| bytes[at])
    }

    fn write(&self, place: &Place) -> Cursor {
        let payload = serde_json::to_vec(place).unwrap_or_default();
        let signed = [&self.signature(&payload)[..], &payload].concat();
        Cursor(URL_SAFE_NO_PAD.encode(signed))
    }

    /// The place, if the text is one that this query gave.
    fn read(&self, cursor: &Cursor) -> Option<Place> {
        let bytes = URL_SAFE_NO_PAD.decode(&cursor.0).ok()?;
        let (signature, payload) = bytes.split_at_checked(SIGNATURE)?;
        let mut mac = self.mac.clone();
        mac.update(payload);
        mac.verify_truncated_left(signature).ok()?;
        serde_json::from_slice(payload).ok()
    }
}

/// What a cursor says: a row by its values in the order, and whether the page lies before it.
#[derive(Serialize, Deserialize)]
struct Place(Vec<Option<String>>, bool);

impl Place {
    fn of(values: &[Value], before: bool) -> Self {
        Self(values.iter().map(literal::text).collect(), before)
    }

    fn values(self, fields: &[&'static meta::Field]) -> Option<Vec<Value>> {
        let value = |(text, field): (Option<String>, &&'static meta::Field)| match text {
            Some(text) => literal::parse(field, &text).ok(),
            None => Some(crate::new_row::null(field)),
        };
        (self.0.len() == fields.len()).then(|| self.0.into_iter().zip(fields).map(value).collect())?
    }
}

/// The page that a cursor leads to, or the first one.
pub(crate) async fn fetch<M: Model, L: Loads<M>>(
    session: Session<'_>,
    mut parts: Parts,
    plans: &[Plan],
    cursor: Option<Cursor>,
) -> Result<Page<L::Row>> {
    let sizeless = || Error::Query(format!("a page of `{}` has no size: add `.limit(…)` to the query", M::META.name));
    let limit = parts.limit.ok_or_else(sizeless)?;
    let mut steps = Keyset::complete(M::META, std::mem::take(&mut parts.order));
    let signer = Signer::new(session, M::META, &steps);
    let fields: Vec<&'static meta::Field> = steps.iter().map(|step| step.expression().field()).collect();
    let is_first = cursor.is_none();
    let mut backwards = false;
    if let Some(cursor) = cursor {
        let wrong = || Error::Cursor { model: M::META.name };
        let place = signer.read(&cursor).ok_or_else(wrong)?;
        backwards = place.1;
        if backwards {
            steps = steps.into_iter().map(Step::reversed).collect();
        }
        parts.add_filter(Keyset::new(steps.clone(), place.values(&fields).ok_or_else(wrong)?).into_filter());
    }
    parts.order = steps;
    parts.limit = Some(limit.saturating_add(1));
    let mut found = parts.fetch_with_order::<M>(session, fields).await?;
    let goes_on = found.len() as u64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    if backwards {
        found.reverse();
    }
    let cursor =
        |row: Option<&(M, Vec<Value>)>, before| row.map(|(_, values)| signer.write(&Place::of(values, before)));
    let next = if backwards || goes_on { cursor(found.last(), false) } else { None };
    let previous = if (backwards && goes_on) || (!backwards && !is_first) { cursor(found.first(), true) } else { None };
    let rows = found.into_iter().map(|(row, _)| row).collect();
    Ok(Page { rows: L::load(session, rows, plans).await?, next, previous })
}
