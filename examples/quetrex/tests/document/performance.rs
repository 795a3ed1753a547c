//! "Performance Tips"; bulk operations and transactions have files of their own.

use quetrex_db::{Activity, Project, Result, activity, project};
use seedbed_tests::{TestDb, on_both};

use crate::support::{activity_of, service, with_project};

on_both!(paginate_large_result_sets, select_only_needed_fields);

/// > Use indexes on frequently queried fields (already defined in schema)
#[test]
fn what_is_queried_has_an_index() {
    let ddl = include_str!("../../generated/ddl/postgres.sql");
    for columns in [
        "users (email)",
        "projects (user_id)",
        "agents (project_id, start_time DESC)",
        "costs (project_id, \"timestamp\" DESC)",
        "activities (project_id, \"timestamp\" DESC)",
    ] {
        assert!(ddl.contains(&format!(" ON {columns}")), "{columns}");
    }
}

/// > Paginate large result sets (use limit/offset)
async fn paginate_large_result_sets(database: &TestDb) -> Result<()> {
    let (db, _, project) = with_project(database).await?;
    let activities = (0..25).map(|at| activity_of(&project, "agent_started", &format!("Agent {at} started")));
    db.bulk_create_activities(activities).await?;
    let mut seen = Vec::new();
    for (page, size) in [(1, 10), (2, 10), (3, 5), (4, 0)] {
        let rows = db.get_activities_by_project(&project.id, page, 10).await?;
        assert_eq!(rows.len(), size);
        seen.extend(rows.into_iter().map(|activity| activity.id));
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 25, "each row is on one page");

    let by_offset = Activity::query().filter(activity::PROJECT_ID.eq(&project.id)).limit(10).offset(20);
    let (rows, total) = by_offset.all_and_count(db.handle()).await?;
    assert_eq!((rows.len(), total), (5, 25));
    Ok(())
}

/// > Select only needed fields with Prisma's `select` option
async fn select_only_needed_fields(database: &TestDb) -> Result<()> {
    let db = service(database).await?;
    quetrex::load_samples(db.handle()).await?;
    let names = Project::query().select((project::NAME, project::PATH)).order_by(project::NAME.asc()).limit(1);
    let first = names.all(db.handle()).await?;
    assert_eq!(first, [("Analytical Engine".to_owned(), "/home/ada/engine".to_owned())]);
    Ok(())
}
