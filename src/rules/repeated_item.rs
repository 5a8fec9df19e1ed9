//! `repeated-item`: the same question stands twice in one document or version.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::alignment::ItemRef;
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::{DocId, ItemId};
use crate::model::item::{Item, ItemSequence, LabelPosition, LabelWord};
use crate::model::line_fingerprint::LineFingerprint;
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
    summary: "the same question stands twice",
    page: include_str!("../../rules/repeated-item.md"),
    check: Check::Collection(check),
};

/// Titles of fewer words are names of parts ("Basics").
const WORDS: usize = 2;
/// Titles of fewer words ("Real-world example") can be told apart from questions only by a common count.
const OWN_WORDS: usize = 5;
/// A question of so many words is not asked twice by chance, even if the count starts anew.
const CERTAIN_WORDS: usize = 6;
/// A title that stands more often in one document belongs to a template.
const TEMPLATE: usize = 2;
/// From so many on, items that stand twice in the same order are told of as one.
const LIST: usize = 3;
/// Equal stretches of so many bytes are the business of `duplicate-block`.
const BLOCK: u32 = 150;
/// A title that scores this much asks the same in other words, ...
const REWORDED: f32 = 0.86;
/// ... and one that scores this much does if the answers agree to this degree.
const ALIKE: f32 = 0.7;
const ANSWERS: f32 = 0.5;
/// Words that stand in more titles lead to no candidates.
const COMMON: usize = 12;

fn check(collection: &Collection, cx: &Context<'_>, out: &mut Report) {
    let questions: Vec<Vec<Question>> = collection.documents.iter().map(questions).collect();
    let templates = templates(&questions);
    for scope in scopes(collection) {
        let all = scope.iter().flat_map(|doc| &questions[doc.0 as usize]);
        let all: Vec<Question> = all.filter(|question| !templates.contains(&question.title)).copied().collect();
        let same = same(&all, collection);
        for list in lists(&same, &all) {
            list.tell(&all, collection, out);
        }
        if cx.audit {
            reworded(&all, collection, out);
        }
    }
}

/// An item that may be a question.
#[derive(Clone, Copy)]
struct Question {
    at: ItemRef,
    /// Hash of its normalised title.
    title: u64,
}

impl Question {
    fn item(self, collection: &Collection) -> &Item {
        &collection.document(self.at.doc)[self.at.item]
    }

    fn title(self, collection: &Collection) -> &str {
        collection.document(self.at.doc).slice(self.item(collection).title)
    }

    /// Where its label stands, however deep.
    fn kind(self, collection: &Collection) -> LabelPosition {
        match self.item(collection).style.place {
            LabelPosition::Heading(_) => LabelPosition::Heading(0),
            LabelPosition::List(_) => LabelPosition::List(0),
            place => place,
        }
    }

    /// Its number as people say it.
    fn name(self, collection: &Collection) -> String {
        match self.item(collection).number {
            Some(number) => format!("number {}", number.value),
            None => "without a number".to_owned(),
        }
    }
}

/// The documents that are read as one: those of a version, and each of the others.
fn scopes(collection: &Collection) -> Vec<Vec<DocId>> {
    let versions = collection.works.iter().flat_map(|work| &work.versions);
    let mut scopes: Vec<Vec<DocId>> = versions.map(|version| version.documents.clone()).collect();
    let inside: BTreeSet<DocId> = scopes.iter().flatten().copied().collect();
    scopes.extend(collection.documents.iter().map(|doc| doc.id).filter(|id| !inside.contains(id)).map(|id| vec![id]));
    scopes
}

/// The items of a document that ask something of their own: no steps of an answer, no entries of a table of contents.
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
        && words(title).take(WORDS).count() == WORDS
}

/// How sure it is that two items of the same title are the same question.
fn tier(first: Question, second: Question, collection: &Collection) -> Option<Tier> {
    let (title, words) = (first.title(collection), words(first.title(collection)).count());
    let numbered = [first, second].iter().all(|question| question.item(collection).number.is_some());
    if count_on(first, second, collection) || (numbered && is_question(title) && words >= CERTAIN_WORDS) {
        Some(Tier::Gate)
    } else {
        (words >= OWN_WORDS).then_some(Tier::Audit)
    }
}

/// Whether the two count in one run, so that neither can belong to a part of the document that the other one does not.
fn count_on(first: Question, second: Question, collection: &Collection) -> bool {
    let within = |run: &ItemSequence, question: Question| run.items.binary_search(&question.at.item).is_ok();
    let mut runs = collection.document(first.at.doc).sequences.iter();
    first.at.doc == second.at.doc && runs.any(|run| within(run, first) && within(run, second))
}

fn is_question(title: &str) -> bool {
    title.trim_end_matches(['*', '_', ' ', '"']).ends_with('?')
}

/// Titles that recur by design: they stand several times in one document.
fn templates(questions: &[Vec<Question>]) -> BTreeSet<u64> {
    let mut templates = BTreeSet::new();
    for questions in questions {
        let mut titles: Vec<u64> = questions.iter().map(|question| question.title).collect();
        titles.sort_unstable();
        let often = titles.chunk_by(|a, b| a == b).filter(|same| same.len() > TEMPLATE);
        templates.extend(often.filter_map(|same| same.first()));
    }
    templates
}

/// Pairs of questions with the same title, by their indices, in order of the later one. Lists and headings may go
/// through the same questions, as a table of contents does; so only items of one kind are compared.
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
                .map(|&other| (first, other)),
        );
    }
    pairs.sort_by_key(|&(first, second)| (second, first));
    pairs
}

/// Questions that stand twice in the same order.
struct List {
    pairs: Vec<(usize, usize)>,
}

/// Puts together pairs that follow each other at both places.
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
    fn tell(&self, all: &[Question], collection: &Collection, out: &mut Report) {
        let [(first, second), ..] = self.pairs.as_slice() else { return };
        let Some((last_first, last_second)) = self.pairs.last() else { return };
        let here = Stretch::new(all[*second], all[*last_second], collection);
        let there = Stretch::new(all[*first], all[*last_first], collection);
        if here.is_block_like(&there) {
            return;
        }
        if self.pairs.len() >= LIST {
            let message = format!("{} items in a row stand here for the second time", self.pairs.len());
            let finding = out.find(here.doc.id, here.titles, message);
            finding.related(there.doc.id, there.titles, "first here").help("keep one of the two lists");
            return;
        }
        for &(first, second) in &self.pairs {
            let (first, second) = (all[first], all[second]);
            let span = second.item(collection).span;
            let Some(tier) = tier(first, second, collection) else { continue };
            let finding = out.find(second.at.doc, span, "this item stands here for the second time");
            finding.tier(tier);
            finding.related(
                first.at.doc,
                first.item(collection).span,
                format!("first here, {}", first.name(collection)),
            );
            finding.help("keep the better answer, or put the two together");
        }
    }
}

/// A row of items with their bodies.
struct Stretch<'a> {
    doc: &'a Document,
    titles: Span,
    prints: &'a [LineFingerprint],
}

impl<'a> Stretch<'a> {
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

    /// Whether the two agree line for line and are large enough to be told of as a block.
    fn is_block_like(&self, other: &Self) -> bool {
        let hashes = |stretch: &Self| stretch.prints.iter().map(|print| print.hash).collect::<Vec<_>>();
        let size: u32 = self.prints.iter().map(|print| u32::from(print.size)).sum();
        size >= BLOCK && self.prints.len() > 1 && hashes(self) == hashes(other)
    }
}

/// Tells of questions that ask the same in other words.
fn reworded(all: &[Question], collection: &Collection, out: &mut Report) {
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
    for places in places.values().filter(|places| places.len() <= COMMON) {
        for (nth, &first) in places.iter().enumerate() {
            candidates.extend(places[nth + 1..].iter().map(|&second| (first, second)));
        }
    }
    let bodies = Bodies::new(all, collection);
    let mut found: Vec<(usize, usize, f32)> = Vec::new();
    for (first, second) in candidates {
        // Neighbours are variations of one question on purpose.
        let beside = second == first + 1 && all[first].at.doc == all[second].at.doc;
        let of_a_kind = all[first].kind(collection) == all[second].kind(collection);
        if beside || !of_a_kind || all[first].title == all[second].title {
            continue;
        }
        let score = titles(&features[first], &features[second], &weights);
        let alike = score.value >= ALIKE && score.telling && score.veto == 0.0;
        if alike && (score.value >= REWORDED || bodies.agree(first, second, &features)) {
            found.push((first, second, score.value));
        }
    }
    let mut told = BTreeSet::new();
    // The best match of each question is told, once.
    found.sort_by(|a, b| b.2.total_cmp(&a.2).then((a.1, a.0).cmp(&(b.1, b.0))));
    for (first, second, score) in found {
        if told.insert(second) {
            let (first, second) = (all[first], all[second]);
            let span = second.item(collection).span;
            let finding = out.find(second.at.doc, span, "this asks the same as another question, in other words");
            finding
                .tier(Tier::Audit)
                .severity(Severity::Info)
                .data("score", f64::from((score * 100.0).round()) / 100.0);
            finding.related(first.at.doc, first.item(collection).span, first.name(collection));
        }
    }
}

/// What the answers say.
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

    /// Whether most of what the shorter answer says stands in the longer one too.
    fn agree(&self, first: usize, second: usize, features: &[Features]) -> bool {
        let (a, b) = (self.words(first), self.words(second));
        let (part, whole) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        let titles: Vec<u64> = features[first].stems().chain(features[second].stems()).collect();
        containment(&part, &whole, &titles, &self.weights).is_some_and(|share| share >= ANSWERS)
    }
}
