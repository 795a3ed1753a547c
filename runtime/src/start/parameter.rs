//! The parameters that a PostgreSQL URL may have. The driver passes over those that it does not know; here they are
//! refused, since a mistyped `sslmode` would be a connection in the clear.

use std::borrow::Cow;

use seedbed_schema::nearest;

use super::environment::shown;

/// The parameters that are known, by the names that PostgreSQL's own clients have for them.
const KNOWN: [&str; 12] = [
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "application_name",
    "options",
];

/// Other spellings that the driver reads.
const SYNONYMS: [&str; 5] = ["ssl-mode", "ssl-root-cert", "ssl-ca", "ssl-cert", "ssl-key"];

/// What other clients take, and what says the same here.
const INSTEAD: [(&str, &str); 4] = [
    ("connect_timeout", "`DB_CONNECT_TIMEOUT_MS`"),
    ("connection_limit", "`DB_POOL_MAX`"),
    ("pool_timeout", "`DB_POOL_ACQUIRE_MS`"),
    ("schema", "`options=-csearch_path%3DNAME`"),
];

/// What is wrong with the names of parameters, as it stands after "the URL".
///
/// A password with a `&` that was not encoded would end up among them, so what stands behind one is not shown.
pub(super) fn refusal<'u>(names: impl Iterator<Item = Cow<'u, str>>) -> Option<String> {
    let mut wrong: Vec<String> = Vec::new();
    let mut after_password = false;
    for name in names {
        if !is_known(&name) {
            wrong.push(unknown(&name, after_password));
        }
        after_password |= near(&name) == Some("password");
    }
    let known = KNOWN.map(|name| format!("`{name}`")).join(", ");
    (!wrong.is_empty()).then(|| format!("has {}; it takes {known}", wrong.join(" and ")))
}

fn is_known(name: &str) -> bool {
    let is_option = name.starts_with("options[") && name.ends_with(']');
    KNOWN.contains(&name) || SYNONYMS.contains(&name) || is_option
}

fn near(name: &str) -> Option<&'static str> {
    nearest(name, KNOWN.into_iter().chain(SYNONYMS))
}

fn unknown(name: &str, after_password: bool) -> String {
    let instead = INSTEAD.iter().find(|(other, _)| *other == name);
    let help = match (near(name), instead) {
        (Some(near), _) => format!(" (did you mean `{near}`?)"),
        (None, Some((_, instead))) => format!(" (set {instead} instead)"),
        (None, None) => String::new(),
    };
    if after_password {
        format!(
            "a parameter behind the password that is not known{help}, where a `&` of the password itself is written `%26`"
        )
    } else {
        format!("a parameter `{}` that is not known{help}", shown(name))
    }
}
