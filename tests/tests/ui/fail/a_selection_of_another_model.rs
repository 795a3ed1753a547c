// A column of another model among those that a query selects.

use database::{User, role, user};

fn main() {
    let _ = User::query().select((user::ID, role::NAME));
}
