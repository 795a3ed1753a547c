//! Which database a start connects to: what code says, else what the environment says, else what the spec says.

use seedbed_schema::Dialect;

use super::environment::{Reader, shown};
use super::server::{PostgresServer, SslMode};
use super::url::{self, DatabaseUrl, Part, PostgresUrl, SqlitePlace};
use super::variable::{
    self, DATABASE_URL, DB_DIALECT, DB_SQLITE_SYNCHRONOUS, DB_STORAGE, PGDATABASE, PGHOST, PGPASSWORD, PGPORT,
    PGSSLMODE, PGUSER, USE_SQLITE, Variable,
};
use crate::driver::postgres::PostgresTarget;
use crate::driver::sqlite::{SqliteFile, SqliteTarget, Synchronous};
use crate::{Secret, Target, meta};

/// A database that code names. The variables that name one are then not read.
#[derive(Debug, Clone)]
pub(super) enum Given {
    Url(Secret),
    Sqlite(SqlitePlace),
    Server(PostgresServer),
    #[cfg(feature = "testing")]
    Target(Box<Target>),
}

/// The database; nothing if that cannot be told, which the reader then knows why.
pub(super) fn target(reader: &mut Reader<'_>, given: Option<&Given>, spec: &meta::Connect) -> Option<Target> {
    let target = match given {
        None => from_environment(reader, spec)?,
        Some(Given::Sqlite(place)) => sqlite(reader, place.clone()),
        Some(Given::Server(server)) => from_server(reader, server, spec)?,
        #[cfg(feature = "testing")]
        Some(Given::Target(target)) => (**target).clone(),
        Some(Given::Url(url)) => match url::parse(url.expose()) {
            Ok(DatabaseUrl::Sqlite(place)) => sqlite(reader, place),
            Ok(DatabaseUrl::Postgres(url)) => postgres(reader, Some(url), spec, Agreement::Completes)?,
            Err(why) => {
                reader.problem(format!("the URL given in code {why}"));
                return None;
            }
        },
    };
    Some(target)
}

fn from_environment(reader: &mut Reader<'_>, spec: &meta::Connect) -> Option<Target> {
    let url = environment_url(reader)?;
    let dialect = reader.word(DB_DIALECT, &[("postgres", Dialect::Postgres), ("sqlite", Dialect::Sqlite)]);
    let use_sqlite = reader.flag(USE_SQLITE) == Some(true);
    let of_url = url.as_ref().map(|url| match url {
        DatabaseUrl::Postgres(_) => Dialect::Postgres,
        DatabaseUrl::Sqlite(_) => Dialect::Sqlite,
    });
    if use_sqlite && dialect == Some(Dialect::Postgres) {
        reader.problem("`USE_SQLITE` is `true`, but `DB_DIALECT` is `postgres`: unset one of them");
        return None;
    }
    if let (Some(of_url), Some(dialect), false) = (of_url, dialect, use_sqlite)
        && of_url != dialect
    {
        let (of_url, dialect) = (of_url.name(), dialect.name());
        reader.problem(format!(
            "`DATABASE_URL` is for `{of_url}`, but `DB_DIALECT` is `{dialect}`: unset one of them, or make them agree"
        ));
        return None;
    }
    let dialect = if use_sqlite { Dialect::Sqlite } else { of_url.or(dialect).unwrap_or(spec.dialect) };
    match (dialect, url) {
        (Dialect::Sqlite, Some(DatabaseUrl::Sqlite(place))) => Some(environment_sqlite(reader, Some(place), spec)),
        (Dialect::Sqlite, _) => Some(environment_sqlite(reader, None, spec)),
        (Dialect::Postgres, Some(DatabaseUrl::Postgres(url))) => postgres(reader, Some(url), spec, Agreement::Agrees),
        (Dialect::Postgres, _) => postgres(reader, None, spec, Agreement::Agrees),
    }
}

/// `Some(None)` when the variable is not set, `None` when it is wrong.
fn environment_url(reader: &mut Reader<'_>) -> Option<Option<DatabaseUrl>> {
    let Some(text) = reader.text(DATABASE_URL) else { return Some(None) };
    match url::parse(&text) {
        Ok(url) => Some(Some(url)),
        Err(why) => {
            reader.problem(format!("`DATABASE_URL` {why}: expected {}", DATABASE_URL.accepts));
            None
        }
    }
}

fn environment_sqlite(reader: &mut Reader<'_>, of_url: Option<SqlitePlace>, spec: &meta::Connect) -> Target {
    let storage = reader.text(DB_STORAGE).map(|path| SqlitePlace::from_path(&path));
    if let (Some(of_url), Some(storage)) = (&of_url, &storage)
        && of_url != storage
    {
        reader.problem("`DATABASE_URL` and `DB_STORAGE` name two SQLite databases: unset one of them");
    }
    let of_spec = || spec.storage.map(SqlitePlace::from_path);
    sqlite(reader, of_url.or(storage).or_else(of_spec).unwrap_or(SqlitePlace::Memory))
}

fn sqlite(reader: &mut Reader<'_>, place: SqlitePlace) -> Target {
    let words = [("normal", Synchronous::Normal), ("full", Synchronous::Full)];
    let synchronous = reader.word(DB_SQLITE_SYNCHRONOUS, &words).unwrap_or_default();
    Target::Sqlite(match place {
        SqlitePlace::Memory => SqliteTarget::Memory,
        SqlitePlace::File(path) => SqliteTarget::File(SqliteFile { path, synchronous }),
    })
}

fn from_server(reader: &mut Reader<'_>, server: &PostgresServer, spec: &meta::Connect) -> Option<Target> {
    check_encryption(reader, server.given_ssl_mode(), spec);
    match server.target() {
        Ok(target) => Some(encrypted(target, spec)),
        Err(error) => {
            reader.problem(error.to_string());
            None
        }
    }
}

/// What the `PG…` variables are to a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Agreement {
    /// They say what it leaves out, and must not say anything else than it does.
    Agrees,
    /// They say what it leaves out: it was given in code, which wins.
    Completes,
}

fn postgres(
    reader: &mut Reader<'_>,
    url: Option<PostgresUrl>,
    spec: &meta::Connect,
    agreement: Agreement,
) -> Option<Target> {
    let mut parts = Parts::read(reader);
    if let Some(url) = &url {
        parts.merge(url, agreement, reader);
    }
    check_encryption(reader, parts.ssl_mode, spec);
    let target = match url {
        Some(url) => {
            let named = parts.require(reader, "the URL names no");
            PostgresTarget::from_url(&parts.complete(url).into_secret()).ok().filter(|_| named)
        }
        None => parts.into_server(reader)?.target().ok(),
    };
    target.map(|target| encrypted(target, spec))
}

fn check_encryption(reader: &mut Reader<'_>, mode: Option<SslMode>, spec: &meta::Connect) {
    if let Some(mode) = mode.filter(|mode| spec.tls_required && !mode.always_encrypts()) {
        reader.problem(format!(
            "`{}` is `{}`, but the spec says `tls: required`: expected `require`, `verify-ca` or `verify-full`",
            PGSSLMODE.name,
            mode.name()
        ));
    }
}

fn encrypted(target: PostgresTarget, spec: &meta::Connect) -> Target {
    Target::Postgres(if spec.tls_required { target.with_tls_required() } else { target })
}

/// What the `PG…` variables say.
struct Parts {
    host: Option<String>,
    port: Option<u16>,
    database: Option<String>,
    user: Option<String>,
    password: Option<Secret>,
    ssl_mode: Option<SslMode>,
}

impl Parts {
    fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            host: reader.text(PGHOST),
            port: reader.number(PGPORT, 1..=u64::from(u16::MAX)).and_then(|port| u16::try_from(port).ok()),
            database: reader.text(PGDATABASE),
            user: reader.text(PGUSER),
            password: reader.text(PGPASSWORD).map(Secret::from),
            ssl_mode: reader.word(PGSSLMODE, SslMode::WORDS),
        }
    }

    /// Takes over what the URL says, once it is clear that no variable says otherwise.
    fn merge(&mut self, url: &PostgresUrl, agreement: Agreement, reader: &mut Reader<'_>) {
        let mut choose = |variable: Variable, part: Part, of_variable: Option<String>| {
            let of_url = url.get(part);
            if let (Some(url), Some(variable_says), Agreement::Agrees) = (&of_url, &of_variable, agreement)
                && url != variable_says
            {
                reader.problem(disagreement(variable, url, variable_says));
            }
            of_url.or(of_variable)
        };
        self.host = choose(PGHOST, Part::Host, self.host.take());
        let port = choose(PGPORT, Part::Port, self.port.map(|port| port.to_string()));
        self.database = choose(PGDATABASE, Part::Database, self.database.take());
        self.user = choose(PGUSER, Part::User, self.user.take());
        let password = self.password.take().map(|password| password.expose().to_owned());
        self.password = choose(PGPASSWORD, Part::Password, password).map(Secret::from);
        let mode = choose(PGSSLMODE, Part::SslMode, self.ssl_mode.map(|mode| mode.name().to_owned()));
        self.ssl_mode = mode.as_deref().and_then(SslMode::from_name);
        match port.as_deref().map(str::parse).transpose() {
            Ok(port) => self.port = port,
            Err(_) => reader.problem("the URL has a wrong port: expected a number from 1 to 65535"),
        }
    }

    /// Whether the server and the user are known; notes what is missing.
    fn require(&self, reader: &mut Reader<'_>, reason: &str) -> bool {
        for (variable, part, value) in [(PGHOST, "host", &self.host), (PGUSER, "user", &self.user)] {
            if value.is_none() {
                reader.problem(format!("`{}` is not set, and {reason} {part}", variable.name));
            }
        }
        self.host.is_some() && self.user.is_some()
    }

    /// The URL with everything that is known, so that nothing is left to the process's own variables.
    fn complete(&self, mut url: PostgresUrl) -> PostgresUrl {
        let port = self.port.unwrap_or(5432).to_string();
        let known = [
            (Part::Host, self.host.as_deref()),
            (Part::Port, Some(port.as_str())),
            (Part::Database, Some(self.database.as_deref().unwrap_or("postgres"))),
            (Part::User, self.user.as_deref()),
            (Part::Password, self.password.as_ref().map(Secret::expose)),
            (Part::SslMode, Some(self.ssl_mode.unwrap_or(SslMode::Prefer).name())),
        ];
        for (part, value) in known {
            if let (None, Some(value)) = (url.get(part), value) {
                url.set(part, value);
            }
        }
        url
    }

    fn into_server(self, reader: &mut Reader<'_>) -> Option<PostgresServer> {
        let others = "(or set `DATABASE_URL`, or `DB_DIALECT=sqlite` for SQLite)";
        for (variable, value) in [(PGHOST, &self.host), (PGUSER, &self.user)] {
            if value.is_none() {
                let variable::Variable { name, accepts, .. } = variable;
                reader.problem(format!("`{name}` is not set, which PostgreSQL needs: expected {accepts} {others}"));
            }
        }
        let mut server = PostgresServer::new(self.host?, self.user?)
            .port(self.port.unwrap_or(5432))
            .ssl_mode(self.ssl_mode.unwrap_or(SslMode::Prefer));
        if let Some(database) = self.database {
            server = server.database(database);
        }
        if let Some(password) = self.password {
            server = server.password(password);
        }
        Some(server)
    }
}

fn disagreement(variable: Variable, of_url: &str, of_variable: &str) -> String {
    let name = variable.name;
    if variable.secret {
        return format!("`DATABASE_URL` and `{name}` say different things: unset one of them, or make them agree");
    }
    format!(
        "`DATABASE_URL` says `{}`, but `{name}` says `{}`: unset one of them, or make them agree",
        shown(of_url),
        shown(of_variable)
    )
}
