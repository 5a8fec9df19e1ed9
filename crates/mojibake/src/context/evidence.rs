//! The evidence of a document: the encodings that it accepts, its characters and its languages.
//!
//! Knows no lines, and decides nothing.

use std::cell::OnceCell;

use smallvec::SmallVec;

use crate::context::around::Seen;
use crate::encoding::codepage::CodePage;
use crate::language::languages::Languages;
use crate::types::score::Votes;

/// The encodings that the document accepts, and evidence from elsewhere.
#[derive(Default)]
pub(crate) struct Verdict {
    /// The accepted encodings, as bits of `CodePage::bit`.
    pub(crate) convicted: u32,
    /// The accepted encodings, and those that explain everything that one of these explains.
    pub(crate) kin: u32,
    /// Encodings that explain as much as an accepted one, and make other letters of it that are about as good.
    pub(crate) contested: u32,
    /// The evidence of the document for each accepted encoding.
    pub(crate) votes: SmallVec<[(CodePage, Votes); 2]>,
    /// The non-ASCII characters of the certain spans, if they are enough to represent the document.
    pub(crate) seen: Seen,
    /// Scripts of which the document has intact words, if some span could be part of one.
    pub(crate) words: u8,
    /// The languages of the document's words, computed when first needed.
    pub(crate) languages: OnceCell<Languages>,
}

impl Verdict {
    /// Returns the evidence of the document for an encoding, if that is accepted.
    pub(crate) fn votes_for(&self, page: CodePage) -> Option<Votes> {
        self.votes.iter().find(|(other, _)| *other == page).map(|(_, votes)| *votes)
    }

    /// Returns the languages that the words of `text`, the document, may be in.
    pub(crate) fn languages(&self, text: &str) -> Languages {
        *self.languages.get_or_init(|| {
            let head = &text[..text.floor_char_boundary(TELLING)];
            // Words that are or may be mojibake are no evidence.
            let is_word = |word: &&str| word.bytes().all(|b| b.is_ascii_alphabetic() || b.is_ascii_punctuation());
            let words: Vec<&str> = head.split(char::is_whitespace).filter(is_word).collect();
            match words.iter().map(|word| word.len()).sum::<usize>() {
                ..FEW => Languages::ANY,
                _ => Languages::guess(words.iter().flat_map(|word| word.chars().chain([' ']))),
            }
        })
    }
}

/// Length of the part of a document by which its languages are judged, and the minimum length of ASCII words in it, in
/// bytes (guesses).
const TELLING: usize = 2 << 10;
const FEW: usize = 24;
