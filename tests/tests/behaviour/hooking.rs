//! Hooks: they see, change and refuse writes, run inside their transaction, and follow its commit.

use std::sync::Arc;

use kinds::{Account, AccountPatch, NewAccount, Person, account, person as people};
use parking_lot::Mutex;
use seedbed::{Db, Error, Given, On, Result, Within, Written};
use seedbed_tests::{TestDb, on_both};

use crate::support::person;

on_both!(
    every_write_comes_by,
    a_hook_changes_what_is_written,
    a_hook_refuses_and_undoes,
    bulk_writes_come_by_row_by_row,
    keys_alone_lead_to_hooks
);
on_both!(an_upsert_is_refused, what_is_found_is_not_created, hooks_write_in_the_same_transaction);
on_both!(commits_are_followed_once, what_is_undone_is_not_told, a_handle_without_hooks_calls_none);

/// Writes down what it is told, and has rules of its own.
#[derive(Clone, Default)]
struct Watch {
    told: Arc<Mutex<Vec<String>>>,
}

impl Watch {
    fn tell(&self, what: impl Into<String>) {
        self.told.lock().push(what.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.told.lock())
    }
}

fn refuse(why: &str) -> Error {
    Error::Other(why.into())
}

impl account::Hooks for Watch {
    async fn before_create(&self, _: Within<'_>, new: &mut Given<Account>) -> Result<()> {
        let owner = new.value(account::OWNER).unwrap_or_default();
        self.tell(format!("before create {owner}"));
        if owner == "nobody" {
            return Err(refuse("somebody has to own it"));
        }
        new.replace(account::NOTE, format!("opened by {owner}"));
        Ok(())
    }

    async fn after_create(&self, on: Within<'_>, row: &Account) -> Result<()> {
        let rows = Account::query().count(on).await?;
        self.tell(format!("after create {} of {rows}", row.owner));
        if row.balance < 0 { Err(refuse("no account begins with a debt")) } else { Ok(()) }
    }

    async fn before_update(&self, _: Within<'_>, row: &Account, patch: &mut Given<Account>) -> Result<()> {
        self.tell(format!("before update {} of {}", row.owner, row.balance));
        if let Some(balance) = patch.value(account::BALANCE)
            && balance > 1000
        {
            patch.replace(account::BALANCE, 1000);
        }
        Ok(())
    }

    async fn after_update(&self, _: Within<'_>, row: &Account) -> Result<()> {
        self.tell(format!("after update {} to {}", row.owner, row.balance));
        if row.balance < 0 { Err(refuse("no account has a debt")) } else { Ok(()) }
    }

    async fn before_delete(&self, _: Within<'_>, row: &Account) -> Result<()> {
        self.tell(format!("before delete {}", row.owner));
        if row.balance > 0 { Err(refuse("there is money left")) } else { Ok(()) }
    }

    async fn after_delete(&self, on: Within<'_>, row: &Account) -> Result<()> {
        let gone = Account::find(on, row.id).await?.is_none();
        self.tell(format!("after delete {}: gone {gone}", row.owner));
        Ok(())
    }

    async fn before_commit(&self, on: Within<'_>, written: &Written<Account>) -> Result<()> {
        let Written::Created(row) = written else { return Ok(()) };
        self.tell(format!("before commit {}", row.owner));
        if row.owner == "late" {
            return Err(refuse("too late"));
        }
        Person::query().filter(people::NAME.eq(row.owner.as_str())).exists(on).await.map(drop)
    }

    async fn after_commit(&self, written: &Written<Account>) -> Result<()> {
        let (what, row) = match written {
            Written::Created(row) => ("created", row),
            Written::Updated(row) => ("updated", row),
            Written::Deleted(row) => ("deleted", row),
        };
        self.tell(format!("{what} {}", row.owner));
        Ok(())
    }
}

async fn open(db: &TestDb) -> (Db, Watch) {
    let watch = Watch::default();
    let builder = kinds::builder().env(|_| None).url(db.url()).hooks(account::hooks(watch.clone()));
    (builder.connect().await.expect("the database takes the tables"), watch)
}

fn new(owner: &str) -> NewAccount {
    NewAccount::builder().owner(owner)
}

async fn owners<'a>(on: impl On<'a>) -> Vec<String> {
    let owners = Account::query().select(account::OWNER).order_by(account::OWNER.asc()).all(on).await;
    owners.expect("it is asked")
}

async fn every_write_comes_by(db: &TestDb) {
    let (db, watch) = open(db).await;
    let row = Account::create(&db, new("ada")).await.expect("the row is taken");
    assert_eq!(watch.take(), ["before create ada", "after create ada of 1", "before commit ada", "created ada"]);
    let row = row.update(&db, AccountPatch::new().balance(5)).await.expect("the row is changed");
    assert_eq!(watch.take(), ["before update ada of 0", "after update ada to 5", "updated ada"]);
    let row = row.update(&db, AccountPatch::new().balance(0)).await.expect("the row is changed");
    watch.take();
    row.delete(&db).await.expect("the row is deleted");
    assert_eq!(watch.take(), ["before delete ada", "after delete ada: gone true", "deleted ada"]);
}

async fn keys_alone_lead_to_hooks(db: &TestDb) {
    let (db, watch) = open(db).await;
    let id = Account::create(&db, new("ada")).await.expect("the row is taken").id;
    watch.take();
    let row = Account::update_by_key(&db, id, AccountPatch::new().balance(5000)).await.expect("the row is changed");
    assert_eq!((row.balance, watch.take()[0].as_str()), (1000, "before update ada of 0"));
    let error = Account::delete_by_key(&db, id).await.expect_err("it is refused");
    assert!(error.to_string().contains("there is money left"), "{error}");
    Account::update_by_key(&db, id, AccountPatch::new().balance(0)).await.expect("the row is changed");
    watch.take();
    Account::delete_by_key(&db, id).await.expect("the row is deleted");
    assert_eq!(watch.take(), ["before delete ada", "after delete ada: gone true", "deleted ada"]);
    for error in [
        Account::update_by_key(&db, id, AccountPatch::new().balance(1)).await.expect_err("it is gone"),
        Account::delete_by_key(&db, id).await.expect_err("it is gone"),
    ] {
        assert!(matches!(error, Error::NotFound { model: "Account" }), "{error}");
    }
}

async fn a_hook_changes_what_is_written(db: &TestDb) {
    let (db, _) = open(db).await;
    let row = Account::create(&db, new("ada").note("mine")).await.expect("the row is taken");
    assert_eq!(row.note.as_deref(), Some("opened by ada"));
    let row = row.update(&db, AccountPatch::new().balance(5000)).await.expect("the row is changed");
    assert_eq!(row.balance, 1000);
    assert_eq!(Account::get(&db, row.id).await.expect("it is there"), row);
}

async fn a_hook_refuses_and_undoes(db: &TestDb) {
    let (db, watch) = open(db).await;
    for (refused, why) in [
        (new("nobody"), "somebody has to own it"),
        (new("ada").balance(-1), "begins with a debt"),
        (new("late"), "too late"),
    ] {
        let error = Account::create(&db, refused).await.expect_err("it is refused");
        assert!(error.to_string().contains(why), "{error}");
    }
    assert_eq!(owners(&db).await, [""; 0]);
    let row = Account::create(&db, new("ada").balance(5)).await.expect("the row is taken");
    let error = row.clone().update(&db, AccountPatch::new().balance(-5)).await.expect_err("it is refused");
    assert!(error.to_string().contains("no account has a debt"), "{error}");
    let error = row.clone().delete(&db).await.expect_err("it is refused");
    assert!(error.to_string().contains("there is money left"), "{error}");
    assert_eq!(Account::get(&db, row.id).await.expect("it is there"), row);
    assert!(!watch.take().iter().any(|told| told.starts_with("updated") || told.starts_with("deleted")));
}

async fn bulk_writes_come_by_row_by_row(db: &TestDb) {
    let (db, watch) = open(db).await;
    let written = Account::insert_many(&db, ["a", "b", "c"].map(new)).await.expect("the rows are taken");
    let told = watch.take();
    assert_eq!((written, told.iter().filter(|told| told.starts_with("before create")).count()), (3, 3));
    assert_eq!(&told[told.len() - 3..], ["created a", "created b", "created c"]);
    Account::insert_many(&db, ["d", "nobody"].map(new)).await.expect_err("one is refused, and so are all");
    assert_eq!(owners(&db).await, ["a", "b", "c"]);
    watch.take();

    let some = || Account::query().filter(account::OWNER.ne("c"));
    assert_eq!(some().update(&db, AccountPatch::new().balance(2000)).await.expect("they are changed"), 2);
    assert_eq!(watch.take().iter().filter(|told| told.ends_with("to 1000")).count(), 2);
    assert_eq!(some().increment(&db, account::BALANCE, -1000).await.expect("they are changed"), 2);
    let ids: Vec<i64> = Account::query().select(account::ID).all(&db).await.expect("it is asked");
    let patches = ids.iter().map(|id| (*id, AccountPatch::new().increment(account::BALANCE, 7)));
    assert_eq!(Account::update_many(&db, patches).await.expect("they are changed"), 3);
    let error = Account::query().all_rows().delete(&db).await.expect_err("there is money left");
    assert!(error.to_string().contains("money"), "{error}");
    let rows = Account::query().all_rows().update_returning(&db, AccountPatch::new().balance(0)).await;
    assert!(rows.expect("they are changed").iter().all(|row| row.balance == 0));
    watch.take();
    let gone = Account::query().all_rows().delete_returning(&db).await.expect("they are deleted");
    assert_eq!((gone.len(), watch.take().iter().filter(|told| told.starts_with("after delete")).count()), (3, 3));
}

async fn an_upsert_is_refused(db: &TestDb) {
    let (db, _) = open(db).await;
    let error = Account::upsert(&db, account::OWNER, new("ada")).await.expect_err("which hook would it be?");
    assert!(matches!(&error, Error::Query(text) if text.contains("creating from changing")), "{error}");
    Account::upsert_many(&db, account::OWNER, [new("ada")]).await.expect_err("nor many");
}

async fn what_is_found_is_not_created(db: &TestDb) {
    let (db, watch) = open(db).await;
    let (first, is_new) = Account::find_or_create(&db, account::OWNER, new("ada")).await.expect("it is taken");
    assert!(is_new && first.note.is_some());
    watch.take();
    assert_eq!(Account::find_or_create(&db, account::OWNER, new("ada")).await.expect("it is there"), (first, false));
    assert_eq!(watch.take(), [""; 0]);
}

async fn hooks_write_in_the_same_transaction(db: &TestDb) {
    let (db, _) = open(db).await;
    person(&db, "ada").await;
    let tx = db.begin().await.expect("it begins");
    Account::create(&tx, new("ada")).await.expect("the row is taken");
    assert_eq!((owners(&tx).await.len(), owners(&db).await.len()), (1, 0));
    tx.commit().await.expect("it is kept");
    assert_eq!(owners(&db).await, ["ada"]);
}

async fn commits_are_followed_once(db: &TestDb) {
    let (db, watch) = open(db).await;
    db.transaction(async |tx| {
        let row = Account::create(tx, new("ada")).await?;
        tx.transaction(async |tx| Account::create(tx, new("bob")).await).await?;
        row.update(tx, AccountPatch::new().balance(1)).await?;
        assert!(!watch.take().iter().any(|told| told.contains("commit") || told.starts_with("created")));
        Ok(())
    })
    .await
    .expect("it is kept");
    assert_eq!(watch.take(), ["before commit ada", "before commit bob", "created ada", "created bob", "updated ada"]);
}

async fn what_is_undone_is_not_told(db: &TestDb) {
    let (db, watch) = open(db).await;
    db.transaction(async |tx| {
        Account::create(tx, new("ada")).await?;
        let undone = tx.transaction(async |tx| {
            Account::create(tx, new("bob")).await?;
            Err::<(), _>(refuse("not after all"))
        });
        undone.await.expect_err("it is undone");
        Ok(())
    })
    .await
    .expect("it is kept");
    let told = watch.take();
    assert_eq!(told.iter().filter(|told| told.starts_with("created")).collect::<Vec<_>>(), ["created ada"]);
    assert_eq!(owners(&db).await, ["ada"]);
}

async fn a_handle_without_hooks_calls_none(db: &TestDb) {
    let db = crate::support::open(db).await;
    let row = Account::create(&db, new("nobody")).await.expect("nobody refuses it");
    assert_eq!(row.note, None);
    Account::upsert(&db, account::OWNER, new("nobody").balance(-1)).await.expect("nobody refuses it");
}
