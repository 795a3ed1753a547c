//! What the document of Quetrex shows under "usage", step by step, on whichever database the environment names.
//!
//! `DATABASE_URL=file:target/quetrex.db cargo run -p quetrex` runs it on SQLite; with `postgresql://…` the same program
//! runs on PostgreSQL.

use std::process::ExitCode;

use quetrex::{DatabaseService, ProjectIncludes};
use quetrex_db::{
    Activity, CostProvider, NewActivity, NewCost, NewProject, NewUser, Project, Result, User, seedbed::serde_json::json,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let db = quetrex::connect().await?;
    println!("connected to {}", db.handle().dialect().name());

    let user = db.create_user(NewUser::builder().email("user@example.com").name("Test User")).await?;
    println!("created the user {}", user.email);
    let shown = show(&db, &user).await;

    // The user's projects go with the user, and everything in them.
    db.delete_user(&user.id).await?;
    println!("deleted the user; activities left of theirs: {}", db.get_recent_activities(&user.id, 10).await?.len());
    db.close().await;
    shown
}

async fn show(db: &DatabaseService, user: &User) -> Result<()> {
    let settings = json!({ "notifications": { "enabled": true, "voice": true }, "theme": "dark" });
    let new = NewProject::builder().name("My Project").path("/path/to/project").user_id(&user.id).settings(settings);
    let project = db.create_project(new).await?;
    println!("created the project {} with the theme {}", project.name, project.settings["theme"]);

    fill(db, &project).await?;
    add_in_a_transaction(db, user).await?;
    add_in_bulk(db, &project).await?;

    println!("{} has cost {:.3} dollars", project.name, db.get_total_cost_by_project(&project.id).await?);
    if let Some(full) = db.get_project_by_id(&project.id, ProjectIncludes::ALL).await? {
        let owner = full.user().map_or("nobody", |user| user.email.as_str());
        let (agents, costs) = (full.agents().map_or(0, <[_]>::len), full.costs().map_or(0, <[_]>::len));
        println!("{} of {owner}: {agents} agents, {costs} costs", full.name);
    }
    for activity in db.get_recent_activities(&user.id, 10).await? {
        println!("  {}: {}", activity.r#type, activity.message);
    }
    Ok(())
}

/// A cost and an activity of a project.
async fn fill(db: &DatabaseService, project: &Project) -> Result<()> {
    let new = NewCost::builder().project_id(&project.id).amount(0.045).model("gpt-4o").provider(CostProvider::Openai);
    let cost = db.create_cost(new.input_tokens(1500).output_tokens(800)).await?;
    println!("tracked {} dollars for {}", cost.amount, cost.model);

    let new = activity(project, "agent_started", "Agent started working on issue #123");
    let activity = db.create_activity(new.metadata(json!({ "issueNumber": 123, "estimatedCost": 0.5 }))).await?;
    println!("logged {} with {}", activity.r#type, activity.metadata);
    Ok(())
}

/// A project and its first activity: both or neither.
async fn add_in_a_transaction(db: &DatabaseService, user: &User) -> Result<()> {
    let project = db
        .transaction(async |tx| {
            let new = NewProject::builder().name("New Project").path("/path").user_id(&user.id);
            let project = Project::create(tx, new).await?;
            Activity::create(tx, activity(&project, "project_created", "Project created")).await?;
            Ok(project)
        })
        .await?;
    println!("created the project {} together with its first activity", project.name);
    Ok(())
}

/// Many rows at once.
async fn add_in_bulk(db: &DatabaseService, project: &Project) -> Result<()> {
    let cost = |amount, model: &str, provider| {
        NewCost::builder().project_id(&project.id).amount(amount).model(model).provider(provider)
    };
    let costs = [cost(0.01, "gpt-4o", CostProvider::Openai), cost(0.02, "claude-sonnet-4-5", CostProvider::Anthropic)];
    let costs = db.bulk_create_costs(costs).await?;
    let started = ["Agent 1 started", "Agent 2 started"].map(|message| activity(project, "agent_started", message));
    let activities = db.bulk_create_activities(started).await?;
    println!("created {costs} costs and {activities} activities at once");
    Ok(())
}

fn activity(project: &Project, kind: &str, message: &str) -> NewActivity {
    NewActivity::builder().project_id(&project.id).r#type(kind).message(message)
}
