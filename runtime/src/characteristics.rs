//! How a transaction runs: its isolation, and whether it writes.

/// What a transaction sees of others, and what becomes of it when they write the same rows.
///
/// On SQLite there is one writer at a time, which sees everything that was committed before it began: every transaction is
/// serialisable, whatever is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// Each statement sees what was committed before it. PostgreSQL's default.
    ReadCommitted,
    /// Every statement sees what was committed before the first one; to change a row that another transaction has changed
    /// since is [`crate::Error::Retryable`].
    RepeatableRead,
    /// As if transactions ran one after the other; where that cannot be kept up, [`crate::Error::Retryable`].
    Serializable,
}

/// How [`crate::Db::transaction_with`], [`crate::Db::retry`] and [`crate::Db::begin_with`] run a transaction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use]
pub struct TxOptions {
    pub(crate) isolation: Option<Isolation>,
    pub(crate) read_only: bool,
}

impl TxOptions {
    /// A transaction as [`crate::Db::transaction`] runs it: for writing, at the database's own isolation.
    pub fn new() -> Self {
        Self::default()
    }

    /// What it sees of others.
    pub fn isolation(self, isolation: Isolation) -> Self {
        Self { isolation: Some(isolation), ..self }
    }

    /// It only reads; a write is [`crate::Error::ReadOnly`]. On SQLite it then does not wait for the writer, nor the writer
    /// for it.
    pub fn read_only(self) -> Self {
        Self { read_only: true, ..self }
    }

    /// The command that begins it on PostgreSQL.
    pub(crate) fn begin(self) -> &'static str {
        match (self.isolation, self.read_only) {
            (None, false) => "BEGIN",
            (None, true) => "BEGIN READ ONLY",
            (Some(Isolation::ReadCommitted), false) => "BEGIN ISOLATION LEVEL READ COMMITTED",
            (Some(Isolation::ReadCommitted), true) => "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY",
            (Some(Isolation::RepeatableRead), false) => "BEGIN ISOLATION LEVEL REPEATABLE READ",
            (Some(Isolation::RepeatableRead), true) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            (Some(Isolation::Serializable), false) => "BEGIN ISOLATION LEVEL SERIALIZABLE",
            (Some(Isolation::Serializable), true) => "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY",
        }
    }
}
