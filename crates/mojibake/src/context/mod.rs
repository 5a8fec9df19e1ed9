//! Knowledge of a damaged region beside the region itself: the text around it, its line and its document.
//!
//! Never knows candidates, and decides nothing.

pub(crate) mod around;
pub(crate) mod evidence;
