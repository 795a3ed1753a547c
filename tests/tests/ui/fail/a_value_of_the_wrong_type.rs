// A condition that compares a number with text.

use database::{User, user};

fn main() {
    let _ = User::query().filter(user::ROLE_ID.eq("admin"));
}
