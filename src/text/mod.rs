//! Pure text science: knows no Markdown, no files and no rules.
pub mod bloom;
pub mod corrections;
pub mod dictionary;
pub mod facts;
pub mod figures;
pub mod invisible;
pub mod language;
pub mod locale;
pub mod localized;
pub mod lookup;
pub mod lost;
pub mod names;
pub mod patterns;
pub mod phrase;
pub mod ranges;
pub mod reference;
pub mod repeats;
pub mod shingle;
pub mod similarity;
pub mod slug;
pub mod spelling;
pub mod title;
pub mod tongue;
pub mod untranslated;
pub mod vocabulary;
pub mod words;

pub use recto_mojibake as mojibake;
