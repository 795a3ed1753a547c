//! Whole generated crates, one per spec below `fixtures/`. `UPDATE_EXPECT=1` writes them anew, and the diff is reviewed.

use std::env;
use std::fs;
use std::path::Path;

use seedbed_codegen::write;

use crate::support::{generated, workspace};

const FIXTURES: &str = "codegen/tests/emit/fixtures";

#[test]
fn every_fixture_generates_the_crate_beside_it() {
    let mut names: Vec<String> = fs::read_dir(workspace().join(FIXTURES))
        .expect("the fixtures are here")
        .map(|entry| entry.expect("the fixtures can be read").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert!(names.len() >= 7, "{names:?}");
    let problems: Vec<String> = names.iter().filter_map(|name| check(name).err()).collect();
    assert!(
        problems.is_empty(),
        "{}\n\nto accept: UPDATE_EXPECT=1 cargo test -p seedbed-codegen --test emit",
        problems.join("\n\n")
    );
}

fn check(name: &str) -> Result<(), String> {
    let generated = generated(&format!("{FIXTURES}/{name}/schema.yaml"));
    if env::var_os("UPDATE_EXPECT").is_some() {
        return write::write(&generated.folder, &generated.files).map(drop).map_err(|error| error.to_string());
    }
    let differences = write::check(&generated.folder, &generated.files).map_err(|error| error.to_string())?;
    if differences.is_empty() {
        return Ok(());
    }
    let first = differences.changed.first().map(|path| first_difference(&generated, path)).unwrap_or_default();
    Err(format!("{name}: {differences:#?}\n{first}"))
}

fn first_difference(generated: &seedbed_codegen::Generated, path: &str) -> String {
    let expected = fs::read_to_string(Path::new(&generated.folder).join(path)).unwrap_or_default();
    let actual = generated.files.iter().find(|file| file.path == path).map_or("", |file| &file.content);
    let lines = expected.lines().zip(actual.lines()).zip(1..);
    match lines.into_iter().find(|((expected, actual), _)| expected != actual) {
        Some(((expected, actual), line)) => format!("{path}:{line}\n  expected: {expected}\n  actual:   {actual}"),
        None => format!("{path} is longer or shorter"),
    }
}
