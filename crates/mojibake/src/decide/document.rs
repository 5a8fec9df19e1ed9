//! The decision for a document: which encodings its certain spans are evidence of, and how each line is repaired by
//! them.
//!
//! Lines are judged by their non-ASCII runs. The certain spans accept an encoding; an accepted encoding needs less
//! evidence elsewhere. Every line is then repaired until nothing changes.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use crate::context::around::Seen;
use crate::context::evidence::Verdict;
use crate::decide::agreement::{Carried, SettledLine, agree};
use crate::decide::chance;
use crate::decide::contest::{self, SpannedLine};
use crate::decide::made_up::makes_up_letters;
use crate::decide::nonsense::is_nonsense;
use crate::decide::residue::{doubt_lone_wide, is_unfinished, keep_losses, release};
use crate::decide::unsearched;
use crate::detect::credit::{
    ALL_SCRIPTS, credit_language, credit_strangers, discredit_weak, prefer_language, script, scripts_of_words,
    weigh_capitals,
};
use crate::detect::cues::shows_loss;
use crate::detect::examples::{self, Shown};
use crate::detect::leads::{Suspect, suspects};
use crate::detect::sites::{self, Site, settle_pages, sites};
use crate::edits::{Edit, apply, compose, is_covered, render};
use crate::encoding::codepage::{ALL_PAGES, CodePage, pages};
use crate::encoding::entities;
use crate::encoding::recipe::{Layer, Recipe, layers};
use crate::exact::regional::{self, Regional};
use crate::exact::strict::{OwnScripts, Run};
use crate::exact::{entire, peel};
use crate::language::quotes;
use crate::legacy::lines;
use crate::legacy::whole::{self, Whole};
use crate::lossy::restore::{CERTAIN, Suspects, replaced, restore};
use crate::lossy::viterbi::Readings;
use crate::text::line::{chunks, line_at, near};
use crate::types::score::Votes;
use crate::types::{Cause, Certainty, Mojibake, Options};
use crate::weights::Cost;

/// Maximum number of iterations over one line (a guess); each undoes what the one before exposed.
const PASSES: usize = 6;
/// Score improvement of a single span that may be coincidence, in decinats; only the rest is evidence.
const COINCIDENCE: Cost = 60;
/// Minimum score improvement of a span whose encoding is accepted, in decinats.
const CONVICTED: Cost = 40;

/// Returns the minimum evidence for accepting an encoding, in decinats: the sum of the improvements of distinct spans
/// beyond coincidence. Measured: in clean text of 600 languages no single span improves by more than 150 in all; few
/// spans of real mojibake improve by less than 190.
fn bar(page: CodePage) -> Cost {
    use CodePage::*;
    match page {
        Windows1250 | Windows1251 | Windows1253 | Windows1254 | Windows1257 => 65,
        MacRoman => 95,
        Ibm866 | Koi8R | Koi8U | Iso8859_5 | Windows1256 => 110,
        _ => 95,
    }
}

/// Caches of results for this text and later ones.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    chunks: sites::Memo,
    wholes: whole::Memo,
    readings: Readings,
}

pub(crate) fn scan(text: &str, options: &Options, memo: &mut Memo) -> Vec<Mojibake> {
    memo.chunks.limit();
    let mut lines = lines(text, memo);
    judge(text, &mut lines, options, memo)
}

/// Returns the mojibake in a text, and the text after `rounds` repairs, or fewer if nothing changes any more.
pub(crate) fn repair<'a>(
    text: &'a str,
    options: &Options,
    memo: &mut Memo,
    rounds: usize,
) -> (Vec<Mojibake>, Cow<'a, str>) {
    memo.chunks.limit();
    let mut lines = lines(text, memo);
    let mut found = judge(text, &mut lines, options, memo);
    loop {
        match repair_found((text, &found), lines, options, memo, rounds) {
            Ok(repaired) => return (found, repaired),
            Err(MadeUp { line }) => hold(text, &mut found, line),
        }
        lines = self::lines(text, memo);
    }
}

/// A later repair of a line would make up letters, so that the first one has to be wrong.
struct MadeUp {
    /// Number of the line, 0-based.
    line: usize,
}

/// Returns the text after the repairs that were found in it, and after those of up to `rounds` in all.
fn repair_found<'a>(
    (text, found): (&'a str, &[Mojibake]),
    mut lines: Vec<Line>,
    options: &Options,
    memo: &mut Memo,
    rounds: usize,
) -> Result<Cow<'a, str>, MadeUp> {
    let certain = |garbles: &[Mojibake]| -> Vec<Mojibake> {
        garbles.iter().filter(|garble| garble.certainty >= options.certainty).cloned().collect()
    };
    let made = certain(found);
    let Some(mut current) = changed(text, &made) else { return Ok(Cow::Borrowed(text)) };
    lines = carried(lines, &made, &current, memo);
    let line_of =
        |text: &str, garble: &Mojibake| memchr::memchr_iter(b'\n', &text.as_bytes()[..garble.span.start]).count();
    for _ in 1..rounds {
        let mut garbles = certain(&judge(&current, &mut lines, options, memo));
        if let Some(garble) = garbles.iter().find(|garble| makes_up_letters(text, &current, garble)) {
            let line = line_of(&current, garble);
            if made.iter().any(|garble| garble.replacement().is_some() && line_of(text, garble) == line) {
                return Err(MadeUp { line });
            }
            garbles.retain(|garble| !makes_up_letters(text, &current, garble));
        }
        let Some(next) = changed(&current, &garbles) else { break };
        lines = carried(lines, &garbles, &next, memo);
        current = next;
    }
    Ok(Cow::Owned(current))
}

/// Takes the repairs from the mojibake in a line of a text, by its 0-based number: one of them is wrong.
fn hold(text: &str, garbles: &mut [Mojibake], line: usize) {
    let feeds = || memchr::memchr_iter(b'\n', text.as_bytes());
    let start = line.checked_sub(1).and_then(|before| feeds().nth(before)).map_or(0, |feed| feed + 1);
    let end = feeds().nth(line).unwrap_or(text.len());
    let here = garbles.iter_mut().filter(|garble| (start..=end).contains(&garble.span.start));
    here.for_each(|garble| {
        garble.held = true;
        garble.certainty = Certainty::Ambiguous;
        garble.candidates.extend(garble.repair.take());
    });
}

/// Returns the text with the repairs of `garbles`, if there are any.
fn changed(text: &str, garbles: &[Mojibake]) -> Option<String> {
    let any = garbles.iter().any(|garble| garble.replacement().is_some());
    any.then(|| apply(text, garbles))
}

/// Returns the lines of `text`, given the lines of the text before the repairs of `garbles`. Only the repaired lines
/// are examined again, among them lines without a prefilter hit that the other lines proved.
fn carried(lines: Vec<Line>, garbles: &[Mojibake], text: &str, memo: &mut Memo) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::with_capacity(lines.len());
    let mut examine = |out: &mut Vec<Line>, span: Range<usize>| {
        let new = suspects(&text[span.clone()]);
        out.extend(new.into_iter().map(|suspect| Line::new(text, suspect.after(span.start), memo)));
    };
    let mut repairs = garbles.iter().filter_map(|garble| Some((&garble.span, garble.replacement()?.len()))).peekable();
    let mut shift = 0usize;
    let mut lines = lines.into_iter().peekable();
    loop {
        let next = lines.peek().map(|line| line.span.start);
        if let Some((span, _)) = repairs.peek().filter(|(span, _)| next.is_none_or(|next| span.end < next)) {
            let new = line_at(text, span.start.wrapping_add(shift));
            while let Some((span, len)) = repairs.next_if(|(span, _)| span.start.wrapping_add(shift) <= new.end) {
                shift = shift.wrapping_add(len).wrapping_sub(span.len());
            }
            examine(&mut out, new);
            continue;
        }
        let Some(line) = lines.next() else { return out };
        let start = line.span.start.wrapping_add(shift);
        let mut is_repaired = false;
        while let Some((span, len)) = repairs.next_if(|(span, _)| span.end <= line.span.end) {
            shift = shift.wrapping_add(len).wrapping_sub(span.len());
            is_repaired = true;
        }
        let span = start..line.span.end.wrapping_add(shift);
        if is_repaired || line.sites.is_none() {
            examine(&mut out, span);
        } else {
            out.push(Line { span, ..line });
        }
    }
}

/// Returns the mojibake in the lines of a text, without examples.
fn judge(text: &str, lines: &mut [Line], options: &Options, memo: &mut Memo) -> Vec<Mojibake> {
    let mut found = found(text, lines, options, memo);
    let mut shown = shown(text, &found);
    if shown.contains(&Shown::Beside) && mute(text, lines, (&found, &shown), memo) {
        // Examples prove nothing for the rest.
        found = self::found(text, lines, options, memo);
        shown = self::shown(text, &found);
    }
    for (garble, shown) in found.iter_mut().zip(&shown) {
        garble.quoted = *shown == Shown::Named;
    }
    let mut shown = shown.into_iter();
    found.retain(|_| shown.next() != Some(Shown::Beside));
    found
}

/// Returns for each span how the text shows it. A letter beside the quotation mark of intact words is none of mojibake.
fn shown(text: &str, found: &[Mojibake]) -> Vec<Shown> {
    let mut shown = examples::shown(text, found);
    for (garble, shown) in found.iter().zip(&mut shown) {
        if quotes::are_around_words(text, &garble.span) {
            *shown = Shown::Beside;
        }
    }
    shown
}

/// Mutes the lines in which all mojibake is next to its intended text. Returns whether there are any.
fn mute(text: &str, lines: &mut [Line], (found, shown): (&[Mojibake], &[Shown]), memo: &mut Memo) -> bool {
    let mut is_any = false;
    for line in lines.iter_mut() {
        let first = found.partition_point(|garble| garble.span.start < line.span.start);
        let here = first..found.partition_point(|garble| garble.span.start < line.span.end);
        if !here.is_empty() && shown[here].iter().all(|shown| *shown == Shown::Beside) {
            line.is_mute = true;
            is_any = true;
        }
        if line.sites.is_none() {
            let (is_mute, whole) = (line.is_mute, line.whole.take());
            let suspect = Suspect { span: line.span.clone(), odd: line.odd };
            *line = Line { is_mute, whole, ..Line::new(text, suspect, memo) };
        }
    }
    is_any
}

/// Returns the mojibake in the lines of a text.
fn found(text: &str, lines: &mut [Line], options: &Options, memo: &mut Memo) -> Vec<Mojibake> {
    if lines.is_empty() {
        return Vec::new();
    }
    let verdict = verdict(text, lines, options);
    let (mut judged, nothing) = (Vec::new(), Verdict::default());
    let is_whole = lines.iter().any(|line| line.whole.is_some());
    let regional = Regional::of(text).map(|regional| regional_lines(text, regional)).filter(|lines| !lines.is_empty());
    let is_regional = regional.is_some();
    for line in lines.iter_mut().filter(|line| !is_regional || !regional::is_concerned(line.found(text))) {
        if line.whole.is_none() && verdict.convicted == 0 && line.is_harmless(text) {
            continue;
        }
        let (start, found, is_odd) = (line.span.start, line.found(text), line.odd);
        let mut edits = settle(text, line, if line.is_chance { &nothing } else { &verdict }, memo);
        if is_nonsense(found, &edits) {
            edits.clear();
        }
        judged.push(SettledLine { start, found, is_odd, edits });
    }
    if let Some(regional) = regional {
        let known: FxHashSet<usize> = regional.iter().map(|line| line.start).collect();
        judged.retain(|line| !known.contains(&line.start));
        judged.extend(regional);
        judged.sort_by_key(|line| line.start);
    } else if !is_whole {
        for Carried { start, found, layer, after } in agree(text, &mut judged) {
            let edits = vec![legacy_edit(found, &lines::Reading { layer, after, gain: 0, score: None })];
            match judged.binary_search_by_key(&start, |line| line.start) {
                Ok(at) => judged[at].edits = edits,
                Err(at) => judged.insert(at, SettledLine { start, found, is_odd: true, edits }),
            }
        }
    }
    unsearched::doubt(&mut judged);
    let mut out = Vec::new();
    for SettledLine { start, found, mut edits, .. } in judged {
        if edits.is_empty() {
            continue;
        }
        edits.iter_mut().for_each(|edit| keep_losses(found, edit));
        let held = edits.iter().any(|e| e.certainty == Certainty::Ambiguous) || is_unfinished(found, &edits);
        for edit in edits {
            out.push(Mojibake {
                span: start + edit.span.start..start + edit.span.end,
                recipe: Recipe { layers: edit.layers },
                repair: (edit.certainty != Certainty::Ambiguous).then_some(edit.after),
                certainty: edit.certainty,
                candidates: edit.candidates,
                cause: edit.cause,
                held,
                quoted: false,
                score: edit.score,
            });
        }
    }
    release(text, &mut out);
    doubt_lone_wide(text, &mut out);
    out
}

/// Returns the lines of a text that is UTF-8 in an encoding of which no spans are searched, with their edits. Lines with
/// other mojibake in them are left out.
fn regional_lines(text: &str, regional: Regional) -> Vec<SettledLine<'_>> {
    let layer = Layer { written: CodePage::Utf8, read: regional.page() };
    let certainty = if regional.is_sure { Certainty::Proved } else { Certainty::Likely };
    let mut out = Vec::new();
    for found in text.split('\n').filter(|line| !line.is_ascii()) {
        let start = found.as_ptr() as usize - text.as_ptr() as usize;
        let Some(repairs) = regional.repairs(found).filter(|repairs| !repairs.is_empty()) else { continue };
        let edit = |(span, after): (Range<usize>, String)| Edit {
            span,
            after,
            candidates: Vec::new(),
            layers: vec![layer],
            certainty,
            cause: Cause::Mojibake,
            score: None,
        };
        let edits: Vec<Edit> = repairs.into_iter().map(edit).collect();
        let after = render(found, &edits);
        if suspects(&after).is_empty() && !is_nonsense(found, &edits) {
            out.push(SettledLine { start, found, is_odd: false, edits });
        }
    }
    out
}

/// A line of a text with a prefilter hit.
struct Line {
    /// Position in the text, in bytes.
    span: Range<usize>,
    /// True if it may be legacy text decoded as another legacy encoding, or if it holds control characters.
    odd: bool,
    /// Edits that turn its character references into characters.
    references: Vec<Edit>,
    /// The line with these edits, if there are any.
    read: Option<String>,
    /// Candidate regions of the line with its references decoded; `None` once it was repaired, which usually makes it
    /// another line.
    sites: Option<Vec<Site>>,
    /// The line as legacy text, computed when first needed.
    legacy: OnceCell<Option<lines::Reading>>,
    /// True if nothing in it is evidence, because all of its mojibake is an example.
    is_mute: bool,
    /// True if it is legacy text with bytes that are UTF-8 by chance, so that nothing in it is decoded as UTF-8.
    is_chance: bool,
    /// The line with the encodings of the whole text undone.
    whole: Option<lines::Reading>,
    /// Result of [`Line::is_harmless`], computed when first needed.
    is_harmless: OnceCell<bool>,
}

impl Line {
    fn new(text: &str, Suspect { span, odd }: Suspect, memo: &mut Memo) -> Line {
        let found = &text[span.clone()];
        let references = references(found);
        let read = (!references.is_empty()).then(|| render(found, &references));
        let current = read.as_deref().unwrap_or(found);
        let mut here = Vec::new();
        sites(current, &mut memo.chunks, &mut here);
        discredit_weak(current, &mut here);
        discredit_mixed(current, &references, &mut here);
        credit_strangers(current, &mut here);
        credit_language(current, &mut here);
        weigh_capitals(current, &mut here);
        prefer_language(current, &mut here);
        Line {
            span,
            odd,
            references,
            read,
            sites: Some(here),
            legacy: OnceCell::new(),
            is_mute: false,
            is_chance: false,
            whole: None,
            is_harmless: OnceCell::new(),
        }
    }

    /// Returns the line as it is in its text.
    fn found<'a>(&self, text: &'a str) -> &'a str {
        &text[self.span.clone()]
    }

    /// Returns the line with its character references decoded.
    fn read<'a>(&'a self, text: &'a str) -> &'a str {
        self.read.as_deref().unwrap_or(self.found(text))
    }

    fn sites(&self) -> impl Iterator<Item = &Site> {
        self.sites.iter().flatten()
    }

    /// Returns whether nothing in the line is an improvement, so that it stays as it is unless an encoding is accepted.
    fn is_harmless(&self, text: &str) -> bool {
        *self.is_harmless.get_or_init(|| {
            let wins = |site: &Site| site.runs.iter().any(|run| run.gain > 0);
            !self.odd && self.references.is_empty() && !self.sites().any(wins) && !shows_loss(self.found(text))
        })
    }
}

fn lines(text: &str, memo: &mut Memo) -> Vec<Line> {
    let lines: Vec<Line> = suspects(text).into_iter().map(|suspect| Line::new(text, suspect, memo)).collect();
    if !lines.iter().any(|line| line.odd) {
        return lines;
    }
    match whole::read(text, 2 * evidence(&lines), &mut memo.wholes) {
        Some(whole) => whole_lines(text, lines, whole, memo),
        None => lines,
    }
}

/// Returns the sum of the score improvements of the distinct runs that may be UTF-8, in decinats.
fn evidence(lines: &[Line]) -> Cost {
    let mut seen = FxHashSet::default();
    let sites = lines.iter().flat_map(Line::sites).filter(|site| seen.insert(Arc::as_ptr(&site.known)));
    let best = |site: &Site| site.runs.iter().map(|run| run.gain).max().unwrap_or(0).max(0);
    sites.map(best).fold(0, Cost::saturating_add)
}

/// Returns the lines of a text whose encodings are undone as a whole: those with candidates, and all that change.
fn whole_lines(text: &str, lines: Vec<Line>, whole: Whole, memo: &mut Memo) -> Vec<Line> {
    let mut out = Vec::new();
    let mut known = lines.into_iter().peekable();
    let mut start = 0;
    for found in text.split('\n') {
        let span = start..start + found.len();
        start = span.end + 1;
        let line = known.next_if(|line| line.span.start < start);
        let after = if found.is_ascii() { None } else { whole::line(found, whole) };
        let Some(after) = after else {
            out.extend(line);
            continue;
        };
        let line = line.unwrap_or_else(|| Line::new(text, Suspect { span, odd: true }, memo));
        let score = Some(whole.score(found, &after));
        let reading = lines::Reading { layer: whole.layer, after, gain: whole.gain, score };
        out.push(Line { is_mute: true, whole: Some(reading), ..line });
    }
    out
}

/// Returns whether the only mojibake is one letter in a line with an intact dash, which the mis-decoding would have
/// damaged, too: a name that was damaged elsewhere, in a list that is intact.
fn is_stray(text: &str, lines: &[Line]) -> bool {
    let mut all = lines.iter().flat_map(|line| line.sites().map(move |site| (line, site)));
    let (Some((line, site)), None) = (all.next(), all.next()) else { return false };
    let best = site.runs.iter().zip(&site.spans).max_by_key(|(run, _)| run.gain);
    let Some((run, span)) = best else { return false };
    let is_western = run.mask & CodePage::Windows1252.bit() != 0;
    let is_letter = is_western && run.end - run.start == 2 && run.after.chars().all(char::is_alphabetic);
    let current = line.read(text);
    let mut rest = current[..span.start].chars().chain(current[span.end..].chars());
    let mut rest = rest.by_ref().filter(|c| !c.is_ascii()).peekable();
    is_letter && rest.peek().is_some() && rest.all(|c| matches!(c, '–' | '—'))
}

/// Minimum number of distinct characters that represent a document (a guess).
const SEEN: usize = 8;

/// Maximum evidence of an isolated letter of another script for its encoding, in decinats.
const LONE: Cost = 100;

/// Returns the decision about the encodings of a document. Lines that are UTF-8 by chance lose their spans.
fn verdict(text: &str, lines: &mut [Line], options: &Options) -> Verdict {
    let known = options.evidence.iter().fold(0, |mask, page| mask | page.bit());
    let scripts = OnceCell::new();
    loop {
        let verdict = vote((text, &scripts), lines, options, ALL_PAGES);
        if verdict.convicted == 0 {
            return verdict;
        }
        let is_poor = is_poor(lines, verdict.convicted);
        let is_chance = |line: &Line| {
            let (line, sites) = (line.read(text), line.sites.as_deref().unwrap_or_default());
            let accepted = chance::Accepted { line, sites, encodings: verdict.kin, least: CONVICTED };
            accepted.is_incoherent() || is_poor && accepted.has_rival(COINCIDENCE)
        };
        let mut is_any = false;
        for line in lines.iter_mut().filter(|line| !line.is_chance) {
            if is_chance(line) {
                (line.is_chance, line.sites) = (true, Some(Vec::new()));
                is_any = true;
            }
        }
        if !is_any {
            return contested((text, &scripts), lines, options, (verdict, known));
        }
    }
}

/// Returns the decision, or that for another encoding that explains as much and makes better words. `known` are the
/// encodings of which there is evidence from elsewhere.
fn contested(
    (text, scripts): (&str, &OnceCell<OwnScripts>),
    lines: &[Line],
    options: &Options,
    (verdict, known): (Verdict, u32),
) -> Verdict {
    let contest = {
        let heard = lines.iter().filter(|line| !line.is_mute);
        let spanned = |line| -> SpannedLine<'_> {
            let line: &Line = line;
            SpannedLine { line: line.read(text), sites: line.sites.as_deref().unwrap_or_default() }
        };
        let lines: Vec<SpannedLine<'_>> = heard.map(spanned).collect();
        contest::settle(&lines, verdict.convicted & !known, CONVICTED)
    };
    if contest.lost != 0 {
        let other = vote((text, scripts), lines, options, ALL_PAGES & !contest.lost);
        if other.convicted & contest.better != 0 {
            return Verdict { contested: contest.lost | contest.open, ..other };
        }
    }
    Verdict { contested: contest.open | contest.better, ..verdict }
}

/// Evidence of the accepted encodings up to which legacy encodings are tried for each of its words, in decinats (a guess:
/// more than a word has by chance).
const POOR: Cost = 500;

/// Returns whether few spans are all the evidence of the accepted encodings.
fn is_poor(lines: &[Line], accepted: u32) -> bool {
    let (mut seen, mut sum) = (FxHashSet::default(), 0);
    for site in lines.iter().filter(|line| !line.is_mute).flat_map(Line::sites) {
        if seen.insert(Arc::as_ptr(&site.known)) {
            let gains = site.runs.iter().filter(|run| run.mask & accepted != 0).map(|run| run.gain);
            sum += (gains.max().unwrap_or(0).min(POOR + COINCIDENCE) - COINCIDENCE).max(0);
            if sum > POOR {
                return false;
            }
        }
    }
    true
}

/// Returns the decision for some encodings. The scripts of the text are looked up when first needed.
fn vote((text, scripts): (&str, &OnceCell<OwnScripts>), lines: &[Line], options: &Options, allowed: u32) -> Verdict {
    // Equal runs are one coincidence, and so are all isolated letters: every long text has some, but mojibake has
    // words.
    let mut seen = FxHashSet::default();
    let mut lone = 0;
    let mut all = Vec::new();
    let is_weak = |run: &Run| run.is_weak && run.gain > 0;
    let has_weak = lines.iter().flat_map(Line::sites).any(|site| site.runs.iter().any(is_weak));
    let words = if has_weak { scripts_of_words(text, ALL_SCRIPTS) } else { 0 };
    let heard = lines.iter().filter(|line| !line.is_mute);
    for (line, site) in heard.flat_map(|line| line.sites().map(move |site| (line, site))) {
        if !seen.insert(Arc::as_ptr(&site.known)) {
            continue;
        }
        let current = if words == 0 { "" } else { line.read(text) };
        let has_script_of = |after: &str| scripts.get_or_init(|| OwnScripts::of(text)).has_that_of(after);
        let is_lone = |run: &Run| run.is_lone || run.is_flimsy && !has_script_of(&run.after);
        let runs = if !site.quoted.is_empty() || site.runs.iter().any(is_lone) {
            let runs = site.runs.iter().enumerate().filter(|(i, _)| !site.quoted.contains(i));
            let mut gain = |at: usize, run: &Run| {
                // Legacy text has several flimsy spans, which agree in some encodings.
                let is_first = if run.is_flimsy { run.mask & lone == 0 } else { run.mask & !lone != 0 };
                match () {
                    () if is_weak(run) && is_of(current, &site.spans[at], words) => 0,
                    () if !is_lone(run) => run.gain,
                    () if !is_first => 0,
                    () => {
                        lone |= if run.gain > COINCIDENCE { run.mask } else { 0 };
                        run.gain.min(LONE)
                    }
                }
            };
            Arc::new(runs.map(|(at, run)| Run { gain: gain(at, run), ..run.clone() }).collect())
        } else {
            Arc::clone(&site.runs)
        };
        all.push(Site {
            known: Arc::clone(&site.known),
            runs,
            spans: SmallVec::new(),
            quoted: Vec::new(),
            chosen: SmallVec::new(),
        });
    }
    let known = options.evidence.iter().fold(0, |mask, page| mask | page.bit());
    if known == 0 && is_stray(text, lines) {
        return Verdict::default();
    }
    let convicted = known | settle_pages(&mut all, allowed, COINCIDENCE, bar);
    let votes = pages(convicted).map(|page| (page, Votes { sum: votes(&all, page), least: bar(page) })).collect();
    let sure = all.iter().flat_map(|site| site.chosen.iter().flat_map(|&i| site.runs[i].after.chars()));
    let seen: Seen = sure.filter(|c| !c.is_ascii()).collect();
    let kin = alike(&all, convicted);
    let seen = if seen.len() < SEEN { Seen::default() } else { seen };
    Verdict { convicted, kin, contested: 0, votes, seen, words, languages: OnceCell::new() }
}

/// Returns the evidence of the distinct spans for an encoding, in decinats.
fn votes(sites: &[Site], page: CodePage) -> Cost {
    let runs = sites.iter().flat_map(|site| site.runs.iter());
    let beyond = runs.filter(|run| run.mask & page.bit() != 0).map(|run| (run.gain - COINCIDENCE).max(0));
    beyond.fold(0, Cost::saturating_add)
}

/// Returns whether a span begins with a letter of one of the scripts of [`script`].
fn is_of(line: &str, span: &Range<usize>, scripts: u8) -> bool {
    scripts != 0 && line[span.clone()].chars().next().is_some_and(|c| script(c) & scripts != 0)
}

/// Repairs one line until nothing changes. Returns its edits in the order of the line.
fn settle(text: &str, line: &mut Line, verdict: &Verdict, memo: &mut Memo) -> Vec<Edit> {
    let (found, odd) = (line.found(text), line.odd);
    if let Some((after, score)) = entire::in_mac_cyrillic(found) {
        let layer = Layer { written: CodePage::Utf8, read: CodePage::MacCyrillic };
        let edit = legacy_edit(found, &lines::Reading { layer, after, gain: score.gain(), score: Some(score) });
        return vec![Edit { certainty: Certainty::Proved, cause: Cause::Mojibake, ..edit }];
    }
    if let Some(reading) = &line.whole {
        return vec![legacy_edit(found, reading)];
    }
    let mut edits = line.references.clone();
    let mut current = Cow::Borrowed(line.read.as_deref().unwrap_or(found));
    let mut here = line.sites.take().unwrap_or_default();
    // The line as found is equal in every iteration.
    let as_legacy = || line.legacy.get_or_init(|| lines::read(found, lines::Scope::Any)).as_ref();
    // A line that is legacy text as a whole has lost nothing, although every word of it looks truncated.
    let best = |site: &Site| site.runs.iter().map(|run| run.gain).max().unwrap_or(0).max(0);
    let is_legacy = |here: &[Site]| {
        let reading = if odd { as_legacy() } else { None };
        let Some(reading) = reading.filter(|reading| lines::is_text(found, reading)) else { return false };
        let utf8 = here.iter().map(best).fold(0, Cost::saturating_add);
        lines::cost(found) - lines::cost(&reading.after) >= WHOLLY.max(utf8.saturating_mul(2))
    };
    let peeled = peel::edits(&current);
    let is_peeled = !peeled.is_empty();
    if is_peeled {
        edits = if edits.is_empty() { peeled } else { compose(edits, peeled, &current) };
        current = Cow::Owned(render(found, &edits));
        here.clear();
        sites(&current, &mut memo.chunks, &mut here);
        discredit_weak(&current, &mut here);
    }
    let mut past = Past::default();
    for i in 0..PASSES {
        if i > 0 {
            here.clear();
            sites(&current, &mut memo.chunks, &mut here);
            discredit_weak(&current, &mut here);
        }
        let mut new = pass((text, &current), &mut here, verdict, &mut past, &is_legacy, &mut memo.readings);
        if new.is_empty() {
            if i == 0 && !is_peeled {
                here.iter_mut().for_each(|site| site.chosen.clear());
                line.sites = Some(std::mem::take(&mut here));
            }
            break;
        }
        let done = new.iter().all(|e| e.certainty == Certainty::Ambiguous);
        if !done {
            new.retain(|e| e.certainty != Certainty::Ambiguous);
        }
        edits = if edits.is_empty() { new } else { compose(edits, new, &current) };
        if done {
            break;
        }
        current = Cow::Owned(render(found, &edits));
    }
    let rival = if !odd || is_covered(found, &edits) { None } else { as_legacy() };
    let line = found;
    if let Some(reading) = rival.filter(|r| lines::cost(current.as_ref()) - lines::cost(&r.after) >= RIVAL) {
        edits = vec![legacy_edit(line, reading)];
    } else if edits.iter().all(|e| e.certainty != Certainty::Ambiguous) {
        let is_open = verdict.convicted == 0 && current != line;
        let scope = if is_open { lines::Scope::Any } else { lines::Scope::Controls };
        edits = reread(edits, &current, scope);
    }
    // References that no repair took in stay as they are, and so do references to control characters, which HTML
    // decodes as Windows-1252. Whoever writes references for some characters writes them for all.
    let is_utf8 = |edit: &Edit| edit.layers.iter().any(|layer| layer.written == CodePage::Utf8);
    edits.retain(|edit| {
        !edit.layers.is_empty()
            && (edit.cause != Cause::Entities || is_utf8(edit) && entities::is_consistent(&line[edit.span.clone()]))
    });
    for edit in edits.iter_mut().filter(|edit| is_utf8(edit)) {
        if let (Some(score), Some(layer)) = (&mut edit.score, edit.layers.last()) {
            score.votes = verdict.votes_for(layer.read);
        }
    }
    edits
}

/// Adds the changes of a legacy candidate for the rest of the line.
fn reread(edits: Vec<Edit>, current: &str, scope: lines::Scope) -> Vec<Edit> {
    let Some(reading) = lines::read(current, scope) else { return edits };
    compose(edits, vec![legacy_edit(current, &reading)], current)
}

fn legacy_edit(before: &str, reading: &lines::Reading) -> Edit {
    let after = reading.after.as_str();
    // Both are equal up to the first difference and from the last one on.
    let start = before.char_indices().zip(after.chars()).find(|((_, a), b)| a != b).map_or(0, |((i, _), _)| i);
    let pairs = before[start..].chars().rev().zip(after[start..].chars().rev());
    let tail: usize = pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    Edit {
        span: start..before.len() - tail,
        after: after[start..after.len() - tail].to_owned(),
        candidates: Vec::new(),
        layers: vec![reading.layer],
        certainty: Certainty::Likely,
        cause: Cause::LegacyAsLegacy,
        score: reading.score,
    }
}

/// Returns edits, without layers, that turn the character references of a line into their characters.
fn references(line: &str) -> Vec<Edit> {
    let mut out = Vec::new();
    let mut from = 0;
    for at in memchr::memchr_iter(b'&', line.as_bytes()) {
        if at < from {
            continue;
        }
        if let Some((len, c)) = entities::reference(&line[at..]) {
            from = at + len;
            out.push(Edit {
                span: at..from,
                after: c.to_string(),
                candidates: Vec::new(),
                layers: Vec::new(),
                certainty: Certainty::Proved,
                cause: Cause::Entities,
                score: None,
            });
        }
    }
    out
}

/// Marks a pair of a reference and a bare letter as weak evidence, because whoever writes references for no-break
/// spaces and quotation marks only has intact letters next to them. `references` are those of the line as found, and
/// `line` has them decoded.
fn discredit_mixed(line: &str, references: &[Edit], sites: &mut [Site]) {
    if references.is_empty() {
        return;
    }
    let mut shift = 0;
    let read: Vec<Range<usize>> = references
        .iter()
        .map(|reference| {
            let start = reference.span.start - shift;
            shift += reference.span.len() - reference.after.len();
            start..start + reference.after.len()
        })
        .collect();
    let is_mixed = |(span, run): (&Range<usize>, &Run)| {
        let is_read = |at: usize| read.iter().any(|reference| reference.contains(&at));
        let is_bare = |(at, c): (usize, char)| c.is_alphabetic() && !is_read(span.start + at);
        let found = || line[span.clone()].char_indices();
        let is_pair = run.after.chars().take(2).count() == 1 && found().take(3).count() == 2;
        is_pair && found().any(is_bare) && found().any(|(at, _)| is_read(span.start + at))
    };
    for site in sites {
        if site.spans.iter().zip(site.runs.iter()).any(is_mixed) {
            let judge = |it: (&Range<usize>, &Run)| Run { is_lone: it.1.is_lone || is_mixed(it), ..it.1.clone() };
            site.runs = Arc::new(site.spans.iter().zip(site.runs.iter()).map(judge).collect());
        }
    }
}

/// Results of the iterations over a line so far.
#[derive(Default)]
struct Past {
    /// Encodings in use in the line.
    used: u32,
    /// Non-ASCII characters of the line that are certain.
    sure: Vec<char>,
    /// True if it is legacy text as a whole; decided in the first iteration.
    is_legacy: Option<bool>,
}

/// Runs one iteration over a line of a text.
fn pass(
    (text, line): (&str, &str),
    here: &mut [Site],
    verdict: &Verdict,
    past: &mut Past,
    is_legacy: &dyn Fn(&[Site]) -> bool,
    readings: &mut Readings,
) -> Vec<Edit> {
    if here.is_empty() && verdict.convicted | past.used == 0 && !shows_loss(line) {
        return Vec::new();
    }
    let used = settle_pages(here, verdict.convicted, CONVICTED, |_| 0);
    if used != 0 {
        for page in pages(used) {
            for site in here.iter_mut() {
                site.add(page, CERTAIN, sites::Addition::Choose);
            }
        }
    }
    if verdict.words != 0 {
        leave_weak(line, here, verdict.words);
    }
    past.used |= alike(here, used);
    let (mut out, mut is_contested) = (Vec::new(), false);
    for site in here.iter_mut() {
        site.chosen.sort_unstable_by_key(|&i| site.runs[i].start);
        for &i in &site.chosen {
            let run = &site.runs[i];
            if site.quoted.contains(&i) && near(line, &site.spans[i]).0.contains(&run.after) {
                continue;
            }
            let first = CodePage::first(run.mask & verdict.convicted);
            is_contested |= contest::is_contested(site, run, verdict.contested);
            out.push(Edit {
                span: site.spans[i].clone(),
                after: run.after.clone(),
                candidates: Vec::new(),
                layers: layers(first, &run.inner),
                certainty: Certainty::Proved,
                cause: Cause::Mojibake,
                score: Some(run.score()),
            });
        }
    }
    if is_contested {
        // All of the line or nothing: the rest would prove the wrong encoding.
        out.iter_mut().for_each(|edit| edit.certainty = Certainty::Likely);
    }
    repeat(line, &mut out);
    past.sure.extend(out.iter().flat_map(|e| e.after.chars()).filter(|c| !c.is_ascii()));
    let is_whole = is_covered(line, &out);
    let is_legacy = *past.is_legacy.get_or_insert_with(|| !is_whole && is_legacy(here));
    if is_whole || is_legacy {
        return out;
    }
    let suspects = Suspects::new((text, line), here, past.used, verdict);
    let restored = restore(line, &suspects, &past.sure, out, readings);
    // The evidence for an encoding in which bytes were restored is gone once they are restored.
    past.used |= suspects.found(&restored);
    replaced(line, restored)
}

/// Minimum length of mojibake that is the same wherever its line has it, in characters.
const SAME: usize = 3;

/// Adds the other occurrences in a line of the mojibake that its edits prove. Beside other letters they may seem to be
/// less of an improvement. The edits are in the order of the line, and each is within a non-ASCII run.
fn repeat(line: &str, edits: &mut Vec<Edit>) {
    let mut proved: FxHashMap<&str, usize> = FxHashMap::default();
    for (i, edit) in edits.iter().enumerate() {
        let found = &line[edit.span.clone()];
        if found.chars().take(SAME).count() == SAME {
            proved.entry(found).or_insert(i);
        }
    }
    if proved.is_empty() {
        return;
    }
    let (mut at, count) = (0, edits.len());
    for span in chunks(line) {
        while at < count && edits[at].span.end <= span.start {
            at += 1;
        }
        let is_free = at == count || span.end <= edits[at].span.start;
        let Some(&i) = proved.get(&line[span.clone()]).filter(|_| is_free) else { continue };
        let (around, near) = near(line, &span);
        if !examples::is_quoted(around, &near) {
            edits.push(Edit { span, ..edits[i].clone() });
        }
    }
    edits.sort_by_key(|edit| edit.span.start);
}

/// Leaves possible intact text of the document's scripts, in a line without other mojibake.
fn leave_weak(line: &str, sites: &mut [Site], words: u8) {
    let is_weak = |site: &Site, i: usize| site.runs[i].is_weak && is_of(line, &site.spans[i], words);
    if sites.iter().all(|site| site.chosen.iter().all(|&i| is_weak(site, i))) {
        sites.iter_mut().for_each(|site| site.chosen.clear());
    }
}

/// Returns the encodings `used`, and those that explain everything that one of these explains.
fn alike(sites: &[Site], used: u32) -> u32 {
    pages(used).fold(used, |all, page| {
        let chosen = sites.iter().flat_map(|s| s.chosen.iter().map(|&i| s.runs[i].mask));
        all | chosen.filter(|mask| mask & page.bit() != 0).reduce(|a, b| a & b).unwrap_or(0)
    })
}

/// Minimum score improvement of a legacy candidate for a line that is beyond doubt, in decinats. It must also be twice
/// that of all UTF-8 in the line.
const WHOLLY: Cost = 400;

/// Minimum score improvement of a legacy candidate for a whole line over repairs that leave a part of it, in decinats.
const RIVAL: Cost = 120;
