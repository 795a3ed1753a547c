//! The document that describes Salacia keeps its word here, on SQLite and on PostgreSQL.
//!
//! [`blocks`] has each of its code blocks beside what became of it, [`checklist`] a test for each line of its validation
//! checklist.

mod blocks;
mod checklist;
mod client;

use std::sync::mpsc::{Receiver, channel};

use salacia::config::Environment;
use salacia::hooks;
use salacia_db::{Builder, Db};
use seedbed_tests::TestDb;

/// What connects to a test's database as the service would, whatever the environment says.
fn builder(db: &TestDb) -> Builder {
    Environment::Production.builder().env(|_| None).url(db.url())
}

/// A handle to a fresh database with the tables of Salacia.
async fn open(db: &TestDb) -> Db {
    builder(db).connect().await.expect("the database takes the tables")
}

/// A handle whose hooks hand over their lines, rather than print them.
async fn listen(db: &TestDb) -> (Db, Receiver<String>) {
    let (sender, lines) = channel();
    let tell = move |line| sender.send(line).expect("somebody listens");
    let builder = salacia_db::builder().env(|_| None).url(db.url()).hooks(hooks::tracking_to(tell));
    (builder.connect().await.expect("the database takes the tables"), lines)
}
