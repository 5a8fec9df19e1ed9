//! Encodings of DOS and the Macintosh that are not searched, as rivals of those that are.
//!
//! They share most characters with a neighbour: UTF-8 decoded in one of them is UTF-8 in the neighbour as well, with
//! other letters. Nothing of that is proved, and where the letters of the other one make better words, nothing is
//! repaired. Never makes a repair.

use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::decide::agreement::SettledLine;
use crate::edits::Edit;
use crate::encoding::codepage::{CodePage, REGIONAL};
use crate::language::words::word_cost;
use crate::types::Certainty;
use crate::weights::Cost;

/// Maximum number of distinct words that are compared, and their maximum length in bytes (guesses).
const WORDS: usize = 64;
const LONGEST: usize = 64;
/// Rarity of an encoding that is not searched, in decinats (a guess).
const RARITY: Cost = 40;
/// Minimum margin of the words of the searched encoding at which they are proved, in decinats: that of the encodings
/// that are searched.
const AHEAD: Cost = 60;
/// Minimum margin of the words of the other one, before its rarity, at which nothing is repaired, in decinats (a guess).
const BEHIND: Cost = 0;

/// A family of encodings that share most of their characters.
struct Family {
    /// Those that are searched.
    searched: &'static [CodePage],
    /// The bytes of the characters of each of the others.
    others: Vec<FxHashMap<char, u8>>,
}

static FAMILIES: LazyLock<[Family; 2]> = LazyLock::new(|| {
    let (dos, mac): (Vec<CodePage>, Vec<CodePage>) =
        REGIONAL.into_iter().partition(|page| page.id().starts_with("ibm"));
    let tables = |pages: Vec<CodePage>| pages.into_iter().map(CodePage::bytes_by_char).collect();
    [
        Family {
            searched: &[CodePage::Ibm437, CodePage::Ibm850, CodePage::Ibm852, CodePage::Ibm866],
            others: tables(dos),
        },
        Family { searched: &[CodePage::MacRoman], others: tables(mac) },
    ]
});

/// Takes the proof, or the repair, from the edits of a text that an encoding which is not searched explains, too.
pub(crate) fn doubt(lines: &mut [SettledLine<'_>]) {
    for family in FAMILIES.iter() {
        let is_of = |edit: &Edit| {
            let layer = edit.layers.last();
            layer.is_some_and(|layer| layer.written == CodePage::Utf8 && family.searched.contains(&layer.read))
        };
        if !lines.iter().any(|line| line.edits.iter().any(is_of)) {
            continue;
        }
        for other in &family.others {
            let edits = || lines.iter().flat_map(|line| line.edits.iter().map(move |edit| (line.found, edit)));
            let edits = || edits().filter(|(_, edit)| is_of(edit));
            let is_rival = edits().all(|(line, edit)| decoded(&line[edit.span.clone()], other).is_some());
            if !is_rival {
                continue;
            }
            let Some(gain) = gain(edits(), other) else { continue };
            if gain >= AHEAD {
                continue;
            }
            for line in lines.iter_mut() {
                for edit in line.edits.iter_mut().filter(|edit| is_of(edit)) {
                    let Some(text) = decoded(&line.found[edit.span.clone()], other) else { continue };
                    if edit.layers.len() > 1 || text == edit.after {
                        continue;
                    }
                    if gain < BEHIND {
                        edit.certainty = Certainty::Ambiguous;
                        let after = std::mem::replace(&mut edit.after, line.found[edit.span.clone()].to_owned());
                        edit.candidates.extend([text, after]);
                    } else if edit.certainty == Certainty::Proved {
                        edit.certainty = Certainty::Likely;
                    }
                }
            }
        }
    }
}

/// Returns by how much the words of the edits are better than those of the other encoding; `None` if all are equal.
fn gain<'a>(edits: impl Iterator<Item = (&'a str, &'a Edit)>, other: &FxHashMap<char, u8>) -> Option<Cost> {
    let (mut seen, mut gain) = (FxHashSet::default(), None);
    for (line, edit) in edits {
        let found = &line[edit.span.clone()];
        let Some(text) = decoded(found, other).filter(|text| *text != edit.after && edit.layers.len() == 1) else {
            continue;
        };
        let part = word(line, &edit.span);
        if part.len() > LONGEST || seen.len() >= WORDS || !seen.insert(&line[part.clone()]) {
            gain.get_or_insert(RARITY);
            continue;
        }
        let (before, after) = (&line[part.start..edit.span.start], &line[edit.span.end..part.end]);
        let cost = |text: &str| word_cost(&[before, text, after].concat());
        *gain.get_or_insert(RARITY) += cost(&text) - cost(&edit.after);
    }
    gain
}

/// Returns the part of a line between spaces that holds a span.
fn word(line: &str, span: &Range<usize>) -> Range<usize> {
    let start = line[..span.start].trim_end_matches(|c: char| !c.is_whitespace()).len();
    let end = line.len() - line[span.end..].trim_start_matches(|c: char| !c.is_whitespace()).len();
    start..end
}

/// Returns the text that is decoded as `found` in an encoding; `None` if there is none.
fn decoded(found: &str, page: &FxHashMap<char, u8>) -> Option<String> {
    let byte = |c: char| if c.is_ascii() { Some(c as u8) } else { page.get(&c).copied() };
    String::from_utf8(found.chars().map(byte).collect::<Option<Vec<u8>>>()?).ok()
}
