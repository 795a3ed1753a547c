//! Raw SQL: the same text on both databases, values that are bound, rows that are read into named types.

use database::{NewUsage, Role, Usage, User, UserStatus, role, usage, user};
use kinds::{Color, NewTeam, Team, kind as kinds_, team};
use seedbed::{Db, Error, Failure, FailureKind, FromRow, Row, trusted};
use seedbed_tests::{Dialect, TestDb, on_both};

use crate::support::{decimal, instant, kind, open, open_platform, person};

on_both!(a_row_becomes_a_tuple, texts_and_values_alternate, null_is_an_option, one_row_or_none_or_several);
on_both!(whole_models_are_read, a_left_join_may_find_nothing, a_struct_of_ones_own, a_closure_reads_rows);
on_both!(columns_say_how_a_decimal_is_read, a_decimal_is_bound_as_its_column_has_it, every_plain_type_comes_back);
on_both!(
    enums_are_read_and_refused,
    writes_say_how_many_rows,
    a_write_may_give_rows,
    what_reads_sees_through_a_transaction
);
on_both!(mistakes_name_the_column, a_text_built_at_run_time_is_trusted, values_are_not_shown);

async fn teams(db: &Db, names: &[&str]) -> Vec<Team> {
    let mut teams = Vec::new();
    for name in names {
        teams.push(Team::create(db, NewTeam::builder().name(*name)).await.expect("the name is free"));
    }
    teams
}

async fn a_row_becomes_a_tuple(db: &TestDb) {
    let db = open(db).await;
    let made = teams(&db, &["a", "b"]).await;
    let rows = db.sql("SELECT id, name FROM teams ORDER BY id").fetch_as::<(i64, String)>().await.expect("it reads");
    assert_eq!(rows, [(made[0].id, "a".to_owned()), (made[1].id, "b".to_owned())]);
    let names = db.sql("SELECT name FROM teams ORDER BY id").fetch_as::<String>().all().await.expect("it reads");
    assert_eq!(names, ["a", "b"]);
    let nothing = db.sql("SELECT id, name FROM teams WHERE 1 = 0").fetch_as::<(i64, String)>().await;
    assert_eq!(nothing.expect("it reads"), []);
}

async fn texts_and_values_alternate(db: &TestDb) {
    let db = open(db).await;
    let made = teams(&db, &["a", "b", "c"]).await;
    let some = db
        .sql("SELECT name FROM teams WHERE id >= ")
        .bind(made[1].id)
        .push(" AND name <> ")
        .bind("c")
        .push(" LIMIT ")
        .bind(5_i64);
    assert_eq!(
        format!("{some:?}"),
        r#"Raw { text: "SELECT name FROM teams WHERE id >= $1 AND name <> $2 LIMIT $3", values: 3 }"#
    );
    assert_eq!(some.fetch_as::<(String,)>().await.expect("it reads"), [("b".to_owned(),)]);
    // What looks like SQL is a value like any other.
    let odd = db.sql("SELECT count(*) FROM teams WHERE name = ").bind("' OR 1 = 1 --");
    assert_eq!(odd.fetch_as::<i64>().one().await.expect("it counts"), 0);
}

async fn null_is_an_option(db: &TestDb) {
    let db = open(db).await;
    person(&db, "ada").await;
    let text = "SELECT name, manager_id FROM people";
    let row = db.sql(text).fetch_as::<(Option<String>, Option<i64>)>().one().await.expect("it reads");
    assert_eq!(row, (Some("ada".to_owned()), None));
    let count = db.sql("SELECT count(*) FROM people WHERE ").bind(None::<i64>).push(" IS NULL");
    assert_eq!(count.fetch_as::<i64>().one().await.expect("it counts"), 1);
}

async fn one_row_or_none_or_several(db: &TestDb) {
    let db = open(db).await;
    let names = async |db: &Db| db.sql("SELECT name FROM teams").fetch_as::<String>().optional().await;
    assert_eq!(names(&db).await.expect("it reads"), None);
    let error = db.sql("SELECT name FROM teams").fetch_as::<String>().one().await.expect_err("there is none");
    assert_eq!(error.to_string(), "no `row` was found");
    teams(&db, &["a"]).await;
    assert_eq!(names(&db).await.expect("it reads").as_deref(), Some("a"));
    teams(&db, &["b"]).await;
    let error = names(&db).await.expect_err("there are two");
    assert_eq!(error.to_string(), "more than one `row` was found where one was expected");
}

async fn whole_models_are_read(db: &TestDb) {
    let db = open_platform(db).await;
    let new = database::NewUser::builder().email("ada@example.com").role_id(3).limit(10);
    let ada = User::create(&db, new).await.expect("the row is taken");
    let found = db.sql("SELECT ").columns::<User>().push(" FROM users WHERE email = ").bind("ada@example.com");
    assert_eq!(found.fetch_as::<User>().one().await.expect("it reads"), ada);

    let role = ada.load_role(&db).await.expect("it is there");
    let both = db.sql("SELECT ").columns_of::<User>("u").push(", ").columns::<Role>();
    let both = both.push(" FROM users AS u JOIN roles ON roles.id = u.role_id WHERE u.id = ").bind(ada.id);
    assert_eq!(both.fetch_as::<(User, Role)>().one().await.expect("it reads"), (ada, role));
}

async fn a_left_join_may_find_nothing(db: &TestDb) {
    let db = open(db).await;
    let (bob, ada) = (person(&db, "bob").await, person(&db, "ada").await);
    let ada = ada.update(&db, kinds::PersonPatch::new().manager_id(bob.id)).await.expect("the row is there");
    let text = " FROM people LEFT JOIN people AS boss ON boss.id = people.manager_id ORDER BY people.name";
    let rows = db.sql("SELECT people.name, ").columns_of::<kinds::Person>("boss").push(text);
    let rows = rows.fetch_as::<(String, Option<kinds::Person>)>().await.expect("it reads");
    assert_eq!(rows, [("ada".to_owned(), Some(bob.clone())), ("bob".to_owned(), None)]);

    let rows = db.sql("SELECT people.id, boss.email").push(text);
    let rows = rows.fetch_columns((kinds::person::ID, kinds::person::EMAIL.or_null())).await.expect("it reads");
    assert_eq!(rows, [(ada.id, Some("bob@example.com".to_owned())), (bob.id, None)]);
}

/// What a report shows of a user.
#[derive(Debug, PartialEq)]
struct Spender {
    email: String,
    requests: i64,
    cost: Option<seedbed::Decimal>,
}

impl FromRow for Spender {
    fn width() -> usize {
        3
    }

    fn from_row(row: &mut Row<'_>) -> Result<Self, Failure> {
        Ok(Self { email: row.read(user::EMAIL)?, requests: row.get()?, cost: row.read(usage::COST.sum())? })
    }
}

/// A user who asked for three things, at a cost of 0.000001, 1.5 and 2.
async fn spender(db: &Db) -> User {
    let new = database::NewUser::builder().email("ada@example.com").role_id(3);
    let ada = User::create(db, new).await.expect("the row is taken");
    let model = database::Model::query().first(db).await.expect("it is asked").expect("there are seeds");
    let rows = ["0.000001", "1.5", "2"]
        .map(|cost| NewUsage::builder().user_id(ada.id).model_id(model.id).cost(decimal(cost)).input_tokens(7));
    Usage::insert_many(db, rows).await.expect("the rows are taken");
    ada
}

const SPENDERS: &str = "SELECT users.email, count(*), sum(usages.cost) FROM users \
                        JOIN usages ON usages.user_id = users.id GROUP BY users.email";

async fn a_struct_of_ones_own(db: &TestDb) {
    let db = open_platform(db).await;
    spender(&db).await;
    let found = db.sql(SPENDERS).fetch_as::<Spender>().one().await.expect("it reads");
    let cost = Some(decimal("3.500001"));
    assert_eq!(found, Spender { email: "ada@example.com".to_owned(), requests: 3, cost });
}

async fn a_closure_reads_rows(db: &TestDb) {
    let db = open(db).await;
    teams(&db, &["a", "b"]).await;
    let lengths = db.sql("SELECT name FROM teams ORDER BY id").fetch_with(|row| Ok(row.get::<String>()?.len()));
    assert_eq!(lengths.await.expect("it reads"), [1, 1]);
    let refused = db
        .sql("SELECT name FROM teams")
        .fetch_with(|_| -> Result<(), _> { Err(Failure::new(FailureKind::Decode, "no row will do")) });
    assert!(refused.await.expect_err("no row will do").to_string().ends_with("no row will do"));
}

async fn columns_say_how_a_decimal_is_read(db: &TestDb) {
    let db = open_platform(db).await;
    let ada = spender(&db).await;
    let costs = db.sql("SELECT user_id, cost FROM usages ORDER BY cost").fetch_columns((usage::USER_ID, usage::COST));
    let expected = ["0.000001", "1.500000", "2.000000"].map(|cost| (ada.id, decimal(cost)));
    assert_eq!(costs.await.expect("it reads"), expected);
    let sums = db.sql(SPENDERS).fetch_columns((user::EMAIL, usage::ID.count(), usage::COST.sum()));
    let expected = ("ada@example.com".to_owned(), 3, Some(decimal("3.500001")));
    assert_eq!(sums.one().await.expect("it reads"), expected);
    let mean = db.sql("SELECT sum(cost), count(cost) FROM usages").fetch_columns(usage::COST.avg());
    assert_eq!(mean.one().await.expect("it reads"), Some(decimal("1.166667")));
}

async fn a_decimal_is_bound_as_its_column_has_it(db: &TestDb) {
    let db = open_platform(db).await;
    spender(&db).await;
    let dear = async |db: &Db, cost: &str| {
        let text = db.sql("SELECT count(*) FROM usages WHERE cost >= ").bind_for(usage::COST, decimal(cost));
        text.fetch_as::<i64>().one().await
    };
    assert_eq!(dear(&db, "1.5").await.expect("it counts"), 2);
    let error = dear(&db, "0.0000001").await.expect_err("the column keeps six digits");
    assert!(matches!(error, Error::OutOfRange { model: "Usage", field: "cost", .. }), "{error:?}");
    let change = db.sql("UPDATE users SET ").push("\"limit\" = ").bind_for(user::LIMIT, None);
    assert_eq!(change.push(" WHERE email = ").bind("ada@example.com").execute().await.expect("it writes"), 1);
}

async fn every_plain_type_comes_back(db: &TestDb) {
    let db = open(db).await;
    let row = kinds::Kind::create(&db, kind()).await.expect("the row is taken");
    type Whole = (bool, i16, i32, i64, f32, f64, String);
    let text = "SELECT flag, small, whole, big, single, \"double\", short FROM kinds WHERE moment = ";
    let found =
        db.sql(text).bind(row.moment).push(" AND color = ").bind(Color::Green).push(" AND day = ").bind(row.day);
    let found = found.push(" AND clock = ").bind(row.clock).push(" AND token = ").bind(row.token);
    let found = found.push(" AND raw = ").bind(row.raw.as_slice()).push(" AND flag = ").bind(true);
    let found = found.fetch_as::<Whole>().one().await.expect("it reads");
    assert_eq!(found, (row.flag, row.small, row.whole, row.big, row.single, row.double, row.short));
    type Rest = (seedbed::Uuid, seedbed::NaiveDate, seedbed::NaiveTime, seedbed::Timestamp, seedbed::Json, Vec<u8>);
    let found = db.sql("SELECT token, day, clock, moment, data, raw FROM kinds").fetch_as::<Rest>().one().await;
    assert_eq!(found.expect("it reads"), (row.token, row.day, row.clock, row.moment, row.data, row.raw));
    assert_eq!(row.moment, instant("2026-01-31T10:20:30Z"));
}

async fn enums_are_read_and_refused(db: &TestDb) {
    let db = open_platform(db).await;
    spender(&db).await;
    let text = "SELECT status, email FROM users WHERE status = ";
    let row = db.sql(text).bind(UserStatus::Active).fetch_as::<(UserStatus, String)>().one().await.expect("it reads");
    assert_eq!(row, (UserStatus::Active, "ada@example.com".to_owned()));
    let other = db.sql("SELECT email AS kind FROM users").fetch_as::<UserStatus>().await.expect_err("no status");
    refused(&other, "kind", "column `kind` holds a text that is no value of `UserStatus`");
}

async fn writes_say_how_many_rows(db: &TestDb) {
    let db = open(db).await;
    let insert = db.sql("INSERT INTO teams (name) VALUES (").bind("a").push("), (").bind("b").push(")");
    assert_eq!(insert.execute().await.expect("it writes"), 2);
    assert_eq!(db.sql("UPDATE teams SET name = name").execute().await.expect("it writes"), 2);
    assert_eq!(db.sql("DELETE FROM teams WHERE name = ").bind("c").execute().await.expect("it writes"), 0);
    let error = db.sql("INSERT INTO teams (name) VALUES (").bind("a").push(")").execute().await;
    assert!(matches!(error, Err(Error::Unique { model: "Team", .. })), "{error:?}");
}

async fn a_write_may_give_rows(db: &TestDb) {
    let db = open(db).await;
    let insert = db.sql("INSERT INTO teams (name) VALUES (").bind("a").push(") RETURNING ").columns::<Team>();
    let team = insert.fetch_as::<Team>().one().await.expect("it writes");
    assert_eq!(Team::get(&db, team.id).await.expect("it is there"), team);
    let error: Result<(), _> = db
        .transaction(async |tx| {
            tx.sql("DELETE FROM teams RETURNING id").fetch_columns(team::ID).one().await?;
            Err(Error::Query("undo it".to_owned()))
        })
        .await;
    error.expect_err("it is undone");
    assert_eq!(Team::query().count(&db).await.expect("it counts"), 1);
}

/// On SQLite a statement that reads does not wait for the writer.
async fn what_reads_sees_through_a_transaction(db: &TestDb) {
    let db = open(db).await;
    db.transaction(async |tx| {
        tx.sql("INSERT INTO teams (name) VALUES ('a')").execute().await?;
        assert_eq!(tx.sql("SELECT count(*) FROM teams").fetch_as::<i64>().one().await?, 1);
        assert_eq!(db.sql("SELECT count(*) FROM teams").fetch_as::<i64>().one().await?, 0);
        Ok(())
    })
    .await
    .expect("nobody waits for anybody");
}

/// The failure of a column of that name.
fn refused(error: &Error, column: &str, message: &str) {
    let Error::Database(failure) = error else { panic!("{error:?}") };
    assert_eq!((failure.kind, &failure.columns[..]), (FailureKind::Decode, &[column.to_owned()][..]), "{error:?}");
    assert!(failure.message.contains(message), "{error:?}");
}

async fn mistakes_name_the_column(db: &TestDb) {
    let db = open(db).await;
    person(&db, "ada").await;
    let error = db.sql("SELECT id, name FROM people").fetch_as::<(i64, i64)>().await.expect_err("a name is no number");
    refused(&error, "name", "column `name`");
    let error = db.sql("SELECT manager_id AS boss FROM people").fetch_as::<i64>().await.expect_err("it is NULL");
    refused(&error, "boss", "column `boss` is NULL where an `Option` was not asked for");
    let error =
        db.sql("SELECT NULL AS boss, 1 FROM people").fetch_columns(kinds_::SHORT).await.expect_err("two columns");
    assert!(error.to_string().ends_with("the statement gives rows of 2 columns, but they are read as 1"), "{error}");
    let error = db.sql("SELECT id FROM people").fetch_as::<(i64, String)>().await.expect_err("one column");
    assert!(error.to_string().ends_with("the statement gives rows of 1 column, but they are read as 2"), "{error}");
}

async fn a_text_built_at_run_time_is_trusted(db: &TestDb) {
    let db = open(db).await;
    teams(&db, &["a", "b"]).await;
    let direction = if db.dialect() == Dialect::Sqlite { "DESC" } else { "desc" };
    let names = db.sql("SELECT name FROM teams").push(trusted(format!(" ORDER BY name {direction}")));
    assert_eq!(names.fetch_as::<String>().await.expect("it reads"), ["b", "a"]);
    assert_eq!(db.sql(trusted("SELECT count(*) FROM teams")).fetch_as::<i64>().one().await.expect("it counts"), 2);
}

async fn values_are_not_shown(db: &TestDb) {
    let db = open_platform(db).await;
    let found = db.sql("SELECT id FROM users WHERE api_key = ").bind(database::Secret::from("hush"));
    assert!(!format!("{found:?}").contains("hush"));
    assert_eq!(found.fetch_columns(role::ID).await.expect("it reads"), Vec::<i64>::new());
}
