//! Tests over whole days.
