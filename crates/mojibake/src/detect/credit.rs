//! Priors of decodable spans by the language and the script of their line.

use std::ops::Range;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::detect::sites::Site;
use crate::exact::strict::{NO_EVIDENCE, Run};
use crate::language::languages::Languages;
use crate::language::words::word_cost;
use crate::text::line::{NEAR, is_latin_line};
use crate::text::script::{Script, is_typography};
use crate::weights::{Cost, UNWRITTEN};

/// Prior of a span whose letters are the only ones of their script in a line of another, in decinats.
const STRANGER: Cost = 40;
/// Adds a prior to the spans that turn letters of another script into Latin ones or symbols, in a line without other
/// letters of that script.
pub(crate) fn credit_strangers(line: &str, sites: &mut [Site]) {
    let has_stranger = |span: &Range<usize>| line[span.clone()].chars().any(|c| script(c) != 0);
    if !sites.iter().any(|site| site.spans.iter().any(has_stranger)) {
        return;
    }
    // Long lines consist of several texts.
    let is_short = line.len() <= 2 * NEAR;
    if !is_short || !is_latin_line(line) {
        return;
    }
    let mut at = 0;
    let mut rest = 0;
    for site in sites.iter() {
        for span in &site.spans {
            if span.start >= at {
                rest |= line[at..span.start].chars().fold(0, |scripts, c| scripts | script(c));
            }
            at = at.max(span.end);
        }
    }
    rest |= line[at..].chars().fold(0, |scripts, c| scripts | script(c));
    for site in sites {
        let is_credited = |(span, run): (&Range<usize>, &Run)| {
            let found = line[span.clone()].chars().fold(0, |scripts, c| scripts | script(c));
            found != 0 && found & rest == 0 && run.gain > 0 && run.after.chars().all(|c| script(c) == 0)
        };
        if site.spans.iter().zip(site.runs.iter()).any(is_credited) {
            let credit = |(span, run): (&Range<usize>, &Run)| Run {
                gain: run.gain + if is_credited((span, run)) { STRANGER } else { 0 },
                is_lone: run.is_lone && !(run.is_weak && is_credited((span, run))),
                ..run.clone()
            };
            site.runs = Arc::new(site.spans.iter().zip(site.runs.iter()).map(credit).collect());
        }
    }
}

/// Returns the bit of Greek or Cyrillic; 0 for anything else.
pub(crate) fn script(c: char) -> u8 {
    match Script::of(c) {
        Some(Script::Greek) => 1,
        Some(Script::Cyrillic) => 2,
        _ => 0,
    }
}

/// Minimum number of consecutive lower-case letters in an intact word. In UTF-8 that was mis-decoded in an encoding of
/// the script, every other character is upper case or a symbol, or one of a few letters in KOI8.
const INTACT: usize = 4;

/// Returns the scripts among `asked`, as bits of [`script`], of which a text has intact words.
pub(crate) fn scripts_of_words(text: &str, asked: u8) -> u8 {
    /// The lead bytes of Greek and Cyrillic letters, decoded as KOI8.
    const LEADS: [char; 4] = ['п', 'я', 'н', 'о'];
    let (mut found, mut word) = (0, SmallVec::<[char; INTACT]>::new());
    for c in text.chars() {
        let of = if c.is_ascii() { 0 } else { script(c) & asked };
        if of == 0 || !c.is_lowercase() {
            word.clear();
            continue;
        }
        match word.last() {
            Some(&last) if script(last) != of => word.clear(),
            _ if word.len() == INTACT => drop(word.remove(0)),
            _ => {}
        }
        word.push(c);
        if let [a, _, b, _] = word[..]
            && !(LEADS.contains(&a) && LEADS.contains(&b))
        {
            found |= of;
            if found == asked {
                break;
            }
        }
    }
    found
}

/// Removes the improvement of weak spans if the line has intact words of their script.
pub(crate) fn discredit_weak(line: &str, sites: &mut [Site]) {
    if !sites.iter().any(|site| site.runs.iter().any(|run| run.is_weak && run.gain > 0)) {
        return;
    }
    let words = scripts_of_words(line, ALL_SCRIPTS);
    let of = |span: &Range<usize>| line[span.clone()].chars().next().map_or(0, script);
    for site in sites.iter_mut() {
        let is_intact = |(span, run): (&Range<usize>, &Run)| run.is_weak && of(span) & words != 0;
        if site.spans.iter().zip(site.runs.iter()).any(is_intact) {
            let judge = |(span, run): (&Range<usize>, &Run)| Run {
                gain: if is_intact((span, run)) { run.gain.min(0) } else { run.gain },
                ..run.clone()
            };
            site.runs = Arc::new(site.spans.iter().zip(site.runs.iter()).map(judge).collect());
        }
    }
}

/// All scripts of [`script`].
pub(crate) const ALL_SCRIPTS: u8 = 3;

/// Prior of a span whose decoded letters, but not its original ones, are in the language of the line, in decinats.
const NATIVE: Cost = 50;
/// Score improvement from which a span needs no such prior, in decinats.
const ENOUGH: Cost = 200;

/// Adds a prior to the spans that turn letters out of the language of their line into letters of that language.
pub(crate) fn credit_language(line: &str, sites: &mut [Site]) {
    let is_open = |run: &Run| (1..=ENOUGH).contains(&run.gain);
    let is_sure = sites.iter().any(|site| site.runs.iter().any(|run| run.gain > ENOUGH));
    if is_sure || line.len() > 2 * NEAR || !sites.iter().any(|site| site.runs.iter().any(is_open)) {
        return;
    }
    let languages = languages_around(line, sites);
    if languages == Languages::ANY {
        return;
    }
    for site in sites {
        let is_credited = |(span, run): (&Range<usize>, &Run)| {
            is_open(run) && is_foreign(&line[span.clone()], languages) && is_native(line, span, &run.after, languages)
        };
        if site.spans.iter().zip(site.runs.iter()).any(is_credited) {
            let credit = |(span, run): (&Range<usize>, &Run)| Run {
                gain: run.gain + if is_credited((span, run)) { NATIVE } else { 0 },
                ..run.clone()
            };
            site.runs = Arc::new(site.spans.iter().zip(site.runs.iter()).map(credit).collect());
        }
    }
}

/// Minimum improvement of a word in capitals by the letter in place of a capital and a sign, in decinats, and the prior of
/// that letter. Measured: `OÙ` and `PIÙ` improve by 92 and 108, `HORTELÃ™` and its like by nothing.
const CAPITAL_WORD: Cost = 60;
const CAPITAL: Cost = 70;
/// Improvement up to which such a letter is no evidence of an encoding, and up to which it is left even if its encoding
/// is accepted, in decinats (guesses).
const DOUBTFUL_WORD: Cost = 20;
const INTACT_WORD: Cost = 0;

/// Adds a prior to the spans of a capital and a sign that become a letter of a word in capitals, and removes the
/// improvement of those in which the word is one with the capital and the sign is set beside it: `OÃ™` is `OÙ`, but
/// `HORTELÃ…` is a word and an ellipsis.
pub(crate) fn weigh_capitals(line: &str, sites: &mut [Site]) {
    let garbled = Garbled::of(sites);
    for site in sites {
        let weigh = |(span, run): (&Range<usize>, &Run)| {
            let Some(better) = (if run.gain > 0 { capital_word(line, span, run, &garbled) } else { None }) else {
                return run.gain;
            };
            let is_capital = run.after.chars().all(char::is_uppercase);
            let is_unit = matches!(run.after.as_str(), "²" | "³" | "°") && line[span.clone()].ends_with(&run.after);
            match () {
                // The sign stays visible in its mojibake: `16 MMÂ²`.
                () if is_unit => NO_EVIDENCE,
                () if better >= CAPITAL_WORD && is_capital => run.gain + CAPITAL,
                () if better >= CAPITAL_WORD => run.gain,
                () if better <= INTACT_WORD || !is_capital => 0,
                () if better <= DOUBTFUL_WORD => run.gain.min(NO_EVIDENCE),
                () => run.gain,
            }
        };
        let gains: SmallVec<[Cost; 8]> = site.spans.iter().zip(site.runs.iter()).map(weigh).collect();
        if gains.iter().zip(site.runs.iter()).any(|(gain, run)| *gain != run.gain) {
            let runs = gains.into_iter().zip(site.runs.iter()).map(|(gain, run)| Run { gain, ..run.clone() });
            site.runs = Arc::new(runs.collect());
        }
    }
}

/// The spans of a line that are improvements, by their starts.
struct Garbled {
    spans: Vec<Range<usize>>,
    /// For each span the greatest end up to it.
    reach: Vec<usize>,
}

impl Garbled {
    fn of(sites: &[Site]) -> Garbled {
        let mut spans: Vec<Range<usize>> =
            sites.iter().flat_map(|site| improved(site).map(|(span, _)| span.clone())).collect();
        spans.sort_unstable_by_key(|span| span.start);
        let mut most = 0;
        let reach = spans.iter().map(|span| {
            most = most.max(span.end);
            most
        });
        Garbled { reach: reach.collect(), spans }
    }

    /// Returns the spans that share something with a part of the line, or touch it.
    fn beside(&self, part: &Range<usize>) -> impl Iterator<Item = &Range<usize>> {
        let end = self.spans.partition_point(|span| span.start <= part.end);
        let near = self.spans[..end].iter().zip(&self.reach).rev().take_while(|(_, reach)| **reach >= part.start);
        near.map(|(span, _)| span).filter(|span| span.end >= part.start)
    }
}

/// Returns the spans of a site that are improvements.
fn improved(site: &Site) -> impl Iterator<Item = (&Range<usize>, &Run)> {
    site.spans.iter().zip(site.runs.iter()).filter(|(_, run)| run.gain > 0)
}

/// Returns by how much a word in capitals is better with the decoded letter than with the capital and the sign of which
/// `span` consists, in decinats; `None` if it is no such word. `garbled` has all spans of the line that are improvements.
fn capital_word(line: &str, span: &Range<usize>, run: &Run, garbled: &Garbled) -> Option<Cost> {
    let found = &line[span.clone()];
    let mut chars = found.chars();
    let (Some(capital), Some(sign), None) = (chars.next(), chars.next(), chars.next()) else { return None };
    if !capital.is_uppercase() || !is_set_beside_words(sign) || run.after.chars().take(2).count() != 1 {
        return None;
    }
    let (before, after) = (&line[..span.start], &line[span.end..]);
    let start = before.trim_end_matches(char::is_alphabetic).len();
    let end = line.len() - after.trim_start_matches(char::is_alphabetic).len();
    let (head, tail) = (&line[start..span.start], &line[span.end..end]);
    // Other mojibake in the word, or beside it, is evidence of itself.
    let is_alone = || garbled.beside(&(start..end)).all(|other| overlaps(other, span));
    if head.is_empty() || !head.chars().chain(tail.chars()).all(char::is_uppercase) || !is_alone() {
        return None;
    }
    // Long lines consist of several texts.
    let before = &before[line.floor_char_boundary(span.start.saturating_sub(2 * NEAR))..];
    // A mark that opens a quotation follows no word, and one that closes it follows one that opens.
    let is_unpaired = match sign {
        '“' | '‘' => !before.contains(['„', '‚']),
        '”' => !before.contains(['“', '„', '”']),
        '»' => !before.contains('«'),
        '«' => !before.contains('»'),
        '›' => !before.contains('‹'),
        '‹' => !before.contains('›'),
        _ => false,
    };
    let prior = if is_unpaired { UNPAIRED } else { 0 };
    let cost = |word: &str| if word.is_empty() { 0 } else { word_cost(&word.to_lowercase()) };
    Some(cost(&format!("{head}{capital}")) + cost(tail) - cost(&format!("{head}{}{tail}", run.after)) + prior)
}

/// Cost of a quotation mark after a word that closes nothing in its line, in decinats (a guess).
const UNPAIRED: Cost = 40;

fn overlaps(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Returns whether writers set a sign directly after a word.
fn is_set_beside_words(c: char) -> bool {
    c != '‰' && (is_typography(c) || c == '\u{ad}')
}

/// Returns whether a text begins with a Latin letter that the languages do not have.
fn is_foreign(text: &str, languages: Languages) -> bool {
    text.chars().next().is_some_and(|c| c.is_alphabetic() && c < '\u{250}' && !languages.write(c))
}

/// Returns whether a text in place of a span consists of letters of the languages, and continues a word in its case.
fn is_native(line: &str, span: &Range<usize>, after: &str, languages: Languages) -> bool {
    let neighbours = [line[..span.start].chars().next_back(), line[span.end..].chars().next()];
    let mut neighbours = neighbours.into_iter().flatten().filter(char::is_ascii_alphabetic).peekable();
    let is_letter = |c: char| c.is_alphabetic() && languages.write(c);
    neighbours.peek().is_some()
        && after.chars().all(is_letter)
        && (neighbours.all(|c| c.is_lowercase()) || after.chars().all(char::is_uppercase))
}

/// Returns the languages of the words between all candidate spans.
fn languages_around(line: &str, sites: &[Site]) -> Languages {
    let garbled: Vec<Range<usize>> = sites.iter().flat_map(|site| &site.spans).cloned().collect();
    let is_garbled = |at: usize| garbled.iter().any(|span| span.contains(&at));
    Languages::guess(line.char_indices().map(|(at, c)| if is_garbled(at) { ' ' } else { c }))
}

/// Prefers, among several decodings of the same characters, one in letters of the line's language.
pub(crate) fn prefer_language(line: &str, sites: &mut [Site]) {
    if line.len() > 2 * NEAR || !sites.iter().any(|site| site.runs.is_contested) {
        return;
    }
    let languages = languages_around(line, sites);
    if languages == Languages::ANY {
        return;
    }
    for site in sites.iter_mut().filter(|site| site.runs.is_contested) {
        let judge = |run: &Run| {
            let is_written = run.after.chars().all(|c| languages.write(c));
            Run { gain: run.gain - if is_written { 0 } else { UNWRITTEN }, ..run.clone() }
        };
        site.runs = Arc::new(site.runs.iter().map(judge).collect());
    }
}
