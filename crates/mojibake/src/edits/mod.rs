//! Edits of a line, and their composition over iterations.
//!
//! Never knows why an edit is made: no bytes and no language.

use std::ops::Range;

use crate::encoding::recipe::Layer;
use crate::text::line::NEAR;
use crate::text::splice::splice;
use crate::types::score::Score;
use crate::types::{Cause, Certainty, Mojibake};

/// Returns the text with each span replaced by its [replacement](Mojibake::replacement), if it has one.
#[must_use]
pub fn apply(text: &str, garbles: &[Mojibake]) -> String {
    splice(text, garbles.iter().filter_map(|garble| Some((garble.span.clone(), garble.replacement()?))))
}

/// An edit of a line, in bytes of the line as found.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    pub(crate) span: Range<usize>,
    /// The intended text; of an ambiguous edit, the text as it is.
    pub(crate) after: String,
    pub(crate) candidates: Vec<String>,
    pub(crate) layers: Vec<Layer>,
    pub(crate) certainty: Certainty,
    pub(crate) cause: Cause,
    pub(crate) score: Option<Score>,
}

/// Returns the parts of a line between its edits.
pub(crate) fn gaps(line: &str, edits: &[Edit]) -> impl Iterator<Item = Range<usize>> {
    let ends = edits.iter().map(|e| e.span.start).chain([line.len()]);
    let starts = [0].into_iter().chain(edits.iter().map(|e| e.span.end));
    starts.zip(ends).map(|(start, end)| start..end)
}

/// Returns whether the edits take all non-ASCII characters.
pub(crate) fn is_covered(line: &str, edits: &[Edit]) -> bool {
    let mut at = 0;
    edits.iter().all(|e| {
        let gap = line[at..e.span.start].is_ascii();
        at = e.span.end;
        gap
    }) && line[at..].is_ascii()
}

/// Returns the line up to `at` after the edits; of a long line, only the end.
pub(crate) fn repaired<'a>(line: &'a str, at: usize, edits: &'a [Edit]) -> impl Iterator<Item = char> + 'a {
    let from = line.floor_char_boundary(at.saturating_sub(NEAR));
    let edits = &edits[edits.partition_point(|e| e.span.start < from)..edits.partition_point(|e| e.span.end <= at)];
    let starts = std::iter::once(from).chain(edits.iter().map(|e| e.span.end));
    let ends = edits.iter().map(|e| e.span.start).chain([at]);
    let afters = edits.iter().map(|e| e.after.as_str()).chain([""]);
    starts.zip(ends).zip(afters).flat_map(|((start, end), after)| line[start..end].chars().chain(after.chars()))
}

pub(crate) fn render(line: &str, edits: &[Edit]) -> String {
    splice(line, edits.iter().map(|edit| (edit.span.clone(), &edit.after)))
}

/// Composes edits: `old` made `current` of the line, and `new` are edits of `current`. Returns the edits of the line
/// that do both.
pub(crate) fn compose(old: Vec<Edit>, new: Vec<Edit>, current: &str) -> Vec<Edit> {
    // Both as spans of `current`; overlapping ones become one edit.
    let mut all: Vec<(Range<usize>, Option<Range<usize>>, Edit)> = Vec::new();
    let mut shift = 0isize;
    for edit in old {
        let start = edit.span.start.wrapping_add_signed(shift);
        let end = start + edit.after.len();
        shift = end as isize - edit.span.end as isize;
        all.push((start..end, Some(edit.span.clone()), edit));
    }
    all.extend(new.into_iter().map(|edit| (edit.span.clone(), None, edit)));
    all.sort_by_key(|(place, origin, _)| (place.start, origin.is_none()));
    let mut out: Vec<Edit> = Vec::new();
    let mut shift = 0isize;
    let mut all = all.into_iter().peekable();
    while let Some((place, origin, edit)) = all.next() {
        let mut group = vec![(place.clone(), origin, edit)];
        let mut to = place.end;
        while let Some(next) = all.next_if(|(next, ..)| next.start < to) {
            to = to.max(next.0.end);
            group.push(next);
        }
        let start = place.start.wrapping_add_signed(-shift);
        for (place, origin, _) in &group {
            if let Some(origin) = origin {
                shift = place.end as isize - origin.end as isize;
            }
        }
        let span = start..to.wrapping_add_signed(-shift);
        out.push(merge(group, span, place.start..to, current));
    }
    out
}

/// Returns one edit of `span` for a group of old and new edits that overlap within `place` of `current`.
fn merge(
    group: Vec<(Range<usize>, Option<Range<usize>>, Edit)>,
    span: Range<usize>,
    place: Range<usize>,
    current: &str,
) -> Edit {
    let mut after = String::new();
    let mut at = place.start;
    let mut merged: Option<Edit> = None;
    let mut below: Vec<Layer> = Vec::new();
    for (part, origin, edit) in group {
        if origin.is_none() {
            after.push_str(&current[at..part.start]);
            after.push_str(&edit.after);
            at = part.end;
        } else if below.len() < edit.layers.len() {
            below.clone_from(&edit.layers);
        }
        merged = Some(match merged {
            None => edit,
            Some(mut m) => {
                m.certainty = m.certainty.min(edit.certainty);
                m.cause = m.cause.max(edit.cause);
                m.score = match (m.score, edit.score) {
                    (Some(a), Some(b)) => Some(a.and(b)),
                    (a, b) => a.or(b),
                };
                if origin.is_none() && edit.layers.len() > m.layers.len() || m.layers == below {
                    m.layers = edit.layers;
                }
                m
            }
        });
    }
    after.push_str(&current[at..place.end]);
    let mut edit = merged.expect("a group is never empty");
    if edit.layers != below {
        edit.layers.extend(below);
    }
    Edit { span, after, ..edit }
}
