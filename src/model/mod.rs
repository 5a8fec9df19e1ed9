//! The nouns of recto: file, document, item, finding, fix.
//!
//! Plain data with the arithmetic that belongs to it. May use `text`; knows nothing of parsing, rules, settings or the
//! disk.

pub mod alignment;
pub mod anchors;
pub mod branches;
pub mod collection;
pub mod document;
pub mod edit;
pub mod english;
pub mod extraction;
pub mod finding;
pub mod fingerprint;
pub mod front_matter;
pub mod html_titles;
pub mod id;
pub mod in_files;
pub mod item;
pub mod kept_names;
pub mod language_place;
pub mod line_fingerprint;
pub mod navigation;
pub mod renamed;
pub mod rows;
pub mod site;
pub mod source;
pub mod span;
pub mod target;
pub mod version_pair;
pub mod work;
