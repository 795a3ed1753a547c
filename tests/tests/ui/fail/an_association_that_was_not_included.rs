// The row was loaded without its agent: the bare name is only ever what was included. That `load_agent` exists changes
// nothing about it.

async fn agent(db: &database::Db) -> database::Result<String> {
    let thread = database::Thread::get(db, 1).await?;
    Ok(thread.agent().name.clone())
}

fn main() {}
