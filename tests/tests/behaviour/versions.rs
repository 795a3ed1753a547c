//! Rows that count their changes: a change that was made meanwhile is not written over.

use kinds::{Game, GamePatch, NewGame, game};
use seedbed::{Error, TxOptions};
use seedbed_tests::{TestDb, on_both};

use crate::support::open;

on_both!(every_change_counts, a_change_meanwhile_is_not_written_over, what_is_gone_is_not_stale);
on_both!(an_upsert_counts, a_retry_reads_anew);

fn board(text: &str) -> GamePatch {
    GamePatch::new().board(text)
}

async fn every_change_counts(db: &TestDb) {
    let db = open(db).await;
    let game = Game::create(&db, NewGame::builder().board("e2")).await.expect("the row is taken");
    assert_eq!(game.turn, 1);
    let game = game.update(&db, board("e4")).await.expect("nobody was faster");
    let game = game.update(&db, GamePatch::new()).await.expect("nothing changes");
    assert_eq!(game.turn, 2);
    Game::query().all_rows().update(&db, board("e5")).await.expect("it is changed");
    Game::update_many(&db, [(game.id, board("e6"))]).await.expect("it is changed");
    assert_eq!(Game::get(&db, game.id).await.expect("it is there").turn, 4);
}

async fn a_change_meanwhile_is_not_written_over(db: &TestDb) {
    let db = open(db).await;
    let mine = Game::create(&db, NewGame::builder().board("e2")).await.expect("the row is taken");
    let theirs = mine.clone();
    theirs.update(&db, board("e4")).await.expect("nobody was faster");
    let error = mine.clone().update(&db, board("d4")).await.expect_err("somebody was faster");
    assert!(matches!(error, Error::Stale { model: "Game" }), "{error:?}");
    let error = mine.clone().delete(&db).await.expect_err("somebody was faster");
    assert!(matches!(error, Error::Stale { model: "Game" }), "{error:?}");
    let now = Game::get(&db, mine.id).await.expect("it is there");
    assert_eq!((now.board.as_str(), now.turn), ("e4", 2));
    now.delete(&db).await.expect("it was seen as it is");
}

async fn what_is_gone_is_not_stale(db: &TestDb) {
    let db = open(db).await;
    let game = Game::create(&db, NewGame::builder().board("e2")).await.expect("the row is taken");
    Game::query().all_rows().delete(&db).await.expect("it is deleted");
    let error = game.clone().update(&db, board("e4")).await.expect_err("it is gone");
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
    assert!(matches!(game.delete(&db).await, Err(Error::NotFound { .. })));
}

async fn an_upsert_counts(db: &TestDb) {
    let db = open(db).await;
    let game = Game::create(&db, NewGame::builder().board("e2")).await.expect("the row is taken");
    let again = Game::upsert(&db, game::ID, NewGame::builder().id(game.id).board("e4")).await.expect("it is changed");
    assert_eq!((again.board.as_str(), again.turn), ("e4", 2));
    assert!(matches!(game.update(&db, board("d4")).await, Err(Error::Stale { .. })));
}

async fn a_retry_reads_anew(db: &TestDb) {
    let db = open(db).await;
    let game = Game::create(&db, NewGame::builder().board("e2")).await.expect("the row is taken");
    let (id, mut first) = (game.id, Some(game));
    let moved = db.retry(2, TxOptions::new(), async |tx| {
        let game = match first.take() {
            // As if it had been read long ago.
            Some(game) => Game { turn: 0, ..game },
            None => Game::get(tx, id).await?,
        };
        game.update(tx, board("e4")).await
    });
    assert_eq!(moved.await.expect("the second attempt has read it").turn, 2);
}
