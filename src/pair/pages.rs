//! The pages of translations that hold several documents: each page is aligned with its own original.
//!
//! Knows the model and text; not settings, and no rules.

use std::collections::{BTreeMap, BTreeSet};

use super::unit;
use crate::model::alignment::{AlignedPair, Alignment, RenumberedBlock, SectionPair};
use crate::model::collection::Collection;
use crate::model::id::DocId;
use crate::model::item::Basis;
use crate::model::target::shared_folders;
use crate::model::work::{Version, VersionPair};
use crate::text::language::locale_tag::localized;

/// Minimum number of pages that have one path in the folders of two versions (a guess): a readme is in every folder.
const MIN_SAME_PLACES: usize = 3;
/// Share of the pages of a translation, in per cent, that need such a path, if the pages are to be aligned one by one (a
/// guess): with fewer, the folders are divided otherwise.
const SAME_PLACE_PERCENT: usize = 80;

/// Aligns a translation with its base version, page by page where the paths say which page is the translation of which.
/// Pages without a counterpart are not aligned with anything. `basis` is that of the versions as wholes; each page has its
/// own. `align` aligns versions as wholes.
pub(super) fn align(
    versions: VersionPair<&Version>,
    basis: Basis,
    collection: &Collection,
    align: impl Fn(VersionPair<&Version>, Basis) -> Alignment,
) -> Alignment {
    let is_single = versions.base.documents.len() == 1 && versions.derived.documents.len() == 1;
    if is_single || !versions.base.is_translated(versions.derived) {
        return align(versions, basis);
    }
    let of = |version: &Version, documents: Vec<DocId>| Version { role: version.role, documents };
    let page = |&(base, derived): &(DocId, DocId), basis| {
        let pair = (of(versions.base, vec![base]), of(versions.derived, vec![derived]));
        align(VersionPair { base: &pair.0, derived: &pair.1 }, basis)
    };
    let pages = pages(versions, collection);
    if !pages.is_empty() {
        let own_basis = |page: &(DocId, DocId)| unit::basis(&[&[page.0], &[page.1]], collection);
        return joined(pages.iter().map(|both| page(both, own_basis(both))).collect());
    }
    let pages = pages_by_place(versions, collection);
    if pages.is_empty() {
        return align(versions, basis);
    }
    let rest = |version: &Version, side: fn(&(DocId, DocId)) -> DocId| {
        let taken: BTreeSet<DocId> = pages.iter().map(side).collect();
        of(version, version.documents.iter().copied().filter(|id| !taken.contains(id)).collect())
    };
    let (base, derived) = (rest(versions.base, |page| page.0), rest(versions.derived, |page| page.1));
    let rest = align(VersionPair { base: &base, derived: &derived }, basis);
    joined(pages.iter().map(|both| page(both, basis)).chain([rest]).collect())
}

/// Returns the pairs of pages that have one path in the folders of the two versions, in the order of the base version; none
/// if too few pages of the translation have such a path.
fn pages_by_place(versions: VersionPair<&Version>, collection: &Collection) -> Vec<(DocId, DocId)> {
    let places = |version: &Version| {
        let paths: Vec<String> =
            version.documents.iter().map(|id| collection.document(*id).source.display().to_lowercase()).collect();
        let shared = shared_folders(&paths);
        let place = |path: &String| path[shared..].to_owned();
        paths.iter().map(place).zip(version.documents.iter().copied()).collect::<Vec<_>>()
    };
    let there: BTreeMap<String, DocId> = places(versions.derived).into_iter().collect();
    let pair = |(place, base): (String, DocId)| Some((base, *there.get(&place)?));
    let pages: Vec<(DocId, DocId)> = places(versions.base).into_iter().filter_map(pair).collect();
    let are_most = pages.len() * 100 >= versions.derived.documents.len() * SAME_PLACE_PERCENT;
    if pages.len() >= MIN_SAME_PLACES && are_most { pages } else { Vec::new() }
}

/// Returns the pairs of pages that translate each other, in the order of the base version.
fn pages(versions: VersionPair<&Version>, collection: &Collection) -> Vec<(DocId, DocId)> {
    let path = |id: DocId| collection.document(id).source.display();
    // A page that names no language comes before one that does: copies in another language may lie beside it.
    let (mut unmarked, mut marked): (BTreeMap<String, DocId>, BTreeMap<String, DocId>) = Default::default();
    for &id in &versions.base.documents {
        match localized(path(id)) {
            Some(found) => _ = marked.entry(found.neutral).or_insert(id),
            None => _ = unmarked.insert(path(id).to_lowercase(), id),
        }
    }
    let mut taken = BTreeSet::new();
    let counterpart = |&derived: &DocId| {
        let places =
            localized(path(derived)).map_or_else(|| vec![path(derived).to_lowercase()], |found| found.originals);
        let found = places.iter().find_map(|place| unmarked.get(place));
        let base = *found.or_else(|| places.iter().find_map(|place| marked.get(place)))?;
        taken.insert(base).then_some((base, derived))
    };
    let mut pairs: Vec<(DocId, DocId)> = versions.derived.documents.iter().filter_map(counterpart).collect();
    let order: BTreeMap<DocId, usize> = versions.base.documents.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    pairs.sort_by_key(|(base, _)| order.get(base).copied());
    pairs
}

/// Returns the alignments of pages as one.
fn joined(alignments: Vec<Alignment>) -> Alignment {
    let in_place: usize = alignments.iter().map(|alignment| alignment.in_place).sum();
    let mut all = Alignment { in_place, ..Alignment::default() };
    let mut moves: Vec<AlignedPair> = Vec::new();
    for mut alignment in alignments {
        all.repeats.append(&mut alignment.repeats);
        all.divided.append(&mut alignment.divided);
        let (rows_before, moves_before, blocks_before) = (all.pairs.len(), moves.len(), all.renumbered.len());
        let place = |row: &u32| {
            let row = *row as usize;
            let shifted = match row.checked_sub(alignment.in_place) {
                Some(moved) => in_place + moves_before + moved,
                None => rows_before + row,
            };
            shifted as u32
        };
        let renumbered = |block: &RenumberedBlock| RenumberedBlock {
            offset: block.offset,
            rows: block.rows.iter().map(place).collect(),
        };
        all.renumbered.extend(alignment.renumbered.iter().map(renumbered));
        let sections = |pair: &SectionPair| SectionPair { rows: pair.rows.iter().map(place).collect(), ..pair.clone() };
        all.sections.extend(alignment.sections.iter().map(sections));
        let pair = |pair: &AlignedPair| AlignedPair {
            renumbered: pair.renumbered.map(|block| block + blocks_before as u32),
            ..*pair
        };
        all.pairs.extend(alignment.rows().iter().map(pair));
        moves.extend(alignment.moves().iter().map(pair));
    }
    all.pairs.extend(moves);
    all
}
