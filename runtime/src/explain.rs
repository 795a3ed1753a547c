//! How the database goes about a statement, in its own words: which indexes it uses, and what it reads one by one.

use std::fmt::Write as _;

use parking_lot::Mutex;
use seedbed_schema::Dialect;

use crate::include::Loads;
use crate::page::Cursor;
use crate::session::{On, Reply, Session};
use crate::statement::{Statement, Work};
use crate::{Failure, Model, Query, Result, Row, Select, Selection};

/// The plans of statements, in the order in which they ran.
#[derive(Default)]
pub(crate) struct Plans(Mutex<Vec<String>>);

impl Plans {
    fn into_text(self) -> String {
        self.0.into_inner().join("\n")
    }
}

impl<M: Model, F: 'static, L: Loads<M>> Query<M, F, L> {
    /// How the database goes about the query and about each of its includes, in its own words: `EXPLAIN` on PostgreSQL,
    /// `EXPLAIN QUERY PLAN` on SQLite. The query runs once, since what includes load depends on its rows.
    ///
    /// # Errors
    /// The database refuses the query, or cannot be reached.
    pub fn explain<'a>(self, on: impl On<'a>) -> Reply<'a, String> {
        let session = on.session();
        Box::pin(async move { explained(session, async |session| self.all(session).await.map(drop)).await })
    }

    /// As [`Query::explain`], of the page that a cursor leads to.
    ///
    /// # Errors
    /// Those of [`Query::fetch_page`].
    pub fn explain_page<'a>(self, on: impl On<'a>, cursor: impl Into<Option<Cursor>>) -> Reply<'a, String> {
        let (session, cursor) = (on.session(), cursor.into());
        Box::pin(
            async move { explained(session, async |session| self.fetch_page(session, cursor).await.map(drop)).await },
        )
    }
}

impl<M: Model, S: Selection<M>> Select<M, S> {
    /// How the database goes about the query, in its own words. The query runs once.
    ///
    /// # Errors
    /// Those of [`Select::all`].
    pub fn explain<'a>(self, on: impl On<'a>) -> Reply<'a, String> {
        let session = on.session();
        Box::pin(async move { explained(session, async |session| self.all(session).await.map(drop)).await })
    }
}

/// Does some work, and gives the plans of its statements.
async fn explained(session: Session<'_>, work: impl AsyncFnOnce(Session<'_>) -> Result<()>) -> Result<String> {
    let plans = Plans::default();
    work(session.explaining(&plans)).await?;
    Ok(plans.into_text())
}

impl Session<'_> {
    /// Keeps the plan of a statement, if somebody wants it.
    pub(crate) async fn keep_plan(self, plans: &Plans, statement: &Statement) -> Result<()> {
        let plan = self.plan(statement).await?;
        plans.0.lock().push(plan);
        Ok(())
    }

    /// How the database would run a statement; it is not run.
    pub(crate) async fn plan(self, statement: &Statement) -> Result<String> {
        let dialect = self.dialect();
        let command = match dialect {
            Dialect::Postgres => "EXPLAIN",
            Dialect::Sqlite => "EXPLAIN QUERY PLAN",
        };
        let text = format!("{command} {}", statement.text.as_str());
        let statement = Statement { text: text.into(), values: statement.values.clone(), work: Work::Unknown };
        let lines = self.unexplained().fetch_with(statement, move |row| Line::read(row, dialect)).await?;
        Ok(indented(&lines))
    }
}

/// A line of a plan: PostgreSQL indents it, SQLite says which step it belongs to.
struct Line {
    step: i64,
    parent: i64,
    text: String,
}

impl Line {
    fn read(row: &mut Row<'_>, dialect: Dialect) -> Result<Self, Failure> {
        match dialect {
            Dialect::Postgres => Ok(Self { step: 0, parent: 0, text: row.get()? }),
            Dialect::Sqlite => {
                let (step, parent, _, text) = row.get::<(i64, i64, i64, String)>()?;
                Ok(Self { step, parent, text })
            }
        }
    }
}

/// One line per step, those below another indented by two blanks.
fn indented(lines: &[Line]) -> String {
    let mut text = String::new();
    let mut above: Vec<i64> = Vec::new();
    for line in lines {
        while above.last().is_some_and(|&step| step != line.parent) {
            above.pop();
        }
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{:width$}{}", "", line.text, width = 2 * above.len());
        if line.step != 0 {
            above.push(line.step);
        }
    }
    text
}
