//! The programs that make sites of documents, as far as they read Markdown otherwise than CommonMark does.
//!
//! Plain data; knows nothing of how a site is recognised.

/// A program that makes a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generator {
    /// Docusaurus, which reads Markdown as MDX, and looks for a linked file in the folders of its content as well.
    Docusaurus,
    /// GitBook, whose anchors have no accents.
    GitBook,
    /// Hugo, which serves a page as a folder, so that links from it start one folder further down.
    Hugo,
    /// Jekyll, which reads Markdown with kramdown.
    Jekyll,
    /// MkDocs, which reads Markdown with Python-Markdown.
    MkDocs,
    /// MyST (mystmd, Jupyter Book and Sphinx), whose links lead to the headings and labels of all pages.
    Myst,
    /// Quarto, which makes files of other formats beside a page, and puts pages into others.
    Quarto,
    /// VitePress or VuePress, which give a heading another anchor than GitHub does.
    VitePress,
}

impl Generator {
    /// All generators; the first that claims a folder is its generator.
    pub const ALL: [Self; 8] = [
        Self::MkDocs,
        Self::Myst,
        Self::Docusaurus,
        Self::VitePress,
        Self::Quarto,
        Self::Hugo,
        Self::GitBook,
        Self::Jekyll,
    ];

    /// Returns whether `**` marks emphasis beside any letter or punctuation mark, unlike in CommonMark.
    pub fn has_loose_emphasis(self) -> bool {
        matches!(self, Self::Jekyll | Self::MkDocs)
    }

    /// Returns the names of the files that configure it, in the root folder of a site.
    pub fn configurations(self) -> &'static [&'static str] {
        match self {
            Self::Docusaurus => &[
                "docusaurus.config.js",
                "docusaurus.config.ts",
                "docusaurus.config.mjs",
                "docusaurus.config.cjs",
                "docusaurus.config.mts",
            ],
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
            Self::GitBook => &[".gitbook.yaml", ".gitbook.yml"],
            Self::Jekyll => &["_config.yml", "_config.yaml", "_config.toml"],
            Self::MkDocs => &["mkdocs.yml", "mkdocs.yaml"],
            // Jupyter Book has `_config.yml` as well; Sphinx, with `conf.py`, reads Markdown as MyST.
            Self::Myst => &["myst.yml", "myst.yaml", "_toc.yml", "conf.py"],
            Self::Quarto => &["_quarto.yml", "_quarto.yaml"],
            Self::VitePress => &[
                ".vitepress/config.js",
                ".vitepress/config.ts",
                ".vitepress/config.mjs",
                ".vitepress/config.mts",
                ".vitepress/config/index.js",
                ".vitepress/config/index.ts",
                ".vitepress/config/index.mts",
                ".vuepress/config.js",
                ".vuepress/config.ts",
            ],
        }
    }

    /// Returns the names of files and folders that configure it, but other programs as well: they count only beside one of
    /// its [`Self::folders`].
    pub fn common_configurations(self) -> &'static [&'static str] {
        match self {
            Self::Hugo => &["config.toml", "config.yaml", "config.yml", "config.json", "config/_default"],
            _ => &[],
        }
    }

    /// Returns the folders that a site has beside its configuration, the first of them always.
    pub fn folders(self) -> &'static [&'static str] {
        match self {
            Self::Hugo => &["content", "archetypes", "layouts", "themes"],
            _ => &[],
        }
    }
}
