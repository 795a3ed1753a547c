//! Columns that name an association, and rows that must be there for others.

use seedbed_tests::{TestDb, on_both};

use crate::shop::Shop;

on_both!(
    keys_of_the_target,
    keys_that_nothing_has,
    one_text_that_means_two_rows,
    associations_in_the_key,
    rows_of_one_file_refer_to_each_other,
    rows_without_keys_refer_to_each_other,
    circles_without_keys,
    parents_that_are_missing,
    targets_with_composite_keys,
);

const SEEDS: &str =
    "  - { model: Provider, file: data/providers.csv, key: name }\n  - { model: Item, file: data/items.csv, key: id }";

async fn keys_of_the_target(db: &TestDb) {
    let mut shop = Shop::open(
        db,
        SEEDS,
        &[
            ("data/providers.csv", "id,name\n7,bedrock\n8,google\n"),
            (
                "data/items.csv",
                "id,name,provider\n1,a,bedrock\n2,b,8\n3,c,\n4,d,null\n5,e,env:PROVIDER\n6,f,file:p.txt\n",
            ),
            ("data/p.txt", "google\n"),
        ],
    )
    .await;
    shop.set("PROVIDER", "bedrock");
    assert_eq!(shop.loads().await, ["2/0/0", "6/0/0"]);
    assert_eq!(
        shop.query("SELECT id, provider_id FROM items ORDER BY id").await,
        ["1|7", "2|8", "3|~", "4|~", "5|7", "6|8"]
    );
    assert_eq!(shop.loads().await, ["0/0/2", "0/0/6"]);
}

async fn keys_that_nothing_has(db: &TestDb) {
    let shop = Shop::open(
        db,
        SEEDS,
        &[
            ("data/providers.csv", "id,name\n7,bedrock\n8,google\n"),
            ("data/items.csv", "id,name,provider\n1,a,bedrok\n2,b,9\n3,c,zzz\n"),
        ],
    )
    .await;
    let found = "no `Provider` is found by the `id` or `name` of a `Provider`:";
    assert_eq!(
        shop.refuses().await,
        [
            format!("data/items.csv:2:5 (column `provider`): {found} `bedrok`; did you mean `bedrock`?"),
            format!("data/items.csv:3:5 (column `provider`): {found} `9`"),
            format!("data/items.csv:4:5 (column `provider`): {found} `zzz`"),
        ]
    );
}

async fn one_text_that_means_two_rows(db: &TestDb) {
    let shop = Shop::open(
        db,
        SEEDS,
        &[("data/providers.csv", "id,name\n1,2\n2,x\n3,3\n"), ("data/items.csv", "id,name,provider\n1,a,3\n2,b,2\n")],
    )
    .await;
    assert_eq!(
        shop.refuses().await,
        [
            "data/items.csv:3:5 (column `provider`): by `id` and `name`, this is more than one `Provider`; give `provider_id` \
          instead"
        ]
    );
    shop.write(&[("data/items.csv", "id,name,provider_id\n1,a,3\n2,b,2\n")]);
    assert_eq!(shop.loads().await, ["3/0/0", "2/0/0"]);
}

async fn associations_in_the_key(db: &TestDb) {
    // The key of an association is looked up before rows are told apart.
    let shop = Shop::open(
        db,
        "  - { model: Item, file: data/items.csv, key: name }\n  - { model: Item, file: data/more.csv, key: name }",
        &[("data/items.csv", "name\na\nb\n"), ("data/more.csv", "name,parent\nc,a\nb,c\n")],
    )
    .await;
    assert_eq!(shop.loads().await, ["2/0/0", "1/1/0"]);
    let sql = "SELECT i.name, p.name FROM items i LEFT JOIN items p ON p.id = i.parent_id ORDER BY 1";
    assert_eq!(shop.query(sql).await, ["a|~", "b|c", "c|a"]);
}

async fn rows_of_one_file_refer_to_each_other(db: &TestDb) {
    let shop = Shop::items(db, "id,name,parent\n1,a,c\n2,b,3\n3,c,2\n").await;
    assert_eq!(shop.loads().await, ["3/0/0"]);
    assert_eq!(shop.query("SELECT id, parent_id FROM items ORDER BY id").await, ["1|3", "2|3", "3|2"]);
    // What the file says goes before what the table has: `c` is another row now, and `3` is still there.
    shop.write(&[("data/items.csv", "id,name,parent\n3,d,\n4,c,d\n1,a,c\n")]);
    assert_eq!(shop.loads().await, ["1/2/0"]);
    assert_eq!(shop.query("SELECT id, parent_id FROM items ORDER BY id").await, ["1|4", "2|3", "3|~", "4|3"]);
    shop.write(&[("data/items.csv", "id,name,parentId\n5,e,6\n6,f,5\n")]);
    assert_eq!(shop.loads().await, ["2/0/0"]);
}

async fn rows_without_keys_refer_to_each_other(db: &TestDb) {
    let seeds = "  - { model: Item, file: data/items.csv, key: name }";
    let shop = Shop::open(db, seeds, &[("data/items.csv", "name,parent\nd,c\nc,b\na,\nb,a\n")]).await;
    assert_eq!(shop.loads().await, ["4/0/0"]);
    let sql = "SELECT i.name, p.name FROM items i LEFT JOIN items p ON p.id = i.parent_id ORDER BY 1";
    assert_eq!(shop.query(sql).await, ["a|~", "b|a", "c|b", "d|c"]);
    assert_eq!(shop.loads().await, ["0/0/4"]);
    shop.write(&[("data/items.csv", "name,parent\na,\ne,d\nf,e\n")]);
    assert_eq!(shop.loads().await, ["2/0/1"]);
}

async fn circles_without_keys(db: &TestDb) {
    let seeds = "  - { model: Item, file: data/items.csv, key: name }";
    let shop = Shop::open(db, seeds, &[("data/items.csv", "name,parent\nz,\na,b\nb,a\nc,none\n")]).await;
    let lines = shop.refuses().await;
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].starts_with("data/items.csv:3:3 (column `parent`): no `Item` is found by"), "{lines:?}");
}

async fn parents_that_are_missing(db: &TestDb) {
    let shop = Shop::items(db, "id,name,provider_id,parent_id\n1,a,5,\n2,b,,9\n3,c,,1\n").await;
    assert_eq!(
        shop.refuses().await,
        [
            "data/items.csv:2:5 (column `provider_id`): no `Provider` has this `id`: `5`",
            "data/items.csv:3:6 (column `parent_id`): no `Item` has this `id`: `9`",
        ]
    );
}

async fn targets_with_composite_keys(db: &TestDb) {
    let seeds = "  - { model: Place, file: data/places.csv, key: [item_id, slot] }
  - { model: Visit, file: data/visits.csv, key: id }";
    let places = ("data/places.csv", "itemId,slot\n1,1\n1,2\n");
    let shop = Shop::open(db, seeds, &[places, ("data/visits.csv", "id,place\n1,1\n")]).await;
    assert_eq!(
        shop.refuses().await,
        [
            "data/visits.csv:1:4: a `Place` has no key of one field that `place` could give: use `place_item_id`, `place_slot`"
        ]
    );
    shop.write(&[("data/visits.csv", "id,placeItemId,placeSlot\n1,1,2\n2,2,1\n3,,\n4,2,\n")]);
    assert_eq!(
        shop.refuses().await,
        ["data/visits.csv:3:3 (column `placeItemId`): no `Place` has this `item_id`, `slot`: `2`"]
    );
    shop.write(&[("data/visits.csv", "id,placeItemId,placeSlot\n1,1,2\n3,,\n4,2,\n")]);
    assert_eq!(shop.loads().await, ["2/0/0", "3/0/0"]);
}
