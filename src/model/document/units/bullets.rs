//! Bullets as units, without those of tables of contents.
//!
//! Knows lists, links and items; not the other units.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{items_by_block, take_label};
use crate::model::document::{BlockKind, Document};
use crate::model::id::BlockId;
use crate::model::item::{Item, LabelPosition};
use crate::model::span::Span;
use crate::text::similarity::title::list_title;

/// Deepest nesting at which a bullet is a unit (a guess): deeper ones are details.
const MAX_BULLET_DEPTH: usize = 3;
/// Minimum number of entries of a table of contents (a guess): two links may as well be items.
const MIN_CONTENTS_ENTRIES: usize = 3;

/// Returns the bullets of lists that are no tables of contents; nested ones only where each bullet is one line.
pub(super) fn bullets(doc: &Document) -> Vec<Item> {
    let items = items_by_block(doc);
    let contents = contents_lists(doc);
    let mut units: Vec<Item> = Vec::new();
    let mut is_outline = true;
    // The depth of each list item, and whether its list is a unit.
    let mut depths: FxHashMap<BlockId, usize> = FxHashMap::default();
    for (at, block) in doc.blocks.iter().enumerate() {
        let at = BlockId::new(at);
        let Some(list) = block.parent.filter(|_| block.kind == BlockKind::ListItem) else { continue };
        if doc[list].kind != (BlockKind::List { start: None }) || contents.contains(&list) {
            continue;
        }
        let depth = match doc[list].parent {
            None => 0,
            Some(outer) => match depths.get(&outer) {
                Some(depth) => depth + 1,
                None => continue,
            },
        };
        depths.insert(at, depth);
        let first = BlockId::new(at.index() + 1);
        let Some(opening) = doc.blocks.get(first.index()).filter(|opening| opening.parent == Some(at)) else {
            continue;
        };
        if opening.kind != BlockKind::Paragraph || depth > MAX_BULLET_DEPTH {
            continue;
        }
        let written = doc.slice(block.span);
        // The span of an indented bullet begins with the line.
        let inner = written.trim_start_matches([' ', '\t']).trim_start_matches(['-', '*', '+']);
        let marker = written.len() - inner.trim_start_matches([' ', '\t']).len();
        let line = written[marker..].lines().next().unwrap_or("");
        let start = block.span.start + marker as u32;
        let title = list_title(line);
        let title = Span::new(start + title.start as u32, start + title.end as u32);
        let span = Span::new(block.span.start, start + line.len() as u32);
        let place = LabelPosition::List(u8::try_from(depth).unwrap_or(u8::MAX));
        let mut unit = doc.plain_unit(place, span, title, Span::new(span.end, block.span.end.max(span.end)), at);
        if let Some(item) = items.get(&first).or_else(|| items.get(&at)).filter(|item| span.contains(item.title)) {
            take_label(&mut unit, item);
        }
        let rest = doc.slice(unit.body).trim_start();
        is_outline &= rest.is_empty() || rest.starts_with(['-', '*', '+']);
        units.push(unit);
    }
    if is_outline {
        // The body of an outer bullet ends where the first inner one starts.
        for at in 1..units.len() {
            let next = units[at].span.start;
            let body = &mut units[at - 1].body;
            body.end = body.end.min(next).max(body.start);
        }
    } else {
        units.retain(|unit| depths.get(&unit.block) == Some(&0));
    }
    units
}

/// Returns the lists most of whose bullets are links into the document, with the lists inside them.
fn contents_lists(doc: &Document) -> FxHashSet<BlockId> {
    let mut counts: FxHashMap<BlockId, (usize, usize)> = FxHashMap::default();
    let mut outermost: FxHashMap<BlockId, BlockId> = FxHashMap::default();
    for (at, block) in doc.blocks.iter().enumerate() {
        let at = BlockId::new(at);
        match block.kind {
            BlockKind::List { .. } => {
                let outer = block.parent.and_then(|item| outermost.get(&item)).copied().unwrap_or(at);
                outermost.insert(at, outer);
            }
            BlockKind::ListItem => {
                let Some(list) = block.parent.and_then(|list| outermost.get(&list)).copied() else { continue };
                outermost.insert(at, list);
                let (entries, links) = counts.entry(list).or_default();
                *entries += 1;
                *links += usize::from(leads_inside(doc, block.span));
            }
            _ => {}
        }
    }
    let is_contents = |list: &BlockId| {
        counts.get(list).is_some_and(|(entries, links)| *entries >= MIN_CONTENTS_ENTRIES && links * 10 >= entries * 7)
            || counts.get(list).is_some_and(|(entries, links)| entries == links)
    };
    outermost.iter().filter(|(_, outer)| is_contents(outer)).map(|(list, _)| *list).collect()
}

/// Returns whether the first line of a list item begins with a link to an anchor of the document.
fn leads_inside(doc: &Document, item: Span) -> bool {
    let at = doc.links.partition_point(|link| link.span.start < item.start);
    let first_words = item.start.saturating_add(12);
    doc.links.get(at).is_some_and(|link| link.span.start <= first_words && link.target.starts_with('#'))
}
