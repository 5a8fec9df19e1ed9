//! Translation-invariant features of items: code, links, anchors, numbers, names, and the shape of the text.
//!
//! Knows the model and text, through items; not how items are linked.

use rustc_hash::FxHashMap;

use super::alignment_item::AlignmentItem;
use crate::model::collection::Collection;
use crate::model::document::{BlockKind, Document, LinkKind};
use crate::model::span::Span;
use crate::text::language::locale_tag;
use crate::text::similarity::cognates;
use crate::text::similarity::marks::{MarkCounts, difference};
use crate::text::values::invariants::{self, tokens};
use crate::text::words::hash;

/// Kind of a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum FeatureKind {
    /// A whole code block.
    Block,
    /// A line of a code block, without its comment.
    Line,
    /// Inline code.
    Code,
    /// The target of a link or image.
    Link,
    /// The target of a link that is the home page of a site: a tool's page is linked wherever the tool is named.
    HomePage,
    /// An explicit id of a heading, or an anchor in HTML.
    Anchor,
    /// An identifier.
    Name,
    /// A number in the text.
    Figure,
    /// A word that was not translated.
    Word,
}

impl FeatureKind {
    /// Returns the name of the kind in text for users.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Block => "code block",
            Self::Line => "line of code",
            Self::Code => "code",
            Self::Link | Self::HomePage => "link",
            Self::Anchor => "anchor",
            Self::Name => "name",
            Self::Figure => "figure",
            Self::Word => "word",
        }
    }

    /// Returns whether a translation writes features of this kind as they are, so that one which the other version has
    /// nowhere was added or dropped. Code blocks are not among them, because one changed option makes another block.
    const fn is_written_alike(self) -> bool {
        matches!(self, Self::Code | Self::Link | Self::HomePage)
    }

    /// Returns the weight of one feature that is in no other item, and the maximum weight of all features of this kind,
    /// in units of an equal number (a guess, tried on translated handbooks).
    const fn weight(self) -> (f32, f32) {
        match self {
            Self::Block => (2.0, 2.0),
            Self::Line => (0.6, 2.0),
            Self::Code => (1.0, 2.0),
            Self::Link => (1.2, 2.0),
            Self::HomePage => (0.6, 1.2),
            Self::Anchor => (2.0, 2.0),
            Self::Name => (0.8, 1.6),
            Self::Figure => (0.5, 1.0),
            Self::Word => (0.35, 1.0),
        }
    }
}

/// A translation-invariant feature.
#[derive(Debug, Clone, Copy)]
struct Feature<'a> {
    kind: FeatureKind,
    hash: u64,
    /// The text as written, for users.
    text: &'a str,
}

/// The shape of the text of an item: the numbers of its code blocks, list items, table rows, paragraphs, links and
/// images; its length in characters; and the marks of its prose.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ItemShape {
    parts: [u32; 5],
    characters: u32,
    marks: MarkCounts,
}

/// The features of one item.
#[derive(Debug, Default)]
struct ItemFeatures<'a> {
    /// Sorted by kind and hash, each once.
    features: Vec<Feature<'a>>,
    shape: ItemShape,
    /// Keys of the words that other languages may have, sorted, each once.
    cognates: Vec<u64>,
}

impl ItemFeatures<'_> {
    fn has(&self, feature: &Feature<'_>) -> bool {
        self.features.binary_search_by_key(&(feature.kind, feature.hash), |own| (own.kind, own.hash)).is_ok()
    }

    /// Returns the weight of the inline code and links that no item of the other version has.
    fn unknown(&self, there: &Places) -> f32 {
        let is_unknown = |feature: &&Feature<'_>| {
            feature.kind.is_written_alike() && !there.contains_key(&(feature.kind, feature.hash))
        };
        sum(self.features.iter().filter(is_unknown), |_| 1.0)
    }

    /// Returns the weight of the ids that no item of the other version has.
    fn unknown_ids(&self, there: &Places) -> f32 {
        let is_unknown = |feature: &&Feature<'_>| {
            feature.kind == FeatureKind::Anchor && !there.contains_key(&(feature.kind, feature.hash))
        };
        sum(self.features.iter().filter(is_unknown), |_| 1.0)
    }
}

/// Minimum length of a text whose shape is evidence, in characters (a guess).
const MIN_BODY_CHARS: u32 = 40;
/// Maximum number of items that have a feature which counts as evidence (a guess).
const MAX_ITEMS_OF_FEATURE: u32 = 8;

/// Logarithm of the odds of an equal number, by which the units of the logistic model are divided (a guess).
const ODDS_OF_NUMBER: f32 = 4.0;
/// Minimum logarithm of the odds of two shapes (a guess): a translation may leave out most of a text.
const MIN_SHAPE_ODDS: f32 = -8.0;
/// Weight of a word that both languages have, if it is in no other item (fitted with the shapes), and number of such words
/// from which more of them are no further evidence.
const COGNATE_WEIGHT: f32 = 1.66 / ODDS_OF_NUMBER;
const MAX_COGNATES: f32 = 3.0;

/// The items that have each feature, in their order, one more than the maximum at most.
type Places = FxHashMap<(FeatureKind, u64), Vec<u32>>;

/// The features of two versions, and the items that have each feature.
#[derive(Debug)]
pub(super) struct VersionFeatures<'a> {
    base: Vec<ItemFeatures<'a>>,
    derived: Vec<ItemFeatures<'a>>,
    in_base: Places,
    in_derived: Places,
    /// The number of items of each version that have a word.
    cognates_in_base: FxHashMap<u64, u32>,
    cognates_in_derived: FxHashMap<u64, u32>,
    /// True if the derived version has most ids of the base version as they are.
    keeps_ids: bool,
    /// Number of characters of the derived version for one of the base version.
    growth: f32,
}

/// One of the two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PairSide {
    Base,
    Derived,
}

impl PairSide {
    pub(super) fn opposite(self) -> Self {
        match self {
            Self::Base => Self::Derived,
            Self::Derived => Self::Base,
        }
    }
}

/// Minimum weight of the features of an item whose share in another one says something (a guess): that of one code span,
/// or of a link with a word.
const MIN_TELLING_WEIGHT: f32 = 1.0;

/// Weights for and against two items being the same.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct FeatureWeight {
    /// Weight of the features that both have.
    pub(super) shared: f32,
    /// Weight of the features that one has and the other version has in other items only.
    pub(super) elsewhere: f32,
}

/// Weight of all features of each item: the evidence against a pair of items that share none.
#[derive(Debug)]
pub(super) struct UnsharedWeights {
    base: Vec<f32>,
    derived: Vec<f32>,
}

impl UnsharedWeights {
    pub(super) fn weigh(&self, base: usize, derived: usize) -> FeatureWeight {
        FeatureWeight { shared: 0.0, elsewhere: self.base[base].max(self.derived[derived]) }
    }
}

impl<'a> VersionFeatures<'a> {
    pub(super) fn new(base: &[AlignmentItem<'_>], derived: &[AlignmentItem<'_>], collection: &'a Collection) -> Self {
        let of =
            |entries: &[AlignmentItem<'_>]| entries.iter().map(|entry| features(entry, collection)).collect::<Vec<_>>();
        let (base, derived) = (of(base), of(derived));
        let characters = |side: &[ItemFeatures<'_>]| side.iter().map(|item| item.shape.characters).sum::<u32>().max(1);
        let growth = characters(&derived) as f32 / characters(&base) as f32;
        let (cognates_in_base, cognates_in_derived) = (cognate_counts(&base), cognate_counts(&derived));
        let (in_base, in_derived) = (places(&base), places(&derived));
        let ids = in_base.keys().filter(|(kind, _)| *kind == FeatureKind::Anchor);
        let (all, kept) =
            ids.fold((0, 0), |(all, kept), id| (all + 1, kept + usize::from(in_derived.contains_key(id))));
        let keeps_ids = kept * 2 > all;
        Self { in_base, in_derived, cognates_in_base, cognates_in_derived, keeps_ids, base, derived, growth }
    }

    /// Returns the rarity of a feature: 1 divided by the number of items of a version that have it; 0 if one version
    /// lacks it.
    fn rarity(&self, feature: &Feature<'_>) -> f32 {
        let count = |places: &Places| places.get(&(feature.kind, feature.hash)).map_or(0, |items| items.len() as u32);
        let (base, derived) = (count(&self.in_base), count(&self.in_derived));
        let most = base.max(derived);
        if base == 0 || derived == 0 || most > MAX_ITEMS_OF_FEATURE { 0.0 } else { 1.0 / most as f32 }
    }

    /// Returns the weights for and against two items.
    pub(super) fn weigh(&self, base: usize, derived: usize) -> FeatureWeight {
        let (a, b) = (&self.base[base], &self.derived[derived]);
        let shared = self.sum(a.features.iter().filter(|feature| b.has(feature)));
        let lost = self.sum(a.features.iter().filter(|feature| !b.has(feature)));
        let gained = self.sum(b.features.iter().filter(|feature| !a.has(feature)));
        FeatureWeight { shared, elsewhere: lost.max(gained) }
    }

    /// Returns the weights for and against two items, without the features that the other version has in the items right
    /// before or after.
    pub(super) fn weigh_between(&self, base: usize, derived: usize) -> FeatureWeight {
        let (a, b) = (&self.base[base], &self.derived[derived]);
        let is_near = |items: &[ItemFeatures<'_>], at: usize, feature: &Feature<'_>| {
            items[at.saturating_sub(1)..(at + 2).min(items.len())].iter().any(|item| item.has(feature))
        };
        let shared = self.sum(a.features.iter().filter(|feature| b.has(feature)));
        let lost = self.sum(a.features.iter().filter(|feature| !is_near(&self.derived, derived, feature)));
        let gained = self.sum(b.features.iter().filter(|feature| !is_near(&self.base, base, feature)));
        FeatureWeight { shared, elsewhere: lost.max(gained) }
    }

    /// Returns the weights against two items that share nothing.
    pub(super) fn unshared_weights(&self) -> UnsharedWeights {
        let sums = |items: &[ItemFeatures<'_>]| items.iter().map(|item| self.sum(item.features.iter())).collect();
        UnsharedWeights { base: sums(&self.base), derived: sums(&self.derived) }
    }

    /// Returns the share of the features of an item of one side that an item of the other version has, 0 to 1, by weight;
    /// `None` if they weigh too little.
    pub(super) fn share(&self, side: PairSide, part: usize, whole: usize) -> Option<f32> {
        let (part, whole, there) = match side {
            PairSide::Base => (&self.base[part], &self.derived[whole], &self.in_derived),
            PairSide::Derived => (&self.derived[part], &self.base[whole], &self.in_base),
        };
        let unknown_ids = if self.keeps_ids { part.unknown_ids(there) } else { 0.0 };
        let all = self.sum(part.features.iter()) + part.unknown(there) + unknown_ids;
        let inside = self.sum(part.features.iter().filter(|feature| whole.has(feature)));
        (all >= MIN_TELLING_WEIGHT).then(|| inside / all)
    }

    /// Returns the length of the text of an item in characters, as long as it is in the derived version.
    pub(super) fn characters(&self, side: PairSide, at: usize) -> f32 {
        match side {
            PairSide::Base => self.base[at].shape.characters as f32 * self.growth,
            PairSide::Derived => self.derived[at].shape.characters as f32,
        }
    }

    /// Returns the weight of the inline code and links that each of two items has and the other version has nowhere, the smaller
    /// of the two: both items are about something that the other version does not know.
    pub(super) fn unknown_to_each_other(&self, base: usize, derived: usize) -> f32 {
        self.base[base].unknown(&self.in_derived).min(self.derived[derived].unknown(&self.in_base))
    }

    /// Returns the weight of some features, which are in the order of their kinds.
    fn sum<'b>(&self, features: impl Iterator<Item = &'b Feature<'b>>) -> f32 {
        sum(features, |feature| self.rarity(feature))
    }

    /// Returns the derived items that share a rare feature with a base item, in their order.
    pub(super) fn sharing(&self, base: usize) -> Vec<usize> {
        let features = self.base[base].features.iter().filter(|feature| self.rarity(feature) > 0.0);
        let places = features.filter_map(|feature| self.in_derived.get(&(feature.kind, feature.hash)));
        let mut found: Vec<usize> = places.flatten().map(|&derived| derived as usize).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Returns the similarity of the shapes of two items, from -0.5 to 0.5. Lengths are compared by their ratio (W. A.
    /// Gale and K. W. Church, 1993) and that of the two versions as wholes.
    pub(super) fn shape(&self, base: usize, derived: usize) -> f32 {
        let (a, b) = (self.base[base].shape, self.derived[derived].shape);
        let alike = |a: f32, b: f32| a.min(b) / a.max(b);
        let told = a.parts.iter().zip(&b.parts).filter(|(a, b)| **a > 0 || **b > 0);
        let mut all: Vec<f32> = told.map(|(a, b)| alike(*a as f32, *b as f32)).collect();
        all.push(alike(a.characters as f32 * self.growth + 8.0, b.characters as f32 + 8.0));
        all.iter().sum::<f32>() / all.len() as f32 - 0.5
    }

    /// Returns the evidence of the words that two languages have in common, 0 or more, in units of an equal number: each
    /// word counts by its rarity.
    pub(super) fn cognates(&self, base: usize, derived: usize) -> f32 {
        let (a, b) = (&self.base[base].cognates, &self.derived[derived].cognates);
        let count = |counts: &FxHashMap<u64, u32>, word: &u64| counts.get(word).copied().unwrap_or(1);
        let rarity =
            |word: &u64| 1.0 / count(&self.cognates_in_base, word).max(count(&self.cognates_in_derived, word)) as f32;
        let shared: f32 = shared(a, b).map(rarity).sum();
        COGNATE_WEIGHT * shared.min(MAX_COGNATES)
    }

    /// Returns the evidence of the shapes of two texts with bodies, in units of an equal number: a logistic model, fitted to
    /// 4,915 pairs of sections of four translated works (guides, handbooks, rules of conduct), held against as many others.
    /// Lengths differ by a multiple of their square root (W. A. Gale and K. W. Church, 1993).
    pub(super) fn close_shape(&self, base: usize, derived: usize) -> f32 {
        let (a, b) = (self.base[base].shape, self.derived[derived].shape);
        let [a_length, b_length] = [a.characters as f32 * self.growth, b.characters as f32];
        let deviation = (a_length - b_length).abs() / f32::midpoint(a_length, b_length).max(1.0).sqrt();
        let marks = a.marks.agreement(b.marks);
        let [code, entries, rows, paragraphs, links] =
            std::array::from_fn(|part| difference(a.parts[part], b.parts[part]));
        let odds = 0.75 - 0.36 * deviation.min(10.0) - 1.06 * paragraphs - 1.33 * (entries + code + rows) - 0.5 * links
            + 1.09 * marks.equal
            - 1.1 * marks.differing;
        odds.max(MIN_SHAPE_ODDS) / ODDS_OF_NUMBER
    }

    /// Returns whether both items have a text of some length, whose shapes say something.
    pub(super) fn have_bodies(&self, base: usize, derived: usize) -> bool {
        let characters = |item: &ItemFeatures<'_>| item.shape.characters;
        characters(&self.base[base]).min(characters(&self.derived[derived])) >= MIN_BODY_CHARS
    }

    /// Returns the names of the rare features that two items share, those of greatest weight first, for users.
    pub(super) fn shared_feature_names(&self, base: usize, derived: usize) -> Vec<String> {
        let there = &self.derived[derived];
        self.feature_names(self.base[base].features.iter().filter(|feature| there.has(feature)))
    }

    /// Returns the names of the features that one of two items has and the other version has in other items only, for
    /// users.
    pub(super) fn other_feature_names(&self, base: usize, derived: usize) -> Vec<String> {
        let (a, b) = (&self.base[base], &self.derived[derived]);
        let lost = a.features.iter().filter(|feature| !b.has(feature));
        self.feature_names(lost.chain(b.features.iter().filter(|feature| !a.has(feature))))
    }

    fn feature_names<'b>(&self, features: impl Iterator<Item = &'b Feature<'b>>) -> Vec<String> {
        let told = features.map(|feature| (feature.kind.weight().0 * self.rarity(feature), feature));
        let mut told: Vec<(f32, &Feature<'_>)> = told.filter(|(weight, _)| *weight > 0.05).collect();
        told.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1.kind, a.1.text).cmp(&(b.1.kind, b.1.text))));
        // The lines of a block that is equal as a whole are no further evidence.
        if told.iter().any(|(_, feature)| feature.kind == FeatureKind::Block) {
            told.retain(|(_, feature)| feature.kind != FeatureKind::Line);
        }
        told.iter().map(|(_, feature)| format!("{} `{}`", feature.kind.as_str(), short(feature.text))).collect()
    }
}

/// Returns the weight of some features, which are in the order of their kinds: each by its share, and of a kind at most
/// the maximum.
fn sum<'b>(features: impl Iterator<Item = &'b Feature<'b>>, share: impl Fn(&Feature<'_>) -> f32) -> f32 {
    let (mut total, mut of_kind, mut kind) = (0.0_f32, 0.0_f32, None);
    for feature in features {
        if kind != Some(feature.kind) {
            (total, of_kind, kind) = (total + of_kind, 0.0, Some(feature.kind));
        }
        let (each, most) = feature.kind.weight();
        of_kind = (of_kind + each * share(feature)).min(most);
    }
    total + of_kind
}

/// Returns the first line that is not empty, cut to 40 characters.
fn short(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
    let cut: String = line.chars().take(40).collect();
    if cut.len() < line.len() { format!("{cut}…") } else { cut }
}

/// Returns the values that two sorted lists share.
fn shared<'b>(a: &'b [u64], b: &'b [u64]) -> impl Iterator<Item = &'b u64> {
    let mut rest = b;
    a.iter().filter(move |value| {
        let below = rest.iter().take_while(|other| other < value).count();
        rest = &rest[below..];
        rest.first() == Some(value)
    })
}

/// Returns the number of items that have each word.
fn cognate_counts(items: &[ItemFeatures<'_>]) -> FxHashMap<u64, u32> {
    let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
    items.iter().flat_map(|item| &item.cognates).for_each(|word| *counts.entry(*word).or_default() += 1);
    counts
}

/// Returns the items that have each feature, in their order.
fn places(items: &[ItemFeatures<'_>]) -> Places {
    let mut places = Places::default();
    for (at, item) in items.iter().enumerate() {
        for feature in &item.features {
            let items = places.entry((feature.kind, feature.hash)).or_default();
            // One more than the maximum is as good as all.
            if items.len() <= MAX_ITEMS_OF_FEATURE as usize {
                items.push(at as u32);
            }
        }
    }
    places
}

/// Returns the features of an item.
fn features<'a>(entry: &AlignmentItem<'_>, collection: &'a Collection) -> ItemFeatures<'a> {
    let doc = collection.document(entry.item.doc);
    let Some(item) = doc.unit(entry.item.item) else { return ItemFeatures::default() };
    let mut reader = FeatureExtractor { doc, found: ItemFeatures::default() };
    reader.code(item.body);
    reader.inline(item.title.cover(item.body));
    reader.anchors(item.span.cover(item.body));
    reader.prose(item.title, item.body);
    reader.count(item.body);
    let mut found = reader.found;
    found.features.sort_by_key(|feature| (feature.kind, feature.hash));
    found.features.dedup_by_key(|feature| (feature.kind, feature.hash));
    found
}

struct FeatureExtractor<'a> {
    doc: &'a Document,
    found: ItemFeatures<'a>,
}

impl<'a> FeatureExtractor<'a> {
    fn add(&mut self, kind: FeatureKind, key: &str, text: &'a str) {
        self.found.features.push(Feature { kind, hash: hash(key), text });
    }

    /// Returns the blocks that start in `span`.
    fn blocks(&self, span: Span) -> impl Iterator<Item = &'a crate::model::document::Block> + use<'a> {
        let blocks = &self.doc.blocks;
        let start = blocks.partition_point(|block| block.span.start < span.start);
        blocks[start..].iter().take_while(move |block| block.span.start < span.end)
    }

    fn code(&mut self, body: Span) {
        for block in self.blocks(body).filter(|block| matches!(block.kind, BlockKind::Code { .. })) {
            let text = self.doc.slice(block.span);
            let fenced = text.trim_start().starts_with(['`', '~']);
            let mut whole = String::new();
            for line in text.lines().skip(usize::from(fenced)) {
                let line = line.trim();
                if line.is_empty() || line.starts_with("```") || line.starts_with("~~~") {
                    continue;
                }
                whole.push_str(line);
                whole.push('\n');
                let bare = without_comment(line);
                if bare.bytes().filter(u8::is_ascii_alphanumeric).count() >= 4 {
                    self.add(FeatureKind::Line, bare, line);
                }
            }
            if whole.len() > 3 {
                let inner = text.split_once('\n').map_or(text, |(_, inner)| if fenced { inner } else { text });
                self.add(FeatureKind::Block, &whole, inner);
            }
        }
    }

    /// Adds inline code, links and images.
    fn inline(&mut self, span: Span) {
        let doc = self.doc;
        let start = doc.inline_code.partition_point(|code| code.start < span.start);
        for code in doc.inline_code[start..].iter().take_while(|code| code.end <= span.end) {
            let text = doc.slice(*code).trim_matches('`').trim();
            if text.len() >= 2 {
                self.add(FeatureKind::Code, text, text);
            }
        }
        let start = doc.links.partition_point(|link| link.span.start < span.start);
        for link in doc.links[start..].iter().take_while(|link| link.span.end <= span.end) {
            let target = link.target.split('#').next().unwrap_or("");
            // The fragment of a target names a heading, which is translated.
            if link.kind != LinkKind::BrokenReference && !target.is_empty() {
                let kind = if is_home_page(target) { FeatureKind::HomePage } else { FeatureKind::Link };
                self.add(kind, &locale_tag::neutral(target), &link.target);
            }
        }
    }

    /// Adds the ids of headings and of HTML elements.
    fn anchors(&mut self, span: Span) {
        let doc = self.doc;
        let start = doc.headings.partition_point(|heading| heading.span.start < span.start);
        for heading in doc.headings[start..].iter().take_while(|heading| heading.span.start < span.end) {
            if let Some(id) = &heading.id {
                self.add(FeatureKind::Anchor, id, id);
            }
        }
        let start = doc.html.partition_point(|html| html.start < span.start);
        for html in doc.html[start..].iter().take_while(|html| html.start < span.end) {
            let text = doc.slice(*html);
            for name in ["id=", "name="] {
                let value = text.split_once(name).map_or("", |(_, after)| after.trim_start_matches(['"', '\'']));
                let end = value.find(['"', '\'', '>', ' ']).unwrap_or(value.len());
                if end > 0 {
                    self.add(FeatureKind::Anchor, &value[..end], &value[..end]);
                }
            }
        }
    }

    /// Adds numbers, names and untranslated words outside code blocks and the targets of links, which are features of
    /// their own; of the title, no words.
    fn prose(&mut self, title: Span, body: Span) {
        let code = self.blocks(body).filter(|block| block.kind.is_verbatim()).map(|block| block.span);
        let mut left_out: Vec<Span> = code.chain(self.targets(body)).collect();
        left_out.sort_unstable();
        let mut stretches = vec![(title, true)];
        let mut at = body.start;
        for span in left_out {
            if span.start >= at {
                stretches.push((Span::new(at, span.start), false));
                at = span.end;
            }
        }
        stretches.push((Span::new(at.min(body.end), body.end), false));
        let mut prose = String::new();
        for (span, is_title) in stretches {
            let text = self.doc.slice(span);
            self.found.cognates.extend(cognates::keys(text));
            if !is_title {
                prose.push_str(text);
            }
            for token in tokens(self.doc.slice(span)) {
                let kind = match token.kind {
                    invariants::InvariantKind::Figure => FeatureKind::Figure,
                    invariants::InvariantKind::Name => FeatureKind::Name,
                    invariants::InvariantKind::Word if is_title => continue,
                    invariants::InvariantKind::Word => FeatureKind::Word,
                };
                self.add(kind, &token.key(), token.text);
            }
        }
        self.found.shape.marks = MarkCounts::of(&prose);
        self.found.cognates.sort_unstable();
        self.found.cognates.dedup();
    }

    /// Returns the places of the targets of inline links and images in `span`, as far as they are written without escapes.
    fn targets(&self, span: Span) -> impl Iterator<Item = Span> + use<'a> {
        let doc = self.doc;
        let start = doc.links.partition_point(|link| link.span.start < span.start);
        doc.links[start..].iter().take_while(move |link| link.span.end <= span.end).filter_map(|link| {
            let place = doc.slice(link.span).rfind(&link.target).filter(|_| !link.target.is_empty())?;
            let start = link.span.start + place as u32;
            Some(Span::new(start, start + link.target.len() as u32))
        })
    }

    fn count(&mut self, body: Span) {
        let mut parts = [0; 5];
        for block in self.blocks(body) {
            match block.kind {
                BlockKind::Code { .. } => parts[0] += 1,
                BlockKind::ListItem => parts[1] += 1,
                BlockKind::TableRow => parts[2] += 1,
                BlockKind::Paragraph => parts[3] += 1,
                _ => {}
            }
        }
        let start = self.doc.links.partition_point(|link| link.span.start < body.start);
        let links = self.doc.links[start..].iter().take_while(|link| link.span.end <= body.end);
        parts[4] = links.count() as u32;
        let characters = self.doc.slice(body).chars().filter(|c| !c.is_whitespace()).count();
        self.found.shape = ItemShape { parts, characters: characters as u32, marks: self.found.shape.marks };
    }
}

/// Returns whether a target is a site without a page: `https://host` or `https://host/`.
fn is_home_page(target: &str) -> bool {
    target.split_once("://").is_some_and(|(_, place)| !place.trim_end_matches('/').contains(['/', '?']))
}

/// Returns a line of code without the comment at its end, whose words may be translated.
fn without_comment(line: &str) -> &str {
    let cut = ["// ", "# ", "-- ", "; ", "/* "].iter().filter_map(|mark| line.find(mark)).min();
    line[..cut.unwrap_or(line.len())].trim_end()
}
