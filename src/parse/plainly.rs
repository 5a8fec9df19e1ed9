//! Judges whether a text that is not named as Markdown is Markdown.

use crate::model::document::{Block, BlockKind, Document};

/// Number of numbered items, or of entries of lists, that plain text has not by chance (a guess).
const ENTRIES: usize = 2;

/// Returns whether a document that was parsed as Markdown plainly is Markdown: it has numbered items, lists, or code
/// between fences. A heading alone is no sign, because many formats have comments that begin with `#`.
pub fn is_plainly_markdown(doc: &Document) -> bool {
    if doc.text().starts_with("#!") {
        return false;
    }
    let is_fence = |block: &&Block| {
        let closes = || doc.slice(block.span).trim_end().ends_with(['`', '~']);
        matches!(block.kind, BlockKind::Code { info: Some(_) }) && closes()
    };
    let entries = doc.blocks.iter().filter(|block| block.kind == BlockKind::ListItem).count();
    doc.items.len() >= ENTRIES || entries >= ENTRIES || doc.blocks.iter().any(|block| is_fence(&block))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::document::Format;
    use crate::model::id::DocId;
    use crate::model::source::{Bom, Source};
    use crate::parse::parse;

    fn is_markdown(text: &str) -> bool {
        let source = Source::utf8(Path::new("a.txt"), text.to_owned(), Bom::Absent);
        is_plainly_markdown(&parse(DocId(0), source, Format::Markdown))
    }

    #[test]
    fn items_lists_and_fences_are_signs_of_markdown() {
        assert!(is_markdown(
            "# Sea\n\n### 1. What is a tide?\n\nWater.\n\n### 2. A quay?\n\nStone.\n\n### 3. A lock?\n\nA gate.\n"
        ));
        assert!(is_markdown("Bring:\n\n- a coat\n- a lamp\n- a rope\n"));
        assert!(is_markdown("Run it:\n\n```sh\nmake\n```\n"));
    }

    #[test]
    fn a_heading_alone_or_a_script_is_no_sign() {
        assert!(!is_markdown("# Tides\n\nThe boat leaves at noon. See [the map](map.md).\n"));
        assert!(!is_markdown("#!/bin/sh\n# 1. first\n# 2. second\n# 3. third\necho - a\n"));
        assert!(!is_markdown("pip==1.0\n# a comment\nrequests>=2\n"));
        assert!(!is_markdown("A letter that stops ```\nin the middle\n"));
    }
}
