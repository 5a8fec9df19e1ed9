//! The decision: which candidates of a document are taken, which are only reported, and which are deferred.
//!
//! Never knows bytes of files, and makes no candidate of its own.

pub(crate) mod agreement;
pub(crate) mod chance;
pub(crate) mod contest;
pub(crate) mod document;
pub(crate) mod made_up;
pub(crate) mod nonsense;
pub(crate) mod residue;
pub(crate) mod unsearched;
