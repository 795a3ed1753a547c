// A decimal that is given as text, which may be none: it is parsed where what is wrong with it can be told.

use database::{UserPatch, user};

fn main() {
    let _ = UserPatch::new().limit("10.50");
    let _ = user::LIMIT.ge("10.50");
}
