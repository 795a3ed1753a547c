// A text where the spec has an enum: a typing mistake in it would find nothing, without a word.

use database::{User, user};

fn main() {
    let _ = User::query().filter(user::STATUS.eq("activ"));
}
