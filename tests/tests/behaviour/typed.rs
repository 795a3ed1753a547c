//! JSON with a Rust type: what is written is what is read, members that no type names are kept, and what cannot be read
//! as the type says so.

use kinds::seedbed::{Json, Typed, Uuid};
use kinds::{Color, Desktop, DesktopPatch, NewDesktop, Preferences, Window, desktop};
use seedbed::{Db, Error};
use seedbed_tests::{TestDb, on_both};
use serde_json::{Number, json};

use crate::support::{decimal, execute, instant, open};

on_both!(a_document_comes_back_as_its_type, a_default_is_a_document, null_is_no_document);
on_both!(members_that_are_not_named_are_kept, a_document_serialises_as_itself, documents_are_compared_by_value);
on_both!(a_patch_sets_a_document, what_another_program_wrote_is_an_error, what_json_cannot_hold_is_refused);
on_both!(a_document_is_filtered_by, a_document_is_selected);

fn window(width: i32) -> Window {
    Window { id: Uuid::from_u128(7), width, height: 3, extra: Default::default() }
}

fn preferences() -> Preferences {
    Preferences {
        theme: Color::Blue,
        page_size: 50,
        locale: Some("de".to_owned()),
        budget: Some(decimal("0.1234567890123456789")),
        ratio: 1e17,
        since: Some(instant("2026-01-31T10:20:30.123456Z")),
        keywords: vec!["a\"b".to_owned(), String::new()],
        window: Some(window(1)),
        windows: vec![window(2), window(3)],
        r#type: Some("t".to_owned()),
        extra: Some(json!({ "deep": [9_007_199_254_740_993_i64] })),
        extra_: Default::default(),
    }
}

async fn create(db: &Db, new: NewDesktop) -> Desktop {
    let created = Desktop::create(db, new).await.expect("the row is taken");
    let found = Desktop::get(db, created.id).await.expect("the row is there");
    assert_eq!(created, found);
    found
}

async fn a_document_comes_back_as_its_type(db: &TestDb) {
    let db = open(db).await;
    let windows = vec![window(4), window(5)];
    let new = NewDesktop::builder().preferences(preferences()).windows(windows.clone()).elsewhere(Number::from(7));
    let row = create(&db, new).await;
    assert_eq!(row.preferences.get().expect("it is one"), preferences());
    assert_eq!(row.windows.get().expect("they are some"), windows);
    assert_eq!(row.elsewhere.expect("it is there").get().expect("it is one"), Number::from(7));
}

async fn a_default_is_a_document(db: &TestDb) {
    let db = open(db).await;
    let row = create(&db, NewDesktop::builder()).await;
    assert_eq!(row.preferences.json().expect("it is JSON"), json!({}));
    let read = row.preferences.get().expect("every member has a default");
    assert_eq!(read, Preferences::default());
    assert_eq!((read.theme, read.page_size, read.ratio), (Color::Green, 20, 0.5));
    assert_eq!(row.windows.get().expect("there are none"), []);
}

async fn null_is_no_document(db: &TestDb) {
    let db = open(db).await;
    let row = create(&db, NewDesktop::builder().draft(None)).await;
    assert_eq!((row.draft, row.window), (None, None));
    let row = create(&db, NewDesktop::builder().draft(preferences())).await;
    let found = Desktop::query().filter(desktop::DRAFT.is_not_null()).all(&db).await.expect("it is asked");
    assert_eq!(found, [row]);
}

async fn members_that_are_not_named_are_kept(db: &TestDb) {
    let db = open(db).await;
    let mut given = preferences();
    given.extra_.insert("colour".to_owned(), json!([1, 2.5, null]));
    let row = create(&db, NewDesktop::builder().preferences(given.clone())).await;
    let read = row.preferences.get().expect("it is one");
    assert_eq!(read, given);
    let row = row.update(&db, DesktopPatch::new().preferences(read)).await.expect("it is there");
    assert_eq!(row.preferences.json().expect("it is JSON")["colour"], json!([1, 2.5, null]));
}

async fn a_document_serialises_as_itself(db: &TestDb) {
    let db = open(db).await;
    let row = create(&db, NewDesktop::builder().window(window(6))).await;
    let tree = serde_json::to_value(&row).expect("it has a form in JSON");
    let id = Uuid::from_u128(7).to_string();
    assert_eq!(tree["window"], json!({ "id": id, "width": 6, "height": 3 }));
    assert_eq!((&tree["preferences"], &tree["draft"]), (&json!({}), &Json::Null));
}

async fn documents_are_compared_by_value(db: &TestDb) {
    let db = open(db).await;
    let row = create(&db, NewDesktop::builder().preferences(preferences())).await;
    assert_eq!(row.preferences, Typed::from(preferences()), "whatever order and blanks the database gives it");
    assert_ne!(row.preferences, Typed::from(Preferences::default()));
}

async fn a_patch_sets_a_document(db: &TestDb) {
    let db = open(db).await;
    let row = create(&db, NewDesktop::builder().window(window(1))).await;
    let row = row.update(&db, DesktopPatch::new().window(window(2))).await.expect("it is there");
    assert_eq!(row.window.as_ref().expect("it is there").get().expect("it is one").width, 2);
    let kept = row.window.clone();
    let row = row.update(&db, DesktopPatch::new().draft(preferences()).window(kept)).await.expect("it is there");
    assert_eq!(row.window.as_ref().expect("it is there").get().expect("it is one").width, 2);
    let row = row.update(&db, DesktopPatch::new().window(None)).await.expect("it is there");
    assert_eq!(row.window, None);
}

async fn what_another_program_wrote_is_an_error(db: &TestDb) {
    let db = open(db).await;
    let row = create(&db, NewDesktop::builder().window(window(1))).await;
    execute(&db, r#"UPDATE desktops SET "window" = '{"id": 1, "width": "wide"}'"#).await;
    let found = Desktop::get(&db, row.id).await.expect("the row is read all the same");
    let document = found.window.expect("it is there");
    let error = document.get().expect_err("it is none");
    assert!(matches!(error, Error::Document { .. }), "{error:?}");
    assert!(error.to_string().contains("Window"), "{error}");
    assert_eq!(document.json().expect("it is JSON")["width"], "wide");
}

async fn what_json_cannot_hold_is_refused(db: &TestDb) {
    let db = open(db).await;
    let unfit = Preferences { ratio: f64::NAN, ..Preferences::default() };
    let error = Desktop::create(&db, NewDesktop::builder().preferences(unfit)).await.expect_err("it is refused");
    assert!(matches!(error, Error::Value { model: "Desktop", field: "preferences", .. }), "{error:?}");
    let nul = Preferences { locale: Some("a\0".to_owned()), ..Preferences::default() };
    let error = Desktop::create(&db, NewDesktop::builder().preferences(nul)).await.expect_err("it is refused");
    assert!(matches!(error, Error::Value { field: "preferences", .. }), "{error:?}");
    assert_eq!(Desktop::query().count(&db).await.expect("it is asked"), 0);
}

async fn a_document_is_filtered_by(db: &TestDb) {
    let db = open(db).await;
    let first = create(&db, NewDesktop::builder()).await;
    create(&db, NewDesktop::builder().preferences(preferences())).await;
    let empty = Typed::from(Preferences::default());
    assert_ne!(first.preferences, empty, "the default is `{{}}`, and its members are filled in when it is read");
    let found = Desktop::query().filter(desktop::PREFERENCES.eq(first.preferences.clone())).all(&db).await;
    assert_eq!(found.expect("it is asked"), [first]);
}

async fn a_document_is_selected(db: &TestDb) {
    let db = open(db).await;
    create(&db, NewDesktop::builder().window(window(8))).await;
    let selected = Desktop::query().select((desktop::ID, desktop::WINDOW)).all(&db).await.expect("it is asked");
    let [(_, Some(document))] = selected.as_slice() else { panic!("one row with a window: {selected:?}") };
    assert_eq!(document.get().expect("it is one"), window(8));
}
