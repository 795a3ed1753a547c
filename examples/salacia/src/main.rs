//! The service: connects, answers until it is told to stop, and lets go of the database.
//!
//! `DB_DIALECT=sqlite DB_STORAGE=target/salacia.db cargo run -p salacia` runs it on SQLite; with `DATABASE_URL`, or `PGHOST`
//! and `PGUSER`, the same program runs on PostgreSQL.

use std::error::Error;
use std::process::ExitCode;

use salacia::{api, config::Environment};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Where it listens unless `SALACIA_ADDRESS` says otherwise.
const ADDRESS: &str = "127.0.0.1:3000";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let db = Environment::current().builder().connect().await?;
    let address = std::env::var("SALACIA_ADDRESS").unwrap_or_else(|_| ADDRESS.to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}, with {}", listener.local_addr()?, db.dialect().name());
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    axum::serve(listener, api::router(db.clone())).with_graceful_shutdown(stop).await?;
    db.close().await;
    Ok(())
}
