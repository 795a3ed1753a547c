// A thread has one user: `any` of them makes no sense, and `is` is what is meant. The other way round, `is` of many.
use database::{thread, user, message};

fn main() {
    let _ = database::Thread::query().filter(thread::user().any(user::EMAIL.contains("@")));
    let _ = database::Thread::query().filter(thread::messages().is(message::ID.gt(1)));
}
