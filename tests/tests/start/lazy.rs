//! A lazy start connects, syncs and seeds when its handle is first used.

use std::time::Duration;

use database::{Error, Role};
use seedbed_tests::{TestDb, on_both};

use crate::support::{builder, tables};

on_both!(the_first_use_starts, a_handle_that_was_closed_stays_closed);

async fn the_first_use_starts(db: &TestDb) {
    let handle = builder(&database::SCHEMA, db).lazy().connect().await.unwrap();
    assert_eq!(handle.dialect(), db.dialect());
    assert_eq!(tables(db).await, 0);
    let uses: Vec<_> = (0..4)
        .map(|_| {
            let handle = handle.clone();
            tokio::spawn(async move { Role::query().count(&handle).await })
        })
        .collect();
    for one in uses {
        assert_eq!(one.await.unwrap().unwrap(), 3);
    }
    assert_eq!(tables(db).await, 12);
    handle.transaction(async |tx| Role::get(tx, 1).await).await.unwrap();
    handle.close().await;
    assert!(matches!(handle.health().await, Err(Error::Closed)));
}

async fn a_handle_that_was_closed_stays_closed(db: &TestDb) {
    let handle = builder(&database::SCHEMA, db).lazy().connect().await.unwrap();
    handle.close().await;
    assert!(matches!(handle.health().await, Err(Error::Closed)));
    assert!(matches!(handle.transaction(async |tx| Role::get(tx, 1).await).await, Err(Error::Closed)));
    assert_eq!(tables(db).await, 0);
}

#[tokio::test]
async fn a_start_that_failed_is_tried_again() {
    let db = TestDb::sqlite().await;
    let path = db.url().strip_prefix("sqlite:").unwrap();
    let folder = std::path::Path::new(path).with_file_name("later");
    let file = folder.join("t.db");
    let handle = database::builder().env(|_| None).sqlite(&file).lazy().connect().await.unwrap();
    handle.health().await.unwrap_err();
    std::fs::create_dir(&folder).unwrap();
    handle.health().await.unwrap();
    assert_eq!(Role::query().count(&handle).await.unwrap(), 3);
}

#[tokio::test]
async fn what_is_wrong_with_the_settings_is_told_at_once() {
    let builder = || database::builder().env(|_| None).lazy();
    assert!(matches!(builder().connect().await, Err(Error::Config(_))));
    let nobody = builder().url("postgres://ada@127.0.0.1:1/d").connect_timeout(Duration::from_secs(2));
    let handle = nobody.connect().await.unwrap();
    assert!(matches!(handle.health().await, Err(Error::Connection(_))));
}
