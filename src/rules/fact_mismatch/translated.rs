//! Facts that an item and its translation state differently: everything that no language translates, in text, links and
//! code.
//!
//! Words and units are translated, so numbers are compared without them, and only where the correspondence is
//! unambiguous. A translation may say less, or more; only what is in place of something else is told.

use std::ops::Range;

use super::{ComparedItem, FactConflict, fact, links_elsewhere, wording};
use crate::model::document::{BlockKind, Link, LinkKind};
use crate::model::span::Span;
use crate::model::target::decoded;
use crate::text::language::locale_tag;
use crate::text::values::facts::{Kind, contradictions};
use crate::text::values::literals::{is_near, is_near_address, is_slip, only_difference};
use crate::text::values::{literals, numbers};

/// Returns the facts that an item and its translation state differently, in the order of the translation.
pub(super) fn facts(left: &ComparedItem<'_>, right: &ComparedItem<'_>) -> Vec<FactConflict> {
    let asked = left.doc.slice(left.item.title);
    let found = contradictions(left.doc.slice(left.span), right.doc.slice(right.span), asked);
    let named = found.iter().filter(|found| found.kind != Kind::Quantity).map(|found| fact(found, left, right));
    let mut facts: Vec<FactConflict> = named.chain(links_elsewhere(left, right)).collect();
    facts.retain(|fact| is_one_page(fact, left, right));
    facts.extend(targets(left, right));
    facts.extend(code_blocks(left, right));
    facts.extend(inline_code(left, right));
    facts.extend(tokens(left, right));
    facts.extend(numbers_of_text(left, right));
    facts.sort_by_key(|fact| (fact.here.start, fact.kind));
    facts.dedup_by(|next, fact| next.here.overlaps(fact.here));
    facts
}

/// Returns whether a link or path that leads elsewhere is still meant to be the same page, in the same language. Other
/// facts are.
fn is_one_page(fact: &FactConflict, left: &ComparedItem<'_>, right: &ComparedItem<'_>) -> bool {
    let address_of = |side: &ComparedItem<'_>, span: Span| match side.doc.links.iter().find(|link| link.span == span) {
        Some(link) => link.target.clone(),
        None => format!("https://{}", side.doc.slice(span)),
    };
    if !matches!(fact.kind, "path" | "link") {
        return true;
    }
    let (there, here) = (address_of(left, fact.there), address_of(right, fact.here));
    named_language(&there) == named_language(&here) && is_near_address(&address(&there), &address(&here))
}

fn value(there: Span, here: Span) -> FactConflict {
    FactConflict { kind: "quantity", wording: wording(Kind::Quantity), there, here }
}

/// Prose of one side: a range of [`crate::model::document::Prose::text`].
type Stretch = Range<usize>;

/// Returns the pairs of stretches of prose that correspond: block by block if both bodies have equally many blocks, or
/// else the bodies as wholes.
fn stretches(left: &ComparedItem<'_>, right: &ComparedItem<'_>) -> Vec<(Stretch, Stretch)> {
    let (a, b) = (blocks(left), blocks(right));
    if a.len() == b.len() { a.into_iter().zip(b).collect() } else { vec![whole(left, right)] }
}

fn whole(left: &ComparedItem<'_>, right: &ComparedItem<'_>) -> (Stretch, Stretch) {
    (left.doc.prose.range_of(left.item.body), right.doc.prose.range_of(right.item.body))
}

/// Returns the prose of each block of the body.
fn blocks(side: &ComparedItem<'_>) -> Vec<Stretch> {
    let body = side.doc.prose.range_of(side.item.body);
    let all = &side.doc.prose.blocks;
    let start = all.partition_point(|block| (block.range.start as usize) < body.start);
    let inside = all[start..].iter().take_while(|block| block.range.end as usize <= body.end);
    inside.map(|block| block.range.start as usize..block.range.end as usize).collect()
}

fn text<'a>(side: &'a ComparedItem<'_>, range: &Stretch) -> &'a str {
    side.doc.prose.text().get(range.clone()).unwrap_or("")
}

/// Returns the numbers of the text that differ.
fn numbers_of_text(left: &ComparedItem<'_>, right: &ComparedItem<'_>) -> Vec<FactConflict> {
    /// Number of blocks with another number from which the blocks do not correspond (a guess).
    const TOO_MANY: usize = 3;
    let changed = |(a, b): (Stretch, Stretch)| {
        let (here, there) = (text(left, &a), text(right, &b));
        let place = |side: &ComparedItem<'_>, from: usize, range: Range<usize>| {
            side.doc.prose.source_span(from + range.start..from + range.end)
        };
        if numbers::differ_in_digits(here, there) {
            return Some(value(place(left, a.start, 0..here.len()), place(right, b.start, 0..there.len())));
        }
        let (x, y) = numbers::changed(here, there)?;
        Some(value(place(left, a.start, x), place(right, b.start, y)))
    };
    let found: Vec<FactConflict> = stretches(left, right).into_iter().filter_map(changed).collect();
    if found.len() < TOO_MANY { found } else { changed(whole(left, right)).into_iter().collect() }
}

/// Returns the tokens of the text that no language translates and that differ.
fn tokens(left: &ComparedItem<'_>, right: &ComparedItem<'_>) -> Vec<FactConflict> {
    let pair = |(a, b): (Stretch, Stretch)| {
        let (lefts, rights) = (literals::tokens(text(left, &a)), literals::tokens(text(right, &b)));
        let key = |token: &literals::Token<'_>| match token.kind {
            literals::Kind::Url => Some(address(token.text)),
            literals::Kind::Path => Some(relative(token.text)),
            literals::Kind::Name => Some(token.text.to_lowercase()),
            _ => Some(token.text.to_owned()),
        };
        // A misspelled name is spelled otherwise elsewhere; one that never is may be a translated one.
        let has = |side: &ComparedItem<'_>, name: &str| side.doc.text().contains(name);
        let is_slip = |x: &str, y: &str| has(right, x) != has(left, y) && is_slip(x, y);
        let found = literals::substituted(&lefts, &rights, key).into_iter().filter(|(x, y)| match x.kind {
            literals::Kind::Url => named_language(x.text) == named_language(y.text),
            literals::Kind::Name => is_slip(x.text, y.text),
            _ => true,
        });
        let place = |side: &ComparedItem<'_>, from: usize, range: &Range<usize>| {
            side.doc.prose.source_span(from + range.start..from + range.end)
        };
        let told = found.map(|(x, y)| FactConflict {
            kind: kind_of(x.kind),
            wording: wording_of(x.kind),
            there: place(left, a.start, &x.range),
            here: place(right, b.start, &y.range),
        });
        told.collect::<Vec<FactConflict>>()
    };
    let mut found: Vec<FactConflict> = stretches(left, right).into_iter().flat_map(pair).collect();
    // Template tags are code, so they are no part of the prose.
    let templates = |side: &ComparedItem<'_>| {
        let inside = side.doc.templates.iter().filter(|tag| side.item.body.contains(**tag));
        inside.map(|tag| (side.doc.slice(*tag).to_owned(), *tag)).collect::<Vec<_>>()
    };
    let tag = only_difference(templates(left), templates(right));
    found.extend(tag.map(|(there, here)| FactConflict {
        kind: kind_of(literals::Kind::Placeholder),
        wording: wording_of(literals::Kind::Placeholder),
        there,
        here,
    }));
    found
}

fn kind_of(kind: literals::Kind) -> &'static str {
    match kind {
        literals::Kind::Url => "link",
        literals::Kind::Mail => "mail",
        literals::Kind::Date => "date",
        literals::Kind::Host => "host",
        literals::Kind::Placeholder => "placeholder",
        literals::Kind::Flag => "option",
        literals::Kind::Path => "path",
        literals::Kind::Name => "name",
    }
}

fn wording_of(kind: literals::Kind) -> &'static str {
    match kind {
        literals::Kind::Url => "leads elsewhere than",
        literals::Kind::Mail | literals::Kind::Host => "is another address than",
        literals::Kind::Date => "is another date than",
        literals::Kind::Placeholder => "is another placeholder than",
        literals::Kind::Flag => "is another option than",
        literals::Kind::Path => wording(Kind::Path),
        literals::Kind::Name => wording(Kind::Name),
    }
}

/// Returns the link and the image that lead elsewhere, each if all others of the item lead to the same places.
fn targets(left: &ComparedItem<'_>, right: &ComparedItem<'_>) -> Vec<FactConflict> {
    let of = |side: &ComparedItem<'_>, is_image: bool| {
        let start = side.doc.links.partition_point(|link| link.span.start < side.span.start);
        let inside = side.doc.links[start..].iter().take_while(|link| link.span.end <= side.span.end);
        let wanted = inside.filter(|link| link.kind != LinkKind::BrokenReference);
        let kind = wanted.filter(|link| (link.kind == LinkKind::Image) == is_image);
        let keyed = kind.map(|link| (target(link), (link.span, link.target.clone())));
        keyed.filter(|(key, _)| !key.is_empty()).collect::<Vec<_>>()
    };
    let differing = |is_image: bool| {
        let ((there, wanted), (here, found)) = only_difference(of(left, is_image), of(right, is_image))?;
        let is_web = |target: &str| target.contains("://");
        let near = match (is_web(&wanted), is_web(&found)) {
            (true, true) => is_near_address(&address(&wanted), &address(&found)),
            (false, false) => is_near(&relative(&wanted), &relative(&found)),
            _ => false,
        };
        let slip = near && named_language(&wanted) == named_language(&found);
        slip.then_some(FactConflict {
            kind: if is_image { "image" } else { "link" },
            wording: "leads elsewhere than",
            there,
            here,
        })
    };
    [false, true].into_iter().filter_map(differing).collect()
}

/// Returns where a link leads, without what is translated: the heading within the page, and the language of the page.
/// Empty for a place in the same page.
fn target(link: &Link) -> String {
    if link.target.contains("://") { address(&link.target) } else { relative(&link.target) }
}

fn address(target: &str) -> String {
    let target = locale_tag::neutral(target.split('#').next().unwrap_or(target));
    let bare = target.split_once("://").map_or(&*target, |(_, rest)| rest);
    let lower = decoded(bare).to_lowercase();
    let bare = lower.trim_start_matches("www.").trim_end_matches('/');
    let bare =
        ["/index.html", "/index.htm", ".html", ".htm"].iter().find_map(|end| bare.strip_suffix(end)).unwrap_or(bare);
    bare.to_owned()
}

/// Returns the path of a link to another file of the repository. A translation may be in another folder, so the folders
/// before the path are left out.
fn relative(target: &str) -> String {
    let path = target.split(['#', '?']).next().unwrap_or(target);
    let path = decoded(path);
    let path = locale_tag::localized(&path).map_or_else(|| path.to_lowercase(), |found| found.neutral);
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    // Folders of a translation may have names of its language.
    let is_generic = |name: &&str| ["readme", "index"].iter().any(|generic| name.starts_with(generic));
    match parts.last().filter(|name| !is_generic(name)) {
        Some(name) => (*name).to_owned(),
        None => parts.join("/"),
    }
}

/// Returns the code of the language that an address names by its host or its path.
fn named_language(target: &str) -> Option<String> {
    let rest = target.split_once("://").map(|(_, rest)| rest);
    let host = rest.and_then(|rest| rest.split('.').next()).filter(|label| locale_tag::is_code(label));
    let path = target.split(['#', '?']).next().unwrap_or(target);
    host.map(str::to_lowercase).or_else(|| locale_tag::named(path).map(|found| found.code))
}

/// Returns the tokens that differ in code blocks, if both have equally many blocks.
fn code_blocks(left: &ComparedItem<'_>, right: &ComparedItem<'_>) -> Vec<FactConflict> {
    let (lefts, rights) = (code(left), code(right));
    if lefts.len() != rights.len() {
        return Vec::new();
    }
    let changed = lefts.into_iter().zip(rights).filter_map(|(a, b)| {
        let (x, y) = numbers::changed_in_code(left.doc.slice(a), right.doc.slice(b))?;
        let place = |block: Span, range: Range<usize>| {
            Span::new(block.start + range.start as u32, block.start + range.end as u32)
        };
        let (there, here) = (place(a, x), place(b, y));
        let digits =
            |side: &ComparedItem<'_>, span: Span| side.doc.slice(span).bytes().any(|byte| byte.is_ascii_digit());
        let is_value = digits(left, there) && digits(right, here);
        Some(if is_value {
            value(there, here)
        } else {
            FactConflict { kind: "code", wording: "is other code than", there, here }
        })
    });
    changed.collect()
}

/// Returns the code blocks of an item.
fn code(side: &ComparedItem<'_>) -> Vec<Span> {
    let blocks = &side.doc.blocks;
    let start = blocks.partition_point(|block| block.span.start < side.item.body.start);
    let inside = blocks[start..].iter().take_while(|block| block.span.start < side.item.body.end);
    inside.filter(|block| matches!(block.kind, BlockKind::Code { .. })).map(|block| block.span).collect()
}

/// Returns the inline code that differs, if all other inline code is equal.
fn inline_code(left: &ComparedItem<'_>, right: &ComparedItem<'_>) -> Option<FactConflict> {
    let of = |side: &ComparedItem<'_>| {
        let start = side.doc.inline_code.partition_point(|code| code.start < side.span.start);
        let inside = side.doc.inline_code[start..].iter().take_while(|code| code.end <= side.span.end);
        let text = |code: &Span| {
            let code = side.doc.slice(*code).trim_matches('`').trim();
            locale_tag::neutral(code.trim_end_matches(['/', '?', '.', ',', ':', ';']))
        };
        inside.map(|code| (text(code), *code)).collect::<Vec<_>>()
    };
    let (there, here) = only_difference(of(left), of(right))?;
    let [wanted, found] = [left.doc.slice(there), right.doc.slice(here)].map(|code| code.trim_matches('`').trim());
    let letters = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    if letters(wanted) == letters(found) {
        return Some(value(there, here));
    }
    let slip = is_shaped_as_code(wanted) && is_shaped_as_code(found) && is_slip(wanted, found);
    slip.then_some(FactConflict { kind: "code", wording: "is other code than", there, here })
}

/// Returns whether a text can only be code: no word, and no string that may be translated.
fn is_shaped_as_code(text: &str) -> bool {
    let has = |signs: &[char]| text.contains(signs);
    let starts_option = text.starts_with('-') || text.contains(" -");
    let identifier = !text.contains(' ') && has(&['_', '.', '(', '/', '$', ':', '=', '@', '-']);
    text.is_ascii() && !has(&['"', '\'', '<', '>']) && (starts_option || identifier)
}
