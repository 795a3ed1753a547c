//! Aggregates that SQLite lacks, with the arithmetic of PostgreSQL's.

use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::{Connection, Result};

/// Makes them known to a connection.
pub(super) fn register(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_aggregate_function("stddev_samp", 1, flags, Stddev)?;
    connection.create_aggregate_function("percentile_cont", 2, flags, Percentile)
}

/// `stddev_samp(x)`: the standard deviation of a sample.
struct Stddev;

/// Sums by the method of Youngs and Cramer, "Some results relevant to choice of sum and sum-of-product algorithms",
/// Technometrics 13 (1971), which PostgreSQL uses for its `float8` aggregates.
#[derive(Default)]
struct Sums {
    count: f64,
    sum: f64,
    /// The sum of the squared differences from the mean.
    squares: f64,
}

impl Aggregate<Sums, Option<f64>> for Stddev {
    fn init(&self, _: &mut Context<'_>) -> Result<Sums> {
        Ok(Sums::default())
    }

    fn step(&self, context: &mut Context<'_>, sums: &mut Sums) -> Result<()> {
        let Some(value) = context.get::<Option<f64>>(0)? else { return Ok(()) };
        sums.count += 1.0;
        sums.sum += value;
        if sums.count > 1.0 {
            let difference = value * sums.count - sums.sum;
            sums.squares += difference * difference / (sums.count * (sums.count - 1.0));
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, sums: Option<Sums>) -> Result<Option<f64>> {
        let sums = sums.filter(|sums| sums.count > 1.0);
        Ok(sums.map(|sums| (sums.squares / (sums.count - 1.0)).sqrt()))
    }
}

/// `percentile_cont(x, part)`: the value at a part of the sorted values, interpolated between the two nearest.
struct Percentile;

#[derive(Default)]
struct Values {
    values: Vec<f64>,
    part: f64,
}

impl Aggregate<Values, Option<f64>> for Percentile {
    fn init(&self, _: &mut Context<'_>) -> Result<Values> {
        Ok(Values::default())
    }

    fn step(&self, context: &mut Context<'_>, values: &mut Values) -> Result<()> {
        if let Some(value) = context.get::<Option<f64>>(0)? {
            values.part = context.get(1)?;
            values.values.push(value);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, values: Option<Values>) -> Result<Option<f64>> {
        let Some(Values { mut values, part }) = values else { return Ok(None) };
        values.sort_unstable_by(f64::total_cmp);
        let Some(last) = values.len().checked_sub(1) else { return Ok(None) };
        let place = part * last as f64;
        let (below, above) = (values[place.floor() as usize], values[place.ceil() as usize]);
        Ok(Some(if below == above { below } else { below + (place - place.floor()) * (above - below) }))
    }
}
