//! Specs made to exhaust the reader: each is refused, or read, in little time and memory.
//!
//! Every case has an attack that grows faster than the file: without its limit it would take minutes, gigabytes or the
//! whole stack. The limits of time leave room for a slow machine in a debug build.

use std::path::Path;
use std::time::{Duration, Instant};

use seedbed_codegen::{Diagnostics, load, load_text};

const HEAD: &str = "seedbed: 1\ndefaults: { key: bigint = auto }\n";
const SECONDS: u64 = 40;

fn read(text: String) -> Result<(), Diagnostics> {
    let begin = Instant::now();
    let result = load_text(Path::new("hostile.yaml"), text).map(drop);
    if let Err(errors) = &result {
        assert!(errors.len() <= 200, "{} diagnostics", errors.len());
        assert!(errors.render(false).len() < 4_000_000);
    }
    assert!(begin.elapsed() < Duration::from_secs(SECONDS), "it took {:?}", begin.elapsed());
    result
}

#[track_caller]
fn refused(code: &str, text: String) {
    let errors = read(text).expect_err("it is hostile");
    assert!(
        errors.iter().any(|item| item.code.name() == code),
        "{}",
        &errors.render(false)[..2_000.min(errors.render(false).len())]
    );
}

/// The cases that would grow without bounds, once more in a process that may only have so much memory.
#[test]
#[cfg(target_os = "linux")]
fn they_stay_within_memory() {
    const KILOBYTES: u64 = 1_500_000;
    if std::env::var_os("SEEDBED_HOSTILE_CHILD").is_some() {
        return;
    }
    let output = std::process::Command::new("sh")
        .args(["-c", &format!("ulimit -v {KILOBYTES} && exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().expect("this binary"))
        .args(["hostile::", "--test-threads=1"])
        .env("SEEDBED_HOSTILE_CHILD", "1")
        .output()
        .expect("a shell");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// `count` pieces, each made of its number.
fn many(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

#[test]
fn nesting_does_not_reach_the_stack() {
    refused("SB011", "[".repeat(100_000));
    refused("SB011", "{a: ".repeat(100_000));
    refused("SB011", "- ".repeat(100_000));
    refused("SB011", "? ".repeat(100_000));
    refused("SB011", format!("{HEAD}models: {}", "[".repeat(1_000_000)));
}

#[test]
fn aliases_are_never_expanded() {
    let bomb = many(30, |at| {
        let items = vec![format!("*a{}", at.saturating_sub(1)); 10].join(",");
        if at == 0 { "a0: &a0 x\n".into() } else { format!("a{at}: &a{at} [{items}]\n") }
    });
    refused("SB008", bomb);
    refused("SB008", many(100_000, |at| format!("k{at}: &a{at} v\n")));
}

#[test]
fn a_file_of_fifty_megabytes_is_not_even_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("schema.yaml");
    std::fs::write(&path, "a: b\n".repeat(10_000_000)).expect("it can be written");
    let begin = Instant::now();
    let errors = load(&path).expect_err("it is too large");
    assert!(begin.elapsed() < Duration::from_secs(2), "it took {:?}", begin.elapsed());
    assert!(errors.to_string().contains("SB002"), "{errors}");
}

#[test]
fn a_file_that_never_ends_is_not_read_to_the_end() {
    let zero = Path::new("/dev/zero");
    if zero.exists() {
        assert!(load(zero).expect_err("it never ends").to_string().contains("SB002"));
    }
}

#[test]
fn many_small_nodes_stay_within_memory() {
    refused("SB002", format!("[{}]", "[],".repeat(600_000)));
    refused("SB002", format!("[{}]", "a: b,".repeat(400_000)));
    refused("SB002", "-\n".repeat(900_000));
    refused("SB007", "? a\n".repeat(400_000));
}

#[test]
fn long_texts_are_read_once() {
    for text in
        ["#".repeat(2_000_000), ":".repeat(2_000_000), "\"".repeat(2_000_000), format!("a: {}", "x".repeat(2_000_000))]
    {
        assert!(read(text).is_err());
    }
}

#[test]
fn mixins_and_keys_do_not_multiply() {
    let models = many(12_000, |at| format!("  M{at}:\n"));
    let mixin = "seedbed: 1\ndefaults: { key: bigint = auto, use: [m] }\nmixins:\n  m:\n";
    refused("SB013", format!("{mixin}{}models:\n{models}", many(20_000, |at| format!("    f{at}: int\n"))));
    refused("SB013", format!("{mixin}{}models:\n{models}", many(1_000, |at| format!("    f{at}: int\n"))));
    refused(
        "SB013",
        format!("{mixin}    f: {{ type: text, default: '{}' }}\nmodels:\n{models}", "x".repeat(1_000_000)),
    );
    let doubling = many(40, |at| {
        let (a, b) = (at, at);
        format!("  M{}:\n    key: [a, b]\n    belongs_to: {{ a: M{a} inverse=none, b: M{b} inverse=none }}\n", at + 1)
    });
    refused("SB064", format!("{HEAD}models:\n  M0:\n{doubling}"));
    let chain = many(8_000, |at| format!("  M{}:\n    key: [a]\n    belongs_to: {{ a: M{at} }}\n", at + 1));
    refused("SB062", format!("{HEAD}models:\n  M0:\n{chain}"));
}

#[test]
fn long_circles_and_wrong_names_are_found_in_time() {
    let circles = many(20_000, |at| format!("  M{at}:\n    belongs_to: {{ a: M{}, b: M0 inverse=x{at} }}\n", at + 1));
    refused("SB073", format!("{HEAD}models:\n{circles}  M8000:\n"));
    refused(
        "SB070",
        format!("{HEAD}models:\n{}", many(12_000, |at| format!("  M{at}: {{ belongs_to: {{ a: N{at}x }} }}\n"))),
    );
    refused(
        "SB031",
        format!("{HEAD}models:\n{}", many(12_000, |at| format!("  M{at}: {{ fields: {{ a: strng }} }}\n"))),
    );
    let values = many(1_000, |at| format!("v{at},"));
    let fields = many(1_500, |at| format!("      f{at}: E = w{at}\n"));
    refused("SB052", format!("{HEAD}enums:\n  E: [{values}]\nmodels:\n  A:\n    fields:\n{fields}"));
}

#[test]
fn indexes_checks_and_rows_are_few_or_cheap() {
    let model = format!("{HEAD}models:\n  A:\n    fields: {{ x: bigint }}\n");
    refused("SB013", format!("{model}    indexes:\n{}", "      - x\n".repeat(100_000)));
    refused("SB081", format!("{model}    indexes:\n      - [{}]\n", "x,".repeat(100_000)));
    refused(
        "SB013",
        format!("{HEAD}models:\n  A:\n    fields:\n{}", many(80_000, |at| format!("      f{at}: int index\n"))),
    );
    let columns = many(100_000, |at| format!("c{at}: 1,"));
    refused("SB080", format!("{model}seeds:\n  - model: A\n    key: id\n    rows:\n      - {{ {columns} }}\n"));
    assert!(read(format!("{model}    checks:\n{}", many(90_000, |at| format!("      - x > {at}\n")))).is_ok());
}

#[test]
fn expressions_are_not_deep() {
    let check =
        |text: &str| format!("{HEAD}models:\n  A:\n    fields: {{ a: int }}\n    checks:\n      - \"{text}\"\n");
    refused("SB090", check(&"(".repeat(1_000_000)));
    refused("SB090", check(&"not ".repeat(900)));
    refused("SB090", check(&"- ".repeat(900)));
    refused("SB090", check(&format!("{}1", "abs(".repeat(300))));
    refused("SB090", check(&format!("a = 1{}", " or a = 1".repeat(200_000))));
    assert!(read(check(&format!("a = 1{}", " or a = 1".repeat(200)))).is_ok());
    let json =
        format!("{HEAD}models:\n  A:\n    fields: {{ a: {{ type: json, default: '{}' }} }}\n", "[".repeat(1_000_000));
    refused("SB035", json);
}

#[test]
fn a_byte_order_mark_is_skipped_and_windows_line_ends_are_fine() {
    let spec = format!("{HEAD}models:\n  User:\n    fields:\n      email: string unique\n");
    assert!(read(format!("\u{FEFF}{spec}")).is_ok());
    assert!(read(spec.replace('\n', "\r\n")).is_ok());
    let wrong = spec.replace("unique", "uniqe").replace('\n', "\r\n");
    let errors = read(wrong).expect_err("a flag is wrong");
    assert!(errors.to_string().contains("hostile.yaml:6:21"), "{errors}");
}

#[test]
fn a_thousand_models_are_read_in_well_under_a_second() {
    let models = many(1_000, |at| {
        format!(
            "  Model{at}:\n    fields:\n      a: string(320) unique\n      b: int = 0\n      c: decimal(12,6)?\n      d: json = []\n      e: bool = true\n    belongs_to:\n      parent: Model{}? inverse=children{at}\n    indexes:\n      - [a, b desc]\n",
            at / 2
        )
    });
    let begin = Instant::now();
    assert!(read(format!("{HEAD}models:\n{models}")).is_ok());
    // A release build takes about 50 ms; this bound is for a debug build on a busy machine.
    assert!(begin.elapsed() < Duration::from_secs(5), "it took {:?}", begin.elapsed());
}
