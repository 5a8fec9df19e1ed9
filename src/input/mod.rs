//! Files: discovery, loading, and decoding of their bytes into text.
//!
//! May use `model` and `text`; knows no Markdown and no rules. `decode` is pure.

pub mod decode;
pub mod discover;
mod ignore_files;
pub mod left_out;
pub mod load;
pub mod surroundings;
mod walk;
