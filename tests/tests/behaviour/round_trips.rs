//! What is written is what is read: every type, at its edges, and NULL.

use kinds::seedbed::{Json, Uuid};
use kinds::{Color, Kind, MaybeKind, NewMaybeKind};
use seedbed::Db;
use seedbed_tests::{TestDb, on_both};
use serde_json::json;

use crate::support::{date, decimal, instant, kind, maybe, open, time};

on_both!(a_row_of_every_type_comes_back, null_in_every_field_comes_back);
on_both!(integers_keep_their_edges, floats_keep_every_bit, zero_has_no_sign, decimals_keep_every_digit);
on_both!(texts_keep_every_character, json_keeps_its_numbers, json_null_is_not_null, bytes_keep_every_byte);
on_both!(times_keep_their_microseconds, years_go_from_1_to_9999, finer_times_are_cut, leap_seconds_are_taken);
on_both!(uuids_and_enums_come_back);

/// Writes a row and reads it back twice: as the insert returns it, and as a query finds it.
async fn write(db: &Db, new: NewMaybeKind) -> MaybeKind {
    let created = MaybeKind::create(db, new).await.expect("the row is taken");
    let found = MaybeKind::get(db, created.id).await.expect("the row is there");
    assert_eq!(created, found);
    found
}

async fn a_row_of_every_type_comes_back(db: &TestDb) {
    let db = open(db).await;
    let created = Kind::create(&db, kind()).await.expect("the row is taken");
    let expected = Kind {
        id: created.id,
        flag: true,
        small: 7,
        whole: 70,
        big: 700,
        single: 0.5,
        double: 0.25,
        price: decimal("12.5"),
        integral: decimal("18"),
        fine: decimal("0.5"),
        short: "short".to_owned(),
        body: "body".to_owned(),
        token: Uuid::from_u128(7),
        code: "code".to_owned(),
        day: date("2026-01-31"),
        clock: time("10:20:30"),
        moment: instant("2026-01-31T10:20:30Z"),
        data: json!({ "a": [1, 2] }),
        raw: b"raw".to_vec(),
        color: Color::Green,
    };
    assert_eq!(created, expected);
    assert_eq!(Kind::get(&db, created.id).await.expect("the row is there"), expected);
}

async fn null_in_every_field_comes_back(db: &TestDb) {
    let db = open(db).await;
    let left_out = write(&db, maybe()).await;
    let said = maybe()
        .flag(None)
        .small(None)
        .whole(None)
        .big(None)
        .single(None)
        .double(None)
        .price(None)
        .integral(None)
        .fine(None)
        .short(None)
        .body(None)
        .token(None)
        .code(None)
        .day(None)
        .clock(None)
        .moment(None)
        .data(None)
        .raw(None)
        .color(None);
    let said = write(&db, said).await;
    assert_eq!(MaybeKind { id: left_out.id, ..said }, left_out);
    let MaybeKind { flag, small, single, price, short, token, day, moment, data, raw, color, .. } = left_out;
    assert_eq!((flag, small, single, price, short, token), (None, None, None, None, None, None));
    assert_eq!((day, moment, data, raw, color), (None, None, None, None, None));
}

async fn integers_keep_their_edges(db: &TestDb) {
    let db = open(db).await;
    for (small, whole, big) in
        [(i16::MIN, i32::MIN, i64::MIN), (i16::MAX, i32::MAX, i64::MAX), (0, 0, 0), (-1, -1, -1), (1, 1, (1 << 53) + 1)]
    {
        let row = write(&db, maybe().small(small).whole(whole).big(big)).await;
        assert_eq!((row.small, row.whole, row.big), (Some(small), Some(whole), Some(big)));
    }
}

async fn floats_keep_every_bit(db: &TestDb) {
    let db = open(db).await;
    let doubles = [f64::MIN, f64::MAX, f64::MIN_POSITIVE, 5e-324, 0.1, 1.0 / 3.0, 0.0, 1e100, 9_007_199_254_740_993.0];
    for double in doubles {
        let row = write(&db, maybe().double(double)).await;
        assert_eq!(row.double.map(f64::to_bits), Some(double.to_bits()), "{double:e}");
    }
    for single in [f32::MIN, f32::MAX, f32::MIN_POSITIVE, 1e-45, 0.1, 1.0 / 3.0, 0.0, 16_777_217.0] {
        let row = write(&db, maybe().single(single)).await;
        assert_eq!(row.single.map(f32::to_bits), Some(single.to_bits()), "{single:e}");
    }
}

/// SQLite keeps a whole number as an integer inside its file, and an integer has no negative zero.
async fn zero_has_no_sign(db: &TestDb) {
    let db = open(db).await;
    let row = write(&db, maybe().single(-0.0).double(-0.0)).await;
    assert_eq!((row.single.map(f32::to_bits), row.double.map(f64::to_bits)), (Some(0), Some(0)));
}

async fn decimals_keep_every_digit(db: &TestDb) {
    let db = open(db).await;
    for (price, integral, fine) in [
        ("999999.999999", "999999999999999999", "0.999999999999999999"),
        ("-999999.999999", "-999999999999999999", "-0.999999999999999999"),
        ("0.000001", "1", "0.000000000000000001"),
        ("0", "0", "0"),
        ("1.10", "123456789012345678", "0.123456789012345678"),
    ] {
        let (price, integral, fine) = (decimal(price), decimal(integral), decimal(fine));
        let row = write(&db, maybe().price(price).integral(integral).fine(fine)).await;
        assert_eq!((row.price, row.integral, row.fine), (Some(price), Some(integral), Some(fine)));
        let scales = [row.price, row.integral, row.fine].map(|number| number.map(|number| number.scale()));
        assert_eq!(scales, [Some(6), Some(0), Some(18)], "a decimal shows the digits that its column keeps");
    }
}

async fn texts_keep_every_character(db: &TestDb) {
    let db = open(db).await;
    let every_plane: String = (1..=0x10_ffff_u32).step_by(997).filter_map(char::from_u32).collect();
    let texts = [
        "",
        " ",
        "null",
        "NULL",
        "0",
        "007",
        "a\nb\r\nc\td",
        "'; DROP TABLE kinds; --",
        "\\ % _ * ? [a]",
        "$1 ? :name @x",
        "e\u{301} \u{e9} ß ſ İ ı",
        "日本語 🦀🏳️‍🌈 \u{10ffff}",
        "\u{feff}bom \u{200b} \u{1} \u{7f}",
        &every_plane,
    ];
    for text in texts {
        let row = write(&db, maybe().body(text).code(text)).await;
        assert_eq!((row.body.as_deref(), row.code.as_deref()), (Some(text), Some(text)));
    }
    let long = "ä🦀".repeat(500_000);
    assert_eq!(write(&db, maybe().body(&long)).await.body, Some(long));
    let full = "🦀".repeat(10);
    assert_eq!(write(&db, maybe().short(&full)).await.short, Some(full), "a limit counts characters, not bytes");
}

async fn json_keeps_its_numbers(db: &TestDb) {
    let db = open(db).await;
    let deep = (0..100).fold(json!("deepest"), |inner, _| json!([inner]));
    let bits = (0..2_000_u64).map(|at| at.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29));
    let floats: Json = bits.map(f64::from_bits).filter(|float| float.is_finite()).collect();
    let many: Json = (0..20_000).map(|at| json!({ "at": at, "text": "ä\"\\\n🦀" })).collect();
    let documents = [
        json!({ "max": i64::MAX, "min": i64::MIN, "unsigned": u64::MAX, "exact": 9_007_199_254_740_993_i64 }),
        json!([
            0.1,
            1.0,
            -0.5,
            1.5e300,
            5e-324,
            0.30000000000000004,
            1.7976931348623157e308,
            100_000_000_000_000_000_000.0
        ]),
        json!([
            f64::from_bits(0x4340_0000_0000_0001),
            2.2250738585072014e-308,
            7.205759403792793e16,
            std::f64::consts::PI
        ]),
        json!({ "": "", " ": null, "nested": { "b": 1, "a": [true, false, null, [], {}] } }),
        json!({ "\u{1}\"\\\u{7f}": "é\u{301}🦀\u{10ffff}" }),
        json!("text"),
        json!(7),
        json!(true),
        json!([]),
        json!({}),
        deep,
        floats,
        many,
    ];
    for document in documents {
        let row = write(&db, maybe().data(document.clone())).await;
        assert_eq!(row.data, Some(document));
    }
}

async fn json_null_is_not_null(db: &TestDb) {
    let db = open(db).await;
    let row = write(&db, maybe().data(Json::Null)).await;
    assert_eq!(row.data, Some(Json::Null), "JSON's null is a document");
    assert_eq!(write(&db, maybe().data(None)).await.data, None);
    let given = MaybeKind::query().filter(kinds::maybe_kind::DATA.is_not_null()).count(&db).await;
    assert_eq!(given.expect("it counts"), 1);
}

async fn bytes_keep_every_byte(db: &TestDb) {
    let db = open(db).await;
    let every: Vec<u8> = (0..=255).collect();
    for bytes in [Vec::new(), vec![0], every.clone(), every.repeat(10_000)] {
        assert_eq!(write(&db, maybe().raw(bytes.clone())).await.raw, Some(bytes));
    }
}

async fn times_keep_their_microseconds(db: &TestDb) {
    let db = open(db).await;
    for (moment, clock) in [
        ("2026-01-31T10:20:30.123456Z", "10:20:30.123456"),
        ("1969-12-31T23:59:59.999999Z", "23:59:59.999999"),
        ("1970-01-01T00:00:00.000001Z", "00:00:00.000001"),
        ("1999-12-31T23:59:59.000001Z", "00:00:00"),
        ("2000-01-01T00:00:00Z", "12:00:00.1"),
    ] {
        let row = write(&db, maybe().moment(instant(moment)).clock(time(clock))).await;
        assert_eq!((row.moment, row.clock), (Some(instant(moment)), Some(time(clock))));
    }
}

async fn years_go_from_1_to_9999(db: &TestDb) {
    let db = open(db).await;
    for (moment, day) in [
        ("0001-01-01T00:00:00Z", "0001-01-01"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31"),
        ("0999-03-01T00:00:00.000001Z", "1000-02-28"),
        ("1582-10-10T00:00:00Z", "1582-10-15"),
        ("2024-02-29T00:00:00Z", "2024-02-29"),
    ] {
        let row = write(&db, maybe().moment(instant(moment)).day(date(day))).await;
        assert_eq!((row.moment, row.day), (Some(instant(moment)), Some(date(day))));
    }
}

/// Cut, not rounded, also before 1970 and before 2000, where the databases count down.
async fn finer_times_are_cut(db: &TestDb) {
    let db = open(db).await;
    for (given, kept) in [
        ("2026-01-31T10:20:30.123456999Z", "2026-01-31T10:20:30.123456Z"),
        ("1999-12-31T23:59:59.999999999Z", "1999-12-31T23:59:59.999999Z"),
        ("1960-01-01T00:00:00.000000999Z", "1960-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00.000000001Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999Z"),
    ] {
        assert_eq!(write(&db, maybe().moment(instant(given))).await.moment, Some(instant(kept)), "{given}");
    }
    let row = write(&db, maybe().clock(time("23:59:59.999999999"))).await;
    assert_eq!(row.clock, Some(time("23:59:59.999999")));
}

async fn leap_seconds_are_taken(db: &TestDb) {
    let db = open(db).await;
    let row = write(&db, maybe().moment(instant("2016-12-31T23:59:60Z")).clock(time("23:59:60.5"))).await;
    assert_eq!(row.moment, Some(instant("2017-01-01T00:00:00Z")), "the second after it, as PostgreSQL has it");
    assert_eq!(row.clock, Some(time("23:59:59.999999")), "a time of day has no second after it");
}

async fn uuids_and_enums_come_back(db: &TestDb) {
    let db = open(db).await;
    for token in [Uuid::nil(), Uuid::max(), Uuid::from_u128(0xABCD_EF00_0000_4000_8000_0000_0000_0001)] {
        assert_eq!(write(&db, maybe().token(token)).await.token, Some(token));
    }
    for &color in Color::ALL {
        assert_eq!(write(&db, maybe().color(color)).await.color, Some(color));
    }
}
