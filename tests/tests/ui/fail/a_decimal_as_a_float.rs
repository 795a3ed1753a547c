// A decimal that is given as a float, which most decimals cannot be exactly.

use database::UserPatch;

fn main() {
    let _ = UserPatch::new().limit(10.5);
}
