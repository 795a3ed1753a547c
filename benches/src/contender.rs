//! One way of doing some work, ready to do it any number of times.

use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::runtime::Runtime;

/// One way of doing some work.
pub struct Contender {
    /// What it is called in tables.
    pub name: String,
    sample: Box<dyn Fn(u64) -> BoxFuture<'static, Duration>>,
}

impl Contender {
    /// A contender that does its work so many times, one after the other, and says how long that took.
    pub fn new<F>(name: impl Into<String>, sample: impl Fn(u64) -> F + 'static) -> Self
    where
        F: Future<Output = Duration> + Send + 'static,
    {
        Self { name: name.into(), sample: Box::new(move |times| Box::pin(sample(times))) }
    }

    /// Does the work so many times, in a task as a service would.
    ///
    /// # Panics
    /// The work does.
    pub fn sample(&self, runtime: &Runtime, times: u64) -> Duration {
        let sample = (self.sample)(times);
        runtime.block_on(async { tokio::spawn(sample).await.expect("the work succeeds") })
    }

    /// How often the work has to be done for a sample to take about that long.
    ///
    /// Each number is tried twice, because the first samples fill caches and open connections.
    pub(crate) fn times_within(&self, runtime: &Runtime, wanted: Duration) -> u64 {
        let mut times = 1;
        loop {
            let took = self.sample(runtime, times).min(self.sample(runtime, times));
            if took * 2 >= wanted {
                let each = took.as_secs_f64() / times as f64;
                return ((wanted.as_secs_f64() / each) as u64).max(1);
            }
            times *= 2;
        }
    }
}

/// A [`Contender`] that awaits a piece of work one time after the other. What the work needs is cloned for it:
/// `contender!("generated", db = self.db, |turn| User::get(&db, 1 + turn as i64))`.
#[macro_export]
macro_rules! contender {
    ($name:expr, $shared:ident = $value:expr, |$turn:ident| $work:expr) => {{
        let $shared = ::std::clone::Clone::clone(&$value);
        $crate::Contender::new($name, move |times| {
            let $shared = ::std::clone::Clone::clone(&$shared);
            async move {
                let start = ::std::time::Instant::now();
                for $turn in 0..times {
                    ::std::hint::black_box($work.await.expect("the work succeeds"));
                }
                start.elapsed()
            }
        })
    }};
}
