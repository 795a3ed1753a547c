//! Medians, and intervals that hold them whatever the distribution.

/// A median and the interval that holds the true one in at least 95 of 100 cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Median {
    /// The middle value.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

impl Median {
    /// The median of some samples, with the interval that their order gives.
    ///
    /// # Panics
    /// There are no samples.
    pub fn of(samples: impl IntoIterator<Item = f64>) -> Self {
        let mut samples: Vec<f64> = samples.into_iter().collect();
        assert!(!samples.is_empty(), "a median needs a sample");
        samples.sort_by(f64::total_cmp);
        let outside = outside(samples.len());
        let value = (samples[(samples.len() - 1) / 2] + samples[samples.len() / 2]) / 2.0;
        Self { value, low: samples[outside], high: samples[samples.len() - 1 - outside] }
    }
}

/// How many of so many sorted samples lie outside the interval on each side.
///
/// The samples below the true median are as many as heads among so many coins. The interval leaves out the largest number
/// that no more heads than come up in at most 2.5 of 100 cases: that of the sign test.
fn outside(samples: usize) -> usize {
    let mut probability = 0.5_f64.powi(i32::try_from(samples).unwrap_or(i32::MAX));
    let mut sum = 0.0;
    for heads in 0..samples {
        sum += probability;
        if sum > 0.025 {
            return heads.saturating_sub(1);
        }
        probability *= (samples - heads) as f64 / (heads + 1) as f64;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_an_odd_and_an_even_number() {
        assert_eq!(Median::of([3.0, 1.0, 2.0]).value, 2.0);
        assert_eq!(Median::of([4.0, 1.0, 3.0, 2.0]).value, 2.5);
        assert_eq!(Median::of([7.0]), Median { value: 7.0, low: 7.0, high: 7.0 });
    }

    /// The numbers are those in the tables of the sign test.
    #[test]
    fn the_interval_is_that_of_the_sign_test() {
        for (samples, left_out) in [(5, 0), (6, 0), (10, 1), (25, 7), (50, 17), (100, 39)] {
            let median = Median::of((1..=samples).map(f64::from));
            let expected = (f64::from(left_out + 1), f64::from(samples - left_out));
            assert_eq!((median.low, median.high), expected, "{samples} samples");
        }
    }
}
