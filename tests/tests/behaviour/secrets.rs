//! Values of sensitive fields and passwords are not shown: by `Debug`, errors, logs and serialisation.

use std::fmt::Debug;
use std::sync::{LazyLock, Mutex};

use kinds::{Letterbox, NewLetterbox, NewPerson, NewVault, Person, PersonPatch, Vault, VaultPatch, person};
use seedbed::{Config, Error, Secret};
use seedbed_tests::{Dialect, TestDb, on_both};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::support::open;

on_both!(
    keys_to_secrets_are_secrets,
    rows_and_writes_do_not_show_secrets,
    rows_are_serialised_without_secrets,
    secrets_are_compared_and_exposed
);
on_both!(errors_and_logs_do_not_show_secrets, settings_do_not_show_passwords);

/// What every secret here has in it.
const MARK: &str = "s3cret";

fn assert_hidden(what: &dyn Debug) {
    for shown in [format!("{what:?}"), format!("{what:#?}")] {
        assert!(!shown.contains(MARK), "{shown}");
    }
}

fn ada() -> NewPerson {
    NewPerson::builder().email("ada@example.com").password_hash("s3cret-hash").pin("s3cr")
}

async fn rows_and_writes_do_not_show_secrets(db: &TestDb) {
    let db = open(db).await;
    let row = Person::create(&db, ada().pin("s3cr")).await.expect("the row is taken");
    assert_eq!(row.password_hash.as_ref().map(Secret::expose), Some("s3cret-hash"));
    assert_hidden(&row);
    assert!(format!("{row:?}").contains("password_hash: Some([redacted])"), "{row:?}");
    assert_hidden(&ada());
    assert_eq!(format!("{:?}", ada()), "NewPerson({\"email\", \"password_hash\", \"pin\"})", "names, not values");
    assert_hidden(&PersonPatch::new().password_hash("s3cret-hash"));
    assert_hidden(&Person::query().filter(person::PASSWORD_HASH.eq("s3cret-hash")));
    assert_hidden(&Secret::from("s3cret"));
    assert_hidden(&db);
    assert_hidden(&NewVault::builder().password("s3cret-key"));
    db.transaction(async |tx| {
        assert_hidden(&tx);
        Ok(())
    })
    .await
    .expect("nothing is in its way");
}

async fn rows_are_serialised_without_secrets(db: &TestDb) {
    let db = open(db).await;
    let row = Person::create(&db, ada()).await.expect("the row is taken");
    let json = serde_json::to_value(&row).expect("a row is JSON");
    let members: Vec<&String> = json.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["created_at", "email", "id", "manager_id", "name", "updated_at"]);
    assert_eq!(serde_json::to_string(&Secret::from("s3cret")).expect("it is JSON"), "null");
}

async fn secrets_are_compared_and_exposed(db: &TestDb) {
    let db = open(db).await;
    let new = NewVault::builder().password("s3cret-key").label("s".to_owned());
    let vault = Vault::create(&db, new).await.expect("the row is taken");
    assert_eq!(vault.password, Secret::from("s3cret-key"));
    assert_ne!(vault.password, Secret::from("s3cret-other"));
    let changed = vault.update(&db, VaultPatch::new().label(None)).await.expect("the row is there");
    changed.delete(&db).await.expect("a secret may be a key");
    let long = "x".repeat(65);
    let error = Vault::create(&db, NewVault::builder().password(long)).await.expect_err("too long");
    assert!(matches!(error, Error::TooLong { model: "Vault", field: "password", .. }), "{error:?}");
}

/// What refers to a secret holds it, and is one too.
async fn keys_to_secrets_are_secrets(db: &TestDb) {
    let db = open(db).await;
    let vault = Vault::create(&db, NewVault::builder().password("s3cret-key")).await.expect("the row is taken");
    let new = NewLetterbox::builder().vault_password("s3cret-key").spare_password("s3cret-key");
    assert_hidden(&new);
    let letterbox = Letterbox::create(&db, new).await.expect("the row is taken");
    assert_hidden(&letterbox);
    assert_eq!(serde_json::to_value(&letterbox).expect("a row is JSON"), serde_json::json!({ "id": letterbox.id }));
    assert_eq!(letterbox.load_vault(&db).await.expect("it is there"), vault);
    assert_eq!(letterbox.load_spare(&db).await.expect("it is asked"), Some(vault.clone()));
    assert_eq!(vault.query_spares().all(&db).await.expect("it is asked"), [letterbox]);
}

/// Everything that is logged in this process while a test runs, at every level and by every crate.
static LOG: LazyLock<&'static Log> = LazyLock::new(|| {
    let log: &'static Log = Box::leak(Box::default());
    tracing::subscriber::set_global_default(log).expect("nobody else listens");
    log
});

#[derive(Default)]
struct Log(Mutex<String>);

impl Log {
    fn note(&self, name: &str, write: impl FnOnce(&mut Line)) {
        let mut line = Line(name.to_owned());
        write(&mut line);
        let mut text = self.0.lock().expect("nobody panics with it");
        text.push_str(&line.0);
        text.push('\n');
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!(" {field}={value:?}"));
    }
}

impl Subscriber for &'static Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.note(span.metadata().name(), |line| span.record(line));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        self.note("record", |line| values.record(line));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.note(event.metadata().target(), |line| event.record(line));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

async fn errors_and_logs_do_not_show_secrets(db: &TestDb) {
    let log = &**LOG;
    let builder = kinds::builder().env(|_| None).url(db.url()).log(true).slow(std::time::Duration::ZERO);
    let db = builder.connect().await.expect("the database takes the tables");
    let row = Person::create(&db, ada()).await.expect("the row is taken");
    let other = NewPerson::builder().email("bob@example.com").password_hash("s3cret-hash");
    let patch = || PersonPatch::new().password_hash("s3cret-hash");
    let bob = Person::create(&db, NewPerson::builder().email("eve@example.com")).await.expect("the row is taken");
    for error in [
        Person::create(&db, other.clone()).await.expect_err("the hash is taken"),
        Person::insert_many(&db, [other.clone()]).await.expect_err("the hash is taken"),
        Person::upsert(&db, person::EMAIL, other.clone()).await.expect_err("the hash is taken"),
        bob.update(&db, patch()).await.expect_err("the hash is taken"),
        Person::query().all_rows().update(&db, patch()).await.expect_err("the hash is taken"),
        db.transaction(async |tx| Person::create(tx, other).await).await.expect_err("the hash is taken"),
        Person::create(&db, NewPerson::builder().email("x").pin("s3cret-pin")).await.expect_err("too long"),
        Person::create(&db, NewPerson::builder().email("x").pin("s3cret\0")).await.expect_err("NUL"),
        Vault::get(&db, "s3cret-key").await.expect_err("there is none"),
    ] {
        let mut shown = format!("{error} {error:?} {error:#?}");
        let mut source = std::error::Error::source(&error);
        while let Some(inner) = source {
            shown.push_str(&format!("\n{inner} {inner:?}"));
            source = inner.source();
        }
        assert!(!shown.contains(MARK), "{shown}");
    }
    Person::find_by_password_hash(&db, "s3cret-hash").await.expect("it is asked").expect("the row is there");
    Person::query().filter(person::PASSWORD_HASH.ne("s3cret")).count(&db).await.expect("it counts");
    row.delete(&db).await.expect("the row is there");
    db.close().await;

    let text = log.0.lock().expect("nobody panics with it");
    assert!(text.contains("INSERT INTO") && text.contains("SELECT") && text.contains("slow"), "statements are logged");
    let leaks: Vec<&str> = text.lines().filter(|line| line.contains(MARK)).collect();
    assert!(leaks.is_empty(), "{leaks:#?}");
}

async fn settings_do_not_show_passwords(db: &TestDb) {
    let url = match db.dialect() {
        Dialect::Postgres => "postgres://user:s3cret@127.0.0.1:1/none".to_owned(),
        Dialect::Sqlite => db.url().replace("t.db", "missing/folder/t.db"),
    };
    let builder = kinds::builder().env(|_| None).url(url).connect_timeout(std::time::Duration::from_millis(200));
    assert_hidden(&builder);
    let config: Config = builder.config().expect("the settings are right");
    assert_hidden(&config);
    let error =
        builder.acquire_timeout(std::time::Duration::from_millis(200)).connect().await.expect_err("nobody there");
    assert_hidden(&error);
    assert!(!error.to_string().contains(MARK), "{error}");
    let wrong = kinds::builder().env(|_| None).url("postgres://user:s3cret@[broken/none");
    let error = wrong.connect().await.expect_err("it is no URL");
    assert!(!format!("{error} {error:?}").contains(MARK), "{error}");
}
