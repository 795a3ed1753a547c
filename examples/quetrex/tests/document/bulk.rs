//! "Bulk Operations".

use quetrex_db::{CostProvider, Error, Project, Result};
use seedbed_tests::{TestDb, on_both};

use crate::support::{activity_of, cost_of, counts, with_project};

on_both!(many_at_once, thousands_at_once, all_or_none);

/// ```ts
/// // Bulk create costs (efficient for large batches)
/// await db.bulkCreateCosts([
///   { projectId: project.id, amount: 0.01, model: 'gpt-4o', provider: 'openai' },
///   { projectId: project.id, amount: 0.02, model: 'claude-sonnet-4-5', provider: 'anthropic' },
///   // ... many more
/// ]);
///
/// // Bulk create activities
/// await db.bulkCreateActivities([
///   { projectId: project.id, type: 'agent_started', message: 'Agent 1 started' },
///   { projectId: project.id, type: 'agent_started', message: 'Agent 2 started' },
///   // ... many more
/// ]);
/// ```
async fn many_at_once(database: &TestDb) -> Result<()> {
    let (db, user, project) = with_project(database).await?;
    let created = db
        .bulk_create_costs([
            cost_of(&project, 0.01, "gpt-4o", CostProvider::Openai),
            cost_of(&project, 0.02, "claude-sonnet-4-5", CostProvider::Anthropic),
        ])
        .await?;
    assert_eq!(created, 2);
    assert_eq!(db.get_total_cost_by_project(&project.id).await?, 0.03);

    let created = db
        .bulk_create_activities([
            activity_of(&project, "agent_started", "Agent 1 started"),
            activity_of(&project, "agent_started", "Agent 2 started"),
        ])
        .await?;
    assert_eq!(created, 2);
    assert_eq!(db.get_recent_activities(&user.id, 10).await?.len(), 2);
    Ok(())
}

/// More rows than one statement has places for values.
async fn thousands_at_once(database: &TestDb) -> Result<()> {
    let (db, _, project) = with_project(database).await?;
    let costs = (0..20_000).map(|_| cost_of(&project, 0.25, "gpt-4o", CostProvider::Openai).input_tokens(1500));
    assert_eq!(db.bulk_create_costs(costs).await?, 20_000);
    let activities = (0..20_000).map(|at| activity_of(&project, "agent_started", &format!("Agent {at} started")));
    assert_eq!(db.bulk_create_activities(activities).await?, 20_000);
    assert_eq!(counts(db.handle()).await?, [1, 1, 0, 20_000, 20_000]);
    assert_eq!(db.get_total_cost_by_project(&project.id).await?, 5_000.0);
    Ok(())
}

async fn all_or_none(database: &TestDb) -> Result<()> {
    let (db, _, project) = with_project(database).await?;
    let nowhere = Project { id: "nothing".to_owned(), ..project.clone() };
    let projects = (0..5_000).map(|at| if at == 4_999 { &nowhere } else { &project });
    let costs = projects.map(|project| cost_of(project, 0.01, "gpt-4o", CostProvider::Openai));
    let outcome = db.bulk_create_costs(costs).await;
    assert!(matches!(outcome, Err(Error::ForeignKey { .. })), "{outcome:?}");
    assert_eq!(counts(db.handle()).await?, [1, 1, 0, 0, 0]);
    Ok(())
}
