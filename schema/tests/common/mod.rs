//! Small constructors for schemas, so that a test says only what it is about.
// Each test file uses its part of them.
#![allow(dead_code, unreachable_pub)]

use seedbed_schema::expr::{BinaryOp, ExprKind, Function};
use seedbed_schema::{
    Action, Association, Check, Condition, Connect, Default, Dialect, Enum, EnumId, EnumValue, Expr, Field, FieldId,
    Index, IndexKey, IndexMember, IndexOrigin, Literal, Model, ModelId, Schema, SyncMode, Type, rust_identifier,
};

pub mod shop;

/// A schema of these models, with the enum [`STATUS`].
pub fn schema(models: Vec<Model>) -> Schema {
    let value = |text: &str, variant: &str| EnumValue {
        text: text.to_owned(),
        variant: variant.to_owned(),
        doc: None,
        renamed_from: None,
    };
    Schema {
        package: "database".to_owned(),
        dialects: Dialect::ALL.to_vec(),
        connect: Connect { default: Dialect::Postgres, storage: None, tls_required: false, sync: SyncMode::Create },
        enums: vec![Enum {
            name: "Status".to_owned(),
            doc: None,
            values: vec![value("active", "Active"), value("on hold", "OnHold"), value("it's over", "ItsOver")],
        }],
        types: Vec::new(),
        models,
        associations: Vec::new(),
        seeds: Vec::new(),
        services: Vec::new(),
    }
}

/// The one enum of [`schema`].
pub const STATUS: Type = Type::Enum(EnumId(0));

/// A model whose key is its first field.
pub fn model(name: &str, table: &str, fields: Vec<Field>) -> Model {
    Model {
        name: name.to_owned(),
        module: rust_identifier(&name.to_lowercase()),
        table: table.to_owned(),
        doc: None,
        renamed_from: None,
        fields,
        key: vec![FieldId(0)],
        key_name: seedbed_schema::shorten(&format!("{table}_pkey")),
        indexes: Vec::new(),
        checks: Vec::new(),
        dropped: Vec::new(),
        hooks: Vec::new(),
    }
}

/// A field that must be given.
pub fn field(name: &str, ty: Type) -> Field {
    Field {
        name: name.to_owned(),
        rust: rust_identifier(name),
        column: name.to_owned(),
        ty,
        json: None,
        nullable: false,
        default: None,
        on_update: false,
        version: false,
        sensitive: false,
        collate: None,
        doc: None,
        renamed_from: None,
    }
}

/// A field that may be NULL.
pub fn nullable(name: &str, ty: Type) -> Field {
    Field { nullable: true, ..field(name, ty) }
}

/// A field with a default.
pub fn defaulted(name: &str, ty: Type, default: Default) -> Field {
    Field { default: Some(default), ..field(name, ty) }
}

/// `id: bigint = auto`
pub fn auto_key() -> Field {
    defaulted("id", Type::BigInt, Default::Auto)
}

/// An index over fields of a model, by name.
pub fn index(name: &str, model: &Model, fields: &[&str]) -> Index {
    let member = |name: &&str| IndexMember { key: IndexKey::Field(id(model, name)), descending: false };
    Index {
        name: name.to_owned(),
        members: fields.iter().map(member).collect(),
        unique: false,
        predicate: None,
        include: Vec::new(),
        origin: IndexOrigin::Spec,
        renamed_from: None,
    }
}

/// An association from a field of one model to the key of another.
pub fn association(model: usize, field: usize, target: usize, key_name: &str, on_delete: Action) -> Association {
    Association {
        model: ModelId(model),
        name: key_name.to_owned(),
        rust: rust_identifier(key_name),
        target: ModelId(target),
        fields: vec![FieldId(field)],
        target_fields: vec![FieldId(0)],
        on_delete,
        on_update: Action::NoAction,
        inverse: None,
        foreign_key: key_name.to_owned(),
        doc: None,
    }
}

/// A check in the expression language.
pub fn check(name: &str, expr: Expr) -> Check {
    Check { name: name.to_owned(), field: None, condition: Condition::Expr(expr) }
}

/// The place of a field.
pub fn id(model: &Model, name: &str) -> FieldId {
    model.find_field(name).unwrap_or_else(|| panic!("{} has no field {name}", model.name)).0
}

/// A field as an expression.
pub fn get(model: &Model, name: &str) -> Expr {
    let (id, field) = model.find_field(name).unwrap_or_else(|| panic!("{} has no field {name}", model.name));
    Expr { kind: ExprKind::Field(id), ty: field.ty }
}

pub fn constant(literal: Literal, ty: Type) -> Expr {
    Expr { kind: ExprKind::Literal(literal), ty }
}

pub fn int(value: i64) -> Expr {
    constant(Literal::Int(value), Type::BigInt)
}

pub fn text(value: &str) -> Expr {
    constant(Literal::Text(value.to_owned()), Type::Text { limit: None })
}

pub fn boolean(value: bool) -> Expr {
    constant(Literal::Bool(value), Type::Bool)
}

pub fn float(value: f64, ty: Type) -> Expr {
    constant(Literal::Float(value), ty)
}

/// A decimal with as many digits as it is written with.
pub fn decimal(value: &str) -> Expr {
    let scale = value.split_once('.').map_or(0, |(_, fraction)| fraction.len() as u8);
    constant(Literal::Decimal(value.to_owned()), Type::Decimal { precision: 18, scale })
}

pub fn status(value: &str) -> Expr {
    constant(Literal::Enum(value.to_owned()), STATUS)
}

pub fn null(ty: Type) -> Expr {
    Expr { kind: ExprKind::Null, ty }
}

fn condition(kind: ExprKind) -> Expr {
    Expr { kind, ty: Type::Bool }
}

fn binary(op: BinaryOp, left: Expr, right: Expr) -> ExprKind {
    ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) }
}

macro_rules! comparisons {
    ($($name:ident $op:ident)*) => { $(
        pub fn $name(left: Expr, right: Expr) -> Expr {
            condition(binary(BinaryOp::$op, left, right))
        }
    )* };
}

macro_rules! operations {
    ($($name:ident $op:ident)*) => { $(
        pub fn $name(left: Expr, right: Expr) -> Expr {
            let ty = left.ty;
            Expr { kind: binary(BinaryOp::$op, left, right), ty }
        }
    )* };
}

comparisons! { or Or and And eq Eq ne Ne lt Lt le Le gt Gt ge Ge }
operations! { add Add sub Sub mul Mul div Div }

pub fn not(operand: Expr) -> Expr {
    condition(ExprKind::Not(Box::new(operand)))
}

pub fn negate(operand: Expr) -> Expr {
    let ty = operand.ty;
    Expr { kind: ExprKind::Negate(Box::new(operand)), ty }
}

pub fn is_null(operand: Expr) -> Expr {
    condition(ExprKind::IsNull { operand: Box::new(operand), negated: false })
}

pub fn is_not_null(operand: Expr) -> Expr {
    condition(ExprKind::IsNull { operand: Box::new(operand), negated: true })
}

pub fn is_in(operand: Expr, list: Vec<Expr>) -> Expr {
    condition(ExprKind::In { operand: Box::new(operand), list, negated: false })
}

pub fn not_in(operand: Expr, list: Vec<Expr>) -> Expr {
    condition(ExprKind::In { operand: Box::new(operand), list, negated: true })
}

pub fn between(operand: Expr, low: Expr, high: Expr) -> Expr {
    let (operand, low, high) = (Box::new(operand), Box::new(low), Box::new(high));
    condition(ExprKind::Between { operand, low, high, negated: false })
}

pub fn not_between(operand: Expr, low: Expr, high: Expr) -> Expr {
    let (operand, low, high) = (Box::new(operand), Box::new(low), Box::new(high));
    condition(ExprKind::Between { operand, low, high, negated: true })
}

pub fn like(operand: Expr, pattern: &str) -> Expr {
    condition(ExprKind::Like { operand: Box::new(operand), pattern: pattern.to_owned(), negated: false })
}

pub fn not_like(operand: Expr, pattern: &str) -> Expr {
    condition(ExprKind::Like { operand: Box::new(operand), pattern: pattern.to_owned(), negated: true })
}

fn call(function: Function, ty: Type, arguments: Vec<Expr>) -> Expr {
    Expr { kind: ExprKind::Call { function, arguments }, ty }
}

pub fn lower(argument: Expr) -> Expr {
    call(Function::Lower, Type::Text { limit: None }, vec![argument])
}

pub fn upper(argument: Expr) -> Expr {
    call(Function::Upper, Type::Text { limit: None }, vec![argument])
}

pub fn length(argument: Expr) -> Expr {
    call(Function::Length, Type::Int, vec![argument])
}

pub fn abs(argument: Expr) -> Expr {
    call(Function::Abs, argument.ty, vec![argument])
}

pub fn coalesce(arguments: Vec<Expr>) -> Expr {
    call(Function::Coalesce, arguments[0].ty, arguments)
}
