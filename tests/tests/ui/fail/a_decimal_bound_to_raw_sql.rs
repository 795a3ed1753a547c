// A decimal that raw SQL is to bind without its column: SQLite keeps an integer, and the column knows its digits.

use database::{Db, Decimal};

async fn dear(db: &Db, cost: Decimal) {
    let _ = db.sql("SELECT id FROM usages WHERE cost > ").bind(cost);
}

fn main() {}
