// A filter that may be absent does not keep a query from deleting every row.

use database::{Db, Result, User, user};

async fn forget(db: &Db, email: Option<String>) -> Result<u64> {
    User::query().filter_some(email, |email| user::EMAIL.eq(email)).delete(db).await
}

fn main() {}
