//! Our reader of CSV beside another's: what both take, they take alike.

use proptest::prelude::*;
use seedbed_schema::csv::{Parser, Record};

/// A cell with what makes CSV hard.
fn cell() -> impl Strategy<Value = String> {
    let letters = prop::sample::select(vec!["a", "é", "😀", ",", "\"", "\n", "\r\n", "\r", " ", "\t", "null", "\\"]);
    prop::collection::vec(letters, 0..6).prop_map(|letters| letters.concat())
}

fn ours(bytes: &[u8], piece: usize) -> Vec<Vec<String>> {
    let (mut parser, mut records) = (Parser::new(), Vec::<Record>::new());
    for chunk in bytes.chunks(piece) {
        parser.feed(chunk, &mut records).expect("it is CSV");
    }
    parser.finish(&mut records).expect("it is whole");
    records.into_iter().map(|record| record.cells.into_iter().map(|cell| cell.text).collect()).collect()
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        width in 1_usize..4,
        cells in prop::collection::vec(cell(), 0..24),
        crlf in any::<bool>(),
        always in any::<bool>(),
        piece in 1_usize..9,
    ) {
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let end = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().quote_style(style).terminator(end).from_writer(Vec::new());
        let records: Vec<Vec<String>> = cells.chunks_exact(width).map(<[String]>::to_vec).collect();
        for record in &records {
            writer.write_record(record).expect("memory takes it");
        }
        let bytes = writer.into_inner().expect("memory takes it");
        prop_assert_eq!(&ours(&bytes, piece), &records);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
        let theirs: Vec<Vec<String>> = reader
            .records()
            .map(|record| record.expect("it is CSV").iter().map(str::to_owned).collect())
            .collect();
        prop_assert_eq!(ours(&bytes, piece), theirs);
    }
}
