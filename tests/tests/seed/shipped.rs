//! The data of this workspace, compiled into its generated crate.

use std::collections::HashMap;
use std::sync::Arc;

use database::{Agent, Model, NewRole, Prompt, Provider, Role, SCHEMA, User, user};
use seedbed::{Builder, Db, SeedMode, SeedSource, Variables, Wanted};
use seedbed_tests::{TestDb, on_both};

on_both!(the_documents_rows_are_there, a_second_load_writes_nothing, the_administrator_of_tests);

async fn open(db: &TestDb) -> Db {
    Builder::new(&SCHEMA).env(|_| None).url(db.url()).seed(SeedMode::Off).connect().await.expect("it can be made")
}

/// Loads the seeds with these variables, and says what was done: `inserted/updated/unchanged` of each.
async fn load(db: &Db, variables: &[(&str, &str)]) -> Vec<String> {
    let variables: HashMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let lookup = Variables::Lookup(Arc::new(move |name| variables.get(name).cloned()));
    let wanted = Wanted { variables: lookup, ..Wanted::default() };
    let report = seedbed::seed_with(db, &SeedSource::Compiled, &wanted, &()).await.expect("the data is right");
    report.seeds.iter().map(|seed| format!("{}/{}/{}", seed.inserted, seed.updated, seed.unchanged)).collect()
}

async fn the_documents_rows_are_there(db: &TestDb) -> seedbed::Result<()> {
    let db = open(db).await;
    assert_eq!(load(&db, &[("GEMINI_API_KEY", "g3mini")]).await, ["3/0/0", "3/0/0", "9/0/0", "3/0/0", "3/0/0"]);

    let roles = Role::query().order_by(database::role::ORDER.asc()).all(&db).await?;
    assert_eq!(roles.iter().map(|role| role.name.as_str()).collect::<Vec<_>>(), ["admin", "super user", "user"]);
    assert!(roles.iter().all(|role| role.policy.as_ref().is_some_and(serde_json::Value::is_array)));

    let google = Provider::get(&db, 2).await?;
    assert_eq!((google.name.as_str(), google.api_key.unwrap().expose()), ("google", "g3mini"));
    assert_eq!(Provider::get(&db, 1).await?.api_key.map(|key| key.expose().to_owned()), None);

    let opus = Model::get(&db, 1).await?;
    assert_eq!((opus.name.as_str(), opus.provider_id, opus.max_context), ("Claude Opus 4", 1, 200_000));
    assert_eq!(opus.cost_1k_cache_write.to_string(), "0.018750");
    assert_eq!(Model::get(&db, 9).await?.max_reasoning, None);

    for (prompt, file) in [("Ada", "ada"), ("FedPulse", "fedpulse"), ("EAGLE", "eagle")] {
        let path = format!("{}/../data/prompts/{file}.txt", env!("CARGO_MANIFEST_DIR"));
        let found = Prompt::query().filter(database::prompt::NAME.eq(prompt)).one(&db).await?;
        assert_eq!(found.content, std::fs::read_to_string(path).unwrap());
    }

    let agents = Agent::query().order_by(database::agent::ID.asc()).all(&db).await?;
    assert_eq!(
        agents.iter().map(|agent| agent.name.as_str()).collect::<Vec<_>>(),
        ["Standard Chat", "FedPulse", "EAGLE"]
    );
    assert!(agents.iter().all(|agent| agent.user_id.is_none() && agent.tools.is_array()));

    // The explicit ids of the seeds are out of the way.
    let role = Role::create(&db, NewRole::builder().name("guest")).await?;
    assert_eq!(role.id, 4);
    Ok(())
}

async fn a_second_load_writes_nothing(db: &TestDb) -> seedbed::Result<()> {
    let db = open(db).await;
    load(&db, &[]).await;
    let before = (Model::query().all(&db).await?, Prompt::query().all(&db).await?, Role::query().all(&db).await?);
    assert_eq!(load(&db, &[]).await, ["0/0/3", "0/0/3", "0/0/9", "0/0/3", "0/0/3"]);
    let after = (Model::query().all(&db).await?, Prompt::query().all(&db).await?, Role::query().all(&db).await?);
    assert_eq!(after, before);
    assert_eq!(load(&db, &[("GEMINI_API_KEY", "new")]).await, ["0/0/3", "0/1/2", "0/0/9", "0/0/3", "0/0/3"]);
    Ok(())
}

async fn the_administrator_of_tests(db: &TestDb) -> seedbed::Result<()> {
    let db = open(db).await;
    assert_eq!(load(&db, &[]).await.len(), 5);
    assert_eq!(User::query().count(&db).await?, 0);
    assert_eq!(load(&db, &[("TEST_API_KEY", "k3y")]).await[5], "1/0/0");
    let admin = User::find_by_email(&db, "admin@example.com").await?.expect("it was seeded");
    assert_eq!((admin.role_id, admin.api_key.as_ref().map(|key| key.expose())), (1, Some("k3y")));
    assert_eq!(load(&db, &[("TEST_API_KEY", "k3y")]).await[5], "0/0/1");
    assert_eq!(User::query().filter(user::EMAIL.contains("admin")).count(&db).await?, 1);
    Ok(())
}
