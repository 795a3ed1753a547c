// The target of an upsert is a unique key of the same model.

use database::{Db, NewUser, Result, User, prompt};

async fn sign_up(db: &Db, new: NewUser) -> Result<User> {
    User::upsert(db, prompt::NAME, new).await
}

fn main() {}
