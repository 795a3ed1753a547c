// A handle is lent, not given away.

use database::{Db, Result, User};

async fn user(db: Db) -> Result<User> {
    User::get(db, 1).await
}

fn main() {}
