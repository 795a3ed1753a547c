//! The eleven models against the tables of the document that they replace, spelled out by hand.

use database::SCHEMA;
use seedbed::meta::AssociationKind::{self, BelongsTo, HasMany};
use seedbed::{Collect, Db, Statement, Work};
use seedbed_tests::{Dialect, TestDb, on_both};

use crate::support::open_platform;

on_both!(every_index_of_the_document_is_in_the_database, the_seeds_are_there);

/// The fields of each model, beside `id`, `created_at` and `updated_at`.
const MODELS: [(&str, &str, &[&str]); 11] = [
    ("User", "users", &["role_id", "email", "first_name", "last_name", "status", "api_key", "limit", "remaining"]),
    ("Role", "roles", &["name", "policy", "order"]),
    ("Provider", "providers", &["name", "api_key", "endpoint"]),
    (
        "Model",
        "models",
        &[
            "provider_id",
            "name",
            "internal_name",
            "max_context",
            "max_output",
            "max_reasoning",
            "cost_1k_input",
            "cost_1k_output",
            "cost_1k_cache_read",
            "cost_1k_cache_write",
        ],
    ),
    (
        "Usage",
        "usages",
        &[
            "user_id",
            "model_id",
            "ip",
            "input_tokens",
            "output_tokens",
            "cache_read_tokens",
            "cache_write_tokens",
            "cost",
        ],
    ),
    ("Prompt", "prompts", &["name", "version", "content"]),
    ("Agent", "agents", &["user_id", "model_id", "prompt_id", "name", "tools"]),
    ("Thread", "threads", &["user_id", "agent_id", "name", "summary"]),
    ("Message", "messages", &["user_id", "thread_id", "role", "content"]),
    (
        "Resource",
        "resources",
        &["user_id", "agent_id", "thread_id", "message_id", "name", "type", "content", "s3_uri", "metadata"],
    ),
    ("Vector", "vectors", &["user_id", "thread_id", "agent_id", "resource_id", "order", "text", "embedding"]),
];

/// Model, association, target, and the field that holds the key, of every key in the document: of its associations, and
/// of the fields and indexes that it names without one.
const KEYS: [(&str, &str, &str, &str); 19] = [
    ("User", "role", "Role", "role_id"),
    ("Model", "provider", "Provider", "provider_id"),
    ("Usage", "user", "User", "user_id"),
    ("Usage", "model", "Model", "model_id"),
    ("Agent", "user", "User", "user_id"),
    ("Agent", "model", "Model", "model_id"),
    ("Agent", "prompt", "Prompt", "prompt_id"),
    ("Thread", "user", "User", "user_id"),
    ("Thread", "agent", "Agent", "agent_id"),
    ("Message", "user", "User", "user_id"),
    ("Message", "thread", "Thread", "thread_id"),
    ("Resource", "user", "User", "user_id"),
    ("Resource", "agent", "Agent", "agent_id"),
    ("Resource", "thread", "Thread", "thread_id"),
    ("Resource", "message", "Message", "message_id"),
    ("Vector", "user", "User", "user_id"),
    ("Vector", "thread", "Thread", "thread_id"),
    ("Vector", "agent", "Agent", "agent_id"),
    ("Vector", "resource", "Resource", "resource_id"),
];

/// What the ways back are called.
const PLURALS: [(&str, &str); 8] = [
    ("User", "users"),
    ("Model", "models"),
    ("Usage", "usages"),
    ("Agent", "agents"),
    ("Thread", "threads"),
    ("Message", "messages"),
    ("Resource", "resources"),
    ("Vector", "vectors"),
];

/// The indexes of the document: a table, and the columns that one of its indexes begins with.
const INDEXES: [(&str, &[&str]); 31] = [
    ("users", &["email"]),
    ("users", &["role_id"]),
    ("roles", &["order"]),
    ("models", &["internal_name"]),
    ("models", &["provider_id"]),
    ("usages", &["user_id"]),
    ("usages", &["model_id"]),
    ("usages", &["created_at"]),
    ("usages", &["user_id", "created_at"]),
    ("prompts", &["name"]),
    ("prompts", &["name", "version"]),
    ("agents", &["user_id"]),
    ("agents", &["model_id"]),
    ("agents", &["prompt_id"]),
    ("threads", &["agent_id"]),
    ("threads", &["user_id", "created_at"]),
    ("messages", &["user_id"]),
    ("messages", &["thread_id"]),
    ("messages", &["thread_id", "created_at"]),
    ("resources", &["user_id"]),
    ("resources", &["agent_id"]),
    ("resources", &["thread_id"]),
    ("vectors", &["user_id"]),
    ("vectors", &["thread_id"]),
    ("vectors", &["agent_id"]),
    ("vectors", &["resource_id", "order"]),
    // Keys that the document does not index; ours always are.
    ("resources", &["message_id"]),
    ("threads", &["user_id"]),
    ("vectors", &["resource_id"]),
    ("users", &["api_key"]),
    ("users", &["id"]),
];

#[test]
fn eleven_models_have_the_documents_fields() {
    let models: Vec<(&str, &str)> = SCHEMA.models.iter().map(|model| (model.name, model.table)).collect();
    assert_eq!(models, MODELS.map(|(name, table, _)| (name, table)));
    for (model, (name, _, own)) in SCHEMA.models.iter().zip(MODELS) {
        let fields: Vec<&str> = model.fields.iter().map(|field| field.name).collect();
        let expected = [&["id"], own, &["created_at", "updated_at"]].concat();
        assert_eq!(fields, expected, "{name}");
        assert!(model.fields.iter().zip(0..).all(|(field, at)| field.at == at && field.column == field.name));
        assert!(!model.doc.is_empty(), "{name} says what it is");
    }
    assert_eq!(SCHEMA.model("Usage").and_then(|model| model.field("cost")).map(|field| field.nullable), Some(false));
    let secrets = SCHEMA.models.iter().flat_map(|model| model.fields.iter().map(move |field| (model.name, field)));
    let secrets: Vec<_> =
        secrets.filter(|(_, field)| field.sensitive).map(|(model, field)| (model, field.name)).collect();
    assert_eq!(secrets, [("User", "api_key"), ("Provider", "api_key")]);
}

#[test]
fn associations_lead_both_ways() {
    let mut expected: Vec<(&str, AssociationKind, &str, &str, &str, &str)> = Vec::new();
    for (model, name, target, field) in KEYS {
        let (_, plural) = PLURALS.iter().find(|(of, _)| *of == model).expect("every model with a key has a plural");
        expected.push((model, BelongsTo, name, target, field, "id"));
        expected.push((target, HasMany, plural, model, "id", field));
    }
    let found = SCHEMA.associations().map(|(model, association)| {
        let [own] = association.fields else { panic!("every key is one field") };
        let [other] = association.target_fields else { panic!("every key is one field") };
        (model.name, association.kind, association.name, association.target, model.fields[*own].name, *other)
    });
    let mut found: Vec<_> = found.collect();
    let order = |left: &(&str, AssociationKind, &str, &str, &str, &str), right: &(&str, _, &str, &str, &str, &str)| {
        (left.0, left.2).cmp(&(right.0, right.2))
    };
    expected.sort_by(order);
    found.sort_by(order);
    assert_eq!(found, expected);
}

#[test]
fn seeds_and_services_are_listed() {
    let seeds: Vec<_> = SCHEMA.seeds.iter().map(|seed| (seed.model, seed.file, seed.key, seed.when)).collect();
    let id: &[&str] = &["id"];
    assert_eq!(
        seeds,
        [
            ("Role", Some("data/roles.csv"), id, None),
            ("Provider", Some("data/providers.csv"), id, None),
            ("Model", Some("data/models.csv"), id, None),
            ("Prompt", Some("data/prompts.csv"), id, None),
            ("Agent", Some("data/agents.csv"), id, None),
            ("User", None, &["email"], Some("TEST_API_KEY")),
        ]
    );
    let mut files: Vec<&str> = SCHEMA.files.iter().map(|(path, _)| *path).collect();
    files.sort_unstable();
    let prompts = ["data/prompts/ada.txt", "data/prompts/eagle.txt", "data/prompts/fedpulse.txt"];
    let tables = ["data/agents.csv", "data/models.csv", "data/prompts.csv", "data/providers.csv", "data/roles.csv"];
    let mut expected = [prompts.as_slice(), tables.as_slice()].concat();
    expected.sort_unstable();
    assert_eq!(files, expected);

    let owners: Vec<_> = SCHEMA.services.iter().map(|service| (service.name, service.owns)).collect();
    let cms: &[&str] = &["Agent", "Thread", "Message", "Resource", "Vector"];
    assert_eq!(owners, [("server", ["User", "Role"].as_slice()), ("gateway", ["Usage"].as_slice()), ("cms", cms)]);
    let gateway = SCHEMA.services[1].reads.iter().map(|(model, _)| *model).collect::<Vec<_>>();
    assert_eq!(gateway, ["User", "Role", "Provider", "Model"]);
}

/// One text column of a statement.
async fn texts(db: &Db, sql: &str) -> Vec<String> {
    let statement = Statement { text: sql.to_owned().into(), values: Vec::new(), work: Work::Scan };
    let sink = Collect::new(|row| Ok(row.text()?.unwrap_or_default()));
    Collect::<String>::rows(db.run(statement, sink).await.expect("the statement is right").sink)
}

async fn every_index_of_the_document_is_in_the_database(db: &TestDb) {
    let db = open_platform(db).await;
    let sql = match db.dialect() {
        Dialect::Postgres => {
            "SELECT i.indrelid::regclass || ':' || string_agg(a.attname, ',' ORDER BY k.ordinality)
             FROM pg_index i, unnest(i.indkey) WITH ORDINALITY k(attnum, ordinality), pg_attribute a
             WHERE a.attrelid = i.indrelid AND a.attnum = k.attnum GROUP BY i.indexrelid, i.indrelid"
        }
        Dialect::Sqlite => {
            "SELECT t.name || ':' || (SELECT group_concat(c.name, ',') FROM pragma_index_info(i.name) c)
             FROM sqlite_master t, pragma_index_list(t.name) i WHERE t.type = 'table'
             UNION ALL SELECT t.name || ':id' FROM sqlite_master t WHERE t.type = 'table'"
        }
    };
    let found = texts(&db, sql).await;
    for (table, columns) in INDEXES {
        let wanted = format!("{table}:{}", columns.join(","));
        let begins =
            |index: &String| index.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with(','));
        assert!(found.iter().any(begins), "no index begins with {wanted}: {found:#?}");
    }
}

async fn the_seeds_are_there(db: &TestDb) {
    use database::{Agent, Model, Prompt, Provider, Role, User, prompt, role};
    let db = open_platform(db).await;
    assert_eq!(Role::query().count(&db).await.expect("it counts"), 3);
    assert_eq!(Provider::query().count(&db).await.expect("it counts"), 3);
    assert_eq!(Model::query().count(&db).await.expect("it counts"), 9);
    assert_eq!(Prompt::query().count(&db).await.expect("it counts"), 3);
    assert_eq!(Agent::query().count(&db).await.expect("it counts"), 3);
    assert_eq!(User::query().count(&db).await.expect("it counts"), 0, "there is no TEST_API_KEY");
    let roles = Role::query().order_by(role::ORDER.asc()).all(&db).await.expect("it is asked");
    assert_eq!(roles.iter().map(|role| role.name.as_str()).collect::<Vec<_>>(), ["admin", "super user", "user"]);
    let prompts = Prompt::query().filter(prompt::CONTENT.contains("file:")).count(&db).await.expect("it counts");
    assert_eq!(prompts, 0, "the contents of the files, not their names");
    let created = Role::create(&db, database::NewRole::builder().name("guest")).await.expect("the id is free");
    assert_eq!(created.id, 4);
}
