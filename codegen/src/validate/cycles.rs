//! A circle of keys that are NOT NULL has no first row: nothing could ever be inserted.

use crate::diagnostics::{Code, Diagnostic, Report};
use crate::lower::Drafts;

/// Reports each circle once, naming the associations on it.
pub(super) fn validate(drafts: &Drafts<'_>, report: &mut Report) {
    let edges = required(drafts);
    let mut search =
        Search { drafts, edges: &edges, states: vec![State::New; drafts.models.len()], circles: Vec::new() };
    for model in 0..drafts.models.len() {
        if search.circles.len() < MAX_CIRCLES {
            search.from(model);
        }
    }
    for circle in search.circles {
        report.push(diagnostic(drafts, &circle));
    }
}

/// The associations of each model without which no row of it can exist.
fn required(drafts: &Drafts<'_>) -> Vec<Vec<usize>> {
    let mut edges = vec![Vec::new(); drafts.models.len()];
    for (at, (association, _)) in drafts.associations.iter().enumerate() {
        let draft = drafts.model(association.model);
        if association.fields.iter().all(|id| !draft.model.field(*id).nullable) {
            edges[association.model.0].push(at);
        }
    }
    edges
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

struct Search<'s, 'a> {
    drafts: &'s Drafts<'a>,
    edges: &'s [Vec<usize>],
    states: Vec<State>,
    circles: Vec<Circle>,
}

/// The most steps of a circle that are shown.
const MAX_STEPS: usize = 12;

/// The most circles that are reported.
const MAX_CIRCLES: usize = 100;

/// A circle: its first associations and the one that closes it, and how many there are in all.
struct Circle {
    edges: Vec<usize>,
    length: usize,
}

impl Search<'_, '_> {
    /// A walk in depth with a stack of its own, because a chain of models can be long.
    fn from(&mut self, start: usize) {
        if self.states[start] != State::New {
            return;
        }
        self.states[start] = State::Open;
        // Each entry is a model, how many of its edges were followed, and the edge that led to it.
        let mut path: Vec<(usize, usize, Option<usize>)> = vec![(start, 0, None)];
        while let Some((model, followed, _)) = path.last_mut() {
            let Some(edge) = self.edges[*model].get(*followed).copied() else {
                self.states[*model] = State::Done;
                path.pop();
                continue;
            };
            *followed += 1;
            let target = self.drafts.associations[edge].0.target.0;
            match self.states[target] {
                State::New => {
                    self.states[target] = State::Open;
                    path.push((target, 0, Some(edge)));
                }
                State::Open if self.circles.len() < MAX_CIRCLES => {
                    let from = path.iter().position(|(model, ..)| *model == target).unwrap_or(0);
                    let steps = path[from + 1..].iter().filter_map(|(.., edge)| *edge).take(MAX_STEPS);
                    let length = path.len() - from;
                    self.circles.push(Circle { edges: steps.chain([edge]).collect(), length });
                }
                State::Open | State::Done => {}
            }
        }
    }
}

fn diagnostic(drafts: &Drafts<'_>, circle: &Circle) -> Diagnostic {
    let step = |edge: &usize| {
        let (association, _) = &drafts.associations[*edge];
        format!("{}.{}", drafts.model(association.model).name.text, association.name)
    };
    let mut steps: Vec<String> = circle.edges.iter().map(step).collect();
    if circle.length > steps.len() {
        steps.insert(steps.len() - 1, format!("… {} more …", circle.length - steps.len()));
    }
    let (first, written) = &drafts.associations[circle.edges[0]];
    let back = &drafts.model(first.model).name.text;
    let message =
        format!("no first row can be inserted: every key on the way {} -> {back} is NOT NULL", steps.join(" -> "));
    let mut diagnostic = Diagnostic::error(Code::RequiredCycle, written.span, message)
        .help("make one of them nullable with `?` behind its model");
    for edge in &circle.edges[1..] {
        diagnostic = diagnostic.secondary(drafts.associations[*edge].1.span, "and this one leads on");
    }
    diagnostic
}
