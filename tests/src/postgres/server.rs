//! The running server: one for all test processes of a run, which join it or start it.
//!
//! A small shell, `supervise.sh`, runs the server. It holds the read end of a FIFO of which each test process holds the
//! write end, so the kernel tells it when the last of them is gone, also after a crash. Test processes only ever look
//! for the server under the lock in `target/postgres/`.

use std::fs::{self, File};
use std::io::{self, Write};
use std::net::TcpListener;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::collation::Collation;
use super::home::{Home, open_users, remove_leftovers};
use super::{Installation, installation, state_dir};
use crate::command::last_lines;

/// The user and group `nobody`: PostgreSQL refuses to run as root, and tests in containers are often root.
const NOBODY: u32 = 65534;

/// How long a server may take to start, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running PostgreSQL server. It lives as long as one of the processes that hold one of these.
#[derive(Debug)]
pub struct Server {
    directory: PathBuf,
    port: u16,
    /// The write end of the FIFO, which keeps the server alive.
    _alive: File,
}

/// The server of this run, joined or started at the first call.
///
/// # Panics
/// When there is no server and none can be installed or started; the message says what to do.
pub fn server() -> &'static Server {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    let server = SERVER.get_or_init(|| Server::join_or_start().map_err(|error| error.to_string()));
    server.as_ref().unwrap_or_else(|error| panic!("no PostgreSQL server for the tests: {error}"))
}

impl Server {
    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The directory that holds the server's files, its log, and its Unix socket.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The address of a database, over TCP.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// The address of a database, over the Unix socket.
    pub fn socket_url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost:{}/{database}?host={}", self.port, self.directory.display())
    }

    fn join_or_start() -> io::Result<Self> {
        let state = state_dir()?;
        let lock = File::create(state.join("lock"))?;
        lock.lock()?;
        let installation = installation()?;
        if let Some(server) = Self::join(&state, &installation) {
            return Ok(server);
        }
        remove_leftovers();
        let server = Self::start(&installation)?;
        fs::write(server.directory.join("door"), door(server.port, &installation))?;
        fs::write(state.join("server"), server.directory.as_os_str().as_bytes())?;
        Ok(server)
    }

    /// Joins the server that an earlier process started, if it is still there and of the same installation.
    fn join(state: &Path, installation: &Installation) -> Option<Self> {
        let directory = PathBuf::from(fs::read_to_string(state.join("server")).ok()?);
        let mut alive = open_users(&directory).ok()?;
        alive.write_all(b"x").ok()?;
        // Looked at after we are in: while the door was there, the supervisor had not yet counted for the last time.
        let found = fs::read_to_string(directory.join("door")).ok()?;
        let port = found.lines().next()?.parse().ok()?;
        (found == door(port, installation)).then_some(Self { directory, port, _alive: alive })
    }

    fn start(installation: &Installation) -> io::Result<Self> {
        let mut attempts = 0..5;
        loop {
            let last = attempts.next().is_none();
            match Self::start_on(free_port()?, installation) {
                // Somebody else took the port between the moment it was found free and its use.
                Err(error) if !last && error.to_string().contains("Address already in use") => continue,
                outcome => return outcome,
            }
        }
    }

    fn start_on(port: u16, installation: &Installation) -> io::Result<Self> {
        let collation = Collation::choose(installation)?;
        let home = Home::new()?;
        let (users, alive) = home.make_users()?;
        supervisor(&home, port, installation, &collation)?.stdin(users).spawn()?;
        let server = Self { directory: home.keep(), port, _alive: alive };
        server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&self) -> io::Result<()> {
        let (pid_file, stopped) = (self.directory.join("data/postmaster.pid"), self.directory.join("stopped"));
        let end = Instant::now() + PATIENCE;
        loop {
            // Its last line says what the server is doing.
            if fs::read_to_string(&pid_file).is_ok_and(|text| text.trim_end().ends_with("ready")) {
                return Ok(());
            }
            if stopped.exists() || Instant::now() > end {
                let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
                return Err(io::Error::other(format!("it did not start:\n{}", last_lines(&log, 15))));
            }
            sleep(Duration::from_millis(5));
        }
    }
}

/// What the file `door` says: the port, and which server answers there.
fn door(port: u16, installation: &Installation) -> String {
    format!("{port}\n{}\n", installation.bin.display())
}

/// The command that runs a server in `home`, as a user who may.
fn supervisor(home: &Home, port: u16, installation: &Installation, collation: &Collation) -> io::Result<Command> {
    let (directory, is_root) = (home.path(), home.is_of_root()?);
    let mut programs = installation.clone();
    if is_root && !installation.is_open_to_all() {
        programs = installation.copy_to(&directory.join("programs"))?;
    }
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", include_str!("supervise.sh"), "seedbed-postgres"])
        .arg(directory)
        .arg(&programs.bin)
        .arg(port.to_string())
        .current_dir("/")
        // Variables such as `PGPORT` or `LC_ALL` would change what the server does.
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", directory)
        .envs(programs.libraries.map(|libraries| ("LD_LIBRARY_PATH", libraries)))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // A group of its own: an interrupt from the keyboard ends the tests, not the one who cleans up after them.
        .process_group(0);
    collation.apply(&mut command, directory)?;
    if is_root {
        // All of it, or the supervisor could not remove what was copied there.
        home.give_to(NOBODY, NOBODY)?;
        command.uid(NOBODY).gid(NOBODY);
    }
    Ok(command)
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
