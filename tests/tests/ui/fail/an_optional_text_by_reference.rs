// An `Option<&str>` for a nullable text: were it taken beside `Option<String>`, a plain `None` would not say which is meant.

use database::UserPatch;

fn rename(name: Option<&str>) -> UserPatch {
    UserPatch::new().first_name(name)
}

fn main() {
    let _ = rename(None);
}
