// Raw SQL that is put together with values: what a stranger typed would become part of the statement.

use database::Db;

async fn find(db: &Db, name: &str) {
    let _ = db.sql(format!("SELECT id FROM users WHERE email = '{name}'"));
}

fn main() {}
