//! Names that mean something to Rust, to the runtime or to SQL are names like any other.

use kinds::seedbed::Enumeration;
use kinds::{
    Color, Column, Field, Keyword, KeywordPatch, Legacy, LegacyPatch, NewColumn, NewField, NewKeyword, NewLegacy,
    NewOn, NewQuery, NewRow, NewSet, NewWrite, On, Preset, Query, Row, Set, Word, Write, keyword, legacy, row,
};
use seedbed::Error;
use seedbed_tests::{TestDb, on_both};

use crate::support::open;

on_both!(fields_that_are_keywords_work, columns_and_tables_of_any_name_work);
on_both!(models_that_are_called_like_the_runtime_work, words_that_are_no_identifiers_are_stored);

fn keyword_row(on: i32) -> NewKeyword {
    NewKeyword::builder()
        .r#type("kind")
        .self_(1)
        .r#fn(true)
        .on(on)
        .set(2)
        .draft(3)
        .into_field(4)
        .string("text")
        .vec(5)
        .keyword(6)
        .new_keyword(7)
        .x1(8)
        .x_1(9)
}

async fn fields_that_are_keywords_work(db: &TestDb) {
    let db = open(db).await;
    let first = Keyword::create(&db, keyword_row(1)).await.expect("the row is taken");
    let second = Keyword::create(&db, keyword_row(2).loop_id(first.id).r#match("x").default(3)).await;
    let second = second.expect("the row is taken");
    assert_eq!((second.r#type.as_str(), second.self_, second.crate_, second.default), ("kind", 1, 1, Some(3)));
    assert_eq!(Keyword::find_by_on(&db, 2).await.expect("it is asked"), Some(second.clone()));
    assert_eq!(second.load_loop(&db).await.expect("it is asked"), Some(first));
    let json = serde_json::to_value(&second).expect("a row is JSON");
    assert_eq!((&json["type"], &json["self"], &json["match"]), (&"kind".into(), &1.into(), &"x".into()));
    let patch = KeywordPatch::new().r#type("other").super_(4).r#gen(5).default(None).meta(serde_json::json!([]));
    let changed = second.update(&db, patch).await.expect("the row is there");
    let found =
        Keyword::query().filter(keyword::TYPE.eq("other").and(keyword::SUPER.eq(4)).and(keyword::DEFAULT.is_null()));
    assert_eq!(found.all(&db).await.expect("it is asked"), [changed]);
}

async fn columns_and_tables_of_any_name_work(db: &TestDb) {
    let db = open(db).await;
    let long = "x".repeat(10);
    let new = NewLegacy::builder()
        .select("SELECT")
        .quoted("\"quoted\"")
        .name_that_is_so_long_that_the_name_of_its_index_has_to_be_cut(&long);
    let created = Legacy::create(&db, new.clone()).await.expect("the row is taken");
    let changed = created.update(&db, LegacyPatch::new().spaced(7)).await.expect("the row is there");
    let query = Legacy::query().filter(legacy::SELECT.starts_with("SEL").and(legacy::SPACED.is_in([7])));
    assert_eq!(query.order_by(legacy::QUOTED.desc()).all(&db).await.expect("it is asked"), [changed]);
    let error = Legacy::create(&db, new).await.expect_err("the key is taken");
    let Error::Unique { model, fields, constraint, .. } = error else { panic!("{error:?}") };
    assert_eq!(model, "Legacy");
    assert_eq!(fields, ["name_that_is_so_long_that_the_name_of_its_index_has_to_be_cut"]);
    assert!(constraint.len() <= 63, "{constraint}");
    Legacy::query().filter(legacy::ORDER.eq(0)).limit(1).delete(&db).await.expect("the row is there");
    assert_eq!(Legacy::query().count(&db).await.expect("it is asked"), 0);
}

async fn models_that_are_called_like_the_runtime_work(db: &TestDb) {
    let db = open(db).await;
    let query = Query::create(&db, NewQuery::builder().name("q")).await.expect("the row is taken");
    let column = NewColumn::builder().name("c").column(1).origin_id(query.id);
    let column = Column::create(&db, column).await.expect("the row is taken");
    let field = NewField::builder().name("f").field(1).column_id(column.id);
    let field = Field::create(&db, field).await.expect("the row is taken");
    assert_eq!(field.load_column(&db).await.expect("it is there"), column);
    assert_eq!(field.load_type(&db).await.expect("it is asked"), None);
    assert_eq!(query.query_columns().all(&db).await.expect("it is asked"), [column]);

    let set = Set::create(&db, NewSet::builder().name("s").set(1)).await.expect("the row is taken");
    assert_eq!(Set::query().one(&db).await.expect("there is one"), set);
    let on = On::create(&db, NewOn::builder().on(5)).await.expect("the row is taken");
    assert_eq!(On::get(&db, 5).await.expect("the row is there"), on);
    let created = Row::upsert(&db, row::ROW, NewRow::builder().row(3)).await.expect("the row is taken");
    assert_eq!(Row::find_by_row(&db, 3).await.expect("it is asked"), Some(created));
    let written = Write::create(&db, NewWrite::builder().write(vec![1])).await.expect("the row is taken");
    assert_eq!(written.write, [1]);
}

async fn words_that_are_no_identifiers_are_stored(db: &TestDb) {
    let db = open(db).await;
    for (&word, text) in Word::ALL.iter().zip(["type", "self", "in progress", "50%", "match"]) {
        assert_eq!((word.as_str(), word.to_string(), Word::from_text(text)), (text, text.to_owned(), Some(word)));
        let preset = Preset::create(&db, kinds::NewPreset::builder().word(word)).await.expect("the row is taken");
        assert_eq!(preset.word, word);
        assert_eq!(serde_json::to_value(&preset).expect("it is JSON")["word"], text);
    }
    assert_eq!(Word::from_text("Type"), None);
    assert_eq!(Preset::query().filter(kinds::preset::COLOR.eq(Color::Green)).count(&db).await.expect("it counts"), 5);
}
