//! `reset`: what it drops, and when it does not.

use std::fs;
use std::io::Write;
use std::process::{Output, Stdio};

use rusqlite::Connection;

use crate::workspace::{Workspace, stderr, stdout};

crate::tests!(
    a_file_below_target_is_reset_at_once,
    the_name_has_to_be_typed,
    settings_of_production_are_refused,
    a_seed_that_is_wrong_changes_nothing,
);

fn workspace(storage: &str) -> Workspace {
    let workspace = Workspace::new(&["schema.yaml"]);
    let spec = format!(
        "seedbed: 1
package: shop
connect: {{ default: sqlite, storage: {storage} }}
defaults: {{ key: bigint = auto }}
models:
  User:
    fields:
      name: string unique
seeds:
  - {{ model: User, file: data/users.csv, key: name }}
  - {{ model: User, file: data/samples.csv, key: name, set: dev }}
"
    );
    workspace.put("schema.yaml", &spec);
    workspace.put("data/users.csv", "name\nada\n");
    workspace.put("data/samples.csv", "name\nsample\n");
    workspace.put("target/keep", "");
    for command in [["sync"], ["seed"]] {
        assert!(workspace.run(&command).status.success());
    }
    let database = Connection::open(workspace.path(storage)).expect("the file is there");
    database.execute_batch("INSERT INTO users (name) VALUES ('bob'); CREATE TABLE others (id)").expect("it is open");
    workspace
}

fn names(workspace: &Workspace, storage: &str) -> Vec<String> {
    let database = Connection::open(workspace.path(storage)).expect("the file is there");
    let mut statement = database.prepare("SELECT name FROM users ORDER BY id").expect("the table is there");
    let names = statement.query_map([], |row| row.get(0)).expect("it is asked");
    names.collect::<Result<_, _>>().expect("they are texts")
}

/// Runs `reset` and types a line.
fn reset(workspace: &Workspace, arguments: &[&str], variables: &[(&str, &str)], typed: &str) -> Output {
    let arguments = [&["reset"], arguments].concat();
    let mut command = workspace.command(&arguments);
    for name in ["NODE_ENV", "APP_ENV", "RUST_ENV"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("this program can be run");
    let mut input = child.stdin.take().expect("it is piped");
    // Nobody reads it where nothing is asked.
    let _ = input.write_all(typed.as_bytes());
    drop(input);
    child.wait_with_output().expect("it ends")
}

fn a_file_below_target_is_reset_at_once() {
    let workspace = workspace("target/shop.db");
    let output = reset(&workspace, &[], &[], "");
    assert!(output.status.success(), "{}", stderr(&output));
    let said = stdout(&output);
    assert!(said.contains("created table users\n"), "{said}");
    assert!(said.contains("data/users.csv: 1 inserted, 0 updated, 0 unchanged\ndata/samples.csv: left out"), "{said}");
    assert_eq!(names(&workspace, "target/shop.db"), ["ada"]);
    assert!(reset(&workspace, &["--set", "dev"], &[], "").status.success());
    assert_eq!(names(&workspace, "target/shop.db"), ["ada", "sample"]);
    let database = Connection::open(workspace.path("target/shop.db")).expect("the file is there");
    database.execute_batch("SELECT * FROM others").expect("tables that the schema does not have stay");
}

fn the_name_has_to_be_typed() {
    let workspace = workspace("shop.db");
    let cases = [("", 2, "say `--yes`"), ("shop\n", 1, "`shop` is not `shop.db`; nothing has changed")];
    for (typed, code, expected) in cases {
        let output = reset(&workspace, &[], &[], typed);
        assert_eq!(output.status.code(), Some(code), "{typed}");
        let said = stderr(&output);
        assert!(said.contains("type its name to go on") && said.contains(expected), "{said}");
        assert_eq!(names(&workspace, "shop.db"), ["ada", "bob"]);
    }
    assert!(reset(&workspace, &[], &[], "shop.db\n").status.success());
    assert_eq!(names(&workspace, "shop.db"), ["ada"]);
    assert!(reset(&workspace, &["--yes"], &[], "").status.success());
}

fn settings_of_production_are_refused() {
    let workspace = workspace("target/shop.db");
    for (name, value) in [("NODE_ENV", "production"), ("APP_ENV", "Prod"), ("DB_SKIP_SYNC", "true"), ("DB_SYNC", "off")]
    {
        let output = reset(&workspace, &["--yes"], &[(name, value)], "");
        assert_eq!(output.status.code(), Some(1), "{name}");
        let said = stderr(&output);
        assert!(said.contains(&format!("nothing is reset where `{name}` is `{value}`")), "{said}");
    }
    assert_eq!(names(&workspace, "target/shop.db"), ["ada", "bob"]);
}

fn a_seed_that_is_wrong_changes_nothing() {
    let workspace = workspace("target/shop.db");
    fs::write(workspace.path("data/users.csv"), "nome\nada\n").expect("there is room");
    let output = reset(&workspace, &["--yes"], &[], "");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(names(&workspace, "target/shop.db"), ["ada", "bob"]);
}
