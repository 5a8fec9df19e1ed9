//! Finds text that was decoded with the wrong encoding, proves its repair, and restores lost bytes as far as a language
//! model is sure of them.
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
//! `fluency` (ranking). Lost bytes: `signs` (what tells of them), `reader` (the bytes behind a text), `twice` (the same of
//! two misreadings), `quotes`, `lattice` (all readings), `lossy` (the best one), `restore` (in a line). Then `legacy`
//! (where nothing can be proved), `entities` (HTML references), `leads` (which lines to look at), `document` (the vote),
//! `examples` (what is quoted), `edits`, `recipe` (names), `bytes` (for whoever has bytes). Knows no
//! Markdown and no files.

mod alphabet;
mod bytes;
mod codepage;
mod credit;
mod document;
mod edits;
mod entities;
mod examples;
mod fluency;
mod lattice;
mod leads;
mod legacy;
mod line;
mod lossy;
mod model;
mod quotes;
mod reader;
mod reading;
mod recipe;
mod residue;
mod restore;
mod signs;
mod sites;
mod strict;
#[cfg(test)]
mod tests;
mod twice;

use std::borrow::Cow;
use std::ops::Range;

pub use bytes::implausibility;
pub use codepage::CodePage;
pub use reading::{Oddity, oddity, strangeness};
pub use recipe::{Layer, Recipe};

/// How sure a repair is, ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Certainty {
    /// Bytes are lost and several candidates are about as good; the text is left as it is.
    Ambiguous,
    /// Bytes are lost and one candidate is far ahead, or the evidence is not a proof.
    Likely,
    /// Garbling the repair again gives exactly what was found.
    Proved,
}

/// What happened to a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// UTF-8 read in another encoding.
    Mojibake,
    /// The same, and some of its bytes are gone.
    LostBytes,
    /// One legacy encoding read as another.
    LegacyAsLegacy,
    /// A backtick and a letter that PowerShell took for an escape.
    EatenEscape,
    /// Mojibake written as HTML character references.
    Entities,
}

/// A garbled span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Garble {
    /// Bytes of the text, at character boundaries.
    pub span: Range<usize>,
    pub recipe: Recipe,
    /// What should stand there; `None` when ambiguous.
    pub repair: Option<String>,
    pub certainty: Certainty,
    /// What could stand there, best first; empty unless ambiguous.
    pub candidates: Vec<String>,
    pub cause: Cause,
    /// Whether its line holds losses that nothing restores, so that [`repair`] leaves the line as it
    /// is: half a repair hides the rest from whoever could still restore it. The repair of the span
    /// itself is none the worse for that.
    pub held: bool,
    /// Whether the text around it is about encodings, so that it may be shown there as an example. [`repair`] leaves it.
    pub quoted: bool,
}

impl Garble {
    /// What [`repair`] puts in place of the span.
    #[must_use]
    pub fn replacement(&self) -> Option<&str> {
        self.repair.as_deref().filter(|_| !self.held && !self.quoted)
    }
}

/// What is known beside the text itself.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Code pages that documents of the same origin were wrongly read in.
    pub evidence: Vec<CodePage>,
}

/// Everything suspicious in `text`, sorted by span, disjoint.
#[must_use]
pub fn scan(text: &str) -> Vec<Garble> {
    scan_with(text, &Options::default())
}

/// Like [`scan`], with what is known from elsewhere.
#[must_use]
pub fn scan_with(text: &str, options: &Options) -> Vec<Garble> {
    Scanner::default().scan(text, options)
}

/// The text with every `Proved` and `Likely` repair applied that is neither [held](Garble::held) nor
/// [quoted](Garble::quoted); borrowed when nothing changes.
#[must_use]
pub fn repair(text: &str) -> Cow<'_, str> {
    repair_with(text, &Options::default())
}

/// Like [`repair`], with what is known from elsewhere. Repairs until nothing changes, as a repair can
/// lay bare the next one.
#[must_use]
pub fn repair_with<'a>(text: &'a str, options: &Options) -> Cow<'a, str> {
    Scanner::default().repair(text, options)
}

/// Scans and repairs text after text. Each is judged by itself, but what was worked out for one is not worked out
/// again for the next.
#[derive(Debug, Default)]
pub struct Scanner {
    memo: document::Memo,
}

impl Scanner {
    /// See [`scan_with`].
    #[must_use]
    pub fn scan(&mut self, text: &str, options: &Options) -> Vec<Garble> {
        document::scan(text, options, &mut self.memo)
    }

    /// See [`repair_with`].
    #[must_use]
    pub fn repair<'a>(&mut self, text: &'a str, options: &Options) -> Cow<'a, str> {
        document::repair(text, options, &mut self.memo, ROUNDS).1
    }

    /// See [`scan_with`] and [`repair_with`]: both at the cost of the latter.
    #[must_use]
    pub fn scan_and_repair<'a>(&mut self, text: &'a str, options: &Options) -> (Vec<Garble>, Cow<'a, str>) {
        document::repair(text, options, &mut self.memo, 1 + ROUNDS)
    }
}

/// More rounds than any text needs; each makes it shorter or plainer.
const ROUNDS: usize = 12;

/// The text with the replacements of `garbles` in place of their spans.
#[must_use]
pub fn apply(text: &str, garbles: &[Garble]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for garble in garbles {
        if let Some(repair) = garble.replacement() {
            out.push_str(text.get(at..garble.span.start).unwrap_or_default());
            out.push_str(repair);
            at = garble.span.end;
        }
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// Whether anything in the text could be garbled: a quick look that allocates nothing. `false`
/// means that [`scan`] finds nothing.
#[must_use]
pub fn has_leads(text: &str) -> bool {
    leads::has_leads(text)
}
