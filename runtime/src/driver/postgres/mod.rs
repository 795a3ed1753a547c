//! PostgreSQL: connections of sqlx in a pool of ours.
