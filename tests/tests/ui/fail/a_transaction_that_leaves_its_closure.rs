// A transaction ends with its closure; nothing may hold on to it.

use database::{Db, Result, Tx};

async fn leak(db: &Db) -> Result<()> {
    let mut kept: Option<&Tx> = None;
    db.transaction(async |tx| {
        kept = Some(tx);
        Ok(())
    })
    .await
}

fn main() {}
