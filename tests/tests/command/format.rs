//! `fmt`: every spec and what it includes, or nothing.

use std::collections::BTreeMap;
use std::fs;

use crate::workspace::{Workspace, models, stderr};

crate::tests!(specs_are_formatted_all_or_none);

fn specs_are_formatted_all_or_none() {
    let workspace = Workspace::new(&["one/schema.yaml", "two/schema.yaml"]);
    let spec = models(&["Apple"]) + "include:   [part.yaml] # the rest\n";
    let part = "models: {Pear: {fields: {text: string}}} # in brackets\n";
    let read = |path: &str| fs::read_to_string(workspace.path(path)).expect("it is there");
    workspace.put("one/schema.yaml", &spec);
    workspace.put("one/part.yaml", part);
    workspace.put("two/schema.yaml", "seedbed: 1\nmodels:\n  Pear:\n    fields:\n      text:   sting\n");
    let output = workspace.run(&["fmt"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("unknown type `sting`"), "{}", stderr(&output));
    assert_eq!((read("one/schema.yaml"), read("one/part.yaml")), (spec.clone(), part.to_owned()), "nothing is written");

    workspace.put("two/schema.yaml", &models(&["Pear"]));
    let output = workspace.run(&["fmt", "--check"]);
    assert_eq!(output.status.code(), Some(1));
    let listed = "not formatted: one/schema.yaml\nnot formatted: one/part.yaml\n";
    assert!(stderr(&output).starts_with(listed), "{}", stderr(&output));
    assert!(stderr(&output).contains("run `cargo xtask fmt` and commit the result"), "{}", stderr(&output));
    assert_eq!((read("one/schema.yaml"), read("one/part.yaml")), (spec.clone(), part.to_owned()), "nor by a check");

    assert!(workspace.run(&["fmt"]).status.success());
    assert!(workspace.run(&["fmt", "--check"]).status.success());
    assert_eq!(read("one/schema.yaml"), spec.replace("include:   [part.yaml] #", "include: [part.yaml]  #"));
    assert_eq!(read("one/part.yaml"), "models:  # in brackets\n  Pear:\n    fields:\n      text: string\n");
    assert_eq!(workspace.files(), BTreeMap::new(), "and nothing is left beside them");
}
