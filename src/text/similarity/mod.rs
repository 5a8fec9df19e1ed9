//! How alike two texts are: titles, bodies, names, repeated and near-repeated lines, the words around a place.
//!
//! Knows words and characters; never which language a text is in.
pub mod cognates;
pub mod marks;
pub mod nearest;
pub mod phrase;
pub mod renderings;
pub mod repeats;
pub mod score;
pub mod shingle;
pub mod title;
