//! Names in code: whether a word of the prose is a name, or part of a name, in the code of its document.
//!
//! Knows documents; not how a rule uses a name.

use crate::model::document::{BlockKind, Document};

/// Number of bytes before a word that are searched for the start of a comment or string (a guess): longer lines are
/// generated code, and searching them for each word would take too long.
const MAX_CODE_LINE_BYTES: usize = 240;

/// Returns whether `word`, in this case, is a name or a part of a camel-case name in the code of the document: in inline
/// code, or in a code block outside comments and strings.
pub fn is_named_in_code(doc: &Document, word: &str) -> bool {
    let finder = memchr::memmem::Finder::new(word);
    let is_name = |code: &[u8], at: usize| {
        let is_continued = code.get(at + word.len()).is_some_and(u8::is_ascii_lowercase);
        let is_lower_case = word.starts_with(|c: char| c.is_ascii_lowercase());
        let follows_letter = at.checked_sub(1).is_some_and(|at| code[at].is_ascii_alphabetic());
        !(is_continued || is_lower_case && follows_letter)
    };
    let in_inline_code = doc.inline_code.iter().any(|&span| {
        let code = doc.slice(span).as_bytes();
        finder.find_iter(code).any(|at| is_name(code, at))
    });
    let blocks = doc.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Code { .. }));
    in_inline_code
        || blocks
            .map(|block| doc.slice(block.span).as_bytes())
            .any(|code| finder.find_iter(code).any(|at| is_name(code, at) && !in_comment_or_string(&code[..at])))
}

/// Returns whether a comment or string seems to be open at the end of `code`, judging by its last line.
fn in_comment_or_string(code: &[u8]) -> bool {
    let near = &code[code.len().saturating_sub(MAX_CODE_LINE_BYTES)..];
    let line = memchr::memrchr(b'\n', near).map_or(near, |end| &near[end + 1..]);
    line.iter().any(|byte| b"\"'`#".contains(byte)) || line.windows(2).any(|two| two == b"//" || two == b"/*")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::document::Format;
    use crate::model::id::DocId;
    use crate::model::source::{Bom, Source};
    use crate::parse::parse;

    fn is_named(text: &str, word: &str) -> bool {
        let source = Source::utf8(std::path::Path::new("a.md"), text.to_owned(), Bom::Absent);
        is_named_in_code(&parse(DocId(0), source, Format::Markdown), word)
    }

    #[test]
    fn a_word_is_named_by_inline_code_or_by_code_outside_comments_and_strings() {
        assert!(is_named("Call `openFrobnik` first.\n", "Frobnik"));
        assert!(is_named("```\nfrobnik(3)\n```\n", "frobnik"));
        assert!(!is_named("```\nrun() // a frobnik\n```\n", "frobnik"));
        assert!(!is_named("```\nrun(\"frobnik\")\n```\n", "frobnik"));
        assert!(!is_named("Call `frobniks` first.\n", "frobnik"));
    }
}
