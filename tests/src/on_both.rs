//! One test body, run on both databases.

use std::process::{ExitCode, Termination};

/// Runs the listed test functions on SQLite and on PostgreSQL, each time with a fresh database.
///
/// Each name stands for an `async fn name(db: &TestDb)` in the same module, and becomes two tests, `name::sqlite` and
/// `name::postgres`. The function may return a `Result`. It stays an ordinary function, so that editors and `rustfmt`
/// see it, and one that is not listed is reported by the compiler as unused.
///
/// ```
/// use seedbed_tests::{TestDb, on_both};
///
/// on_both!(has_an_address);
/// async fn has_an_address(db: &TestDb) {
///     assert!(db.url().starts_with(db.dialect().name()));
/// }
/// ```
#[macro_export]
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[::tokio::test]
            async fn sqlite() {
                let db = $crate::TestDb::sqlite().await;
                $crate::expect_success(super::$name(&db).await);
            }

            #[::tokio::test]
            async fn postgres() {
                let db = $crate::TestDb::postgres().await;
                $crate::expect_success(super::$name(&db).await);
            }
        }
    )+};
}

/// Fails the test whose body returned an error. Used by [`on_both!`].
pub fn expect_success(outcome: impl Termination) {
    assert!(outcome.report() == ExitCode::SUCCESS, "the test returned an error");
}
