//! Properties of formatting, for specs in every form, spacing and with comments everywhere: a second run changes nothing,
//! the meaning stays, and each comment stays with the field that it belongs to.

use std::path::Path;

use proptest::prelude::*;
use seedbed_codegen::{format_text, load_text};

/// Fields: the type, the default as YAML and the field line both read it, and flags.
const FIELDS: [(&str, &str, &[&str]); 9] = [
    ("string(20)", "'a b'", &["unique", "sensitive"]),
    ("decimal(12,6)?", "0.5", &["index"]),
    ("json", "[]", &[]),
    ("text", "''", &[]),
    ("string", "\"a: 'b' #c\"", &[]),
    ("timestamp", "now", &["on_update", "index"]),
    ("int?", "", &["unique"]),
    ("Kind", "dark", &[]),
    ("bool", "true", &[]),
];

const ASSOCIATIONS: [(&str, &[(&str, &str)]); 4] = [
    ("Team", &[("inverse", "first")]),
    ("Team?", &[("key", "team_ref"), ("on_delete", "cascade"), ("inverse", "none")]),
    ("Team", &[("unique", "true"), ("inverse", "one")]),
    ("Team?", &[("index", "false"), ("inverse", "third"), ("doc", "Why: it is there.")]),
];

/// Where a comment may end up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Above the line of its field, and below that of the one before.
    Above,
    /// In the line of its field or below, and above that of the next one.
    AtOrBelow,
    /// Between the lines of the fields before and after.
    Near,
}

/// A spec while it is written, by choices that are made from bytes.
struct Writer<'a> {
    choices: &'a [u8],
    chosen: usize,
    text: String,
    /// The comments, each with the number of its field.
    comments: Vec<(String, usize, Place)>,
    fields: usize,
}

impl Writer<'_> {
    fn choose(&mut self, count: usize) -> usize {
        self.chosen += 1;
        let byte = self.choices[self.chosen % self.choices.len()];
        (usize::from(byte) + self.chosen / self.choices.len()) % count
    }

    fn blanks(&mut self, least: usize) -> String {
        " ".repeat(least + self.choose(3))
    }

    fn one_of(&mut self, forms: &[&str]) {
        let form = forms[self.choose(forms.len())];
        self.text += form;
    }

    fn comment(&mut self, place: Place) {
        let text = format!("#{} {}'\": [{{ ", "!".repeat(self.choose(2)), self.comments.len());
        self.text += &text;
        self.comments.push((text.trim_end().to_owned(), self.fields, place));
    }

    /// Ends a line, with a comment beside it now and then.
    fn end(&mut self, place: Place) {
        if self.choose(3) == 0 {
            let blanks = self.blanks(1);
            self.text += &blanks;
            self.comment(place);
        }
        self.text.push('\n');
    }

    /// A comment in a line of its own, with blank lines around it, now and then.
    fn note(&mut self, indent: usize, place: Place) {
        self.one_of(&["", "", "\n", "\n\n"]);
        if self.choose(4) == 0 {
            self.text += &" ".repeat(indent);
            self.comment(place);
            self.text.push('\n');
            self.one_of(&["", "", "\n"]);
        }
    }

    /// The members of a long form, in brackets or below one another.
    fn long(&mut self, indent: usize, members: &[(&str, String)]) {
        match self.choose(3) {
            0 => {
                let members: Vec<String> = members.iter().map(|(key, value)| format!("{key}: {value}")).collect();
                self.text += &format!(" {{ {} }}", members.join(" , "));
                self.end(Place::AtOrBelow);
            }
            1 => {
                self.text += " {";
                self.end(Place::Near);
                for (key, value) in members {
                    self.note(indent + 1, Place::Near);
                    self.text += &format!("{}{key}:   {value},", " ".repeat(indent + 1));
                    self.end(Place::Near);
                }
                self.text += &format!("{}}}", " ".repeat(indent + 1));
                self.end(Place::Near);
            }
            _ => {
                self.end(Place::Near);
                let deeper = indent + 1 + self.choose(3);
                for (key, value) in members {
                    self.note(deeper, Place::Near);
                    self.text += &format!("{}{key}: {value}", " ".repeat(deeper));
                    self.end(Place::Near);
                }
            }
        }
    }

    /// A field or association behind its name, in a line or in the long form.
    fn member(&mut self, indent: usize, name: &str, line: Option<String>, members: &[(&str, String)]) {
        self.note(indent, Place::Above);
        self.text += &format!("{}{name}:", " ".repeat(indent));
        match line.filter(|_| self.choose(2) == 0) {
            None => self.long(indent, members),
            Some(line) => {
                if self.choose(4) == 0 {
                    self.end(Place::Near);
                    self.text += &" ".repeat(indent + 1);
                }
                let plain = !line.contains(": ") && self.choose(2) == 0;
                let line = if plain { line } else { quoted(&line) };
                let blanks = self.blanks(1);
                self.text += &(blanks + &line);
                self.end(Place::AtOrBelow);
            }
        }
        self.note(indent + 1 + indent / 2, Place::AtOrBelow);
        self.fields += 1;
    }

    fn field(&mut self, indent: usize) {
        let (ty, default, flags) = FIELDS[self.fields % FIELDS.len()];
        let mut line = ty.replace(',', &format!(",{}", self.blanks(0)));
        let mut members = vec![("type", quoted(ty))];
        if !default.is_empty() {
            line += &format!("{}={}{default}", self.blanks(0), self.blanks(0));
            members.push(("default", default.to_owned()));
        }
        for flag in flags {
            line += &format!("{}{flag}", self.blanks(1));
            members.push((flag, "true".to_owned()));
        }
        if self.choose(6) == 0 {
            members.insert(self.choose(2), ("doc", "'What it is.'".to_owned()));
        }
        let documented = members.iter().any(|(key, _)| *key == "doc");
        let name = field(self.fields);
        self.member(indent, &name, (!documented).then_some(line), &members);
    }

    fn association(&mut self, indent: usize) {
        let (model, options) = ASSOCIATIONS[self.fields % ASSOCIATIONS.len()];
        let mut line = model.to_owned();
        let mut members = vec![("model", quoted(model))];
        for (option, value) in options {
            line += &format!("{}{option}={value}", self.blanks(1));
            members.push((option, quoted(value).replace("\"true\"", "true").replace("\"false\"", "false")));
        }
        let line = options.iter().all(|(option, _)| *option != "doc").then_some(line);
        let name = field(self.fields);
        self.member(indent, &name, line, &members);
    }

    fn spec(mut self) -> Self {
        self.note(0, Place::Above);
        self.one_of(&["seedbed: 1\n", "\"seedbed\":   '1'\n", "---\nseedbed: 1\n"]);
        self.one_of(&["defaults: {key: bigint = auto}\n", "defaults:\n    key: 'bigint   = auto'\n"]);
        self.one_of(&["enums: { Kind: [dark, light] }\n", "enums:\n Kind:\n - dark\n - \"light\"\n"]);
        self.text += "models:\n  Team:\n  Thing:\n    fields:\n";
        let indent = 5 + self.choose(4);
        (0..FIELDS.len()).for_each(|_| self.field(indent));
        self.text += "    belongs_to:\n";
        let indent = 5 + self.choose(4);
        (0..ASSOCIATIONS.len()).for_each(|_| self.association(indent));
        self.text += "    indexes:\n";
        let (one, two) = (field(1), field(5));
        let forms = [
            format!("[ {one}  desc,{two}]"),
            format!("{{fields: ['{one} desc', \"{two}\"], unique: false}}"),
            format!("fields:\n        - {one} desc\n        - {two}"),
            format!("- {one} desc\n      - \"{two}\""),
        ];
        self.text += "    - ";
        self.one_of(&forms.each_ref().map(String::as_str));
        self.end(Place::AtOrBelow);
        self
    }
}

/// The name of a field by its number.
fn field(number: usize) -> String {
    format!("f{number:02}")
}

/// A text in double quotes, as YAML and JSON both read it.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text is JSON")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_a_second_run_changes_nothing(choices in proptest::collection::vec(any::<u8>(), 30..300)) {
        let writer = Writer { choices: &choices, chosen: 0, text: String::new(), comments: Vec::new(), fields: 0 };
        let Writer { text, comments, .. } = writer.spec();
        let path = Path::new("schema.yaml");
        let before = load_text(path, text.clone()).map_err(|errors| TestCaseError::fail(format!("{errors}\n{text}")))?;
        let once = check_twice(&text)?;
        let after = load_text(path, once.clone()).map_err(|errors| TestCaseError::fail(format!("{errors}\n{once}")))?;
        prop_assert_eq!(after.schema, before.schema);
        prop_assert_eq!(once.matches('#').count() - once.matches(" #c").count(), comments.len(), "{}\n{}", text, once);
        for (comment, field, place) in &comments {
            check_place(&once, comment, *field, *place)
                .map_err(|problem| TestCaseError::fail(format!("`{comment}` {problem}\n{text}\n{once}")))?;
        }
    }
}

/// A text with what means something to YAML in it.
fn text() -> impl Strategy<Value = String> {
    "([a-z0-9]{1,3}|[ -~]|[ \n:#'\"\\\\,\\[\\]{}&*!|>?%@`()-]|: | #|\t|\u{e9}|\u{85}|\u{2028}|\u{1F600}){0,30}"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_survives(text in text(), other in text(), indent in 1_usize..5) {
        let blank = " ".repeat(8 + indent);
        let lines: String = text.lines().map(|line| format!("\n{blank}{line}")).collect();
        let broken = quoted(&text.repeat(8)).replace(' ', &format!("\n{blank}"));
        for style in [broken, quoted(&text), format!("'{}'", text.replace('\'', "''")), text.clone(), format!("|{lines}"), format!(">-{lines}")] {
            let spec = format!(
                "seedbed: 1\ndefaults: {{ key: bigint = auto }}\nenums:\n  E:\n    - {{ value: v, doc: {other} }}\nmodels:\n  A:\n    fields:\n      a: string\n      b:\n        type: string\n        default: {other}\n        doc: {style}\n      c: string = {inner}\n",
                other = quoted(&other),
                inner = quoted(&other).replace('\t', "\\t"),
            );
            if load_text(Path::new("schema.yaml"), spec.clone()).is_ok() {
                check_twice(&spec)?;
            }
        }
    }

    #[test]
    fn a_spec_with_something_changed_can_be_formatted_if_it_is_right(
        case in 0_usize..4,
        at in 0.0..1.0_f64,
        cut in 0_usize..3,
        insert in "( # c|\n|\n\n|\n    |#|['\"\\[\\]{}?=,:|>-]| |[a-z0-9]){0,4}",
    ) {
        let spec = [
            include_str!("../format/comments.yaml"),
            include_str!("../format/fields.yaml"),
            include_str!("../format/forms.yaml"),
            include_str!("../format/texts.yaml"),
        ][case];
        let mut chars: Vec<char> = spec.chars().collect();
        let start = (at * chars.len() as f64) as usize;
        let end = (start + cut).min(chars.len());
        chars.splice(start..end, insert.chars());
        let changed: String = chars.into_iter().collect();
        if load_text(Path::new("schema.yaml"), changed.clone()).is_ok() {
            check_twice(&changed)?;
        }
    }
}

/// Formats a spec twice; that its meaning stays, the formatter itself makes sure of.
fn check_twice(spec: &str) -> Result<String, TestCaseError> {
    let path = Path::new("schema.yaml");
    let fails = |error, text: &str| TestCaseError::fail(format!("{error}\n{text}"));
    let once = format_text(path, spec.to_owned()).map_err(|error| fails(error, spec))?;
    let twice = format_text(path, once.clone()).map_err(|error| fails(error, &once))?;
    prop_assert_eq!(&twice, &once, "{}", spec);
    Ok(once)
}

/// Whether a comment still stands with the field that has a number.
fn check_place(text: &str, comment: &str, number: usize, place: Place) -> Result<(), String> {
    let of = |number: usize| text.find(&format!(" {}:", field(number)));
    let (before, line, next) = (number.checked_sub(1).and_then(of).unwrap_or(0), of(number), of(number + 1));
    let (line, next) = (line.unwrap_or(text.len()), next.unwrap_or(text.len()));
    let range = match place {
        Place::Above => before..line,
        Place::AtOrBelow => line..next,
        Place::Near => before..next,
    };
    match text.find(comment) {
        Some(at) if range.contains(&at) || number == FIELDS.len() + ASSOCIATIONS.len() => Ok(()),
        Some(_) => Err(format!("is not {place:?} `{}`", field(number))),
        None => Err("is gone".to_owned()),
    }
}
