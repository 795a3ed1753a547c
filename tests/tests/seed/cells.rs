//! What a cell may say, and what becomes of it in each type of column.

use seedbed_tests::{Dialect, TestDb, on_both};

use crate::shop::Shop;

on_both!(
    every_type_is_read,
    the_column_decides_the_type,
    quotes_keep_everything,
    null_and_nothing,
    escapes,
    files_are_read_beside_the_csv,
    variables,
    byte_order_mark_and_crlf,
    wrong_values_are_named_with_their_place,
    documents_fit_their_type,
    secrets_are_not_shown,
    what_must_not_be_null,
    paths_do_not_leave_the_folder,
    files_that_are_missing_or_no_text,
    names_of_variables,
);

async fn every_type_is_read(db: &TestDb) {
    let shop = Shop::items(
        db,
        "id,name,flag,small,count,big,near,ratio,cost_1k_input,token,day,at,moment,tools,raw,colour\n\
         1,all,true,-32768,2147483647,9223372036854775807,0.5,1e-3,0.005,6F9619FF-8B86-D011-B42D-00C04FC964FF,\
         2026-01-31,10:20:30,2026-01-31T10:20:30.123456+01:00,\"[{\"\"key\"\":\"\"val\"\"}]\",00ff,green\n",
    )
    .await;
    assert_eq!(shop.loads().await, ["1/0/0"]);
    let expected = match db.dialect() {
        Dialect::Postgres => {
            "t|-32768|2147483647|9223372036854775807|0.5|0.001|0.005000|6f9619ff-8b86-d011-b42d-00c04fc964ff|2026-01-31|\
             10:20:30|2026-01-31 09:20:30.123456|[{\"key\": \"val\"}]|\\x00ff|green"
        }
        Dialect::Sqlite => {
            "1|-32768|2147483647|9223372036854775807|0.5|0.001|5000|6f9619ff-8b86-d011-b42d-00c04fc964ff|2026-01-31|\
             10:20:30.000000|2026-01-31T09:20:30.123456Z|[{\"key\":\"val\"}]|\\x00ff|green"
        }
    };
    let moment = match db.dialect() {
        Dialect::Postgres => "moment AT TIME ZONE 'UTC'",
        Dialect::Sqlite => "moment",
    };
    let columns = "flag, small, count, big, near, ratio, cost_1k_input, token, day, at";
    let sql = format!("SELECT {columns}, {moment}, tools, raw, colour FROM items");
    assert_eq!(shop.query(&sql).await, [expected]);
}

async fn the_column_decides_the_type(db: &TestDb) {
    let shop = Shop::items(
        db,
        "id,name,note,code\n\
         1,007,[1],0.005\n\
         2,true,\"{\"\"a\"\": 1}\",2024-01-01\n\
         3,1e5,NULL,Null\n\
         4, x ,null ,no\n",
    )
    .await;
    assert_eq!(shop.loads().await, ["4/0/0"]);
    assert_eq!(
        shop.query("SELECT name, note, code FROM items ORDER BY id").await,
        ["007|[1]|0.005", "true|{\"a\": 1}|2024-01-01", "1e5|NULL|Null", " x |null |no"]
    );
}

async fn quotes_keep_everything(db: &TestDb) {
    let shop = Shop::items(db, "id,name,note\n1,\"a,b\",\"say \"\"hi\"\",\nand\ttab \\N \\\\ é😀\r\nend\"\n").await;
    assert_eq!(shop.loads().await, ["1/0/0"]);
    assert_eq!(shop.query("SELECT name, note FROM items").await, ["a,b|say \"hi\",\nand\ttab \\N \\\\ é😀\r\nend"]);
    assert_eq!(shop.loads().await, ["0/0/1"]);
}

async fn null_and_nothing(db: &TestDb) {
    let shop = Shop::items(
        db,
        "id,name,note,code,small,tools,colour\n1,,,,,,\n2,x,null,y,null,null,null\n3,z,\"null\",,\"\",,\n",
    )
    .await;
    assert_eq!(shop.loads().await, ["3/0/0"]);
    assert_eq!(
        shop.query("SELECT name, note, code, small, tools, colour FROM items ORDER BY id").await,
        ["|||~|~|~", "x|~|y|~|~|~", "z|~||~|~|~"]
    );
}

async fn escapes(db: &TestDb) {
    let shop =
        Shop::items(db, "id,name,note,tools\n1,\\null,\\file:x,\\null\n2,\\\\null,\\env:X,1\n3,\\x,\\\\env:X,1\n")
            .await;
    assert_eq!(shop.loads().await, ["3/0/0"]);
    assert_eq!(
        shop.query("SELECT name, note, tools FROM items ORDER BY id").await,
        ["null|file:x|null", "\\null|env:X|1", "\\x|\\env:X|1"]
    );
}

async fn files_are_read_beside_the_csv(db: &TestDb) {
    let shop = Shop::open(
        db,
        "  - { model: Item, file: data/deep/items.csv, key: id }",
        &[
            (
                "data/deep/items.csv",
                "id,name,note,count,tools,raw\n1,a,file:texts/a.txt,file:n.txt,file:t.json,file:./raw\n",
            ),
            ("data/deep/texts/a.txt", "\u{feff}two\nlines, \"quoted\"\n"),
            ("data/deep/n.txt", "42\n"),
            ("data/deep/t.json", "{\n  \"a\": [1]\n}\n"),
            ("data/deep/raw", ""),
        ],
    )
    .await;
    shop.write_bytes("data/deep/raw", b"\x00\xff");
    assert_eq!(shop.loads().await, ["1/0/0"]);
    let tools = if db.dialect() == Dialect::Postgres { "{\"a\": [1]}" } else { "{\"a\":[1]}" };
    assert_eq!(
        shop.query("SELECT note, count, tools, raw FROM items").await,
        [format!("two\nlines, \"quoted\"\n|42|{tools}|\\x00ff")]
    );
    shop.write(&[("data/deep/texts/a.txt", "changed")]);
    assert_eq!(shop.loads().await, ["0/1/0"]);
    assert_eq!(shop.query("SELECT note FROM items").await, ["changed"]);
}

async fn variables(db: &TestDb) {
    let mut shop = Shop::items(db, "id,name,note,small\n1,a,env:NOTE,env:SMALL\n2,b,env:EMPTY,env:EMPTY\n").await;
    shop.set("EMPTY", "");
    assert_eq!(shop.loads().await, ["2/0/0"]);
    assert_eq!(shop.query("SELECT note, small FROM items ORDER BY id").await, ["~|~", "|~"]);
    shop.set("NOTE", "null");
    shop.set("SMALL", "7");
    assert_eq!(shop.loads().await, ["0/1/1"]);
    assert_eq!(shop.query("SELECT note, small FROM items ORDER BY id").await, ["null|7", "|~"]);
}

async fn byte_order_mark_and_crlf(db: &TestDb) {
    let shop = Shop::items(db, "\u{feff}id,name\r\n1,a\r\n\r\n2,b").await;
    assert_eq!(shop.loads().await, ["2/0/0"]);
    assert_eq!(shop.query("SELECT id, name FROM items ORDER BY id").await, ["1|a", "2|b"]);
}

async fn wrong_values_are_named_with_their_place(db: &TestDb) {
    let shop = Shop::items(
        db,
        "id,name,flag,count,cost_1k_input,token,day,at,moment,tools,colour\n\
         1,a,yes,abc,abc,x,31.1.2026,25:00,2026-01-31,{a},gren\n\
         x,\"two\nlines, long\",true,99999999999,1.1234567,null,null,null,null,null,purple\n\
         3,c,true,1.0,NaN,null,null,null,null,null,null\n",
    )
    .await;
    assert_eq!(
        shop.refuses().await,
        [
            "data/items.csv:2:5 (column `flag`): found `yes`, expected `true` or `false`",
            "data/items.csv:2:9 (column `count`): found `abc`, expected a whole number from -2147483648 to 2147483647",
            "data/items.csv:2:13 (column `cost_1k_input`): found `abc`, expected a number, `decimal(12,6)`",
            "data/items.csv:2:17 (column `token`): found `x`, expected a UUID",
            "data/items.csv:2:19 (column `day`): found `31.1.2026`, expected a date such as `2026-01-31`",
            "data/items.csv:2:29 (column `at`): found `25:00`, expected a time such as `10:20:30`",
            "data/items.csv:2:35 (column `moment`): found `2026-01-31`, expected an instant such as `2026-01-31T10:20:30Z`",
            "data/items.csv:2:46 (column `tools`): found `{a}`, expected JSON (key must be a string at line 1 column 2)",
            "data/items.csv:2:50 (column `colour`): found `gren`, expected one of `red`, `green`, `blue`; did you mean `green`?",
            "data/items.csv:3:1 (column `id`): found `x`, expected a whole number of 64 bits",
            "data/items.csv:3:3 (column `name`): `Item.name` takes 10 characters at most, not 15",
            "data/items.csv:4:19 (column `count`): found `99999999999`, expected a whole number from -2147483648 to 2147483647",
            "data/items.csv:4:31 (column `cost_1k_input`): `Item.cost_1k_input` is out of range: `decimal(12,6)` keeps 6 digits after the point, not 7",
            "data/items.csv:4:66 (column `colour`): found `purple`, expected one of `red`, `green`, `blue`",
            "data/items.csv:5:10 (column `count`): found `1.0`, expected a whole number from -2147483648 to 2147483647",
            "data/items.csv:5:14 (column `cost_1k_input`): found `NaN`, expected a number, `decimal(12,6)`",
        ]
    );
}

async fn secrets_are_not_shown(db: &TestDb) {
    let mut shop = Shop::open(
        db,
        "  - { model: Provider, file: data/providers.csv, key: id }\n  - { model: Item, file: data/items.csv, key: id }",
        &[
            ("data/providers.csv", "id,name,api_key\n1,a,hunter2hunter2\n2,b,env:NUMBER\n"),
            ("data/items.csv", "id,name,count,small\n1,a,env:NUMBER,file:number.txt\n"),
            ("data/number.txt", "tops3cret"),
        ],
    )
    .await;
    shop.set("NUMBER", "tops3cret");
    let lines = shop.refuses().await;
    assert_eq!(
        lines,
        [
            "data/providers.csv:2:5 (column `api_key`): `Provider.api_key` takes 8 characters at most, not 14",
            "data/providers.csv:3:5 (column `api_key`): `Provider.api_key` takes 8 characters at most, not 9",
            "data/items.csv:2:5 (column `count`): found the value of `env:NUMBER`, expected a whole number from -2147483648 to \
             2147483647",
            "data/items.csv:2:16 (column `small`): found the value of `file:number.txt`, expected a whole number from -32768 to \
             32767",
        ]
    );
}

async fn what_must_not_be_null(db: &TestDb) {
    let shop = Shop::items(db, "id,name,flag,count\n1,null,null,\n2,env:NAME,,null\nnull,c,true,1\n").await;
    assert_eq!(
        shop.refuses().await,
        [
            "data/items.csv:2:3 (column `name`): `Item.name` must not be null: write `\\null` for the text",
            "data/items.csv:2:8 (column `flag`): `Item.flag` must not be null: `null` is no value",
            "data/items.csv:2:13 (column `count`): `Item.count` must not be null: the cell is empty; expected a whole number \
             from -2147483648 to 2147483647",
            "data/items.csv:3:3 (column `name`): `Item.name` must not be null: the environment variable `NAME` is not set",
            "data/items.csv:3:12 (column `flag`): `Item.flag` must not be null: the cell is empty; expected `true` or `false`",
            "data/items.csv:3:13 (column `count`): `Item.count` must not be null: `null` is no value",
            "data/items.csv:4:1 (column `id`): `Item.id` must not be null: `null` is no value",
        ]
    );
}

async fn paths_do_not_leave_the_folder(db: &TestDb) {
    let shop = Shop::items(
        db,
        "id,name,note\n1,a,file:../secret.txt\n2,b,file:/etc/passwd\n3,c,file:x/../../secret.txt\n4,d,file:\n5,e,file:out\n\
         6,f,file:up/secret.txt\n7,g,file:..\\secret.txt\n",
    )
    .await;
    shop.write(&[("secret.txt", "tops3cret")]);
    std::os::unix::fs::symlink(shop.path("secret.txt"), shop.path("data/out")).unwrap();
    std::os::unix::fs::symlink(shop.path("."), shop.path("data/up")).unwrap();
    let data = shop.path("data");
    let lines = shop.refuses().await;
    let help = "for a text that begins so, write `\\file:`";
    assert_eq!(
        lines,
        [
            format!(
                "data/items.csv:2:5 (column `note`): the path behind `file:` must not leave the folder of the CSV file with `..`; {help}"
            ),
            format!(
                "data/items.csv:3:5 (column `note`): the path behind `file:` is relative to the folder of the CSV file, not absolute; {help}"
            ),
            format!(
                "data/items.csv:4:5 (column `note`): the path behind `file:` must not leave the folder of the CSV file with `..`; {help}"
            ),
            format!("data/items.csv:5:5 (column `note`): `file:` wants a path, such as `file:prompts/ada.txt`; {help}"),
            format!(
                "data/items.csv:6:5 (column `note`): `file:out`: leads out of the data folder `{}`",
                data.display()
            ),
            format!(
                "data/items.csv:7:5 (column `note`): `file:up/secret.txt`: leads out of the data folder `{}`",
                data.display()
            ),
            format!(
                "data/items.csv:8:5 (column `note`): the parts of a path behind `file:` are separated by `/`; {help}"
            ),
        ]
    );
}

async fn files_that_are_missing_or_no_text(db: &TestDb) {
    let shop = Shop::items(db, "id,name,note\n1,a,file:none.txt\n2,b,file:latin1.txt\n3,c,file:sub\n").await;
    shop.write(&[("data/sub/x", "")]);
    shop.write_bytes("data/latin1.txt", b"caf\xe9");
    let lines = shop.refuses().await;
    assert!(lines[0].starts_with("data/items.csv:2:5 (column `note`): `file:none.txt`: `"), "{}", lines[0]);
    assert!(lines[0].contains("none.txt` cannot be opened: No such file"), "{}", lines[0]);
    assert_eq!(lines[1], "data/items.csv:3:5 (column `note`): the file of `file:latin1.txt` is not UTF-8 at byte 3");
    assert!(lines[2].ends_with("data/sub` is not a file"), "{}", lines[2]);
}

async fn names_of_variables(db: &TestDb) {
    let shop = Shop::items(db, "id,name,note\n1,a,env: production\n2,b,env:\n3,c,env:1X\n").await;
    let wants = "`env:` wants the name of an environment variable; for a text that begins so, write `\\env:`";
    assert_eq!(
        shop.refuses().await,
        [
            format!("data/items.csv:2:5 (column `note`): {wants}"),
            format!("data/items.csv:3:5 (column `note`): {wants}"),
            format!("data/items.csv:4:5 (column `note`): {wants}"),
        ]
    );
}

async fn documents_fit_their_type(db: &TestDb) {
    let seed = "  - { model: Parcel, file: data/parcels.csv, key: id }";
    let csv = "id,size\n1,\"{\"\"width\"\": 1, \"\"more\"\": true}\"\n2,\"{\"\"width\"\": 2, \"\"colour\"\": \"\"red\"\"}\"\n";
    let shop = Shop::open(db, seed, &[("data/parcels.csv", csv)]).await;
    assert_eq!(shop.loads().await, ["2/0/0"]);
    shop.write(&[(
        "data/parcels.csv",
        "id,size\n1,[]\n2,{}\n3,\"{\"\"width\"\": 1.5}\"\n4,\"{\"\"width\"\": 1, \"\"colour\"\": \"\"pink\"\"}\"\n\
         5,\"{\"\"width\"\": 1, \"\"since\"\": \"\"today\"\"}\"\n",
    )]);
    assert_eq!(
        shop.refuses().await,
        [
            "data/parcels.csv:2:3 (column `size`): found a document that is a list, and `Size` is an object",
            "data/parcels.csv:3:3 (column `size`): found a document that has no member `width`",
            "data/parcels.csv:4:3 (column `size`): found a document that has a member `width` that is no `int`",
            "data/parcels.csv:5:3 (column `size`): found a document that has a member `colour` that is no value of `Colour`",
            "data/parcels.csv:6:3 (column `size`): found a document that has a member `since` that is no `date`",
        ]
    );
}
