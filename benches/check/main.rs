//! How long `cargo check` takes for a hundred models: generated, written by hand on sqlx, and generated with the required
//! fields of a new row in a struct instead of in type parameters (`docs/decisions/0002`).
//!
//! Each is a workspace of its own with the models in one crate and a service that uses all of them in another. What they
//! depend on is checked before; then everyone's turn comes in every round.

mod by_hand;
mod generated;
mod project;

use project::{Project, Stage};
use seedbed_benches::statistics::Median;
use seedbed_benches::text::{line, time};
use seedbed_benches::{is_bench, large};

/// How often everyone's turn comes.
const ROUNDS: usize = 9;
/// The columns of the table of results.
const WIDTHS: [i32; 4] = [34, -22, -22, -22];

fn main() {
    let models = if is_bench() { 100 } else { 3 };
    let spec = large::spec(models);
    let projects = [
        generated::project(&spec, models, generated::NewRows::Typestate),
        by_hand::project(models),
        generated::project(&spec, models, generated::NewRows::Struct),
    ];
    for project in &projects {
        println!(
            "{}: {} lines in {models} models, {} for the last of them",
            project.name,
            project.lines(),
            project.lines_of_last()
        );
    }
    if is_bench() {
        compare(&projects);
    }
}

fn compare(projects: &[Project]) {
    for project in projects {
        project.check(Stage::Service);
    }
    for (stage, title) in [(Stage::Models, "the models alone"), (Stage::Service, "the service alone")] {
        let mut seconds = vec![Vec::new(); projects.len()];
        let mut processor = seconds.clone();
        for round in 0..ROUNDS {
            for step in 0..projects.len() {
                let at = (round + step) % projects.len();
                let took = projects[at].check(stage);
                seconds[at].push(took.wall);
                processor[at].push(took.processor);
            }
        }
        print(title, projects, &seconds, &processor);
    }
}

/// Prints the times of each project, and its ratio to the first.
fn print(title: &str, projects: &[Project], seconds: &[Vec<f64>], processor: &[Vec<f64>]) {
    println!("{}", line(&WIDTHS, [title, "passed", "on the processor", "generated to it"]));
    for (at, project) in projects.iter().enumerate() {
        let figure = |samples: &[f64]| {
            let Median { value, low, high } = Median::of(samples.iter().copied());
            format!("{} [{}, {}]", time(value), time(low), time(high))
        };
        let ratio = Median::of(processor[0].iter().zip(&processor[at]).map(|(ours, theirs)| ours / theirs));
        let ratio = format!("{:.2} [{:.2}, {:.2}]", ratio.value, ratio.low, ratio.high);
        println!("{}", line(&WIDTHS, [&project.name, &figure(&seconds[at]), &figure(&processor[at]), &ratio]));
    }
}
