//! Weights that several modules share, in decinats.
//!
//! Knows nothing of what they weigh.

use super::model::Cost;

/// Cost of a decoding with letters that the language of its line does not have, if there is another decoding, in
/// decinats (a guess).
pub(super) const UNWRITTEN: Cost = 60;
