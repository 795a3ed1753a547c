//! `DATABASE_URL`: which database it names, and the parts that a PostgreSQL URL leaves out. No message repeats the URL,
//! which may hold a password.

use std::borrow::Cow;
use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;

use super::parameter;
use super::server::SslMode;

/// What a database URL names.
#[derive(Clone)]
pub(super) enum DatabaseUrl {
    /// A PostgreSQL server.
    Postgres(PostgresUrl),
    /// A SQLite database.
    Sqlite(SqlitePlace),
}

/// Where a SQLite database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SqlitePlace {
    /// In memory.
    Memory,
    /// In a file.
    File(PathBuf),
}

impl SqlitePlace {
    /// What `DB_STORAGE` says: a path, or `:memory:`.
    pub(super) fn from_path(path: &str) -> Self {
        if path == ":memory:" { Self::Memory } else { Self::File(path.into()) }
    }
}

/// Parses a URL. The error says what is wrong with it, as it stands after "the URL".
pub(super) fn parse(text: &str) -> Result<DatabaseUrl, Cow<'static, str>> {
    let text = text.trim();
    let (scheme, rest) = text.split_once(':').ok_or("has no scheme such as `postgres:` or `sqlite:`")?;
    match scheme.to_ascii_lowercase().as_str() {
        "postgres" | "postgresql" => PostgresUrl::parse(text).map(DatabaseUrl::Postgres),
        "sqlite" | "sqlite3" | "file" => sqlite(rest).map(DatabaseUrl::Sqlite),
        // What stands before a colon is a scheme only if `//` follows; else it could be anything.
        scheme if rest.starts_with("//") => {
            Err(format!("is for `{}`, which is neither PostgreSQL nor SQLite", super::environment::shown(scheme))
                .into())
        }
        _ => Err("has no scheme such as `postgres:` or `sqlite:`".into()),
    }
}

fn sqlite(rest: &str) -> Result<SqlitePlace, Cow<'static, str>> {
    let (path, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    let mut in_memory = false;
    for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
        match parameter {
            "mode=memory" => in_memory = true,
            "mode=rwc" => {}
            _ => return Err("has a parameter that is not known: it takes `mode=rwc` and `mode=memory`".into()),
        }
    }
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = percent_decoded(path).ok_or("is not UTF-8 once its `%` escapes are read")?;
    match path.as_str() {
        _ if in_memory => Ok(SqlitePlace::Memory),
        "" => Err("names no file: a database in memory is `sqlite::memory:`".into()),
        path => Ok(SqlitePlace::from_path(path)),
    }
}

/// The text with `%41` and the like read; a `%` that begins no escape stands for itself.
fn percent_decoded(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let hex = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).ok()
}

/// A URL of a PostgreSQL server. Each part stands either in its place or among the parameters.
#[derive(Clone)]
pub(super) struct PostgresUrl(Url);

/// A part of a PostgreSQL URL, by the name of its parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Host,
    Port,
    Database,
    User,
    Password,
    SslMode,
}

impl Part {
    fn parameter(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Port => "port",
            Self::Database => "dbname",
            Self::User => "user",
            Self::Password => "password",
            Self::SslMode => "sslmode",
        }
    }

    fn synonyms(self) -> &'static [&'static str] {
        match self {
            Self::Host => &["hostaddr"],
            Self::SslMode => &["ssl-mode"],
            Self::Port | Self::Database | Self::User | Self::Password => &[],
        }
    }
}

impl PostgresUrl {
    fn parse(text: &str) -> Result<Self, Cow<'static, str>> {
        let hint = "characters such as `@`, `/`, `#`, `?` and `%` in a user or password must be percent-encoded";
        let url = Url::parse(text).map_err(|error| format!("cannot be read ({error}); {hint}"))?;
        // A password that was not encoded ends up in the path, or behind `#` or `?`, where it would be shown.
        let refusal = parameter::refusal(url.query_pairs().map(|(name, _)| name));
        let is_split = refusal.is_some() && url.query().is_some_and(|query| query.contains('@'));
        if url.cannot_be_a_base() || url.fragment().is_some() || url.path().contains('@') || is_split {
            return Err(format!("cannot be read; {hint}").into());
        }
        if let Some(refusal) = refusal {
            return Err(refusal.into());
        }
        let url = Self(url);
        match url.get(Part::SslMode) {
            Some(mode) if SslMode::from_name(&mode).is_none() => Err("has an `sslmode` that is not known: it takes \
                `disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`"
                .into()),
            _ => Ok(url),
        }
    }

    /// A part, if the URL has it. A parameter goes before what stands in its place, as it does in PostgreSQL's clients.
    pub(super) fn get(&self, part: Part) -> Option<String> {
        let is_it = |name: &str| name == part.parameter() || part.synonyms().contains(&name);
        let given = self.0.query_pairs().filter(|(name, _)| is_it(name)).last().map(|(_, value)| value.into_owned());
        given.or_else(|| self.in_its_place(part)).filter(|value| !value.is_empty())
    }

    fn in_its_place(&self, part: Part) -> Option<String> {
        match part {
            Part::Host => percent_decoded(self.0.host_str()?),
            Part::Port => self.0.port().map(|port| port.to_string()),
            Part::Database => percent_decoded(self.0.path().trim_start_matches('/')),
            Part::User => percent_decoded(self.0.username()),
            Part::Password => percent_decoded(self.0.password()?),
            Part::SslMode => None,
        }
    }

    /// Adds a part that the URL does not have.
    pub(super) fn set(&mut self, part: Part, value: &str) {
        self.0.query_pairs_mut().append_pair(part.parameter(), value);
    }

    pub(super) fn into_secret(self) -> SecretString {
        String::from(self.0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(url: &str) -> SqlitePlace {
        match parse(url) {
            Ok(DatabaseUrl::Sqlite(place)) => place,
            Ok(DatabaseUrl::Postgres(_)) => panic!("`{url}` was read as PostgreSQL"),
            Err(why) => panic!("`{url}` {why}"),
        }
    }

    fn part(url: &str, part: Part) -> Option<String> {
        match parse(url) {
            Ok(DatabaseUrl::Postgres(url)) => url.get(part),
            Ok(DatabaseUrl::Sqlite(place)) => panic!("`{url}` was read as {place:?}"),
            Err(why) => panic!("`{url}` {why}"),
        }
    }

    fn refusal(url: &str) -> String {
        match parse(url) {
            Ok(_) => panic!("`{url}` was taken"),
            Err(why) => why.into_owned(),
        }
    }

    #[test]
    fn sqlite_urls() {
        for url in ["sqlite::memory:", "sqlite://:memory:", "sqlite:x?mode=memory", "file::memory:"] {
            assert_eq!(place(url), SqlitePlace::Memory, "{url}");
        }
        for (url, path) in [
            ("sqlite:a.db", "a.db"),
            ("sqlite://a.db", "a.db"),
            ("sqlite:///var/a.db", "/var/a.db"),
            ("sqlite:/var/a.db?mode=rwc", "/var/a.db"),
            ("file:./data/dev.db", "./data/dev.db"),
            ("sqlite:my%20data.db", "my data.db"),
            ("sqlite:100%.db", "100%.db"),
        ] {
            assert_eq!(place(url), SqlitePlace::File(path.into()), "{url}");
        }
    }

    #[test]
    fn postgres_urls() {
        let url = "postgres://ada:p%40ss@db.example:6000/shop?sslmode=require";
        assert_eq!(part(url, Part::Host).as_deref(), Some("db.example"));
        assert_eq!(part(url, Part::Port).as_deref(), Some("6000"));
        assert_eq!(part(url, Part::Database).as_deref(), Some("shop"));
        assert_eq!(part(url, Part::User).as_deref(), Some("ada"));
        assert_eq!(part(url, Part::Password).as_deref(), Some("p@ss"));
        assert_eq!(part(url, Part::SslMode).as_deref(), Some("require"));
        assert_eq!(part("postgresql:///shop?host=/run/pg", Part::Host).as_deref(), Some("/run/pg"));
        assert_eq!(part("postgres://h/shop", Part::User), None);
    }

    #[test]
    fn parameters_that_are_not_known() {
        let taken = "sslmode=require&sslrootcert=/ca.pem&ssl-cert=/c.pem&sslkey=/k.pem&application_name=a%40b&port=1\
                     &options=-cstatement_timeout%3D5s&options[search_path]=x&hostaddr=127.0.0.1&user=u&password=p";
        assert_eq!(part(&format!("postgres://h/d?{taken}"), Part::SslMode).as_deref(), Some("require"));
        let all = "it takes `host`, `hostaddr`, `port`, `dbname`, `user`, `password`, `sslmode`, `sslrootcert`, `sslcert`, \
                   `sslkey`, `application_name`, `options`";
        for (parameters, said) in [
            ("sslmod=require", "has a parameter `sslmod` that is not known (did you mean `sslmode`?)"),
            ("SSLMODE=require", "has a parameter `SSLMODE` that is not known (did you mean `sslmode`?)"),
            (
                "x=1&pasword=2",
                "a parameter `x` that is not known and a parameter `pasword` that is not known (did you mean",
            ),
            ("connect_timeout=5", "(set `DB_CONNECT_TIMEOUT_MS` instead)"),
            (
                "password=a&sslmod=require",
                "a parameter behind the password that is not known (did you mean `sslmode`?)",
            ),
            ("channel_binding=require", "a parameter `channel_binding` that is not known"),
            ("statement-cache-capacity=0", "a parameter `statement-cache-capacity` that is not known"),
        ] {
            let refusal = refusal(&format!("postgres://h/d?{parameters}"));
            assert!(refusal.contains(said) && refusal.ends_with(all), "{parameters}: {refusal}");
        }
    }

    #[test]
    fn no_refusal_repeats_the_url() {
        for url in [
            "hunter2",
            "ada:hunter2@host/db",
            "postgres://ada:hunter2/x@host/db",
            "postgres://ada:12/hunter2@host/db",
            "postgres://ada:1#hunter2@host/db",
            "postgres:hunter2",
            "postgres://a@h/d?sslmode=hunter2",
            "postgres://ada:12?hunter2@host/db",
            "postgres://ada:12?a=b&hunter2@host/db",
            "postgres://h/d?user=ada&password=a&hunter2",
            "postgres://h/d?user=ada&pasword=a&hunter2",
            "postgres://h/d?sslmod=hunter2",
            "postgres://ada:hunter2@h/d?x=1",
            "sqlite:a.db?key=hunter2",
            "sqlite:",
            "mysql://root:hunter2@h/d",
        ] {
            let refusal = refusal(url);
            assert!(!refusal.contains("hunter2"), "{url}: {refusal}");
        }
        assert!(refusal("mysql://root@h/d").contains("`mysql`"));
        assert!(refusal("postgres://ada:12?hunter2@host/db").contains("percent-encoded"));
        assert!(refusal("postgres://h/d?user=ada&password=a&hunter2").contains("%26"));
        assert!(refusal("postgres://ada:hunter2/x@host/db").contains("percent-encoded"));
    }
}
