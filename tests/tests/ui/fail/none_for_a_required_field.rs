// NULL for a field that does not allow it.

use database::UserPatch;

fn main() {
    let _ = UserPatch::new().email(None);
}
