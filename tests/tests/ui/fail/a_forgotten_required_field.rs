// A new row without a field that it must have: it would be refused by the database, at run time, and only then.

use database::{Db, NewUser, Result, User};

async fn sign_up(db: &Db) -> Result<User> {
    User::create(db, NewUser::builder().email("ada@example.com")).await
}

fn main() {}
