//! The levels of headings as the outline reads them: a heading that each item repeats ("Answer: B") is inside the item,
//! whatever its level is.
//!
//! Knows headings and labels; not items.

use rustc_hash::{FxHashMap, FxHashSet};

use super::label;
use crate::model::document::Document;

/// Level of a heading that is inside an item whose heading has a deeper level: below all of Markdown.
pub(super) const INNERMOST_LEVEL: u8 = 7;
/// Minimum number of numbered headings that share a level, and of headings that repeat one word (a guess).
const MIN_REPEATED: usize = 3;

/// Returns the level of each heading.
///
/// A heading without a number is inside an item if its level is not deeper than that of the numbered headings, and if at
/// least half as many headings as there are of these start with the same word, the first of them below a numbered one.
pub(super) fn read(doc: &Document) -> Vec<u8> {
    let mut levels: Vec<u8> = doc.headings.iter().map(|heading| heading.level).collect();
    if levels.len() < 2 * MIN_REPEATED {
        return levels;
    }
    let mut numbered = [0_usize; INNERMOST_LEVEL as usize];
    let mut repeated: FxHashMap<(&str, u8), usize> = FxHashMap::default();
    let mut words: Vec<Option<&str>> = Vec::with_capacity(levels.len());
    let mut opening: FxHashSet<&str> = FxHashSet::default();
    for heading in &doc.headings {
        let content = doc.slice(heading.content);
        let is_numbered = label::read(content).is_some_and(|label| label.number.is_some() && !label.weak);
        if is_numbered {
            numbered[usize::from(heading.level)] += 1;
        }
        let word = first_word(content).filter(|_| !is_numbered);
        words.push(word);
        if let Some(word) = word {
            if numbered == [0; INNERMOST_LEVEL as usize] {
                // Headings of this word come before the items, as those of parts do.
                opening.insert(word);
            }
            *repeated.entry((word, heading.level)).or_default() += 1;
        }
    }
    let deepest = (0..numbered.len()).rev().find(|&level| numbered[level] >= MIN_REPEATED);
    let Some(deepest) = deepest else { return levels };
    for (level, word) in levels.iter_mut().zip(words) {
        let Some(word) = word.filter(|word| usize::from(*level) <= deepest && !opening.contains(word)) else {
            continue;
        };
        let count = repeated.get(&(word, *level)).copied().unwrap_or(0);
        if count >= MIN_REPEATED && count * 2 >= numbered[deepest] {
            *level = INNERMOST_LEVEL;
        }
    }
    levels
}

/// Returns the first word of a heading: what precedes a space or a colon.
fn first_word(content: &str) -> Option<&str> {
    let start = label::skip_decoration(content, 0);
    let rest = content.get(start..)?;
    let end = rest.find([' ', ':', '：', '*', '_']).unwrap_or(rest.len());
    rest.get(..end).filter(|word| !word.is_empty())
}
