//! Results that are computed on first use: the language of a document, its mojibake, its headings as
//! items; and whether a computation failed.
//!
//! The caches are private, so that no other room can fill or reset one.

use std::sync::OnceLock;

use super::Document;
use super::markdown::Heading;
use crate::model::item::{Item, LabelPosition, LabelWord, Numeral, Style};
use crate::model::span::Span;
use crate::text::language::{Language, language_of};
use crate::text::mojibake::{self, Garble};

/// Results that are kept for the next call.
#[derive(Debug, Clone, Default)]
pub(super) struct Caches {
    language: OnceLock<Language>,
    mojibake: OnceLock<Vec<Garble>>,
    topics: OnceLock<Vec<Item>>,
    /// Set if a computation over this document panicked.
    failed: OnceLock<()>,
    has_parts: OnceLock<bool>,
}

impl Document {
    /// Records that a computation over this document panicked, which is a defect of recto.
    pub fn set_failed(&self) {
        self.caches.failed.get_or_init(|| ());
    }

    /// Returns whether a computation over this document panicked.
    pub fn has_failed(&self) -> bool {
        self.caches.failed.get().is_some()
    }

    /// Returns the language of the prose as a whole.
    pub fn language(&self) -> Language {
        *self.caches.language.get_or_init(|| language_of(self.prose.text()))
    }

    /// Returns the mojibake of the text: sorted, disjoint spans.
    pub fn garbles(&self) -> &[Garble] {
        self.caches.mojibake.get_or_init(|| mojibake::scan(self.text()))
    }

    /// Returns the text of `span`, for people to read: with its mojibake repaired where the repair is certain.
    pub fn repaired(&self, span: Span) -> String {
        let garbles = self.garbles();
        let start = garbles.partition_point(|garble| garble.span.end <= span.start as usize);
        let inside = garbles[start..].iter().take_while(|garble| garble.span.start < span.end as usize);
        let from = span.start as usize;
        let repairs = inside
            .filter(|garble| span.contains(Span::from(garble.span.clone())))
            .filter_map(|garble| Some((garble.span.start - from..garble.span.end - from, garble.replacement()?)));
        mojibake::splice(self.slice(span), repairs)
    }

    /// Returns whether the divisions among the items (chapters, parts, weeks) hold the other items, so that they are no
    /// units of content themselves: these cover at least half as much text.
    pub fn has_parts(&self) -> bool {
        *self.caches.has_parts.get_or_init(|| {
            let (mut others, mut all, mut covered) = (0, 0, 0);
            let mut divisions_end = 0;
            for item in self.items.iter().filter(|item| !item.is_contents) {
                let whole = item.span.cover(item.body);
                if item.style.word.is_division() {
                    all += u64::from(whole.end.saturating_sub(whole.start.max(divisions_end)));
                    divisions_end = divisions_end.max(whole.end);
                } else {
                    others += u64::from(whole.end.saturating_sub(whole.start.max(covered)));
                    covered = covered.max(whole.end);
                }
            }
            others * 2 >= all
        })
    }

    /// Returns each heading, with the text up to the next heading, as an item without a number.
    pub fn topics(&self) -> &[Item] {
        self.caches.topics.get_or_init(|| {
            let ends = self.headings.iter().skip(1).map(|heading| heading.span.start).chain([self.span().end]);
            let topic = |((at, heading), end): ((usize, &Heading), u32)| Item {
                number: None,
                style: Style {
                    place: LabelPosition::Heading(heading.level),
                    word: LabelWord::None,
                    numeral: Numeral::Absent,
                },
                span: heading.span,
                title: heading.content,
                body: Span::new(heading.span.end, end.max(heading.span.end)),
                section: self.sections.get(at).and_then(|section| section.parent),
                block: heading.block,
                parent: None,
                is_contents: false,
            };
            self.headings.iter().enumerate().zip(ends).map(topic).collect()
        })
    }
}
