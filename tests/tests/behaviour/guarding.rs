//! Transactions by guard, with an isolation, for reading only, run again; rows that are locked, and work after the commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use kinds::{NewPerson, Person, PersonPatch, person as people};
use seedbed::{Db, Dialect, Error, Isolation, Tx, TxOptions};
use seedbed_tests::{TestDb, on_both};

use crate::support::{open, person};

on_both!(a_guard_commits_or_rolls_back, a_dropped_guard_undoes_all, nested_guards_keep_or_undo_their_part);
on_both!(a_reading_transaction_refuses_writes, a_snapshot_does_not_move, conflicts_are_run_again);
on_both!(attempts_come_to_an_end, work_is_done_after_the_commit, work_of_what_was_undone_is_not_done);
on_both!(rows_are_locked_for_update, locks_need_a_transaction, a_reader_waits_for_no_writer);

async fn add(tx: &Tx, name: &str) -> Person {
    let new = NewPerson::builder().email(format!("{name}@example.com")).name(name);
    Person::create(tx, new).await.expect("the row is taken")
}

async fn names(db: &Db) -> Vec<String> {
    let names = Person::query().select(people::NAME).order_by(people::NAME.asc()).all(db).await;
    names.expect("it is asked").into_iter().flatten().collect()
}

async fn a_guard_commits_or_rolls_back(db: &TestDb) {
    let db = open(db).await;
    let tx = db.begin().await.expect("it begins");
    add(&tx, "ada").await;
    tx.commit().await.expect("it is kept");
    let tx = db.begin().await.expect("it begins");
    add(&tx, "bob").await;
    tx.rollback().await.expect("it is undone");
    assert_eq!(names(&db).await, ["ada"]);
}

async fn a_dropped_guard_undoes_all(db: &TestDb) {
    let db = open(db).await;
    let tx = db.begin().await.expect("it begins");
    add(&tx, "ada").await;
    drop(tx);
    assert_eq!(names(&db).await, [""; 0]);
    person(&db, "bob").await;
    assert_eq!(names(&db).await, ["bob"], "and what comes after is kept");
}

async fn nested_guards_keep_or_undo_their_part(db: &TestDb) {
    let db = open(db).await;
    let tx = db.begin().await.expect("it begins");
    add(&tx, "ada").await;
    let nested = tx.begin().await.expect("it begins");
    add(&nested, "bob").await;
    nested.rollback().await.expect("it is undone");
    let nested = tx.begin().await.expect("it begins");
    add(&nested, "cy").await;
    nested.commit().await.expect("it is kept");
    let nested = tx.begin().await.expect("it begins");
    add(&nested, "dee").await;
    drop(nested);
    tx.commit().await.expect("it is kept");
    assert_eq!(names(&db).await, ["ada", "cy"]);
}

async fn a_reading_transaction_refuses_writes(db: &TestDb) {
    let db = open(db).await;
    person(&db, "ada").await;
    let read = db.transaction_with(TxOptions::new().read_only(), async |tx| Person::query().count(tx).await);
    assert_eq!(read.await.expect("it is asked"), 1);
    let write = db.transaction_with(TxOptions::new().read_only(), async |tx| {
        Person::create(tx, NewPerson::builder().email("bob@example.com")).await
    });
    let error = write.await.expect_err("it only reads");
    assert!(matches!(error, Error::ReadOnly(_)), "{error:?}");
    let tx = db.begin_with(TxOptions::new().read_only()).await.expect("it begins");
    let error = Person::query().all_rows().delete(&tx).await.expect_err("it only reads");
    assert!(matches!(error, Error::ReadOnly(_)), "{error:?}");
    drop(tx);
    person(&db, "bob").await;
}

async fn a_snapshot_does_not_move(db: &TestDb) {
    let db = open(db).await;
    person(&db, "ada").await;
    let options = TxOptions::new().isolation(Isolation::RepeatableRead).read_only();
    let tx = db.begin_with(options).await.expect("it begins");
    assert_eq!(Person::query().count(&tx).await.expect("it counts"), 1);
    person(&db, "bob").await;
    assert_eq!(Person::query().count(&tx).await.expect("it counts"), 1);
    tx.commit().await.expect("it ends");
    assert_eq!(Person::query().count(&db).await.expect("it counts"), 2);
}

/// Two transactions read both rows and write one each: as if one ran after the other, one of them must come second.
async fn conflicts_are_run_again(db: &TestDb) {
    let db = open(db).await;
    person(&db, "ada").await;
    let attempts = AtomicU32::new(0);
    let serialisable = TxOptions::new().isolation(Isolation::Serializable);
    let writer = async |writer: u32| {
        let work = async |tx: &Tx| {
            attempts.fetch_add(1, Ordering::Relaxed);
            let count = Person::query().count(tx).await?;
            let new = NewPerson::builder().email(format!("{writer}@example.com")).name(format!("seen {count}"));
            Person::create(tx, new).await
        };
        db.retry(20, serialisable, work).await.expect("it comes through at last")
    };
    tokio::join!(writer(1), writer(2), writer(3), writer(4));
    assert_eq!(names(&db).await, ["ada", "seen 1", "seen 2", "seen 3", "seen 4"]);
    assert!(attempts.load(Ordering::Relaxed) >= 4);
}

async fn attempts_come_to_an_end(db: &TestDb) {
    let db = open(db).await;
    let mut attempts = 0;
    let never = db.retry(2, TxOptions::new(), async |tx| {
        attempts += 1;
        add(tx, "ada").await;
        Err::<(), _>(Error::Retryable(seedbed::Failure::new(seedbed::FailureKind::Retryable, "once more")))
    });
    assert!(matches!(never.await, Err(Error::Retryable(_))));
    assert_eq!((attempts, names(&db).await.len()), (3, 0));
    let mut attempts = 0;
    let refused = db.retry(2, TxOptions::new(), async |_| {
        attempts += 1;
        Err::<(), _>(Error::NotFound { model: "Person" })
    });
    assert!(matches!(refused.await, Err(Error::NotFound { .. })));
    assert_eq!(attempts, 1, "what would fail again is not run again");
}

/// Counts how often some work was done.
fn counter() -> (Arc<AtomicU32>, impl Fn(u32) -> std::future::Ready<()> + Clone + Send + 'static) {
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    let add = move |number| {
        counted.fetch_add(number, Ordering::Relaxed);
        std::future::ready(())
    };
    (count, add)
}

async fn work_is_done_after_the_commit(db: &TestDb) {
    let db = open(db).await;
    let (count, add_to) = counter();
    let seen = db.clone();
    db.transaction(async |tx| {
        add(tx, "ada").await;
        let count_then = add_to.clone();
        tx.after_commit(async move || {
            let rows = Person::query().count(&seen).await.expect("it counts");
            count_then(u32::try_from(rows).expect("there are few")).await;
        });
        tx.transaction(async |tx| {
            let nested = add_to.clone();
            tx.after_commit(move || nested(10));
            Ok(())
        })
        .await?;
        assert_eq!(count.load(Ordering::Relaxed), 0, "not yet");
        Ok(())
    })
    .await
    .expect("it is kept");
    assert_eq!(count.load(Ordering::Relaxed), 11);
}

async fn work_of_what_was_undone_is_not_done(db: &TestDb) {
    let db = open(db).await;
    let (count, add_to) = counter();
    let tx = db.begin().await.expect("it begins");
    let (first, second, third) = (add_to.clone(), add_to.clone(), add_to.clone());
    tx.after_commit(move || first(1));
    let nested = tx.begin().await.expect("it begins");
    nested.after_commit(move || second(10));
    nested.rollback().await.expect("it is undone");
    let nested = tx.begin().await.expect("it begins");
    nested.after_commit(move || third(100));
    drop(nested);
    tx.commit().await.expect("it is kept");
    assert_eq!(count.load(Ordering::Relaxed), 1);
    let tx = db.begin().await.expect("it begins");
    tx.after_commit(move || add_to(1000));
    tx.rollback().await.expect("it is undone");
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

async fn rows_are_locked_for_update(db: &TestDb) {
    let db = open(db).await;
    let (ada, bob) = (person(&db, "ada").await, person(&db, "bob").await);
    let tx = db.begin().await.expect("it begins");
    let locked = Person::query().for_update().include(people::manager()).get(&tx, ada.id).await.expect("it is there");
    assert_eq!(Person::from(locked), ada);
    if db.dialect() == Dialect::Postgres {
        let other = db.begin().await.expect("it begins");
        let free = Person::query().skip_locked().order_by(people::ID.asc()).limit(1).all(&other).await;
        assert_eq!(free.expect("it does not wait"), [bob]);
        let error = Person::query().no_wait().get(&other, ada.id).await.expect_err("it is held");
        assert!(matches!(error, Error::Busy(_)), "{error:?}");
        assert!(error.is_retryable());
    }
    ada.update(&tx, PersonPatch::new().name("Ada")).await.expect("it is ours");
    tx.commit().await.expect("it is kept");
    assert_eq!(names(&db).await, ["Ada", "bob"]);
    // A queue of work: whoever takes a job takes one that nobody else has.
    let job = async |tx: &Tx| {
        let next = Person::query().filter(people::NAME.is_not_null()).order_by(people::ID.asc()).limit(1).skip_locked();
        next.update(tx, PersonPatch::new().name(None)).await
    };
    assert_eq!(db.transaction(job).await.expect("there is a job"), 1);
    assert_eq!(names(&db).await, ["bob"]);
}

async fn locks_need_a_transaction(db: &TestDb) {
    let db = open(db).await;
    let error = Person::query().for_update().all(&db).await.expect_err("it would be over at once");
    assert!(matches!(&error, Error::Query(text) if text.contains("run it on a `tx`")), "{error}");
    let error = Person::query().for_update().limit(1).fetch_page(&db, None).await.expect_err("nor is a page");
    assert!(matches!(error, Error::Query(_)), "{error:?}");
    let error = Person::query().for_update().select(people::ID).all(&db).await.expect_err("nor are columns");
    assert!(matches!(error, Error::Query(_)), "{error:?}");
    let tx = db.begin().await.expect("it begins");
    Person::query().for_update().select(people::ID).all(&tx).await.expect("the rows are locked");
    let error = Person::query().for_update().select(seedbed::count()).all(&tx).await.expect_err("a group is no row");
    assert!(matches!(&error, Error::Query(text) if text.contains("groups")), "{error}");
    drop(tx);
    assert_eq!(Person::query().for_update().count(&db).await.expect("a count locks nothing"), 0);
}

async fn a_reader_waits_for_no_writer(db: &TestDb) {
    let db = open(db).await;
    let writer = db.begin().await.expect("it begins");
    add(&writer, "ada").await;
    let reader = db.begin_with(TxOptions::new().read_only()).await.expect("it does not wait");
    assert_eq!(Person::query().count(&reader).await.expect("it counts"), 0);
    reader.commit().await.expect("it ends");
    writer.commit().await.expect("it is kept");
    assert_eq!(names(&db).await, ["ada"]);
}
