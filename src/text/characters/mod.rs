//! Characters that cannot be seen, were lost, or depend on a declared encoding.
//!
//! Knows characters, bytes and encodings; never words or languages.
pub mod invisible;
pub mod lost;
