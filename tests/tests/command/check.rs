//! `check`: the seeds of a spec that is right are read as well, and what is wrong with them is said as loading says it.

use std::process::Output;

use serde_json::{Value, json};

use crate::workspace::{Workspace, stderr, stdout};

crate::tests!(
    right_seeds_are_counted,
    cells_are_checked_in_the_words_of_the_seeder,
    keys_that_stand_twice_are_found,
    twenty_problems_and_no_more,
    json_has_a_diagnostic_for_each_problem,
    variables_that_are_not_set,
);

const MODELS: &str = "seedbed: 1
package: shop
dialects: [postgres, sqlite]
defaults:
  key: bigint = auto
enums:
  Colour: [red, green]
models:
  Shop:
    fields:
      name: string(5) unique
      token: string? sensitive
  Item:
    key: [shop_id, number]
    fields:
      number: int
      price: decimal(6,2)
      colour: Colour = red
      note: text?
    belongs_to:
      shop: Shop
";

/// A workspace with seeds of shops and items.
fn workspace(shops: &str, items: &str) -> Workspace {
    let seeds = "seeds:
  - { model: Shop, file: data/shops.csv, key: name }
  - { model: Item, file: data/items.csv, key: [shop_id, number] }
";
    with_seeds(seeds, &[("data/shops.csv", shops), ("data/items.csv", items)])
}

fn with_seeds(seeds: &str, files: &[(&str, &str)]) -> Workspace {
    let workspace = Workspace::new(&["schema.yaml"]);
    workspace.put("schema.yaml", &format!("{MODELS}{seeds}"));
    files.iter().for_each(|(path, content)| workspace.put(path, content));
    workspace
}

fn check(workspace: &Workspace) -> Output {
    workspace.run(&["check"])
}

/// What loading the seeds into an empty SQLite database says.
fn load(workspace: &Workspace) -> Output {
    let run = |command: &str| {
        let mut command = workspace.command(&[command]);
        command.env("DB_DIALECT", "sqlite").env("DB_STORAGE", "shop.db").output().expect("this program can be run")
    };
    assert!(run("sync").status.success());
    run("seed")
}

fn right_seeds_are_counted() {
    let workspace = workspace("name\nnorth\n", "shop,number,price,note\nnorth,1,2.50,file:note.txt\n");
    workspace.put("data/note.txt", "n");
    let output = check(&workspace);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output), "schema.yaml: 2 models, 1 associations, 2 seeds\n");
    assert_eq!(load(&workspace).status.code(), Some(0));
}

fn cells_are_checked_in_the_words_of_the_seeder() {
    let items = "shop,number,price,colour,note\nnorth,one,2.50,red,null\nnorth,2,2.505,gren,file:none.txt\nnorth,3\n";
    let workspace = workspace("name,tokn\nnorth,null\n", items);
    let output = check(&workspace);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "");
    let lines = stderr(&output);
    let starts = [
        "error: data/shops.csv:1:6: `Shop` has no field or association `tokn`; did you mean `token`?",
        "data/items.csv:2:7 (column `number`): found `one`, expected a whole number from -2147483648 to 2147483647",
        "data/items.csv:3:9 (column `price`): ",
        "data/items.csv:3:15 (column `colour`): found `gren`, expected one of `red`, `green`; did you mean `green`?",
        "data/items.csv:3:20 (column `note`): `file:none.txt`: ",
        "data/items.csv:4:1: found 2 cells, expected 5 cells as in the header",
    ];
    assert_eq!(lines.lines().count(), starts.len(), "{lines}");
    for (line, start) in lines.lines().zip(starts) {
        assert!(line.starts_with(start), "{line}\ndoes not begin with\n{start}");
    }
    let loaded = load(&workspace);
    assert_eq!((loaded.status.code(), stderr(&loaded)), (Some(1), lines));
}

fn keys_that_stand_twice_are_found() {
    let items = "shop,number,price\nnorth,1,1\nnorth,2,2\nsouth,1,3\nnorth,1,4\nnorth,02,5\n";
    let workspace = workspace("name\nnorth\nsouth\n", items);
    let output = check(&workspace);
    assert_eq!(output.status.code(), Some(1));
    let expected = "error: data/items.csv:5:1 (column `shop`): the same `shop_id`, `number` as in line 2
data/items.csv:6:1 (column `shop`): the same `shop_id`, `number` as in line 3\n";
    assert_eq!(stderr(&output), expected);
    let loaded = load(&workspace);
    assert_eq!((loaded.status.code(), stderr(&loaded).as_str()), (Some(1), expected));
}

fn twenty_problems_and_no_more() {
    let rows: String = (0..50).map(|at| format!("north,{at},free\n")).collect();
    let workspace = workspace("name\nnorth\n", &format!("shop,number,price\n{rows}"));
    let text = stderr(&check(&workspace));
    assert_eq!(text.lines().count(), 21, "{text}");
    assert!(text.ends_with("and more: these are the first 20\n"), "{text}");
}

fn json_has_a_diagnostic_for_each_problem() {
    let workspace = workspace("name\nnorthern\n", "shop,number,price\n");
    let output = workspace.run(&["check", "--format", "json"]);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(1), ""));
    let found: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let message = "data/shops.csv:2:1 (column `name`): `Shop.name` takes 5 characters at most, not 8";
    let [diagnostic] = found["diagnostics"].as_array().expect("a list").as_slice() else { panic!("{found}") };
    assert_eq!(diagnostic["message"], message);
    assert!(diagnostic["file"].as_str().is_some_and(|file| file.ends_with("data/shops.csv")), "{diagnostic}");
    let place =
        ["code", "severity", "line", "column", "end_line", "end_column", "secondary"].map(|key| &diagnostic[key]);
    assert_eq!(json!(place), json!(["SB102", "error", 2, 1, 2, 1, []]));
}

fn variables_that_are_not_set() {
    let seeds = "seeds:
  - { model: Shop, file: data/shops.csv, key: name }
  - { model: Shop, file: data/admins.csv, key: name, when: SHOP_ADMIN }
";
    let admins = "name,token\nenv:SHOP_ADMIN,env:SHOP_TOKEN\n";
    let files = [("data/shops.csv", "name,token\nnorth,env:SHOP_TOKEN\n"), ("data/admins.csv", admins)];
    let workspace = with_seeds(seeds, &files);
    let output = check(&workspace);
    assert_eq!(output.status.code(), Some(0), "where NULL is allowed, and where the rows wait: {}", stderr(&output));

    let set = workspace.command(&["check"]).env("SHOP_ADMIN", "administrator").output().expect("it can be run");
    let expected = "error: data/admins.csv:2:1 (column `name`): `Shop.name` takes 5 characters at most, not 13\n";
    assert_eq!((set.status.code(), stderr(&set).as_str()), (Some(1), expected));

    workspace.put("data/shops.csv", "name\nenv:SHOP_NAME\n");
    let expected = "error: data/shops.csv:2:1 (column `name`): `Shop.name` must not be null: the environment variable `SHOP_NAME` is not set\n";
    assert_eq!(stderr(&check(&workspace)), expected);
}
