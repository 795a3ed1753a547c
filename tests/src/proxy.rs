//! A proxy in front of PostgreSQL: it counts what a client sends, reads the statements, and can freeze or kill.
//!
//! Each connection is relayed by two threads of its own, so that the proxy neither needs nor disturbs the runtime under
//! test. Every message is counted before it is passed on: who has an answer finds its question in the counts.

mod frontend;
mod relay;

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

use relay::Shared;

use crate::{TestDb, postgres};

/// What clients have sent since the start or the last [`Proxy::reset`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Connections that were opened.
    pub connections: u64,
    /// Startup messages: sessions that were begun. Fewer than connections when some only cancelled.
    pub startups: u64,
    /// Requests to cancel a statement of another connection.
    pub cancels: u64,
    /// Simple queries.
    pub queries: u64,
    /// `Sync` messages, each of which ends a batch of the extended protocol.
    pub syncs: u64,
    /// Statements that were prepared.
    pub parses: u64,
    /// Executions of prepared statements.
    pub executes: u64,
}

impl Counts {
    /// How often a client had to wait for the server, the handshake of a session not counted.
    pub fn round_trips(&self) -> u64 {
        self.queries + self.syncs
    }
}

/// A proxy that listens on a port of its own until it is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Proxy {
    /// Starts a proxy in front of the shared server. What listens is up at once.
    pub fn start() -> io::Result<Self> {
        Self::in_front_of(SocketAddr::from(([127, 0, 0, 1], postgres::server().port())))
    }

    /// Starts a proxy in front of the server at `upstream`.
    pub fn in_front_of(upstream: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let of_thread = Arc::clone(&shared);
        thread::Builder::new().name("proxy".into()).spawn(move || relay::accept(&listener, upstream, &of_thread))?;
        Ok(Self { address, shared })
    }

    /// The port that clients connect to, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The address of a PostgreSQL test database through this proxy.
    ///
    /// # Panics
    /// When `db` is a SQLite database, which has no server to stand in front of.
    pub fn url(&self, db: &TestDb) -> String {
        let direct = format!("127.0.0.1:{}", postgres::server().port());
        assert!(db.url().contains(&direct), "`{}` is not a database of the shared PostgreSQL server", db.url());
        db.url().replace(&direct, &self.address.to_string())
    }

    /// What was counted so far.
    pub fn counts(&self) -> Counts {
        self.shared.seen().counts
    }

    /// The texts of the statements sent, in order: simple queries, and each statement once when it is prepared.
    pub fn statements(&self) -> Vec<String> {
        self.shared.seen().statements.clone()
    }

    /// The texts of the statements executed, in order, also of those prepared earlier.
    pub fn executions(&self) -> Vec<String> {
        self.shared.seen().executions.clone()
    }

    /// Starts counting anew. Statements prepared earlier are still known by their texts.
    pub fn reset(&self) {
        *self.shared.seen() = Default::default();
    }

    /// How many connections are open now.
    pub fn open_connections(&self) -> usize {
        self.shared.open_connections()
    }

    /// Passes nothing on to the server any more, until [`thaw`](Self::thaw). Nothing is lost.
    pub fn freeze_requests(&self) {
        self.shared.freeze(|frozen| frozen.requests = true);
    }

    /// Passes nothing back to clients any more, until [`thaw`](Self::thaw): the server works, and nobody hears of it.
    pub fn freeze_answers(&self) {
        self.shared.freeze(|frozen| frozen.answers = true);
    }

    /// Passes on what was held back, and all that follows.
    pub fn thaw(&self) {
        self.shared.freeze(|frozen| *frozen = Default::default());
    }

    /// Cuts every connection that is open now, on both sides. New ones are accepted.
    pub fn kill_connections(&self) {
        self.shared.kill_connections();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        self.thaw();
        // Wakes the thread that accepts, which closes the port.
        drop(TcpStream::connect(self.address));
        self.kill_connections();
    }
}
