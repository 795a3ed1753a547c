//! The first line of a file: which fields its columns are.

use seedbed_tests::{TestDb, on_both};

use crate::shop::Shop;

on_both!(
    names_in_any_case_style,
    columns_in_any_order,
    unknown_columns_get_suggestions,
    columns_that_are_there_twice,
    missing_columns,
    rows_of_another_length,
    empty_files_and_files_without_rows,
);

async fn names_in_any_case_style(db: &TestDb) {
    let shop = Shop::items(db, "").await;
    for (number, header) in [
        "id,name,cost_1k_input,provider_id",
        "id,name,cost1kInput,providerId",
        "Id,Name,Cost1kInput,ProviderId",
        "ID,NAME,COST_1K_INPUT,PROVIDER_ID",
        "id,name,cost-1k-input,provider-id",
        "id, name , cost 1k input,provider id",
    ]
    .iter()
    .enumerate()
    {
        shop.write(&[("data/items.csv", &format!("{header}\n1,{number},0.5,null\n"))]);
        let expected = if number == 0 { "1/0/0" } else { "0/1/0" };
        assert_eq!(shop.loads().await, [expected], "{header}");
    }
    assert_eq!(shop.loads().await, ["0/0/1"]);
}

async fn columns_in_any_order(db: &TestDb) {
    let shop = Shop::items(db, "note,id,name\nx,1,a\n").await;
    assert_eq!(shop.loads().await, ["1/0/0"]);
    assert_eq!(shop.query("SELECT id, name, note FROM items").await, ["1|a|x"]);
}

async fn unknown_columns_get_suggestions(db: &TestDb) {
    let shop = Shop::items(db, "id,nmae,Cost1kImput,zzz,,provder\n").await;
    let lines = shop.refuses().await;
    assert_eq!(lines[0], "data/items.csv:1:4: `Item` has no field or association `nmae`; did you mean `name`?");
    assert_eq!(
        lines[1],
        "data/items.csv:1:9: `Item` has no field or association `Cost1kImput`; did you mean `cost_1k_input`?"
    );
    assert!(
        lines[2]
            .starts_with("data/items.csv:1:21: `Item` has no field or association `zzz`; it has `id`, `provider_id`")
    );
    assert_eq!(lines[3], "data/items.csv:1:25: a column without a name");
    assert_eq!(lines[4], "data/items.csv:1:26: `Item` has no field or association `provder`; did you mean `provider`?");
    assert_eq!(lines.len(), 5);
}

async fn columns_that_are_there_twice(db: &TestDb) {
    let shop = Shop::items(db, "id,name,Name,provider,provider_id\n").await;
    assert_eq!(
        shop.refuses().await,
        [
            "data/items.csv:1:9: `Name` is `name` once more",
            "data/items.csv:1:23: `provider_id` is `provider` once more"
        ]
    );
}

async fn missing_columns(db: &TestDb) {
    let shop = Shop::items(db, "note\nx\n").await;
    assert_eq!(
        shop.refuses().await,
        [
            "data/items.csv:1:1: column `id` is missing: the seed's rows are told apart by it",
            "data/items.csv:1:1: column `name` is missing: `Item.name` has no default and must not be null",
        ]
    );
}

async fn rows_of_another_length(db: &TestDb) {
    let shop = Shop::items(db, "id,name\n1\n2,b,c\n3,d\n").await;
    assert_eq!(
        shop.refuses().await,
        [
            "data/items.csv:2:1: found 1 cell, expected 2 cells as in the header",
            "data/items.csv:3:1: found 3 cells, expected 2 cells as in the header",
        ]
    );
}

async fn empty_files_and_files_without_rows(db: &TestDb) {
    let shop = Shop::items(db, "id,name\n").await;
    assert_eq!(shop.loads().await, ["0/0/0"]);
    for empty in ["", "\n\r\n", "\u{feff}"] {
        shop.write(&[("data/items.csv", empty)]);
        assert_eq!(shop.refuses().await, ["data/items.csv: the file is empty; its first line names the columns"]);
    }
}
