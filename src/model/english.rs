//! Language of a place in a document's prose: English or not, by its block, and by the neighbouring blocks where the
//! block itself has too little text.
//!
//! Knows documents; not which rules ask.

use std::ops::Range;

use super::document::Document;
use crate::text::english::context::{ClassifiedWords, Evidence, is_homograph};
use crate::text::language::locale_tag::{bare, is_english_code};
use crate::text::language::{Language, language_of};

/// Number of words of a neighbouring block that are examined (a guess).
const MAX_NEIGHBOUR_WORDS: usize = 40;

/// The prose of a document, to be queried in the order of its blocks, because only the last block is cached.
#[derive(Debug)]
pub struct EnglishProse<'a> {
    doc: &'a Document,
    last: Option<BlockEvidence>,
    /// True if the path names another language and the text does not contradict it. Filled on first use.
    is_elsewhere: Option<bool>,
}

/// The evidence of a block.
#[derive(Debug)]
struct BlockEvidence {
    index: usize,
    language: Language,
    reading: ClassifiedWords,
    /// Evidence of the blocks before and after it. Filled on first use.
    neighbours: Option<Evidence>,
}

impl<'a> EnglishProse<'a> {
    /// Returns the prose of `doc`.
    #[must_use]
    pub fn new(doc: &'a Document) -> Self {
        Self { doc, last: None, is_elsewhere: None }
    }

    /// Returns true if the words around `range`, in bytes of the prose, are English. The text at `range` does not
    /// count, because a rule suspects it.
    pub fn is_english(&mut self, range: Range<usize>) -> bool {
        if self.doc.language() != Language::English {
            return false;
        }
        let blocks = &self.doc.prose.blocks;
        let Some(index) = blocks.partition_point(|block| block.range.start as usize <= range.start).checked_sub(1)
        else {
            return true;
        };
        if self.last.as_ref().is_none_or(|last| last.index != index) {
            let text = self.doc.prose.text_of(&blocks[index]);
            let reading = ClassifiedWords::of(text, usize::MAX);
            self.last = Some(BlockEvidence { index, language: language_of(text), reading, neighbours: None });
        }
        let Some(block) = &mut self.last else { return true };
        let start = blocks[index].range.start as usize;
        let (around, near) = block.reading.around(&(range.start - start..range.end.saturating_sub(start)));
        if block.language != Language::English || near.is_foreign() {
            return false;
        }
        let suspect = self.doc.prose.text().get(range.clone()).unwrap_or("");
        if !around.has_function_word() && is_homograph(suspect)
            || *self.is_elsewhere.get_or_insert_with(|| names_other_language(self.doc))
        {
            return false;
        }
        let doc = self.doc;
        around.verdict().unwrap_or_else(|| !block.neighbours.get_or_insert_with(|| neighbours(doc, index)).is_foreign())
    }
}

/// Returns the evidence of the blocks before and after one.
fn neighbours(doc: &Document, index: usize) -> Evidence {
    let before = index.checked_sub(1).and_then(|at| doc.prose.blocks.get(at));
    let after = doc.prose.blocks.get(index + 1);
    let read = |block| ClassifiedWords::of(doc.prose.text_of(block), MAX_NEIGHBOUR_WORDS).whole();
    [before, after].into_iter().flatten().map(read).fold(Evidence::default(), |sum, evidence| sum + evidence)
}

/// Number of words of a document that are examined (a guess).
const MAX_DOCUMENT_WORDS: usize = 200;

/// Returns true if the path of a document names a language other than English, as in `de.md` and `docs/de/lamps.md`, and
/// its first words are not plainly English.
fn names_other_language(doc: &Document) -> bool {
    let code = doc.language_of_path().or_else(|| bare(doc.source.display()));
    let is_named = code.is_some_and(|code| !is_english_code(&code));
    is_named && ClassifiedWords::of(doc.prose.text(), MAX_DOCUMENT_WORDS).whole().verdict() != Some(true)
}
