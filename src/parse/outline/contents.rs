//! Tables of contents: lists and tables whose entries name the headings of their own document.
//!
//! Reads items, blocks and links; knows no rules.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::anchors::Anchors;
use crate::model::document::{BlockKind, Document, LinkKind};
use crate::model::id::BlockId;
use crate::model::item::{Item, LabelPosition};
use crate::text::similarity::title;

/// Minimum number of entries of a table of contents (a guess): two links may as well be steps.
const MIN_ENTRIES: usize = 3;

/// Marks the items that are entries of a table of contents.
pub(super) fn mark(doc: &Document, items: &mut [Item]) {
    let mut lists: FxHashMap<BlockId, Vec<usize>> = FxHashMap::default();
    for item in items.iter_mut().filter(|item| item.style.place == LabelPosition::Summary) {
        // A summary that is a link into the document opens a part of a table of contents.
        let written = doc.slice(item.span);
        item.is_contents = written.contains("href='#") || written.contains("href=\"#");
    }
    for (at, item) in items.iter().enumerate() {
        // A list item that is a heading itself names nothing else.
        if matches!(item.style.place, LabelPosition::List(_) | LabelPosition::Table)
            && !matches!(doc[item.block].kind, BlockKind::Heading(_) | BlockKind::Html)
            && let Some(list) = outermost_list(doc, item.block)
        {
            lists.entry(list).or_default().push(at);
        }
    }
    lists.retain(|_, entries| entries.len() >= MIN_ENTRIES);
    if lists.is_empty() {
        return;
    }
    let mut names = HeadingNames::new(doc, items);
    for entries in lists.into_values() {
        let mut strangers = entries.iter().filter(|&&at| !names.is_entry(&items[at]));
        if strangers.nth(entries.len() * 3 / 10).is_none() {
            entries.into_iter().for_each(|at| items[at].is_contents = true);
        }
    }
}

/// Returns the outermost list or table that contains a block.
fn outermost_list(doc: &Document, block: BlockId) -> Option<BlockId> {
    let mut found = None;
    let mut next = Some(block);
    while let Some(at) = next {
        if matches!(doc[at].kind, BlockKind::List { .. } | BlockKind::Table) {
            found = Some(at);
        }
        next = doc[at].parent;
    }
    found
}

/// The titles of the headings of a document, and the anchors that links into it may lead to.
struct HeadingNames<'a> {
    doc: &'a Document,
    titles: FxHashSet<String>,
    anchors: Option<Anchors>,
}

impl<'a> HeadingNames<'a> {
    fn new(doc: &'a Document, items: &[Item]) -> Self {
        let of_items = items.iter().filter(|item| {
            matches!(item.style.place, LabelPosition::Heading(_) | LabelPosition::Bold | LabelPosition::Summary)
        });
        let titles = of_items.map(|item| item.title).chain(doc.headings.iter().map(|heading| heading.content));
        let titles = titles.map(|title| title::key(doc.slice(title))).filter(|key| !key.is_empty()).collect();
        Self { doc, titles, anchors: None }
    }

    /// Returns whether the title of an item is a link to a place in its document, or the title of a heading.
    fn is_entry(&mut self, item: &Item) -> bool {
        let written = self.doc.slice(item.title);
        if let Some(target) = self.whole_link(item)
            && let Some(fragment) = target.strip_prefix('#')
        {
            let doc = self.doc;
            return self.anchors.get_or_insert_with(|| Anchors::of(doc)).has(fragment)
                || !fragment.is_empty() && self.titles.contains(&title::key(written));
        }
        self.titles.contains(&title::key(written))
    }

    /// Returns the target of the link that the title of an item begins with.
    fn whole_link(&self, item: &Item) -> Option<&'a str> {
        let at = self.doc.links.partition_point(|link| link.span.end <= item.title.start);
        let link = self.doc.links.get(at).filter(|link| link.span.start <= item.title.start.saturating_add(4))?;
        (link.kind != LinkKind::Image).then_some(&link.target)
    }
}
