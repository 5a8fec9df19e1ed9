//! The programs that make sites of documents, as far as they read Markdown otherwise than CommonMark does.
//!
//! Plain data; knows nothing of how a site is recognised.

/// A program that makes a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generator {
    /// Hugo, which serves a page as a folder, so that links from it start one folder further down.
    Hugo,
    /// Jekyll, which reads Markdown with kramdown.
    Jekyll,
    /// MkDocs, which reads Markdown with Python-Markdown.
    MkDocs,
}

impl Generator {
    /// Returns whether `**` marks emphasis beside any letter or punctuation mark, unlike in CommonMark.
    pub fn has_loose_emphasis(self) -> bool {
        matches!(self, Self::Jekyll | Self::MkDocs)
    }

    /// Returns the names of the files that configure it, in the root folder of a site.
    pub fn configurations(self) -> &'static [&'static str] {
        match self {
            Self::Hugo => &[
                "hugo.toml",
                "hugo.yaml",
                "hugo.yml",
                "hugo.json",
                "config/_default/hugo.toml",
                "config/_default/hugo.yaml",
                "config/_default/config.toml",
                "config/_default/config.yaml",
                "archetypes/default.md",
            ],
            Self::Jekyll => &["_config.yml", "_config.yaml", "_config.toml"],
            Self::MkDocs => &["mkdocs.yml", "mkdocs.yaml"],
        }
    }
}
