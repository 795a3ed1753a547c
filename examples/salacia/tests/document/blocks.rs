//! Each code block of the document, the original above what it is here.

use std::time::Duration;

use salacia::config::Environment;
use salacia_db::seedbed::meta::AssociationKind;
use salacia_db::{
    AiInteraction, AiInteractionPatch, AiProvider, Db, InteractionStatus, NewAiInteraction, NewAiProvider, Result,
    SCHEMA, ai_interaction, ai_provider,
};
use seedbed_tests::{TestDb, on_both};
use serde_json::json;

use crate::{listen, open};

on_both!(hooks_follow_updates, interactions_are_created, interactions_are_found);
on_both!(providers_have_interactions, an_interaction_has_its_provider, pages_have_a_total);
on_both!(many_are_created_and_changed, a_transaction_is_kept, a_transaction_is_undone);

fn interaction(model: &str) -> NewAiInteraction {
    NewAiInteraction::builder().model(model).request(json!({ "prompt": "Hello" }))
}

fn provider(name: &str) -> NewAiProvider {
    NewAiProvider::builder().name(name).base_url("https://example.org")
}

// ```typescript
// // Example: AiInteraction model with hooks
// AiInteraction.init(
//   {
//     // ... model attributes
//   },
//   {
//     hooks: {
//       beforeUpdate: instance => {
//         console.log('AI interaction being updated:', instance.id);
//       },
//       afterUpdate: instance => {
//         console.log('AI interaction updated:', instance.id);
//       },
//     },
//   }
// );
// ```
//
// The attributes and the names of the hooks stand in `schema.yaml`, what they do in `src/hooks.rs`.
async fn hooks_follow_updates(db: &TestDb) -> Result<()> {
    let (db, lines) = listen(db).await;

    let row = AiInteraction::create(&db, interaction("gpt-4")).await?;
    assert_eq!(lines.try_iter().count(), 0);
    let row = row.update(&db, AiInteractionPatch::new().total_tokens(7)).await?;
    let told = [format!("AI interaction being updated: {}", row.id), format!("AI interaction updated: {}", row.id)];
    assert_eq!(lines.try_iter().collect::<Vec<_>>(), told);
    Ok(())
}

// ```typescript
// // Define associations
// AiProvider.hasMany(AiInteraction, {
//   foreignKey: 'providerId',
//   as: 'interactions',
// });
//
// AiInteraction.belongsTo(AiProvider, {
//   foreignKey: 'providerId',
//   as: 'provider',
// });
// ```
//
// One line of `schema.yaml`: `provider: AiProvider? inverse=interactions`.
#[test]
fn associations_go_both_ways() {
    let found: Vec<_> = SCHEMA.associations().map(|(model, to)| (model.name, to.name, to.kind)).collect();
    assert!(found.contains(&("AiProvider", "interactions", AssociationKind::HasMany)), "{found:?}");
    assert!(found.contains(&("AiInteraction", "provider", AssociationKind::BelongsTo)), "{found:?}");
}

// ```typescript
// import { AiInteraction } from '@/lib/db/models';
//
// // Create new AI interaction
// const interaction = await AiInteraction.create({
//   model: 'gpt-4',
//   request: { prompt: 'Hello' },
//   response: { completion: 'Hi there!' },
//   totalTokens: 10,
//   responseTimeMs: 250,
// });
// ```
async fn create(db: &Db) -> Result<AiInteraction> {
    let new = NewAiInteraction::builder()
        .model("gpt-4")
        .request(json!({ "prompt": "Hello" }))
        .response(json!({ "completion": "Hi there!" }))
        .total_tokens(10)
        .response_time_ms(250);
    AiInteraction::create(db, new).await
}

async fn interactions_are_created(db: &TestDb) -> Result<()> {
    let db = open(db).await;
    let row = create(&db).await?;
    assert_eq!(AiInteraction::get(&db, row.id).await?, row);
    assert_eq!((row.model.as_str(), row.total_tokens, row.response_time_ms), ("gpt-4", 10, 250));
    assert_eq!((row.request, row.response), (json!({ "prompt": "Hello" }), Some(json!({ "completion": "Hi there!" }))));
    assert_eq!((row.error, row.status, row.provider_id), (None, InteractionStatus::Pending, None));
    Ok(())
}

// ```typescript
// // Find with conditions
// const interactions = await AiInteraction.findAll({
//   where: {
//     model: 'gpt-4',
//     error: null,
//   },
//   order: [['createdAt', 'DESC']],
//   limit: 10,
// });
// ```
async fn find_with_conditions(db: &Db) -> Result<Vec<AiInteraction>> {
    AiInteraction::query()
        .filter(ai_interaction::MODEL.eq("gpt-4"))
        .filter(ai_interaction::ERROR.is_null())
        .order_by(ai_interaction::CREATED_AT.desc())
        .limit(10)
        .all(db)
        .await
}

async fn interactions_are_found(db: &TestDb) -> Result<()> {
    let db = open(db).await;
    AiInteraction::insert_many(&db, [interaction("gpt-4").error("overloaded"), interaction("claude").error(None)])
        .await?;
    for _ in 0..12 {
        create(&db).await?;
    }
    let found = find_with_conditions(&db).await?;
    assert_eq!(found.len(), 10);
    assert!(found.iter().all(|row| row.model == "gpt-4" && row.error.is_none()));
    assert!(found.is_sorted_by(|one, next| one.created_at >= next.created_at));
    Ok(())
}

// ```typescript
// // Find with related data
// const providers = await AiProvider.findAll({
//   include: [
//     {
//       model: AiInteraction,
//       as: 'interactions',
//       where: { error: null },
//     },
//   ],
// });
// ```
//
// There, a condition on what is included also leaves out the providers that have none of it; here each is said by itself.
async fn find_with_related(db: &Db) -> Result<Vec<ai_provider::With<ai_provider::Interactions>>> {
    let succeeded = ai_interaction::ERROR.is_null();
    AiProvider::query()
        .filter(ai_provider::interactions().any(succeeded.clone()))
        .include(ai_provider::interactions().filter(succeeded))
        .all(db)
        .await
}

async fn providers_have_interactions(db: &TestDb) -> Result<()> {
    let db = open(db).await;
    let mixed = AiProvider::create(&db, provider("mixed")).await?;
    let failing = AiProvider::create(&db, provider("failing")).await?;
    AiProvider::create(&db, provider("idle")).await?;
    for (id, error) in [(mixed.id, None), (mixed.id, None), (mixed.id, Some("late")), (failing.id, Some("late"))] {
        AiInteraction::create(&db, interaction("m").provider_id(id).error(error.map(str::to_owned))).await?;
    }
    let found = find_with_related(&db).await?;
    let [found] = &found[..] else { panic!("one provider has what is asked for: {found:?}") };
    assert_eq!((found.id, found.interactions().len()), (mixed.id, 2));
    assert!(found.interactions().iter().all(|row| row.error.is_none() && row.provider_id == Some(mixed.id)));
    Ok(())
}

// ```typescript
// // Load interaction with provider
// const interaction = await AiInteraction.findByPk(interactionId, {
//   include: [{ association: 'provider' }],
// });
// ```
async fn load_with_provider(db: &Db, id: i64) -> Result<Option<ai_interaction::With<ai_interaction::Provider>>> {
    AiInteraction::query().include(ai_interaction::provider()).find(db, id).await
}

async fn an_interaction_has_its_provider(db: &TestDb) -> Result<()> {
    let db = open(db).await;
    let provider = AiProvider::create(&db, provider("one")).await?;
    let with = AiInteraction::create(&db, interaction("m").provider_id(provider.id)).await?;
    let without = create(&db).await?;
    let found = load_with_provider(&db, with.id).await?.expect("it is there");
    assert_eq!(found.provider(), Some(&provider));
    let found = load_with_provider(&db, without.id).await?.expect("it is there");
    assert_eq!(found.provider(), None);
    assert!(load_with_provider(&db, without.id + 1).await?.is_none());
    Ok(())
}

// ```typescript
// // src/database/sequelize/config.ts
// export default {
//   development: {
//     url: process.env.DATABASE_URL,
//     dialect: 'postgres',
//     logging: false,
//   },
//   production: {
//     url: process.env.DATABASE_URL,
//     dialect: 'postgres',
//     logging: false,
//     pool: {
//       max: 5,
//       min: 0,
//       acquire: 30000,
//       idle: 10000,
//     },
//   },
// };
// ```
//
// This is `src/config.rs`.
#[test]
fn the_configuration_is_that_of_the_document() -> Result<()> {
    let url = |name: &str| (name == "DATABASE_URL").then(|| "postgres://salacia@localhost/salacia".to_owned());
    for environment in [Environment::Development, Environment::Production] {
        let config = environment.builder().env(url).config()?;
        assert!(matches!(config.target, salacia_db::seedbed::Target::Postgres(_)));
        assert!(!config.log);
    }
    let pool = Environment::Production.builder().env(url).config()?.pool;
    assert_eq!((pool.max, pool.min), (5, 0));
    assert_eq!((pool.acquire, pool.idle), (Duration::from_millis(30_000), Duration::from_millis(10_000)));
    Ok(())
}

// ```typescript
// // src/lib/db/models/index.ts
// import { sequelize } from '@/database/sequelize';
// import { AiInteraction } from './ai-interaction';
// import { AiProvider } from './ai-provider';
//
// // Initialize models
// const models = {
//   AiInteraction,
//   AiProvider,
//   // ... other models
// };
//
// // Setup associations
// Object.values(models).forEach(model => {
//   if (model.associate) {
//     model.associate(models);
//   }
// });
// ```
//
// The generated crate has them all; a handle knows them by its schema.
#[test]
fn every_model_is_registered() {
    let models: Vec<_> = SCHEMA.models.iter().map(|model| model.name).collect();
    assert_eq!(models, ["SystemMetadata", "ApiRequest", "HealthCheck", "AiProvider", "AiInteraction"]);
}

// ```bash
// # Run all Sequelize integration tests
// npm test sequelize-integration
//
// # Run specific test categories
// npm test -- --grep "Sequelize Integration"
// npm test -- --grep "Service Layer Integration"
// ```
//
// `cargo test -p salacia` runs all of them; `cargo test -p salacia blocks`, or `checklist`, those of one kind.

// ```typescript
// const { rows, count } = await AiInteraction.findAndCountAll({
//   limit: 20,
//   offset: 40,
//   order: [['createdAt', 'DESC']],
// });
// ```
async fn find_and_count(db: &Db) -> Result<(Vec<AiInteraction>, u64)> {
    AiInteraction::query().order_by(ai_interaction::CREATED_AT.desc()).limit(20).offset(40).all_and_count(db).await
}

async fn pages_have_a_total(db: &TestDb) -> Result<()> {
    let db = open(db).await;
    let begin = salacia_db::seedbed::chrono::Utc::now();
    let at = |second: u64| interaction("m").total_tokens(second as i32).created_at(begin + Duration::from_secs(second));
    AiInteraction::insert_many(&db, (0..45).map(at)).await?;
    let (rows, count) = find_and_count(&db).await?;
    assert_eq!(count, 45);
    assert_eq!(rows.iter().map(|row| row.total_tokens).collect::<Vec<_>>(), [4, 3, 2, 1, 0]);
    Ok(())
}

// ```typescript
// // Bulk create
// await AiInteraction.bulkCreate(interactions);
//
// // Bulk update
// await AiInteraction.update({ status: 'processed' }, { where: { status: 'pending' } });
// ```
async fn bulk(db: &Db, interactions: Vec<NewAiInteraction>) -> Result<(u64, u64)> {
    let created = AiInteraction::insert_many(db, interactions).await?;
    let changed = AiInteraction::query()
        .filter(ai_interaction::STATUS.eq(InteractionStatus::Pending))
        .update(db, AiInteractionPatch::new().status(InteractionStatus::Processed))
        .await?;
    Ok((created, changed))
}

async fn many_are_created_and_changed(db: &TestDb) -> Result<()> {
    let db = open(db).await;
    let done = interaction("done").status(InteractionStatus::Processed);
    let rows = (0..500).map(|_| interaction("m")).chain([done]).collect();
    assert_eq!(bulk(&db, rows).await?, (501, 500));
    let processed = ai_interaction::STATUS.eq(InteractionStatus::Processed);
    assert_eq!(AiInteraction::query().filter(processed).count(&db).await?, 501);
    Ok(())
}

// ```typescript
// const transaction = await sequelize.transaction();
//
// try {
//   await AiProvider.create(providerData, { transaction });
//   await AiInteraction.create(interactionData, { transaction });
//   await transaction.commit();
// } catch (error) {
//   await transaction.rollback();
//   throw error;
// }
// ```
//
// An error drops the transaction, which rolls it back.
async fn transaction(db: &Db, provider_data: NewAiProvider, interaction_data: NewAiInteraction) -> Result<()> {
    let transaction = db.begin().await?;
    AiProvider::create(&transaction, provider_data).await?;
    AiInteraction::create(&transaction, interaction_data).await?;
    transaction.commit().await
}

/// How many providers and interactions there are.
async fn counts(db: &Db) -> Result<(u64, u64)> {
    Ok((AiProvider::query().count(db).await?, AiInteraction::query().count(db).await?))
}

async fn a_transaction_is_kept(db: &TestDb) -> Result<()> {
    let db = open(db).await;
    transaction(&db, provider("one"), interaction("m")).await?;
    assert_eq!(counts(&db).await?, (1, 1));
    Ok(())
}

async fn a_transaction_is_undone(db: &TestDb) -> Result<()> {
    let db = open(db).await;
    let error = transaction(&db, provider("one"), interaction("m").total_tokens(-1)).await.expect_err("it is refused");
    assert!(matches!(error, salacia_db::Error::Check { field: Some("total_tokens"), .. }), "{error}");
    assert_eq!(counts(&db).await?, (0, 0));
    Ok(())
}
