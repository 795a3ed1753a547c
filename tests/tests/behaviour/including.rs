//! Rows together with what their associations lead to, and filters and orders that go through associations.

use kinds::{
    Badge, City, Country, Letter, Letterbox, Membership, NewBadge, NewCity, NewCountry, NewLetter, NewLetterbox,
    NewMembership, NewPassport, NewPerson, NewTeam, NewVault, Passport, Person, Team, Vault, badge, city, country,
    letter, letterbox, membership, passport, person as people, team, vault,
};
use seedbed::{Db, Error};
use seedbed_tests::{TestDb, on_both};
use serde_json::json;

use crate::support::{open, person};

on_both!(one_is_included, many_are_included, one_or_none_is_included, levels_are_included_in_levels);
on_both!(a_limit_is_one_per_parent, a_filter_leaves_rows_out, an_order_is_kept, a_model_is_included_in_itself);
on_both!(text_keys_lead_to_rows, composite_keys_lead_to_rows, secret_keys_lead_to_rows, rows_share_what_they_refer_to);
on_both!(a_flag_decides_what_is_included, a_row_is_found_with_its_includes, no_rows_include_nothing);
on_both!(rows_are_filtered_by_their_children, rows_are_filtered_by_their_parent, conditions_nest);
on_both!(rows_are_ordered_by_a_parents_column, changes_go_by_associations_too, a_tree_is_nested_json);

/// Ada and Bob, and what they sent each other; Ada reports to Bob.
async fn letters(db: &Db) -> (Person, Person) {
    let bob = person(db, "bob").await;
    let new = NewPerson::builder().email("ada@example.com").name("ada").manager_id(bob.id);
    let ada = Person::create(db, new).await.expect("the row is taken");
    for (text, from, to) in [
        ("a1", &ada, Some(&bob)),
        ("a2", &ada, None),
        ("a3", &ada, Some(&bob)),
        ("b1", &bob, Some(&ada)),
        ("b2", &bob, None),
    ] {
        let new = NewLetter::builder().text(text).sender_id(from.id).recipient_id(to.map(|person| person.id));
        Letter::create(db, new).await.expect("the row is taken");
    }
    (ada, bob)
}

fn texts(letters: &[Letter]) -> Vec<&str> {
    letters.iter().map(|letter| letter.text.as_str()).collect()
}

async fn one_is_included(db: &TestDb) {
    let db = open(db).await;
    let (ada, bob) = letters(&db).await;
    let all = Letter::query().include(letter::sender()).order_by(letter::ID.asc()).all(&db).await.expect("it is asked");
    let senders: Vec<&Person> = all.iter().map(|letter| letter.sender()).collect();
    assert_eq!(senders, [&ada, &ada, &ada, &bob, &bob]);
    assert_eq!(all[0].text, "a1", "the row itself is there as before");
}

async fn many_are_included(db: &TestDb) {
    let db = open(db).await;
    let (ada, bob) = letters(&db).await;
    let cy = person(&db, "cy").await;
    let sent = people::sent_letters().order_by(letter::ID.asc());
    let all = Person::query().include(sent).order_by(people::NAME.asc()).all(&db).await.expect("it is asked");
    let found: Vec<(i64, Vec<&str>)> = all.iter().map(|person| (person.id, texts(person.sent_letters()))).collect();
    assert_eq!(found, [(ada.id, vec!["a1", "a2", "a3"]), (bob.id, vec!["b1", "b2"]), (cy.id, vec![])]);
    assert_eq!(Person::from(all[2].clone()), cy);
}

async fn one_or_none_is_included(db: &TestDb) {
    let db = open(db).await;
    let (ada, bob) = letters(&db).await;
    let new = NewPassport::builder().number("C01").holder_id(ada.id);
    let passport = Passport::create(&db, new).await.expect("the row is taken");
    let query = Person::query().include(people::passport()).include(people::manager()).order_by(people::NAME.asc());
    let all = query.all(&db).await.expect("it is asked");
    assert_eq!(all.iter().map(|row| row.passport()).collect::<Vec<_>>(), [Some(&passport), None]);
    assert_eq!(all.iter().map(|row| row.manager()).collect::<Vec<_>>(), [Some(&bob), None]);

    let other = people::passport().filter(passport::NUMBER.ne("C01"));
    let all = Person::query().include(other).all(&db).await.expect("it is asked");
    assert!(all.iter().all(|row| row.passport().is_none()), "a filter leaves out what it leads to");
}

/// What a page needs of a letter, named in a signature.
type Shown =
    letter::With<(letter::Sender<(people::Manager, people::SentLetters)>, letter::Recipient<people::Passport>)>;

fn shown(letter: &Shown) -> String {
    let manager = letter.sender().manager().map_or("nobody", |manager| manager.name.as_deref().unwrap_or("?"));
    let recipient = letter.recipient().map_or("nobody", |recipient| recipient.email.as_str());
    let number =
        letter.recipient().and_then(|recipient| recipient.passport()).map_or("none", |passport| &passport.number);
    format!("{} {manager} {} {recipient} {number}", letter.text, letter.sender().sent_letters().len())
}

async fn levels_are_included_in_levels(db: &TestDb) {
    let db = open(db).await;
    let (_, bob) = letters(&db).await;
    let new = NewPassport::builder().number("C01").holder_id(bob.id);
    Passport::create(&db, new).await.expect("the row is taken");
    let query = Letter::query()
        .include(letter::sender().include(people::manager()).include(people::sent_letters()))
        .include(letter::recipient().include(people::passport()))
        .order_by(letter::ID.asc());
    let all: Vec<Shown> = query.all(&db).await.expect("it is asked");
    let lines: Vec<String> = all.iter().map(shown).collect();
    assert_eq!(
        lines,
        [
            "a1 bob 3 bob@example.com C01",
            "a2 bob 3 nobody none",
            "a3 bob 3 bob@example.com C01",
            "b1 nobody 2 ada@example.com none",
            "b2 nobody 2 nobody none",
        ]
    );
}

async fn a_limit_is_one_per_parent(db: &TestDb) {
    let db = open(db).await;
    letters(&db).await;
    let newest = || people::sent_letters().order_by(letter::TEXT.desc());
    for (include, expected) in [
        (newest().limit(2), [vec!["a3", "a2"], vec!["b2", "b1"]]),
        (newest().limit(1).offset(1), [vec!["a2"], vec!["b1"]]),
        (newest().offset(2), [vec!["a1"], vec![]]),
        (newest().limit(5).filter(letter::TEXT.ne("a3")), [vec!["a2", "a1"], vec!["b2", "b1"]]),
        (newest().limit(0), [vec![], vec![]]),
    ] {
        let all = Person::query().include(include).order_by(people::NAME.asc()).all(&db).await.expect("it is asked");
        let found: Vec<Vec<&str>> = all.iter().map(|person| texts(person.sent_letters())).collect();
        assert_eq!(found, expected);
    }
}

async fn a_filter_leaves_rows_out(db: &TestDb) {
    let db = open(db).await;
    letters(&db).await;
    let either = letter::TEXT.eq("a2").or(letter::TEXT.eq("b2"));
    let query = Person::query().include(people::sent_letters().filter(either)).order_by(people::NAME.asc());
    let all = query.all(&db).await.expect("it is asked");
    let found: Vec<Vec<&str>> = all.iter().map(|person| texts(person.sent_letters())).collect();
    assert_eq!(found, [["a2"], ["b2"]], "parents stay, whatever the filter of their rows");
}

async fn an_order_is_kept(db: &TestDb) {
    let db = open(db).await;
    letters(&db).await;
    let by_recipient =
        people::sent_letters().order_by([letter::recipient().by(people::NAME.desc()), letter::TEXT.desc()]);
    let all = Person::query().include(by_recipient).order_by(people::NAME.asc()).all(&db).await.expect("it is asked");
    assert_eq!(texts(all[0].sent_letters()), ["a2", "a3", "a1"], "NULL is largest");
    let limited =
        people::sent_letters().order_by([letter::recipient().by(people::NAME.asc()), letter::TEXT.desc()]).limit(2);
    let all = Person::query().include(limited).order_by(people::NAME.asc()).all(&db).await.expect("it is asked");
    assert_eq!(texts(all[0].sent_letters()), ["a3", "a1"]);
}

async fn a_model_is_included_in_itself(db: &TestDb) {
    let db = open(db).await;
    let (ada, bob) = letters(&db).await;
    let query = Person::query()
        .include(people::reports().order_by(people::ID.asc()).limit(3).include(people::manager()))
        .filter(people::reports().any(people::NAME.eq("ada")));
    let found = query.one(&db).await.expect("there is one");
    assert_eq!(found.id, bob.id);
    let reports = found.reports();
    assert_eq!(reports.len(), 1);
    assert_eq!((reports[0].id, reports[0].manager()), (ada.id, Some(&bob)));
}

async fn text_keys_lead_to_rows(db: &TestDb) {
    let db = open(db).await;
    for (code, name) in [("IS", "Iceland"), ("is", "not Iceland"), ("FO", "Faroes")] {
        Country::create(&db, NewCountry::builder().code(code).name(name)).await.expect("the row is taken");
    }
    for (name, code) in [("Vík", "IS"), ("Selfoss", "IS"), ("Tórshavn", "FO")] {
        City::create(&db, NewCity::builder().name(name).country_code(code)).await.expect("the row is taken");
    }
    let cities = country::cities().order_by(city::NAME.asc()).limit(9).include(city::country());
    let all = Country::query().include(cities).order_by(country::CODE.asc()).all(&db).await.expect("it is asked");
    let found: Vec<(&str, Vec<(&str, &str)>)> = all
        .iter()
        .map(|row| {
            let cities = row.cities().iter().map(|city| (city.name.as_str(), city.country().name.as_str()));
            (row.code.as_str(), cities.collect())
        })
        .collect();
    assert_eq!(
        found,
        [
            ("FO", vec![("Tórshavn", "Faroes")]),
            ("IS", vec![("Selfoss", "Iceland"), ("Vík", "Iceland")]),
            ("is", vec![])
        ]
    );
}

async fn composite_keys_lead_to_rows(db: &TestDb) {
    let db = open(db).await;
    let (ada, bob) = letters(&db).await;
    let team = Team::create(&db, NewTeam::builder().name("a")).await.expect("the row is taken");
    for person in [&ada, &bob] {
        let new = NewMembership::builder().team_id(team.id).person_id(person.id);
        Membership::create(&db, new).await.expect("the row is taken");
    }
    for (label, person, backup) in [("x", &ada, Some(&bob)), ("y", &ada, None), ("z", &bob, Some(&bob))] {
        let new = NewBadge::builder().label(label).membership_team_id(team.id).membership_person_id(person.id);
        let new = new.backup_team_id(backup.map(|_| team.id)).backup_person_id(backup.map(|person| person.id));
        Badge::create(&db, new).await.expect("the row is taken");
    }
    let query = Badge::query().include(badge::membership()).include(badge::backup()).order_by(badge::LABEL.asc());
    let all = query.all(&db).await.expect("it is asked");
    let found: Vec<(i64, Option<i64>)> =
        all.iter().map(|badge| (badge.membership().person_id, badge.backup().map(|backup| backup.person_id))).collect();
    assert_eq!(found, [(ada.id, Some(bob.id)), (ada.id, None), (bob.id, Some(bob.id))]);

    let labels = |badges: &[Badge]| badges.iter().map(|badge| badge.label.clone()).collect::<Vec<_>>();
    let last = || membership::badges().order_by(badge::LABEL.desc());
    for (badges, expected) in [(last(), [vec!["y", "x"], vec!["z"]]), (last().limit(1), [vec!["y"], vec!["z"]])] {
        let query = Membership::query().include(badges).include(membership::person());
        let all = query.order_by(membership::person().by(people::NAME.asc())).all(&db).await.expect("it is asked");
        assert_eq!(all.iter().map(|row| labels(row.badges())).collect::<Vec<_>>(), expected);
        assert_eq!(all[1].person(), &bob);
    }
    let teams = Team::query().include(team::memberships().include(membership::backup_badges())).one(&db).await;
    let backups: usize = teams.expect("there is one").memberships().iter().map(|row| row.backup_badges().len()).sum();
    assert_eq!(backups, 2);
}

async fn secret_keys_lead_to_rows(db: &TestDb) {
    let db = open(db).await;
    let vault = Vault::create(&db, NewVault::builder().password("hush")).await.expect("the row is taken");
    let new = NewLetterbox::builder().vault_password("hush");
    let letterbox = Letterbox::create(&db, new).await.expect("the row is taken");
    let found = Letterbox::query().include(letterbox::vault()).include(letterbox::spare()).one(&db).await;
    let found = found.expect("there is one");
    assert_eq!((found.vault(), found.spare()), (&vault, None));
    let found = Vault::query().include(vault::letterboxes()).include(vault::spares().limit(1)).one(&db).await;
    let found = found.expect("there is one");
    assert_eq!((found.letterboxes(), found.spares()), (std::slice::from_ref(&letterbox), &[][..]));
    assert!(!format!("{found:?}").contains("hush"), "{found:?}");
}

async fn rows_share_what_they_refer_to(db: &TestDb) {
    let db = open(db).await;
    letters(&db).await;
    let all = Letter::query().include(letter::sender()).order_by(letter::ID.asc()).all(&db).await.expect("it is asked");
    assert!(std::ptr::eq(all[0].sender(), all[1].sender()), "it was read once and is kept once");
    assert!(!std::ptr::eq(all[0].sender(), all[3].sender()));
}

async fn a_flag_decides_what_is_included(db: &TestDb) {
    let db = open(db).await;
    let (ada, _) = letters(&db).await;
    for wanted in [true, false] {
        let query = Person::query()
            .include_if(wanted, people::sent_letters())
            .include_if(!wanted, people::manager())
            .include_if(true, people::passport());
        let found = query.get(&db, ada.id).await.expect("it is there");
        assert_eq!(found.sent_letters().map(<[Letter]>::len), wanted.then_some(3));
        assert_eq!(found.manager().map(|manager| manager.is_some()), (!wanted).then_some(true));
        assert_eq!(found.passport(), Some(None));
    }
}

async fn a_row_is_found_with_its_includes(db: &TestDb) {
    let db = open(db).await;
    let (ada, bob) = letters(&db).await;
    let found = Person::query().include(people::manager()).find(&db, ada.id).await.expect("it is asked");
    assert_eq!(found.as_ref().and_then(|found| found.manager()), Some(&bob));
    assert!(Person::query().include(people::manager()).find(&db, 99).await.expect("it is asked").is_none());
    let error = Person::query().include(people::manager()).get(&db, 99).await.expect_err("there is none");
    assert!(matches!(error, Error::NotFound { model: "Person" }), "{error:?}");
    let first = Person::query().include(people::manager()).order_by(people::ID.asc()).first(&db).await;
    assert_eq!(first.expect("it is asked").map(|row| row.id), Some(bob.id));
    let filtered = Person::query().filter(people::NAME.eq("bob")).find(&db, ada.id).await.expect("it is asked");
    assert_eq!(filtered, None, "a filter holds for a key as well");
}

async fn no_rows_include_nothing(db: &TestDb) {
    let db = open(db).await;
    let none = Person::query().include(people::sent_letters().include(letter::recipient())).all(&db).await;
    assert!(none.expect("it is asked").is_empty());
}

async fn names(db: &Db, filter: seedbed::Filter<Person>) -> Vec<String> {
    let rows = Person::query().filter(filter).order_by(people::NAME.asc()).all(db).await.expect("it is asked");
    rows.into_iter().filter_map(|row| row.name).collect()
}

async fn rows_are_filtered_by_their_children(db: &TestDb) {
    let db = open(db).await;
    letters(&db).await;
    person(&db, "cy").await;
    let sent = people::sent_letters;
    assert_eq!(names(&db, sent().any(letter::TEXT.starts_with("a"))).await, ["ada"]);
    assert_eq!(names(&db, sent().none(letter::TEXT.starts_with("a"))).await, ["bob", "cy"]);
    assert_eq!(names(&db, sent().every(letter::TEXT.starts_with("b"))).await, ["bob", "cy"]);
    assert_eq!(names(&db, sent().exists()).await, ["ada", "bob"]);
    assert_eq!(names(&db, !sent().exists()).await, ["cy"]);
    assert_eq!(names(&db, people::passport().exists()).await, [""; 0]);
    // A letter without recipient neither is nor is not for Ada: `every` asks for those that are.
    let ada = letter::recipient().is(people::NAME.eq("ada"));
    assert_eq!(names(&db, sent().every(ada)).await, ["cy"]);
    assert_eq!(names(&db, sent().every(letter::RECIPIENT_ID.gt(0))).await, ["cy"]);
}

async fn rows_are_filtered_by_their_parent(db: &TestDb) {
    let db = open(db).await;
    letters(&db).await;
    let count = async |filter| Letter::query().filter(filter).count(&db).await.expect("it counts");
    assert_eq!(count(letter::sender().is(people::NAME.eq("ada"))).await, 3);
    assert_eq!(count(letter::recipient().is(people::NAME.eq("ada"))).await, 1);
    assert_eq!(count(!letter::recipient().exists()).await, 2);
    assert_eq!(count(letter::sender().is(people::manager().is(people::NAME.eq("bob")))).await, 3);
}

async fn conditions_nest(db: &TestDb) {
    let db = open(db).await;
    letters(&db).await;
    let to_manager = letter::recipient().is(people::reports().any(people::NAME.eq("ada")));
    let filter = people::sent_letters().any(to_manager.and(letter::TEXT.ne("a1"))).and(people::NAME.is_not_null());
    assert_eq!(names(&db, filter.or(people::NAME.eq("nobody"))).await, ["ada"]);
}

async fn rows_are_ordered_by_a_parents_column(db: &TestDb) {
    let db = open(db).await;
    letters(&db).await;
    let ordered = async |order: seedbed::Order<Letter>| {
        let rows = Letter::query().order_by([order, letter::TEXT.asc()]).all(&db).await.expect("it is asked");
        rows.into_iter().map(|row| row.text).collect::<Vec<_>>()
    };
    assert_eq!(ordered(letter::sender().by(people::NAME.desc())).await, ["b1", "b2", "a1", "a2", "a3"]);
    assert_eq!(ordered(letter::recipient().by(people::NAME.asc())).await, ["b1", "a1", "a3", "a2", "b2"]);
    let managers = letter::sender().by(people::manager().by(people::NAME.asc()).nulls_first());
    assert_eq!(ordered(managers).await, ["b1", "b2", "a1", "a2", "a3"]);
}

async fn changes_go_by_associations_too(db: &TestDb) {
    let db = open(db).await;
    letters(&db).await;
    let from_ada = letter::sender().is(people::NAME.eq("ada"));
    let last = Letter::query().filter(from_ada.clone()).order_by(letter::sender().by(people::NAME.asc())).limit(1);
    assert_eq!(last.delete(&db).await.expect("it is deleted"), 1);
    assert_eq!(Letter::query().filter(from_ada).delete(&db).await.expect("they are deleted"), 2);
    assert_eq!(Letter::query().count(&db).await.expect("it counts"), 2);
}

async fn a_tree_is_nested_json(db: &TestDb) {
    let db = open(db).await;
    let (ada, bob) = letters(&db).await;
    let query = Person::query()
        .include(people::manager())
        .include(people::sent_letters().order_by(letter::ID.asc()).limit(1).include(letter::recipient()))
        .include_if(false, people::passport());
    let tree = query.get(&db, ada.id).await.expect("it is there");
    let mut found = serde_json::to_value(&tree).expect("it is serialised");
    let letter = found["sent_letters"][0].take();
    assert_eq!(letter["text"], "a1");
    assert_eq!(letter["recipient"]["email"], "bob@example.com");
    let mut expected = serde_json::to_value(&ada).expect("it is serialised");
    expected["manager"] = serde_json::to_value(&bob).expect("it is serialised");
    expected["sent_letters"] = json!([null]);
    assert_eq!(found, expected);
}
