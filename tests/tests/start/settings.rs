//! Settings: what the environment and code say, which of them wins, and what is refused with which words.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use database::{Builder, Config, Error};
use seedbed::start::variable;
use seedbed::{PostgresServer, SslMode};
use seedbed_tests::{Messages, TestDb, scratch};
use tracing::Level;

use crate::support::{execute, number, schema, tables};

/// Variables by their names.
type Variables<'v> = &'v [(&'v str, &'v str)];

const SERVER: [(&str, &str); 2] = [("PGHOST", "db.example"), ("PGUSER", "ada")];

#[test]
fn the_environment_names_the_database() {
    let cases: &[(Variables<'_>, &str)] = &[
        (&[("DATABASE_URL", "postgres://ada@h/shop")], "h:5432/shop ada Prefer"),
        (&[("DATABASE_URL", "postgresql://ada:pw@h:6000/shop?sslmode=require")], "h:6000/shop ada Require"),
        (&[("DATABASE_URL", "postgres://h/shop"), ("PGUSER", "ada")], "h:5432/shop ada Prefer"),
        (&[("DATABASE_URL", "postgres:///"), ("PGUSER", "ada"), ("PGHOST", "h")], "h:5432/postgres ada Prefer"),
        (&[("DATABASE_URL", "postgres:///shop?host=/run/pg&user=ada")], "/run/pg:5432/shop ada Prefer"),
        (&[("DATABASE_URL", "sqlite:a.db")], "a.db Normal"),
        (&[("DATABASE_URL", "sqlite::memory:")], "memory"),
        (&[("DATABASE_URL", "file:./prisma/dev.db")], "./prisma/dev.db Normal"),
        (&[("DATABASE_URL", "sqlite:a.db"), ("DB_SQLITE_SYNCHRONOUS", "full")], "a.db Full"),
        (&[("DATABASE_URL", "sqlite:a.db"), ("DB_DIALECT", "sqlite"), ("DB_STORAGE", "a.db")], "a.db Normal"),
        (&[("DATABASE_URL", "postgres://ada@h/shop"), ("USE_SQLITE", "true")], "memory"),
        (&[("DATABASE_URL", "postgres://ada@h/shop"), ("USE_SQLITE", "false")], "h:5432/shop ada Prefer"),
        (&[("DB_DIALECT", "sqlite")], "memory"),
        (&[("DB_DIALECT", "sqlite"), ("DB_STORAGE", ":memory:")], "memory"),
        (&[("DB_DIALECT", "sqlite"), ("DB_STORAGE", "b.db")], "b.db Normal"),
        (&[("USE_SQLITE", "1"), ("DB_STORAGE", "b.db")], "b.db Normal"),
        (&[SERVER[0], SERVER[1]], "db.example:5432/postgres ada Prefer"),
        (
            &[("DB_DIALECT", "postgres"), SERVER[0], SERVER[1], ("PGPORT", "6000"), ("PGDATABASE", "shop")],
            "db.example:6000/shop ada Prefer",
        ),
        (&[SERVER[0], SERVER[1], ("PGSSLMODE", "verify-full")], "db.example:5432/postgres ada VerifyFull"),
        // A variable that is set to nothing is not set.
        (&[("DATABASE_URL", ""), ("DB_DIALECT", ""), SERVER[0], SERVER[1]], "db.example:5432/postgres ada Prefer"),
    ];
    for (variables, expected) in cases {
        let config = config(variables).unwrap_or_else(|error| panic!("{variables:?}: {error}"));
        assert_eq!(place(&config), *expected, "{variables:?}");
    }
}

#[test]
fn without_a_word_the_spec_decides() {
    let spec = |connect: &str| {
        let schema = schema(&format!(
            "seedbed: 1\npackage: shop\ndialects: [postgres, sqlite]\nconnect: {connect}\nmodels:\n  A:\n    key: bigint = auto\n    fields: {{ x: int }}\n"
        ));
        move |variables: Variables<'_>| with(Builder::new(schema), variables).config()
    };
    let sqlite = spec("{ default: sqlite, storage: app.db }");
    assert_eq!(place(&sqlite(&[]).unwrap()), "app.db Normal");
    assert_eq!(place(&sqlite(&[("DB_STORAGE", "b.db")]).unwrap()), "b.db Normal");
    assert_eq!(place(&sqlite(&[("DATABASE_URL", "postgres://ada@h/d")]).unwrap()), "h:5432/d ada Prefer");

    let encrypted = spec("{ default: postgres, tls: required }");
    assert_eq!(place(&encrypted(&SERVER).unwrap()), "db.example:5432/postgres ada Require");
    assert_eq!(place(&encrypted(&[("DATABASE_URL", "postgres://ada@h/d")]).unwrap()), "h:5432/d ada Require");
    let verified = [SERVER[0], SERVER[1], ("PGSSLMODE", "verify-ca")];
    assert_eq!(place(&encrypted(&verified).unwrap()), "db.example:5432/postgres ada VerifyCa");
    for variables in [
        &[SERVER[0], SERVER[1], ("PGSSLMODE", "prefer")][..],
        &[("DATABASE_URL", "postgres://ada@h/d?sslmode=disable")],
    ] {
        let message = encrypted(variables).unwrap_err().to_string();
        assert!(message.contains("`tls: required`"), "{message}");
    }
}

#[test]
fn what_is_wrong_is_named_with_what_is_accepted() {
    let cases: &[(Variables<'_>, &[&str])] = &[
        (&[], &["2 settings", "`PGHOST` is not set", "`PGUSER` is not set", "`DATABASE_URL`", "`DB_DIALECT=sqlite`"]),
        (&[SERVER[0]], &["`PGUSER` is not set"]),
        (&[("DATABASE_URL", "postgres://h/d")], &["`PGUSER` is not set, and the URL names no user"]),
        (&[("DATABASE_URL", "mysql://h/d")], &["`DATABASE_URL` is for `mysql`", "`sqlite:path`"]),
        (&[("DATABASE_URL", "shop")], &["`DATABASE_URL` has no scheme"]),
        (&[("DB_DIALECT", "mysql")], &["`DB_DIALECT` is `mysql`: expected `postgres` or `sqlite`"]),
        (
            &[("DATABASE_URL", "sqlite:a.db"), ("DB_DIALECT", "postgres")],
            &["`DATABASE_URL` is for `sqlite`, but `DB_DIALECT` is `postgres`"],
        ),
        (&[("USE_SQLITE", "true"), ("DB_DIALECT", "postgres")], &["`USE_SQLITE` is `true`, but `DB_DIALECT`"]),
        (&[("USE_SQLITE", "maybe"), SERVER[0], SERVER[1]], &["`USE_SQLITE` is `maybe`: expected `true` or `false`"]),
        (
            &[("DATABASE_URL", "sqlite:a.db"), ("DB_STORAGE", "b.db")],
            &["`DATABASE_URL` and `DB_STORAGE` name two SQLite databases"],
        ),
        (
            &[("DATABASE_URL", "postgres://ada@h/shop"), ("PGHOST", "other"), ("PGPORT", "6000")],
            &["`DATABASE_URL` says `h`, but `PGHOST` says `other`"],
        ),
        (
            &[("DATABASE_URL", "postgres://ada:one@h/shop"), ("PGPASSWORD", "two")],
            &["`DATABASE_URL` and `PGPASSWORD` say different things"],
        ),
        (&[SERVER[0], SERVER[1], ("PGPORT", "65536")], &["`PGPORT` is `65536`: expected a number from 1 to 65535"]),
        (&[SERVER[0], SERVER[1], ("PGSSLMODE", "on")], &["`PGSSLMODE` is `on`", "`verify-full`"]),
        (&[sqlite(), ("DB_SQLITE_SYNCHRONOUS", "off")], &["`DB_SQLITE_SYNCHRONOUS` is `off`", "`full`"]),
        (
            &[("DATABASE_URL", "postgres://ada:pw@h/shop?sslmod=require")],
            &[
                "`DATABASE_URL` has a parameter `sslmod` that is not known (did you mean `sslmode`?)",
                "it takes `host`, ",
            ],
        ),
        (&[sqlite(), ("DB_SYNC", "alter")], &["`DB_SYNC` is `alter`, which is not supported yet: use `create`"]),
        (&[sqlite(), ("DB_SYNC", "maybe")], &["`DB_SYNC` is `maybe`: expected `off` or `create`"]),
        (&[sqlite(), ("DB_SEED", "once")], &["`DB_SEED` is `once`: expected `auto`, `always` or `off`"]),
        (
            &[sqlite(), ("DB_SKIP_SYNC", "true"), ("DB_SYNC", "create")],
            &["`DB_SKIP_SYNC` is `true`, but `DB_SYNC` asks for a sync"],
        ),
        (
            &[sqlite(), ("DB_SKIP_SYNC", "true"), ("DB_SEED", "always")],
            &["`DB_SKIP_SYNC` is `true`", "`DB_SEED` is `always`"],
        ),
        (&[sqlite(), ("DB_SKIP_SYNC", "ja")], &["`DB_SKIP_SYNC` is `ja`"]),
        (&[sqlite(), ("DB_POOL_MAX", "0")], &["`DB_POOL_MAX` is `0`: expected a number from 1"]),
        (&[sqlite(), ("DB_POOL_MIN", "-1")], &["`DB_POOL_MIN` is `-1`"]),
        (
            &[sqlite(), ("DB_POOL_MIN", "6"), ("DB_POOL_MAX", "5")],
            &["`DB_POOL_MIN` is 6, which is more than `DB_POOL_MAX`, 5"],
        ),
        (&[sqlite(), ("DB_POOL_ACQUIRE_MS", "1s")], &["`DB_POOL_ACQUIRE_MS` is `1s`", "milliseconds"]),
        (&[sqlite(), ("DB_POOL_IDLE_MS", "0")], &["`DB_POOL_IDLE_MS` is `0`"]),
        (&[sqlite(), ("DB_CONNECT_TIMEOUT_MS", "99999999999999999999")], &["`DB_CONNECT_TIMEOUT_MS` is"]),
        (&[sqlite(), ("DB_START_TIMEOUT_MS", "0")], &["`DB_START_TIMEOUT_MS` is `0`"]),
        (&[sqlite(), ("DB_LOG", "debug")], &["`DB_LOG` is `debug`"]),
        (&[sqlite(), ("DB_SLOW_MS", "slow")], &["`DB_SLOW_MS` is `slow`"]),
        (&[sqlite(), ("DB_DATA", "/nowhere/at/all")], &["`DB_DATA` is `/nowhere/at/all`, where there is no folder"]),
        (&[sqlite(), ("SEEDBED_TEST", "x\u{1b}[31m")], &["`SEEDBED_TEST` is `x\\u{1b}[31m`"]),
        // All of it at once.
        (
            &[("DB_DIALECT", "oracle"), ("DB_POOL_MAX", "many"), ("DB_SEED", "never"), ("PGHOST", "h")],
            &["4 settings are wrong:", "- `DB_DIALECT`", "- `DB_POOL_MAX`", "- `DB_SEED`", "- `PGUSER`"],
        ),
    ];
    for (variables, words) in cases {
        let Err(error) = config(variables) else { panic!("{variables:?} was taken") };
        assert!(matches!(error, Error::Config(_)), "{variables:?}: {error:?}");
        for word in *words {
            assert!(error.to_string().contains(word), "{variables:?}: `{word}` is not in: {error}");
        }
    }
}

#[test]
fn no_password_is_ever_shown() {
    for url in [
        "postgres://ada:hunter2@h/d",
        "postgres://ada:hunter2@h/d?sslmod=x",
        "postgres://ada:hunter2@h:port/d",
        "postgres://ada:h/unter2@h/d",
        "hunter2",
    ] {
        let builder = with(database::builder(), &[("DATABASE_URL", url), ("PGPASSWORD", "hunter3")]);
        let in_code = database::builder().env(|_| None).url(url);
        for builder in [builder, in_code] {
            let shown = format!("{builder:?} {:?}", builder.config());
            assert!(!shown.contains("unter"), "{shown}");
        }
    }
    let server = PostgresServer::new("h", "ada").password("hunter2");
    let builder = database::builder().env(|_| None).postgres(server.clone());
    let shown = format!("{server:?} {builder:?} {:?}", builder.config().unwrap());
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn limits_are_read_and_tests_get_fewer_connections() {
    let pool = |variables: Variables<'_>| {
        let variables: Vec<_> = variables.iter().copied().chain([sqlite()]).collect();
        config(&variables).unwrap().pool
    };
    assert_eq!((pool(&[]).min, pool(&[]).max), (0, 10));
    for variable in
        [("SEEDBED_TEST", "true"), ("NODE_ENV", "test"), ("VITEST", "true"), ("PYTEST_CURRENT_TEST", "a (call)")]
    {
        assert_eq!(pool(&[variable]).max, 5, "{variable:?}");
        assert_eq!(pool(&[variable, ("DB_POOL_MAX", "7")]).max, 7, "{variable:?}");
    }
    for variable in [("SEEDBED_TEST", "false"), ("NODE_ENV", "production"), ("VITEST", "false")] {
        assert_eq!(pool(&[variable]).max, 10, "{variable:?}");
    }
    assert_eq!(pool(&[("DB_POOL_MIN", "20")]).max, 20);
    let all = pool(&[("DB_POOL_ACQUIRE_MS", "1"), ("DB_POOL_IDLE_MS", "2"), ("DB_CONNECT_TIMEOUT_MS", "3")]);
    assert_eq!((all.acquire, all.idle, all.connect), (millis(1), millis(2), millis(3)));

    assert_eq!(config(&[sqlite()]).unwrap().slow, Some(millis(1000)));
    assert_eq!(config(&[sqlite(), ("DB_SLOW_MS", "0")]).unwrap().slow, None);
    assert_eq!(config(&[sqlite(), ("DB_SLOW_MS", "20")]).unwrap().slow, Some(millis(20)));
    assert!(config(&[sqlite(), ("DB_LOG", "yes")]).unwrap().log);
}

#[test]
fn code_wins() {
    let environment = [
        ("DATABASE_URL", "postgres://ada@h/d"),
        ("DB_DIALECT", "nonsense"),
        ("DB_POOL_MAX", "nonsense"),
        ("DB_POOL_MIN", "1"),
        ("DB_SLOW_MS", "7"),
    ];
    let code = || with(database::builder(), &environment).pool_max(3);
    let config = code().sqlite("c.db").slow(None).log(true).acquire_timeout(millis(4)).config().unwrap();
    assert_eq!(place(&config), "c.db Normal");
    assert_eq!((config.pool.min, config.pool.max, config.pool.acquire), (1, 3, millis(4)));
    assert_eq!((config.slow, config.log), (None, true));
    assert_eq!(place(&code().sqlite_memory().config().unwrap()), "memory");
    let server = PostgresServer::new("s", "eve").port(1).database("x").ssl_mode(SslMode::Require);
    assert_eq!(place(&code().postgres(server).config().unwrap()), "s:1/x eve Require");
    // What a URL in code leaves out, the variables say; what it says, they need not agree with.
    let url = with(database::builder(), &[("PGHOST", "h"), ("PGUSER", "ada"), ("PGDATABASE", "d")]);
    assert_eq!(place(&url.url("postgres:///e?user=u").config().unwrap()), "h:5432/e u Prefer");

    for (builder, word) in [
        (code().url("nonsense"), "the URL given in code"),
        (code().sqlite_memory().pool_min(4), "more than"),
        (code().sqlite_memory().pool_max(0).pool_min(0), "at least one connection"),
        (code().sqlite_memory().data("/nowhere"), "the data folder given in code"),
    ] {
        let message = builder.config().unwrap_err().to_string();
        assert!(message.contains(word), "`{word}` is not in: {message}");
    }
}

#[test]
fn a_file_of_variables_is_read_where_code_asks_for_it() {
    let folder = scratch::directory();
    let file = folder.join("service.env");
    fs::write(&file, "# where it is\nDB_DIALECT=sqlite\nDB_STORAGE='data.db'\nexport DB_POOL_MAX=4\n").unwrap();
    let config = with(database::builder(), &[("DB_POOL_MAX", "6")]).env_file(&file).config().unwrap();
    assert_eq!((place(&config).as_str(), config.pool.max), ("data.db Normal", 6));

    fs::write(&file, "DB_DIALECT=sqlite\nhunter2 hunter2\n").unwrap();
    for (path, word) in [(&file, "`NAME=value`"), (&folder.join("none"), "none` cannot be read")] {
        let message = with(database::builder(), &[]).env_file(path).config().unwrap_err().to_string();
        assert!(message.contains(word) && !message.contains("hunter2"), "{message}");
    }
}

#[tokio::test]
async fn a_variable_that_is_nearly_one_of_ours_is_mentioned() {
    let file = scratch::directory().join("service.env");
    fs::write(&file, "DB_DIALECT=sqlite\nDB_POOLMAX=4\nDB_SKIP_SYNK=true\nDB_SEEED=\nDB_HOST=h\nDB_PORT=1\n").unwrap();
    let messages = Messages::of("seedbed", Level::WARN);
    let _guard = tracing::subscriber::set_default(messages.clone());
    let builder = || with(database::builder(), &[]).env_file(&file);
    builder().config().unwrap();
    assert_eq!(messages.taken(), Vec::<String>::new(), "a start says it, once");
    builder().connect().await.unwrap().close().await;
    let expected = [("DB_POOLMAX", "DB_POOL_MAX"), ("DB_SKIP_SYNK", "DB_SKIP_SYNC")]
        .map(|(name, near)| format!("the variable `{name}` is set, but is none that is read; did you mean `{near}`?"));
    assert_eq!(messages.taken(), expected);
}

#[tokio::test]
async fn variables_decide_what_a_start_does() {
    let cases: &[(Variables<'_>, i64, i64)] = &[
        (&[], 12, 3),
        (&[("DB_SYNC", "create")], 12, 3),
        (&[("DB_SYNC", "true")], 12, 3),
        (&[("DB_SEED", "off")], 12, 0),
        (&[("DB_SYNC", "off"), ("DB_SEED", "off")], 0, 0),
        (&[("DB_SKIP_SYNC", "true")], 0, 0),
        (&[("DB_SKIP_SYNC", "true"), ("DB_SYNC", "false"), ("DB_SEED", "auto")], 0, 0),
    ];
    for (variables, expected, roles) in cases {
        let db = TestDb::sqlite().await;
        let variables: Vec<_> = variables.iter().copied().chain([("DATABASE_URL", db.url())]).collect();
        with(database::builder(), &variables).connect().await.unwrap_or_else(|error| panic!("{variables:?}: {error}"));
        assert_eq!(tables(&db).await, *expected, "{variables:?}");
        if *expected > 0 {
            assert_eq!(number(&db, "SELECT count(*) FROM roles").await, *roles, "{variables:?}");
        }
    }

    let db = TestDb::sqlite().await;
    with(database::builder(), &[("DATABASE_URL", db.url())]).connect().await.unwrap();
    execute(&db, "UPDATE roles SET name = 'changed'").await;
    with(database::builder(), &[("DATABASE_URL", db.url()), ("DB_SEED", "always")]).connect().await.unwrap();
    assert_eq!(number(&db, "SELECT count(*) FROM roles WHERE name = 'changed'").await, 0);
}

/// The guide's table is made from the one that the messages are made from. `SEEDBED_BLESS=1` rewrites it.
#[test]
fn the_guide_knows_every_variable() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/environment.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("<!-- variables -->\n").expect("the mark before the table");
    let (_, after) = rest.split_once("<!-- end of variables -->").expect("the mark behind the table");
    let rows: String = variable::ALL
        .iter()
        .map(|variable| {
            let escaped = |text: &str| text.replace('|', "\\|");
            let (accepts, default, doc) = (escaped(variable.accepts), escaped(variable.default), escaped(variable.doc));
            format!("| `{}` | {accepts} | {default} | {doc} |\n", variable.name)
        })
        .collect();
    let expected = format!(
        "{before}<!-- variables -->\n| Variable | Accepts | Default | What it does |\n| --- | --- | --- | --- |\n{rows}\
         <!-- end of variables -->{after}"
    );
    if std::env::var_os("SEEDBED_BLESS").is_some() {
        fs::write(&path, &expected).unwrap();
    } else {
        assert!(text == expected, "`docs/environment.md` is out of date: run this test with `SEEDBED_BLESS=1`");
    }
}

fn sqlite() -> (&'static str, &'static str) {
    ("DB_DIALECT", "sqlite")
}

fn config(variables: Variables<'_>) -> Result<Config, Error> {
    with(database::builder(), variables).config()
}

fn with(builder: Builder, variables: Variables<'_>) -> Builder {
    let variables: HashMap<_, _> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    builder.env(move |name| variables.get(name).cloned())
}

/// Where a handle would connect to, in short.
fn place(config: &Config) -> String {
    let shown = format!("{:?}", config.target);
    let part = |name: &str| {
        let (_, rest) = shown.split_once(&format!("{name}: "))?;
        let end = rest.find([',', ' ', ')']).unwrap_or(rest.len());
        Some(rest[..end].trim_matches('"').to_owned())
    };
    let parts: Vec<_> = ["place", "user", "ssl_mode", "path", "synchronous"].into_iter().filter_map(part).collect();
    if parts.is_empty() && shown.contains("Memory") { "memory".to_owned() } else { parts.join(" ") }
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
