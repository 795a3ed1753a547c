//! Specs, and what is generated from them, in memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use seedbed_codegen::{Generated, Loaded};

/// The folder of the workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate is a folder of the workspace").to_owned()
}

/// What a spec of the workspace generates; `path` is relative to it.
pub(crate) fn generated(path: &str) -> Generated {
    let file = workspace().join(path);
    let loaded = seedbed_codegen::load(&file).unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    seedbed_codegen::generate(&file, path, &loaded).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The files that a text generates, as if it were the workspace's own spec.
pub(crate) fn files_of(text: String) -> BTreeMap<String, String> {
    let path = workspace().join("schema.yaml");
    let loaded: Loaded = match seedbed_codegen::load_text(&path, text) {
        Ok(loaded) => loaded,
        Err(problems) => panic!("{}", problems.render(false)),
    };
    let generated = seedbed_codegen::generate(&path, "schema.yaml", &loaded).expect("its seeds are there");
    generated.files.into_iter().map(|file| (file.path, file.content)).collect()
}

/// The text of the workspace's own spec.
pub(crate) fn platform() -> String {
    std::fs::read_to_string(workspace().join("schema.yaml")).expect("the workspace has a spec")
}
