//! Which row is which: inserted, updated, or left as it is.

use seedbed_tests::{Dialect, TestDb, on_both};

use crate::shop::Shop;

on_both!(
    what_is_equal_is_not_written,
    columns_that_are_absent_keep_their_values,
    defaults_fill_new_rows,
    rows_by_another_key_than_the_primary,
    rows_by_a_composite_key,
    updated_at_may_be_given,
    keys_that_are_there_twice,
    unique_keys_beside_the_seed_s,
    the_next_key_does_not_collide,
    keys_of_two_seeds_of_one_model,
    names_move_from_row_to_row,
);

async fn what_is_equal_is_not_written(db: &TestDb) {
    let csv = "id,name,cost_1k_input,tools,moment,near,raw,token\n\
               1,a,0.5,\"{\"\"b\"\": 1, \"\"a\"\": [2.50]}\",2026-01-31T10:20:30+01:00,0.1,00,6F9619FF-8B86-D011-B42D-00C04FC964FF\n\
               2,b,,,,,,\n";
    let shop = Shop::items(db, csv).await;
    assert_eq!(shop.loads().await, ["2/0/0"]);
    let before = shop.query("SELECT * FROM items ORDER BY id").await;
    assert_eq!(shop.loads().await, ["0/0/2"]);
    assert_eq!(shop.query("SELECT * FROM items ORDER BY id").await, before);

    shop.write(&[("data/items.csv", &csv.replace("2,b", "2,c"))]);
    assert_eq!(shop.loads().await, ["0/1/1"]);
    let after = shop.query("SELECT * FROM items ORDER BY id").await;
    assert_eq!(after[0], before[0]);
    assert_eq!(
        shop.query("SELECT name, updated_at > created_at FROM items WHERE id = 2").await,
        [if db.dialect() == Dialect::Postgres { "c|t" } else { "c|1" }]
    );
}

async fn columns_that_are_absent_keep_their_values(db: &TestDb) {
    let shop = Shop::items(db, "id,name,note,count\n1,a,x,5\n").await;
    assert_eq!(shop.loads().await, ["1/0/0"]);
    let created = shop.query("SELECT created_at FROM items").await;
    shop.write(&[("data/items.csv", "id,name\n1,b\n2,c\n")]);
    assert_eq!(shop.loads().await, ["1/1/0"]);
    assert_eq!(shop.query("SELECT name, note, count FROM items ORDER BY id").await, ["b|x|5", "c|~|1"]);
    assert_eq!(shop.query("SELECT created_at FROM items WHERE id = 1").await, created);
}

async fn defaults_fill_new_rows(db: &TestDb) {
    let shop =
        Shop::open(db, "  - { model: Tag, file: data/tags.csv, key: label }", &[("data/tags.csv", "label\na\nb\n")])
            .await;
    assert_eq!(shop.loads().await, ["2/0/0"]);
    let ids = shop.query("SELECT id FROM tags ORDER BY label").await;
    assert!(ids[0] != ids[1] && ids.iter().all(|id| id.len() == 36 && &id[14..15] == "7"), "{ids:?}");
    assert_eq!(shop.loads().await, ["0/0/2"]);
    assert_eq!(shop.query("SELECT id FROM tags ORDER BY label").await, ids);

    let shop = Shop::items(db, "id,name\n1,a\n").await;
    assert_eq!(shop.loads().await, ["1/0/0"]);
    let flag = if db.dialect() == Dialect::Postgres { "f" } else { "0" };
    assert_eq!(shop.query("SELECT code, flag, count, big FROM items").await, [format!("none|{flag}|1|~")]);
}

async fn rows_by_another_key_than_the_primary(db: &TestDb) {
    let seeds = "  - { model: Item, file: data/items.csv, key: name }";
    let shop = Shop::open(db, seeds, &[("data/items.csv", "name,note\nb,1\na,2\n")]).await;
    assert_eq!(shop.loads().await, ["2/0/0"]);
    assert_eq!(shop.query("SELECT id, name, note FROM items ORDER BY id").await, ["1|b|1", "2|a|2"]);
    shop.write(&[("data/items.csv", "name,note\nc,3\na,2\nb,4\n")]);
    assert_eq!(shop.loads().await, ["1/1/1"]);
    assert_eq!(shop.query("SELECT id, name, note FROM items ORDER BY id").await, ["1|b|4", "2|a|2", "3|c|3"]);
    for _ in 0..3 {
        assert_eq!(shop.loads().await, ["0/0/3"]);
    }
    shop.write(&[("data/items.csv", "name,note\nd,5\n")]);
    assert_eq!(shop.loads().await, ["1/0/0"]);
    // The numbers of the sequence that a load of equal rows would have used up.
    assert_eq!(shop.query("SELECT id < 7 FROM items WHERE name = 'd'").await, [truth(db)]);
}

async fn rows_by_a_composite_key(db: &TestDb) {
    let seeds = "  - { model: Place, file: data/places.csv, key: [item_id, slot] }";
    let shop = Shop::open(db, seeds, &[("data/places.csv", "slot,itemId,label\n1,1,a\n2,1,b\n1,2,c\n")]).await;
    assert_eq!(shop.loads().await, ["3/0/0"]);
    shop.write(&[("data/places.csv", "slot,itemId,label\n1,1,a\n2,1,B\n1,3,d\n")]);
    assert_eq!(shop.loads().await, ["1/1/1"]);
    assert_eq!(shop.query("SELECT * FROM places ORDER BY 1, 2").await, ["1|1|a", "1|2|B", "2|1|c", "3|1|d"]);
    shop.write(&[("data/places.csv", "slot,itemId\n1,1\n2,1\n")]);
    assert_eq!(shop.loads().await, ["0/0/2"]);
    shop.write(&[("data/places.csv", "slot,itemId,label\n1,1,a\n2,1,B\n1,1,d\n")]);
    assert_eq!(
        shop.refuses().await,
        ["data/places.csv:4:3 (column `itemId`): the same `item_id`, `slot` as in line 2"]
    );
}

async fn updated_at_may_be_given(db: &TestDb) {
    let shop = Shop::items(db, "id,name,updatedAt\n1,a,2020-01-01T00:00:00Z\n").await;
    assert_eq!(shop.loads().await, ["1/0/0"]);
    assert_eq!(shop.loads().await, ["0/0/1"]);
    let year = shop.query("SELECT substr(CAST(updated_at AS text), 1, 10) FROM items").await;
    assert!(["2020-01-01", "2019-12-31"].contains(&year[0].as_str()), "{year:?}");
}

async fn keys_that_are_there_twice(db: &TestDb) {
    let shop = Shop::items(db, "name,id\na,1\nb,2\n\nc,1\n\"d\n\",1\ne,2\n").await;
    assert_eq!(
        shop.refuses().await,
        [
            "data/items.csv:5:3 (column `id`): the same `id` as in line 2",
            "data/items.csv:7:3 (column `id`): the same `id` as in line 2",
            "data/items.csv:8:3 (column `id`): the same `id` as in line 3",
        ]
    );
}

async fn unique_keys_beside_the_seed_s(db: &TestDb) {
    let seeds = "  - { model: Provider, file: data/providers.csv, key: id }\n  - { model: Item, file: data/items.csv, key: id }";
    let files = [
        ("data/providers.csv", "id,name\n1,p\n"),
        ("data/items.csv", "id,name,flag,code,provider_id\n1,a,true,x,1\n2,b,false,x,1\n3,c,false,x,1\n"),
    ];
    let shop = Shop::open(db, seeds, &files).await;
    assert_eq!(shop.loads().await, ["1/0/0", "3/0/0"]);
    shop.write(&[(
        "data/items.csv",
        "id,name,flag,code,provider_id\n4,d,false,x,1\n5,d,false,x,1\n6,a,false,x,1\n7,e,true,x,1\n",
    )]);
    assert_eq!(
        shop.refuses().await,
        [
            "data/items.csv:3:3 (column `name`): the same `name` as in line 2, and it must be unique",
            "data/items.csv:4:3 (column `name`): another `Item` in the database has the same `name`",
            "data/items.csv:5:12 (column `provider_id`): another `Item` in the database has the same `provider_id`, `code`",
        ]
    );
    // An index over some rows only: two that are not flagged may have the same code.
    shop.write(&[(
        "data/items.csv",
        "id,name,flag,code,provider_id\n1,a,false,x,1\n7,e,true,x,1\n8,f,true,x,null\n9,g,true,x,null\n",
    )]);
    assert_eq!(shop.loads().await, ["0/0/1", "3/1/0"]);
}

async fn the_next_key_does_not_collide(db: &TestDb) {
    let shop = Shop::items(db, "id,name\n3,a\n7,b\n").await;
    let insert = |name: &str| {
        format!(
            "INSERT INTO items (name, created_at, updated_at) VALUES ('{name}', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z')"
        )
    };
    assert_eq!(shop.loads().await, ["2/0/0"]);
    shop.query(&insert("c")).await;
    shop.query(&insert("d")).await;
    assert_eq!(shop.query("SELECT id, name FROM items ORDER BY id").await, ["3|a", "7|b", "8|c", "9|d"]);
    // Never back: the rows of the seed have smaller keys by now.
    shop.query("DELETE FROM items WHERE id > 7").await;
    shop.write(&[("data/items.csv", "id,name\n3,A\n7,b\n")]);
    assert_eq!(shop.loads().await, ["0/1/1"]);
    shop.query(&insert("e")).await;
    assert_eq!(shop.query("SELECT id FROM items WHERE name = 'e'").await, ["10"]);
}

async fn keys_of_two_seeds_of_one_model(db: &TestDb) {
    let seeds = "  - { model: Item, file: data/a.csv, key: id }\n  - { model: Item, file: data/b.csv, key: name }";
    let shop = Shop::open(db, seeds, &[("data/a.csv", "id,name\n1,a\n2,b\n"), ("data/b.csv", "name\nc\nb\n")]).await;
    assert_eq!(shop.loads().await, ["2/0/0", "1/0/1"]);
    assert_eq!(shop.query("SELECT id, name FROM items ORDER BY id").await, ["1|a", "2|b", "3|c"]);
}

async fn names_move_from_row_to_row(db: &TestDb) {
    let shop = Shop::items(db, "id,name\n1,a\n2,b\n").await;
    assert_eq!(shop.loads().await, ["2/0/0"]);
    // Line by line, so that a name is free before another row takes it.
    shop.write(&[("data/items.csv", "id,name\n1,c\n2,a\n3,b\n")]);
    assert_eq!(shop.loads().await, ["1/2/0"]);
    assert_eq!(shop.query("SELECT id, name FROM items ORDER BY id").await, ["1|c", "2|a", "3|b"]);
}

fn truth(db: &TestDb) -> &'static str {
    if db.dialect() == Dialect::Postgres { "t" } else { "1" }
}
