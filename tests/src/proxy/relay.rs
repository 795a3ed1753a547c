//! Relays connections between clients and the server, and keeps what the proxy knows about them.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::Counts;
use super::frontend::{Frontend, Message, asks_for_encryption};

/// What all connections of a proxy share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    seen: Mutex<Seen>,
    frozen: Mutex<Frozen>,
    thawed: Condvar,
    /// Both sides of each open connection.
    open: Mutex<HashMap<u64, [TcpStream; 2]>>,
    pub(super) closed: AtomicBool,
}

/// What clients have sent.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) counts: Counts,
    pub(super) statements: Vec<String>,
    pub(super) executions: Vec<String>,
}

/// Which directions are held back.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Frozen {
    pub(super) requests: bool,
    pub(super) answers: bool,
}

/// Accepts connections until the proxy is closed.
pub(super) fn accept(listener: &TcpListener, upstream: SocketAddr, shared: &Arc<Shared>) {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    for client in listener.incoming() {
        if shared.closed.load(Ordering::SeqCst) {
            return;
        }
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let shared = Arc::clone(shared);
        // A connection that fails is closed, which is all that its client would see of a failing server as well.
        let _ = client.and_then(|client| {
            thread::Builder::new().name("proxy connection".into()).spawn(move || {
                let _ = relay(number, client, upstream, &shared);
                locked(&shared.open).remove(&number);
            })
        });
    }
}

/// Relays one connection until either side closes it.
fn relay(number: u64, client: TcpStream, upstream: SocketAddr, shared: &Arc<Shared>) -> io::Result<()> {
    shared.seen().counts.connections += 1;
    let server = TcpStream::connect(upstream)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    locked(&shared.open).insert(number, [client.try_clone()?, server.try_clone()?]);
    let answers = {
        let (server, client, shared) = (server.try_clone()?, client.try_clone()?, Arc::clone(shared));
        thread::Builder::new().name("proxy answers".into()).spawn(move || pass_answers(server, client, &shared))?
    };
    let outcome = pass_requests(&client, &server, shared);
    // The server is told, and may still answer: to a cancel request it does so by closing.
    let _ = server.shutdown(Shutdown::Write);
    let _ = answers.join();
    outcome
}

fn pass_requests(mut client: &TcpStream, mut server: &TcpStream, shared: &Shared) -> io::Result<()> {
    let mut frontend = Frontend::default();
    let mut buffer = vec![0; 64 * 1024];
    let mut length = open_in_the_clear(client, &mut buffer)?;
    while length > 0 {
        shared.note(frontend.read(&buffer[..length]));
        shared.wait_while(|frozen| frozen.requests);
        server.write_all(&buffer[..length])?;
        length = client.read(&mut buffer)?;
    }
    Ok(())
}

/// Refuses encryption, and reads the first bytes that are meant for the server into `buffer`.
fn open_in_the_clear(mut client: &TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    let mut opening = [0; 8];
    client.read_exact(&mut opening)?;
    while asks_for_encryption(&opening) {
        client.write_all(b"N")?;
        client.read_exact(&mut opening)?;
    }
    buffer[..opening.len()].copy_from_slice(&opening);
    Ok(opening.len())
}

fn pass_answers(mut server: TcpStream, mut client: TcpStream, shared: &Shared) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = server.read(&mut buffer) {
        shared.wait_while(|frozen| frozen.answers);
        if client.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
}

impl Shared {
    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        locked(&self.seen)
    }

    pub(super) fn open_connections(&self) -> usize {
        locked(&self.open).len()
    }

    pub(super) fn freeze(&self, change: impl FnOnce(&mut Frozen)) {
        change(&mut locked(&self.frozen));
        self.thawed.notify_all();
    }

    pub(super) fn kill_connections(&self) {
        for [client, server] in locked(&self.open).values() {
            let _ = client.shutdown(Shutdown::Both);
            let _ = server.shutdown(Shutdown::Both);
        }
    }

    fn wait_while(&self, is_frozen: fn(&Frozen) -> bool) {
        let frozen = locked(&self.frozen);
        drop(self.thawed.wait_while(frozen, |frozen| is_frozen(frozen)).unwrap_or_else(PoisonError::into_inner));
    }

    fn note(&self, messages: Vec<Message>) {
        let mut seen = self.seen();
        for message in messages {
            seen.note(message);
        }
    }
}

impl Seen {
    fn note(&mut self, message: Message) {
        match message {
            Message::Startup => self.counts.startups += 1,
            Message::Cancel => self.counts.cancels += 1,
            Message::Sync => self.counts.syncs += 1,
            Message::Parse(text) => {
                self.counts.parses += 1;
                self.statements.push(text);
            }
            Message::Execute(text) => {
                self.counts.executes += 1;
                self.executions.extend(text);
            }
            Message::Query(text) => {
                self.counts.queries += 1;
                self.statements.push(text.clone());
                self.executions.push(text);
            }
            Message::Other => {}
        }
    }
}

/// A panicking test must not turn every later look at the counts into a panic of its own.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
