//! Results that are computed on first use: the language of a document, its mojibake, its units; and whether a computation
//! failed.
//!
//! The caches are private, so that no other room can fill or reset one.

use std::sync::OnceLock;

use super::markdown::BlockKind;
use super::units::OtherUnits;
use super::{Dialect, Document};
use crate::model::branches::Branches;
use crate::model::id::BlockId;
use crate::model::span::Span;
use crate::text::english::marked_words::MarkedWords;
use crate::text::language::{Language, code_of, language_of, locale_tag};
use crate::text::mojibake::{self, Mojibake};

/// Results that are kept for the next call.
#[derive(Debug, Clone, Default)]
pub(super) struct Caches {
    language: OnceLock<Language>,
    language_code: OnceLock<Option<&'static str>>,
    mojibake: OnceLock<Vec<Mojibake>>,
    other_units: OnceLock<OtherUnits>,
    /// Set if a computation over this document panicked.
    failed: OnceLock<()>,
    marked_words: OnceLock<MarkedWords>,
    has_parts: OnceLock<bool>,
    dialect: OnceLock<Dialect>,
    branches: OnceLock<Branches>,
}

impl Document {
    /// Records that a computation over this document panicked, which is a defect of recto.
    pub fn set_failed(&self) {
        self.caches.failed.get_or_init(|| ());
    }

    /// Returns whether a computation over this document panicked.
    pub fn has_failed(&self) -> bool {
        self.caches.failed.get().is_some()
    }

    /// Returns the dialect: MDX by the name of the file, or because the document imports modules.
    pub fn dialect(&self) -> Dialect {
        *self.caches.dialect.get_or_init(|| {
            let is_named = self.source.path().extension().is_some_and(|extension| extension == "mdx");
            if is_named || has_import(self.text()) { Dialect::Mdx } else { Dialect::CommonMark }
        })
    }

    /// Returns the branches of the conditions that a template has between blocks.
    pub fn branches(&self) -> &Branches {
        self.caches.branches.get_or_init(|| Branches::of(self.text(), |at| self.is_in_code_block(at)))
    }

    /// Returns whether the document is MDX, which holds code between its Markdown.
    pub fn is_mdx(&self) -> bool {
        self.dialect() == Dialect::Mdx
    }

    /// Returns the language of the prose as a whole.
    pub fn language(&self) -> Language {
        *self.caches.language.get_or_init(|| match self.stated_language() {
            Some(code)
                if code.split(['-', '_', '@', '.']).next().is_some_and(|code| code.eq_ignore_ascii_case("en")) =>
            {
                Language::English
            }
            Some(_) => Language::Other,
            None => language_of(self.prose.text()),
        })
    }

    /// Returns the language that the file itself states for its texts, as a catalogue of translations does.
    pub fn stated_language(&self) -> Option<&str> {
        self.source.extraction()?.language()
    }

    /// Returns the code of the language that its path names: "de" for `docs/de/pump.md`.
    pub fn language_of_path(&self) -> Option<String> {
        locale_tag::named(self.source.display()).map(|found| found.code)
    }

    /// Returns the code of the language of its paragraphs; `None` if too little tells. Lists and tables hold titles and
    /// names, in whatever language these are, so they are not read.
    pub fn language_code(&self) -> Option<&'static str> {
        /// Length of the prose that says in which language a document is, in bytes (a guess: some 300 words).
        const SAMPLE: usize = 2000;
        *self.caches.language_code.get_or_init(|| {
            let mut sample = String::new();
            for block in self.prose.blocks.iter().filter(|block| self.is_running(block.block)) {
                sample.push_str(self.prose.text_of(block));
                sample.push('\n');
                if sample.len() > SAMPLE {
                    break;
                }
            }
            code_of(&sample)
        })
    }

    /// Returns whether the prose of a block is running text: no heading, no entry of a list and no cell.
    pub fn is_running(&self, block: BlockId) -> bool {
        let mut next = Some(block);
        while let Some(at) = next {
            if matches!(self[at].kind, BlockKind::ListItem | BlockKind::TableCell | BlockKind::Heading(_)) {
                return false;
            }
            next = self[at].parent;
        }
        true
    }

    /// Returns the words of the prose that a rule may have something to say about, if they are English.
    pub fn marked_words(&self) -> &MarkedWords {
        self.caches.marked_words.get_or_init(|| {
            let blocks = self.prose.blocks.iter().map(|block| block.range.start as usize..block.range.end as usize);
            MarkedWords::of(self.prose.text(), blocks)
        })
    }

    /// Returns the mojibake of the text: sorted, disjoint spans.
    pub fn mojibake(&self) -> &[Mojibake] {
        self.caches.mojibake.get_or_init(|| self.scanned(&mut mojibake::Scanner::default()))
    }

    /// Computes the mojibake of the text by a scanner, which remembers what it has seen in other documents.
    pub fn scan_mojibake(&self, scanner: &mut mojibake::Scanner) {
        self.caches.mojibake.get_or_init(|| self.scanned(scanner));
    }

    /// Returns the mojibake, without the repairs that expose a wrong one.
    fn scanned(&self, scanner: &mut mojibake::Scanner) -> Vec<Mojibake> {
        scanner.scan_and_repair(self.text(), &mojibake::Options::default()).0
    }

    /// Returns the text of `span`, for people to read: with its mojibake repaired where the repair is certain.
    pub fn repaired(&self, span: Span) -> String {
        let mojibake = self.mojibake();
        let start = mojibake.partition_point(|garble| garble.span.end <= span.start as usize);
        let inside = mojibake[start..].iter().take_while(|garble| garble.span.start < span.end as usize);
        let from = span.start as usize;
        let repairs = inside
            .filter(|garble| span.contains(Span::from(garble.span.clone())))
            .filter_map(|garble| Some((garble.span.start - from..garble.span.end - from, garble.replacement()?)));
        mojibake::splice(self.slice(span), repairs)
    }

    /// Returns whether the divisions among the items (chapters, parts, weeks) hold the other items, so that they are no
    /// units of content themselves: these cover at least half as much text.
    pub fn has_parts(&self) -> bool {
        *self.caches.has_parts.get_or_init(|| {
            let (mut others, mut all, mut covered) = (0, 0, 0);
            let mut divisions_end = 0;
            for item in self.items.iter().filter(|item| !item.is_contents) {
                let whole = item.span.cover(item.body);
                if item.style.word.is_division() {
                    all += u64::from(whole.end.saturating_sub(whole.start.max(divisions_end)));
                    divisions_end = divisions_end.max(whole.end);
                } else {
                    others += u64::from(whole.end.saturating_sub(whole.start.max(covered)));
                    covered = covered.max(whole.end);
                }
            }
            others * 2 >= all
        })
    }

    /// Returns the units other than items.
    pub(super) fn other_units(&self) -> &OtherUnits {
        self.caches.other_units.get_or_init(|| OtherUnits::new(self))
    }
}

/// Returns whether a line outside code fences imports a module, in the syntax of JavaScript.
fn has_import(text: &str) -> bool {
    let is_import = |line: &str| {
        let line = line.trim_end().trim_end_matches(';');
        let from = line.strip_prefix("import ").filter(|rest| rest.ends_with(['\'', '"']));
        from.is_some_and(|rest| rest.starts_with(['\'', '"']) || rest.contains(" from '") || rest.contains(" from \""))
    };
    let (mut fences, mut read) = (0usize, 0);
    memchr::memmem::find_iter(text.as_bytes(), "import ").any(|at| {
        let starts_line = text[..at].ends_with('\n') || at == 0;
        if !starts_line || !is_import(text[at..].lines().next().unwrap_or("")) {
            return false;
        }
        fences += text[read..at].lines().filter(|line| line.trim_start().starts_with("```")).count();
        read = at;
        fences % 2 == 0
    })
}
