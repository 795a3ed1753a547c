//! The lengths that tuples have: a trait of tuples is implemented by a macro, called once for each length.

/// Calls a macro with the members of each tuple from two on, `K0 0, K1 1` and so on: up to
/// [`seedbed_schema::MAX_KEY_FIELDS`] for keys, and up to twelve, as the standard library has them, for everything else.
macro_rules! for_each_tuple {
    ($implement:ident of keys) => {
        for_each_tuple!(
            $implement,
            [K0 0] K1 1, K2 2, K3 3, K4 4, K5 5, K6 6, K7 7, K8 8, K9 9, K10 10, K11 11, K12 12, K13 13, K14 14, K15 15
        );
    };
    ($implement:ident) => {
        for_each_tuple!($implement, [K0 0] K1 1, K2 2, K3 3, K4 4, K5 5, K6 6, K7 7, K8 8, K9 9, K10 10, K11 11);
    };
    ($implement:ident, [$($members:tt)+]) => {};
    ($implement:ident, [$($members:tt)+] $name:ident $at:tt $(, $rest:ident $rest_at:tt)*) => {
        $implement!($($members)+, $name $at);
        for_each_tuple!($implement, [$($members)+, $name $at] $($rest $rest_at),*);
    };
}

pub(crate) use for_each_tuple;
