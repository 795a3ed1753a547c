//! From words to a tree, by precedence: `or`, `and`, `not`, comparisons, `+ -`, `* /`, signs.

use std::ops::Range;

use seedbed_schema::expr::BinaryOp;

use super::ast::{Kind, Tree};
use super::lex::{Token, Word, lex};
use crate::diagnostics::{Code, Diagnostic, Report};
use crate::yaml::Scalar;

/// The deepest nesting of brackets, signs and `not`.
const MAX_DEPTH: usize = 64;

/// The most words an expression may have; more would make a tree too deep to be walked (`a and a and …`).
const MAX_WORDS: usize = 1_000;

/// Reads a range of a text; what is wrong is reported.
pub(super) fn parse(text: &Scalar, range: Range<usize>, report: &mut Report) -> Option<Tree> {
    let result = lex(&text.text, range.clone()).and_then(|words| {
        if words.len() > MAX_WORDS {
            return Err((range.clone(), format!("the expression has more than {MAX_WORDS} words")));
        }
        let mut parser = Parser { words: &words, at: 0, end: range.end, depth: 0 };
        let tree = parser.or()?;
        match parser.peek() {
            None => Ok(tree),
            Some(word) => Err((word.range.clone(), format!("{} does not belong here", shown(&word.token)))),
        }
    });
    match result {
        Ok(tree) => Some(tree),
        Err((place, problem)) => {
            let span = report.place(text, place.start, place.end);
            report.push(
                Diagnostic::error(Code::ExpressionSyntax, span, problem)
                    .help("`explain SB090` shows the language; anything else is written per dialect: `{ postgres: …, sqlite: … }`"),
            );
            None
        }
    }
}

type Result<T> = std::result::Result<T, (Range<usize>, String)>;

struct Parser<'w> {
    words: &'w [Word],
    at: usize,
    end: usize,
    depth: usize,
}

impl<'w> Parser<'w> {
    fn or(&mut self) -> Result<Tree> {
        self.chain(Self::and, |parser| parser.take_keyword("or").then_some(BinaryOp::Or))
    }

    fn and(&mut self) -> Result<Tree> {
        self.chain(Self::not, |parser| parser.take_keyword("and").then_some(BinaryOp::And))
    }

    fn not(&mut self) -> Result<Tree> {
        let start = self.place();
        if !self.take_keyword("not") {
            return self.comparison();
        }
        let operand = self.nested(Self::not)?;
        Ok(Tree { range: start.start..operand.range.end, kind: Kind::Not(Box::new(operand)) })
    }

    fn comparison(&mut self) -> Result<Tree> {
        let left = self.sum()?;
        if let Some(op) = self.take_operator() {
            let right = self.sum()?;
            if let Some(again) = self.peek().filter(|word| operator(&word.token).is_some()) {
                return Err((
                    again.range.clone(),
                    "comparisons do not follow one another; join them with `and`".into(),
                ));
            }
            return Ok(binary(op, left, right));
        }
        if self.take_keyword("is") {
            let negated = self.take_keyword("not");
            let place = self.place();
            if !self.take_keyword("null") {
                return Err((place, "`is` is followed by `null` or `not null`".into()));
            }
            let range = left.range.start..self.last_end();
            return Ok(Tree { range, kind: Kind::IsNull { operand: Box::new(left), negated } });
        }
        let negated = self.take_keyword("not");
        let operand = Box::new(left);
        let start = operand.range.start;
        let kind = if self.take_keyword("in") {
            Kind::In { operand, list: self.list()?, negated }
        } else if self.take_keyword("between") {
            let low = Box::new(self.sum()?);
            let place = self.place();
            if !self.take_keyword("and") {
                return Err((place, "`between` needs `and`: `a between 1 and 9`".into()));
            }
            Kind::Between { operand, low, high: Box::new(self.sum()?), negated }
        } else if self.take_keyword("like") {
            Kind::Like { operand, pattern: Box::new(self.sum()?), negated }
        } else if negated {
            return Err((self.place(), "`not` stands before a condition, or before `in`, `between` and `like`".into()));
        } else {
            return Ok(*operand);
        };
        Ok(Tree { range: start..self.last_end(), kind })
    }

    fn sum(&mut self) -> Result<Tree> {
        self.chain(Self::product, |parser| match parser.take_symbol(&["+", "-"])? {
            "+" => Some(BinaryOp::Add),
            _ => Some(BinaryOp::Sub),
        })
    }

    fn product(&mut self) -> Result<Tree> {
        self.chain(Self::sign, |parser| match parser.take_symbol(&["*", "/"])? {
            "*" => Some(BinaryOp::Mul),
            _ => Some(BinaryOp::Div),
        })
    }

    fn sign(&mut self) -> Result<Tree> {
        let start = self.place();
        if self.take_symbol(&["-"]).is_none() {
            return self.atom();
        }
        let operand = self.nested(Self::sign)?;
        let range = start.start..operand.range.end;
        // A number with its sign is a constant: `-1`, and the smallest of all integers.
        let kind = match operand.kind {
            Kind::Number(digits) if !digits.starts_with('-') => Kind::Number(format!("-{digits}")),
            _ => Kind::Negate(Box::new(operand)),
        };
        Ok(Tree { range, kind })
    }

    fn atom(&mut self) -> Result<Tree> {
        let Some(word) = self.peek() else {
            return Err((self.place(), "something is missing here".into()));
        };
        self.at += 1;
        let range = word.range.clone();
        let kind = match &word.token {
            Token::Number(text) => Kind::Number(text.clone()),
            Token::Text(text) => Kind::Text(text.clone()),
            Token::Symbol("(") => {
                let inner = self.nested(Self::or)?;
                self.expect(")")?;
                return Ok(Tree { range: range.start..self.last_end(), kind: inner.kind });
            }
            Token::Name(name) if self.peek_symbol("(") && !is_keyword(name) => {
                let arguments = self.list()?;
                let call = Kind::Call { function: name.clone(), name: range.clone(), arguments };
                return Ok(Tree { range: range.start..self.last_end(), kind: call });
            }
            Token::Name(name) if name.eq_ignore_ascii_case("true") => Kind::Bool(true),
            Token::Name(name) if name.eq_ignore_ascii_case("false") => Kind::Bool(false),
            Token::Name(name) if name.eq_ignore_ascii_case("null") => Kind::Null,
            Token::Name(name) if !is_keyword(name) => Kind::Name(name.clone()),
            other => return Err((range, format!("a value is expected here, found {}", shown(other)))),
        };
        Ok(Tree { kind, range })
    }

    /// `(a, b, …)`
    fn list(&mut self) -> Result<Vec<Tree>> {
        self.expect("(")?;
        let mut items = Vec::new();
        if self.take_symbol(&[")"]).is_some() {
            return Ok(items);
        }
        loop {
            items.push(self.nested(Self::or)?);
            if self.take_symbol(&[","]).is_none() {
                self.expect(")")?;
                return Ok(items);
            }
        }
    }

    /// Operands joined from the left by the operators of one level.
    fn chain(
        &mut self,
        operand: fn(&mut Self) -> Result<Tree>,
        operator: fn(&mut Self) -> Option<BinaryOp>,
    ) -> Result<Tree> {
        let mut left = operand(self)?;
        while let Some(op) = operator(self) {
            left = binary(op, left, operand(self)?);
        }
        Ok(left)
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Result<Tree>) -> Result<Tree> {
        if self.depth >= MAX_DEPTH {
            return Err((self.place(), format!("nested more than {MAX_DEPTH} levels deep")));
        }
        self.depth += 1;
        let tree = inner(self);
        self.depth -= 1;
        tree
    }

    fn peek(&self) -> Option<&'w Word> {
        self.words.get(self.at)
    }

    fn peek_symbol(&self, symbol: &'static str) -> bool {
        self.peek().is_some_and(|word| word.token == Token::Symbol(symbol))
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let found =
            matches!(self.peek(), Some(Word { token: Token::Name(name), .. }) if name.eq_ignore_ascii_case(keyword));
        self.at += usize::from(found);
        found
    }

    fn take_symbol(&mut self, symbols: &[&'static str]) -> Option<&'static str> {
        match self.peek()?.token {
            Token::Symbol(symbol) if symbols.contains(&symbol) => {
                self.at += 1;
                Some(symbol)
            }
            _ => None,
        }
    }

    fn take_operator(&mut self) -> Option<BinaryOp> {
        let op = operator(&self.peek()?.token)?;
        self.at += 1;
        Some(op)
    }

    fn expect(&mut self, symbol: &'static str) -> Result<()> {
        let place = self.place();
        match self.take_symbol(&[symbol]) {
            Some(_) => Ok(()),
            None => Err((place, format!("`{symbol}` is expected here"))),
        }
    }

    /// The next word, or the end of the expression.
    fn place(&self) -> Range<usize> {
        self.peek().map_or(self.last_end()..self.end.max(self.last_end()), |word| word.range.clone())
    }

    fn last_end(&self) -> usize {
        match self.at.checked_sub(1).and_then(|at| self.words.get(at)) {
            Some(word) => word.range.end,
            None => self.words.first().map_or(self.end, |word| word.range.start),
        }
    }
}

fn binary(op: BinaryOp, left: Tree, right: Tree) -> Tree {
    let range = left.range.start..right.range.end;
    Tree { range, kind: Kind::Binary { op, left: Box::new(left), right: Box::new(right) } }
}

fn operator(token: &Token) -> Option<BinaryOp> {
    let Token::Symbol(symbol) = token else { return None };
    Some(match *symbol {
        "=" => BinaryOp::Eq,
        "<>" | "!=" => BinaryOp::Ne,
        "<" => BinaryOp::Lt,
        "<=" => BinaryOp::Le,
        ">" => BinaryOp::Gt,
        ">=" => BinaryOp::Ge,
        _ => return None,
    })
}

fn is_keyword(name: &str) -> bool {
    ["and", "or", "not", "is", "in", "between", "like"].iter().any(|keyword| name.eq_ignore_ascii_case(keyword))
}

fn shown(token: &Token) -> String {
    match token {
        Token::Name(text) | Token::Number(text) => format!("`{text}`"),
        Token::Text(text) => format!("`'{text}'`"),
        Token::Symbol(symbol) => format!("`{symbol}`"),
    }
}
