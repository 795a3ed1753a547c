//! Contenders in turn, round by round, and the ratio within each round.

use std::time::Duration;

use tokio::runtime::Runtime;

use crate::statistics::Median;
use crate::text::{self, time};
use crate::{Contender, is_bench};

/// One piece of work, done by the generated API and by its peers.
pub struct Comparison {
    /// What the work is.
    pub title: String,
    /// The generated API.
    pub ours: Contender,
    /// The same work by hand.
    pub peers: Vec<Peer>,
}

/// Someone to be compared with.
pub struct Peer {
    contender: Contender,
    /// What our time may be in proportion to the peer's.
    limit: f64,
}

impl Peer {
    /// A peer, and the most that our time may be in proportion to its.
    pub fn new(contender: Contender, limit: f64) -> Self {
        Self { contender, limit }
    }
}

/// The result of comparing with one peer.
#[derive(Debug)]
pub struct Row {
    title: String,
    peer: String,
    ours: Median,
    theirs: Median,
    ratio: Median,
    limit: f64,
}

/// How many rounds a comparison takes.
const ROUNDS: usize = 101;
/// How long a contender works in one round.
const SAMPLE: Duration = Duration::from_millis(15);

impl Comparison {
    /// Everyone who takes part, the generated API first.
    pub fn contenders(&self) -> impl Iterator<Item = &Contender> {
        std::iter::once(&self.ours).chain(self.peers.iter().map(|peer| &peer.contender))
    }

    /// Runs every contender in every round and compares the generated API with each peer.
    pub fn run(&self, runtime: &Runtime) -> Vec<Row> {
        let contenders: Vec<&Contender> = self.contenders().collect();
        let times: Vec<u64> = contenders.iter().map(|contender| contender.times_within(runtime, SAMPLE)).collect();
        let mut seconds = vec![Vec::with_capacity(ROUNDS); contenders.len()];
        for round in 0..ROUNDS {
            // Everyone follows everyone else equally often, in both directions.
            for step in 0..contenders.len() {
                let step = if round % 2 == 0 { step } else { contenders.len() - 1 - step };
                let at = (round / 2 + step) % contenders.len();
                let took = contenders[at].sample(runtime, times[at]);
                seconds[at].push(took.as_secs_f64() / times[at] as f64);
            }
        }
        let rows = self.peers.iter().zip(&seconds[1..]);
        rows.map(|(peer, theirs)| self.row(peer, &seconds[0], theirs)).collect()
    }

    fn row(&self, peer: &Peer, ours: &[f64], theirs: &[f64]) -> Row {
        Row {
            title: self.title.clone(),
            peer: peer.contender.name.clone(),
            ours: Median::of(ours.iter().copied()),
            theirs: Median::of(theirs.iter().copied()),
            ratio: Median::of(ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs)),
            limit: peer.limit,
        }
    }
}

impl Row {
    /// Whether the limit is kept, as far as the interval says.
    fn verdict(&self) -> &'static str {
        if self.ratio.high <= self.limit {
            "kept"
        } else if self.ratio.low > self.limit {
            "EXCEEDED"
        } else {
            "within noise"
        }
    }
}

/// Prints results as a table, each as soon as it is known.
pub fn print(rows: impl IntoIterator<Item = Row>) {
    if !is_bench() {
        return;
    }
    println!("{ROUNDS} rounds; medians, and intervals that hold the true ones in 95 of 100 cases");
    let widths = [30, -10, 34, -10, -22, -7];
    let header = ["work", "generated", "by hand", "", "ratio", "limit"];
    println!("{}", text::line(&widths, header));
    for row in rows {
        let Median { value, low, high } = row.ratio;
        let ratio = format!("{value:.3} [{low:.3}, {high:.3}]");
        let limit = format!("{:.2}", row.limit);
        let (ours, theirs) = (time(row.ours.value), time(row.theirs.value));
        println!("{}  {}", text::line(&widths, [&row.title, &ours, &row.peer, &theirs, &ratio, &limit]), row.verdict());
    }
}
