//! "Production Deployment".

use quetrex::with_pool;
use quetrex_db::seedbed::{Discard, PoolOptions, Statement, Work};
use quetrex_db::{Db, Result};
use seedbed_tests::{TestDb, scratch};

use crate::support::{program, setup_test_database};

/// ```sql
/// CREATE DATABASE quetrex;
/// CREATE USER quetrex_user WITH PASSWORD 'secure_password';
/// GRANT ALL PRIVILEGES ON DATABASE quetrex TO quetrex_user;
/// ```
///
/// ```bash
/// DATABASE_URL="postgresql://quetrex_user:secure_password@localhost:5432/quetrex"
/// ```
///
/// The database is the test's own. Since PostgreSQL 15, all privileges on a database are not enough to create tables in
/// its schema `public`: its owner may do that.
#[tokio::test]
async fn postgres_setup() -> Result<()> {
    let database = TestDb::postgres().await;
    let (server, name) = database.url().rsplit_once('/').expect("the URL ends in the database's name");
    let user = format!("quetrex_user_{name}");
    let admin =
        Db::open(&quetrex_db::SCHEMA, &quetrex_db::builder().env(|_| None).url(database.url()).config()?).await?;
    execute(&admin, format!("CREATE USER {user} WITH PASSWORD 'secure_password'")).await?;
    execute(&admin, format!("GRANT ALL PRIVILEGES ON DATABASE {name} TO {user}")).await?;
    execute(&admin, format!("ALTER DATABASE {name} OWNER TO {user}")).await?;

    let host = server.rsplit_once('@').map_or(server, |(_, host)| host);
    let url = format!("postgresql://{user}:secure_password@{host}/{name}");
    let printed = program(&scratch::directory(), Some(&url));
    assert!(printed.contains("connected to postgres"), "{printed}");
    Ok(())
}

/// ```ts
/// // Production prisma client configuration
/// const prisma = new PrismaClient({
///   datasources: {
///     db: {
///       url: process.env.DATABASE_URL,
///     },
///   },
///   // Connection pool for production
///   pool: {
///     min: 2,
///     max: 10,
///   },
/// });
/// ```
#[test]
fn connection_pooling() -> Result<()> {
    let pool = |url: &'static str| -> Result<PoolOptions> {
        let builder = quetrex_db::builder().env(move |name| (name == "DATABASE_URL").then(|| url.to_owned()));
        Ok(with_pool(builder)?.config()?.pool)
    };
    let production = pool("postgresql://quetrex_user:secure_password@localhost:5432/quetrex")?;
    assert_eq!((production.min, production.max), (2, 10));
    assert_eq!(pool("file:./prisma/dev.db")?.min, 0);
    Ok(())
}

/// A pool of ten serves more callers than it has connections.
#[tokio::test]
async fn many_concurrent_users() -> Result<()> {
    let database = TestDb::postgres().await;
    setup_test_database(&database).await?;
    let db = with_pool(quetrex_db::builder().env(|_| None).url(database.url()))?.connect().await?;
    let callers: Vec<_> =
        (0..100).map(|_| db.clone()).map(|db| tokio::spawn(async move { db.health().await })).collect();
    for caller in callers {
        caller.await.expect("it does not panic")?;
    }
    Ok(())
}

async fn execute(db: &Db, sql: String) -> Result<()> {
    let statement = Statement { text: sql.into(), values: Vec::new(), work: Work::Write };
    db.run(statement, Box::new(Discard)).await.map(drop)
}
