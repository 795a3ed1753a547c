//! A database for each test, the rows that most of them need, and the program as a process.

use std::path::Path;
use std::process::Command;

use quetrex::DatabaseService;
use quetrex_db::{
    Activity, Agent, Cost, CostProvider, Db, NewActivity, NewCost, NewProject, NewUser, Project, Result, User,
};
use seedbed_tests::TestDb;

/// A handle to a database of the test's own, with the tables of Quetrex and nothing in them.
pub(crate) async fn setup_test_database(database: &TestDb) -> Result<Db> {
    quetrex_db::builder().env(|_| None).url(database.url()).connect().await
}

/// Deletes every row: what refers to others first.
pub(crate) async fn clear_test_database(db: &Db) -> Result<()> {
    Activity::query().all_rows().delete(db).await?;
    Cost::query().all_rows().delete(db).await?;
    Agent::query().all_rows().delete(db).await?;
    Project::query().all_rows().delete(db).await?;
    User::query().all_rows().delete(db).await?;
    Ok(())
}

/// The service on a database of the test's own.
pub(crate) async fn service(database: &TestDb) -> Result<DatabaseService> {
    Ok(DatabaseService::new(setup_test_database(database).await?))
}

/// The service, a user and their project.
pub(crate) async fn with_project(database: &TestDb) -> Result<(DatabaseService, User, Project)> {
    let db = service(database).await?;
    let user = db.create_user(NewUser::builder().email("user@example.com")).await?;
    let project = db.create_project(project_of(&user, "My Project")).await?;
    Ok((db, user, project))
}

/// A new project of a user.
pub(crate) fn project_of(user: &User, name: &str) -> NewProject {
    NewProject::builder().name(name).path("/path").user_id(&user.id)
}

/// A new cost in a project.
pub(crate) fn cost_of(project: &Project, amount: f64, model: &str, provider: CostProvider) -> NewCost {
    NewCost::builder().project_id(&project.id).amount(amount).model(model).provider(provider)
}

/// A new activity in a project.
pub(crate) fn activity_of(project: &Project, kind: &str, message: &str) -> NewActivity {
    NewActivity::builder().project_id(&project.id).r#type(kind).message(message)
}

/// How many rows each model has: users, projects, agents, costs, activities.
pub(crate) async fn counts(db: &Db) -> Result<[u64; 5]> {
    Ok([
        User::query().count(db).await?,
        Project::query().count(db).await?,
        Agent::query().count(db).await?,
        Cost::query().count(db).await?,
        Activity::query().count(db).await?,
    ])
}

/// The address of a PostgreSQL database as the document writes it.
pub(crate) fn postgresql(database: &TestDb) -> String {
    database.url().replacen("postgres:", "postgresql:", 1)
}

/// What the program prints in a folder, with a `DATABASE_URL` or none, and no other variable.
pub(crate) fn program(folder: &Path, database_url: Option<&str>) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quetrex"));
    command.current_dir(folder).env_clear().envs(database_url.map(|url| ("DATABASE_URL", url)));
    let output = command.output().expect("the program can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it prints text")
}
