//! Files that are wrong as a whole, rows that the table refuses, and that nothing of a load stays when it fails.

use std::fmt::Write;

use seedbed::Builder;
use seedbed_tests::{TestDb, on_both};

use crate::shop::Shop;

on_both!(
    other_encodings,
    quotes_and_returns,
    checks,
    checks_over_columns_that_the_file_does_not_have,
    files_that_are_missing,
    all_problems_of_all_files_at_once,
    twenty_problems_and_no_more,
    one_transaction_for_all_files,
    sets_and_variables_choose_seeds,
    a_set_is_loaded_as_the_start_loads_seeds,
    rows_of_the_spec,
    hostile_texts,
);

async fn other_encodings(db: &TestDb) {
    let shop = Shop::items(db, "").await;
    for (bytes, expected) in [
        (
            &b"id,name\n1,caf\xe9\n"[..],
            "data/items.csv:2:6: byte 0xe9 at position 13 is not UTF-8; save the file as UTF-8",
        ),
        (
            b"\xff\xfei\0d\0,\0n\0",
            "data/items.csv:1:1: byte 0 is the start of a file in UTF-16; save the file as UTF-8",
        ),
        (b"\0i\0d\0,\0n", "data/items.csv:1:1: byte 0 is the start of a file in UTF-16; save the file as UTF-8"),
        (
            b"id,name\n1,a\0b\n",
            "data/items.csv:2:3 (column `name`): `Item.name` cannot be stored: text with a NUL character",
        ),
    ] {
        shop.write_bytes("data/items.csv", bytes);
        assert_eq!(shop.refuses().await, [expected]);
    }
}

async fn quotes_and_returns(db: &TestDb) {
    let shop = Shop::items(db, "").await;
    for (csv, expected) in [
        ("id,name\n1,\"a\n2,b\n", "data/items.csv:2:3: the quote that opens here is never closed"),
        (
            "id,name\n1,a\"b\n",
            "data/items.csv:2:4: a quote in a cell that does not begin with one; put the whole cell in quotes, and write each \
             quote inside it twice",
        ),
        (
            "id,name\n1,\"a\" \n",
            "data/items.csv:2:6: text behind the quote that closes the cell; a comma or a line end has to follow; a quote \
             inside quotes is written twice",
        ),
        (
            "id,name\r1,a\r",
            "data/items.csv:1:9: a carriage return without a line feed; save the file with line ends LF or CRLF",
        ),
    ] {
        shop.write(&[("data/items.csv", csv)]);
        assert_eq!(shop.refuses().await, [expected]);
    }
}

async fn checks(db: &TestDb) {
    let shop = Shop::items(db, "id,name,count,low,high\n1,a,-1,1,2\n2,b,0,3,2\n3,c,1,null,2\n").await;
    assert_eq!(
        shop.refuses().await,
        [
            "data/items.csv:2:5 (column `count`): refused by the check `items_count_positive`: `count >= 0`",
            "data/items.csv:3:7 (column `low`): refused by the check `items_low_high`: `low <= high`",
        ]
    );
}

async fn checks_over_columns_that_the_file_does_not_have(db: &TestDb) {
    let shop = Shop::items(db, "id,name,low,high\n1,a,1,2\n").await;
    assert_eq!(shop.loads().await, ["1/0/0"]);
    shop.write(&[("data/items.csv", "id,name,low\n1,a,3\n2,b,9\n")]);
    assert_eq!(
        shop.refuses().await,
        ["data/items.csv:2:5 (column `low`): refused by the check `items_low_high`: `low <= high`"]
    );
}

async fn files_that_are_missing(db: &TestDb) {
    let shop = Shop::items(db, "id,name\n1,a\n").await;
    std::fs::remove_file(shop.path("data/items.csv")).unwrap();
    let lines = shop.refuses().await;
    assert!(
        lines[0].starts_with("data/items.csv: `") && lines[0].contains("cannot be opened: No such file"),
        "{lines:?}"
    );
}

async fn all_problems_of_all_files_at_once(db: &TestDb) {
    let seeds = "  - { model: Provider, file: data/providers.csv, key: id }\n  - { model: Item, file: data/items.csv, key: id }";
    let files = [("data/providers.csv", "id,name\nx,a\n"), ("data/items.csv", "id,name,provider_id\n1,a,1\ny,b,1\n")];
    let shop = Shop::open(db, seeds, &files).await;
    assert_eq!(
        shop.refuses().await,
        [
            "data/providers.csv:2:1 (column `id`): found `x`, expected a whole number of 64 bits",
            "data/items.csv:3:1 (column `id`): found `y`, expected a whole number of 64 bits",
        ]
    );
}

async fn twenty_problems_and_no_more(db: &TestDb) {
    let mut csv = "id,name\n".to_owned();
    (0..100).for_each(|number| writeln!(csv, "x{number},a{number}").unwrap());
    let shop = Shop::items(db, &csv).await;
    let lines = shop.refuses().await;
    assert_eq!(lines.len(), 21);
    assert!(lines[19].starts_with("data/items.csv:21:1 (column `id`)"), "{lines:?}");
    assert_eq!(lines[20], "and more: these are the first 20");

    let duplicates = (0..100).fold("id,name\n0,a\n".to_owned(), |csv, number| csv + &format!("0,a{number}\n"));
    shop.write(&[("data/items.csv", &duplicates)]);
    let lines = shop.refuses().await;
    assert_eq!((lines.len(), lines[20].as_str()), (21, "and more: these are the first 20"));
}

async fn one_transaction_for_all_files(db: &TestDb) {
    let seeds = "  - { model: Provider, file: data/providers.csv, key: id }\n  - { model: Item, file: data/items.csv, key: id }";
    let files = [("data/providers.csv", "id,name\n1,a\n"), ("data/items.csv", "id,name,provider_id\n1,a,1\n2,b,2\n")];
    let shop = Shop::open(db, seeds, &files).await;
    assert_eq!(shop.refuses().await, ["data/items.csv:3:5 (column `provider_id`): no `Provider` has this `id`: `2`"]);
    assert_eq!(shop.query("SELECT count(*) FROM providers").await, ["0"]);
    shop.write(&[("data/providers.csv", "id,name\n1,a\n2,b\n")]);
    assert_eq!(shop.loads().await, ["2/0/0", "2/0/0"]);
}

async fn sets_and_variables_choose_seeds(db: &TestDb) {
    let seeds = "  - { model: Provider, file: data/a.csv, key: id }
  - { model: Provider, file: data/b.csv, key: id, set: dev }
  - { model: Provider, file: data/c.csv, key: id, when: WITH_C }";
    let files = [("data/a.csv", "id,name\n1,a\n"), ("data/b.csv", "id,name\n2,b\n"), ("data/c.csv", "id,name\n3,c\n")];
    let mut shop = Shop::open(db, seeds, &files).await;
    let no_set = "data/b.csv: left out, the set `dev` was not asked for";
    let no_variable = "data/c.csv: left out, `WITH_C` is not set";
    assert_eq!(shop.loads().await, ["1/0/0"]);
    assert_eq!(shop.leaves_out().await, [no_set, no_variable]);
    shop.set("WITH_C", "");
    assert_eq!(shop.loads().await, ["0/0/1"]);
    assert_eq!(shop.leaves_out().await, [no_set, no_variable]);
    shop.set("WITH_C", "yes");
    assert_eq!(shop.loads().await, ["0/0/1", "1/0/0"]);
    assert_eq!(shop.leaves_out().await, [no_set]);
    shop.want("dev");
    assert_eq!(shop.loads().await, ["0/0/1", "1/0/0", "0/0/1"]);
    assert_eq!(shop.leaves_out().await, [""; 0]);
    assert_eq!(shop.query("SELECT id, name FROM providers ORDER BY id").await, ["1|a", "2|b", "3|c"]);
    shop.want("dve");
    assert_eq!(shop.refuses().await, ["no seed belongs to the set `dve`; did you mean `dev`?"]);
}

/// From the same folder, with the same variables.
async fn a_set_is_loaded_as_the_start_loads_seeds(db: &TestDb) {
    let seeds = "  - { model: Provider, file: data/a.csv, key: id, set: dev }";
    let shop = Shop::open(db, seeds, &[("data/a.csv", "id,name,api_key\n1,a,env:KEY\n")]).await;
    let builder = Builder::new(shop.handle.schema()).env(|name| (name == "KEY").then(|| "k".to_owned()));
    let handle = builder.url(db.url()).data(shop.path("data")).connect().await.expect("nothing is to be loaded");
    assert_eq!(shop.query("SELECT count(*) FROM providers").await, ["0"]);
    let report = seedbed::seed_set(&handle, "dev").await.expect("the seeds are right");
    assert_eq!(report.seeds.iter().map(|seed| seed.inserted).collect::<Vec<_>>(), [1]);
    assert_eq!(shop.query("SELECT id, name, api_key FROM providers").await, ["1|a|k"]);
    let error = seedbed::seed_set(&handle, "dve").await.expect_err("there is no such set");
    assert_eq!(error.to_string(), "no seed belongs to the set `dve`; did you mean `dev`?");
}

async fn rows_of_the_spec(db: &TestDb) {
    let seeds = "  - { model: Provider, file: data/providers.csv, key: id }
  - model: Item
    key: name
    rows:
      - { name: a, provider: bedrock, note: \"file:data/note.txt\", tools: [\"x\"], count: 7 }
      - { name: b, provider: env:PROVIDER, note: null, tools: null, count: 0 }";
    let files = [("data/providers.csv", "id,name\n1,bedrock\n"), ("data/note.txt", "noted")];
    let mut shop = Shop::open(db, seeds, &files).await;
    shop.set("PROVIDER", "1");
    assert_eq!(shop.loads().await, ["1/0/0", "2/0/0"]);
    assert_eq!(
        shop.query("SELECT name, provider_id, note, count FROM items ORDER BY name").await,
        ["a|1|noted|7", "b|1|~|0"]
    );
    assert_eq!(shop.loads().await, ["0/0/1", "0/0/2"]);
    shop.set("PROVIDER", "9");
    assert_eq!(
        shop.refuses().await,
        ["rows of `Item`, row 2 (column `provider`): no `Provider` is found by the `id` or `name` of a `Provider`: \
          `env:PROVIDER`"]
    );
}

async fn hostile_texts(db: &TestDb) {
    let texts = ["'; DROP TABLE items; --", "$1", "\\N", "\\.", "a\tb", "?", "%s", "\u{202e}", "''", "\u{1}"];
    let mut csv = "id,name,note\n".to_owned();
    texts.iter().enumerate().for_each(|(at, text)| writeln!(csv, "{at},n{at},\"{text}\"").unwrap());
    let shop = Shop::items(db, &csv).await;
    assert_eq!(shop.loads().await, [format!("{}/0/0", texts.len())]);
    assert_eq!(shop.query("SELECT note FROM items ORDER BY id").await, texts);
    assert_eq!(shop.loads().await, [format!("0/0/{}", texts.len())]);
}
