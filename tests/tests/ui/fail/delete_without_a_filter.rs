// A query without a filter would delete every row of the table.

use database::{Db, Result, User};

async fn forget_everybody(db: &Db) -> Result<u64> {
    User::query().limit(10).delete(db).await
}

fn main() {}
