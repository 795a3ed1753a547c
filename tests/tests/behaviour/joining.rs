//! Columns of the row that an association leads to, selected, filtered, grouped and ordered by.

use kinds::seedbed::count;
use kinds::{
    Badge, Letter, Membership, NewBadge, NewLetter, NewMembership, NewPassport, NewPerson, NewTeam, Passport, Person,
    Team, badge, letter, membership, passport, person as people, team,
};
use seedbed::Db;
use seedbed_tests::{TestDb, on_both};

use crate::support::{open, person};

on_both!(a_column_of_what_is_always_there, a_column_of_what_may_be_missing, columns_of_several_levels);
on_both!(the_same_association_is_joined_once, rows_are_grouped_by_a_column_of_another, names_do_not_collide);
on_both!(a_filter_says_which_rows_are_joined, a_filter_of_an_association_counts_everywhere);
on_both!(filters_and_orders_go_by_it);

/// Ada, who reports to Bob, and three letters: two from Ada, of which one to Bob, and one from Bob.
async fn letters(db: &Db) -> (Person, Person) {
    let bob = person(db, "bob").await;
    let new = NewPerson::builder().email("ada@example.com").name("ada").manager_id(bob.id);
    let ada = Person::create(db, new).await.expect("the row is taken");
    for (text, from, to) in [("a1", &ada, Some(&bob)), ("a2", &ada, None), ("b1", &bob, Some(&ada))] {
        let new = NewLetter::builder().text(text).sender_id(from.id).recipient_id(to.map(|person| person.id));
        Letter::create(db, new).await.expect("the row is taken");
    }
    (ada, bob)
}

async fn a_column_of_what_is_always_there(db: &TestDb) {
    let db = open(db).await;
    letters(&db).await;
    let query = Letter::query().select((letter::TEXT, letter::sender().column(people::EMAIL)));
    let rows: Vec<(String, String)> = query.order_by(letter::TEXT.asc()).all(&db).await.expect("it is asked");
    let expected = [("a1", "ada@example.com"), ("a2", "ada@example.com"), ("b1", "bob@example.com")];
    assert_eq!(rows, expected.map(|(text, email)| (text.to_owned(), email.to_owned())));
}

async fn a_column_of_what_may_be_missing(db: &TestDb) {
    let db = open(db).await;
    let (ada, _) = letters(&db).await;
    // A required field and a nullable one, behind a key that may be NULL.
    let to = letter::recipient();
    let query = Letter::query().select((letter::TEXT, to.clone().column(people::EMAIL), to.column(people::NAME)));
    let rows: Vec<(String, Option<String>, Option<String>)> =
        query.order_by(letter::TEXT.asc()).all(&db).await.expect("it is asked");
    let to = |name: &str| (Some(format!("{name}@example.com")), Some(name.to_owned()));
    let expected = [("a1", to("bob")), ("a2", (None, None)), ("b1", to("ada"))];
    assert_eq!(rows, expected.map(|(text, (email, name))| (text.to_owned(), email, name)));

    // The other side holds the key.
    let new = NewPassport::builder().number("C01").holder_id(ada.id);
    Passport::create(&db, new).await.expect("the row is taken");
    let query = Person::query().select((people::EMAIL, people::passport().column(passport::NUMBER)));
    let rows = query.order_by(people::EMAIL.asc()).all(&db).await.expect("it is asked");
    let expected = [("ada@example.com", Some("C01")), ("bob@example.com", None)];
    assert_eq!(rows, expected.map(|(email, number)| (email.to_owned(), number.map(str::to_owned))));
}

async fn columns_of_several_levels(db: &TestDb) {
    let db = open(db).await;
    letters(&db).await;
    let boss = letter::sender().column(people::manager().column(people::EMAIL.upper()));
    let rows = Letter::query().select((letter::TEXT, boss)).order_by(letter::ID.asc()).all(&db).await;
    let expected = [("a1", Some("BOB@EXAMPLE.COM")), ("a2", Some("BOB@EXAMPLE.COM")), ("b1", None)];
    assert_eq!(rows.expect("it is asked"), expected.map(|(text, boss)| (text.to_owned(), boss.map(str::to_owned))));
}

async fn the_same_association_is_joined_once(db: &TestDb) {
    let db = open(db).await;
    letters(&db).await;
    let columns = (
        letter::sender().column(people::EMAIL),
        letter::sender().column(people::NAME),
        letter::recipient().column(people::NAME),
    );
    let plan = Letter::query().select(columns).explain(&db).await.expect("it is asked");
    // The letters, their senders and their recipients; no query inside of the query.
    let reads = plan.lines().filter(|line| line.contains("Scan") || line.contains("SCAN") || line.contains("SEARCH"));
    assert_eq!(reads.count(), 3, "{plan}");
    assert!(!plan.to_lowercase().contains("subplan") && !plan.contains("SUBQUERY"), "{plan}");
}

async fn rows_are_grouped_by_a_column_of_another(db: &TestDb) {
    let db = open(db).await;
    letters(&db).await;
    let name = letter::sender().column(people::NAME);
    let query = Letter::query().group_by(name.clone()).select((name.clone(), count(), letter::TEXT.max()));
    let rows = query.order_by(name.asc()).all(&db).await.expect("it is asked");
    let expected = [("ada", 2, "a2"), ("bob", 1, "b1")];
    assert_eq!(rows, expected.map(|(name, count, text)| (Some(name.to_owned()), count, Some(text.to_owned()))));
}

/// Both sides have columns of these names, and the key has two.
async fn names_do_not_collide(db: &TestDb) {
    let db = open(db).await;
    let (ada, team) = (person(&db, "ada").await, Team::create(&db, NewTeam::builder().name("red")).await);
    let team = team.expect("the name is free");
    let member = NewMembership::builder().team_id(team.id).person_id(ada.id).position(7);
    let member = Membership::create(&db, member).await.expect("the row is taken");
    let new = NewBadge::builder().label("x").membership_team_id(team.id).membership_person_id(ada.id);
    let made = Badge::create(&db, new).await.expect("the row is taken");
    let columns = (
        badge::ID,
        badge::membership().column(membership::CREATED_AT),
        badge::membership().column(membership::team().column(team::ID)),
        badge::membership().column(membership::POSITION),
        badge::backup().column(membership::POSITION),
    );
    let query = Badge::query().filter(badge::ID.is_in([made.id]).and(badge::LABEL.contains("x"))).select(columns);
    let row = query.order_by(badge::ID.desc()).one(&db).await.expect("it is asked");
    assert_eq!(row, (made.id, member.created_at, team.id, 7, None));

    let bosses =
        Person::query().filter(people::NAME.eq("ada")).select((people::ID, people::manager().column(people::ID)));
    assert_eq!(bosses.one(&db).await.expect("it is asked"), (ada.id, None));
}

async fn a_filter_says_which_rows_are_joined(db: &TestDb) {
    let db = open(db).await;
    letters(&db).await;
    let to_bob = letter::recipient().filter(people::NAME.eq("bob").or(people::NAME.eq("bert")));
    let both = (letter::TEXT, to_bob.column(people::NAME), letter::recipient().column(people::NAME));
    let rows = Letter::query().select(both).order_by(letter::ID.asc()).all(&db).await.expect("it is asked");
    let expected = [("a1", Some("bob"), Some("bob")), ("a2", None, None), ("b1", None, Some("ada"))];
    assert_eq!(rows, expected.map(|(a, b, c)| (a.to_owned(), b.map(str::to_owned), c.map(str::to_owned))));
}

/// It was forgotten where rows are filtered or ordered by an association.
async fn a_filter_of_an_association_counts_everywhere(db: &TestDb) {
    let db = open(db).await;
    let (ada, bob) = letters(&db).await;
    let long_ago = people::sent_letters().filter(letter::TEXT.starts_with("b"));
    let any = Person::query().filter(long_ago.clone().exists()).all(&db).await.expect("it is asked");
    assert_eq!(any, std::slice::from_ref(&bob));
    let none = long_ago.none(letter::ID.gt(0));
    assert_eq!(Person::query().filter(none).all(&db).await.expect("it is asked"), std::slice::from_ref(&ada));
    let boss = people::manager().filter(people::NAME.ne("bob"));
    let order = boss.by(people::NAME.asc().nulls_first());
    let rows = Person::query().order_by([order, people::NAME.asc()]).all(&db).await.expect("it is asked");
    assert_eq!(rows, [ada, bob], "nobody has such a manager");
}

async fn filters_and_orders_go_by_it(db: &TestDb) {
    let db = open(db).await;
    letters(&db).await;
    let name = || letter::sender().column(people::NAME);
    let query = Letter::query().filter(name().eq("ada")).order_by(letter::TEXT.desc());
    let texts: Vec<String> = query.select(letter::TEXT).all(&db).await.expect("it is asked");
    assert_eq!(texts, ["a2", "a1"]);
    let query = Letter::query().filter(name().ne("nobody")).select((letter::TEXT, name()));
    let rows = query.order_by([name().desc(), letter::TEXT.asc()]).limit(2).all(&db).await.expect("it is asked");
    let expected = [("b1", "bob"), ("a1", "ada")];
    assert_eq!(rows, expected.map(|(text, name)| (text.to_owned(), Some(name.to_owned()))));
    let rows = Letter::query().order_by([name().desc(), letter::TEXT.asc()]).limit(1).all(&db).await;
    assert_eq!(rows.expect("it is asked")[0].text, "b1");
}
