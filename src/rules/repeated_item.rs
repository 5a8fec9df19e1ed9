//! `repeated-item`: the same item twice in one document or version.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::alignment::ItemRef;
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::edit::Stage;
use crate::model::extraction::{Extraction, FileContainer};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::{DocId, ItemId};
use crate::model::item::{Item, ItemSequence, LabelPosition, LabelWord};
use crate::model::line_fingerprint::{FingerprintPosition, LineFingerprint};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};
use crate::text::similarity::score::{Features, Weights, body_words, containment, titles};
use crate::text::similarity::shingle::{prose_line, words};
use crate::text::similarity::title;

pub(crate) static RULE: Rule = Rule {
    id: "repeated-item",
    family: Family::Duplication,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "an item is repeated",
    page: include_str!("../../rules/repeated-item.md"),
    check: Check::Collection(check),
};

/// Minimum number of words of a compared title (a guess): shorter ones are names of parts ("Basics").
const MIN_TITLE_WORDS: usize = 2;
/// Minimum number of words of a title that is an item by itself (a guess): shorter ones ("Real-world example") are
/// items only if both belong to one item sequence.
const MIN_OWN_TITLE_WORDS: usize = 5;
/// Minimum number of words of a title that does not recur by chance, even if the numbering restarts (a guess).
const MIN_CERTAIN_TITLE_WORDS: usize = 6;
/// Maximum number of occurrences of a title in one document (a guess): a more frequent title belongs to a template.
const MAX_TITLE_OCCURRENCES: usize = 2;
/// Minimum number of consecutive repeated items that are reported as one list (a guess).
const MIN_REPEATED_ITEMS: usize = 3;
/// Minimum length of equal content, in bytes, that is left to `duplicate-block` (its `MIN_PROSE_BYTES`).
const MIN_BLOCK_BYTES: u32 = 150;
/// Minimum similarity of two titles that are the same item without further evidence (a guess).
const MIN_REWORDED_SIMILARITY: f32 = 0.86;
/// Minimum similarity of two titles that are the same item if their answers agree too (a guess), and minimum share of
/// the shorter answer that has to agree (a guess).
const MIN_SUPPORTED_SIMILARITY: f32 = 0.7;
const MIN_ANSWER_SHARE: f32 = 0.5;
/// Maximum number of titles with a word that yields candidates (a guess): more frequent words do not distinguish
/// titles.
const MAX_TITLES_OF_WORD: usize = 12;

fn check(collection: &Collection, cx: &Context<'_>, out: &mut Report) {
    repeated_keys(collection, out);
    let questions: Vec<Vec<Question>> = collection.documents.iter().map(questions).collect();
    let templates = templates(&questions, collection);
    let mut told = BTreeSet::new();
    for scope in scopes(collection) {
        let all = scope.iter().flat_map(|doc| &questions[doc.index()]);
        let all: Vec<Question> = all.filter(|question| !templates.contains(&question.title)).copied().collect();
        let same = same(&all, collection);
        for list in lists(&same, &all) {
            list.report(&all, collection, out);
        }
        if cx.audit {
            told.extend(reworded(&all, collection, out));
        }
    }
    if cx.audit {
        repeated_in_works(collection, &told, out);
    }
}

/// Reports the entries of containers whose keys other entries have as well.
fn repeated_keys(collection: &Collection, out: &mut Report) {
    for doc in &collection.documents {
        for key in doc.source.extraction().map(Extraction::repeats).unwrap_or_default() {
            let is_error = doc.source.container() == Some(FileContainer::Po);
            let (message, other) = match is_error {
                true => ("this message is there twice, which programs refuse", "first here"),
                false => ("this key is there twice: its text here is not used", "this one is used"),
            };
            let finding = out.find(doc.id, key.unused, message);
            finding.data("key", key.name.as_str());
            finding.related(doc.id, key.used, other).help("keep one of the two");
        }
    }
}

/// Reports the items that ask what another item of their version asks, as its alignment with another version shows.
fn repeated_in_works(collection: &Collection, told: &BTreeSet<ItemRef>, out: &mut Report) {
    let mut told = told.clone();
    for repeat in collection.works.iter().flat_map(|work| &work.alignments).flat_map(|alignment| &alignment.repeats) {
        let (first, second) = (repeat.item.min(repeat.of), repeat.item.max(repeat.of));
        if told.contains(&first) || !told.insert(second) {
            continue;
        }
        let unit = |at: ItemRef| collection.document(at.doc).unit(at.item);
        let (Some(earlier), Some(later)) = (unit(first), unit(second)) else { continue };
        report_reworded((first.doc, earlier), (second.doc, later), repeat.score, out);
    }
}

/// Reports the later one of two items that ask the same in other words.
fn report_reworded((first_doc, first): (DocId, &Item), (doc, second): (DocId, &Item), score: f32, out: &mut Report) {
    let finding = out.find(doc, second.span, "this item is another one in other words");
    finding.tier(Tier::Audit).severity(Severity::Info).data("score", f64::from((score * 100.0).round()) / 100.0);
    let name = first.number.map_or("without a number".to_owned(), |number| format!("number {number}"));
    finding.related(first_doc, first.span, name);
}

/// An item that may be a question.
#[derive(Clone, Copy)]
struct Question {
    at: ItemRef,
    /// Hash of the normalized title.
    title: u64,
}

impl Question {
    fn item(self, collection: &Collection) -> &Item {
        &collection.document(self.at.doc)[self.at.item]
    }

    fn title(self, collection: &Collection) -> &str {
        collection.document(self.at.doc).slice(self.item(collection).title)
    }

    /// Returns true if both items show code, a picture, options or a quotation, and not the same: "What does this
    /// return?" asks about the code.
    fn shows_something_else(self, other: Self, collection: &Collection) -> bool {
        let [own, others] = [self, other].map(|question| question.code(collection));
        if !own.is_empty() && !others.is_empty() && own != others {
            return true;
        }
        let [own, others] = [self, other].map(|question| question.shown_first(collection));
        matches!((own, others), (Some(own), Some(others)) if own != others)
    }

    /// Returns the first paragraph of the body, if it only shows what the question is about: a picture, a formula, code,
    /// options to choose from or a quotation.
    fn shown_first(self, collection: &Collection) -> Option<&str> {
        let body = collection.document(self.at.doc).slice(self.item(collection).body).trim();
        let first = first_paragraph(body);
        let is_code = first.len() > 2 && first.starts_with('`') && first.ends_with('`') && !first.contains('\n');
        let shows = ["![", "<img", "$$", "> ", "- [ ]", "- [x]", "* [ ]", "* [x]"];
        (is_code || shows.iter().any(|sign| first.starts_with(sign))).then_some(first)
    }

    /// Returns true if half of the shorter body of two items, or more, is in the other, too; or one of them has none.
    fn has_answer_of(self, other: Self, collection: &Collection) -> bool {
        let [own, others] = [self, other].map(|question| question.lines(collection));
        let size = |lines: &[(u64, u32)]| lines.iter().map(|(_, size)| size).sum::<u32>();
        let (part, whole) = if size(&own) <= size(&others) { (own, others) } else { (others, own) };
        let shared = part.iter().filter(|(hash, _)| whole.iter().any(|(other, _)| other == hash));
        shared.map(|(_, size)| size).sum::<u32>() * 2 >= size(&part)
    }

    /// Returns the hashes and the sizes of the lines of the body.
    fn lines(self, collection: &Collection) -> Vec<(u64, u32)> {
        let doc = collection.document(self.at.doc);
        let body = self.item(collection).body;
        let line = |offset: u32| doc.lines.line_of(offset) as u32;
        let from = doc.line_fingerprints.partition_point(|print| print.line < line(body.start));
        let prints = doc.line_fingerprints[from..].iter().take_while(|print| print.line < line(body.end));
        prints.map(|print| (print.hash, u32::from(print.size))).collect()
    }

    /// Returns true if the two are in different branches of one condition, of which a reader sees one.
    fn is_alternative_to(self, other: Self, collection: &Collection) -> bool {
        let [own, others] = [self, other].map(|question| question.item(collection).span.start);
        self.at.doc == other.at.doc && collection.document(self.at.doc).branches().are_alternatives(own, others)
    }

    /// Returns the hashes of the lines of the first code block in the body.
    fn code(self, collection: &Collection) -> Vec<u64> {
        let doc = collection.document(self.at.doc);
        let body = self.item(collection).body;
        let line = |offset: u32| doc.lines.line_of(offset) as u32;
        let from = doc.line_fingerprints.partition_point(|print| print.line < line(body.start));
        let prints = doc.line_fingerprints[from..].iter().take_while(|print| print.line < line(body.end));
        let code = prints.skip_while(|print| print.place != FingerprintPosition::Code);
        code.take_while(|print| print.place == FingerprintPosition::Code).map(|print| print.hash).collect()
    }

    /// Returns where the item has its label, regardless of the level.
    fn kind(self, collection: &Collection) -> LabelPosition {
        match self.item(collection).style.place {
            LabelPosition::Heading(_) => LabelPosition::Heading(0),
            LabelPosition::List(_) => LabelPosition::List(0),
            place => place,
        }
    }

    /// Returns the item's number with its word, as text for users.
    fn name(self, collection: &Collection) -> String {
        match self.item(collection).number {
            Some(number) => format!("number {}", number.value),
            None => "without a number".to_owned(),
        }
    }
}

/// Returns the documents that are compared as one: those of a version, and each remaining one by itself.
fn scopes(collection: &Collection) -> Vec<Vec<DocId>> {
    let versions = collection.works.iter().flat_map(|work| &work.versions);
    let mut scopes: Vec<Vec<DocId>> = versions.map(|version| version.documents.clone()).collect();
    let inside: BTreeSet<DocId> = scopes.iter().flatten().copied().collect();
    scopes.extend(collection.documents.iter().map(|doc| doc.id).filter(|id| !inside.contains(id)).map(|id| vec![id]));
    scopes
}

/// Returns the items of a document that are independent: neither steps of an answer nor entries of a table of contents.
fn questions(doc: &Document) -> Vec<Question> {
    let questions = doc.items.iter().enumerate().filter(|(_, item)| may_ask(doc, item));
    let questions = questions.filter_map(|(at, item)| {
        let print = prose_line(doc.slice(item.title))?;
        Some(Question { at: ItemRef { doc: doc.id, item: ItemId::new(at) }, title: print.hash })
    });
    questions.collect()
}

fn may_ask(doc: &Document, item: &Item) -> bool {
    let title = doc.slice(item.title);
    let parent = item.parent.and_then(|parent| doc.items.get(parent.index()));
    let is_step = parent.is_some_and(|parent| {
        parent.number.is_some()
            && matches!(parent.style.word, LabelWord::None | LabelWord::Q | LabelWord::Question | LabelWord::Problem)
    });
    let listed = matches!(item.style.place, LabelPosition::List(_) | LabelPosition::Table);
    !is_step
        && !item.style.word.is_division()
        && (!listed || is_question(title))
        && !title.contains("](")
        && words(title).take(MIN_TITLE_WORDS).count() == MIN_TITLE_WORDS
        // A release with its date recurs for each kind of change.
        && title.chars().any(char::is_alphabetic)
}

/// Returns the tier for two items with the same title, by how likely they are the same item.
fn tier(first: Question, second: Question, collection: &Collection) -> Option<Tier> {
    let (title, words) = (first.title(collection), words(first.title(collection)).count());
    let numbered = [first, second].iter().all(|question| question.item(collection).number.is_some());
    if is_of_two_sections(first, second, collection) {
        return None;
    }
    let tier = if count_on(first, second, collection)
        || (numbered && is_question(title) && words >= MIN_CERTAIN_TITLE_WORDS)
    {
        Some(Tier::Gate)
    } else {
        (words >= MIN_OWN_TITLE_WORDS).then_some(Tier::Audit)
    };
    // A step may be taken twice.
    let is_step = || !is_question(title) && !first.has_answer_of(second, collection);
    tier.map(|tier| if tier == Tier::Gate && is_step() { Tier::Audit } else { tier })
}

/// Returns true for questions without numbers in two sections of a document: each section answers what is asked of all.
fn is_of_two_sections(first: Question, second: Question, collection: &Collection) -> bool {
    let section = |question: Question| {
        let (doc, item) = (collection.document(question.at.doc), question.item(collection));
        let is_heading = matches!(item.style.place, LabelPosition::Heading(_));
        let at = doc.headings.partition_point(|heading| heading.span.start < item.span.start);
        (item.number.is_none() && !is_heading).then_some(at)
    };
    let (one, other) = (section(first), section(second));
    one.is_some() && other.is_some() && one != other
}

/// Returns true if both items belong to one item sequence, because then neither can belong to a part of the document
/// that the other one does not.
fn count_on(first: Question, second: Question, collection: &Collection) -> bool {
    let within = |run: &ItemSequence, question: Question| run.items.binary_search(&question.at.item).is_ok();
    let mut runs = collection.document(first.at.doc).sequences.iter();
    first.at.doc == second.at.doc && runs.any(|run| within(run, first) && within(run, second))
}

fn is_question(title: &str) -> bool {
    title.trim_end_matches(['*', '_', ' ', '"']).ends_with('?')
}

/// Returns the titles that recur by design, because they occur several times in one document. A question about one code
/// is one question, however often it is asked.
fn templates(questions: &[Vec<Question>], collection: &Collection) -> BTreeSet<u64> {
    let mut templates = BTreeSet::new();
    for questions in questions {
        let mut sorted = questions.clone();
        sorted.sort_by_key(|question| (question.title, question.at));
        let often = sorted.chunk_by(|a, b| a.title == b.title).filter(|same| same.len() > MAX_TITLE_OCCURRENCES);
        let is_one = |same: &[Question]| {
            let mut codes = same.iter().map(|question| question.code(collection));
            codes.next().is_some_and(|first| !first.is_empty() && codes.all(|code| code == first))
        };
        templates.extend(often.filter(|same| !is_one(same)).filter_map(|same| Some(same.first()?.title)));
    }
    templates
}

/// Returns the pairs of items with the same title, by their indices, in order of the later one. Only items of one kind
/// are compared, because a list and headings may name the same items, as a table of contents does.
fn same(all: &[Question], collection: &Collection) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|&at| (all[at].title, at));
    let mut pairs = Vec::new();
    for group in order.chunk_by(|&a, &b| all[a].title == all[b].title) {
        let Some((&first, others)) = group.split_first() else { continue };
        pairs.extend(
            others
                .iter()
                .filter(|&&other| all[other].kind(collection) == all[first].kind(collection))
                .filter(|&&other| !all[other].shows_something_else(all[first], collection))
                .filter(|&&other| !all[other].is_alternative_to(all[first], collection))
                .map(|&other| (first, other)),
        );
    }
    pairs.sort_by_key(|&(first, second)| (second, first));
    pairs
}

/// Items that are repeated in the same order.
struct List {
    pairs: Vec<(usize, usize)>,
}

/// Joins pairs that follow each other at both places.
fn lists(pairs: &[(usize, usize)], all: &[Question]) -> Vec<List> {
    let mut lists: Vec<List> = Vec::new();
    for &(first, second) in pairs {
        let follows = |list: &&mut List| {
            list.pairs.last().is_some_and(|&(a, b)| {
                a + 1 == first
                    && b + 1 == second
                    && all[b].at.doc == all[second].at.doc
                    && all[a].at.doc == all[first].at.doc
            })
        };
        match lists.last_mut().filter(follows) {
            Some(list) => list.pairs.push((first, second)),
            None => lists.push(List { pairs: vec![(first, second)] }),
        }
    }
    lists
}

impl List {
    fn report(&self, all: &[Question], collection: &Collection, out: &mut Report) {
        let [(first, second), ..] = self.pairs.as_slice() else { return };
        let Some((last_first, last_second)) = self.pairs.last() else { return };
        let here = ItemRange::new(all[*second], all[*last_second], collection);
        let there = ItemRange::new(all[*first], all[*last_first], collection);
        if here.is_block_like(&there) {
            return;
        }
        if self.pairs.iter().all(|&(a, b)| is_of_two_sections(all[a], all[b], collection)) {
            return;
        }
        if self.pairs.len() >= MIN_REPEATED_ITEMS {
            let message = format!("{} items in a row are repeated here", self.pairs.len());
            let finding = out.find(here.doc.id, here.titles, message);
            finding.related(there.doc.id, there.titles, "first here").help("keep one of the two lists");
            let is_asked = |&(a, b): &(usize, usize)| {
                is_question(all[a].title(collection)) || all[a].has_answer_of(all[b], collection)
            };
            // One list of steps is taken for several things.
            if self.pairs.iter().filter(|pair| is_asked(pair)).count() * 2 < self.pairs.len() {
                finding.tier(Tier::Audit);
            }
            return;
        }
        for &(first, second) in &self.pairs {
            let (first, second) = (all[first], all[second]);
            let span = second.item(collection).span;
            let Some(tier) = tier(first, second, collection) else { continue };
            let finding = out.find(second.at.doc, span, "this item is repeated here");
            finding.tier(tier);
            finding.related(
                first.at.doc,
                first.item(collection).span,
                format!("first here, {}", first.name(collection)),
            );
            finding.help("keep the better answer, or merge the two");
        }
    }
}

/// Consecutive items with their bodies.
struct ItemRange<'a> {
    doc: &'a Document,
    titles: Span,
    prints: &'a [LineFingerprint],
}

impl<'a> ItemRange<'a> {
    fn new(first: Question, last: Question, collection: &'a Collection) -> Self {
        let doc = collection.document(first.at.doc);
        let (first, last) = (first.item(collection), last.item(collection));
        let line = |offset: u32| doc.lines.line_of(offset) as u32;
        let end = last.span.end.max(last.body.end).saturating_sub(1);
        let from = doc.line_fingerprints.partition_point(|print| print.line < line(first.span.start));
        let to = doc.line_fingerprints.partition_point(|print| print.line <= line(end));
        let prints = doc.line_fingerprints.get(from..to).unwrap_or(&[]);
        Self { doc, titles: first.span.cover(last.span), prints }
    }

    /// Returns true if the two agree line for line and are large enough to be reported as a block.
    fn is_block_like(&self, other: &Self) -> bool {
        let hashes = |stretch: &Self| stretch.prints.iter().map(|print| print.hash).collect::<Vec<_>>();
        let size: u32 = self.prints.iter().map(|print| u32::from(print.size)).sum();
        size >= MIN_BLOCK_BYTES && self.prints.len() > 1 && hashes(self) == hashes(other)
    }
}

/// Reports items with different titles that ask the same. Returns the later ones.
fn reworded(all: &[Question], collection: &Collection, out: &mut Report) -> BTreeSet<ItemRef> {
    let features: Vec<Features> =
        all.iter().map(|question| Features::new(&title::key(question.title(collection)))).collect();
    let stems = |at: usize| features[at].stems().collect::<BTreeSet<u64>>();
    let mut weights = Weights::default();
    let mut places: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for at in 0..all.len() {
        let stems = stems(at);
        weights.learn(stems.iter().copied());
        for stem in stems {
            places.entry(stem).or_default().push(at);
        }
    }
    let mut candidates = BTreeSet::new();
    for places in places.values().filter(|places| places.len() <= MAX_TITLES_OF_WORD) {
        for (nth, &first) in places.iter().enumerate() {
            candidates.extend(places[nth + 1..].iter().map(|&second| (first, second)));
        }
    }
    let bodies = Bodies::new(all, collection);
    let mut found: Vec<(usize, usize, f32)> = Vec::new();
    for (first, second) in candidates {
        // Neighbouring items are intended variations.
        let beside = second == first + 1 && all[first].at.doc == all[second].at.doc;
        let of_a_kind = all[first].kind(collection) == all[second].kind(collection);
        if beside || !of_a_kind || all[first].title == all[second].title {
            continue;
        }
        let doc = collection.document(all[second].at.doc);
        let steps = features[first].stems().count() + features[second].stems().count();
        if !out.take_steps(doc, steps) {
            continue;
        }
        let score = titles(&features[first], &features[second], &weights);
        let alike = score.value >= MIN_SUPPORTED_SIMILARITY && score.telling && score.veto == 0.0;
        if alike && (score.value >= MIN_REWORDED_SIMILARITY || bodies.agree(first, second, &features)) {
            found.push((first, second, score.value));
        }
    }
    let mut told = BTreeSet::new();
    // Only the best match of each item is reported.
    found.sort_by(|a, b| b.2.total_cmp(&a.2).then((a.1, a.0).cmp(&(b.1, b.0))));
    for (first, second, score) in found {
        if told.insert(all[second].at) {
            let (first, second) = (all[first], all[second]);
            let (earlier, later) = (first.item(collection), second.item(collection));
            report_reworded((first.at.doc, earlier), (second.at.doc, later), score, out);
        }
    }
    told
}

/// The contents of the answers.
struct Bodies<'a> {
    all: &'a [Question],
    collection: &'a Collection,
    weights: Weights,
}

impl<'a> Bodies<'a> {
    fn new(all: &'a [Question], collection: &'a Collection) -> Self {
        let mut bodies = Self { all, collection, weights: Weights::default() };
        let mut weights = Weights::default();
        for at in 0..all.len() {
            weights.learn(bodies.words(at).into_iter());
        }
        bodies.weights = weights;
        bodies
    }

    fn words(&self, at: usize) -> Vec<u64> {
        let question = self.all[at];
        body_words(self.collection.document(question.at.doc).slice(question.item(self.collection).body))
    }

    /// Returns true if the longer answer contains most of the shorter one.
    fn agree(&self, first: usize, second: usize, features: &[Features]) -> bool {
        let (a, b) = (self.words(first), self.words(second));
        let (part, whole) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        let titles: Vec<u64> = features[first].stems().chain(features[second].stems()).collect();
        containment(&part, &whole, &titles, &self.weights).is_some_and(|share| share >= MIN_ANSWER_SHARE)
    }
}

/// Returns the lines up to the first empty one.
fn first_paragraph(text: &str) -> &str {
    let lines = text.split_inclusive('\n').take_while(|line| !line.trim().is_empty());
    text[..lines.map(str::len).sum()].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the tiers of the findings about two steps with one title.
    fn tiers(first: &str, second: &str) -> Vec<Tier> {
        found(format!(
            "### 1. Tell the people\n\n{first}\n\n### 2. Fold the flag\n\nDo it.\n\n### 3. Tell the people\n\n{second}\n"
        ))
    }

    fn found(text: String) -> Vec<Tier> {
        let settings = crate::settings::Settings::new("/project".into(), "/project".into());
        let collection = crate::api::collection(vec![("a.md".into(), text.into_bytes())], &settings);
        let found = crate::lint::lint(&collection, &settings).into_iter().filter(|finding| finding.rule == RULE.id);
        found.map(|finding| finding.tier).collect()
    }

    #[test]
    fn a_step_that_is_taken_twice_was_a_repeat() {
        let told = "Everybody has to know the new signal before it counts.";
        assert_eq!(tiers(told, told), [Tier::Gate]);
        assert!(!tiers(told, "From now on nobody may answer the old signal any more.").contains(&Tier::Gate));
    }

    #[test]
    fn a_question_over_one_code_was_a_template_from_the_third_time_on() {
        let quiz = |codes: [&str; 4]| {
            let item = |(at, code): (usize, &&str)| {
                let (question, other) = (2 * at + 1, 2 * at + 2);
                format!(
                    "### {question}. What does this print?\n\n```py\n{code}\n```\n\n### {other}. Who is at pier {at}?\n\nAnna.\n\n"
                )
            };
            found(codes.iter().enumerate().map(item).collect())
        };
        let code = "print(len(\"buoy\"))";
        assert_eq!(quiz([code; 4]).len(), 3);
        assert_eq!(quiz(["print(1)", "print(2)", code, "print(3)"]), []);
        assert_eq!(quiz([code, "", code, ""]), []);
    }

    #[test]
    fn in_a_text_with_crlf_the_first_paragraph_was_the_whole_answer() {
        for text in ["![a](b.png)\r\n\r\n- [ ] Yes\r\n", "![a](b.png)\n  \n- [ ] No\n", "![a](b.png)"] {
            assert_eq!(first_paragraph(text), "![a](b.png)", "{text:?}");
        }
    }
}
