//! What is committed is what the specs generate, and they are formatted: `cargo xtask gen --check` and `fmt --check`, as
//! ordinary tests.

use std::fs;

use seedbed_codegen::write;

use crate::support::{generated, workspace};

#[test]
fn every_spec_of_the_workspace_is_generated() {
    let specs = specs();
    assert!(specs.iter().any(|spec| spec == "schema.yaml"), "{specs:?}");
    for spec in specs {
        let generated = generated(&spec);
        let differences = write::check(&generated.folder, &generated.files).expect("the folder can be read");
        assert!(differences.is_empty(), "{spec}: run `cargo xtask gen` and commit the result: {differences:#?}");
        for (path, content) in &generated.beside {
            let present = fs::read_to_string(path).unwrap_or_default();
            assert!(present == *content, "{}: run `cargo xtask gen` and commit the result", path.display());
        }
    }
}

#[test]
fn every_spec_of_the_workspace_is_formatted() {
    for spec in specs() {
        for file in seedbed_codegen::format(&workspace().join(&spec)).unwrap_or_else(|error| panic!("{error}")) {
            assert!(file.is_current(), "{}: run `cargo xtask fmt` and commit the result", file.path.display());
        }
    }
}

/// The specs that the workspace lists.
fn specs() -> Vec<String> {
    let manifest = fs::read_to_string(workspace().join("Cargo.toml")).expect("the workspace has a manifest");
    let manifest: toml::Table = manifest.parse().expect("it is TOML");
    let specs = manifest["workspace"]["metadata"]["seedbed"]["specs"].as_array().expect("it lists its specs");
    specs.iter().map(|spec| spec.as_str().expect("a path").to_owned()).collect()
}
