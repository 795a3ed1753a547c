// The agent was included, but not the agent's prompt.
use database::thread;

async fn prompt(db: &database::Db) -> database::Result<String> {
    let thread = database::Thread::query().include(thread::agent()).get(db, 1).await?;
    Ok(thread.agent().prompt().content.clone())
}

fn main() {}
