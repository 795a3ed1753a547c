// Raw SQL whose text is a reference to what was built at run time: only texts of the program live for ever.

use database::Db;

async fn find(db: &Db, order: &str) {
    let _ = db.sql("SELECT id FROM users ORDER BY ").push(order);
}

fn main() {}
