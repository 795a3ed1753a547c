// A field that is never NULL: the condition would find nothing, ever.

use database::{User, user};

fn main() {
    let _ = User::query().filter(user::EMAIL.is_null());
}
