//! `COPY … FROM STDIN`: the fast way in for many rows.

use std::pin::Pin;

use futures_util::{Stream, TryStreamExt};

use super::failure::{Sort, Trouble};
use super::session::Session;
use crate::driver::Failure;

/// Copies chunks of data into a table.
///
/// sqlx does not count the answers of a copy that is dropped half way, so the session counts as broken from the start
/// to the end of one: if this future is dropped, it is closed, and the server undoes the copy with its transaction.
pub(super) async fn copy_in<S>(session: &mut Session, statement: &str, chunks: Pin<&mut S>) -> Result<u64, Trouble>
where
    S: Stream<Item = Result<Vec<u8>, Failure>> + Send,
{
    session.start()?;
    session.broken = true;
    let result = send(session, statement, chunks).await;
    if !matches!(&result, Err(trouble) if trouble.sort == Sort::Broken) {
        session.broken = false;
        session.drain().await?;
    }
    result
}

/// Sends the data and reads the answer to its end, unless the connection breaks.
async fn send<S>(session: &mut Session, statement: &str, mut chunks: Pin<&mut S>) -> Result<u64, Trouble>
where
    S: Stream<Item = Result<Vec<u8>, Failure>> + Send,
{
    let mut copy = session.connection.copy_in_raw(statement).await?;
    loop {
        match chunks.try_next().await {
            Ok(Some(chunk)) => {
                copy.send(chunk).await?;
            }
            Ok(None) => return Ok(copy.finish().await?),
            Err(failure) => {
                // After an error of the server that is not the answer to the abort, sqlx leaves an answer unread.
                copy.abort("the source of the data failed").await.map_err(out_of_step)?;
                return Err(Trouble { failure, sort: Sort::Refused });
            }
        }
    }
}

fn out_of_step(error: sqlx::Error) -> Trouble {
    Trouble { sort: Sort::Broken, ..Trouble::from(error) }
}
