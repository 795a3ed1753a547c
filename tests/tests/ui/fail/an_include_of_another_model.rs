// A query of threads cannot include what agents have.
use database::agent;

async fn all(db: &database::Db) -> database::Result<()> {
    database::Thread::query().include(agent::prompt()).all(db).await?;
    Ok(())
}

fn main() {}
