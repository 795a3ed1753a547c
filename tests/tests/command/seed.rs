//! `sync`, `seed` and `quickstart`: what they say besides what they do.

use std::process::Output;

use crate::workspace::{Workspace, stderr, stdout};

crate::tests!(seeds_that_are_left_out_are_mentioned, mistyped_variables_are_mentioned);

/// A workspace with a seed for everybody, one for a variable, and one for a set.
fn workspace() -> Workspace {
    let workspace = Workspace::new(&["schema.yaml"]);
    let spec = "seedbed: 1
package: shop
connect: { default: sqlite, storage: shop.db }
defaults: { key: bigint = auto }
models:
  User:
    fields:
      name: string unique
seeds:
  - { model: User, file: data/users.csv, key: name }
  - { model: User, file: data/admins.csv, key: name, when: TEST_API_KEY }
  - { model: User, file: data/samples.csv, key: name, set: dev }
";
    workspace.put("schema.yaml", spec);
    for (path, name) in [("data/users.csv", "ada"), ("data/admins.csv", "root"), ("data/samples.csv", "bob")] {
        workspace.put(path, &format!("name\n{name}\n"));
    }
    workspace
}

fn run(workspace: &Workspace, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = workspace.command(arguments);
    command.env_remove("TEST_API_KEY").envs(variables.iter().copied());
    let output = command.output().expect("this program can be run");
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    output
}

fn seeds_that_are_left_out_are_mentioned() {
    let workspace = workspace();
    run(&workspace, &["sync"], &[]);
    let loaded = "data/users.csv: 1 inserted, 0 updated, 0 unchanged
data/admins.csv: left out, `TEST_API_KEY` is not set
data/samples.csv: left out, the set `dev` was not asked for\n";
    assert_eq!(stdout(&run(&workspace, &["seed"], &[("TEST_API_KEY", "")])), loaded);
    let all = "data/users.csv: 0 inserted, 0 updated, 1 unchanged
data/admins.csv: 1 inserted, 0 updated, 0 unchanged
data/samples.csv: 1 inserted, 0 updated, 0 unchanged\n";
    assert_eq!(stdout(&run(&workspace, &["seed", "--set", "dev"], &[("TEST_API_KEY", "k")])), all);
    let quickstart = stdout(&run(&workspace, &["quickstart", "--storage", "quick.db"], &[]));
    assert!(quickstart.contains(loaded), "{quickstart}");
}

fn mistyped_variables_are_mentioned() {
    let workspace = workspace();
    let variables = [("DB_POOLMAX", "4"), ("DB_SKIP_SYNK", ""), ("DB_HOST", "h"), ("DB_LOG", "false")];
    for arguments in [&["sync"][..], &["seed"], &["quickstart", "--storage", "quick.db"]] {
        let said = stderr(&run(&workspace, arguments, &variables));
        let expected =
            "warning: the variable `DB_POOLMAX` is set, but is none that is read; did you mean `DB_POOL_MAX`?\n";
        assert_eq!(said, expected, "{arguments:?}");
    }
}
