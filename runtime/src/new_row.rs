//! The values of a row that is to be created or changed, before they are bound.

use std::marker::PhantomData;

use chrono::{DateTime, SubsecRound, Utc};
use seedbed_schema::Type;

use crate::column::Column;
use crate::expr::Summable;
use crate::scalar::{FieldType, IntoField, Scalar};
use crate::{Error, Model, Result, Value, check, literal, meta};

/// Values given for some fields of a model. A field that is not given is not NULL: it keeps its default, or what it was.
pub struct Given<M> {
    /// One place per field of the model.
    values: Vec<Option<Value>>,
    /// What is added to some fields, by their places.
    added: Vec<(usize, Value)>,
    of: PhantomData<fn() -> M>,
}

impl<M> Clone for Given<M> {
    fn clone(&self) -> Self {
        Self { values: self.values.clone(), added: self.added.clone(), of: PhantomData }
    }
}

/// Names the fields that are given, not their values, which may be secrets.
impl<M: Model> std::fmt::Debug for Given<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.places().map(|at| M::META.fields[at].name)).finish()
    }
}

impl<M: Model> std::default::Default for Given<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Model> Given<M> {
    /// Nothing is given yet.
    pub fn new() -> Self {
        Self { values: vec![None; M::META.fields.len()], added: Vec::new(), of: PhantomData }
    }

    /// Gives a field a value; `None` for a nullable field is NULL.
    #[must_use]
    pub fn set<T: FieldType>(mut self, column: Column<M, T>, value: impl IntoField<T>) -> Self {
        let field = column.field();
        self.added.retain(|(at, _)| *at != field.at);
        self.values[field.at] = Some(value.into_field().into_value(field));
        self
    }

    /// Adds to a field what it has when the change is made, whoever changes it meanwhile. NULL stays NULL.
    #[must_use]
    pub fn add<T: Summable>(mut self, column: Column<M, T>, by: impl IntoField<T::Inner>) -> Self {
        let field = column.field();
        self.added.retain(|(at, _)| *at != field.at);
        self.added.push((field.at, Scalar::into_value(by.into_field(), field)));
        self.values[field.at] = None;
        self
    }

    /// As [`Given::set`], for hooks.
    pub fn replace<T: FieldType>(&mut self, column: Column<M, T>, value: impl IntoField<T>) {
        let given = std::mem::take(self);
        *self = given.set(column, value);
    }

    /// The value that a field is given; `None` where it keeps its default or what it was, or is added to.
    pub fn value<T: FieldType>(&self, column: Column<M, T>) -> Option<T> {
        T::from_value(self.values[column.at()].clone()?)
    }

    /// Whether no field is given.
    pub fn is_empty(&self) -> bool {
        self.values.iter().all(Option::is_none) && self.added.is_empty()
    }

    /// The places of the fields that are given.
    pub(crate) fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.values.iter().enumerate().filter(|(_, value)| value.is_some()).map(|(at, _)| at)
    }

    /// The values of a new row, checked, with the defaults that are ours to bind; `None` where the database decides.
    pub(crate) fn into_new(self, now: DateTime<Utc>) -> Result<Vec<Option<Value>>> {
        new_values(M::META, self.values, now)
    }

    /// What is given, one place per field.
    #[cfg(feature = "testing")]
    pub(crate) fn into_values(self) -> Vec<Option<Value>> {
        self.values
    }

    /// These values, one place per field.
    #[cfg(feature = "testing")]
    pub(crate) fn of_values(values: Vec<Option<Value>>) -> Self {
        Self { values, added: Vec::new(), of: PhantomData }
    }

    /// The fields to change with their values, checked, with those that every update sets.
    pub(crate) fn into_changes(mut self, now: DateTime<Utc>) -> Result<Vec<(usize, Change)>> {
        if !self.is_empty() {
            self.touch(now);
        }
        let set = self.values.into_iter().enumerate().filter_map(|(at, value)| Some((at, Change::Set(value?))));
        let added = self.added.into_iter().map(|(at, value)| (at, Change::Add(value)));
        set.chain(added).map(|(at, change)| Ok((at, change.checked(M::META, &M::META.fields[at])?))).collect()
    }

    fn touch(&mut self, now: DateTime<Utc>) {
        let added = &self.added;
        let touched = |field: &&meta::Field| field.on_update && added.iter().all(|(at, _)| *at != field.at);
        for field in M::META.fields.iter().filter(touched) {
            self.values[field.at].get_or_insert_with(|| default_value(field, now).unwrap_or_else(|| null(field)));
        }
        for field in M::META.fields.iter().filter(|field| field.version) {
            self.added.extend(literal::parse(field, "1").map(|one| (field.at, one)));
        }
    }
}

/// What becomes of a field.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// It gets the value.
    Set(Value),
    /// The value is added to what it has.
    Add(Value),
}

impl Change {
    /// The value, to be bound.
    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Set(value) | Self::Add(value) => value,
        }
    }

    fn checked(self, model: &'static meta::Model, field: &'static meta::Field) -> Result<Self> {
        Ok(match self {
            Self::Set(value) => Self::Set(check::checked(model, field, value)?),
            Self::Add(value) => Self::Add(check::checked(model, field, value)?),
        })
    }
}

/// Values given for a new row. `State` has a type per required field that says whether it is among them.
pub struct Draft<M, State> {
    given: Given<M>,
    state: PhantomData<fn() -> State>,
}

impl<M: Model, State> Draft<M, State> {
    /// Nothing is given yet.
    #[allow(clippy::new_without_default, reason = "a draft is made by the builder of generated code alone")]
    pub fn new() -> Self {
        Self { given: Given::new(), state: PhantomData }
    }

    /// Gives a field that is not required a value.
    #[must_use]
    pub fn set<T: FieldType>(self, column: Column<M, T>, value: impl IntoField<T>) -> Self {
        self.fill(column, value)
    }

    /// Gives a required field its value; the caller's signature says which state that leads to.
    #[must_use]
    pub fn fill<T: FieldType, Next>(self, column: Column<M, T>, value: impl IntoField<T>) -> Draft<M, Next> {
        Draft { given: self.given.set(column, value), state: PhantomData }
    }

    /// What is given.
    pub fn into_given(self) -> Given<M> {
        self.given
    }
}

impl<M, State> Clone for Draft<M, State> {
    fn clone(&self) -> Self {
        Self { given: self.given.clone(), state: PhantomData }
    }
}

impl<M: Model, State> std::fmt::Debug for Draft<M, State> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.given.fmt(f)
    }
}

/// The moment of a write, cut to the microseconds that both databases keep.
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// The values of a new row, checked, with the defaults that are ours to bind; `None` where the database decides.
pub(crate) fn new_values(
    model: &'static meta::Model,
    values: Vec<Option<Value>>,
    now: DateTime<Utc>,
) -> Result<Vec<Option<Value>>> {
    values.into_iter().zip(model.fields).map(|(value, field)| new_value(model, value, field, now)).collect()
}

fn new_value(
    model: &'static meta::Model,
    value: Option<Value>,
    field: &'static meta::Field,
    now: DateTime<Utc>,
) -> Result<Option<Value>> {
    if let Some(value) = value.or_else(|| default_value(field, now)) {
        return check::checked(model, field, value).map(Some);
    }
    match field.default {
        meta::FieldDefault::Database => Ok(None),
        _ if field.nullable => Ok(Some(null(field))),
        _ => Err(Error::NotNull { model: model.name, field: field.name }),
    }
}

/// The default of a field that is ours to bind, if it has one.
pub(crate) fn default_value(field: &meta::Field, now: DateTime<Utc>) -> Option<Value> {
    Some(match field.default {
        meta::FieldDefault::None | meta::FieldDefault::Database => return None,
        meta::FieldDefault::Now => match field.ty {
            Type::Date => Value::Date(now.date_naive()),
            Type::Time => Value::Time(now.time()),
            _ => Value::Timestamp(now),
        },
        meta::FieldDefault::Uuid4 => Value::Uuid(uuid::Uuid::new_v4()),
        meta::FieldDefault::Uuid7 => Value::Uuid(uuid::Uuid::now_v7()),
        meta::FieldDefault::Cuid => Value::Text(crate::cuid::cuid()),
        meta::FieldDefault::Literal(text) => literal::parse(field, text).unwrap_or_else(|_| null(field)),
    })
}

pub(crate) fn null(field: &meta::Field) -> Value {
    Value::Null(literal::value_type(field.ty))
}
