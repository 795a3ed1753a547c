// Columns that are read as other types than they have.

use database::{Db, Result, User, user};

async fn names(db: &Db) -> Result<Vec<(i64, String)>> {
    User::query().select((user::ID, user::FIRST_NAME)).all(db).await
}

fn main() {}
