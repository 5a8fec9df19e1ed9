//! Encodings: the characters of bytes and the bytes of characters, chains of mis-decodings, and the two other ways in
//! which a character is written, as double mojibake and as a character reference.
//!
//! Never knows spans, languages or plausibility.

pub(crate) mod bytes;
pub(crate) mod codepage;
pub(crate) mod double;
pub(crate) mod entities;
pub(crate) mod recipe;
pub(crate) mod reencode;
pub(crate) mod tables;
