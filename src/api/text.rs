//! Single texts, as the library offers them to front ends that hold columns of texts: fingerprints of blocks, similarity.

use std::ops::Range;
use std::path::Path;

use crate::model::document::{BlockKind, Document, Format};
use crate::model::id::DocId;
use crate::model::source::{Bom, Source};
use crate::parse::parse;
use crate::text::similarity::shingle::{LinePrint, code_line, overlap, prose_line, shingles, words};

/// Division of a text into the blocks of [`block_fingerprints`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BlockSplit {
    /// Lines; for texts that have one paragraph a line.
    Line,
    /// Lines up to the next blank one, joined, so that the width of the lines does not count.
    Paragraph,
    /// Paragraphs, headings, tables and code blocks of Markdown.
    Markdown,
}

/// The fingerprint of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BlockFingerprint {
    /// Hash of the block. Equal for equal words: case, inline markup, punctuation, list markers and the widths of gaps
    /// do not count; of code only the width of gaps does not.
    pub hash: u64,
    /// The block, in bytes of the text, without white space around it.
    pub range: Range<usize>,
    /// Length of what is hashed, in bytes, without the gaps between words.
    pub size: u32,
}

/// Returns the fingerprints of the blocks of a text, in order, without those whose normalised text has fewer than
/// `least` bytes. Equal blocks of any number of texts have equal hashes, in every run and on every system.
///
/// ```
/// use recto::{BlockSplit, block_fingerprints};
///
/// let text = "The ferry leaves\nat noon.\n\n## Tides\n\nThe **ferry** leaves at noon!\n";
/// let blocks = block_fingerprints(text, BlockSplit::Paragraph, 10);
/// assert_eq!(blocks.len(), 2);
/// assert_eq!(blocks[0].hash, blocks[1].hash);
/// assert_eq!(&text[blocks[1].range.clone()], "The **ferry** leaves at noon!");
/// ```
pub fn block_fingerprints(text: &str, kind: BlockSplit, least: u32) -> Vec<BlockFingerprint> {
    let mut found = Vec::new();
    let mut add = |range: Range<usize>, print: fn(&str) -> Option<LinePrint>| {
        let written = &text[range.clone()];
        let block = written.trim();
        let start = range.start + (written.len() - written.trim_start().len());
        if let Some(print) = print(block).filter(|print| print.size >= least) {
            found.push(BlockFingerprint { hash: print.hash, range: start..start + block.len(), size: print.size });
        }
    };
    match kind {
        BlockSplit::Line => lines(text).for_each(|line| add(line, prose_line)),
        BlockSplit::Paragraph => {
            let mut open: Option<Range<usize>> = None;
            for line in lines(text) {
                if text[line.clone()].trim().is_empty() {
                    open.take().into_iter().for_each(|block| add(block, prose_line));
                } else {
                    open = Some(open.map_or(line.start, |block| block.start)..line.end);
                }
            }
            open.into_iter().for_each(|block| add(block, prose_line));
        }
        BlockSplit::Markdown => {
            let source = Source::utf8(Path::new("text.md"), text.to_owned(), Bom::Absent);
            let doc = parse(DocId(0), source, Format::Markdown);
            for block in &doc.blocks {
                match block.kind {
                    BlockKind::Paragraph | BlockKind::Heading(_) | BlockKind::Table => {
                        add(block.span.range(), prose_line);
                    }
                    BlockKind::Code { .. } => add(code(&doc, block.span.range()), code_line),
                    _ => {}
                }
            }
        }
    }
    found
}

/// Returns the lines of a code block without its fences.
fn code(doc: &Document, block: Range<usize>) -> Range<usize> {
    let text = &doc.text()[block.clone()];
    let is_fence = |line: &str| line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
    let all: Vec<Range<usize>> = lines(text).collect();
    let first = usize::from(all.first().is_some_and(|line| is_fence(&text[line.clone()])));
    let last = all.len() - usize::from(all.len() > first && is_fence(&text[all[all.len() - 1].clone()]));
    let within = all.get(first..last).unwrap_or_default();
    let start = within.first().map_or(0, |line| line.start);
    let end = within.last().map_or(start, |line| line.end);
    block.start + start..block.start + end
}

/// Returns the lines of a text, as byte ranges with their line ends.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some(start..*at)
    })
}

/// Similarity of two texts by the runs of words that they share; 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Similarity {
    /// Shared runs divided by those of either text (the Jaccard coefficient).
    pub jaccard: f64,
    /// Shared runs divided by those of the shorter text: 1 if the longer one contains it.
    pub containment: f64,
}

/// Length of a run of words, as of `near-duplicate-block` (a guess).
const RUN_WORDS: usize = 3;

/// Compares two texts by their runs of three words, regardless of case and punctuation; texts with fewer words by their
/// words.
///
/// ```
/// let similar = recto::similarity("The ferry leaves at noon.", "the ferry leaves at noon on Sundays");
/// assert_eq!((similar.jaccard, similar.containment), (0.6, 1.0));
/// ```
pub fn similarity(a: &str, b: &str) -> Similarity {
    let (a, b): (Vec<u64>, Vec<u64>) = (words(a).collect(), words(b).collect());
    let run = RUN_WORDS.min(a.len()).min(b.len());
    let set = |words: &[u64]| {
        let mut set: Vec<u64> = shingles(words, run).collect();
        set.sort_unstable();
        set.dedup();
        set
    };
    let overlap = overlap(&set(&a), &set(&b));
    Similarity { jaccard: overlap.jaccard, containment: overlap.containment }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str, kind: BlockSplit) -> Vec<&str> {
        block_fingerprints(text, kind, 1).into_iter().map(|block| &text[block.range]).collect()
    }

    #[test]
    fn blocks_are_lines_paragraphs_or_blocks_of_markdown() {
        let text = "# Tides\nlow water\n\n  high\r\nwater \r\n\r\n```go\nx\n\ny\n```\n\n---\n";
        assert_eq!(blocks(text, BlockSplit::Line), ["# Tides", "low water", "high", "water", "```go", "x", "y"]);
        assert_eq!(blocks(text, BlockSplit::Paragraph), ["# Tides\nlow water", "high\r\nwater", "```go\nx", "y\n```"]);
        assert_eq!(blocks(text, BlockSplit::Markdown), ["# Tides", "low water", "high\r\nwater", "x\n\ny"]);
        assert_eq!(blocks("", BlockSplit::Markdown), [""; 0]);
    }

    #[test]
    fn hashes_do_not_depend_on_the_machine() {
        let print = &block_fingerprints("The ferry leaves at noon.", BlockSplit::Line, 1)[0];
        assert_eq!((print.hash, print.size), (1_731_509_726_348_760_024, 20));
    }

    #[test]
    fn short_and_empty_texts_can_be_compared() {
        assert_eq!(similarity("low tide", "Low, tide!").jaccard, 1.0);
        assert_eq!(similarity("low tide", "high water").jaccard, 0.0);
        assert_eq!(similarity("", "").jaccard, 0.0);
    }
}
