// The query includes two associations, and the third one is read.
use database::thread;

async fn user(db: &database::Db) -> database::Result<String> {
    let query = database::Thread::query().include(thread::agent()).include(thread::messages());
    let thread = query.get(db, 1).await?;
    Ok(thread.user().email.clone())
}

fn main() {}
