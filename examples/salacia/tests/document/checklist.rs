//! The validation checklist of the document: a test for each of its lines, in their order.

use salacia::services::interactions::{self, Answer, Recorded, Wanted};
use salacia::services::{providers, statistics, system};
use salacia_db::seedbed::{Cursor, Dialect};
use salacia_db::{
    AiInteraction, AiInteractionPatch, AiProvider, AiProviderPatch, ApiRequest, ApiRequestPatch, Db, Decimal, Error,
    HealthCheck, HealthCheckPatch, HealthStatus, Json, NewAiInteraction, NewAiProvider, NewApiRequest, NewHealthCheck,
    NewSystemMetadata, Result, SystemMetadata, SystemMetadataPatch, Timestamp,
};
use seedbed_tests::{TestDb, on_both};
use serde::Serialize;
use serde_json::json;

use crate::client::Client;
use crate::{builder, listen, open};

on_both!(database_connection_establishes, all_crud_operations_work_on_all_models, hooks_are_triggered_on_updates);
on_both!(service_layer_returns_correct_formats, api_endpoints_function, statistics_and_aggregation_work);
on_both!(error_handling_is_consistent, a_lost_database_is_told);

fn recorded(model: &str, provider_id: Option<i64>) -> Recorded {
    Recorded { model: model.to_owned(), request: json!({ "prompt": "Hello" }), provider_id }
}

fn added(name: &str) -> providers::Added {
    let (name, base_url) = (name.to_owned(), "https://example.org".to_owned());
    providers::Added { name, base_url, api_key: Some("sk-secret".to_owned()), probe: None }
}

fn answer(response_time_ms: i32, error: Option<&str>) -> Answer {
    let response = error.is_none().then(|| json!({ "completion": "Hi there!" }));
    Answer { response, error: error.map(str::to_owned), total_tokens: 10, response_time_ms }
}

/// What a client gets to see.
fn json(value: &impl Serialize) -> Json {
    serde_json::to_value(value).expect("JSON")
}

// - [ ] Database connection establishes successfully
async fn database_connection_establishes(test: &TestDb) -> Result<()> {
    let db = open(test).await;
    assert_eq!(db.dialect() == Dialect::Postgres, test.url().starts_with("postgres"));
    db.health().await?;
    // A second service finds the tables that the first one made.
    builder(test).connect().await?.health().await
}

// - [ ] All CRUD operations work on all models
async fn all_crud_operations_work_on_all_models(db: &TestDb) -> Result<()> {
    /// Creates, reads, updates, reads and deletes a row, and looks for it afterwards.
    macro_rules! create_read_update_delete {
        ($db:ident, $model:ident: $new:expr, $field:ident = $value:expr, $patch:ident) => {
            let row = $model::create(&$db, $new).await?;
            let id = row.id;
            assert_eq!($model::get(&$db, id).await?, row);
            let row = row.update(&$db, $patch::new().$field($value)).await?;
            assert_eq!(row.$field, $value);
            assert_eq!($model::get(&$db, id).await?, row);
            row.delete(&$db).await?;
            assert!($model::find(&$db, id).await?.is_none());
        };
    }

    let db = open(db).await;
    let new = NewSystemMetadata::builder().key("version").value(json!("1.0"));
    create_read_update_delete!(db, SystemMetadata: new, value = json!({ "major": 2 }), SystemMetadataPatch);
    let new = NewApiRequest::builder().method("GET").path("/health").status_code(200).response_time_ms(3);
    create_read_update_delete!(db, ApiRequest: new, status_code = 503, ApiRequestPatch);
    let new = NewHealthCheck::builder().component("database").status(HealthStatus::Healthy).response_time_ms(3);
    create_read_update_delete!(db, HealthCheck: new, status = HealthStatus::Degraded, HealthCheckPatch);
    let new = NewAiProvider::builder().name("one").base_url("https://example.org");
    create_read_update_delete!(db, AiProvider: new, active = false, AiProviderPatch);
    let new = NewAiInteraction::builder().model("gpt-4").request(json!({ "prompt": "Hello" }));
    create_read_update_delete!(db, AiInteraction: new, response = Some(json!({ "text": "Hi" })), AiInteractionPatch);
    Ok(())
}

// - [ ] Hooks are triggered on model updates
async fn hooks_are_triggered_on_updates(db: &TestDb) -> Result<()> {
    let (db, lines) = listen(db).await;

    let one = interactions::record(&db, recorded("a", None)).await?;
    let two = interactions::record(&db, recorded("b", None)).await?;
    assert_eq!(lines.try_iter().count(), 0);
    interactions::answer(&db, one.id, answer(250, None)).await?;
    assert_eq!(lines.try_iter().count(), 2);
    // Of many rows at once they follow each one that is changed.
    assert_eq!(interactions::process_pending(&db).await?, 1);
    let told = [format!("AI interaction being updated: {}", two.id), format!("AI interaction updated: {}", two.id)];
    assert_eq!(lines.try_iter().collect::<Vec<_>>(), told);
    // An update that fails is announced, and not reported as made.
    interactions::answer(&db, one.id, answer(-1, None)).await.expect_err("no time is negative");
    assert_eq!(lines.try_iter().collect::<Vec<_>>(), [format!("AI interaction being updated: {}", one.id)]);
    Ok(())
}

// - [ ] Service layer returns correct data formats
async fn service_layer_returns_correct_formats(db: &TestDb) -> Result<()> {
    let db = open(db).await;
    let provider = providers::add(&db, added("one")).await?;
    assert_eq!(
        json(&provider),
        json!({
            "id": provider.id, "name": "one", "base_url": "https://example.org", "settings": {}, "active": true,
            "created_at": provider.created_at, "updated_at": provider.updated_at,
        })
    );
    let row = interactions::record(&db, recorded("gpt-4", Some(provider.id))).await?;
    let row = interactions::answer(&db, row.id, answer(250, None)).await?;
    let mut expected = json!({
        "id": row.id, "provider_id": provider.id, "model": "gpt-4", "request": { "prompt": "Hello" },
        "response": { "completion": "Hi there!" }, "total_tokens": 10, "response_time_ms": 250, "error": null,
        "status": "processed", "created_at": row.created_at, "updated_at": row.updated_at,
    });
    assert_eq!(json(&row), expected);
    let listed = providers::list(&db).await?;
    assert_eq!(json(&listed)[0]["interactions"], json!([expected]));
    expected["provider"] = json(&provider);
    assert_eq!(json(&interactions::get(&db, row.id).await?), expected);

    let listed = interactions::list(&db, Wanted::default()).await?;
    assert_eq!(json(&listed), json!({ "rows": [row], "next": null, "previous": null }));
    let setting = system::set(&db, "theme".to_owned(), json!({ "dark": true })).await?;
    assert_eq!(system::setting(&db, "theme").await?.as_ref(), Some(&setting));
    assert_eq!((&json(&setting)["key"], &json(&setting)["value"]), (&json!("theme"), &json!({ "dark": true })));
    let check = json(&system::check_health(&db).await?);
    assert_eq!((&check["component"], &check["status"]), (&json!("database"), &json!("healthy")));
    Ok(())
}

// - [ ] API endpoints function correctly
async fn api_endpoints_function(db: &TestDb) -> Result<()> {
    let db = open(db).await;
    let client = Client::new(&db);

    let (status, health) = client.get("/health").await;
    assert_eq!(
        (status, &health["status"], &health["details"]["dialect"]),
        (200, &json!("healthy"), &json!(db.dialect().name()))
    );
    let (status, provider) =
        client.post("/api/providers", json!({ "name": "one", "base_url": "https://example.org", "probe": "m" })).await;
    assert_eq!((status, &provider["name"]), (201, &json!("one")));
    let (status, listed) = client.get("/api/providers").await;
    assert_eq!((status, &listed[0]["interactions"][0]["request"]), (200, &json!("ping")));

    let (status, setting) = client.put("/api/metadata/theme", json!({ "dark": true })).await;
    assert_eq!((status, &setting["value"]), (200, &json!({ "dark": true })));
    client.put("/api/metadata/theme", json!({ "dark": false })).await;
    assert_eq!(client.get("/api/metadata/theme").await.1["value"], json!({ "dark": false }));

    let new = json!({ "model": "gpt-4", "request": { "prompt": "Hello" }, "provider_id": provider["id"] });
    let (status, row) = client.post("/api/interactions", new).await;
    assert_eq!((status, &row["status"]), (201, &json!("pending")));
    let path = format!("/api/interactions/{}", row["id"]);
    let (status, row) = client.patch(&path, json!({ "response": "Hi", "total_tokens": 10 })).await;
    assert_eq!((status, &row["status"], &row["total_tokens"]), (200, &json!("processed"), &json!(10)));
    let (status, row) = client.get(&path).await;
    assert_eq!((status, &row["provider"]["name"]), (200, &json!("one")));
    assert_eq!(client.post("/api/interactions/process", Json::Null).await, (200, json!({ "changed": 1 })));
    assert_eq!(client.get("/api/interactions?status=pending").await.1["rows"], json!([]));
    assert_eq!(client.delete(&path).await, (204, Json::Null));
    assert_eq!(client.get(&path).await.0, 404);

    let (status, statistics) = client.get("/api/statistics").await;
    assert_eq!((status, &statistics["total"]["interactions"]), (200, &json!(1)));
    follow_cursors(&db, &client).await
}

/// Lists by cursor: on to the end and back, with every row once.
async fn follow_cursors(db: &Db, client: &Client) -> Result<()> {
    let new = |_| NewAiInteraction::builder().model("paged").request(json!({}));
    AiInteraction::insert_many(db, (0..5).map(new)).await?;
    let page = async |cursor: &Json| {
        let cursor = cursor.as_str().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        client.get(&format!("/api/interactions?model=paged&limit=2{cursor}")).await.1
    };
    let first = page(&Json::Null).await;
    let second = page(&first["next"]).await;
    let third = page(&second["next"]).await;
    assert_eq!((&first["previous"], &third["next"]), (&Json::Null, &Json::Null));
    assert_eq!(page(&second["previous"]).await["rows"], first["rows"]);
    let pages = [&first, &second, &third].map(|page| page["rows"].as_array().expect("rows"));
    assert_eq!(pages.map(Vec::len), [2, 2, 1]);
    let ids: std::collections::BTreeSet<_> = pages.into_iter().flatten().map(|row| row["id"].as_i64()).collect();
    assert_eq!(ids.len(), 5);
    Ok(())
}

// - [ ] Statistics and aggregation queries work
async fn statistics_and_aggregation_work(db: &TestDb) -> Result<()> {
    let db = open(db).await;
    let nothing = statistics::all(&db).await?;
    assert_eq!((nothing.total.interactions, nothing.total.average_response_time_ms), (0, None));
    assert!(nothing.models.is_empty() && nothing.days.is_empty() && nothing.paths.is_empty());

    let day = |text: &str| text.parse::<Timestamp>().expect("an instant");
    let row = |model: &str, tokens, taken, at: &str| {
        let new = NewAiInteraction::builder().model(model).request(json!({})).created_at(day(at));
        new.total_tokens(tokens).response_time_ms(taken)
    };
    let rows = [
        row("small", 1, 100, "2026-01-30T23:59:59.999999Z"),
        row("small", 2, 200, "2026-01-31T00:00:00Z").error("overloaded"),
        row("large", 2_000_000_000, 300, "2026-01-31T12:00:00Z"),
        row("large", 2_000_000_000, 401, "2026-01-31T23:00:00Z"),
    ];
    AiInteraction::insert_many(&db, rows).await?;
    Client::new(&db).get("/health").await;
    Client::new(&db).get("/health").await;
    Client::new(&db).get("/api/providers").await;

    let found = statistics::all(&db).await?;
    assert_eq!((found.total.interactions, found.total.errors, found.total.tokens), (4, 1, 4_000_000_003));
    assert_eq!(found.total.average_response_time_ms, Some(Decimal::new(25_025, 2)));
    let p95 = found.total.response_time_ms_p95.expect("there are rows");
    assert!((p95 - 385.85).abs() < 1e-9, "{p95}");
    let models: Vec<_> = found.models.iter().map(|of| (of.model.as_str(), of.interactions, of.tokens)).collect();
    assert_eq!(models, [("large", 2, 4_000_000_000), ("small", 2, 3)]);
    let days: Vec<_> = found.days.iter().map(|of| (of.day, of.interactions)).collect();
    assert_eq!(days, [(day("2026-01-30T00:00:00Z"), 1), (day("2026-01-31T00:00:00Z"), 3)]);
    let paths: Vec<_> = found.paths.iter().map(|of| (of.path.as_str(), of.requests)).collect();
    assert_eq!(paths, [("/health", 2), ("/api/providers", 1)]);
    Ok(())
}

// - [ ] Error handling behaves consistently
async fn error_handling_is_consistent(db: &TestDb) -> Result<()> {
    let db = open(db).await;
    let client = Client::new(&db);
    let id = interactions::record(&db, recorded("m", None)).await?.id;
    providers::add(&db, added("one")).await?;

    let unique = providers::add(&db, added("one")).await;
    assert!(matches!(unique, Err(Error::Unique { model: "AiProvider", .. })), "{unique:?}");
    let absent = interactions::record(&db, recorded("m", Some(0))).await;
    assert!(
        matches!(absent, Err(Error::ForeignKey { model: Some("AiInteraction"), association: Some("provider"), .. })),
        "{absent:?}"
    );
    let negative = interactions::answer(&db, id, answer(-1, None)).await;
    assert!(matches!(negative, Err(Error::Check { field: Some("response_time_ms"), .. })), "{negative:?}");
    let long = interactions::record(&db, recorded(&"m".repeat(101), None)).await;
    assert!(matches!(long, Err(Error::TooLong { field: "model", limit: 100, length: 101, .. })), "{long:?}");
    let gone = interactions::get(&db, 0).await;
    assert!(matches!(gone, Err(Error::NotFound { model: "AiInteraction" })), "{gone:?}");
    let forged = Wanted { cursor: Some(Cursor::from("forged")), ..Wanted::default() };
    let forged = interactions::list(&db, forged).await;
    assert!(matches!(forged, Err(Error::Cursor { model: "AiInteraction" })), "{forged:?}");

    // The same errors as HTTP has them.
    let interaction =
        |model: &str, provider_id: Json| json!({ "model": model, "request": {}, "provider_id": provider_id });
    let provider = json!({ "name": "one", "base_url": "https://example.org" });
    let path = format!("/api/interactions/{id}");
    for ((status, answer), expected) in [
        (client.post("/api/providers", provider).await, (409, "unique")),
        (client.post("/api/interactions", interaction("m", json!(0))).await, (409, "foreign_key")),
        (client.patch(&path, json!({ "total_tokens": -1 })).await, (422, "check")),
        (client.post("/api/interactions", interaction(&"m".repeat(101), Json::Null)).await, (422, "too_long")),
        (client.post("/api/interactions", interaction("\0", Json::Null)).await, (422, "value")),
        (client.get("/api/interactions/0").await, (404, "not_found")),
        (client.get("/api/metadata/absent").await, (404, "not_found")),
        (client.get("/api/interactions?cursor=forged").await, (400, "cursor")),
        (client.get("/api/interactions/seven").await, (400, "request")),
        (client.get("/api/interactions?status=lost").await, (400, "request")),
        (client.post("/api/interactions", json!({ "modle": "m" })).await, (422, "request")),
    ] {
        assert_eq!((status, answer["error"]["kind"].as_str()), (expected.0, Some(expected.1)), "{answer}");
        assert!(answer["error"]["message"].is_string(), "{answer}");
    }
    assert_eq!((AiProvider::query().count(&db).await?, AiInteraction::query().count(&db).await?), (1, 1));
    Ok(())
}

async fn a_lost_database_is_told(db: &TestDb) -> Result<()> {
    let db = open(db).await;
    let client = Client::new(&db);
    db.close().await;
    let (status, answer) = client.get("/health").await;
    assert_eq!((status, &answer["error"]["kind"]), (503, &json!("unavailable")));
    assert_eq!(answer["error"]["message"], json!("the service cannot answer now"));
    Ok(())
}
