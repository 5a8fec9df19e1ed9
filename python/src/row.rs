//! The repair of one row, which never fails: a row that cannot be repaired keeps its bytes, and has a reason.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use recto_mojibake::{Mojibake, Options, Scanner, Unrepaired};

use crate::surrogates::Marked;

/// Treatment of a row of which only some mojibake can be repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Partial {
    /// It is repaired as far as it can be.
    Repaired,
    /// It is kept as it is.
    Kept,
}

/// A span of mojibake in a row.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    /// Position in characters.
    pub(crate) start: u64,
    /// Position after its last character.
    pub(crate) end: u64,
    pub(crate) found: String,
    /// The intended text, if one candidate is better than the others.
    pub(crate) repair: Option<String>,
    pub(crate) recipe: String,
    pub(crate) certainty: &'static str,
    pub(crate) cause: &'static str,
    /// The reason why the row keeps the span; `None` if it is repaired.
    pub(crate) left: Option<&'static str>,
    pub(crate) candidates: Vec<String>,
}

/// Outcome for a row that is not clean.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The new bytes, if they differ.
    pub(crate) repaired: Option<Vec<u8>>,
    pub(crate) spans: Vec<Span>,
    /// The reason why the row, or a part of it, is as it was.
    pub(crate) reason: Option<String>,
}

impl Outcome {
    fn kept(reason: impl Into<String>) -> Option<Self> {
        Some(Self { reason: Some(reason.into()), ..Self::default() })
    }
}

/// Repairs a row. `None` if it is clean.
pub(crate) fn repair(bytes: &[u8], scanner: &mut Scanner, options: &Options, partial: Partial) -> Option<Outcome> {
    match catch_unwind(AssertUnwindSafe(|| judged(bytes, scanner, options, partial))) {
        Ok(outcome) => outcome,
        Err(_) => {
            *scanner = Scanner::default();
            Outcome::kept("internal error: the row could not be judged; please report it")
        }
    }
}

fn judged(bytes: &[u8], scanner: &mut Scanner, options: &Options, partial: Partial) -> Option<Outcome> {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => scanned(text, scanner, options, partial),
        Err(_) => {
            let Some(marked) = Marked::new(bytes) else {
                let at = simdutf8::compat::from_utf8(bytes).err().map_or(0, |error| error.valid_up_to());
                return Outcome::kept(format!("not UTF-8 (byte {})", at + 1));
            };
            let mut outcome = scanned(&marked.text, scanner, options, partial)?;
            if outcome.spans.iter().any(|span| marked.is_marked(&span.found)) {
                return Outcome::kept("a lone surrogate is amid mojibake");
            }
            if let Some(new) = outcome.repaired.take() {
                outcome.repaired = std::str::from_utf8(&new).ok().and_then(|new| marked.restored(new));
                if outcome.repaired.is_none() {
                    return Outcome::kept("a lone surrogate is amid mojibake");
                }
            }
            Some(outcome)
        }
    }
}

fn scanned(text: &str, scanner: &mut Scanner, options: &Options, partial: Partial) -> Option<Outcome> {
    let (found, repaired) = scanner.scan_and_repair(text, options);
    if found.is_empty() {
        return None;
    }
    let spans = spans(text, &found, options);
    let reason = spans.iter().find_map(|span| span.left).map(str::to_owned);
    let repaired = match repaired {
        Cow::Owned(new) if new != text && (partial == Partial::Repaired || reason.is_none()) => Some(new.into_bytes()),
        _ => None,
    };
    Some(Outcome { repaired, spans, reason })
}

fn spans(text: &str, found: &[Mojibake], options: &Options) -> Vec<Span> {
    let (mut bytes, mut characters) = (0, 0);
    let mut position = |offset: usize| {
        characters += text[bytes..offset].chars().count() as u64;
        bytes = offset;
        characters
    };
    let span = |garble: &Mojibake| Span {
        start: position(garble.span.start),
        end: position(garble.span.end),
        found: text[garble.span.clone()].to_owned(),
        repair: garble.repair.clone(),
        recipe: garble.recipe.id(),
        certainty: garble.certainty.id(),
        cause: garble.cause.id(),
        left: garble.unrepaired(options.certainty).map(Unrepaired::id),
        candidates: garble.candidates.clone(),
    };
    found.iter().map(span).collect()
}
