//! "Setup", "Development Commands", "Migrations" and "Troubleshooting".

use quetrex::load_samples;
use quetrex_db::{Agent, AgentStatus, Error, Result, agent};
use seedbed_tests::{Dialect, TestDb, on_both, scratch};

use crate::support::{clear_test_database, counts, postgresql, program, service, setup_test_database};

on_both!(migrate, seed, samples_are_never_loaded_at_start, reset, env_file);

/// ```bash
/// # Run migrations (apply schema changes)
/// npm run db:migrate
/// ```
///
/// ```bash
/// # Create and apply migration
/// npm run db:migrate
///
/// # Or manually
/// npx prisma migrate dev --name describe_your_change
/// ```
///
/// > "Database does not exist", "Table not found"
///
/// A start creates what is missing, as does `cargo xtask sync`; whoever comes second finds nothing to do.
async fn migrate(database: &TestDb) -> Result<()> {
    let empty = quetrex_db::builder().env(|_| None).url(database.url()).skip_sync().connect().await?;
    assert!(counts(&empty).await.is_err(), "there is no table yet");
    let report = quetrex_db::sync(&empty).await?;
    assert_eq!(report.created_tables, ["activities", "agents", "costs", "projects", "users"]);

    let report = quetrex_db::sync(&setup_test_database(database).await?).await?;
    assert!(report.created_tables.is_empty() && report.created_indexes.is_empty(), "{report:?}");
    assert!(report.differences.is_empty(), "{report:?}");
    Ok(())
}

/// ```bash
/// npm run db:seed
/// ```
///
/// > This creates: 2 sample users, 3 sample projects, 3 sample agents (completed, running, failed), 5 cost records,
/// > 6 activity records
async fn seed(database: &TestDb) -> Result<()> {
    let db = setup_test_database(database).await?;
    let inserted: Vec<u64> = load_samples(&db).await?.seeds.iter().map(|seed| seed.inserted).collect();
    assert_eq!(inserted, [2, 3, 3, 5, 6]);
    assert_eq!(counts(&db).await?, [2, 3, 3, 5, 6]);
    let statuses = Agent::query().select(agent::STATUS).order_by(agent::START_TIME.asc()).all(&db).await?;
    assert_eq!(statuses, [AgentStatus::Completed, AgentStatus::Running, AgentStatus::Failed]);

    let report = load_samples(&db).await?;
    assert!(report.seeds.iter().all(|seed| seed.inserted == 0 && seed.updated == 0), "{report:?}");
    Ok(())
}

/// > Seed Development Data (Optional)
async fn samples_are_never_loaded_at_start(database: &TestDb) -> Result<()> {
    let db = setup_test_database(database).await?;
    quetrex_db::seed(&db).await?;
    assert_eq!(counts(&db).await?, [0; 5]);
    Ok(())
}

/// ```bash
/// # Reset database (⚠️ DESTRUCTIVE - deletes all data)
/// npm run db:reset
/// ```
async fn reset(database: &TestDb) -> Result<()> {
    let db = service(database).await?;
    load_samples(db.handle()).await?;
    let ada = db.get_user_by_email("ada@example.com").await?.expect("she is there");
    clear_test_database(db.handle()).await?;
    load_samples(db.handle()).await?;
    assert_eq!(counts(db.handle()).await?, [2, 3, 3, 5, 6]);
    assert_eq!(db.get_user_by_id(&ada.id).await?, None, "it is another row with the same address");
    Ok(())
}

/// ```bash
/// # Development (SQLite)
/// DATABASE_URL="file:./prisma/dev.db"
///
/// # Production (PostgreSQL)
/// # DATABASE_URL="postgresql://user:password@host:5432/database"
/// ```
///
/// The program finds the file where it runs, and does what the document shows under "Usage".
async fn env_file(database: &TestDb) {
    let folder = scratch::directory();
    std::fs::create_dir(folder.join("prisma")).expect("the folder is empty");
    let url = match database.dialect() {
        Dialect::Sqlite => "file:./prisma/dev.db".to_owned(),
        Dialect::Postgres => postgresql(database),
    };
    std::fs::write(folder.join(".env"), format!("# The database\nDATABASE_URL=\"{url}\"\n")).expect("there is room");
    let printed = program(&folder, None);
    assert!(printed.starts_with(&format!("connected to {}\n", database.dialect().name())), "{printed}");
    for line in [
        "created the user user@example.com",
        "created the project My Project with the theme \"dark\"",
        "tracked 0.045 dollars for gpt-4o",
        "created the project New Project together with its first activity",
        "created 2 costs and 2 activities at once",
        "My Project has cost 0.075 dollars",
        "My Project of user@example.com: 0 agents, 3 costs",
        "  agent_started: Agent started working on issue #123",
        "  project_created: Project created",
        "deleted the user; activities left of theirs: 0",
    ] {
        assert!(printed.lines().any(|printed| printed == line), "`{line}` is missing:\n{printed}");
    }
    assert_eq!(folder.join("prisma/dev.db").exists(), database.dialect() == Dialect::Sqlite);
    // It leaves nothing behind that would be in its own way.
    program(&folder, None);
}

/// > "Connection refused": Check DATABASE_URL in `.env` file.
#[tokio::test]
async fn connection_refused() {
    let nobody = quetrex_db::builder().env(|_| None).url("postgresql://user:password@127.0.0.1:1/database");
    let error = nobody.connect().await.expect_err("nobody listens there");
    assert!(error.to_string().contains("refused"), "{error}");
    assert!(!error.to_string().contains("password"), "{error}");
    let error = quetrex_db::builder().env(|_| None).connect().await.expect_err("no database is named");
    assert!(matches!(&error, Error::Config(text) if text.contains("PGHOST")), "{error}");
}
