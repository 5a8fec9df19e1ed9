//! Whether a place of a document's prose is in English: by its block, and by those around it where the block says little.
//!
//! Knows documents; not which rules ask.

use std::ops::Range;

use super::document::Document;
use crate::text::english::context::{Evidence, Reading};
use crate::text::language::{Language, language_of};

/// How many words of a neighbouring block are looked at.
const NEIGHBOUR: usize = 40;

/// The prose of a document, to be asked in the order of its blocks: what a block says is remembered until the next one.
#[derive(Debug)]
pub struct EnglishProse<'a> {
    doc: &'a Document,
    last: Option<Block>,
}

/// What is known of a block.
#[derive(Debug)]
struct Block {
    index: usize,
    language: Language,
    reading: Reading,
    /// What the blocks before and after it say, once that was asked.
    neighbours: Option<Evidence>,
}

impl<'a> EnglishProse<'a> {
    /// The prose of `doc`.
    #[must_use]
    pub fn new(doc: &'a Document) -> Self {
        Self { doc, last: None }
    }

    /// Whether the words around `range`, bytes of the prose, are English. What stands at `range` does not count: it is
    /// what a rule takes exception to.
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
            let reading = Reading::of(text, usize::MAX);
            self.last = Some(Block { index, language: language_of(text), reading, neighbours: None });
        }
        let Some(block) = &mut self.last else { return true };
        let start = blocks[index].range.start as usize;
        let (around, near) = block.reading.around(&(range.start - start..range.end.saturating_sub(start)));
        if block.language != Language::English || near.is_foreign() {
            return false;
        }
        let doc = self.doc;
        around.verdict().unwrap_or_else(|| !block.neighbours.get_or_insert_with(|| neighbours(doc, index)).is_foreign())
    }
}

/// What the blocks before and after one say.
fn neighbours(doc: &Document, index: usize) -> Evidence {
    let before = index.checked_sub(1).and_then(|at| doc.prose.blocks.get(at));
    let after = doc.prose.blocks.get(index + 1);
    let read = |block| Reading::of(doc.prose.text_of(block), NEIGHBOUR).whole();
    [before, after].into_iter().flatten().map(read).fold(Evidence::default(), |sum, evidence| sum + evidence)
}
