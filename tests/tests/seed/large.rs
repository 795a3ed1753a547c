//! Files of many pieces: read bit by bit, with word of how far it has come, and all or nothing whatever happens.

use std::fmt::Write;
use std::sync::Mutex;

use seedbed::{Progress, Step};
use seedbed_tests::{TestDb, on_both};

use crate::shop::Shop;

on_both!(rows_of_many_pieces, a_mistake_in_the_last_row, cells_that_are_large_files);

/// Enough for several pieces.
const ROWS: u64 = 20_000;

fn csv() -> String {
    (1..=ROWS).fold("id,name,note\n".to_owned(), |mut csv, id| {
        writeln!(csv, "{id},n{id},\"a note, é, of some length, and \"\"quoted\"\" {id}\"").unwrap();
        csv
    })
}

#[derive(Default)]
struct Steps(Mutex<Vec<(u64, u64, u64, bool)>>);

impl Progress for Steps {
    fn step(&self, step: &Step<'_>) {
        assert_eq!(step.seed, "data/items.csv");
        self.0.lock().unwrap().push((step.rows, step.bytes, step.total, step.finished));
    }
}

async fn rows_of_many_pieces(db: &TestDb) {
    let csv = csv();
    let shop = Shop::items(db, &csv).await;
    let steps = Steps::default();
    let report = seedbed::seed_with(&shop.handle, &shop.source(), &shop.wanted(), &steps).await.unwrap();
    assert_eq!((report.rows(), report.written()), (ROWS, ROWS));
    assert_eq!(
        shop.query("SELECT count(*), min(id), max(id), max(length(note)) FROM items").await,
        [format!("{ROWS}|1|{ROWS}|45")]
    );

    let steps = steps.0.into_inner().unwrap();
    let bytes = csv.len() as u64;
    assert!(steps.len() > 3, "{steps:?}");
    assert!(steps.is_sorted_by(|a, b| a.0 <= b.0 && a.1 <= b.1), "{steps:?}");
    assert!(steps.iter().all(|step| step.2 == bytes), "{steps:?}");
    assert_eq!(steps.last(), Some(&(ROWS, bytes, bytes, true)));
    assert_eq!(shop.loads().await, [format!("0/0/{ROWS}")]);
}

async fn a_mistake_in_the_last_row(db: &TestDb) {
    let shop = Shop::items(db, &format!("{}1,x,y\n", csv())).await;
    assert_eq!(
        shop.refuses().await,
        [format!("data/items.csv:{}:1 (column `id`): the same `id` as in line 2", ROWS + 2)]
    );
}

async fn cells_that_are_large_files(db: &TestDb) {
    let csv = (1..=9).fold("id,name,note\n".to_owned(), |csv, id| csv + &format!("{id},n{id},file:large.txt\n"));
    let shop = Shop::items(db, &csv).await;
    shop.write(&[("data/large.txt", &"0123456789abcde\n".repeat(100_000))]);
    assert_eq!(shop.loads().await, ["9/0/0"]);
    assert_eq!(
        shop.query("SELECT count(*), min(length(note)), max(length(note)) FROM items").await,
        ["9|1600000|1600000"]
    );
    assert_eq!(shop.loads().await, ["0/0/9"]);
}
