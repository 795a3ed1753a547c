//! Random conditions, orders and limits: both databases find what a plain evaluation in memory finds.

use std::cmp::Ordering;

use kinds::{MaybeKind, NewMaybeKind, maybe_kind as maybe};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use seedbed::{Db, Decimal, Filter, Order};
use seedbed_tests::TestDb;

use crate::support::{self, open};

/// A condition that both a database and memory can evaluate.
#[derive(Debug, Clone)]
enum Condition {
    Big(Comparison, i64),
    Price(Comparison, Decimal),
    Body(Comparison, String),
    BigIn(Vec<i64>),
    PriceIn(Vec<Decimal>),
    BodyIn(Vec<String>),
    Between(i64, i64),
    IsNull,
    Flag(bool),
    Contains(String),
    StartsWith(String),
    EndsWith(String),
    Like(String),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
}

#[derive(Debug, Clone, Copy)]
enum Comparison {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Comparison {
    const ALL: [Self; 6] = [Self::Eq, Self::Ne, Self::Lt, Self::Le, Self::Gt, Self::Ge];

    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Eq => ordering.is_eq(),
            Self::Ne => ordering.is_ne(),
            Self::Lt => ordering.is_lt(),
            Self::Le => ordering.is_le(),
            Self::Gt => ordering.is_gt(),
            Self::Ge => ordering.is_ge(),
        }
    }
}

/// The filter of a comparison on a column.
macro_rules! compare {
    ($column:expr, $comparison:expr, $value:expr) => {
        match $comparison {
            Comparison::Eq => $column.eq($value),
            Comparison::Ne => $column.ne($value),
            Comparison::Lt => $column.lt($value),
            Comparison::Le => $column.le($value),
            Comparison::Gt => $column.gt($value),
            Comparison::Ge => $column.ge($value),
        }
    };
}

impl Condition {
    fn filter(&self) -> Filter<MaybeKind> {
        match self.clone() {
            Self::Big(comparison, value) => compare!(maybe::BIG, comparison, value),
            Self::Price(comparison, value) => compare!(maybe::PRICE, comparison, value),
            Self::Body(comparison, value) => compare!(maybe::BODY, comparison, value),
            Self::BigIn(values) => maybe::BIG.is_in(values),
            Self::PriceIn(values) => maybe::PRICE.is_in(values),
            Self::BodyIn(values) => maybe::BODY.is_in(values),
            Self::Between(low, high) => maybe::BIG.between(low, high),
            Self::IsNull => maybe::BODY.is_null(),
            Self::Flag(value) => maybe::FLAG.eq(value),
            Self::Contains(text) => maybe::BODY.contains(text),
            Self::StartsWith(text) => maybe::BODY.starts_with(text),
            Self::EndsWith(text) => maybe::BODY.ends_with(text),
            Self::Like(pattern) => maybe::BODY.like(pattern),
            Self::And(left, right) => left.filter().and(right.filter()),
            Self::Or(left, right) => left.filter().or(right.filter()),
            Self::Not(inner) => inner.filter().not(),
        }
    }

    /// True, false, or neither, as SQL has it.
    fn holds(&self, row: &MaybeKind) -> Option<bool> {
        let body = row.body.as_deref();
        Some(match self {
            Self::Big(comparison, value) => comparison.holds(row.big?.cmp(value)),
            Self::Price(comparison, value) => comparison.holds(row.price?.cmp(value)),
            Self::Body(comparison, value) => comparison.holds(body?.cmp(value)),
            Self::BigIn(values) => return one_of(row.big.as_ref(), values),
            Self::PriceIn(values) => return one_of(row.price.as_ref(), values),
            Self::BodyIn(values) => return one_of(row.body.as_ref(), values),
            Self::Between(low, high) => (*low..=*high).contains(&row.big?),
            Self::IsNull => body.is_none(),
            Self::Flag(value) => row.flag? == *value,
            Self::Contains(text) => body?.contains(text),
            Self::StartsWith(text) => body?.starts_with(text),
            Self::EndsWith(text) => body?.ends_with(text),
            Self::Like(pattern) => {
                let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), body?.chars().collect());
                like(&pattern, &text)
            }
            Self::And(left, right) => match (left.holds(row), right.holds(row)) {
                (Some(false), _) | (_, Some(false)) => false,
                (left, right) => left? && right?,
            },
            Self::Or(left, right) => match (left.holds(row), right.holds(row)) {
                (Some(true), _) | (_, Some(true)) => true,
                (left, right) => left? || right?,
            },
            Self::Not(inner) => !inner.holds(row)?,
        })
    }
}

fn one_of<T: PartialEq>(value: Option<&T>, values: &[T]) -> Option<bool> {
    if values.is_empty() { Some(false) } else { value.map(|value| values.contains(value)) }
}

fn like(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], rest) => rest.is_empty(),
        (['%', pattern @ ..], _) => (0..=text.len()).any(|at| like(pattern, &text[at..])),
        (['_', pattern @ ..], [_, text @ ..]) => like(pattern, text),
        (['\\', sign, pattern @ ..], [letter, text @ ..]) => sign == letter && like(pattern, text),
        ([sign, pattern @ ..], [letter, text @ ..]) => sign == letter && like(pattern, text),
        (_, []) => false,
    }
}

fn text() -> impl Strategy<Value = String> {
    r"[abAä%_*?\[\\🦀]{0,3}"
}

fn pattern() -> impl Strategy<Value = String> {
    r"[ab%_*?\[\\🦀]{0,4}"
}

fn decimal() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        (-3_i64..=3).prop_map(|number| Decimal::new(number, 6)),
        (-30_i64..=30).prop_map(|number| Decimal::new(number, 7)),
        select(vec![Decimal::MAX, Decimal::MIN, Decimal::new(999_999_999_999, 6), Decimal::new(-1_000_000, 0)]),
    ]
}

fn big() -> impl Strategy<Value = i64> {
    prop_oneof![4 => -3_i64..=3, 1 => select(vec![i64::MIN, i64::MAX])]
}

fn condition() -> impl Strategy<Value = Condition> {
    let comparison = || select(Comparison::ALL.to_vec());
    let leaf = prop_oneof![
        (comparison(), big()).prop_map(|(comparison, value)| Condition::Big(comparison, value)),
        (comparison(), decimal()).prop_map(|(comparison, value)| Condition::Price(comparison, value)),
        (comparison(), text()).prop_map(|(comparison, value)| Condition::Body(comparison, value)),
        prop::collection::vec(big(), 0..4).prop_map(Condition::BigIn),
        prop::collection::vec(decimal(), 0..4).prop_map(Condition::PriceIn),
        prop::collection::vec(text(), 0..4).prop_map(Condition::BodyIn),
        (big(), big()).prop_map(|(low, high)| Condition::Between(low, high)),
        Just(Condition::IsNull),
        any::<bool>().prop_map(Condition::Flag),
        text().prop_map(Condition::Contains),
        text().prop_map(Condition::StartsWith),
        text().prop_map(Condition::EndsWith),
        pattern().prop_map(Condition::Like),
    ];
    leaf.prop_recursive(4, 24, 2, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        prop_oneof![
            (boxed(), boxed()).prop_map(|(left, right)| Condition::And(left, right)),
            (boxed(), boxed()).prop_map(|(left, right)| Condition::Or(left, right)),
            boxed().prop_map(Condition::Not),
        ]
    })
}

fn row() -> impl Strategy<Value = NewMaybeKind> {
    let price = (-3_i64..=3).prop_map(|number| Decimal::new(number, 6));
    let values = (prop::option::of(big()), prop::option::of(price), prop::option::of(text()), any::<Option<bool>>());
    values.prop_map(|(big, price, body, flag)| support::maybe().big(big).price(price).body(body).flag(flag))
}

/// What a query adds to its condition.
#[derive(Debug, Clone)]
struct Cut {
    descending: bool,
    nulls_first: bool,
    limit: Option<u64>,
    offset: Option<u64>,
}

fn cut() -> impl Strategy<Value = Cut> {
    let numbers = (prop::option::of(0..12_u64), prop::option::of(0..12_u64));
    (any::<bool>(), any::<bool>(), numbers).prop_map(|(descending, nulls_first, (limit, offset))| Cut {
        descending,
        nulls_first,
        limit,
        offset,
    })
}

impl Cut {
    fn order(&self) -> Order<MaybeKind> {
        let order = if self.descending { maybe::BODY.desc() } else { maybe::BODY.asc() };
        if self.nulls_first { order.nulls_first() } else { order.nulls_last() }
    }

    fn compare(&self, left: &MaybeKind, right: &MaybeKind) -> Ordering {
        let by_body = match (&left.body, &right.body) {
            (Some(left), Some(right)) if self.descending => right.cmp(left),
            (Some(left), Some(right)) => left.cmp(right),
            (left, right) if self.nulls_first => left.is_some().cmp(&right.is_some()),
            (left, right) => left.is_none().cmp(&right.is_none()),
        };
        by_body.then(left.id.cmp(&right.id))
    }

    fn in_memory(&self, rows: &[MaybeKind], condition: &Condition) -> Vec<i64> {
        let mut found: Vec<&MaybeKind> = rows.iter().filter(|row| condition.holds(row) == Some(true)).collect();
        found.sort_by(|left, right| self.compare(left, right));
        let offset = usize::try_from(self.offset.unwrap_or(0)).expect("a small number");
        let limit = self.limit.map_or(usize::MAX, |limit| usize::try_from(limit).expect("a small number"));
        found.into_iter().skip(offset).take(limit).map(|row| row.id).collect()
    }

    async fn check(&self, db: &Db, condition: &Condition, expected: &[i64]) {
        let mut query = MaybeKind::query().filter(condition.filter());
        if let Some(limit) = self.limit {
            query = query.limit(limit);
        }
        if let Some(offset) = self.offset {
            query = query.offset(offset);
        }
        let what = format!("{:?}: {condition:?} {self:?}", db.dialect());
        let ordered = query.clone().order_by([self.order(), maybe::ID.asc()]);
        let found = ordered.all(db).await.unwrap_or_else(|error| panic!("{error:?}: {what}"));
        assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), expected, "{what}");
        let count = query.clone().count(db).await.unwrap_or_else(|error| panic!("{error:?}: {what}"));
        assert_eq!(count, expected.len() as u64, "{what}");
        let exists = query.exists(db).await.unwrap_or_else(|error| panic!("{error:?}: {what}"));
        assert_eq!(exists, !expected.is_empty(), "{what}");
    }
}

/// Cases are drawn from a fixed seed, so that a failure comes again.
#[tokio::test]
async fn random_queries_find_what_memory_finds() {
    let databases = [TestDb::sqlite().await, TestDb::postgres().await];
    let mut runner = TestRunner::deterministic();
    let rows = prop::collection::vec(row(), 60).new_tree(&mut runner).expect("the strategy has values").current();
    let mut handles = Vec::new();
    for database in &databases {
        let db = open(database).await;
        MaybeKind::insert_many(&db, rows.clone()).await.expect("the rows are taken");
        handles.push(db);
    }
    let rows = MaybeKind::query().all(&handles[0]).await.expect("it is asked");
    let mut found_some = 0;
    for _ in 0..1_000 {
        let case = (condition(), cut()).new_tree(&mut runner).expect("the strategy has values");
        let (condition, cut) = case.current();
        let expected = cut.in_memory(&rows, &condition);
        found_some += usize::from(!expected.is_empty());
        for db in &handles {
            cut.check(db, &condition, &expected).await;
        }
    }
    assert!((200..900).contains(&found_some), "the conditions tell rows apart: {found_some} of 1000 find some");
}
