//! A PostgreSQL server by its parts, for those who have no URL.

use secrecy::SecretString;

use crate::driver::postgres::{PostgresParts, PostgresTarget};
use crate::{Error, Result, Secret};

/// A PostgreSQL server, a database on it, and who connects. Missing parts are PostgreSQL's own defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresServer {
    host: String,
    user: String,
    port: u16,
    database: String,
    password: Option<Secret>,
    ssl_mode: Option<SslMode>,
}

impl PostgresServer {
    /// The database `postgres` on port 5432 of a host: a name, an address, or the folder of a Unix socket.
    pub fn new(host: impl Into<String>, user: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            user: user.into(),
            port: 5432,
            database: "postgres".to_owned(),
            password: None,
            ssl_mode: None,
        }
    }

    /// Another port.
    #[must_use]
    pub fn port(self, port: u16) -> Self {
        Self { port, ..self }
    }

    /// Another database.
    #[must_use]
    pub fn database(self, database: impl Into<String>) -> Self {
        Self { database: database.into(), ..self }
    }

    /// The user's password.
    #[must_use]
    pub fn password(self, password: impl Into<Secret>) -> Self {
        Self { password: Some(password.into()), ..self }
    }

    /// How the connection is encrypted; `prefer` unless it is said.
    #[must_use]
    pub fn ssl_mode(self, mode: SslMode) -> Self {
        Self { ssl_mode: Some(mode), ..self }
    }

    /// How the connection is encrypted, if it was said.
    pub(super) fn given_ssl_mode(&self) -> Option<SslMode> {
        self.ssl_mode
    }

    pub(super) fn target(&self) -> Result<PostgresTarget> {
        PostgresTarget::from_parts(&PostgresParts {
            host: self.host.clone(),
            port: Some(self.port),
            database: self.database.clone(),
            user: Some(self.user.clone()),
            password: self.password.as_ref().map(|password| SecretString::from(password.expose())),
            ssl_mode: self.ssl_mode.map(|mode| mode.name().to_owned()),
        })
        .map_err(|failure| Error::Config(failure.to_string()))
    }
}

/// How a connection to PostgreSQL is encrypted, in PostgreSQL's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    /// Never.
    Disable,
    /// Only if the server insists.
    Allow,
    /// If the server can.
    Prefer,
    /// Always, whoever the server is.
    Require,
    /// Always, and the server's certificate must be signed by a known authority.
    VerifyCa,
    /// Always, and the certificate must also be the host's.
    VerifyFull,
}

impl SslMode {
    /// The modes by their names.
    pub(super) const WORDS: &[(&str, Self)] = &[
        ("disable", Self::Disable),
        ("allow", Self::Allow),
        ("prefer", Self::Prefer),
        ("require", Self::Require),
        ("verify-ca", Self::VerifyCa),
        ("verify-full", Self::VerifyFull),
    ];

    /// The mode of that name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == name).map(|(_, mode)| *mode)
    }

    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Allow => "allow",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }

    /// Whether a connection in the clear is out of the question.
    pub(super) fn always_encrypts(self) -> bool {
        matches!(self, Self::Require | Self::VerifyCa | Self::VerifyFull)
    }
}
