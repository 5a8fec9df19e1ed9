//! A value for each of two versions that are compared.
//!
//! Knows nothing of the versions.

/// A value for each of two versions: the base version, which the other is compared with, and the derived version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VersionPair<T> {
    /// The value of the base version, which has the greater authority.
    pub base: T,
    /// The value of the derived version.
    pub derived: T,
}
