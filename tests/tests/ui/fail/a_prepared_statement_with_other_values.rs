// A statement that is run with values of other types than it was written for.

use database::{Db, seedbed::Prepared};

static RENAME: Prepared<(String, i64)> = Prepared::new("UPDATE roles SET name = $1 WHERE id = $2");

async fn rename(db: &Db) {
    let _ = RENAME.execute(db, (7, "user"));
}

fn main() {}
