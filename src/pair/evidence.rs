//! What of an item survives translation: code, links, anchors, figures, names, and the shape of its text.
//!
//! Knows the model and text, through entries; not how items are linked.

use rustc_hash::FxHashMap;

use super::entry::Entry;
use crate::model::collection::Collection;
use crate::model::document::{BlockKind, Document, LinkKind};
use crate::model::span::Span;
use crate::text::localized;
use crate::text::similarity::hash;
use crate::text::untranslated::{self, tokens};

/// What a piece of evidence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// A whole code block.
    Block,
    /// A line of a code block, without its comment.
    Line,
    /// Inline code.
    Code,
    /// Where a link or image leads.
    Link,
    /// An explicit id of a heading, or an anchor in HTML.
    Anchor,
    /// An identifier.
    Name,
    /// A number in the text.
    Figure,
    /// A word that was not translated.
    Word,
}

impl Kind {
    /// What people call it.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Block => "code block",
            Self::Line => "line of code",
            Self::Code => "code",
            Self::Link => "link",
            Self::Anchor => "anchor",
            Self::Name => "name",
            Self::Figure => "figure",
            Self::Word => "word",
        }
    }

    /// How much one piece weighs that stands in no other item, and how much all pieces of this kind do at most.
    const fn weight(self) -> (f32, f32) {
        match self {
            Self::Block => (2.0, 2.0),
            Self::Line => (0.6, 2.0),
            Self::Code => (1.0, 2.0),
            Self::Link => (1.2, 2.0),
            Self::Anchor => (2.0, 2.0),
            Self::Name => (0.8, 1.6),
            Self::Figure => (0.5, 1.0),
            Self::Word => (0.35, 1.0),
        }
    }
}

/// A piece of evidence.
#[derive(Debug, Clone, Copy)]
struct Piece<'a> {
    kind: Kind,
    hash: u64,
    /// As written, for people.
    text: &'a str,
}

/// How the text of an item is built: so many code blocks, list items, tables, links and images, paragraphs; and how
/// many characters it has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shape {
    parts: [u32; 5],
    characters: u32,
}

/// The evidence of one item.
#[derive(Debug, Default)]
struct Traits<'a> {
    /// Sorted by kind and hash, each once.
    pieces: Vec<Piece<'a>>,
    shape: Shape,
}

impl Traits<'_> {
    fn has(&self, piece: &Piece<'_>) -> bool {
        self.pieces.binary_search_by_key(&(piece.kind, piece.hash), |own| (own.kind, own.hash)).is_ok()
    }
}

/// A piece that stands in more items than this finds nothing.
const COMMON: u32 = 8;

/// The evidence of two versions, and where each piece of it stands.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    left: Vec<Traits<'a>>,
    right: Vec<Traits<'a>>,
    in_left: FxHashMap<(Kind, u64), Vec<u32>>,
    in_right: FxHashMap<(Kind, u64), Vec<u32>>,
    /// How many characters the right version has for one of the left.
    growth: f32,
}

/// What speaks for and against two items being one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Weight {
    /// The weight of what they share.
    pub(super) shared: f32,
    /// The weight of what one has and the other version has in other items only.
    pub(super) elsewhere: f32,
}

/// For each item the weight of all its evidence: what speaks against it and one that it shares nothing with.
#[derive(Debug)]
pub(super) struct Strangers {
    left: Vec<f32>,
    right: Vec<f32>,
}

impl Strangers {
    pub(super) fn weigh(&self, left: usize, right: usize) -> Weight {
        Weight { shared: 0.0, elsewhere: self.left[left].max(self.right[right]) }
    }
}

impl<'a> Evidence<'a> {
    pub(super) fn new(left: &[Entry<'_>], right: &[Entry<'_>], collection: &'a Collection) -> Self {
        let of = |entries: &[Entry<'_>]| entries.iter().map(|entry| traits(entry, collection)).collect::<Vec<_>>();
        let (left, right) = (of(left), of(right));
        let characters = |side: &[Traits<'_>]| side.iter().map(|item| item.shape.characters).sum::<u32>().max(1);
        let growth = characters(&right) as f32 / characters(&left) as f32;
        Self { in_left: places(&left), in_right: places(&right), left, right, growth }
    }

    /// How much a piece says that stands in so many items of the two versions: nothing if one of them lacks it.
    fn rarity(&self, piece: &Piece<'_>) -> f32 {
        let count = |places: &FxHashMap<(Kind, u64), Vec<u32>>| {
            places.get(&(piece.kind, piece.hash)).map_or(0, |items| items.len() as u32)
        };
        let (left, right) = (count(&self.in_left), count(&self.in_right));
        let most = left.max(right);
        if left == 0 || right == 0 || most > COMMON { 0.0 } else { 1.0 / most as f32 }
    }

    /// What speaks for and against two items.
    pub(super) fn weigh(&self, left: usize, right: usize) -> Weight {
        let (a, b) = (&self.left[left], &self.right[right]);
        let shared = self.sum(a.pieces.iter().filter(|piece| b.has(piece)));
        let lost = self.sum(a.pieces.iter().filter(|piece| !b.has(piece)));
        let gained = self.sum(b.pieces.iter().filter(|piece| !a.has(piece)));
        Weight { shared, elsewhere: lost.max(gained) }
    }

    /// The weight against two items that share nothing.
    pub(super) fn strangers(&self) -> Strangers {
        let sums = |items: &[Traits<'_>]| items.iter().map(|item| self.sum(item.pieces.iter())).collect();
        Strangers { left: sums(&self.left), right: sums(&self.right) }
    }

    /// The weight of some pieces, in the order of their kinds.
    fn sum<'b>(&self, pieces: impl Iterator<Item = &'b Piece<'b>>) -> f32 {
        let (mut total, mut of_kind, mut kind) = (0.0_f32, 0.0_f32, None);
        for piece in pieces {
            if kind != Some(piece.kind) {
                (total, of_kind, kind) = (total + of_kind, 0.0, Some(piece.kind));
            }
            let (each, most) = piece.kind.weight();
            of_kind = (of_kind + each * self.rarity(piece)).min(most);
        }
        total + of_kind
    }

    /// The right items that share something telling with a left one, in their order.
    pub(super) fn sharing(&self, left: usize) -> Vec<usize> {
        let pieces = self.left[left].pieces.iter().filter(|piece| self.rarity(piece) > 0.0);
        let places = pieces.filter_map(|piece| self.in_right.get(&(piece.kind, piece.hash)));
        let mut found: Vec<usize> = places.flatten().map(|&right| right as usize).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// How alike two items are built, from -0.5 to 0.5. Lengths are compared by their ratio (W. A. Gale and
    /// K. W. Church, 1993) and that of the two versions as wholes.
    pub(super) fn shape(&self, left: usize, right: usize) -> f32 {
        let (a, b) = (self.left[left].shape, self.right[right].shape);
        let alike = |a: f32, b: f32| a.min(b) / a.max(b);
        let told = a.parts.iter().zip(&b.parts).filter(|(a, b)| **a > 0 || **b > 0);
        let mut all: Vec<f32> = told.map(|(a, b)| alike(*a as f32, *b as f32)).collect();
        all.push(alike(a.characters as f32 * self.growth + 8.0, b.characters as f32 + 8.0));
        all.iter().sum::<f32>() / all.len() as f32 - 0.5
    }

    /// What two items share that says something, the weightiest first, for people.
    pub(super) fn told_shared(&self, left: usize, right: usize) -> Vec<String> {
        let there = &self.right[right];
        self.tell(self.left[left].pieces.iter().filter(|piece| there.has(piece)))
    }

    /// What one of two items has and the other version has in other items only, for people.
    pub(super) fn told_elsewhere(&self, left: usize, right: usize) -> Vec<String> {
        let (a, b) = (&self.left[left], &self.right[right]);
        let lost = a.pieces.iter().filter(|piece| !b.has(piece));
        self.tell(lost.chain(b.pieces.iter().filter(|piece| !a.has(piece))))
    }

    fn tell<'b>(&self, pieces: impl Iterator<Item = &'b Piece<'b>>) -> Vec<String> {
        let told = pieces.map(|piece| (piece.kind.weight().0 * self.rarity(piece), piece));
        let mut told: Vec<(f32, &Piece<'_>)> = told.filter(|(weight, _)| *weight > 0.05).collect();
        told.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1.kind, a.1.text).cmp(&(b.1.kind, b.1.text))));
        // The lines of a block that is equal as a whole say nothing new.
        if told.iter().any(|(_, piece)| piece.kind == Kind::Block) {
            told.retain(|(_, piece)| piece.kind != Kind::Line);
        }
        told.iter().map(|(_, piece)| format!("{} `{}`", piece.kind.as_str(), short(piece.text))).collect()
    }
}

/// The first line that says something, cut to what fits.
fn short(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
    let cut: String = line.chars().take(40).collect();
    if cut.len() < line.len() { format!("{cut}…") } else { cut }
}

/// The items in which each piece stands, in their order.
fn places(items: &[Traits<'_>]) -> FxHashMap<(Kind, u64), Vec<u32>> {
    let mut places: FxHashMap<(Kind, u64), Vec<u32>> = FxHashMap::default();
    for (at, item) in items.iter().enumerate() {
        for piece in &item.pieces {
            let items = places.entry((piece.kind, piece.hash)).or_default();
            // One more than what is common is as good as all.
            if items.len() <= COMMON as usize {
                items.push(at as u32);
            }
        }
    }
    places
}

/// The evidence of an item.
fn traits<'a>(entry: &Entry<'_>, collection: &'a Collection) -> Traits<'a> {
    let doc = collection.document(entry.item.doc);
    let Some(item) = doc.unit(entry.item.item) else { return Traits::default() };
    let mut reader = Reader { doc, traits: Traits::default() };
    reader.code(item.body);
    reader.inline(item.title.cover(item.body));
    reader.anchors(item.span.cover(item.body));
    reader.prose(item.title, item.body);
    reader.count(item.body);
    let mut traits = reader.traits;
    traits.pieces.sort_by_key(|piece| (piece.kind, piece.hash));
    traits.pieces.dedup_by_key(|piece| (piece.kind, piece.hash));
    traits
}

struct Reader<'a> {
    doc: &'a Document,
    traits: Traits<'a>,
}

impl<'a> Reader<'a> {
    fn add(&mut self, kind: Kind, key: &str, text: &'a str) {
        self.traits.pieces.push(Piece { kind, hash: hash(key), text });
    }

    /// The blocks that start in `span`.
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
                    self.add(Kind::Line, bare, line);
                }
            }
            if whole.len() > 3 {
                let inner = text.split_once('\n').map_or(text, |(_, inner)| if fenced { inner } else { text });
                self.add(Kind::Block, &whole, inner);
            }
        }
    }

    /// Inline code, links and images.
    fn inline(&mut self, span: Span) {
        let doc = self.doc;
        let start = doc.inline_code.partition_point(|code| code.start < span.start);
        for code in doc.inline_code[start..].iter().take_while(|code| code.end <= span.end) {
            let text = doc.slice(*code).trim_matches('`').trim();
            if text.len() >= 2 {
                self.add(Kind::Code, text, text);
            }
        }
        let start = doc.links.partition_point(|link| link.span.start < span.start);
        for link in doc.links[start..].iter().take_while(|link| link.span.end <= span.end) {
            let target = link.target.split('#').next().unwrap_or("");
            // What leads within the page leads to a translated heading.
            if link.kind != LinkKind::BrokenReference && !target.is_empty() {
                self.add(Kind::Link, &localized::neutral(target), &link.target);
            }
        }
    }

    /// Ids of headings and of HTML elements.
    fn anchors(&mut self, span: Span) {
        let doc = self.doc;
        let start = doc.headings.partition_point(|heading| heading.span.start < span.start);
        for heading in doc.headings[start..].iter().take_while(|heading| heading.span.start < span.end) {
            if let Some(id) = &heading.id {
                self.add(Kind::Anchor, id, id);
            }
        }
        let start = doc.html.partition_point(|html| html.start < span.start);
        for html in doc.html[start..].iter().take_while(|html| html.start < span.end) {
            let text = doc.slice(*html);
            for name in ["id=", "name="] {
                let value = text.split_once(name).map_or("", |(_, after)| after.trim_start_matches(['"', '\'']));
                let end = value.find(['"', '\'', '>', ' ']).unwrap_or(value.len());
                if end > 0 {
                    self.add(Kind::Anchor, &value[..end], &value[..end]);
                }
            }
        }
    }

    /// Figures, names and untranslated words outside code blocks. Of the title, no words.
    fn prose(&mut self, title: Span, body: Span) {
        let code = self.blocks(body).filter(|block| block.kind.is_verbatim()).map(|block| block.span);
        let mut stretches = vec![(title, true)];
        let mut at = body.start;
        for span in code {
            if span.start >= at {
                stretches.push((Span::new(at, span.start), false));
                at = span.end;
            }
        }
        stretches.push((Span::new(at.min(body.end), body.end), false));
        for (span, is_title) in stretches {
            for token in tokens(self.doc.slice(span)) {
                let kind = match token.kind {
                    untranslated::Kind::Figure => Kind::Figure,
                    untranslated::Kind::Name => Kind::Name,
                    untranslated::Kind::Word if is_title => continue,
                    untranslated::Kind::Word => Kind::Word,
                };
                self.add(kind, &token.key(), token.text);
            }
        }
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
        self.traits.shape = Shape { parts, characters: characters as u32 };
    }
}

/// A line of code without the comment at its end, whose words may be translated.
fn without_comment(line: &str) -> &str {
    let cut = ["// ", "# ", "-- ", "; ", "/* "].iter().filter_map(|mark| line.find(mark)).min();
    line[..cut.unwrap_or(line.len())].trim_end()
}
