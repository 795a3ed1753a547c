// A setter for a field that the spec does not have, such as one that was renamed.

use database::UserPatch;

fn main() {
    let _ = UserPatch::new().surname("Lovelace");
}
