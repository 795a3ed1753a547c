//! The quick start of the system that this workspace describes: users by key, and threads by user.
//!
//! `DB_DIALECT=sqlite DB_STORAGE=app.db cargo run -p quickstart` runs it on SQLite; with `PGHOST` and `PGUSER`, or `DATABASE_URL`, the
//! same program runs on PostgreSQL.

use std::process::ExitCode;

use database::{MessageRole, NewMessage, NewThread, NewUser, Result, Thread, User, agent, message, role, thread, user};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    // Connects as the environment says, creates what is missing, and loads the seeds.
    let db = database::connect().await?;
    println!("connected to {}", db.dialect().name());

    // A user to look at; a second run finds the first one's.
    let role = database::Role::query().filter(role::NAME.eq("user")).one(&db).await?;
    let new = NewUser::builder().role_id(role.id).email("ada@example.org").first_name("Ada");
    let ada = User::upsert(&db, user::EMAIL, new).await?;

    // One row by its key, and one by a unique key.
    let user = User::find(&db, ada.id).await?;
    println!("user {}: {}", ada.id, user.as_ref().map_or("nobody", |user| user.email.as_str()));
    let same = User::find_by_email(&db, "ada@example.org").await?;
    assert_eq!(user, same);

    // A thread with two messages, all or nothing.
    let agent = database::Agent::query().filter(agent::NAME.eq("Standard Chat")).one(&db).await?;
    db.transaction(async |tx| {
        let thread = NewThread::builder().user_id(ada.id).agent_id(agent.id).name("Tax return");
        let thread = Thread::create(tx, thread).await?;
        for (role, text) in [(MessageRole::User, "What is due?"), (MessageRole::Assistant, "Nothing, until May.")] {
            let content = database::Json::from(text);
            let message = NewMessage::builder().user_id(ada.id).thread_id(thread.id).role(role).content(content);
            database::Message::create(tx, message).await?;
        }
        Ok(())
    })
    .await?;

    // The threads of a user, newest first, by a filter or from the user itself.
    let threads = Thread::query()
        .filter(thread::USER_ID.eq(ada.id).and(thread::NAME.contains("Tax")))
        .order_by(thread::CREATED_AT.desc())
        .limit(10)
        .all(&db)
        .await?;
    assert_eq!(threads.len() as u64, ada.query_threads().limit(10).count(&db).await?);
    for thread in &threads {
        let messages = thread.query_messages().order_by(message::ID.asc()).all(&db).await?;
        println!("thread {}: {} ({} messages)", thread.id, thread.name.as_deref().unwrap_or("unnamed"), messages.len());
    }

    db.close().await;
    Ok(())
}
