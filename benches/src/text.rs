//! Figures and tables as text.

/// Seconds as people say them, with three digits.
pub fn time(seconds: f64) -> String {
    let (value, unit) = match seconds {
        1.0.. => (seconds, "s"),
        1e-3.. => (seconds * 1e3, "ms"),
        _ => (seconds * 1e6, "us"),
    };
    let digits = match value {
        100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    format!("{value:.digits$} {unit}")
}

/// The cells of a table's line; a negative width aligns to the right.
pub fn line<const N: usize>(widths: &[i32; N], cells: [impl AsRef<str>; N]) -> String {
    let cells = widths.iter().zip(&cells).map(|(&width, cell)| {
        let (cell, size) = (cell.as_ref(), width.unsigned_abs() as usize);
        if width < 0 { format!("{cell:>size$}") } else { format!("{cell:<size$}") }
    });
    cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits() {
        let times = [(0.000_005_432, "5.43 us"), (0.0123, "12.3 ms"), (0.290, "290 ms"), (2.0, "2.00 s")];
        for (seconds, expected) in times {
            assert_eq!(time(seconds), expected);
        }
    }

    #[test]
    fn cells_are_aligned() {
        assert_eq!(line(&[4, -4], ["ab", "cd"]), "ab      cd");
    }
}
