// A pattern matches text; what it would mean for a number differs from database to database.

use database::{User, user};

fn main() {
    let _ = User::query().filter(user::ROLE_ID.contains("1"));
}
