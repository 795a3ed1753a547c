//! The workspace's own database, filled, and what is done with it: the same rows and statements for every contender.

use std::collections::VecDeque;

use chrono::SubsecRound;
use database::{
    Db, Json, NewModel, NewProvider, NewRole, NewUsage, NewUser, Provider, Role, Timestamp, User, UserPatch, UserStatus,
};
use rust_decimal::Decimal;
use seedbed::serde_json::json;
use seedbed::{Builder, SeedMode};

/// As many users as there are.
pub const USERS: u64 = 1_000;

/// Reads a user by key.
pub const READ: &str = "SELECT \"id\", \"role_id\", \"email\", \"first_name\", \"last_name\", \"status\", \
                               \"api_key\", \"limit\", \"remaining\", \"created_at\", \"updated_at\" \
                               FROM \"users\" WHERE \"id\" = $1";

/// Reads a role, with a JSON document, by key.
pub const READ_ROLE: &str = "SELECT \"id\", \"name\", \"policy\", \"order\", \"created_at\", \"updated_at\" \
                             FROM \"roles\" WHERE \"id\" = $1";

/// Inserts a usage and returns it.
pub const INSERT: &str = "INSERT INTO \"usages\" (\"user_id\", \"model_id\", \"ip\", \"input_tokens\", \
                                 \"output_tokens\", \"cache_read_tokens\", \"cache_write_tokens\", \"cost\", \
                                 \"created_at\", \"updated_at\") \
                                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                                 RETURNING \"id\", \"user_id\", \"model_id\", \"ip\", \"input_tokens\", \
                                 \"output_tokens\", \"cache_read_tokens\", \"cache_write_tokens\", \"cost\", \
                                 \"created_at\", \"updated_at\"";

/// Updates a user by key and returns it.
pub const UPDATE: &str = "UPDATE \"users\" SET \"first_name\" = $1, \"remaining\" = $2, \"updated_at\" = $3 \
                                 WHERE \"id\" = $4 \
                                 RETURNING \"id\", \"role_id\", \"email\", \"first_name\", \"last_name\", \
                                 \"status\", \"api_key\", \"limit\", \"remaining\", \"created_at\", \"updated_at\"";

/// The address that usages come from.
pub const IP: &str = "203.0.113.7";

/// The key of the user whose turn it is.
///
/// # Panics
/// Never: there are few users.
pub fn user_id(turn: u64) -> i64 {
    i64::try_from(turn % USERS + 1).expect("there are fewer users than that")
}

/// What a usage costs, or what is left to a user.
///
/// # Panics
/// Never: the amount is small.
pub fn amount(turn: u64) -> Decimal {
    Decimal::new(i64::try_from(turn % 1_000_000).expect("it is small"), 6)
}

/// The usage whose turn it is.
pub fn new_usage(turn: u64) -> NewUsage {
    NewUsage::builder()
        .user_id(user_id(turn))
        .model_id(1)
        .ip(IP)
        .input_tokens(1_200)
        .output_tokens(80)
        .cost(amount(turn))
}

/// A change to a user.
pub fn change(turn: u64) -> UserPatch {
    UserPatch::new().first_name("Augusta").remaining(amount(turn))
}

/// Changes the first of some users and puts it back behind the others; the first time it reads all of them.
///
/// # Errors
/// The database refuses a statement.
pub async fn change_next(db: &Db, users: &mut VecDeque<User>, turn: u64) -> database::Result<()> {
    if users.is_empty() {
        users.extend(User::query().all(db).await?);
    }
    if let Some(user) = users.pop_front() {
        users.push_back(user.update(db, change(turn)).await?);
    }
    Ok(())
}

/// The time as both databases keep it.
pub fn now() -> Timestamp {
    chrono::Utc::now().trunc_subsecs(6)
}

/// The status of a stored text.
///
/// # Panics
/// The text is no status, which the database would not have taken.
pub fn status(text: &str) -> UserStatus {
    seedbed::Enumeration::from_text(text).expect("it is one of the values")
}

/// A database with its tables, two roles, a model and the users, whatever the environment says.
///
/// # Panics
/// The database cannot be started: a bench has nothing to do then.
pub async fn start(builder: Builder) -> Db {
    let db = builder.env(|_| None).seed(SeedMode::Off).connect().await.expect("the database starts");
    for name in ["admin", "user"] {
        Role::create(&db, NewRole::builder().name(name).policy(policy())).await.expect("a role");
    }
    Provider::create(&db, NewProvider::builder().name("mock")).await.expect("a provider");
    let model =
        NewModel::builder().name("Mock").internal_name("mock").max_context(8_192).max_output(1_024).provider_id(1);
    database::Model::create(&db, model).await.expect("a model");
    User::insert_many(&db, (0..USERS).map(new_user)).await.expect("users");
    db
}

fn policy() -> Json {
    json!({
        "models": ["opus", "sonnet", "haiku"],
        "limits": { "requests": { "per_minute": 60, "burst": 10 }, "tokens": 1_000_000 },
        "may": { "create_agents": true, "see_usage": false, "invite": null },
    })
}

fn new_user(turn: u64) -> NewUser {
    NewUser::builder()
        .role_id(1)
        .email(format!("user{turn}@example.com"))
        .first_name("Ada")
        .last_name("Lovelace")
        .api_key(format!("key-{turn:032}"))
        .limit(Decimal::new(100, 0))
        .remaining(amount(turn))
}
