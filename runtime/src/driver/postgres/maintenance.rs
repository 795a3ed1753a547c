//! What keeps a pool in shape while nobody looks: the minimum, the idle limit, the maximum age, and whether idle
//! connections are still alive. One task per pool, which ends when the pool is closed or dropped.

use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::pool::{Pool, say_goodbye};
use super::session::Session;

/// How long a connection is idle before it is asked whether it is still alive; asked again after as long.
pub(super) const PROBE_AFTER: Duration = Duration::from_secs(30);

/// How long an idle connection may take to answer.
const PROBE_LIMIT: Duration = Duration::from_secs(5);

/// Looks after a pool until it is closed or gone.
pub(super) async fn look_after(pool: Weak<Pool>, mut closing: watch::Receiver<bool>) {
    let Some(pause) = pool.upgrade().map(|pool| pause(&pool)) else { return };
    let mut probed = Instant::now();
    loop {
        if let Some(pool) = pool.upgrade() {
            retire_surplus(&pool).await;
            if probed.elapsed() >= PROBE_AFTER {
                probed = Instant::now();
                probe_idle(&pool).await;
            }
            top_up(&pool).await;
        }
        // The sender is gone with the pool, which ends the wait with an error.
        tokio::select! {
            _ = closing.changed() => return,
            () = sleep(pause) => {}
        }
    }
}

/// Often enough to keep the limits to a quarter of their length.
fn pause(pool: &Pool) -> Duration {
    let shortest = pool.options.idle.min(pool.options.max_age).min(PROBE_AFTER);
    (shortest / 4).max(Duration::from_millis(50))
}

/// Closes connections that are too old, and those beyond the minimum that were idle for too long.
async fn retire_surplus(pool: &Pool) {
    let now = Instant::now();
    let surplus = pool.take_idle_where(|session, others| {
        now - session.opened > pool.options.max_age
            || (now - session.idle_since > pool.options.idle && others >= pool.options.min)
    });
    join_all(surplus.into_iter().map(say_goodbye)).await;
}

/// Opens connections up to the minimum, as far as slots are free.
async fn top_up(pool: &Arc<Pool>) {
    while pool.open_connections() < pool.options.min {
        let Some(slot) = pool.try_slot() else { return };
        match Session::open(&pool.target, pool.options.connect).await {
            Ok(session) => slot.pool.give_back(session),
            Err(error) => return tracing::debug!(%error, "cannot keep the minimum of connections"),
        }
    }
}

/// Asks the connections that were idle for long whether they are alive, and drops those that are not. Each holds a
/// slot meanwhile, so the limit stands; the rest waits when none is free, for then connections are not idle for long.
pub(super) async fn probe_idle(pool: &Arc<Pool>) {
    let now = Instant::now();
    let long_idle = pool.take_idle_where(|session, _| now - session.idle_since > PROBE_AFTER);
    for mut session in long_idle.into_iter().rev() {
        let Some(_slot) = pool.try_slot() else {
            pool.put_back(session);
            continue;
        };
        match timeout(PROBE_LIMIT, session.ping()).await {
            Ok(Ok(())) => pool.put_back(session),
            _ => tracing::debug!("an idle connection no longer answers and is closed"),
        }
    }
}
