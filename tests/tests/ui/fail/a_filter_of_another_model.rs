// A condition on another model's rows: the query does not read them.

use database::{User, role};

fn main() {
    let _ = User::query().filter(role::NAME.eq("admin"));
}
