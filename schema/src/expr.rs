//! The expression language of checks, predicates and index expressions: a typed tree over one model's fields.
//!
//! Trees are built by the reader of the spec, which checks types and places; they are compared as trees, and written
//! per dialect by [`crate::ddl`].

use serde::{Deserialize, Serialize};

use crate::{FieldId, Literal, Type};

/// A condition of the spec: in our language, or per dialect where the language does not reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// In the expression language; its type is `bool`.
    Expr(Expr),
    /// SQL text per dialect, taken as it is.
    Sql {
        /// For PostgreSQL.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        postgres: Option<String>,
        /// For SQLite.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sqlite: Option<String>,
    },
}

/// An expression with its type. `ty` of a comparison is [`Type::Bool`]; of arithmetic, the wider of its operands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// The type of its value; a literal has the type it is compared with or stored as.
    #[serde(rename = "type")]
    pub ty: Type,
}

/// The forms of an expression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExprKind {
    /// A field of the model.
    Field(FieldId),
    /// A constant.
    Literal(Literal),
    /// `NULL`
    Null,
    /// `not a`
    Not(Box<Expr>),
    /// `-a`
    Negate(Box<Expr>),
    /// `a op b`
    Binary {
        /// The operator.
        op: BinaryOp,
        /// The left operand.
        left: Box<Expr>,
        /// The right operand.
        right: Box<Expr>,
    },
    /// `a is null`, `a is not null`
    IsNull {
        /// What is tested.
        operand: Box<Expr>,
        /// `is not null`
        negated: bool,
    },
    /// `a in (x, y)`, `a not in (x, y)`
    In {
        /// What is looked for.
        operand: Box<Expr>,
        /// Where.
        list: Vec<Expr>,
        /// `not in`
        negated: bool,
    },
    /// `a between x and y`, both ends included.
    Between {
        /// What is tested.
        operand: Box<Expr>,
        /// The lower end.
        low: Box<Expr>,
        /// The upper end.
        high: Box<Expr>,
        /// `not between`
        negated: bool,
    },
    /// `a like 'x%'`; case counts on every dialect.
    Like {
        /// What is tested.
        operand: Box<Expr>,
        /// The pattern: `%` is any text, `_` any character, `\` takes the next one as it is.
        pattern: String,
        /// `not like`
        negated: bool,
    },
    /// A function call.
    Call {
        /// Which function.
        function: Function,
        /// Its arguments.
        arguments: Vec<Expr>,
    },
}

/// The operators between two expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BinaryOp {
    /// `or`
    Or,
    /// `and`
    And,
    /// `=`
    Eq,
    /// `<>` or `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
}

/// The functions of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// `lower(text)`
    Lower,
    /// `upper(text)`
    Upper,
    /// `length(text)`, in characters.
    Length,
    /// `coalesce(a, b, …)`: the first that is not NULL.
    Coalesce,
    /// `abs(number)`
    Abs,
}
