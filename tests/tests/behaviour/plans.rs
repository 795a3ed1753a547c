//! Which indexes the databases use, by their own account, in tables that are large enough for it to matter.

use database::{Model, NewUsage, NewUser, Usage, User, usage, user};
use seedbed::Db;
use seedbed_tests::{Dialect, TestDb, on_both};

use crate::support::{instant, open_platform};

on_both!(includes_use_indexes, pages_use_indexes, raw_sql_is_explained_and_not_run);

const USERS: i64 = 5_000;
const USAGES: i64 = 20_000;

/// A handle to users, each with four usages, which the database has counted.
async fn filled(db: &TestDb) -> Db {
    let handle = open_platform(db).await;
    let users = (1..=USERS).map(|at| NewUser::builder().id(at).email(format!("{at}@example.com")).role_id(3));
    User::insert_many(&handle, users).await.expect("the rows are taken");
    let model = Model::query().first(&handle).await.expect("it is asked").expect("there are seeds");
    let start = instant("2026-01-01T00:00:00Z");
    let usages = (0..USAGES).map(|at| {
        let usage = NewUsage::builder().user_id(at % USERS + 1).model_id(model.id);
        usage.created_at(start + seedbed::chrono::TimeDelta::minutes(at * 7919 % USAGES))
    });
    Usage::insert_many(&handle, usages).await.expect("the rows are taken");
    handle.sql("ANALYZE").execute().await.expect("it counts");
    // SQLite reads what was counted when a connection is opened.
    handle.close().await;
    open_platform(db).await
}

/// Each of these stands in the plan, and no table is read from end to end.
fn goes_by(db: &Db, plan: &str, postgres: &[&str], sqlite: &[&str]) {
    let indexes = match db.dialect() {
        Dialect::Postgres => postgres,
        Dialect::Sqlite => sqlite,
    };
    for index in indexes {
        assert!(plan.contains(index), "`{index}` is not used:\n{plan}");
    }
    let is_whole = |line: &str| line.contains("Seq Scan") || ["SCAN usages", "SCAN users"].contains(&line.trim());
    assert!(!plan.lines().any(is_whole), "a table is read from end to end:\n{plan}");
}

async fn includes_use_indexes(db: &TestDb) {
    let db = filled(db).await;
    let plan = Usage::query().filter(usage::ID.le(20)).include(usage::user()).explain(&db).await.expect("it is asked");
    goes_by(
        &db,
        &plan,
        &["usages_pkey", "users_pkey"],
        &["usages USING INTEGER PRIMARY KEY", "users USING INTEGER PRIMARY KEY"],
    );

    let few = || User::query().filter(user::ID.le(10));
    let plan = few().include(user::usages()).explain(&db).await.expect("it is asked");
    goes_by(
        &db,
        &plan,
        &["users_pkey", "usages_user_id_idx"],
        &["users USING INTEGER PRIMARY KEY", "usages_user_id_idx"],
    );

    let latest = user::usages().order_by(usage::CREATED_AT.desc()).limit(5);
    let plan = few().include(latest).explain(&db).await.expect("it is asked");
    goes_by(&db, &plan, &["usages_user_id_created_at_idx"], &["usages_user_id_created_at_idx"]);
}

async fn pages_use_indexes(db: &TestDb) {
    let db = filled(db).await;
    let by_key = || Usage::query().order_by(usage::ID.desc()).limit(20);
    let page = by_key().fetch_page(&db, None).await.expect("it is asked");
    for cursor in [None, page.next.clone()] {
        // The first page goes along the table itself on SQLite, which lies in the order of its key.
        let plan = by_key().explain_page(&db, cursor).await.expect("it is asked");
        assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort"), "rows are sorted:\n{plan}");
    }
    let plan = by_key().explain_page(&db, page.next).await.expect("it is asked");
    goes_by(&db, &plan, &["usages_pkey"], &["usages USING INTEGER PRIMARY KEY"]);
    let by_time = || Usage::query().order_by(usage::CREATED_AT.asc()).limit(20);
    let page = by_time().fetch_page(&db, None).await.expect("it is asked");
    for cursor in [None, page.next.clone()] {
        let plan = by_time().explain_page(&db, cursor).await.expect("it is asked");
        goes_by(&db, &plan, &["usages_created_at_idx"], &["usages_created_at_idx"]);
    }
    let of_one = || Usage::query().filter(usage::USER_ID.eq(7)).order_by(usage::CREATED_AT.desc()).limit(5);
    let page = of_one().fetch_page(&db, None).await.expect("it is asked");
    for cursor in [None, page.next.clone()] {
        let plan = of_one().explain_page(&db, cursor).await.expect("it is asked");
        goes_by(&db, &plan, &["usages_user_id_created_at_idx"], &["usages_user_id_created_at_idx"]);
    }
    let by_email = || User::query().order_by(user::EMAIL.asc()).limit(20);
    let page = by_email().fetch_page(&db, None).await.expect("it is asked");
    let plan = by_email().explain_page(&db, page.next).await.expect("it is asked");
    goes_by(&db, &plan, &["users_email_key"], &["users_email_key"]);
}

async fn raw_sql_is_explained_and_not_run(db: &TestDb) {
    let db = open_platform(db).await;
    User::create(&db, NewUser::builder().email("ada@example.com").role_id(3)).await.expect("the row is taken");
    let delete = || db.sql("DELETE FROM users WHERE email = ").bind("ada@example.com");
    let plan = delete().explain().await.expect("it is explained");
    assert!(plan.contains("users"), "{plan}");
    assert_eq!(User::query().count(&db).await.expect("it counts"), 1);
    assert_eq!(delete().execute().await.expect("it runs"), 1);
}
