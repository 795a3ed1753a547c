// A thread always has a user: leaving the user out would leave `thread.user()` with nothing to give.
use database::{thread, user};

fn main() {
    let _ = database::Thread::query().include(thread::user().filter(user::EMAIL.contains("@")));
}
