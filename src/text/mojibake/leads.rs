//! A quick look at a text: which lines hold something that could be garbled. Allocates nothing for the others.

use std::ops::Range;

use super::entities;
use super::legacy;
use super::model::{Class, Cost, Model, model};
use super::strict::Leads;

pub(super) fn has_leads(text: &str) -> bool {
    let mut found = false;
    each_lead(text, &mut |_, _| {
        found = true;
        Next::Stop
    });
    found
}

/// Why a place is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    /// Some page completes a UTF-8 sequence there, or it is an HTML reference.
    Sequence,
    /// The line up to there is as odd as legacy text read as legacy, or a control stands there.
    Oddity,
}

/// Where to look on after a lead.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Lead,
    Line,
    Stop,
}

/// How odd a line is so far, as long as some page has all its characters.
struct Oddness {
    sum: Cost,
    known: u32,
}

impl Oddness {
    const NONE: Oddness = Oddness { sum: 0, known: u32::MAX };

    /// Goes one step on in the line; whether it has become odd enough to be looked at.
    #[inline(always)]
    fn step(&mut self, m: &Model, (prev, class): (Class, Class), known: u32, is_ascii: bool) -> bool {
        self.known &= known;
        // A character over and over says no more than once.
        if class != prev || is_ascii {
            self.sum = (self.sum + legacy::oddness(m, prev, class)).max(0);
        }
        self.known != 0 && self.sum >= legacy::ODD
    }
}

/// Gaps in a text of other scripts are mostly this short, in bytes.
const GAP: usize = 8;

/// Where the ASCII from `at` on ends.
#[inline(always)]
pub(super) fn ascii_end(bytes: &[u8], at: usize) -> usize {
    let near = bytes.len().min(at + GAP);
    match bytes[at..near].iter().position(|b| !b.is_ascii()) {
        Some(len) => at + len,
        None => near + encoding_rs::Encoding::ascii_valid_up_to(&bytes[near..]),
    }
}

/// Calls `found` with the byte offset of each place where some page completes a UTF-8 sequence, or
/// where an HTML reference stands for a character of one, and goes on where it says.
fn each_lead(text: &str, found: &mut dyn FnMut(usize, Lead) -> Next) {
    let bytes = text.as_bytes();
    let mut references =
        memchr::memchr_iter(b'&', bytes).filter(|&i| entities::reference(&text[i..]).is_some()).peekable();
    let m = model();
    let mut line = Oddness::NONE;
    let mut at = 0;
    'text: while at < bytes.len() {
        let next = ascii_end(bytes, at);
        while let Some(reference) = references.next_if(|&i| i < next) {
            if found(reference, Lead::Sequence) == Next::Stop {
                return;
            }
        }
        if line.known != u32::MAX && memchr::memchr(b'\n', &bytes[at..next]).is_some() {
            line = Oddness::NONE;
        }
        at = next;
        let mut leads = Leads::default();
        let mut prev = at.checked_sub(1).map_or(m.edge(), |i| m.class(char::from(bytes[i])));
        let mut chars = text[at..].chars();
        while let Some(c) = chars.next() {
            let (is_sequence, is_odd) = match leads.look(c) {
                Some(look) => {
                    let is_sequence = leads.push_look(c, look);
                    let known = if c.is_ascii() { u32::MAX } else { look.known };
                    let is_odd = line.known != 0 && line.step(m, (prev, look.class), known, c.is_ascii());
                    prev = look.class;
                    (is_sequence, is_odd || matches!(c, '\u{80}'..='\u{9f}'))
                }
                None => {
                    line.known = 0;
                    let (next, is_sequence) = leads.push_wide(c);
                    leads = next;
                    (is_sequence, false)
                }
            };
            if is_sequence || is_odd {
                match found(at, if is_odd { Lead::Oddity } else { Lead::Sequence }) {
                    Next::Lead => {}
                    Next::Stop => return,
                    Next::Line => {
                        at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
                        while references.next_if(|&i| i < at).is_some() {}
                        continue 'text;
                    }
                }
            }
            if c.is_ascii() {
                break;
            }
            at += c.len_utf8();
            let idle = leads.idle(chars.as_str().as_bytes());
            if idle > 0 {
                at += idle;
                chars = text[at..].chars();
            }
        }
    }
    let ends_beyond_ascii = bytes.last().is_some_and(|b| !b.is_ascii());
    if ends_beyond_ascii && line.known != 0 {
        let last = text.chars().next_back().map_or(m.edge(), |c| m.class(c));
        if line.sum + legacy::oddness(m, last, m.edge()) >= legacy::ODD {
            found(text.len(), Lead::Oddity);
        }
    }
}

/// A line, without its line feed, that holds a lead.
pub(super) struct Suspect {
    /// Bytes of the text.
    pub(super) span: Range<usize>,
    /// Whether it could be legacy text read as legacy, or holds controls.
    pub(super) odd: bool,
}

pub(super) fn suspects(text: &str) -> Vec<Suspect> {
    let mut lines: Vec<Suspect> = Vec::new();
    each_lead(text, &mut |at, lead| {
        let odd = lead == Lead::Oddity;
        match lines.last_mut() {
            Some(line) if line.span.end >= at => line.odd |= odd,
            _ => {
                let start = memchr::memrchr(b'\n', &text.as_bytes()[..at]).map_or(0, |i| i + 1);
                let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |i| at + i);
                lines.push(Suspect { span: start..end, odd });
            }
        }
        if odd { Next::Line } else { Next::Lead }
    });
    lines
}
