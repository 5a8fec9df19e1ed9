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
//! Reading order, each room knowing only rooms above it: `weights` (costs), `text` (characters and lines), `encoding`
//! (bytes and characters), `types` (a span and its repair), `edits` (of a line), `language` (plausibility), `context` (the
//! surroundings of a region). Then the three searches for candidates, `exact`, `legacy` and `lossy`; between them `detect`
//! (which lines and regions are searched, and which are examples). Then `decide`, for a document, and
//! beside all of them `decode`, for the bytes of a file.
//!
//! Knows no Markdown and no names of files.

mod context;
mod decide;
mod decode;
mod detect;
mod edits;
mod encoding;
mod exact;
mod language;
mod legacy;
mod lossy;
#[cfg(test)]
mod tests;
mod text;
mod types;
mod weights;

use std::borrow::Cow;

pub use decode::declaration::{Declaration, declarations};
pub use decode::types::{BOM, Declined, Decoded, DecodingCertainty, FileEncoding, Flaw, Piece, SegmentEncoding};
pub use decode::{decode, is_plain_utf8};
pub use edits::apply;
pub use encoding::codepage::CodePage;
pub use encoding::recipe::{Layer, Recipe};
pub use language::reading::{Oddity, implausibility, oddity, strangeness};
pub use text::script::{Script, is_cjk, is_in_latin_block};
pub use text::splice::splice;
pub use types::names::Unrepaired;
pub use types::score::{Score, Votes};
pub use types::{Cause, Certainty, Mojibake, Options};

use decide::document;
use detect::leads;

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

/// Returns whether the text may hold mojibake: a fast prefilter that allocates nothing. `false` means that [`scan`]
/// finds nothing.
#[must_use]
pub fn has_leads(text: &str) -> bool {
    leads::has_leads(text)
}
