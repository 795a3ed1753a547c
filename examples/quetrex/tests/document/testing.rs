//! "Testing".

use quetrex::{DatabaseService, load_samples};
use quetrex_db::{NewUser, Result};
use seedbed_tests::{TestDb, on_both};

use crate::support::{clear_test_database, counts, setup_test_database};

on_both!(before_all_and_before_each, databases_are_isolated);

/// ```ts
/// // In tests
/// import { setupTestDatabase, clearTestDatabase } from '@/tests/setup/database.setup';
///
/// let prisma: PrismaClient;
/// let db: DatabaseService;
///
/// beforeAll(async () => {
///   prisma = await setupTestDatabase();
///   db = DatabaseService.createTestInstance(prisma);
/// });
///
/// beforeEach(async () => {
///   await clearTestDatabase(prisma);
/// });
/// ```
async fn before_all_and_before_each(database: &TestDb) -> Result<()> {
    let handle = setup_test_database(database).await?;
    let db = DatabaseService::new(handle.clone());

    for _ in 0..2 {
        clear_test_database(&handle).await?;
        assert_eq!(counts(&handle).await?, [0; 5]);
        load_samples(&handle).await?;
        db.create_user(NewUser::builder().email("user@example.com")).await?;
    }
    Ok(())
}

/// > Tests use a separate SQLite database for isolation
///
/// ```bash
/// rm -f prisma/test.db
/// npm test
/// ```
///
/// Each test has a database of its own, which is gone when the test is.
async fn databases_are_isolated(database: &TestDb) -> Result<()> {
    let other = TestDb::new(database.dialect()).await;
    let (handle, other) = (setup_test_database(database).await?, setup_test_database(&other).await?);
    load_samples(&handle).await?;
    assert_eq!(counts(&other).await?, [0; 5]);
    Ok(())
}
