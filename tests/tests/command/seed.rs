//! `sync`, `seed` and `quickstart`: what they say besides what they do.

use std::process::Output;

use crate::workspace::{Workspace, stderr};

crate::tests!(mistyped_variables_are_mentioned);

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
