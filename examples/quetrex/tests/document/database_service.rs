//! "Usage": the database service.

use quetrex::ProjectIncludes;
use quetrex_db::{CostPatch, CostProvider, NewCost, NewProject, NewUser, ProjectPatch, Result};
use seedbed_tests::{TestDb, on_both};
use serde_json::json;

use crate::support::{activity_of, cost_of, project_of, service, with_project};

on_both!(usage, only_what_was_asked_for_is_included, a_project_that_is_not_there, costs_are_summed_by_project);
on_both!(recent_activities_are_of_the_users_projects, costs_and_projects_are_changed);

/// ```ts
/// import { db } from '@/services/database';
///
/// // Create a user
/// const user = await db.createUser({
///   email: 'user@example.com',
///   name: 'Test User',
/// });
///
/// // Create a project
/// const project = await db.createProject({
///   name: 'My Project',
///   path: '/path/to/project',
///   userId: user.id,
///   settings: {
///     notifications: { enabled: true, voice: true },
///     theme: 'dark',
///   },
/// });
///
/// // Get project with relations
/// const fullProject = await db.getProjectById(project.id, {
///   includeUser: true,
///   includeAgents: true,
///   includeCosts: true,
///   includeActivities: true,
/// });
///
/// // Track costs
/// await db.createCost({
///   projectId: project.id,
///   amount: 0.045,
///   model: 'gpt-4o',
///   provider: 'openai',
///   inputTokens: 1500,
///   outputTokens: 800,
/// });
///
/// // Get total project cost
/// const totalCost = await db.getTotalCostByProject(project.id);
///
/// // Create activity log
/// await db.createActivity({
///   projectId: project.id,
///   type: 'agent_started',
///   message: 'Agent started working on issue #123',
///   metadata: { issueNumber: 123, estimatedCost: 0.5 },
/// });
///
/// // Get recent activities for user
/// const recentActivities = await db.getRecentActivities(user.id, 10);
/// ```
async fn usage(database: &TestDb) -> Result<()> {
    let db = service(database).await?;

    let user = db.create_user(NewUser::builder().email("user@example.com").name("Test User")).await?;
    assert_eq!((user.email.as_str(), user.name.as_deref()), ("user@example.com", Some("Test User")));

    let settings = json!({ "notifications": { "enabled": true, "voice": true }, "theme": "dark" });
    let new = NewProject::builder().name("My Project").path("/path/to/project").user_id(&user.id);
    let project = db.create_project(new.settings(settings.clone())).await?;
    assert_eq!((project.path.as_str(), &project.user_id, &project.settings), ("/path/to/project", &user.id, &settings));

    let full_project = db.get_project_by_id(&project.id, ProjectIncludes::ALL).await?.expect("it was created");
    assert_eq!((full_project.name.as_str(), full_project.user()), ("My Project", Some(&user)));
    assert_eq!(
        (full_project.agents(), full_project.costs(), full_project.activities()),
        (Some(&[][..]), Some(&[][..]), Some(&[][..]))
    );

    let new = NewCost::builder().project_id(&project.id).amount(0.045).model("gpt-4o").provider(CostProvider::Openai);
    let cost = db.create_cost(new.input_tokens(1500).output_tokens(800)).await?;
    assert_eq!((cost.amount, cost.input_tokens, cost.output_tokens), (0.045, Some(1500), Some(800)));

    let total_cost = db.get_total_cost_by_project(&project.id).await?;
    assert_eq!(total_cost, 0.045);

    let new = activity_of(&project, "agent_started", "Agent started working on issue #123");
    let activity = db.create_activity(new.metadata(json!({ "issueNumber": 123, "estimatedCost": 0.5 }))).await?;
    assert_eq!(activity.metadata["issueNumber"], 123);

    let recent_activities = db.get_recent_activities(&user.id, 10).await?;
    assert_eq!(recent_activities, [activity]);
    Ok(())
}

/// > Use relations wisely - only include when needed
async fn only_what_was_asked_for_is_included(database: &TestDb) -> Result<()> {
    let (db, user, project) = with_project(database).await?;
    let cost = db.create_cost(cost_of(&project, 0.01, "gpt-4o", CostProvider::Openai)).await?;
    let with = |includes| db.get_project_by_id(&project.id, includes);

    let alone = with(ProjectIncludes::default()).await?.expect("it is there");
    assert_eq!((alone.user(), alone.agents(), alone.costs(), alone.activities()), (None, None, None, None));
    let with_costs = with(ProjectIncludes { costs: true, ..ProjectIncludes::default() }).await?.expect("it is there");
    assert_eq!((with_costs.user(), with_costs.costs()), (None, Some(&[cost][..])));
    let with_user = with(ProjectIncludes { user: true, ..ProjectIncludes::default() }).await?.expect("it is there");
    assert_eq!((with_user.user(), with_user.costs()), (Some(&user), None));

    let json = serde_json::to_value(&with_costs).expect("it is JSON");
    assert_eq!((&json["name"], &json["costs"][0]["model"]), (&json!("My Project"), &json!("gpt-4o")));
    assert_eq!(json.get("user"), None, "what was not asked for is no member");
    Ok(())
}

async fn a_project_that_is_not_there(database: &TestDb) -> Result<()> {
    let db = service(database).await?;
    assert_eq!(db.get_project_by_id("nothing", ProjectIncludes::ALL).await?, None);
    Ok(())
}

async fn costs_are_summed_by_project(database: &TestDb) -> Result<()> {
    let (db, user, project) = with_project(database).await?;
    let other = db.create_project(project_of(&user, "Other")).await?;
    assert_eq!(db.get_total_cost_by_project(&project.id).await?, 0.0, "nothing was spent");
    for (project, amount) in [(&project, 0.5), (&project, 0.25), (&other, 8.0)] {
        db.create_cost(cost_of(project, amount, "gpt-4o", CostProvider::Openai)).await?;
    }
    assert_eq!(db.get_total_cost_by_project(&project.id).await?, 0.75);
    assert_eq!(db.get_total_cost_by_project(&other.id).await?, 8.0);
    Ok(())
}

/// Of all projects of the user, nobody else's, the newest first, and no more than asked for.
async fn recent_activities_are_of_the_users_projects(database: &TestDb) -> Result<()> {
    let db = service(database).await?;
    quetrex::load_samples(db.handle()).await?;
    let ada = db.get_user_by_email("ada@example.com").await?.expect("she is there");
    let kinds = async |limit| -> Result<Vec<String>> {
        let activities = db.get_recent_activities(&ada.id, limit).await?;
        Ok(activities.into_iter().map(|activity| activity.r#type).collect())
    };
    assert_eq!(kinds(10).await?, ["cost_alert", "agent_started", "agent_completed", "agent_started"]);
    assert_eq!(kinds(3).await?, ["cost_alert", "agent_started", "agent_completed"]);
    Ok(())
}

/// > The `DatabaseService` class provides type-safe CRUD operations for all models.
async fn costs_and_projects_are_changed(database: &TestDb) -> Result<()> {
    let (db, user, project) = with_project(database).await?;
    let patch = ProjectPatch::new().settings(json!({ "theme": "light" }));
    let changed = db.update_project(&project.id, patch).await?;
    assert_eq!((changed.settings["theme"].as_str(), changed.name), (Some("light"), project.name.clone()));

    let cost = db.create_cost(cost_of(&project, 0.01, "gpt-4o", CostProvider::Openai)).await?;
    let cost = db.update_cost(&cost.id, CostPatch::new().output_tokens(7)).await?;
    assert_eq!(db.get_cost_by_id(&cost.id).await?, Some(cost.clone()));
    db.delete_cost(&cost.id).await?;
    assert_eq!(db.get_costs_by_project(&project.id).await?, []);
    db.delete_project(&project.id).await?;
    assert_eq!(db.get_projects_by_user(&user.id).await?, []);
    Ok(())
}
