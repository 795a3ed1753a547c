// A query without a filter would change every row of the table.

use database::{Db, Result, User, UserPatch, UserStatus};

async fn suspend_everybody(db: &Db) -> Result<u64> {
    User::query().update(db, UserPatch::new().status(UserStatus::Suspended)).await
}

fn main() {}
