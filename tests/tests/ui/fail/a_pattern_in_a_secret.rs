// A pattern could be used to guess a secret letter by letter.

use database::{User, user};

fn main() {
    let _ = User::query().filter(user::API_KEY.starts_with("sk-"));
}
