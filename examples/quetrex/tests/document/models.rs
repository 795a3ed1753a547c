//! "Database Schema": models and relationships.

use quetrex::ProjectIncludes;
use quetrex_db::seedbed::meta;
use quetrex_db::{
    Activity, Agent, AgentPatch, AgentStatus, Cost, CostProvider, Error, NewAgent, NewUser, Result, SCHEMA, UserPatch,
};
use seedbed_tests::{TestDb, on_both};
use serde_json::json;

use crate::support::{activity_of, cost_of, counts, project_of, service, with_project};

on_both!(keys_are_cuids, addresses_are_unique, users_are_changed, an_agent_runs_and_ends, json_comes_back_as_it_was);
on_both!(what_may_be_left_out, a_projects_rows_go_with_it, a_users_rows_go_with_them, nothing_is_without_its_parent);

/// The fields of each model, as the document lists them; `?` is "optional".
#[test]
fn the_models_have_the_fields_of_the_document() {
    for (model, fields) in [
        ("User", "id email name? created_at updated_at"),
        ("Project", "id user_id name path settings created_at updated_at"),
        ("Agent", "id project_id status start_time end_time? logs error? created_at updated_at"),
        ("Cost", "id project_id amount model provider input_tokens? output_tokens? timestamp"),
        ("Activity", "id project_id type message metadata timestamp"),
    ] {
        let model = SCHEMA.model(model).expect("the model is there");
        let shown = |field: &meta::Field| format!("{}{}", field.name, if field.nullable { "?" } else { "" });
        assert_eq!(model.fields.iter().map(shown).collect::<Vec<_>>().join(" "), fields, "{}", model.name);
    }
}

/// > id: String (cuid)
async fn keys_are_cuids(database: &TestDb) -> Result<()> {
    let (_, user, project) = with_project(database).await?;
    for id in [&user.id, &project.id] {
        assert!(id.len() == 24 && id.starts_with(|first: char| first.is_ascii_lowercase()), "{id}");
        assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{id}");
    }
    Ok(())
}

/// > email: String (unique)
async fn addresses_are_unique(database: &TestDb) -> Result<()> {
    let (db, user, _) = with_project(database).await?;
    let again = db.create_user(NewUser::builder().email(&user.email)).await;
    assert!(matches!(&again, Err(Error::Unique { model: "User", fields, .. }) if fields == &["email"]), "{again:?}");
    assert_eq!(db.get_user_by_email(&user.email).await?, Some(user));
    assert_eq!(db.get_user_by_email("USER@example.com").await?, None);
    Ok(())
}

/// > createdAt: DateTime
/// > updatedAt: DateTime
async fn users_are_changed(database: &TestDb) -> Result<()> {
    let (db, user, _) = with_project(database).await?;
    let changed = db.update_user(&user.id, UserPatch::new().name("Test User")).await?;
    assert_eq!((changed.name.as_deref(), changed.created_at), (Some("Test User"), user.created_at));
    assert!(changed.updated_at > user.updated_at);
    assert_eq!(db.get_user_by_id(&user.id).await?, Some(changed));
    let missing = db.update_user("nobody", UserPatch::new().name("Nobody")).await;
    assert!(matches!(missing, Err(Error::NotFound { model: "User" })), "{missing:?}");
    Ok(())
}

/// > status: String (running, completed, failed)
/// > endTime: DateTime (optional)
/// > logs: JSON array (as string)
async fn an_agent_runs_and_ends(database: &TestDb) -> Result<()> {
    let (db, _, project) = with_project(database).await?;
    let agent = db.create_agent(NewAgent::builder().project_id(&project.id)).await?;
    assert_eq!((agent.status, agent.end_time, &agent.logs), (AgentStatus::Running, None, &json!([])));

    let end = AgentPatch::new().status(AgentStatus::Failed).end_time(agent.start_time).error("tests fail");
    let agent = db.update_agent(&agent.id, end.logs(json!(["read the issue", "tests fail"]))).await?;
    assert_eq!((agent.status, agent.error.as_deref()), (AgentStatus::Failed, Some("tests fail")));
    assert_eq!((agent.logs[1].as_str(), agent.end_time), (Some("tests fail"), Some(agent.start_time)));
    assert_eq!(db.get_agents_by_project(&project.id).await?, std::slice::from_ref(&agent));

    db.delete_agent(&agent.id).await?;
    assert_eq!(db.get_agent_by_id(&agent.id).await?, None);
    Ok(())
}

/// > settings: JSON (as string)
async fn json_comes_back_as_it_was(database: &TestDb) -> Result<()> {
    let (db, user, _) = with_project(database).await?;
    let settings = json!({
        "notifications": { "enabled": true, "voice": null },
        "limits": [0.1, -7, 9_007_199_254_740_993_i64, 1e-7],
        "text": "ä \"quoted\" \\ 🦀\n",
        "nothing": [[], {}],
    });
    let created = db.create_project(project_of(&user, "a").settings(settings.clone())).await?;
    let read = db.get_project_by_id(&created.id, ProjectIncludes::default()).await?.expect("the project is there");
    assert_eq!((&created.settings, &read.settings), (&settings, &settings));
    Ok(())
}

/// > inputTokens: Int (optional)
/// > outputTokens: Int (optional)
async fn what_may_be_left_out(database: &TestDb) -> Result<()> {
    let (db, user, project) = with_project(database).await?;
    assert_eq!((user.name, &project.settings), (None, &json!({})));
    let cost = db.create_cost(cost_of(&project, 0.01, "gpt-4o", CostProvider::Openai)).await?;
    assert_eq!((cost.input_tokens, cost.output_tokens), (None, None));
    assert_eq!(db.create_activity(activity_of(&project, "cost_alert", "a")).await?.metadata, json!({}));
    Ok(())
}

/// > Cascade delete: […] deleting a Project deletes its Agents, Costs, and Activities
async fn a_projects_rows_go_with_it(database: &TestDb) -> Result<()> {
    let db = service(database).await?;
    quetrex::load_samples(db.handle()).await?;
    let ada = db.get_user_by_email("ada@example.com").await?.expect("she is there");
    let projects = db.get_projects_by_user(&ada.id).await?;
    assert_eq!(
        projects.iter().map(|project| project.name.as_str()).collect::<Vec<_>>(),
        ["Analytical Engine", "Website"]
    );
    db.delete_project(&projects[1].id).await?;
    assert_eq!(counts(db.handle()).await?, [2, 2, 2, 3, 4]);
    Ok(())
}

/// > Cascade delete: Deleting a User deletes their Projects; […]
async fn a_users_rows_go_with_them(database: &TestDb) -> Result<()> {
    let db = service(database).await?;
    quetrex::load_samples(db.handle()).await?;
    let ada = db.get_user_by_email("ada@example.com").await?.expect("she is there");
    db.delete_user(&ada.id).await?;
    assert_eq!(counts(db.handle()).await?, [1, 1, 1, 1, 2]);

    let compiler = "pcompiler000000000000003";
    assert!(Agent::query().all(db.handle()).await?.iter().all(|agent| agent.project_id == compiler));
    assert!(Cost::query().all(db.handle()).await?.iter().all(|cost| cost.project_id == compiler));
    assert!(Activity::query().all(db.handle()).await?.iter().all(|activity| activity.project_id == compiler));
    Ok(())
}

/// > projectId: String (foreign key)
async fn nothing_is_without_its_parent(database: &TestDb) -> Result<()> {
    let (db, user, project) = with_project(database).await?;
    db.delete_project(&project.id).await?;
    let orphan = db.create_cost(cost_of(&project, 0.01, "gpt-4o", CostProvider::Openai)).await;
    assert!(matches!(orphan, Err(Error::ForeignKey { .. })), "{orphan:?}");
    db.delete_user(&user.id).await?;
    let orphan = db.create_project(project_of(&user, "a")).await;
    assert!(matches!(orphan, Err(Error::ForeignKey { .. })), "{orphan:?}");
    Ok(())
}
