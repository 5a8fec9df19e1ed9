//! Similarity of two titles, and of two bodies: scores from 0 to 1, with weights learnt from the texts at hand.
//!
//! Knows words only. The title score is a blend of Dice coefficients (L. R. Dice, 1945) over words, weighted by inverse
//! document frequency (K. Spärck Jones, 1972), and over character trigrams, with vetoes for differences that change a
//! question although most words stay.

use std::hash::{BuildHasher as _, BuildHasherDefault};

use rustc_hash::{FxHashMap, FxHasher};

use super::title::{TitleForm, is_frame, is_light, stem, words};
use crate::text::words::hash;

/// Share of its weight with which a word counts that is in many questions (a guess).
const LIGHT_FACTOR: f32 = 0.25;
/// Share of its weight with which a word counts that matches a similar spelling (a guess).
const NEARLY_FACTOR: f32 = 0.8;
/// Share of words in the title score, 0 to 1 (a guess); the rest is that of trigrams.
const WORDS_SHARE: f32 = 0.6;
/// Cost in the title score of weight without a match, for all of it (a guess).
const UNMATCHED_COST: f32 = 0.5;
/// Share of the weight of a rare word from which shared words are evidence (a guess).
const TELLING_SHARE: f32 = 0.9;
/// Minimum number of content words in a body that is compared (a guess).
const MIN_BODY_WORDS: usize = 4;

/// Number of texts that hold each word.
#[derive(Debug, Clone, Default)]
pub struct Weights {
    counts: FxHashMap<u64, u32>,
    texts: u32,
}

impl Weights {
    /// Counts one more text, given its distinct words.
    pub fn learn(&mut self, distinct: impl Iterator<Item = u64>) {
        self.texts += 1;
        for word in distinct {
            *self.counts.entry(word).or_default() += 1;
        }
    }

    /// Returns the weight of a word, which is greater for a rarer one: above 0, and about 1 for a word of half the
    /// texts.
    #[must_use]
    pub fn of(&self, word: u64) -> f32 {
        let count = self.counts.get(&word).copied().unwrap_or(0).max(1);
        (1.0 + self.texts.max(1) as f32 / count as f32).ln()
    }

    /// Returns the weight of a word in one text of a hundred; in fewer than a hundred texts, of a word in one of them.
    #[must_use]
    pub fn rare(&self) -> f32 {
        (1.0 + self.texts.clamp(1, 100) as f32).ln()
    }
}

/// The features of a title that are compared.
#[derive(Debug, Clone, Default)]
pub struct Features {
    /// The whole title, the title without text in brackets, its first sentence and its first question; only those that
    /// differ.
    readings: Vec<TitleVariant>,
    /// Hash of the letters and digits alone: "data set" and "dataset" are one.
    joined: u64,
    digits: Vec<u64>,
    negated: bool,
    intents: u16,
    operands: u8,
    directions: Vec<Direction>,
    /// All words, in order, each with its part in the sentence.
    sequence: Vec<SequenceWord>,
}

/// One variant of a title.
#[derive(Debug, Clone, Default)]
struct TitleVariant {
    /// Content words, in order.
    words: Vec<ContentWord>,
    /// Sorted, with repetitions.
    trigrams: Vec<u32>,
}

/// A content word.
#[derive(Debug, Clone, PartialEq)]
struct ContentWord {
    /// Hash of the stem.
    id: u64,
    stem: String,
    /// Share of the weight that counts.
    factor: f32,
}

impl Features {
    /// Extracts the features of a title's key, as `title::key` returns it.
    #[must_use]
    pub fn new(key: &str) -> Self {
        let mut readings = vec![TitleVariant::new(key)];
        for part in [without_brackets(key), first_sentence(key), first_question(key)].into_iter().flatten() {
            let reading = TitleVariant::new(&part);
            if !reading.words.is_empty() && readings.iter().all(|known| known.words != reading.words) {
                readings.push(reading);
            }
        }
        let all: Vec<&str> = words(key).collect();
        let digits = |word: &&&str| word.bytes().any(|byte| byte.is_ascii_digit());
        let mut digits: Vec<u64> = all.iter().filter(digits).map(|word| hash(word)).collect();
        digits.sort_unstable();
        digits.dedup();
        let letters: String = key.chars().filter(|c| c.is_alphanumeric()).collect();
        Self {
            joined: hash(letters.strip_suffix('s').unwrap_or(&letters)),
            digits,
            negated: all.iter().any(|word| ["not", "never", "without", "no", "non"].contains(word)),
            intents: all.iter().fold(0, |set, word| set | intent(word)),
            operands: operands(key, &all),
            directions: directions(&all),
            sequence: sequence(&all),
            readings,
        }
    }

    /// Returns the hashes of the stems of the content words of the whole title.
    pub fn stems(&self) -> impl Iterator<Item = u64> {
        self.readings.iter().take(1).flat_map(|reading| reading.words.iter().map(|word| word.id))
    }
}

impl TitleVariant {
    fn new(key: &str) -> Self {
        let word = |stem: &str, factor: f32| ContentWord { id: hash(stem), stem: stem.to_owned(), factor };
        let factor = |stem: &str| if is_light(stem) { LIGHT_FACTOR } else { 1.0 };
        let form = TitleForm::of(key);
        let stems = words(key).filter(|word| !form.has_frame_word(word)).map(stem);
        let mut content: Vec<ContentWord> = stems.map(|stem| word(stem, factor(stem))).collect();
        if content.iter().all(|word| word.factor < 1.0) {
            // In a title of only such words, they count in full.
            content = words(key).map(|text| word(stem(text), 1.0)).collect();
        }
        let trigrams = trigrams(&content);
        Self { words: content, trigrams }
    }
}

/// Returns the key without the text in round brackets, if there is any.
fn without_brackets(key: &str) -> Option<String> {
    let (before, rest) = key.split_once('(')?;
    let (_, after) = rest.split_once(')')?;
    Some(format!("{before} {after}"))
}

/// Returns the first sentence, if there are more. A short word before a full stop is the label that all titles have: "Q. T".
fn first_sentence(key: &str) -> Option<String> {
    /// Maximum length of such a label, in bytes (a guess).
    const MAX_LABEL_BYTES: usize = 4;
    let (first, _) = key.split_once("? ").or_else(|| key.split_once(". "))?;
    (first.contains(' ') || first.len() > MAX_LABEL_BYTES).then(|| first.to_owned())
}

/// Returns the first of two questions in one sentence: "what is a sluice, and how does it differ from a lock".
fn first_question(key: &str) -> Option<String> {
    let starts = ["how", "what", "when", "where", "which", "why"];
    let end = starts.iter().filter_map(|word| key.find(&format!(" and {word} "))).min()?;
    Some(key[..end].trim_end_matches(',').to_owned())
}

/// Returns the letter trigrams of the words, each with a space on both sides.
fn trigrams(words: &[ContentWord]) -> Vec<u32> {
    let mut grams = Vec::new();
    for word in words.iter().filter(|word| word.factor >= 1.0) {
        let mut window = [' '; 3];
        for c in std::iter::once(' ').chain(word.stem.chars()).chain(std::iter::once(' ')) {
            window = [window[1], window[2], c];
            grams.push(BuildHasherDefault::<FxHasher>::default().hash_one(window) as u32);
        }
    }
    grams.sort_unstable();
    grams
}

/// Returns the classes of verbs in a title: a class in only one of two titles makes them different questions.
fn intent(word: &str) -> u16 {
    const CLASSES: [&[&str]; 15] = [
        &["test", "mock", "stub", "fake", "fuzz"],
        &[
            "debug",
            "detect",
            "diagnos",
            "troubleshoot",
            "investigat",
            "analyz",
            "analys",
            "analysi",
            "profil",
            "identif",
        ],
        &["monitor", "observ", "measur", "benchmark"],
        &["migrat", "upgrad", "convert", "port"],
        &["secur", "encrypt", "authenticat", "authoriz"],
        &["deploy", "releas", "containeriz", "packag"],
        &["delet", "remov", "drop", "prevent", "avoid"],
        &["document", "comment"],
        &["version"],
        &["optimiz", "tun", "improv", "reduc"],
        &["typ", "kind", "categor"],
        &["caus", "reason"],
        &["advantag", "benefit", "pro"],
        &["disadvantag", "drawback", "limitat", "con", "downsid"],
        &["alternativ"],
    ];
    let stem = stem(word);
    let class = CLASSES.iter().position(|class| class.contains(&stem));
    class.map_or(0, |class| 1 << class)
}

/// Returns the number of things that a title compares; 0 if it does not compare.
fn operands(key: &str, words: &[&str]) -> u8 {
    let compares =
        words.iter().any(|word| ["vs", "versus", "difference", "differences", "compare", "between"].contains(word));
    if !compares {
        return 0;
    }
    let joints = words.iter().filter(|word| ["vs", "versus", "and", "or"].contains(word)).count();
    let is_joint = |after: &&str| !["and ", "or ", "vs"].iter().any(|joint| after.starts_with(joint));
    let commas = key.split(", ").skip(1).filter(is_joint).count();
    u8::try_from(joints + commas + 1).unwrap_or(u8::MAX)
}

/// Words that relate what precedes them to what follows, so that the two cannot change places.
const RELATIONS: [&str; 12] =
    ["to", "into", "onto", "from", "before", "after", "without", "no", "over", "under", "than", "by"];

/// A relation, and the content words nearest to it on both sides.
type Direction = (u8, u64, u64);

/// Returns the relations of a title: "from X to Y", "X without Y", "X has no Y".
fn directions(words: &[&str]) -> Vec<Direction> {
    let is_content = |word: &&&str| !is_frame(word) && !RELATIONS.contains(word);
    let relation = |(at, word): (usize, &&str)| {
        let relation = u8::try_from(RELATIONS.iter().position(|known| known == word)?).ok()?;
        let before = words[..at].iter().rev().find(is_content)?;
        let after = words[at + 1..].iter().find(is_content)?;
        Some((relation, hash(stem(before)), hash(stem(after))))
    };
    words.iter().enumerate().filter_map(relation).collect()
}

/// Returns whether two titles turn a relation round: "from X to Y" and "from Y to X".
fn are_turned(a: &[Direction], b: &[Direction]) -> bool {
    a.iter().any(|&(relation, before, after)| {
        before != after && b.contains(&(relation, after, before)) && !b.contains(&(relation, before, after))
    })
}

/// A word of a title in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct SequenceWord {
    /// Hash of the stem.
    id: u64,
    kind: SequenceKind,
}

/// Part of a word in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SequenceKind {
    /// A content word, or one that relates what is on both sides of it.
    Telling,
    /// A word that joins two things whose order does not matter.
    Joint,
    /// An article, which is written where a thing is named first.
    Article,
    /// Any other word of the frame.
    Frame,
}

/// Words that join two things whose order does not matter.
const JOINTS: [&str; 6] = ["and", "or", "vs", "versus", "with", "nor"];
/// Words of the frame of a question that are also names of things: "list the parts", "how is a list converted".
const FRAME_NOUNS: [&str; 4] = ["list", "use", "way", "ways"];
/// Maximum number of words of a title whose parts are compared (a guess): longer ones are sentences, in which parts change
/// places freely, and the time is quadratic.
const MAX_TURNED_WORDS: usize = 24;

/// Returns the words of a title, with one word for all articles.
fn sequence(words: &[&str]) -> Vec<SequenceWord> {
    let word = |word: &&str| match *word {
        "a" | "an" | "the" => SequenceWord { id: hash("the"), kind: SequenceKind::Article },
        word if JOINTS.contains(&word) => SequenceWord { id: hash(word), kind: SequenceKind::Joint },
        word if is_frame(word) && !RELATIONS.contains(&word) && !FRAME_NOUNS.contains(&word) => {
            SequenceWord { id: hash(stem(word)), kind: SequenceKind::Frame }
        }
        word => SequenceWord { id: hash(stem(word)), kind: SequenceKind::Telling },
    };
    words.iter().map(word).collect()
}

/// Returns whether two titles are equal but for two things that changed places around what relates them: "is every square a
/// rectangle" and "is every rectangle a square". Around "and" they may be in any order.
fn are_exchanged(a: &[SequenceWord], b: &[SequenceWord]) -> bool {
    let without_articles = |words: &[SequenceWord]| -> Vec<SequenceWord> {
        words.iter().filter(|word| word.kind != SequenceKind::Article).copied().collect()
    };
    are_exchanged_words(a, b) || are_exchanged_words(&without_articles(a), &without_articles(b))
}

fn are_exchanged_words(a: &[SequenceWord], b: &[SequenceWord]) -> bool {
    if a.len() != b.len() || a.len() > MAX_TURNED_WORDS || a == b {
        return false;
    }
    let start = a.iter().zip(b).take_while(|(a, b)| a.id == b.id).count();
    let end = a[start..].iter().rev().zip(b[start..].iter().rev()).take_while(|(a, b)| a.id == b.id).count();
    let (a, b) = (&a[start..a.len() - end], &b[start..b.len() - end]);
    let tells = |part: &[SequenceWord]| part.iter().any(|word| word.kind == SequenceKind::Telling);
    let is_equal =
        |a: &[SequenceWord], b: &[SequenceWord]| a.iter().map(|word| word.id).eq(b.iter().map(|word| word.id));
    (1..a.len()).any(|first| {
        (first + 1..a.len()).any(|last| {
            let (before, between, after) = (&a[..first], &a[first..last], &a[last..]);
            !is_joint(between)
                && tells(before)
                && tells(after)
                && is_equal(after, &b[..after.len()])
                && is_equal(between, &b[after.len()..after.len() + between.len()])
                && is_equal(before, &b[after.len() + between.len()..])
        })
    })
}

/// Returns whether words only join what is on both sides of them.
fn is_joint(words: &[SequenceWord]) -> bool {
    words.iter().all(|word| word.kind != SequenceKind::Telling)
        && words.iter().any(|word| word.kind == SequenceKind::Joint)
}

/// A score and its parts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Score {
    /// 0 (nothing in common) to 1 (equal words), after the vetoes.
    pub value: f32,
    /// Part of the words, before blending.
    pub words: f32,
    /// Part of the trigrams, before blending.
    pub trigrams: f32,
    /// Share of the weight without a match, of the title that has the smaller share.
    pub unmatched: f32,
    /// Share of the weight without a match, of the title that has the larger share: above 0 where a subject is within a
    /// larger one.
    pub extra: f32,
    /// True if the shared words weigh as much as one rare word. Less may be chance.
    pub telling: bool,
    /// The amount that vetoes took away.
    pub veto: f32,
    /// Reason for the veto, in text for users; empty if there was none.
    pub reason: &'static str,
}

/// Returns the score of two titles being the same, with `weights` learnt from the stems of all titles.
#[must_use]
pub fn titles(a: &Features, b: &Features, weights: &Weights) -> Score {
    let mut best = Score::default();
    for left in &a.readings {
        for right in &b.readings {
            let score = blend(left, right, weights);
            if score.value > best.value {
                best = score;
            }
        }
    }
    if a.joined == b.joined && a.readings.iter().any(|reading| !reading.words.is_empty()) {
        best = Score { value: 1.0, words: 1.0, trigrams: 1.0, telling: true, ..Score::default() };
    }
    let (veto, reason) = vetoes(a, b);
    Score { value: (best.value - veto).clamp(0.0, 1.0), veto, reason, ..best }
}

fn blend(a: &TitleVariant, b: &TitleVariant, weights: &Weights) -> Score {
    let WordOverlap { words, unmatched, extra, matched } = word_dice(a, b, weights);
    let telling = matched >= TELLING_SHARE * weights.rare();
    let trigrams = trigram_dice(&a.trigrams, &b.trigrams);
    Score {
        value: WORDS_SHARE * words + (1.0 - WORDS_SHARE) * trigrams - UNMATCHED_COST * unmatched,
        words,
        trigrams,
        unmatched,
        extra,
        telling,
        veto: 0.0,
        reason: "",
    }
}

/// Returns the weighted Dice coefficient, in which similar spellings count in part, and the weight without a match.
fn word_dice(a: &TitleVariant, b: &TitleVariant, weights: &Weights) -> WordOverlap {
    let weight = |word: &ContentWord| word.factor * weights.of(word.id);
    let total = |reading: &TitleVariant| reading.words.iter().map(weight).sum::<f32>();
    let (left, right) = (total(a), total(b));
    if left <= 0.0 || right <= 0.0 {
        return WordOverlap::default();
    }
    let mut free: Vec<Option<&ContentWord>> = b.words.iter().map(Some).collect();
    let mut rest: Vec<&ContentWord> = Vec::new();
    let (mut from_left, mut from_right) = (0.0, 0.0);
    for word in &a.words {
        match free.iter().position(|other| other.is_some_and(|other| other.id == word.id)) {
            Some(at) => {
                free[at] = None;
                from_left += weight(word);
                from_right += weight(word);
            }
            None => rest.push(word),
        }
    }
    for word in rest {
        let near = |other: &Option<&ContentWord>| other.is_some_and(|other| nearly(&word.stem, &other.stem));
        if let Some(at) = free.iter().position(near)
            && let Some(other) = free[at].take()
        {
            from_left += NEARLY_FACTOR * weight(word);
            from_right += NEARLY_FACTOR * weight(other);
        }
    }
    let (left_rest, right_rest) = (1.0 - from_left / left, 1.0 - from_right / right);
    WordOverlap {
        words: (from_left + from_right) / (left + right),
        unmatched: left_rest.min(right_rest).max(0.0),
        extra: left_rest.max(right_rest).max(0.0),
        matched: from_left.min(from_right),
    }
}

/// The words that two variants share.
#[derive(Default)]
struct WordOverlap {
    /// The Dice coefficient.
    words: f32,
    /// The smaller share of weight without a match.
    unmatched: f32,
    /// The larger share of weight without a match.
    extra: f32,
    /// The weight with a match.
    matched: f32,
}

/// Returns whether two words are forms or misspellings of one: they have a long common start, or differ in one letter.
fn nearly(a: &str, b: &str) -> bool {
    let (a_len, b_len) = (a.len(), b.len());
    if a_len.min(b_len) < 4 || a_len.abs_diff(b_len) > 5 || a.bytes().chain(b.bytes()).any(|byte| byte.is_ascii_digit())
    {
        return false;
    }
    let common = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    let tail = a.bytes().rev().zip(b.bytes().rev()).take_while(|(x, y)| x == y).count().min(a_len.min(b_len) - common);
    let apart = a_len.max(b_len) - common - tail;
    (common >= 4 && common * 10 >= a_len.max(b_len) * 6) || (apart <= 1 && a_len.min(b_len) >= 5)
}

/// Returns the share of letter trigrams that two texts in lower case have in common, 0 to 1.
#[must_use]
pub fn trigram_similarity(a: &str, b: &str) -> f32 {
    let of = |text: &str| {
        let words = words(text).map(|word| ContentWord { id: 0, stem: word.to_owned(), factor: 1.0 });
        trigrams(&words.collect::<Vec<_>>())
    };
    trigram_dice(&of(a), &of(b))
}

/// Returns the Dice coefficient of two sorted lists.
fn trigram_dice(a: &[u32], b: &[u32]) -> f32 {
    let (mut i, mut j, mut common) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, common) = (i + 1, j + 1, common + 1),
        }
    }
    if a.is_empty() || b.is_empty() { 0.0 } else { 2.0 * common as f32 / (a.len() + b.len()) as f32 }
}

/// Score that a relation turned round takes away: more than equal words can give.
const TURNED_VETO: f32 = 1.5;

/// Returns the amount that vetoes take away, because a small difference in words is a large one in meaning; and the
/// weightiest reason.
fn vetoes(a: &Features, b: &Features) -> (f32, &'static str) {
    let compares = a.operands > 0 && b.operands > 0;
    let turned = are_turned(&a.directions, &b.directions) || !compares && are_exchanged(&a.sequence, &b.sequence);
    let found = [
        (turned, TURNED_VETO, "the direction is reversed"),
        (a.negated != b.negated, 0.3, "one of them is negated"),
        (!a.digits.is_empty() && !b.digits.is_empty() && a.digits != b.digits, 0.3, "their digits differ"),
        (
            a.operands > 0 && b.operands > 0 && a.operands != b.operands,
            0.25,
            "they compare different numbers of things",
        ),
        (a.intents != b.intents, 0.2, "they ask for different actions"),
    ];
    let sum = found.iter().filter(|(holds, ..)| *holds).map(|(_, weight, _)| weight).sum();
    let reason = found.iter().find(|(holds, ..)| *holds).map_or("", |(.., reason)| reason);
    (sum, reason)
}

/// Returns the hashes of the distinct content words of a body, sorted. Words of one or two letters are left out.
#[must_use]
pub fn body_words(body: &str) -> Vec<u64> {
    let mut found = Vec::new();
    let mut lower = String::new();
    for word in words(body) {
        if word.len() < 3 {
            continue;
        }
        lower.clear();
        lower.extend(word.chars().flat_map(char::to_lowercase));
        if !is_frame(&lower) {
            found.push(hash(stem(&lower)));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Returns the share of the weight of `part` that is in `whole`, both from `body_words`, without the words in `except`.
/// `None` if too few words are left.
#[must_use]
pub fn containment(part: &[u64], whole: &[u64], except: &[u64], weights: &Weights) -> Option<f32> {
    let (mut total, mut found, mut count) = (0.0, 0.0, 0);
    for word in part.iter().filter(|word| !except.contains(word)) {
        let weight = weights.of(*word);
        total += weight;
        count += 1;
        if whole.binary_search(word).is_ok() {
            found += weight;
        }
    }
    (count >= MIN_BODY_WORDS).then(|| found / total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::similarity::title::key;

    /// Returns the weights of the titles of a harbour handbook, in which "harbour" and "ship" weigh little.
    fn weights() -> Weights {
        let mut weights = Weights::default();
        let titles = [
            "How do you moor a ship in a harbour?",
            "How do you read a tide table in the harbour?",
            "What is a pilot boat in a harbour?",
            "How do you load a ship?",
            "How do you test the anchor of a ship?",
            "How do you paint the hull of a ship in a harbour?",
            "What is ballast?",
            "How do you convert knots to miles?",
        ];
        for title in titles {
            let mut stems: Vec<u64> = Features::new(&key(title)).stems().collect();
            stems.sort_unstable();
            stems.dedup();
            weights.learn(stems.into_iter());
        }
        weights
    }

    fn score(a: &str, b: &str) -> f32 {
        titles(&Features::new(&key(a)), &Features::new(&key(b)), &weights()).value
    }

    #[test]
    fn things_that_changed_places_around_a_relation_make_another_question() {
        let exchanged = |a: &str, b: &str| {
            let score = titles(&Features::new(a), &Features::new(b), &Weights::default());
            score.veto >= TURNED_VETO
        };
        for (a, b) in [
            ("is every square a rectangle", "is every rectangle a square"),
            ("can a teacher replace a pupil", "can a pupil replace a teacher"),
            ("why steam and not diesel", "why diesel and not steam"),
            ("what if the parent dies before its child", "what if the child dies before its parent"),
            ("how is a list converted to a string", "how is a string converted to a list"),
            ("what is the role of a lock in a canal", "what is the role of a canal in a lock"),
        ] {
            assert!(exchanged(a, b), "{a} / {b}");
        }
        for (a, b) in [
            ("what is the difference between a lock and a weir", "what is the difference between a weir and a lock"),
            ("can you use a sail with an engine", "can you use an engine with a sail"),
            ("in a storm, how do you reef a sail", "how do you reef a sail in a storm"),
            ("is every square a rectangle", "is every square a rectangle"),
        ] {
            assert!(!exchanged(a, b), "{a} / {b}");
        }
    }

    #[test]
    fn a_second_question_in_one_sentence_is_no_other_subject() {
        let score =
            |a: &str, b: &str| titles(&Features::new(&key(a)), &Features::new(&key(b)), &Weights::default()).words;
        assert!(score("What is a sluice?", "What is a sluice, and how does it differ from a lock?") > 0.99);
        assert!(score("What is a sluice?", "What is a sluice and when are its gates closed?") > 0.99);
        assert!(score("How and when is the sluice closed?", "How is the lamp lit?") < 0.5);
    }

    #[test]
    fn a_word_that_is_written_in_two_was_another_one() {
        let of = |title: &str| Features::new(&key(title));
        let score = titles(&of("Data sets"), &of("Dataset"), &Weights::default());
        assert!(score.value > 0.99 && score.telling && score.unmatched == 0.0, "{score:?}");
    }

    #[test]
    fn titles_with_one_label_were_equal() {
        let of = |title: &str| Features::new(&key(title));
        let mut weights = Weights::default();
        let all = ["Q. Who lights the lamp?", "Q. How is a sail mended?", "Q. Why is the bell rung?"].map(of);
        all.iter().for_each(|features| weights.learn(features.stems()));
        assert!(titles(&all[0], &all[1], &weights).value < 0.5);
        assert!(titles(&all[0], &of("Q. Who lights the lamps?"), &weights).value > 0.9);
    }

    #[test]
    fn rewordings_score_high() {
        for (a, b) in [
            ("How do you read a tide table?", "Reading tide tables in the harbour"),
            ("What is ballast?", "Explain ballast in a ship"),
            ("How do you moor a ship (with lines)?", "How would you moor a ship?"),
            ("What is the role of a pilot boat?", "What's a pilot boat for? And who steers it?"),
            ("How do you weigh an anchor?", "How is the anchor weighed?"),
        ] {
            assert!(score(a, b) >= 0.65, "{a} / {b}: {}", score(a, b));
        }
    }

    #[test]
    fn questions_with_the_same_frame_score_low() {
        for (a, b) in [
            ("How do you load a ship in the harbour?", "How do you paint a ship in the harbour?"),
            ("How do you read a tide table?", "How do you read a pilot's licence?"),
            ("What is the difference between port and starboard?", "What is the difference between bow and stern?"),
        ] {
            assert!(score(a, b) < 0.5, "{a} / {b}: {}", score(a, b));
        }
    }

    #[test]
    fn small_words_turn_a_question_round() {
        for (a, b) in [
            ("How do you convert knots to miles?", "How do you convert miles to knots?"),
            ("When do you drop the anchor?", "When do you not drop the anchor?"),
            ("How do you load a ship?", "How do you test loading a ship?"),
            ("What changed in rule 12 for tugs?", "What changed in rule 14 for tugs?"),
            ("What is a tide table?", "What are the limitations of a tide table?"),
        ] {
            let plain = score(a, a);
            assert!(plain - score(a, b) >= 0.2, "{a} / {b}: {}", score(a, b));
        }
    }

    #[test]
    fn small_words_of_a_name_were_taken_for_a_frame() {
        for (a, b) in [
            ("Where clauses", "Or where clauses"),
            ("Pilots", "Other pilots"),
            ("One to many", "Many"),
            ("Retrieving errors of a ship", "Retrieving all errors of a ship"),
        ] {
            assert!(score(a, b) < 0.95, "{a} / {b}: {}", score(a, b));
        }
        assert!(score("Where clauses", "Simple where clauses") > score("Where clauses", "Group clauses"));
    }

    #[test]
    fn how_a_thing_works_belongs_to_what_it_is() {
        let score = score("What is a tide table?", "What is a tide table and how does it work?");
        assert!(score >= 0.85, "{score}");
    }

    #[test]
    fn the_larger_share_without_a_match_shows_a_subject_within_a_larger_one() {
        let extra = |a: &str, b: &str| titles(&Features::new(&key(a)), &Features::new(&key(b)), &weights()).extra;
        assert!(extra("Pilot boat", "Insurance of a pilot boat") > 0.3);
        assert!(extra("Pilot boat", "The pilot boats") < 0.01);
    }

    #[test]
    fn a_score_is_symmetric_and_bounded() {
        let titles = ["", "?", "ship", "How do you moor a ship?", "ship ship ship", "9 to 5", "日本語の質問"];
        for a in titles {
            for b in titles {
                let value = score(a, b);
                assert!((0.0..=1.0).contains(&value));
                assert!((value - score(b, a)).abs() < 1e-4, "{a} / {b}");
            }
        }
    }

    #[test]
    fn a_summary_is_contained_in_its_long_form() {
        let long = body_words("The tide table lists high and low water for each day; the clerk prints it in March.");
        let short = body_words("Lists high water, low water, printed in March");
        let other = body_words("Rinse the brushes, thin the varnish, sand twice");
        let weights = Weights::default();
        assert!(containment(&short, &long, &[], &weights).is_some_and(|share| share > 0.8));
        assert!(containment(&other, &long, &[], &weights).is_some_and(|share| share < 0.1));
        assert_eq!(containment(&body_words("high water"), &long, &[], &weights), None);
    }
}
