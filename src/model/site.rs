//! The programs that make sites of documents, as far as they read Markdown otherwise than CommonMark does.
//!
//! Plain data; knows nothing of how a site is recognised.

/// A program that makes a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generator {
    /// Jekyll, which reads Markdown with kramdown.
    Jekyll,
    /// MkDocs, which reads Markdown with Python-Markdown.
    MkDocs,
}

impl Generator {
    /// Returns the names of the files that configure it, in the root folder of a site.
    pub fn configurations(self) -> &'static [&'static str] {
        match self {
            Self::Jekyll => &["_config.yml", "_config.yaml", "_config.toml"],
            Self::MkDocs => &["mkdocs.yml", "mkdocs.yaml"],
        }
    }
}
