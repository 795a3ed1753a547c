//! The Rust type of a field, and its type and default as static data.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use seedbed_schema::{Default, EnumId, Field, Schema, Type};

/// The type of the struct's member: `Option` where NULL is allowed.
pub(super) fn of(schema: &Schema, field: &Field) -> TokenStream {
    let inner = inner(schema, field);
    if field.nullable { quote!(Option<#inner>) } else { inner }
}

/// The type without `Option`.
pub(super) fn inner(schema: &Schema, field: &Field) -> TokenStream {
    if let Some(id) = field.json {
        let name = format_ident!("{}", schema.json_type(id).name);
        return quote!(seedbed::Typed<crate::#name>);
    }
    if field.sensitive && matches!(field.ty, Type::Text { .. }) {
        return quote!(seedbed::Secret);
    }
    plain(schema, field.ty)
}

/// The type of values that are no secrets.
pub(super) fn plain(schema: &Schema, ty: Type) -> TokenStream {
    match ty {
        Type::Bool => quote!(bool),
        Type::SmallInt => quote!(i16),
        Type::Int => quote!(i32),
        Type::BigInt => quote!(i64),
        Type::Real => quote!(f32),
        Type::Float => quote!(f64),
        Type::Decimal { .. } => quote!(seedbed::Decimal),
        Type::Text { .. } | Type::Cuid => quote!(String),
        Type::Uuid => quote!(seedbed::Uuid),
        Type::Date => quote!(seedbed::NaiveDate),
        Type::Time => quote!(seedbed::NaiveTime),
        Type::Timestamp => quote!(seedbed::Timestamp),
        Type::Json => quote!(seedbed::Json),
        Type::Bytes => quote!(Vec<u8>),
        Type::Enum(id) => enumeration(schema, id),
    }
}

fn enumeration(schema: &Schema, id: EnumId) -> TokenStream {
    let name = format_ident!("{}", schema.enumeration(id).name);
    quote!(crate::#name)
}

/// The type as a constant of `seedbed::Type`. An enum is named, so that another one before it changes nothing.
pub(super) fn constant(schema: &Schema, field: &Field) -> TokenStream {
    match field.ty {
        Type::Bool => quote!(meta::Type::Bool),
        Type::SmallInt => quote!(meta::Type::SmallInt),
        Type::Int => quote!(meta::Type::Int),
        Type::BigInt => quote!(meta::Type::BigInt),
        Type::Real => quote!(meta::Type::Real),
        Type::Float => quote!(meta::Type::Float),
        Type::Decimal { precision, scale } => {
            let (precision, scale) = (number(precision.into()), number(scale.into()));
            quote!(meta::Type::decimal(#precision, #scale))
        }
        Type::Text { limit: None } => quote!(meta::Type::TEXT),
        Type::Text { limit: Some(limit) } => {
            let limit = number(limit);
            quote!(meta::Type::text(#limit))
        }
        Type::Uuid => quote!(meta::Type::Uuid),
        Type::Cuid => quote!(meta::Type::Cuid),
        Type::Date => quote!(meta::Type::Date),
        Type::Time => quote!(meta::Type::Time),
        Type::Timestamp => quote!(meta::Type::Timestamp),
        Type::Json => quote!(meta::Type::Json),
        Type::Bytes => quote!(meta::Type::Bytes),
        Type::Enum(id) => {
            let enumeration = enumeration(schema, id);
            quote!(meta::enumeration::<#enumeration>())
        }
    }
}

/// The default as a constant of `seedbed::meta::FieldDefault`, if the field has one.
pub(super) fn default(field: &Field) -> Option<TokenStream> {
    Some(match field.default.as_ref()? {
        Default::Auto | Default::Sql { .. } => quote!(meta::FieldDefault::Database),
        Default::Now => quote!(meta::FieldDefault::Now),
        Default::Uuid4 => quote!(meta::FieldDefault::Uuid4),
        Default::Uuid7 => quote!(meta::FieldDefault::Uuid7),
        Default::Cuid => quote!(meta::FieldDefault::Cuid),
        Default::Literal(literal) => {
            let text = literal.to_text();
            quote!(meta::FieldDefault::Literal(#text))
        }
    })
}

fn number(number: u32) -> proc_macro2::Literal {
    proc_macro2::Literal::u32_unsuffixed(number)
}
