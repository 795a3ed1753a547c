// Changes to the rows of another model.

use database::{Db, Result, RolePatch, User, user};

async fn rename(db: &Db) -> Result<u64> {
    User::query().filter(user::ID.eq(1)).update(db, RolePatch::new().name("admin")).await
}

fn main() {}
