//! The environment variables: one table, which the messages about wrong values and the guide's page are made of.

/// An environment variable that a start reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// The name.
    pub name: &'static str,
    /// What its value may be, as it stands after "expected".
    pub accepts: &'static str,
    /// What holds when it is not set, in words or as a value.
    pub default: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// Whether messages must not repeat its value.
    pub secret: bool,
}

/// Declares the variables and the list of them all, in the order in which they are documented.
macro_rules! variables {
    ($($name:ident $({ $secret:ident })?: $accepts:literal, default $default:literal, $doc:literal;)*) => {
        $(
            #[doc = concat!("`", stringify!($name), "`: ", $doc)]
            pub const $name: Variable = Variable {
                name: stringify!($name),
                accepts: $accepts,
                default: $default,
                doc: $doc,
                secret: variables!(@secret $($secret)?),
            };
        )*

        /// Every variable, in the order in which they are documented.
        pub const ALL: &[Variable] = &[$($name),*];
    };
    (@secret secret) => { true };
    (@secret) => { false };
}

variables! {
    DATABASE_URL { secret }: "`postgres://user:password@host:5432/name`, `sqlite:path`, `sqlite::memory:` or `file:path`",
        default "none",
        "The database. It decides the dialect; what a PostgreSQL URL leaves out is taken from the `PG…` variables.";
    DB_DIALECT: "`postgres` or `sqlite`",
        default "that of `DATABASE_URL`, else that of `connect:` in the spec",
        "The database to use where there is no `DATABASE_URL`.";
    USE_SQLITE: "`true` or `false`",
        default "`false`",
        "With `true`, SQLite is used even though `DATABASE_URL` names a PostgreSQL server.";
    DB_STORAGE: "the path of a file, or `:memory:`",
        default "the `storage:` of the spec, else `:memory:`",
        "The SQLite database.";
    DB_SQLITE_SYNCHRONOUS: "`normal` or `full`",
        default "`normal`",
        "What a commit to a SQLite file waits for: the operating system, or the disk. With `normal`, a power cut may \
         lose the last commits, never the database.";
    PGHOST: "a host name, an address, or the folder of a socket",
        default "none: required for PostgreSQL",
        "The PostgreSQL server.";
    PGPORT: "a number from 1 to 65535",
        default "`5432`",
        "The server's port.";
    PGDATABASE: "a name",
        default "`postgres`",
        "The database on the server.";
    PGUSER: "a name",
        default "none: required for PostgreSQL",
        "The user.";
    PGPASSWORD { secret }: "a text",
        default "none",
        "The user's password.";
    PGSSLMODE: "`disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`",
        default "`prefer`; `require` where the spec says `tls: required`",
        "How the connection to PostgreSQL is encrypted.";
    DB_SKIP_SYNC: "`true` or `false`",
        default "`false`",
        "With `true`, a start touches neither tables nor rows: for services whose database is set up elsewhere.";
    DB_SYNC: "`off` or `create` (`false` and `true` mean `off` and what the spec says)",
        default "what the spec says, `create` unless it does",
        "What a start does to the tables: nothing, or create the tables and indexes that are missing.";
    DB_SEED: "`auto`, `always` or `off`",
        default "`auto`",
        "When a start loads the seeds: when they are new to the database, every time, or never.";
    DB_DATA: "the path of a folder",
        default "the files compiled into the program",
        "Where the seed files are read from.";
    DB_START_TIMEOUT_MS: "a number of milliseconds from 1",
        default "`120000`",
        "How long a start waits for another process that is syncing or seeding the same database.";
    DB_POOL_MIN: "a number from 0 to 10000",
        default "`0`",
        "The connections that are kept open while idle.";
    DB_POOL_MAX: "a number from 1 to 10000",
        default "`10`; `5` in tests",
        "The most connections at once.";
    DB_POOL_ACQUIRE_MS: "a number of milliseconds from 1",
        default "`30000`",
        "How long a caller waits for a connection, and on SQLite for a lock of another process.";
    DB_POOL_IDLE_MS: "a number of milliseconds from 1",
        default "`600000`",
        "How long a connection beyond `DB_POOL_MIN` may stay idle.";
    DB_CONNECT_TIMEOUT_MS: "a number of milliseconds from 1",
        default "`10000`",
        "How long opening one connection may take.";
    DB_LOG: "`true` or `false`",
        default "`false`",
        "Whether every statement is logged, at level `info`; values are never logged.";
    DB_SLOW_MS: "a number of milliseconds, or `0` for never",
        default "`1000`",
        "From when on a statement counts as slow, and is logged at level `warn`.";
    SEEDBED_TEST: "`true` or `false`",
        default "`false`",
        "Whether this is a test: the pool then has 5 connections at most.";
    NODE_ENV: "any text; `test` means a test",
        default "none",
        "Read for `test` alone.";
    VITEST: "any text; all but `false` and `0` mean a test",
        default "none",
        "Set by test runners.";
    PYTEST_CURRENT_TEST: "any text, which means a test",
        default "none",
        "Set by test runners.";
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = ALL.iter().map(|variable| variable.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }
}
