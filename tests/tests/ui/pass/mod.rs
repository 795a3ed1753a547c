//! What must compile, and run, for every refusal beside it: the same wish, written as it is meant.

use database::{
    Db, Decimal, NewUser, Provider, Result, Role, RolePatch, Secret, User, UserPatch, UserStatus, provider, role, user,
};

async fn open() -> Db {
    database::builder().env(|_| None).sqlite_memory().connect().await.expect("memory takes the tables and the seeds")
}

async fn ada(db: &Db) -> User {
    User::create(db, new_user("ada@example.com")).await.expect("the row is taken")
}

fn new_user(email: &str) -> NewUser {
    NewUser::builder().email(email).role_id(3)
}

/// Setters are called in any order; one that is not required may be called again.
#[tokio::test]
async fn a_new_row_with_its_required_fields() {
    let db = open().await;
    let new = NewUser::builder().first_name("A".to_owned()).role_id(3).email("ada@example.com").first_name(None);
    let user = User::create(&db, new).await.expect("the row is taken");
    assert_eq!((user.first_name, user.status), (None, UserStatus::Active));
    let many = ["bob@example.com", "eve@example.com"].map(new_user);
    assert_eq!(User::insert_many(&db, many).await.expect("the rows are taken"), 2);
}

#[tokio::test]
async fn changes_of_rows_that_were_chosen() {
    let db = open().await;
    ada(&db).await;
    let suspend = UserPatch::new().status(UserStatus::Suspended);
    let one = User::query().filter(user::EMAIL.eq("ada@example.com"));
    assert_eq!(one.update(&db, suspend.clone()).await.expect("the row is there"), 1);
    assert_eq!(User::query().all_rows().update(&db, suspend).await.expect("the row is there"), 1);
    let maybe = User::query().filter_some(None, |email: String| user::EMAIL.eq(email)).all_rows();
    assert_eq!(maybe.delete(&db).await.expect("the row is there"), 1);
}

#[tokio::test]
async fn values_in_every_form_a_field_takes() {
    let db = open().await;
    let text = String::from("Ada");
    let row = ada(&db).await;
    let patch = UserPatch::new().first_name("Ada").last_name(text.clone()).api_key("sk-1").limit(None);
    let row = row.update(&db, patch).await.expect("the row is there");
    let same = user::FIRST_NAME.eq(&text).and(user::LAST_NAME.eq(text.as_str())).and(user::API_KEY.is_not_null());
    let found = User::query().filter(same).filter(user::STATUS.is_in([UserStatus::Active])).one(&db).await;
    assert_eq!(found.expect("there is one"), row);
    assert_eq!(row.api_key.as_ref().map(|key| key.expose()), Some("sk-1"));
}

/// Exactly, so of every width.
#[tokio::test]
async fn decimals_as_integers() {
    let db = open().await;
    let row = ada(&db).await.update(&db, UserPatch::new().limit(10)).await.expect("the row is there");
    assert_eq!(row.limit, Some(Decimal::from(10)));
    let same = user::LIMIT.eq(10_i16).and(user::LIMIT.between(9_u32, 11_i64)).and(user::LIMIT.is_in([10, 20]));
    let same = same.and(user::LIMIT.ne(u64::MAX)).and(user::LIMIT.lt(Decimal::new(1001, 2)));
    assert_eq!(User::query().filter(same).count(&db).await.expect("it counts"), 1);
    let text = Some("Ada");
    let patch = UserPatch::new().limit(None).first_name(text.map(str::to_owned)).api_key(text.map(Secret::from));
    let row = row.update(&db, patch).await.expect("the row is there");
    assert_eq!((row.limit, row.first_name.as_deref()), (None, text));
}

#[tokio::test]
async fn the_same_function_on_a_handle_and_in_a_transaction() {
    async fn rename<'a>(on: impl seedbed::On<'a>, id: i64, name: &str) -> Result<Role> {
        Role::get(on, id).await?.update(on, RolePatch::new().name(name)).await
    }
    let db = open().await;
    assert_eq!(rename(&db, 3, "guest").await.expect("the row is there").name, "guest");
    let inside = db.transaction(async |tx| rename(tx, 3, "user").await).await;
    assert_eq!(inside.expect("the row is there").name, "user");
}

#[tokio::test]
async fn associations_by_the_names_that_say_what_they_do() {
    let db = open().await;
    let user = ada(&db).await;
    let role = user.load_role(&db).await.expect("it is there");
    assert_eq!(role.query_users().order_by(user::EMAIL.asc()).all(&db).await.expect("it is asked"), [user]);
    let admins = Role::query().filter(role::NAME.like("%admin%")).count(&db).await.expect("it counts");
    assert_eq!(admins, 1);
}

#[tokio::test]
async fn upserts_by_a_key_of_the_model() {
    let db = open().await;
    let row = User::upsert(&db, user::EMAIL, new_user("ada@example.com")).await.expect("the row is taken");
    let again = User::upsert(&db, user::EMAIL, new_user("ada@example.com").last_name("L.".to_owned())).await;
    assert_eq!(again.expect("the row is there").id, row.id);
    let secret = Provider::query().filter(provider::API_KEY.is_null()).count(&db).await.expect("it counts");
    assert_eq!(secret, 3, "no variable is set that holds a key");
}

/// A task may be moved between threads: what it waits for must be `Send`, closures that borrow included.
#[tokio::test]
async fn transactions_in_tasks_of_their_own() {
    let db = open().await;
    let task = tokio::spawn(async move {
        let email = "ada@example.com".to_owned();
        let role = 3;
        let user = db
            .transaction(async |tx| {
                let user = User::create(tx, NewUser::builder().email(email.as_str()).role_id(role)).await?;
                tx.transaction(async |tx| User::get(tx, user.id).await).await
            })
            .await?;
        let again = db
            .retry(1, seedbed::TxOptions::new(), async move |tx| {
                User::query().include(user::role()).get(tx, user.id).await
            })
            .await?;
        let count = db.transaction_with(seedbed::TxOptions::new().read_only(), async |tx| {
            User::query().filter(user::EMAIL.eq(email.as_str())).count(tx).await
        });
        assert_eq!(count.await?, 1);
        assert_eq!(again.role().id, role);
        let tx = db.begin().await?;
        let all = User::query().include(user::threads()).fetch_page(&tx, None).await;
        assert!(all.is_err(), "a page has a size");
        tx.commit().await
    });
    task.await.expect("it does not panic").expect("it is kept");
}
