// The bare name is what a query included; what is loaded now is `load_role`, so that no query hides behind a getter.

use database::User;

fn role(user: &User) -> String {
    user.role().name.clone()
}

fn main() {}
