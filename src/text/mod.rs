//! Pure text science: knows no Markdown, no files and no rules.
pub mod mojibake;
pub mod repeats;
pub mod shingle;
pub mod slug;
