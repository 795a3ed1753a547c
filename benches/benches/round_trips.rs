//! How often the generated API waits for PostgreSQL, counted by a proxy: not a timing, and the same on every machine.
//! Each statement has run before, so that it is prepared.

use database::{Result, Usage, User, usage, user};
use seedbed::SeedMode;
use seedbed_benches::platform::{self, change, new_usage};
use seedbed_benches::text::line;
use seedbed_tests::TestDb;
use seedbed_tests::proxy::Proxy;
use tokio::runtime::Runtime;

/// The columns of the table of results.
const WIDTHS: [i32; 2] = [44, -12];

fn main() {
    Runtime::new().expect("a runtime").block_on(count()).expect("every statement succeeds");
}

async fn count() -> Result<()> {
    let test = TestDb::postgres().await;
    let proxy = Proxy::start().expect("a port is free");
    let url = proxy.url(&test);
    let db = &platform::start(database::builder().url(url.as_str()).pool_max(1)).await;

    println!("{}", line(&WIDTHS, ["operation", "round trips"]));
    expect(&proxy, "find by key", 1, async || User::get(db, 1).await.map(drop)).await?;
    expect(&proxy, "query with a filter, an order and a limit", 1, async || {
        let usages = Usage::query().filter(usage::USER_ID.eq(1)).order_by(usage::CREATED_AT.desc());
        usages.limit(10).all(db).await.map(drop)
    })
    .await?;
    expect(&proxy, "insert one row, and return it", 1, async || Usage::create(db, new_usage(0)).await.map(drop))
        .await?;
    let user = User::get(db, 1).await?;
    expect(&proxy, "update one row, and return it", 1, async || user.clone().update(db, change(0)).await.map(drop))
        .await?;
    expect(&proxy, "insert a thousand rows", 1, async || {
        Usage::insert_many(db, (0..1_000).map(new_usage)).await.map(drop)
    })
    .await?;
    expect(&proxy, "include two levels and a sibling", 4, async || {
        let query = User::query().include(user::role()).include(user::usages().limit(20).include(usage::model()));
        query.limit(100).all(db).await.map(drop)
    })
    .await?;
    expect(&proxy, "a transaction of one statement", 3, async || {
        db.transaction(async |tx| User::get(tx, 1).await.map(drop)).await
    })
    .await?;

    let start = || database::builder().env(|_| None).url(url.as_str()).seed(SeedMode::Off);
    let connecting = counted(&proxy, async || connect_and_close(start().skip_sync()).await).await?;
    expect(&proxy, "connect", connecting, async || connect_and_close(start().skip_sync()).await).await?;
    expect(&proxy, "connect to a database that is ready", connecting + 1, async || connect_and_close(start()).await)
        .await
}

async fn connect_and_close(builder: seedbed::Builder) -> Result<()> {
    builder.connect().await?.close().await;
    Ok(())
}

/// Does some work twice, and counts the second time.
async fn expect(proxy: &Proxy, title: &str, expected: u64, work: impl AsyncFn() -> Result<()>) -> Result<()> {
    work().await?;
    let found = counted(proxy, work).await?;
    println!("{}", line(&WIDTHS, [title, &found.to_string()]));
    assert_eq!(found, expected, "{title}: {:?}", proxy.executions());
    Ok(())
}

async fn counted(proxy: &Proxy, work: impl AsyncFn() -> Result<()>) -> Result<u64> {
    proxy.reset();
    work().await?;
    Ok(proxy.counts().round_trips())
}
