//! "Transactions".

use quetrex_db::{Activity, Error, NewActivity, NewProject, Project, Result};
use seedbed_tests::{TestDb, on_both};

use crate::support::{activity_of, counts, project_of, with_project};

on_both!(both_operations_succeed, or_both_fail, an_error_of_the_caller_undoes_it_too);

/// ```ts
/// await db.transaction(async (tx) => {
///   const project = await tx.project.create({
///     data: { name: 'New Project', path: '/path', userId: user.id },
///   });
///
///   await tx.activity.create({
///     data: {
///       projectId: project.id,
///       type: 'project_created',
///       message: 'Project created',
///     },
///   });
///
///   // Both operations succeed or both fail
/// });
/// ```
async fn both_operations_succeed(database: &TestDb) -> Result<()> {
    let (db, user, _) = with_project(database).await?;
    db.transaction(async |tx| {
        let project = NewProject::builder().name("New Project").path("/path").user_id(&user.id);
        let project = Project::create(tx, project).await?;

        let activity = NewActivity::builder().project_id(&project.id);
        Activity::create(tx, activity.r#type("project_created").message("Project created")).await?;
        Ok(())
    })
    .await?;
    assert_eq!(counts(db.handle()).await?, [1, 2, 0, 0, 1]);
    Ok(())
}

/// The second operation is refused: its project is not there.
async fn or_both_fail(database: &TestDb) -> Result<()> {
    let (db, user, project) = with_project(database).await?;
    let nowhere = Project { id: "nothing".to_owned(), ..project };
    let outcome = db
        .transaction(async |tx| {
            Project::create(tx, project_of(&user, "New Project")).await?;
            Activity::create(tx, activity_of(&nowhere, "project_created", "Project created")).await
        })
        .await;
    assert!(matches!(outcome, Err(Error::ForeignKey { .. })), "{outcome:?}");
    assert_eq!(counts(db.handle()).await?, [1, 1, 0, 0, 0]);
    Ok(())
}

async fn an_error_of_the_caller_undoes_it_too(database: &TestDb) -> Result<()> {
    let (db, user, _) = with_project(database).await?;
    let outcome: Result<()> = db
        .transaction(async |tx| {
            let project = Project::create(tx, project_of(&user, "New Project")).await?;
            Activity::create(tx, activity_of(&project, "project_created", "Project created")).await?;
            Err(Error::NotFound { model: "Agent" })
        })
        .await;
    assert!(matches!(outcome, Err(Error::NotFound { model: "Agent" })), "{outcome:?}");
    assert_eq!(counts(db.handle()).await?, [1, 1, 0, 0, 0]);
    Ok(())
}
