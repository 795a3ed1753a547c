// A decimal that raw SQL is to read without its column: SQLite keeps an integer, and the column knows its digits.

use database::{Db, Decimal};

async fn costs(db: &Db) {
    let _ = db.sql("SELECT id, cost FROM usages").fetch_as::<(i64, Decimal)>();
}

fn main() {}
