//! Detection: the lines that may hold mojibake, cues of damage, candidate regions with their priors, and examples.
//!
//! Never knows repairs of lost bytes, and decides nothing.

pub(crate) mod credit;
pub(crate) mod cues;
pub(crate) mod examples;
pub(crate) mod leads;
pub(crate) mod sites;
