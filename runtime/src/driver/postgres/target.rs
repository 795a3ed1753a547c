//! Where a pool connects to, and opening one connection there.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::time::{Instant, sleep, timeout_at};

use super::failure::Trouble;
use crate::driver::{Failure, FailureKind};

/// A server, a database on it, and who connects.
#[derive(Clone)]
pub struct PostgresTarget {
    options: PgConnectOptions,
}

/// The parts of a target, for those who have no URL.
#[derive(Debug, Default)]
pub struct PostgresParts {
    /// A name, an address, or the folder of a Unix socket.
    pub(crate) host: String,
    /// 5432 by default.
    pub(crate) port: Option<u16>,
    pub(crate) database: String,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<SecretString>,
    /// One of PostgreSQL's own words: `disable`, `allow`, `prefer`, `require`, `verify-ca`, `verify-full`.
    pub(crate) ssl_mode: Option<String>,
}

/// The statements that each connection keeps prepared; sqlx's own 100 is less than a schema of twenty models uses.
const PREPARED_STATEMENTS: usize = 256;

/// The name that the server shows for our sessions unless another is set.
const APPLICATION_NAME: &str = "seedbed";

/// How long to wait before knocking again at a server that is starting or full.
const RETRY_PAUSE: Duration = Duration::from_millis(100);

impl PostgresTarget {
    /// The target that a `postgres://` URL names.
    ///
    /// # Errors
    /// The text is no such URL. The message does not repeat it, because it may hold a password.
    pub(crate) fn from_url(url: &SecretString) -> Result<Self, Failure> {
        let options = PgConnectOptions::from_str(url.expose_secret()).map_err(|error| {
            let why = match error {
                sqlx::Error::Configuration(why) => why.to_string(),
                _ => "it cannot be read".to_owned(),
            };
            Failure::new(FailureKind::Connection, format!("the URL of the PostgreSQL database is not valid: {why}"))
        })?;
        Ok(Self::new(options))
    }

    /// The target that its parts name.
    ///
    /// # Errors
    /// The TLS mode is none of PostgreSQL's.
    pub(crate) fn from_parts(parts: &PostgresParts) -> Result<Self, Failure> {
        let mut options = PgConnectOptions::new_without_pgpass().host(&parts.host).database(&parts.database);
        options = options.port(parts.port.unwrap_or(5432));
        if let Some(user) = &parts.user {
            options = options.username(user);
        }
        if let Some(password) = &parts.password {
            options = options.password(password.expose_secret());
        }
        if let Some(mode) = &parts.ssl_mode {
            options = options.ssl_mode(PgSslMode::from_str(mode).map_err(|_| {
                let accepted = "`disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`";
                Failure::new(FailureKind::Connection, format!("`{mode}` is no TLS mode: expected {accepted}"))
            })?);
        }
        Ok(Self::new(options))
    }

    fn new(options: PgConnectOptions) -> Self {
        let name = options.get_application_name().unwrap_or(APPLICATION_NAME).to_owned();
        let options = options.disable_statement_logging().statement_cache_capacity(PREPARED_STATEMENTS);
        Self { options }.with_application_name(&name)
    }

    /// The same target with a name that the server shows for its sessions.
    ///
    /// The name is cut to what every server keeps as it is (63 bytes of printable ASCII), because a session compares
    /// it with what the server says in order to know whether a pooler stands between.
    #[must_use]
    pub(crate) fn with_application_name(self, name: &str) -> Self {
        let kept: String = name.chars().filter(|c| matches!(c, ' '..='~')).take(63).collect();
        let kept = if kept.is_empty() { APPLICATION_NAME } else { &kept };
        Self { options: self.options.application_name(kept) }
    }

    /// The same server and user with another database.
    #[cfg(feature = "testing")]
    #[must_use]
    pub(crate) fn with_database(self, name: &str) -> Self {
        Self { options: self.options.database(name) }
    }

    /// The same target with TLS that is at least `require`.
    #[must_use]
    pub(crate) fn with_tls_required(self) -> Self {
        match self.options.get_ssl_mode() {
            PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer => {
                Self { options: self.options.ssl_mode(PgSslMode::Require) }
            }
            PgSslMode::Require | PgSslMode::VerifyCa | PgSslMode::VerifyFull => self,
        }
    }

    /// The name that the server shows for the sessions.
    pub(super) fn application_name(&self) -> &str {
        self.options.get_application_name().unwrap_or(APPLICATION_NAME)
    }

    /// The name of the database.
    pub fn database(&self) -> &str {
        self.options.get_database().unwrap_or_else(|| self.options.get_username())
    }

    /// The place, fit for messages: never the user or the password.
    pub(crate) fn place(&self) -> String {
        let database = self.database();
        match self.options.get_socket() {
            Some(folder) => format!("{}:{}/{database}", folder.display(), self.options.get_port()),
            None => format!("{}:{}/{database}", self.options.get_host(), self.options.get_port()),
        }
    }

    /// Opens one connection within a limit; a server that is still starting, or full for the moment, is asked again.
    pub(super) async fn connect(&self, limit: Duration) -> Result<PgConnection, Failure> {
        let deadline = Instant::now() + limit;
        loop {
            let attempt = timeout_at(deadline, PgConnection::connect_with(&self.options)).await;
            let error = match attempt {
                Ok(Ok(connection)) => return Ok(connection),
                Ok(Err(error)) => error,
                Err(_) => return Err(self.too_slow(limit)),
            };
            let passing = error.as_database_error().is_some_and(|error| error.is_transient_in_connect_phase());
            if !passing || Instant::now() + RETRY_PAUSE >= deadline {
                return Err(self.unreachable(error));
            }
            sleep(RETRY_PAUSE).await;
        }
    }

    fn unreachable(&self, error: sqlx::Error) -> Failure {
        let mut failure = Trouble::from(error).failure;
        failure.kind = FailureKind::Connection;
        failure.message = format!("cannot connect to PostgreSQL at `{}`: {}", self.place(), failure.message);
        failure
    }

    pub(super) fn too_slow(&self, limit: Duration) -> Failure {
        let message = format!(
            "cannot connect to PostgreSQL at `{}`: no answer within {limit:?} (DB_CONNECT_TIMEOUT_MS sets the limit)",
            self.place()
        );
        Failure::new(FailureKind::Connection, message)
    }
}

impl fmt::Debug for PostgresTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresTarget")
            .field("place", &self.place())
            .field("user", &self.options.get_username())
            .field("ssl_mode", &self.options.get_ssl_mode())
            .field("application_name", &self.application_name())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> Result<PostgresTarget, Failure> {
        PostgresTarget::from_url(&SecretString::from(url))
    }

    #[test]
    fn the_password_is_never_shown() {
        let from_url = target("postgres://ada:hunter2@db.example:6000/shop?sslmode=disable").unwrap();
        let from_parts = PostgresTarget::from_parts(&PostgresParts {
            host: "db.example".into(),
            port: Some(6000),
            database: "shop".into(),
            user: Some("ada".into()),
            password: Some("hunter2".into()),
            ssl_mode: Some("disable".into()),
        })
        .unwrap();
        for shown in [format!("{from_url:?}"), format!("{from_parts:?}")] {
            assert!(shown.contains("db.example:6000/shop") && shown.contains("ada"), "{shown}");
            assert!(!shown.contains("hunter2"), "{shown}");
        }
        let refused = target("postgres://ada:hunter2@db.example:port/shop").unwrap_err();
        assert!(!refused.message.contains("hunter2"), "{refused}");
    }

    #[test]
    fn tls_is_raised_but_never_lowered() {
        let mode = |url| target(url).unwrap().with_tls_required().options.get_ssl_mode();
        assert!(matches!(mode("postgres://a@h/d?sslmode=prefer"), PgSslMode::Require));
        assert!(matches!(mode("postgres://a@h/d?sslmode=verify-full"), PgSslMode::VerifyFull));
    }

    #[test]
    fn an_unknown_tls_mode_names_the_accepted_ones() {
        let parts = PostgresParts { ssl_mode: Some("always".into()), ..PostgresParts::default() };
        let failure = PostgresTarget::from_parts(&parts).unwrap_err();
        assert!(failure.message.contains("`always`") && failure.message.contains("`verify-full`"), "{failure}");
    }

    #[test]
    fn the_application_name_is_one_that_the_server_keeps() {
        let name =
            |name: &str| target("postgres://a@h/d").unwrap().with_application_name(name).application_name().to_owned();
        assert_eq!(name("gäteway\n 1"), "gteway 1");
        assert_eq!(name(&"x".repeat(80)).len(), 63);
        assert_eq!(name("ü"), "seedbed");
        assert_eq!(target("postgres://a@h/d?application_name=web").unwrap().application_name(), "web");
    }
}
