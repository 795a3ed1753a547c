//! The accessors of associations, both ways: one row that is loaded, many rows that are queried.

use kinds::{
    Badge, City, Country, CountryPatch, Letter, Membership, NewBadge, NewCity, NewCountry, NewLetter, NewMembership,
    NewPassport, NewPerson, NewTeam, Passport, Person, PersonPatch, Team, letter, membership, person as people,
};
use seedbed_tests::{TestDb, on_both};

use crate::support::{open, open_platform, person};

on_both!(belongs_to_is_loaded, has_many_is_a_query, has_one_is_loaded, a_model_belongs_to_itself);
on_both!(two_keys_lead_to_one_model, composite_keys_are_followed, deletes_cascade_set_null_or_are_refused);
on_both!(key_changes_cascade, the_platforms_associations_work, a_query_of_an_association_may_delete);

async fn belongs_to_is_loaded(db: &TestDb) {
    let db = open(db).await;
    let iceland = Country::create(&db, NewCountry::builder().code("IS").name("Iceland")).await.expect("it is taken");
    let city = City::create(&db, NewCity::builder().name("Vík").country_code("IS")).await.expect("it is taken");
    assert_eq!(city.load_country(&db).await.expect("it is there"), iceland);
    assert_eq!(iceland.query_cities().all(&db).await.expect("it is asked"), [city]);
}

async fn has_many_is_a_query(db: &TestDb) {
    let db = open(db).await;
    let (ada, bob) = (person(&db, "ada").await, person(&db, "bob").await);
    for (text, sender) in [("c", &ada), ("a", &ada), ("b", &bob), ("d", &ada)] {
        let new = NewLetter::builder().text(text).sender_id(sender.id);
        Letter::create(&db, new).await.expect("the row is taken");
    }
    let letters = ada.query_sent_letters().filter(letter::TEXT.ne("d")).order_by(letter::TEXT.asc());
    let texts: Vec<String> = letters.all(&db).await.expect("it is asked").into_iter().map(|row| row.text).collect();
    assert_eq!(texts, ["a", "c"]);
    assert_eq!(ada.query_sent_letters().count(&db).await.expect("it counts"), 3);
    assert!(!bob.query_received_letters().exists(&db).await.expect("it is asked"));
}

async fn has_one_is_loaded(db: &TestDb) {
    let db = open(db).await;
    let (ada, bob) = (person(&db, "ada").await, person(&db, "bob").await);
    let new = NewPassport::builder().number("C01").holder_id(ada.id);
    let passport = Passport::create(&db, new).await.expect("the row is taken");
    assert_eq!(ada.load_passport(&db).await.expect("it is asked"), Some(passport.clone()));
    assert_eq!(bob.load_passport(&db).await.expect("it is asked"), None);
    assert_eq!(passport.load_holder(&db).await.expect("it is there"), ada);
}

async fn a_model_belongs_to_itself(db: &TestDb) {
    let db = open(db).await;
    let boss = person(&db, "boss").await;
    let ada = Person::create(&db, NewPerson::builder().email("ada@example.com").manager_id(boss.id)).await;
    let ada = ada.expect("the row is taken");
    assert_eq!(ada.load_manager(&db).await.expect("it is asked"), Some(boss.clone()));
    assert_eq!(boss.load_manager(&db).await.expect("it is asked"), None);
    assert_eq!(boss.query_reports().all(&db).await.expect("it is asked"), std::slice::from_ref(&ada));
    let own = boss.clone().update(&db, PersonPatch::new().manager_id(boss.id)).await.expect("it may lead to itself");
    assert_eq!(own.load_manager(&db).await.expect("it is asked"), Some(own));
}

async fn two_keys_lead_to_one_model(db: &TestDb) {
    let db = open(db).await;
    let (ada, bob) = (person(&db, "ada").await, person(&db, "bob").await);
    let new = NewLetter::builder().text("hello").sender_id(ada.id).recipient_id(bob.id).witness_id(ada.id);
    let letter = Letter::create(&db, new).await.expect("the row is taken");
    assert_eq!(letter.load_sender(&db).await.expect("it is there"), ada);
    assert_eq!(letter.load_recipient(&db).await.expect("it is asked"), Some(bob.clone()));
    assert_eq!(letter.load_witness(&db).await.expect("it is asked"), Some(ada.clone()));
    assert_eq!(ada.query_sent_letters().count(&db).await.expect("it counts"), 1);
    assert_eq!(ada.query_received_letters().count(&db).await.expect("it counts"), 0);
    assert_eq!(bob.query_received_letters().one(&db).await.expect("there is one"), letter);
}

async fn composite_keys_are_followed(db: &TestDb) {
    let db = open(db).await;
    let (ada, bob) = (person(&db, "ada").await, person(&db, "bob").await);
    let team = Team::create(&db, NewTeam::builder().name("a")).await.expect("the row is taken");
    let join = |who: &Person| NewMembership::builder().team_id(team.id).person_id(who.id);
    let first = Membership::create(&db, join(&ada)).await.expect("the row is taken");
    let second = Membership::create(&db, join(&bob)).await.expect("the row is taken");
    let new = NewBadge::builder().label("x").membership_team_id(team.id).membership_person_id(ada.id);
    let with_backup = new.clone().backup_team_id(team.id).backup_person_id(bob.id);
    let badge = Badge::create(&db, with_backup).await.expect("the row is taken");
    let half = Badge::create(&db, new.backup_team_id(team.id)).await.expect("half a key refers to nothing");
    assert_eq!(badge.load_membership(&db).await.expect("it is there"), first);
    assert_eq!(badge.load_backup(&db).await.expect("it is asked"), Some(second.clone()));
    assert_eq!(half.load_backup(&db).await.expect("it is asked"), None);
    assert_eq!(second.query_backup_badges().all(&db).await.expect("it is asked"), [badge]);
    assert_eq!(first.query_badges().count(&db).await.expect("it counts"), 2);
    assert_eq!(first.load_person(&db).await.expect("it is there"), ada);
    assert_eq!(team.query_memberships().count(&db).await.expect("it counts"), 2);
}

async fn deletes_cascade_set_null_or_are_refused(db: &TestDb) {
    let db = open(db).await;
    let (boss, bob) = (person(&db, "boss").await, person(&db, "bob").await);
    let report = NewPerson::builder().email("r@example.com").manager_id(boss.id);
    let report = Person::create(&db, report).await.expect("the row is taken");
    let new = NewLetter::builder().text("x").sender_id(boss.id).recipient_id(bob.id);
    let sent = Letter::create(&db, new).await.expect("the row is taken");
    let new = NewLetter::builder().text("y").sender_id(bob.id).recipient_id(boss.id);
    let received = Letter::create(&db, new).await.expect("the row is taken");
    Passport::create(&db, NewPassport::builder().number("1").holder_id(boss.id)).await.expect("the row is taken");
    boss.delete(&db).await.expect("nothing refuses it");
    assert_eq!(Letter::find(&db, sent.id).await.expect("it is asked"), None, "what they sent goes with them");
    assert_eq!(Passport::query().count(&db).await.expect("it counts"), 0);
    let received = Letter::get(&db, received.id).await.expect("what they received stays");
    assert_eq!(received.recipient_id, None, "a nullable key is set to NULL unless the spec says otherwise");
    assert_eq!(Person::get(&db, report.id).await.expect("the row is there").manager_id, None);
}

async fn key_changes_cascade(db: &TestDb) {
    let db = open(db).await;
    Country::create(&db, NewCountry::builder().code("IS").name("Iceland")).await.expect("the row is taken");
    let city = City::create(&db, NewCity::builder().name("Vík").country_code("IS")).await.expect("the row is taken");
    let renamed =
        Country::query().filter(kinds::country::CODE.eq("IS")).update(&db, CountryPatch::new().name("Ísland"));
    assert_eq!(renamed.await.expect("the row is there"), 1);
    crate::support::execute(&db, "UPDATE countries SET code = 'XX'").await;
    assert_eq!(City::get(&db, city.id).await.expect("the row is there").country_code, "XX");
}

async fn a_query_of_an_association_may_delete(db: &TestDb) {
    let db = open(db).await;
    let team = Team::create(&db, NewTeam::builder().name("a")).await.expect("the row is taken");
    let other = Team::create(&db, NewTeam::builder().name("b")).await.expect("the row is taken");
    for name in ["ada", "bob"] {
        let id = person(&db, name).await.id;
        let rows = [&team, &other].map(|team| NewMembership::builder().team_id(team.id).person_id(id));
        Membership::insert_many(&db, rows).await.expect("the rows are taken");
    }
    assert_eq!(team.query_memberships().delete(&db).await.expect("the rows are there"), 2);
    let left = Membership::query().filter(membership::TEAM_ID.eq(other.id)).count(&db).await;
    assert_eq!(left.expect("it counts"), 2);
    assert_eq!(Person::query().filter(people::NAME.is_not_null()).count(&db).await.expect("it counts"), 2);
}

/// The quick start of the document that the workspace's own spec replaces, and one step further.
async fn the_platforms_associations_work(db: &TestDb) {
    use database::{Agent, Message, MessageRole, NewMessage, NewThread, NewUser, Thread, User, thread};
    let db = open_platform(db).await;
    let user = User::create(&db, NewUser::builder().email("a@example.com").role_id(3)).await.expect("it is taken");
    let agent = Agent::query().order_by(database::agent::ID.asc()).first(&db).await.expect("it is asked");
    let agent = agent.expect("agents are seeded");
    for name in ["first", "second"] {
        let new = NewThread::builder().user_id(user.id).agent_id(agent.id).name(name.to_owned());
        Thread::create(&db, new).await.expect("the row is taken");
    }
    let user = User::get(&db, user.id).await.expect("the row is there");
    let threads = Thread::query().filter(thread::USER_ID.eq(user.id)).order_by(thread::ID.asc()).all(&db).await;
    let threads = threads.expect("it is asked");
    assert_eq!(threads, user.query_threads().order_by(thread::ID.asc()).all(&db).await.expect("it is asked"));
    assert_eq!(threads[0].load_user(&db).await.expect("it is there"), user);
    assert_eq!(threads[0].load_agent(&db).await.expect("it is there"), agent);
    assert_eq!(agent.load_user(&db).await.expect("it is asked"), None, "the seeded agents belong to nobody");
    assert_eq!(agent.load_prompt(&db).await.expect("it is there").id, agent.prompt_id);
    assert_eq!(user.load_role(&db).await.expect("it is there").name, "user");
    let content = serde_json::json!([{ "text": "hello" }]);
    let new = NewMessage::builder().user_id(user.id).thread_id(threads[1].id).role(MessageRole::User).content(content);
    let message = Message::create(&db, new).await.expect("the row is taken");
    assert_eq!(threads[1].query_messages().one(&db).await.expect("there is one"), message);
    user.delete(&db).await.expect("what is theirs goes with them");
    assert_eq!(Message::query().count(&db).await.expect("it counts"), 0);
}
