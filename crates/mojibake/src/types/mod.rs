//! The nouns of the crate: a span of mojibake, its cause, its certainty and its repair, and the options of a search.
//!
//! Never knows how a span is found or chosen, and no language.

use std::ops::Range;

use crate::encoding::codepage::CodePage;
use crate::encoding::recipe::Recipe;
use crate::types::score::Score;

pub(crate) mod names;
pub(crate) mod score;

/// Certainty of a repair, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Certainty {
    /// Bytes are lost and several candidates are about equally good; the text is left as it is.
    Ambiguous,
    /// Bytes are lost and one candidate clearly wins, or the evidence is not a proof.
    Likely,
    /// The repair, mis-decoded again, gives exactly the text that was found.
    Proved,
}

/// Cause of the damage to a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// UTF-8 decoded as another encoding.
    Mojibake,
    /// UTF-8 decoded as another encoding, with some of its bytes lost.
    LostBytes,
    /// One legacy encoding decoded as another.
    LegacyAsLegacy,
    /// A backtick and a letter that PowerShell interpreted as an escape sequence.
    EatenEscape,
    /// Mojibake written as HTML character references.
    Entities,
}

/// A span of mojibake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mojibake {
    /// Position in the text, in bytes, at character boundaries.
    pub span: Range<usize>,
    pub recipe: Recipe,
    /// The intended text; `None` if it is ambiguous.
    pub repair: Option<String>,
    pub certainty: Certainty,
    /// The candidates for the intended text, best first; empty unless it is ambiguous.
    pub candidates: Vec<String>,
    pub cause: Cause,
    /// True if its line has losses that nothing restores. [`repair`](crate::repair) leaves such a line as it is, because a
    /// half-repaired line hides the rest from anybody who could still restore it. The repair of the span itself is as
    /// certain as any other.
    pub held: bool,
    /// True if the text around it is about encodings, so that it may be an example. [`repair`](crate::repair) leaves it as it is.
    pub quoted: bool,
    /// The sum that decided; `None` if the form of the span alone decided, as for many layers.
    pub score: Option<Score>,
}

impl Mojibake {
    /// Returns the text that [`repair`](crate::repair) puts in place of the span; `None` if it leaves the span as it is.
    #[must_use]
    pub fn replacement(&self) -> Option<&str> {
        self.repair.as_deref().filter(|_| !self.held && !self.quoted)
    }

    /// Returns an explanation for people: the span in `text`, the text in which it was found, with its repair, the
    /// mis-decodings and the certainty; see [`explain`](crate::explain).
    #[must_use]
    pub fn explain(&self, text: &str) -> String {
        let found = text.get(self.span.clone()).unwrap_or_default();
        let certainty = match self.certainty {
            Certainty::Proved => "proved",
            Certainty::Likely => "likely",
            Certainty::Ambiguous => "ambiguous, left unchanged",
        };
        let recipe = self.recipe.to_string();
        let recipe = if recipe.is_empty() { "wrong encoding" } else { &recipe };
        match &self.repair {
            Some(repair) if self.quoted => format!(
                "{found:?} would be {repair:?}: {recipe} ({certainty}), left unchanged, as an example in text about encodings"
            ),
            Some(repair) if self.held => {
                format!(
                    "{found:?} would be {repair:?}: {recipe} ({certainty}), left unchanged because of the losses in its line"
                )
            }
            Some(repair) => format!("{found:?} → {repair:?}: {recipe} ({certainty})"),
            None => {
                let candidates = format!("{:?}", self.candidates.join(" "));
                format!("{found:?} could be {}: {recipe} ({certainty})", candidates.trim_matches('"'))
            }
        }
    }
}

/// Knowledge beside the text itself.
#[derive(Clone, Debug)]
pub struct Options {
    /// Encodings as which documents of one origin with the text were wrongly decoded.
    pub evidence: Vec<CodePage>,
    /// The least certainty of a repair that is made.
    pub certainty: Certainty,
}

impl Default for Options {
    /// No evidence from elsewhere, and every repair that is at least likely.
    fn default() -> Options {
        Options { evidence: Vec::new(), certainty: Certainty::Likely }
    }
}
