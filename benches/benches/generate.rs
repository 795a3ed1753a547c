//! How long `gen` takes, stage by stage: reading the spec, generating, comparing with what is there, and writing all of
//! it; for the workspace's own spec, and for one of a thousand models.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use seedbed_benches::statistics::Median;
use seedbed_benches::text::{line, time};
use seedbed_benches::{is_bench, large};
use seedbed_codegen::{Loaded, write};
use tempfile::TempDir;

/// As in the command line.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What the workspace's own spec may take.
const OWN: Duration = Duration::from_millis(100);
/// What the large spec may take.
const LARGE: Duration = Duration::from_secs(1);
/// The columns of the table of results.
const WIDTHS: [i32; 3] = [40, -9, -24];

fn main() {
    let (models, repetitions) = if is_bench() { (1_000, 15) } else { (10, 1) };
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("schema.yaml");
    measure(&own, "the workspace's own spec", repetitions * 3, OWN);

    let folder = tempfile::tempdir().expect("a folder");
    let large = folder.path().join("schema.yaml");
    fs::write(&large, large::spec(models)).expect("the folder is there");
    measure(&large, &format!("a spec of {models} models"), repetitions, LARGE);
}

/// The time of each stage.
#[derive(Default)]
struct Stages {
    /// What was written, kept to the end: a file system takes longer to create files soon after it removed others.
    folders: Vec<TempDir>,
    load: Vec<f64>,
    generate: Vec<f64>,
    check: Vec<f64>,
    write: Vec<f64>,
    all: Vec<f64>,
}

fn measure(spec: &Path, title: &str, repetitions: usize, limit: Duration) {
    let mut stages = Stages::default();
    for _ in 0..repetitions {
        stages.run_once(spec);
    }
    let Stages { load, generate, check, write, all, folders: _folders } = stages;
    println!("{}", line(&WIDTHS, [title, "median", "interval"]));
    print("  read and validate", load);
    print("  generate", generate);
    print("  write everything, in place of nothing", write);
    print("  compare with what is there", check);
    let all = print("  gen, from the first to the last", all);
    if is_bench() {
        println!("  {} of {}", if all < limit.as_secs_f64() { "kept" } else { "EXCEEDED" }, time(limit.as_secs_f64()));
    }
}

impl Stages {
    /// What `gen` does, into a folder that does not exist yet, and `gen --check` after it.
    fn run_once(&mut self, spec: &Path) {
        let parent = tempfile::tempdir().expect("a folder");
        let folder = parent.path().join("generated");
        self.folders.push(parent);
        let start = Instant::now();
        let loaded = timed(&mut self.load, || load(spec));
        let generated = timed(&mut self.generate, || {
            seedbed_codegen::generate(spec, "schema.yaml", &loaded).expect("the seeds' files are there")
        });
        timed(&mut self.write, || write::write(&folder, &generated.files).expect("the disk has room"));
        self.all.push(start.elapsed().as_secs_f64());
        let differences = timed(&mut self.check, || write::check(&folder, &generated.files).expect("it was written"));
        assert!(differences.is_empty(), "what was written differs from what was generated: {differences:?}");
    }
}

fn load(spec: &Path) -> Loaded {
    seedbed_codegen::load(spec).unwrap_or_else(|problems| panic!("{}", problems.render(false)))
}

fn timed<T>(seconds: &mut Vec<f64>, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    seconds.push(start.elapsed().as_secs_f64());
    done
}

fn print(title: &str, seconds: Vec<f64>) -> f64 {
    let Median { value, low, high } = Median::of(seconds);
    println!("{}", line(&WIDTHS, [title, &time(value), &format!("[{}, {}]", time(low), time(high))]));
    value
}
