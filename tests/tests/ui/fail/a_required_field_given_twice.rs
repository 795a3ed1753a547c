// The second value would silently win over the first.

use database::NewUser;

fn main() {
    let _ = NewUser::builder().email("ada@example.com").email("bob@example.com");
}
