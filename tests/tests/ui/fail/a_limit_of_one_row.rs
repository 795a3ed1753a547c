// A thread has one user: there is nothing to order or to limit.
use database::{thread, user};

fn main() {
    let _ = database::Thread::query().include(thread::user().order_by(user::EMAIL.asc()).limit(1));
}
