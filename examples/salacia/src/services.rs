//! What can be asked for and done, whoever asks: functions over a handle, whose results are fit for JSON.

pub mod interactions;
pub mod providers;
pub mod statistics;
pub mod system;
