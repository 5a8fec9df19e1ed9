//! Pure text science: knows no Markdown, no files and no rules.
pub mod mojibake;
