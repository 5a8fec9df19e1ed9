//! Finds text that was decoded with the wrong encoding, proves its repair, and restores lost bytes where a language
//! model is certain enough of them.
//!
//! ```
//! assert_eq!(recto_mojibake::repair("It doesnâ€™t matter."), "It doesn’t matter.");
//!
//! let spans = recto_mojibake::scan("It doesnâ€™t matter.");
//! assert_eq!(spans[0].repair.as_deref(), Some("’"));
//! assert_eq!(spans[0].certainty, recto_mojibake::Certainty::Proved);
//! ```
//!
//! Reading order: `codepage` (bytes and characters), `model` (plausibility), `alphabet` (languages), `strict` (proofs),
//! `fluency` (ranking). Lost bytes: `signs` (damage cues), `context` (the text around), `reader` (the bytes behind a
//! text), `twice` (those of double mojibake), `quotes`, `lattice` (all candidates), `lossy` (the best candidate),
//! `restore` (its use in a line), `peel` (many layers). Then `legacy` (candidates that cannot be proved), `reencode`,
//! `words`, `probe` and `whole` (those of a whole text), `entities` (character references), `ascii` and `leads` (the
//! prefilter), `evidence` and `document` (the decision), `made_up` (its check), `examples` (quoted mojibake), `edits`,
//! `recipe` and `names` (names), `weights`, `bytes` (for callers that have bytes).
//! Knows no Markdown and no files.

mod alphabet;
mod ascii;
mod bytes;
mod codepage;
mod context;
mod credit;
mod document;
mod edits;
mod entities;
mod evidence;
mod examples;
mod fluency;
mod lattice;
mod leads;
mod legacy;
mod line;
mod lossy;
mod made_up;
mod model;
mod names;
mod peel;
mod probe;
mod quotes;
mod reader;
mod reading;
mod recipe;
mod reencode;
mod residue;
mod restore;
mod script;
mod signs;
mod sites;
mod splice;
mod strict;
#[cfg(test)]
mod tests;
mod twice;
mod weights;
mod whole;
mod words;

use std::borrow::Cow;
use std::ops::Range;

pub use bytes::implausibility;
pub use codepage::CodePage;
pub use names::Unrepaired;
pub use reading::{Oddity, oddity, strangeness};
pub use recipe::{Layer, Recipe};
pub use script::{Script, is_cjk, is_in_latin_block};
pub use splice::splice;

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
    /// True if its line has losses that nothing restores. [`repair`] leaves such a line as it is, because a
    /// half-repaired line hides the rest from anybody who could still restore it. The repair of the span itself is as
    /// certain as any other.
    pub held: bool,
    /// True if the text around it is about encodings, so that it may be an example. [`repair`] leaves it as it is.
    pub quoted: bool,
}

impl Mojibake {
    /// Returns the text that [`repair`] puts in place of the span; `None` if it leaves the span as it is.
    #[must_use]
    pub fn replacement(&self) -> Option<&str> {
        self.repair.as_deref().filter(|_| !self.held && !self.quoted)
    }

    /// Returns an explanation for people: the span in `text`, the text in which it was found, with its repair, the
    /// mis-decodings and the certainty; see [`explain`].
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

/// Returns all spans of mojibake in `text`, sorted and disjoint.
#[must_use]
pub fn scan(text: &str) -> Vec<Mojibake> {
    scan_with(text, &Options::default())
}

/// Returns all spans of mojibake, as [`scan`] does, given evidence from elsewhere.
#[must_use]
pub fn scan_with(text: &str, options: &Options) -> Vec<Mojibake> {
    Scanner::default().scan(text, options)
}

/// Returns the text with every `Proved` and `Likely` repair applied that is neither [held](Mojibake::held) nor
/// [quoted](Mojibake::quoted). Borrows the text if nothing changes.
#[must_use]
pub fn repair(text: &str) -> Cow<'_, str> {
    repair_with(text, &Options::default())
}

/// Repairs the text, as [`repair`] does, given evidence from elsewhere and the least certainty of a repair. Repeats
/// until nothing changes, because a repair can expose the next one.
///
/// ```
/// use recto_mojibake::{Certainty, Options, repair_with};
///
/// let proved = Options { certainty: Certainty::Proved, ..Options::default() };
/// assert_eq!(repair_with("It doesnâ€™t matter.", &proved), "It doesn’t matter.");
/// // Nothing proves which legacy encoding a text was in.
/// assert_eq!(repair_with("Ïðèâåò, êàê äåëà?", &proved), "Ïðèâåò, êàê äåëà?");
/// assert_eq!(repair_with("Ïðèâåò, êàê äåëà?", &Options::default()), "Привет, как дела?");
/// ```
#[must_use]
pub fn repair_with<'a>(text: &'a str, options: &Options) -> Cow<'a, str> {
    Scanner::default().repair(text, options)
}

/// Scans and repairs any number of texts. Each text is judged by itself, but results about equal words are cached from
/// one text to the next.
#[derive(Debug, Default)]
pub struct Scanner {
    memo: document::Memo,
}

impl Scanner {
    /// Scans a text; see [`scan_with`].
    #[must_use]
    pub fn scan(&mut self, text: &str, options: &Options) -> Vec<Mojibake> {
        document::scan(text, options, &mut self.memo)
    }

    /// Repairs a text; see [`repair_with`].
    #[must_use]
    pub fn repair<'a>(&mut self, text: &'a str, options: &Options) -> Cow<'a, str> {
        document::repair(text, options, &mut self.memo, ROUNDS).1
    }

    /// Scans and repairs a text at the cost of repairing it; see [`scan_with`] and [`repair_with`].
    #[must_use]
    pub fn scan_and_repair<'a>(&mut self, text: &'a str, options: &Options) -> (Vec<Mojibake>, Cow<'a, str>) {
        document::repair(text, options, &mut self.memo, 1 + ROUNDS)
    }
}

/// Maximum number of iterations, which is more than any text needs, because each makes it shorter or plainer.
const ROUNDS: usize = 12;

/// Returns an explanation of each span of mojibake in the text: the span and its repair, the mis-decodings, and the
/// certainty.
///
/// ```
/// let explained = recto_mojibake::explain("It doesnâ€™t matter.");
/// assert_eq!(explained, ["\"â€™\" → \"’\": UTF-8 read as Windows-1252 (proved)"]);
/// ```
#[must_use]
pub fn explain(text: &str) -> Vec<String> {
    scan(text).iter().map(|garble| garble.explain(text)).collect()
}

/// Returns the text with each span replaced by its [replacement](Mojibake::replacement), if it has one.
#[must_use]
pub fn apply(text: &str, garbles: &[Mojibake]) -> String {
    splice(text, garbles.iter().filter_map(|garble| Some((garble.span.clone(), garble.replacement()?))))
}

/// Returns whether the text may hold mojibake: a fast prefilter that allocates nothing. `false` means that [`scan`]
/// finds nothing.
#[must_use]
pub fn has_leads(text: &str) -> bool {
    leads::has_leads(text)
}
