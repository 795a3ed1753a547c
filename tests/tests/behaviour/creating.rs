//! New rows: defaults of every sort, and many rows at once.

use chrono::{Duration, Utc};
use kinds::seedbed::Uuid;
use kinds::{
    Color, Membership, NewMembership, NewPreset, NewTeam, NewTicket, Preset, Team, Ticket, Word, preset, team,
};
use seedbed::Error;
use seedbed_tests::{TestDb, on_both};
use serde_json::json;

use crate::support::{date, decimal, instant, kind, open, person, time};

on_both!(every_default_is_bound, defaults_can_be_given_instead, the_database_fills_what_only_it_knows);
on_both!(an_explicit_id_is_kept, rows_of_one_insert_share_their_time);
on_both!(none_one_and_five_thousand_rows_are_inserted, rows_that_give_different_fields_are_inserted_in_order);
on_both!(all_rows_are_inserted_or_none, all_rows_or_none_also_where_they_give_different_fields);
on_both!(all_rows_or_none_inside_a_transaction, rows_of_every_type_are_inserted);

async fn every_default_is_bound(db: &TestDb) {
    let db = open(db).await;
    let before = Utc::now() - Duration::milliseconds(1);
    let row = Preset::create(&db, NewPreset::builder()).await.expect("the row is taken");
    let after = Utc::now();
    let Preset { flag, small, whole, big, single, double, .. } = row;
    assert_eq!((flag, small, whole, big, single, double), (true, i16::MIN, i32::MAX, i64::MIN, 0.5, -2.5e-3));
    assert_eq!((row.price, row.short.as_str(), row.empty.as_str()), (decimal("-0.000001"), "a 'b\" c", ""));
    assert_eq!(row.fixed_token.to_string(), "018f2b5c-0000-7000-8000-00000000abcd");
    assert_eq!((row.random_token.get_version_num(), row.timed_token.get_version_num()), (4, 7));
    assert_eq!(row.code.len(), 24);
    assert_eq!((row.day, row.clock), (date("2024-02-29"), time("23:59:59.999999")));
    assert_eq!(row.moment, instant("0001-01-01T00:00:00Z"));
    assert!((before..=after).contains(&row.now_moment), "{before} {} {after}", row.now_moment);
    assert_eq!((row.today, row.now_clock), (row.now_moment.date_naive(), row.now_moment.time()), "one now for all");
    assert_eq!((row.list, row.object), (json!([]), json!({})));
    assert_eq!(row.data, json!({ "big": 9_007_199_254_740_993_i64, "text": "it's" }));
    assert_eq!((row.color, row.word, row.computed), (Color::Green, Word::Type, 2));
}

async fn defaults_can_be_given_instead(db: &TestDb) {
    let db = open(db).await;
    let new = NewPreset::builder()
        .flag(false)
        .small(0)
        .timed_token(Uuid::nil())
        .code("mine")
        .now_moment(instant("2000-01-01T00:00:00Z"))
        .list(json!([1]))
        .color(Color::Blue)
        .computed(3);
    let row = Preset::create(&db, new).await.expect("the row is taken");
    assert_eq!((row.flag, row.small, row.timed_token, row.code.as_str()), (false, 0, Uuid::nil(), "mine"));
    assert_eq!((row.now_moment, row.list), (instant("2000-01-01T00:00:00Z"), json!([1])));
    assert_eq!((row.color, row.computed), (Color::Blue, 3));
    assert_ne!(row.today, date("2000-01-01"), "the others keep their own defaults");
}

async fn the_database_fills_what_only_it_knows(db: &TestDb) {
    let db = open(db).await;
    let rows = [NewPreset::builder(), NewPreset::builder().computed(7), NewPreset::builder()];
    assert_eq!(Preset::insert_many(&db, rows).await.expect("the rows are taken"), 3);
    let rows = Preset::query().order_by(preset::ID.asc()).all(&db).await.expect("it is asked");
    assert_eq!(rows.iter().map(|row| (row.id, row.computed)).collect::<Vec<_>>(), [(1, 2), (2, 7), (3, 2)]);
    assert!(rows[0].random_token != rows[1].random_token && rows[0].code != rows[2].code, "each row has its own");
}

async fn an_explicit_id_is_kept(db: &TestDb) {
    let db = open(db).await;
    let row = Team::create(&db, NewTeam::builder().id(1_000).name("a")).await.expect("the row is taken");
    assert_eq!(row.id, 1_000);
    let negative = Team::create(&db, NewTeam::builder().name("b").id(-5)).await.expect("the row is taken");
    assert_eq!(negative.id, -5);
    let taken = Team::create(&db, NewTeam::builder().id(1_000).name("c")).await.expect_err("the id is taken");
    assert!(matches!(&taken, Error::Unique { model: "Team", fields, .. } if fields == &["id"]), "{taken:?}");
}

async fn rows_of_one_insert_share_their_time(db: &TestDb) {
    let db = open(db).await;
    Preset::insert_many(&db, (0..50).map(|_| NewPreset::builder())).await.expect("the rows are taken");
    let rows = Preset::query().all(&db).await.expect("it is asked");
    assert!(rows.iter().all(|row| row.now_moment == rows[0].now_moment));
    assert_eq!(rows.iter().map(|row| row.timed_token).collect::<std::collections::BTreeSet<_>>().len(), 50);
}

async fn none_one_and_five_thousand_rows_are_inserted(db: &TestDb) {
    let db = open(db).await;
    let teams = |range: std::ops::Range<u32>| range.map(|at| NewTeam::builder().name(format!("team {at}")));
    assert_eq!(Team::insert_many(&db, []).await.expect("there is nothing to take"), 0);
    assert_eq!(Team::insert_many(&db, teams(0..1)).await.expect("the row is taken"), 1);
    assert_eq!(Team::insert_many(&db, teams(1..5_000)).await.expect("the rows are taken"), 4_999);
    let rows = Team::query().order_by(team::ID.asc()).all(&db).await.expect("it is asked");
    assert!(rows.iter().zip(0..).all(|(row, at)| row.id == at + 1 && row.name == format!("team {at}")));
    assert_eq!(rows.len(), 5_000);
}

async fn rows_that_give_different_fields_are_inserted_in_order(db: &TestDb) {
    let db = open(db).await;
    let ada = person(&db, "ada").await;
    let teams = [Some(10), None, None, Some(20), None].iter().zip(["a", "b", "c", "d", "e"]).map(|(id, name)| {
        let new = NewTeam::builder().name(name);
        match id {
            Some(id) => new.id(*id),
            None => new,
        }
    });
    assert_eq!(Team::insert_many(&db, teams).await.expect("the rows are taken"), 5);
    let teams = Team::query().order_by(team::NAME.asc()).all(&db).await.expect("it is asked");
    let ids: Vec<i64> = teams.iter().map(|team| team.id).collect();
    // Where the others begin differs: SQLite counts on from the largest id, PostgreSQL from the last it handed out.
    assert!(ids[0] == 10 && ids[3] == 20 && ids[1] + 1 == ids[2] && ids[2] < ids[4], "{ids:?}");
    let members = teams.iter().map(|team| {
        let new = NewMembership::builder().team_id(team.id).person_id(ada.id);
        if team.name.as_str() > "b" { new.role(Word::Half).position(1) } else { new }
    });
    assert_eq!(Membership::insert_many(&db, members).await.expect("the rows are taken"), 5);
    assert_eq!(
        Membership::query().filter(kinds::membership::ROLE.eq(Word::Half)).count(&db).await.expect("it counts"),
        3
    );
}

async fn all_rows_are_inserted_or_none(db: &TestDb) {
    let db = open(db).await;
    let names = (0..1_000).map(|at| format!("team {}", at % 999));
    let error = Team::insert_many(&db, names.map(|name| NewTeam::builder().name(name))).await;
    let error = error.expect_err("two have one name");
    assert!(matches!(&error, Error::Unique { model: "Team", fields, .. } if fields == &["name"]), "{error:?}");
    assert_eq!(Team::query().count(&db).await.expect("it counts"), 0);
    let error = Ticket::insert_many(&db, [NewTicket::builder().title("fine"), NewTicket::builder().title("not\0fine")]);
    let error = error.await.expect_err("no text holds NUL");
    assert!(matches!(error, Error::Value { model: "Ticket", field: "title", .. }), "{error:?}");
    assert_eq!(Ticket::query().count(&db).await.expect("it counts"), 0);
}

/// Such rows take several statements, which succeed or fail as one.
async fn all_rows_or_none_also_where_they_give_different_fields(db: &TestDb) {
    let db = open(db).await;
    let rows = [NewTeam::builder().name("a"), NewTeam::builder().name("b").id(7), NewTeam::builder().name("a")];
    let error = Team::insert_many(&db, rows).await.expect_err("two have one name");
    assert!(matches!(error, Error::Unique { model: "Team", .. }), "{error:?}");
    assert_eq!(Team::query().count(&db).await.expect("it counts"), 0);
}

async fn all_rows_or_none_inside_a_transaction(db: &TestDb) {
    let db = open(db).await;
    let outcome = db
        .transaction(async |tx| {
            Team::create(tx, NewTeam::builder().name("before")).await?;
            let rows = [NewTeam::builder().name("a"), NewTeam::builder().name("b").id(70)];
            Team::insert_many(tx, rows).await?;
            let rows =
                [NewTeam::builder().name("c"), NewTeam::builder().name("d").id(80), NewTeam::builder().name("c")];
            let error = Team::insert_many(tx, rows).await.expect_err("two have one name");
            assert!(matches!(error, Error::Unique { model: "Team", .. }), "{error:?}");
            Team::create(tx, NewTeam::builder().name("after")).await
        })
        .await;
    outcome.expect("the transaction goes on behind what failed");
    let teams = Team::query().order_by(team::NAME.asc()).all(&db).await.expect("it is asked");
    assert_eq!(teams.iter().map(|team| team.name.as_str()).collect::<Vec<_>>(), ["a", "after", "b", "before"]);
}

async fn rows_of_every_type_are_inserted(db: &TestDb) {
    let db = open(db).await;
    assert_eq!(kinds::Kind::insert_many(&db, vec![kind(); 3]).await.expect("the rows are taken"), 3);
    let single = kinds::Kind::create(&db, kind()).await.expect("the row is taken");
    for row in kinds::Kind::query().all(&db).await.expect("it is asked") {
        assert_eq!(kinds::Kind { id: single.id, ..row }, single);
    }
}
