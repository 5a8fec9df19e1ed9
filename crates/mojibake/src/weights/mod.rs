//! Weights that several modules share, in decinats.
//!
//! Never knows what they weigh.

/// Negative logarithm of a probability, in decinats (tenths of a nat).
pub(crate) type Cost = i32;

/// Cost of a decoding with letters that the language of its line does not have, if there is another decoding, in
/// decinats (a guess).
pub(crate) const UNWRITTEN: Cost = 60;

/// Maximum surprisal of a step, in decinats.
pub(crate) const MOST: Cost = 200;
/// Maximum surprisal of a step between a Greek or Cyrillic letter and an ASCII character other than a letter, in decinats,
/// in the prefilter, if the line has no other surprise: headings end without a full stop, and words touch digits, brackets and signs, in ways that few texts
/// of the model have, but a wrong letter is surprising on both of its sides.
pub(crate) const MOST_BESIDE: Cost = 95;
