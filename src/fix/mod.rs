//! Fixes: choosing edits that can be applied together, splicing them, and writing files.
//!
//! May use the model only. `write` is the only module of recto that writes a file.

pub mod plan;
pub mod splice;
#[cfg(feature = "cli")]
pub mod write;
