//! Names: which can be used, and how one is spelled in Rust and in the database.

use heck::{ToLowerCamelCase, ToPascalCase, ToSnakeCase};
use seedbed_schema::MAX_IDENTIFIER_BYTES;

use crate::diagnostics::{Code, Diagnostic, Report};
use crate::document::{Case, Name};
use crate::source::Span;
use crate::yaml::Scalar;

/// A name in snake case: how fields and associations are called, however the spec spells them.
pub(crate) fn snake(name: &str) -> String {
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if plain && !name.contains("__") && !name.starts_with('_') && !name.ends_with('_') {
        return name.to_owned();
    }
    name.to_snake_case()
}

/// A name in the case of Rust's types: how enum variants are called.
pub(crate) fn pascal(name: &str) -> String {
    name.to_pascal_case()
}

/// A name in snake case with its last word in the plural.
pub(crate) fn snake_plural(name: &str) -> String {
    let name = snake(name);
    let (front, last) = match name.rfind('_') {
        Some(at) => name.split_at(at + 1),
        None => ("", name.as_str()),
    };
    format!("{front}{}", pluralizer::pluralize(last, 2, false))
}

/// A name as the database spells it.
pub(crate) fn spelled(name: &str, case: Case) -> String {
    match case {
        Case::Snake => snake(name),
        Case::Camel => name.to_lower_camel_case(),
        Case::Pascal => name.to_pascal_case(),
        Case::SnakePlural => snake_plural(name),
        Case::CamelPlural => snake_plural(name).to_lower_camel_case(),
        Case::PascalPlural => snake_plural(name).to_pascal_case(),
    }
}

/// The longest name that becomes a Rust identifier.
pub(super) const MAX_NAME: usize = 100;

/// Whether a name can become a Rust identifier; if not, that is reported.
pub(crate) fn identifier(name: &Name, what: &str, report: &mut Report) -> bool {
    let text = name.text.as_str();
    let problem = if text.starts_with('_') {
        Some("names that begin with `_` are kept for generated code")
    } else if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        Some("it has to begin with an ASCII letter")
    } else if text.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        Some("it may only have ASCII letters, digits and `_`")
    } else if text.len() > MAX_NAME {
        Some("it is longer than 100 characters")
    } else {
        None
    };
    let Some(problem) = problem else { return true };
    let diagnostic =
        Diagnostic::error(Code::BadName, name.span, format!("`{text}` cannot be the name of {what}")).label(problem);
    report.push(match what {
        "a model" => diagnostic.help("the name becomes a Rust type; `table:` gives the table another name"),
        "a field" => diagnostic.help("the name becomes a Rust field; `column:` gives the column another name"),
        _ => diagnostic.help("the name becomes a Rust identifier"),
    });
    false
}

/// A name for the database that the spec spells out: anything that both databases keep as it is.
pub(crate) fn database_name(text: &str, span: Span, report: &mut Report) -> Option<String> {
    if text.is_empty() || text.contains('\0') || text.trim() != text {
        let message = format!("`{text}` cannot be a name in a database");
        report.push(
            Diagnostic::error(Code::BadName, span, message).help("a name is not empty and has no blanks around it"),
        );
        return None;
    }
    if text.len() > MAX_IDENTIFIER_BYTES {
        let message = format!("the name has {} bytes, and PostgreSQL keeps {MAX_IDENTIFIER_BYTES}", text.len());
        report.push(
            Diagnostic::error(Code::NameTooLong, span, message)
                .help("write a shorter one; names that Seedbed derives are shortened with a hash"),
        );
        return None;
    }
    Some(text.to_owned())
}

/// The same for an optional text of the spec.
pub(crate) fn override_name(text: Option<&Scalar>, report: &mut Report) -> Option<String> {
    text.and_then(|text| database_name(&text.text, text.span, report))
}

/// A former name, which only has to be a name.
pub(crate) fn former_name(name: Option<&Name>) -> Option<String> {
    name.map(|name| name.text.clone())
}

#[cfg(test)]
mod tests {
    use super::{snake, snake_plural, spelled};
    use crate::document::Case;

    #[test]
    fn names_are_spelled_as_people_would() {
        for (name, expected) in [
            ("firstName", "first_name"),
            ("cost_1k_input", "cost_1k_input"),
            ("s3Uri", "s3_uri"),
            ("HTTPRequest", "http_request"),
            ("id", "id"),
            ("a__b", "a_b"),
        ] {
            assert_eq!(snake(name), expected);
        }
    }

    #[test]
    fn the_last_word_is_in_the_plural() {
        for (name, expected) in [
            ("User", "users"),
            ("Usage", "usages"),
            ("ChatThread", "chat_threads"),
            ("Category", "categories"),
            ("PeopleCounter", "people_counters"),
            ("Person", "people"),
            ("ApiKey", "api_keys"),
            ("Status", "statuses"),
        ] {
            assert_eq!(snake_plural(name), expected);
        }
        assert_eq!(spelled("ChatThread", Case::CamelPlural), "chatThreads");
        assert_eq!(spelled("created_at", Case::Camel), "createdAt");
    }
}
