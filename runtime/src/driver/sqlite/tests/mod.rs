//! Tests of the driver on its own.
