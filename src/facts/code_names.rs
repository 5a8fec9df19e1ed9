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
        finder.find_iter(code).any(|at| is_name(code, at) && !is_in_sentence(code, at, word.len()))
    });
    let blocks = doc.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Code { .. }));
    in_inline_code
        || blocks.map(|block| doc.slice(block.span).as_bytes()).any(|code| {
            finder.find_iter(code).any(|at| {
                is_name(code, at) && !in_comment_or_string(&code[..at]) && !is_in_sentence(code, at, word.len())
            })
        })
}

/// Returns whether the word of `len` bytes at `at` is in a run of words with nothing but spaces between them, as in the output of
/// a program, and so no name of its code.
fn is_in_sentence(code: &[u8], at: usize, len: usize) -> bool {
    /// Minimum number of words of such a run (a guess): declarations have fewer.
    const MIN_WORDS: usize = 4;
    let is_part = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b' ' | b',' | b'\'');
    let near = &code[at.saturating_sub(MAX_CODE_LINE_BYTES)..(at + len + MAX_CODE_LINE_BYTES).min(code.len())];
    let at = at.min(MAX_CODE_LINE_BYTES);
    let start = near[..at].iter().rposition(|byte| !is_part(byte)).map_or(0, |before| before + 1);
    let end = near[at..].iter().position(|byte| !is_part(byte)).map_or(near.len(), |after| at + after);
    let words = near[start..end].split(|byte| *byte == b' ').filter(|word| word.len() > 1);
    words.count() >= MIN_WORDS
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
        assert!(!is_named("```\nThe frobnik has come home.\n```\n", "frobnik"));
        assert!(is_named("```go\ntype frobnik struct {\n```\n", "frobnik"));
        assert!(!is_named("```\nrun() // a frobnik\n```\n", "frobnik"));
        assert!(!is_named("```\nrun(\"frobnik\")\n```\n", "frobnik"));
        assert!(!is_named("Call `frobniks` first.\n", "frobnik"));
    }
}
