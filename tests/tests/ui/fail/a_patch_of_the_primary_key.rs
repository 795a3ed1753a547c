// The key says which row it is; a row with another key is another row.

use database::UserPatch;

fn main() {
    let _ = UserPatch::new().id(2);
}
