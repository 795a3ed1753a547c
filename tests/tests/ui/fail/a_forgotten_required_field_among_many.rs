// The same where rows are inserted at once.

use database::{Db, NewUser, Result, User};

async fn sign_up(db: &Db, emails: Vec<String>) -> Result<u64> {
    User::insert_many(db, emails.into_iter().map(|email| NewUser::builder().email(email))).await
}

fn main() {}
