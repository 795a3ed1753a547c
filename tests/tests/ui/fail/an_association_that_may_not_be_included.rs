// Whether the messages are there is known at run time alone, so there is an `Option` to look into.
use database::thread;

async fn count(db: &database::Db, wanted: bool) -> database::Result<usize> {
    let thread = database::Thread::query().include_if(wanted, thread::messages()).get(db, 1).await?;
    Ok(thread.messages().len())
}

fn main() {}
