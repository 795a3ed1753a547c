//! The documents keep their word: every spec in them is right, and every command in them exists.
//!
//! Their Rust is compiled as doc tests of this crate.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A fenced block of a document.
struct Block {
    document: String,
    line: usize,
    language: String,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn documents() -> Vec<PathBuf> {
    let mut found = vec![root().join("README.md"), root().join("ARCHITECTURE.md")];
    let mut folders = vec![root().join("docs"), root().join("benches")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of documents") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found
}

fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    for path in documents() {
        let text = std::fs::read_to_string(&path).expect("a document");
        let document = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
        let mut open: Option<Block> = None;
        for (at, line) in text.lines().enumerate() {
            match (line.strip_prefix("```"), open.take()) {
                (Some(_), Some(block)) => blocks.push(block),
                (Some(language), None) => {
                    let (language, line) = (language.to_owned(), at + 1);
                    open = Some(Block { document: document.clone(), line, language, text: String::new() });
                }
                (None, Some(mut block)) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                    open = Some(block);
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{document}: a block is not closed");
    }
    blocks
}

fn in_language(language: &str) -> Vec<Block> {
    let found: Vec<Block> = blocks().into_iter().filter(|block| block.language == language).collect();
    assert!(!found.is_empty(), "no document has a block of `{language}`");
    found
}

#[test]
fn every_spec_is_right() {
    let schema = seedbed_codegen::json_schema();
    let validator = jsonschema::validator_for(&schema).expect("the JSON Schema is one");
    for block in in_language("yaml") {
        let place = format!("{}:{}", block.document, block.line);
        // Where the seeds' files are looked for.
        let path = root().join("schema.yaml");
        if let Err(diagnostics) = seedbed_codegen::load_text(&path, block.text.clone()) {
            panic!("{place}:\n{}", diagnostics.render(false));
        }
        let value: serde_json::Value = serde_yaml::from_str(&block.text).expect("YAML");
        let problems: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(problems.is_empty(), "{place}: {problems:?}");
    }
}

#[test]
fn every_command_exists() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    for block in in_language("sh") {
        for line in block.text.lines().filter(|line| line.starts_with("cargo xtask ")) {
            let mut words = line.trim_start_matches("cargo xtask ").split_whitespace();
            let command = words.next().expect("a command");
            let help = Command::new(&cargo)
                .current_dir(root())
                .args(["run", "--quiet", "--package", "seedbed-cli", "--", command, "--help"])
                .output()
                .expect("cargo runs");
            assert!(help.status.success(), "{}:{}: {line}", block.document, block.line);
            let help = String::from_utf8_lossy(&help.stdout);
            for option in words.filter(|word| word.starts_with("--")) {
                assert!(help.contains(option), "{}:{}: {line}: no {option}", block.document, block.line);
            }
        }
    }
}

#[test]
fn every_manifest_can_be_read() {
    for Block { document, line, text, .. } in blocks().into_iter().filter(|block| block.language == "toml") {
        let read = text.parse::<toml::Table>();
        assert!(read.is_ok(), "{document}:{line}: {read:?}");
    }
}

#[test]
fn other_blocks_are_not_code() {
    for block in blocks() {
        let known = ["yaml", "sh", "rust", "toml", "text", ""].contains(&block.language.as_str());
        assert!(known, "{}:{}: nothing checks a block of `{}`", block.document, block.line, block.language);
    }
}
