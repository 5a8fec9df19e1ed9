//! The unit by which the versions of a work are compared: what all of them consist of.
//!
//! Knows the model; not how units are aligned.

use crate::model::collection::Collection;
use crate::model::document::{BlockKind, Document, Heading};
use crate::model::id::DocId;
use crate::model::item::{Basis, LabelPosition};
use crate::model::span::Span;
use crate::text::similarity::title;

/// Share of the text, in percent, that items have to cover in each version to be the unit (a guess): fewer are steps,
/// or questions in passing.
const ITEMS_COVER_PERCENT: u64 = 50;
/// Share of the text, in percent, by which headings have to cover more than items to be the unit in their place (a
/// guess).
const HEADINGS_LEAD_PERCENT: u64 = 30;
/// Share of the text, in percent, by which headings have to cover more than numbered ones to be the unit in their place, and
/// minimum share of those that are passed over otherwise, as one in this many (guesses).
const PASSED_OVER_COVER_PERCENT: u64 = 15;
const PASSED_OVER_ONE_IN: usize = 5;
/// Share of the text, in percent, that bullets, summaries, rows or terms have to cover in each version (a guess).
const ENTRIES_COVER_PERCENT: u64 = 85;
/// Minimum number of bullets, rows or terms for a heading (a guess): where each heading has a few, it is the unit itself.
const MIN_ENTRIES_OF_HEADING: usize = 2;
/// Minimum number of units in each version (a guess): fewer are chance, such as the choices of a question.
const MIN_UNITS: usize = 3;
/// Share of the documents, in percent, that have to be files with a number (a guess): the others are an index, a template.
const FILES_PERCENT: usize = 70;
/// Share of the titles, in percent, that differ from each other where they name units (a guess): "Answer" forty times
/// names none.
const DISTINCT_PERCENT: usize = 70;

/// Units of one basis in a version.
#[derive(Debug, Clone, Copy, Default)]
struct UnitMeasure {
    count: usize,
    /// How many of their titles differ from each other.
    distinct: usize,
    /// Share of the text that they cover, in percent.
    cover: u64,
}

impl UnitMeasure {
    fn new(documents: &[DocId], basis: Basis, collection: &Collection) -> Self {
        let (mut count, mut covered, mut all) = (0, 0, 0);
        let mut titles = rustc_hash::FxHashSet::default();
        for &id in documents {
            let doc = collection.document(id);
            let units = doc.units(basis);
            count += units.len();
            titles.extend(units.iter().map(|(_, unit)| title::key(doc.slice(unit.title))));
            let spans = units.iter().map(|(_, unit)| unit.span.cover(unit.body)).collect();
            let (inside, total) = cover(doc, spans);
            (covered, all) = (covered + inside, all + total);
        }
        let cover = (covered * 100).checked_div(all).unwrap_or(100 * u64::from(count > 0));
        Self { count, distinct: titles.len(), cover }
    }
}

/// Returns the number of bytes of text that lie in one of the spans, and the number of all. Headings and tables of
/// contents are no text.
fn cover(doc: &Document, mut spans: Vec<Span>) -> (u64, u64) {
    spans.sort_unstable();
    let (mut inside, mut all) = (0, 0);
    let mut next = spans.into_iter().peekable();
    let mut end = 0;
    let mut contents_end = 0;
    for (at, block) in doc.blocks.iter().enumerate() {
        match block.kind {
            BlockKind::List { .. } | BlockKind::Table if block.span.start >= contents_end => {
                if is_contents(doc, at) {
                    contents_end = block.span.end;
                }
                continue;
            }
            // HTML is mostly decoration: badges, and tables of contributors.
            BlockKind::Paragraph | BlockKind::Code { .. } | BlockKind::TableRow => {}
            _ => continue,
        }
        if block.span.start < contents_end {
            continue;
        }
        while let Some(span) = next.next_if(|span| span.start <= block.span.start) {
            end = end.max(span.end);
        }
        let len = u64::from(block.span.len());
        all += len;
        inside += if block.span.start < end { len } else { 0 };
    }
    (inside, all)
}

/// Returns whether the list or table with this index is a table of contents.
fn is_contents(doc: &Document, list: usize) -> bool {
    let span = doc.blocks[list].span;
    let links = doc.links.partition_point(|link| link.span.start < span.start);
    let links = doc.links[links..].iter().take_while(|link| link.span.start < span.end);
    let inside = links.filter(|link| link.target.starts_with('#')).count();
    let entries = doc.blocks[list + 1..].iter().take_while(|block| block.span.start < span.end);
    let entries = entries.filter(|block| matches!(block.kind, BlockKind::ListItem | BlockKind::TableRow)).count();
    entries > 0 && inside * 10 >= entries * 7
}

/// Returns whether the unit of a work with these versions is the file: in each of them nearly all files are identified by
/// the numbers in their names, and their headings are those of one template.
pub fn is_file(versions: &[&[DocId]], collection: &Collection) -> bool {
    versions.iter().all(|documents| {
        let units = |basis| documents.iter().map(|id| collection.document(*id).units(basis).len()).sum::<usize>();
        let files = units(Basis::Files);
        // Few works have numbered files, and to read the titles of a large one takes long.
        let are_numbered = files >= MIN_UNITS && files * 100 >= documents.len() * FILES_PERCENT;
        let is_template = || {
            let titles = UnitMeasure::new(documents, Basis::Topics, collection);
            titles.count > files && titles.distinct * 100 < titles.count * DISTINCT_PERCENT
        };
        are_numbered && is_template() && !share_of_headings(documents, collection).numbered
    })
}

/// Returns the unit of a work with these versions, each given by its documents.
pub fn basis(versions: &[&[DocId]], collection: &Collection) -> Basis {
    let measures = |basis: Basis| -> Vec<UnitMeasure> {
        versions.iter().map(|documents| UnitMeasure::new(documents, basis, collection)).collect()
    };
    let least = |measures: &[UnitMeasure]| UnitMeasure {
        count: measures.iter().map(|measure| measure.count).min().unwrap_or(0),
        distinct: measures.iter().map(|measure| measure.distinct * 100 / measure.count.max(1)).min().unwrap_or(0),
        cover: measures.iter().map(|measure| measure.cover).min().unwrap_or(0),
    };
    let names = |measure: UnitMeasure| {
        measure.count >= MIN_UNITS && measure.distinct >= DISTINCT_PERCENT && measure.cover >= ENTRIES_COVER_PERCENT
    };
    let of_items = measures(Basis::Items);
    let items = least(&of_items);
    let of_headings = measures(Basis::Topics);
    let headings = least(&of_headings);
    let are_headings = of_items.iter().zip(&of_headings).zip(versions).all(|((items, headings), documents)| {
        items.count * 2 >= headings.count && share_of_headings(documents, collection).numbered
    });
    // Where some headings are questions, the others are units as well.
    let are_questions = of_items.iter().zip(&of_headings).zip(versions).any(|((items, headings), documents)| {
        share_of_headings(documents, collection).unnumbered
            && (headings.count * 10 >= items.count * 13 || passed_over(documents, collection).beside_items > 0)
    });
    // A question in a paragraph below each heading is a part of its text.
    let are_sentences = headings.count >= MIN_UNITS
        && of_items.iter().zip(&of_headings).zip(versions).all(|((items, headings), documents)| {
            items.count < MIN_ENTRIES_OF_HEADING * headings.count && share_of_headings(documents, collection).sentences
        });
    // Where some headings are numbered, as the steps of one section, the others are units as well.
    let are_sections = headings.count >= MIN_UNITS
        && headings.cover >= items.cover + PASSED_OVER_COVER_PERCENT
        && of_items.iter().zip(&of_headings).zip(versions).all(|((_, headings), documents)| {
            share_of_headings(documents, collection).numbered
                && passed_over(documents, collection).all * PASSED_OVER_ONE_IN >= headings.count
        });
    // Where chapters have sections of their own, these are the finer unit.
    let are_chapters = headings.distinct >= DISTINCT_PERCENT
        && of_items.iter().zip(&of_headings).zip(versions).all(|((items, headings), documents)| {
            items.count > 0 && headings.count >= 2 * items.count && share_of_headings(documents, collection).divisions
        });
    if (are_questions || are_chapters || are_sentences || are_sections) && headings.cover >= items.cover {
        return Basis::Topics;
    }
    if items.count > 0 && (items.cover >= ITEMS_COVER_PERCENT || are_headings) {
        // Where some bullets are questions, the others are items as well.
        let of_bullets = measures(Basis::Bullets);
        let more = of_bullets.iter().zip(&of_items).all(|(bullets, items)| bullets.count >= items.count)
            && of_bullets.iter().zip(&of_items).any(|(bullets, items)| bullets.count > items.count);
        let are_bullets = versions.iter().all(|documents| items_are_bullets(documents, collection));
        return if more && are_bullets && names(least(&of_bullets)) { Basis::Bullets } else { Basis::Items };
    }
    for basis in [Basis::Summaries, Basis::Bullets, Basis::Terms, Basis::Rows] {
        let units = measures(basis);
        let are_many = units.iter().zip(&of_headings).all(|(units, headings)| {
            basis == Basis::Summaries || units.count >= MIN_ENTRIES_OF_HEADING * headings.count
        });
        if are_many && names(least(&units)) {
            return basis;
        }
    }
    let lead = headings.cover >= items.cover + HEADINGS_LEAD_PERCENT;
    if headings.count > 0 && (items.count == 0 || (lead && headings.count >= MIN_UNITS)) {
        return Basis::Topics;
    }
    Basis::Items
}

/// Kinds of headings that most items of a version are.
struct HeadingItems {
    numbered: bool,
    unnumbered: bool,
    /// True if most are chapters, parts, weeks and the like.
    divisions: bool,
    /// True if most are no headings, but lines of text without a number.
    sentences: bool,
}

fn share_of_headings(documents: &[DocId], collection: &Collection) -> HeadingItems {
    let items = documents.iter().flat_map(|id| collection.document(*id).principal_items());
    let (mut numbered, mut unnumbered, mut divisions, mut sentences, mut all) = (0, 0, 0, 0, 0);
    for (_, item) in items {
        all += 1;
        if matches!(item.style.place, LabelPosition::Heading(_)) {
            *if item.number.is_some() { &mut numbered } else { &mut unnumbered } += 1;
            divisions += usize::from(item.style.word.is_division());
        }
        sentences += usize::from(item.style.place == LabelPosition::Line && item.number.is_none());
    }
    HeadingItems {
        numbered: all > 0 && numbered * 2 >= all,
        unnumbered: all > 0 && unnumbered * 2 > all,
        divisions: all > 0 && divisions * 2 > all,
        sentences: all > 0 && sentences * 2 > all,
    }
}

/// Numbers of headings that are no items, and have none below them.
#[derive(Default)]
struct PassedOver {
    /// Those of the level of an item.
    beside_items: usize,
    /// Those of any level but the first.
    all: usize,
}

fn passed_over(documents: &[DocId], collection: &Collection) -> PassedOver {
    let of = |doc: &Document| {
        let mut levels = [false; 7];
        let mut items = rustc_hash::FxHashSet::default();
        let mut sections = rustc_hash::FxHashSet::default();
        for (_, item) in doc.principal_items() {
            if let LabelPosition::Heading(level) = item.style.place {
                levels[usize::from(level.min(6))] = true;
            }
            items.insert(item.block);
            let above = std::iter::successors(item.section, |section| doc[*section].parent);
            sections.extend(above.map(|section| doc[doc[section].heading].block));
        }
        let is_passed_over = |heading: &&Heading| !items.contains(&heading.block) && !sections.contains(&heading.block);
        let mut found = PassedOver::default();
        for heading in doc.headings.iter().filter(is_passed_over) {
            found.beside_items += usize::from(levels[usize::from(heading.level.min(6))]);
            found.all += usize::from(heading.level > 1);
        }
        found
    };
    documents.iter().map(|id| of(collection.document(*id))).fold(PassedOver::default(), |sum, found| PassedOver {
        beside_items: sum.beside_items + found.beside_items,
        all: sum.all + found.all,
    })
}

/// Returns whether most items of a version are bullets without a number.
fn items_are_bullets(documents: &[DocId], collection: &Collection) -> bool {
    let (mut bullets, mut all) = (0, 0);
    for doc in documents.iter().map(|id| collection.document(*id)) {
        for (_, item) in doc.principal_items() {
            all += 1;
            let in_list = doc[item.block].parent.is_some_and(|parent| doc[parent].kind == BlockKind::ListItem);
            bullets += usize::from(item.number.is_none() && in_list);
        }
    }
    bullets * 2 >= all
}
