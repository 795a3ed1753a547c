//! The whole DDL of schemas, as reviewers see it. `UPDATE_EXPECT=1` rewrites the expected files.

mod common;

use std::{env, fs, path::PathBuf};

use seedbed_schema::{Dialect, Schema, ddl};

#[test]
fn a_schema_with_everything() {
    check("shop", &common::shop::shop());
}

fn check(case: &str, schema: &Schema) {
    for dialect in Dialect::ALL {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(case)
            .join(format!("{}.sql", dialect.name()));
        let actual = ddl::file(schema, dialect, "schema.yaml");
        if env::var_os("UPDATE_EXPECT").is_some() {
            fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
            fs::write(&path, &actual).expect("the expected file can be written");
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(actual, expected, "{} differs; UPDATE_EXPECT=1 rewrites it", path.display());
    }
}
