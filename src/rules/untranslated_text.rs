//! `untranslated-text`: sentences of a translation that are still in the language of the original.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::model::document::{BlockKind, Document};
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::model::work::{Role, Version, Work};
use crate::rule::{Check, Context, Report, Rule};
use crate::text::language::locale_tag;
use crate::text::words::{hash, words};

pub(crate) static RULE: Rule = Rule {
    id: "untranslated-text",
    family: Family::Versions,
    tier: Tier::Audit,
    severity: Severity::Warning,
    stage: Stage::Versions,
    summary: "sentences of a translation are still in the language of the original",
    page: include_str!("../../rules/untranslated-text.md"),
    check: Check::Work(check),
};

/// Minimum number of words of a sentence that is compared (a guess): shorter ones are names, titles and commands.
const MIN_SENTENCE_WORDS: usize = 5;
/// Minimum number of these that are no names: in small letters, and of two letters or more (a guess).
const MIN_PLAIN_WORDS: usize = 3;
/// Share of the sentences of a document, in per cent, above which it is not translated at all, and not in places (a guess).
const WHOLE_PERCENT: usize = 60;

fn check(work: &Work, cx: &Context<'_>, out: &mut Report) {
    let Some((base, others)) = work.versions.split_first() else { return };
    if !cx.audit {
        return;
    }
    let translations = others.iter().filter(|other| other.role == Role::Translation && base.role != Role::Translation);
    let mut known: Option<FxHashMap<u64, (DocId, Span)>> = None;
    for version in translations {
        let known = known.get_or_insert_with(|| sentences_of(base, cx));
        for doc in version.documents.iter().map(|id| cx.document(*id)) {
            check_document(doc, base, known, cx, out);
        }
    }
}

/// A sentence of a document.
struct Sentence {
    /// Its bytes in the prose of the document.
    prose: Range<usize>,
    /// Hash of its words in small letters; `None` if it is no prose that can be compared.
    key: Option<u64>,
}

/// Returns the places of the sentences of the original, by their words.
fn sentences_of(version: &Version, cx: &Context<'_>) -> FxHashMap<u64, (DocId, Span)> {
    let mut found = FxHashMap::default();
    for doc in version.documents.iter().map(|id| cx.document(*id)) {
        for sentence in sentences(doc) {
            if let Some(key) = sentence.key {
                found.entry(key).or_insert_with(|| (doc.id, doc.prose.source_span(sentence.prose)));
            }
        }
    }
    found
}

fn check_document(
    doc: &Document,
    base: &Version,
    known: &FxHashMap<u64, (DocId, Span)>,
    cx: &Context<'_>,
    out: &mut Report,
) {
    let all = sentences(doc);
    let original_of = |sentence: &Sentence| known.get(&sentence.key?).copied();
    let equal: Vec<usize> = (0..all.len()).filter(|&at| original_of(&all[at]).is_some()).collect();
    let Some(&first) = equal.first() else { return };
    let language = |id: &DocId| cx.document(*id).language_code();
    let original = base.documents.iter().find_map(language);
    let is_whole = equal.len() * 100 > all.len() * WHOLE_PERCENT;
    // A whole document in the language of the original is a translation only if its path says so; the language of another
    // has to be another, because two forms of one language share sentences.
    let path = doc.source.display();
    let is_translation = match (original, locale_tag::named(path)) {
        (Some(original), Some(named)) if is_whole => !locale_tag::is_same_language(original, &named.code),
        (_, None) if is_whole => false,
        (original, _) => original.is_some() && original != doc.language_code(),
    };
    if !is_translation {
        return;
    }
    let runs: Vec<&[usize]> = if is_whole { vec![&equal] } else { equal.chunk_by(|a, b| *b == a + 1).collect() };
    for run in runs {
        let (start, end) = (run.first().copied().unwrap_or(first), run.last().copied().unwrap_or(first));
        let end = if is_whole { start } else { end };
        let span = doc.prose.source_span(all[start].prose.start..all[end].prose.end);
        let Some((there, place)) = original_of(&all[start]) else { continue };
        let name = cx.document(there).source.display();
        let message = match (is_whole, run.len()) {
            (true, count) => format!("{count} of {} sentences are as in {name}: this is not translated", all.len()),
            (false, 1) => format!("this sentence is as in {name}: it is not translated"),
            (false, count) => format!("{count} sentences are as in {name}: they are not translated"),
        };
        let finding = out.find(doc.id, span, message);
        finding.related(there, place, "in the original");
        finding.data("sentences", run.len());
        finding.data("versions", vec![cx.collection.name_of(base), path.to_owned()]);
    }
}

/// Returns the sentences of the paragraphs of a document that can only be prose of one language: no quotations, no headings
/// and cells, which may be names, and no texts of links, which may be titles of works.
fn sentences(doc: &Document) -> Vec<Sentence> {
    let text = doc.prose.text();
    let is_prose = |block: &&crate::model::document::ProseBlock| {
        let mut next = Some(block.block);
        while let Some(at) = next {
            if matches!(
                doc[at].kind,
                BlockKind::Quote
                    | BlockKind::Footnote
                    | BlockKind::TableCell
                    | BlockKind::HtmlText
                    | BlockKind::Heading(_)
            ) {
                return false;
            }
            next = doc[at].parent;
        }
        !doc.is_generated_at(doc[block.block].span.start)
    };
    let mut found = Vec::new();
    for block in doc.prose.blocks.iter().filter(is_prose) {
        let (start, end) = (block.range.start as usize, block.range.end as usize);
        for prose in pieces(text.get(start..end).unwrap_or("")) {
            let prose = start + prose.start..start + prose.end;
            let written = &text[prose.clone()];
            let is_quoted = written.trim_start().starts_with(['"', '“', '”', '„', '«', '\'', '‘', '(']);
            let is_comparable = !is_quoted && is_of_words(written) && !is_in_link(doc, prose.clone());
            let key = key(written).filter(|_| is_comparable);
            found.push(Sentence { prose, key });
        }
    }
    found
}

/// Returns the sentences of a paragraph, as ranges of bytes.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let ends = match c {
            '.' | '!' | '?' => text[end..].starts_with(char::is_whitespace),
            '。' | '！' | '？' => true,
            _ => false,
        };
        if ends {
            found.push(start..end);
            start = end;
        }
    }
    found.push(start..text.len());
    found
        .iter_mut()
        .for_each(|range| range.start += text[range.clone()].len() - text[range.clone()].trim_start().len());
    found.retain(|range| !range.is_empty());
    found
}

/// Returns the hash of the words of a sentence in small letters; `None` if it is too short, or mostly of names.
fn key(sentence: &str) -> Option<u64> {
    let mut joined = String::new();
    let (mut count, mut plain) = (0, 0);
    for word in words(sentence).filter(|word| word.text.starts_with(char::is_alphabetic)) {
        count += 1;
        plain += usize::from(word.text.chars().nth(1).is_some() && word.text.chars().all(char::is_lowercase));
        joined.push_str(&word.text.to_lowercase());
        joined.push(' ');
    }
    (count >= MIN_SENTENCE_WORDS && plain >= MIN_PLAIN_WORDS).then(|| hash(&joined))
}

/// Returns whether a text consists of words, and not of paths and commands, such as a directive that includes a file.
fn is_of_words(text: &str) -> bool {
    /// Minimum share of the pieces between white space that are words, in per cent (a guess).
    const WORDS_PERCENT: usize = 60;
    let is_word = |piece: &str| {
        let bare = piece.trim_matches(|c: char| !c.is_alphanumeric());
        bare.chars().any(char::is_alphabetic) && !bare.contains(['/', '_', '\\', '[', '{', '(', '='])
    };
    let (all, plain) =
        text.split_whitespace().fold((0, 0), |(all, plain), piece| (all + 1, plain + usize::from(is_word(piece))));
    plain * 100 >= all * WORDS_PERCENT
}

/// Returns whether at least half of a sentence is the text of a link.
fn is_in_link(doc: &Document, prose: Range<usize>) -> bool {
    let span = doc.prose.source_span(prose);
    let start = doc.links.partition_point(|link| link.span.end <= span.start);
    let inside = doc.links[start..].iter().take_while(|link| link.span.start < span.end);
    let linked = inside.map(|link| link.span.end.min(span.end) - link.span.start.max(span.start)).sum::<u32>();
    linked * 2 >= span.len()
}
