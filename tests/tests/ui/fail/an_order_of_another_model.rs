// An order by another model's column: the query does not read it.

use database::{User, role};

fn main() {
    let _ = User::query().order_by(role::NAME.asc());
}
