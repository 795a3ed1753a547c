// An update consumes the row in hand, which is out of date behind it, and returns the new one.

use database::{Db, Result, User, UserPatch};

async fn rename(db: &Db, user: User) -> Result<String> {
    user.update(db, UserPatch::new().first_name("Ada")).await?;
    Ok(user.email)
}

fn main() {}
