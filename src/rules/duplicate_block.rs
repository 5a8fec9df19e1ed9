//! `duplicate-block`: the same text stands twice, told as an editor thinks: files first, then blocks.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::collection::Collection;
use crate::model::copies::{Copy, Stretch, copies};
use crate::model::document::{BlockKind, DocId, Document};
use crate::model::edit::{Applicability, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::print::{Print, PrintPlace};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "duplicate-block",
    family: Family::Duplication,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "the same block, or most of a file, stands twice",
    page: include_str!("../../rules/duplicate-block.md"),
    check: Check::Collection(check),
};

/// Shorter stretches (in bytes after normalisation) are not looked at.
const LEAST: u32 = 60;
/// A file of which this share stands in another is told of as a file.
const MOST_OF_A_FILE: f64 = 0.8;
/// A file with fewer bytes after normalisation than this is a stub: stubs are alike.
const STUB: u64 = 200;
/// Prose of this many bytes after normalisation is not repeated by chance or as a set phrase.
const PROSE: u32 = 150;
/// Shorter lines (list entries, table rows) recur for good reasons, as in a table of contents: they count for a third.
const SHORT_LINE: u32 = 60;
/// Code repeats itself more, as examples build on each other: it takes this many bytes, in whole blocks, ...
const CODE: u32 = 300;
/// ... and this many lines.
const CODE_LINES: u32 = 8;
/// A block that stands in more places is boilerplate.
const BOILERPLATE: usize = 8;
/// Two files that share this many blocks are told of as a pair.
const BLOCKS_OF_A_PAIR: usize = 3;

fn check(collection: &Collection, cx: &Context<'_>, out: &mut Report) {
    let all = copies(collection, LEAST).into_iter().flat_map(periods);
    let all: Vec<Copy> = all.filter_map(|copy| trimmed(copy, collection)).collect();
    let mut pairs: BTreeMap<(DocId, DocId), Vec<Copy>> = BTreeMap::new();
    for &copy in all.iter().filter(|copy| copy.at.doc != copy.source.doc) {
        pairs.entry((copy.source.doc, copy.at.doc)).or_default().push(copy);
    }
    let mut told = files(collection, &pairs, out);
    told.extend(file_pairs(collection, &pairs, &told, out));
    let rest = all.into_iter().filter(|copy| !told.contains(&(copy.source.doc, copy.at.doc)));
    let tiers = |copy: &Copy| tier(&substance(copy, collection));
    let rest: Vec<Copy> = rest.filter(|copy| tiers(copy).is_some_and(|tier| cx.audit || tier == Tier::Gate)).collect();
    for group in groups(&rest) {
        blocks(collection, &group, out);
    }
}

/// A stretch that overlaps its source is a block that stands several times in a row: a copy for each time.
fn periods(copy: Copy) -> impl Iterator<Item = Copy> {
    let overlaps = copy.at.doc == copy.source.doc && copy.source.end > copy.at.first;
    let period = if overlaps { copy.at.first - copy.source.first } else { copy.at.len() }.max(1);
    let part = move |stretch: Stretch, nth: u32| Stretch {
        first: stretch.first + nth * period,
        end: stretch.first + (nth + 1) * period,
        ..stretch
    };
    (0..copy.at.len() / period).map(move |nth| Copy { at: part(copy.at, nth), source: part(copy.source, nth) })
}

/// A line as it stands at both places.
type Both = (Print, Print);

fn is_code(line: &Both) -> bool {
    line.0.place == PrintPlace::Code
}

fn starts_block(line: &Both) -> bool {
    line.0.edges.starts() && line.1.edges.starts()
}

fn ends_block(line: &Both) -> bool {
    line.0.edges.ends() && line.1.edges.ends()
}

/// How many of `lines` are of one code block, of which `last` tells the last one.
fn code_lines<'a>(lines: impl Iterator<Item = &'a Both>, last: fn(&Both) -> bool) -> usize {
    let mut count = 0;
    for line in lines.take_while(|line| is_code(line)) {
        count += 1;
        if last(line) {
            break;
        }
    }
    count
}

/// The copy without what belongs to other blocks: headings at its end, small pieces of code blocks at either end.
fn trimmed(copy: Copy, collection: &Collection) -> Option<Copy> {
    let places = copy.at.prints(collection).iter().zip(copy.source.prints(collection));
    let lines: Vec<Both> = places.map(|(at, source)| (*at, *source)).collect();
    let is_piece = |len: usize| (1..CODE_LINES as usize).contains(&len);
    let head = code_lines(lines.iter(), ends_block);
    let first = if is_piece(head) && !starts_block(&lines[0]) { head } else { 0 };
    let mut end = lines.len();
    while let Some(last) = lines.get(first..end).and_then(<[Both]>::last) {
        let tail = code_lines(lines[first..end].iter().rev(), starts_block);
        if last.0.place == PrintPlace::Heading {
            end -= 1;
        } else if is_piece(tail) && !ends_block(last) {
            end -= tail;
        } else {
            break;
        }
    }
    let cut = |s: Stretch| Stretch { first: s.first + first as u32, end: s.first + end as u32, ..s };
    (end > first).then(|| Copy { at: cut(copy.at), source: cut(copy.source) })
}

/// What a stretch is made of.
struct Substance {
    /// Bytes of prose after normalisation, headings left out.
    prose: u32,
    /// Bytes of code.
    code: u32,
    /// Lines of code.
    code_lines: u32,
}

fn substance(copy: &Copy, collection: &Collection) -> Substance {
    let mut substance = Substance { prose: 0, code: 0, code_lines: 0 };
    for print in copy.at.prints(collection) {
        match print.place {
            PrintPlace::Prose => {
                let size = u32::from(print.size);
                substance.prose += if size < SHORT_LINE { size / 3 } else { size };
            }
            PrintPlace::Code => {
                substance.code += u32::from(print.size);
                substance.code_lines += 1;
            }
            PrintPlace::Heading => {}
        }
    }
    substance
}

/// How sure it is that a block of this substance should not stand twice.
fn tier(substance: &Substance) -> Option<Tier> {
    let code = substance.code >= CODE && substance.code_lines >= CODE_LINES;
    if substance.prose >= PROSE || code {
        Some(Tier::Gate)
    } else {
        (substance.prose + substance.code >= LEAST).then_some(Tier::Audit)
    }
}

/// The share of a document that the stretches, which may overlap, cover.
fn share(collection: &Collection, doc: DocId, stretches: impl Iterator<Item = Stretch>) -> f64 {
    let mut stretches: Vec<Stretch> = stretches.filter(|stretch| stretch.doc == doc).collect();
    stretches.sort();
    let (mut covered, mut reached) = (0, 0);
    for stretch in stretches {
        let fresh = Stretch { first: stretch.first.max(reached), ..stretch };
        covered += fresh.weight(collection);
        reached = reached.max(stretch.end);
    }
    let whole = weight(collection.document(doc));
    if whole < STUB { 0.0 } else { covered as f64 / whole as f64 }
}

fn weight(doc: &Document) -> u64 {
    doc.prints.iter().map(|print| u64::from(print.size)).sum()
}

/// One document of which most stands in another.
struct Contained {
    doc: DocId,
    within: DocId,
    share: f64,
    copies: Vec<Copy>,
}

type Pairs = BTreeMap<(DocId, DocId), Vec<Copy>>;

/// Tells of files of which most stands in another; returns the pairs that this settles.
fn files(collection: &Collection, pairs: &Pairs, out: &mut Report) -> BTreeSet<(DocId, DocId)> {
    let mut told = BTreeSet::new();
    let mut best: BTreeMap<DocId, Contained> = BTreeMap::new();
    for (&(early, late), copies) in pairs {
        let of = |doc| share(collection, doc, copies.iter().flat_map(|copy| [copy.at, copy.source]));
        let (of_early, of_late) = (of(early), of(late));
        let (doc, within, share) = if of_early > of_late { (early, late, of_early) } else { (late, early, of_late) };
        if share < MOST_OF_A_FILE {
            continue;
        }
        told.insert((early, late));
        let contained = Contained { doc, within, share, copies: copies.clone() };
        if best.get(&doc).is_none_or(|have| have.share < share) {
            best.insert(doc, contained);
        }
    }
    let mut containers: BTreeMap<DocId, Vec<Contained>> = BTreeMap::new();
    for contained in best.into_values() {
        containers.entry(contained.within).or_default().push(contained);
    }
    for (within, files) in containers {
        match files.as_slice() {
            [file] => one_file(collection, file, out),
            files => collected_files(collection, within, files, out),
        }
    }
    told
}

fn percent(share: f64) -> String {
    format!("{} %", (share * 100.0).floor() as u32)
}

fn name(collection: &Collection, doc: DocId) -> &str {
    collection.document(doc).source.display()
}

/// What a copy looks like from `doc`: its own stretch, then the other.
fn seen_from(doc: DocId, copy: &Copy) -> (Stretch, Stretch) {
    if copy.at.doc == doc { (copy.at, copy.source) } else { (copy.source, copy.at) }
}

fn one_file(collection: &Collection, file: &Contained, out: &mut Report) {
    let other = name(collection, file.within);
    let message = if file.share >= 1.0 {
        format!("all of this file stands in `{other}` too")
    } else {
        format!("{} of this file stands in `{other}` too", percent(file.share))
    };
    pair_finding(collection, file.doc, file.within, &file.copies, message, out);
}

/// One finding for all that `doc` shares with `other`.
fn pair_finding(collection: &Collection, doc: DocId, other: DocId, copies: &[Copy], message: String, out: &mut Report) {
    let mut copies: Vec<(Stretch, Stretch)> = copies.iter().map(|copy| seen_from(doc, copy)).collect();
    copies.sort();
    let Some(&(first, _)) = copies.first() else { return };
    let finding = out.find(doc, first.span(collection), message);
    for &(here, there) in &copies {
        finding.related(other, there.span(collection), format!("{} here", lines(collection, here)));
    }
    for &(here, there) in &copies[1..] {
        finding.related(doc, here.span(collection), format!("{} there", lines(collection, there)));
    }
    finding.help("keep one of the two, or let one link to the other");
}

fn lines(collection: &Collection, stretch: Stretch) -> String {
    let doc = collection.document(stretch.doc);
    let span = stretch.span(collection);
    let (first, last) = (doc.position(span.start).line, doc.position(span.end).line);
    if first == last { format!("line {first}") } else { format!("lines {first} to {last}") }
}

/// One finding for a file that others were collected in, or split from.
fn collected_files(collection: &Collection, within: DocId, files: &[Contained], out: &mut Report) {
    let mut copies: Vec<(Stretch, Stretch)> =
        files.iter().flat_map(|file| &file.copies).map(|copy| seen_from(within, copy)).collect();
    copies.sort();
    let Some(&(first, _)) = copies.first() else { return };
    let message = format!("{} other files stand in this one", files.len());
    let finding = out.find(within, first.span(collection), message);
    for &(here, there) in &copies {
        finding.related(there.doc, there.span(collection), format!("{} there", lines(collection, here)));
    }
    for &(here, _) in &copies[1..] {
        finding.related(within, here.span(collection), "");
    }
    finding.help("keep either this file or the others, or generate the one from the others");
}

/// Tells of files that share several blocks; returns the pairs that this settles.
fn file_pairs(
    collection: &Collection,
    pairs: &Pairs,
    told: &BTreeSet<(DocId, DocId)>,
    out: &mut Report,
) -> BTreeSet<(DocId, DocId)> {
    let mut more = BTreeSet::new();
    for (&(early, late), copies) in pairs.iter().filter(|(pair, _)| !told.contains(pair)) {
        let certain = |copy: &&Copy| tier(&substance(copy, collection)) == Some(Tier::Gate);
        let certain: Vec<Copy> = copies.iter().filter(certain).copied().collect();
        if certain.len() < BLOCKS_OF_A_PAIR {
            continue;
        }
        more.insert((early, late));
        let share = share(collection, late, certain.iter().map(|copy| copy.at));
        let message = format!(
            "{} blocks of this file, {} of it, stand in `{}` too",
            certain.len(),
            percent(share),
            name(collection, early)
        );
        pair_finding(collection, late, early, &certain, message, out);
    }
    more
}

/// The places of one block, in order.
struct Group {
    places: Vec<Stretch>,
    copies: Vec<Copy>,
}

/// Puts together the copies of one block: those of which one place is nearly the same.
fn groups(copies: &[Copy]) -> Vec<Group> {
    let mut places: Vec<(Stretch, usize)> =
        copies.iter().enumerate().flat_map(|(at, copy)| [(copy.at, at), (copy.source, at)]).collect();
    places.sort();
    let mut group: Vec<usize> = (0..copies.len()).collect();
    fn root(group: &mut [usize], mut at: usize) -> usize {
        while group[at] != at {
            group[at] = group[group[at]];
            at = group[at];
        }
        at
    }
    for pair in places.windows(2) {
        let [(a, first), (b, second)] = pair else { continue };
        if u64::from(a.shared(*b)) * 5 >= u64::from(a.len().max(b.len())) * 4 {
            let (first, second) = (root(&mut group, *first), root(&mut group, *second));
            group[first.max(second)] = first.min(second);
        }
    }
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for (at, &copy) in copies.iter().enumerate() {
        let entry = groups.entry(root(&mut group, at)).or_insert(Group { places: Vec::new(), copies: Vec::new() });
        entry.copies.push(copy);
        entry.places.extend([copy.at, copy.source]);
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    for group in &mut groups {
        group.places.sort();
        group.places.dedup_by(|b, a| a.shared(*b) * 2 > a.len().min(b.len()));
    }
    groups
}

/// One finding for all places of a block.
fn blocks(collection: &Collection, group: &Group, out: &mut Report) {
    let Some(&copy) = group.copies.first() else { return };
    let [first, others @ ..] = group.places.as_slice() else { return };
    let tier = tier(&substance(&copy, collection)).unwrap_or(Tier::Audit);
    let tier = if group.places.len() > BOILERPLATE { Tier::Audit } else { tier };
    if others.is_empty() {
        return;
    }
    let message = match group.places.len() {
        2 => "this block stands here for the second time".to_owned(),
        n => format!("this block stands in {n} places"),
    };
    let primary = others[0];
    let fix = repeat_fix(collection, *first, primary);
    let finding = out.find(primary.doc, primary.span(collection), message);
    finding.tier(tier);
    if let Some(fix) = fix {
        finding.fix(fix).tier(Tier::Gate);
    }
    finding.related(first.doc, first.span(collection), "first here");
    for place in &others[1..] {
        finding.related(place.doc, place.span(collection), "and here");
    }
}

/// Removes `repeat` if it stands right after `first`, letter for letter, and both are whole blocks.
fn repeat_fix(collection: &Collection, first: Stretch, repeat: Stretch) -> Option<Fix> {
    let doc = collection.document(repeat.doc);
    let (kept, removed) = (first.span(collection), repeat.span(collection));
    let between = Span::new(kept.end, removed.start);
    let adjacent = first.doc == repeat.doc && kept.end < removed.start && doc.slice(between).trim().is_empty();
    let whole = adjacent && is_whole(doc, kept) && is_whole(doc, removed);
    if !whole || doc.slice(kept) != doc.slice(removed) {
        return None;
    }
    // Without prose the repeat may be meant, as output that comes twice; HTML may open what another block closes; and
    // a link to the second of two equal headings goes by its number.
    let prose = repeat.prints(collection).iter().any(|print| print.place == PrintPlace::Prose);
    let html = doc.html.iter().any(|html| html.overlaps(removed));
    let numbered = doc.links.iter().any(|link| link.target.starts_with('#') && link.target.ends_with(char::is_numeric));
    let sure = prose && !html && !numbered;
    let applicability = if sure { Applicability::Safe } else { Applicability::Unsafe };
    let cut = Span::new(kept.end, removed.end);
    Some(Fix::replace(doc.id, cut, "", "remove the second").applicability(applicability))
}

/// Whether `span` holds whole blocks at the top level, or whole entries of one bulleted list.
fn is_whole(doc: &Document, span: Span) -> bool {
    let text = doc.slice(span);
    let start = span.start + (text.len() - text.trim_start().len()) as u32;
    let end = span.start + text.trim_end().len() as u32;
    let at = doc.blocks.partition_point(|block| block.span.start < start);
    let starting = doc.blocks[at..].iter().take_while(|block| block.span.start == start);
    let parents = starting.filter(|block| match block.parent {
        None => true,
        Some(parent) => {
            block.kind == BlockKind::ListItem && doc.blocks[parent as usize].kind == (BlockKind::List { start: None })
        }
    });
    let mut parents = parents.map(|block| block.parent);
    let inside = &doc.blocks[at..doc.blocks.partition_point(|block| block.span.start < end)];
    parents.any(|parent| inside.iter().any(|block| block.parent == parent && block.span.end == end))
}
