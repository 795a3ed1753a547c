//! `gen`: the same bytes from each process, all or nothing written, whatever ends it.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::workspace::{Workspace, kinds, models, stderr};

crate::tests!(
    every_process_writes_the_same_bytes,
    nothing_is_written_if_one_spec_is_wrong,
    nothing_is_written_if_a_seed_is_missing,
    check_says_what_is_not_current_and_changes_nothing,
    files_of_models_that_are_gone_go_away,
    files_of_somebody_else_are_left_alone,
    a_kill_at_any_moment_leaves_one_whole_version,
);

/// Hash maps have another order in each process.
fn every_process_writes_the_same_bytes() {
    let workspaces = [(); 3].map(|()| {
        let workspace = Workspace::new(&["schema.yaml"]);
        workspace.put("schema.yaml", &kinds());
        workspace.generate();
        workspace
    });
    let [first, second, third] = workspaces.map(|workspace| workspace.files());
    assert!(first.len() > 50, "{:?}", first.keys());
    assert!(first == second && second == third);
}

fn nothing_is_written_if_one_spec_is_wrong() {
    let workspace = Workspace::new(&["one/schema.yaml", "two/schema.yaml"]);
    workspace.put("one/schema.yaml", &models(&["Apple"]));
    workspace.put("two/schema.yaml", "seedbed: 1\nmodels:\n  Pear:\n    fields:\n      text: sting\n");
    let output = workspace.run(&["gen"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("unknown type `sting`"), "{}", stderr(&output));
    assert_eq!(workspace.files(), BTreeMap::new());

    workspace.put("two/schema.yaml", &models(&["Pear"]).replace("package: shop", "package: farm"));
    workspace.generate();
    let before = workspace.files();
    workspace.put("one/schema.yaml", &models(&["Apple", "Cherry"]));
    workspace.put("two/schema.yaml", "seedbed: 1\nmodels: 7\n");
    assert_eq!(workspace.run(&["gen"]).status.code(), Some(1));
    assert!(workspace.files() == before, "not even the spec that is right is generated");
}

fn nothing_is_written_if_a_seed_is_missing() {
    let workspace = Workspace::new(&["schema.yaml"]);
    workspace.put("schema.yaml", &models(&["Apple"]));
    workspace.generate();
    let before = workspace.files();
    let seeds = "seeds:\n  - { model: Apple, file: data/apples.csv, key: id }\n";
    workspace.put("schema.yaml", &(models(&["Apple", "Cherry"]) + seeds));
    let output = workspace.run(&["gen"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("data/apples.csv"), "{}", stderr(&output));
    workspace.put("data/apples.csv", "id,text\n1,file:../secret.txt\n");
    let output = workspace.run(&["gen"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("data/apples.csv:2:3"), "{}", stderr(&output));
    assert!(workspace.files() == before);
}

fn check_says_what_is_not_current_and_changes_nothing() {
    let workspace = Workspace::new(&["schema.yaml"]);
    workspace.put("schema.yaml", &models(&["Apple", "Pear"]));
    let output = workspace.run(&["gen", "--check"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(workspace.files(), BTreeMap::new(), "checking writes nothing");
    workspace.generate();
    assert!(workspace.run(&["gen", "--check"]).status.success());

    fs::remove_file(workspace.path("generated/src/pear.rs")).expect("it is there");
    workspace.put("generated/src/apple.rs", "//! @generated\n// by hand\n");
    workspace.put("generated/src/cherry.rs", "//! @generated\n");
    workspace.put("schema.schema.json", "{}");
    let before = workspace.files();
    let output = workspace.run(&["gen", "--check"]);
    assert_eq!(output.status.code(), Some(1));
    for line in [
        "missing: generated/src/pear.rs",
        "not as generated: generated/src/apple.rs",
        "no longer generated: generated/src/cherry.rs",
        "not as generated: schema.schema.json",
        "run `cargo xtask gen` and commit the result",
    ] {
        assert!(stderr(&output).contains(line), "{line} is not in\n{}", stderr(&output));
    }
    assert!(workspace.files() == before, "checking repairs nothing");
    workspace.generate();
    assert!(workspace.run(&["gen", "--check"]).status.success());
}

fn files_of_models_that_are_gone_go_away() {
    let workspace = Workspace::new(&["schema.yaml"]);
    workspace.put("schema.yaml", &models(&["Apple", "Pear"]));
    workspace.generate();
    let changed =
        |path: &str| fs::metadata(workspace.path(path)).and_then(|data| data.modified()).expect("it is there");
    let apple = changed("generated/src/apple.rs");
    thread::sleep(Duration::from_millis(20));
    workspace.put("schema.yaml", &models(&["Apple", "Cherry"]));
    workspace.generate();
    let files = workspace.files();
    assert!(!files.contains_key("generated/src/pear.rs") && files.contains_key("generated/src/cherry.rs"));
    assert_eq!(changed("generated/src/apple.rs"), apple, "what did not change is not touched, and not built again");
    let lib = changed("generated/src/lib.rs");
    workspace.generate();
    assert_eq!(changed("generated/src/lib.rs"), lib, "a second run touches nothing");
}

fn files_of_somebody_else_are_left_alone() {
    let workspace = Workspace::new(&["schema.yaml"]);
    workspace.put("schema.yaml", &models(&["Apple"]));
    workspace.put("generated/notes.txt", "mine");
    let output = workspace.run(&["gen"]);
    assert!(!output.status.success());
    assert!(stderr(&output).contains("notes.txt` was not generated"), "{}", stderr(&output));
    assert_eq!(workspace.files(), BTreeMap::from([("generated/notes.txt".to_owned(), "mine".to_owned())]));
}

/// Numbers that are random enough to vary the moment of a kill.
struct Moments(u64);

impl Moments {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}

/// How often `gen` is killed.
const KILLS: u32 = 60;

fn a_kill_at_any_moment_leaves_one_whole_version() {
    let specs = [
        kinds(),
        kinds().replace("  Loop:\n    fields:\n      loop: bool\n", "").replace("text: text", "text: string"),
    ];
    let workspace = Workspace::new(&["schema.yaml"]);
    let mut took = Duration::ZERO;
    let [first, second] = specs.clone().map(|spec| {
        workspace.put("schema.yaml", &spec);
        let begun = Instant::now();
        workspace.generate();
        took = begun.elapsed();
        workspace.files()
    });
    assert!(first != second && first.len() != second.len(), "the versions differ in content and in files");

    let staging = workspace.path(".generated.new");
    let mut moments = Moments(7);
    let mut interrupted = 0;
    for kill in 0..KILLS {
        workspace.put("schema.yaml", &specs[kill as usize % 2]);
        let mut child = workspace.command(&["gen"]).stdout(Stdio::null()).spawn().expect("this program can be run");
        if kill % 3 == 0 {
            thread::sleep(Duration::from_micros(moments.below(took.as_micros().try_into().expect("a short time"))));
        } else {
            // Most of the time nothing is written; this waits for the moment when it is.
            while !staging.exists() && child.try_wait().expect("it is ours").is_none() {
                thread::yield_now();
            }
            // That takes from one millisecond to a dozen, by the machine and what else it does.
            thread::sleep(Duration::from_micros(moments.below(12_000 >> (kill % 5))));
        }
        child.kill().expect("it is ours");
        child.wait().expect("it is ours");
        interrupted += u32::from(staging.exists());

        let mut files = workspace.files();
        files.retain(|path, _| !path.starts_with('.') && !path.ends_with(".new"));
        assert!(files == first || files == second, "kill {kill} left {:?}", files.keys());
    }
    assert!(interrupted > 0, "no kill came while files were being written");
    workspace.put("schema.yaml", &specs[0]);
    workspace.generate();
    assert!(workspace.files() == first, "what a kill left behind is cleared by the next run");
}
