//! Words of another language that an English text quotes, lists or explains.

use crate::model::document::{BlockKind, Document, ProseBlock};
use crate::text::language::locale_tag::is_code;
use crate::text::words::names::is_quoted;
use crate::text::words::{Word, words};

/// Names of languages whose words English texts explain, in lower case and in the order of the alphabet.
const LANGUAGES: [&str; 24] = [
    "catalan",
    "czech",
    "danish",
    "deutsch",
    "dutch",
    "español",
    "finnish",
    "français",
    "french",
    "german",
    "greek",
    "hungarian",
    "italian",
    "italiano",
    "latin",
    "norwegian",
    "polish",
    "portuguese",
    "romanian",
    "russian",
    "slovak",
    "spanish",
    "swedish",
    "turkish",
];

/// Returns true if a word is of a language that the text names: in a table whose head names one, quoted or in emphasis in a
/// block that does, before the abbreviation of one ("exemple (fr.)"), or before its pronunciation.
pub(super) fn is_of_named_language(doc: &Document, block: &ProseBlock, word: &Word<'_>) -> bool {
    let text = doc.prose.text_of(block);
    if is_in_vocabulary(doc, block) || is_explained(text.get(word.end()..).unwrap_or("")) {
        return true;
    }
    let place = block.range.start as usize + word.start;
    let source = doc.prose.source_span(place..place + word.text.len()).start as usize;
    let is_marked = doc.text()[..source].ends_with(['*', '_']) || is_quoted(text, word.start, word.end());
    is_marked && names_language(text)
}

/// Returns true if the head of the table that a cell is in names a language.
fn is_in_vocabulary(doc: &Document, block: &ProseBlock) -> bool {
    let cell = &doc[block.block];
    let row = cell.parent.filter(|_| cell.kind == BlockKind::TableCell);
    let table = row.and_then(|row| doc[row].parent);
    let head = table.and_then(|table| doc.blocks.get(table.index() + 1));
    head.is_some_and(|head| names_language(doc.slice(head.span)))
}

fn names_language(text: &str) -> bool {
    words(text).any(|word| {
        word.text.starts_with(char::is_uppercase) && LANGUAGES.binary_search(&word.text.to_lowercase().as_str()).is_ok()
    })
}

/// Returns true if the abbreviation of a language, or a pronunciation between slashes, follows.
fn is_explained(after: &str) -> bool {
    let after = after.trim_start();
    let in_brackets = after.strip_prefix('(').and_then(|inner| inner.split_once(')')).map(|(inner, _)| inner);
    let is_language = in_brackets.map(|inner| inner.trim_end_matches('.')).is_some_and(|inner| {
        // "authority (CA)" is no word of Catalan.
        (1..=3).contains(&inner.len()) && inner.bytes().all(|byte| byte.is_ascii_lowercase()) && is_code(inner)
            || LANGUAGES.binary_search(&inner.to_lowercase().as_str()).is_ok()
    });
    let sound = after.strip_prefix(['/', '[']).and_then(|inner| inner.split_once(['/', ']'])).map(|(inner, _)| inner);
    is_language || sound.is_some_and(|sound| !sound.is_ascii() && !sound.contains(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_another_language_that_a_text_explains_were_slips() {
        assert!([" (fr.): example", " (French)", " /lɑ̃ɡaʒ/ n.", " (de)"].into_iter().all(is_explained));
        assert!(
            [" (for example)", " /send", " [see below]", " (a)", " (CA)"].into_iter().all(|after| !is_explained(after))
        );
        assert!(names_language("English | German") && !names_language("the latin letters") && LANGUAGES.is_sorted());
    }
}
