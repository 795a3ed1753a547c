//! When a start loads the seeds again: whenever something that they depend on is new to the database, and only then.

use std::collections::HashMap;
use std::fs;

use seedbed::Builder;
use seedbed_tests::{TestDb, on_both};

use crate::shop::Shop;

on_both!(whatever_changes_the_rows_seeds_again, an_older_state_is_not_loaded_again);
on_both!(samples_are_loaded_on_demand_and_never_by_a_start);

const SEEDS: &str = "  - { model: Provider, file: data/providers.csv, key: id }
  - { model: Item, file: data/items.csv, key: id }
  - model: Provider
    key: name
    when: EXTRA
    rows:
      - { name: extra }";

/// Starts as a service would, and says how many rows of `items` and `providers` were written since the last time.
async fn starts(db: &TestDb, shop: &Shop, variables: &[(&str, &str)]) -> usize {
    let variables: HashMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let sql = "SELECT count(*) FROM seedbed_history";
    let before = shop.query(sql).await;
    Builder::new(shop.handle.schema())
        .env(move |name| variables.get(name).cloned())
        .url(db.url())
        .data(shop.path("data"))
        .connect()
        .await
        .expect("the seeds are right")
        .close()
        .await;
    let count = |counts: &[String]| counts[0].parse::<usize>().expect("a number");
    count(&shop.query(sql).await) - count(&before)
}

async fn open(db: &TestDb) -> Shop {
    let files = [
        ("data/providers.csv", "id,name,api_key\n1,a,env:KEY\n"),
        ("data/items.csv", "id,name,note\n1,a,file:note.txt\n"),
        ("data/note.txt", "one"),
    ];
    Shop::open(db, SEEDS, &files).await
}

async fn whatever_changes_the_rows_seeds_again(db: &TestDb) {
    let shop = open(db).await;
    assert_eq!(starts(db, &shop, &[]).await, 1);
    assert_eq!(shop.query("SELECT name, api_key FROM providers").await, ["a|~"]);
    assert_eq!(starts(db, &shop, &[]).await, 0);
    assert_eq!(starts(db, &shop, &[("OTHER", "x")]).await, 0);

    // The value of a variable, which is nowhere in the history.
    assert_eq!(starts(db, &shop, &[("KEY", "s3cret")]).await, 1);
    assert_eq!(shop.query("SELECT name, api_key FROM providers").await, ["a|s3cret"]);
    assert_eq!(starts(db, &shop, &[("KEY", "s3cret")]).await, 0);
    let history = shop.query("SELECT * FROM seedbed_history").await;
    assert!(!history.iter().any(|row| row.contains("s3cret")), "{history:?}");

    // A file that a cell names.
    shop.write(&[("data/note.txt", "two")]);
    assert_eq!(starts(db, &shop, &[("KEY", "s3cret")]).await, 1);
    assert_eq!(shop.query("SELECT note FROM items").await, ["two"]);

    // The rows themselves.
    shop.write(&[("data/items.csv", "id,name,note\n1,a,file:note.txt\n2,b,null\n")]);
    assert_eq!(starts(db, &shop, &[("KEY", "s3cret")]).await, 1);
    assert_eq!(shop.query("SELECT count(*) FROM items").await, ["2"]);

    // A seed that is loaded only when a variable is set.
    assert_eq!(starts(db, &shop, &[("KEY", "s3cret"), ("EXTRA", "1")]).await, 1);
    assert_eq!(shop.query("SELECT name FROM providers ORDER BY id").await, ["a", "extra"]);
    assert_eq!(starts(db, &shop, &[("KEY", "s3cret"), ("EXTRA", "2")]).await, 0);
}

async fn an_older_state_is_not_loaded_again(db: &TestDb) {
    let shop = open(db).await;
    assert_eq!(starts(db, &shop, &[]).await, 1);
    shop.write(&[("data/note.txt", "two")]);
    assert_eq!(starts(db, &shop, &[]).await, 1);
    fs::write(shop.path("data/note.txt"), "one").unwrap();
    assert_eq!(starts(db, &shop, &[]).await, 0);
    assert_eq!(shop.query("SELECT note FROM items").await, ["two"]);
}

async fn samples_are_loaded_on_demand_and_never_by_a_start(db: &TestDb) {
    let seeds = "  - { model: Item, file: data/items.csv, key: id }
  - { model: Item, file: data/samples.csv, key: id, set: dev }";
    let files = [("data/items.csv", "id,name\n1,a\n"), ("data/samples.csv", "id,name\n2,sample\n")];
    let mut shop = Shop::open(db, seeds, &files).await;
    let items = "SELECT name FROM items ORDER BY id";
    assert_eq!(starts(db, &shop, &[]).await, 1);
    assert_eq!(starts(db, &shop, &[("DB_SEED", "always")]).await, 0);
    assert_eq!(shop.query(items).await, ["a"], "not even a start that loads every time");
    shop.want("dev");
    assert_eq!(shop.loads().await, ["0/0/1", "1/0/0"]);
    assert_eq!(shop.query(items).await, ["a", "sample"]);
    starts(db, &shop, &[]).await;
    assert_eq!(shop.query(items).await, ["a", "sample"], "a start takes nothing back");
}
