//! Files: discovery, loading, and decoding of their bytes into text.
//!
//! May use `model` and `text`; knows no Markdown and no rules. `decode` is pure.

pub mod containers;
pub mod decode;
#[cfg(feature = "cli")]
pub mod discover;
#[cfg(feature = "cli")]
mod ignore_files;
#[cfg(feature = "cli")]
pub mod left_out;
pub mod load;
#[cfg(feature = "cli")]
pub mod mentions;
#[cfg(feature = "cli")]
pub mod reuse;
#[cfg(feature = "cli")]
pub mod surroundings;
#[cfg(feature = "cli")]
mod walk;
