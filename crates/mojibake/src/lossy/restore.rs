//! Restoration of lost bytes: the encodings in which damaged regions of a line are decoded, and the candidates that
//! clearly win.

use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::context::around::{Around, Census, Scripts, Seen};
use crate::context::evidence::Verdict;
use crate::detect::credit::{ALL_SCRIPTS, scripts_of_words};
use crate::detect::cues::{self, WIDE, has_torn, is_wide, torn, torn_wide};
use crate::detect::examples::is_quoted;
use crate::detect::sites::Site;
use crate::edits::{Edit, gaps, repaired};
use crate::encoding::codepage::{CodePage, DOUBLE, Row, SUBSTITUTE, Tables, double_tables, pages, tables};
use crate::encoding::double::Blanks;
use crate::encoding::recipe::{Layer, layers};
use crate::exact::strict;
use crate::language::bigrams::model;
use crate::language::languages::{Languages, is_letter};
use crate::language::ngrams;
use crate::language::quotes;
use crate::lossy::lattice::Lattice;
use crate::lossy::reader::{self, Misread};
use crate::lossy::viterbi::{self, Reading, Readings, Restored};
use crate::text::line::{LONGEST, NEAR, chunks, is_latin_line, near};
use crate::text::script::is_other_script;
use crate::types::score::Score;
use crate::types::{Cause, Certainty};
use crate::weights::Cost;

/// Minimum score improvement of a span whose encoding is in use in its line, in decinats.
pub(crate) const CERTAIN: Cost = 5;

/// Minimum margin of the best candidate for lost bytes, in decinats. Measured on 45,000 letters in 19 languages and 16
/// recipes: three of four were right at a margin of 14 to 20, six of seven up to 30, 92 % up to 40, and 96 to 99 %
/// above.
const MARGIN: Cost = 20;

/// Margin from which on there is no other candidate, in decinats: far more than any text costs.
const UNRIVALLED: Cost = 1 << 20;

/// Minimum margin of a letter that is a word of its own.
const MARGIN_WORD: Cost = 30;

/// Minimum margin of CJK characters, which the model knows only by frequency.
const MARGIN_MANY: Cost = 25;

/// Minimum margin of CJK characters in a multi-byte encoding, about which a line says more, because it loses more.
const MARGIN_WIDE: Cost = 17;

/// Minimum margin of typographic marks, which are few, in an encoding that can lose any byte.
const MARGIN_MARKED: Cost = 18;

/// Minimum margin of emoji and symbols, about which their context says hardly anything.
const MARGIN_PICTURED: Cost = 80;

/// Minimum margin of emoji and symbols before U+FE0F, which few of them take.
const MARGIN_VARIED: Cost = 45;

/// Score improvement of a span above which its encoding is tried if none is accepted, in decinats.
const LEADING: Cost = 50;

/// Minimum score improvement of a candidate that is the only evidence for its encoding, in decinats.
const ALONE: Cost = 180;

/// Minimum score improvement of such a candidate if U+FFFD shows that bytes are lost.
const REPLACED: Cost = 80;

/// Minimum score improvement of such a candidate if a letter is out of place.
const TORN: Cost = 50;

/// Minimum score improvement of a candidate with lost bytes in an accepted encoding, in decinats.
const RESTORED: Cost = 60;

/// Length of a line from which on only the encodings near a region are searched for, and the distance at which they are
/// near, in bytes (guesses: paragraphs are shorter).
const LONG_LINE: usize = 8 << 10;
const AROUND: usize = 2 << 10;

/// Returns the start of each chosen span of a line, in order, with those of `used` that explain it.
fn places(sites: &[Site], used: u32) -> Vec<(usize, u32)> {
    let chosen = |site: &Site| -> Vec<(usize, u32)> {
        site.chosen.iter().map(|&i| (site.spans[i].start, site.runs[i].mask & used)).collect()
    };
    let mut all: Vec<(usize, u32)> = sites.iter().flat_map(chosen).collect();
    all.sort_unstable();
    all
}

/// The encodings in which lost bytes are searched for, as masks.
pub(crate) struct Suspects<'a> {
    /// In use in the line, or indistinguishable from one in use.
    used: u32,
    /// Accepted by the document, or indistinguishable from an accepted one, and not in use in the line.
    convicted: u32,
    /// Those of the best span of the line, if no encoding is accepted.
    leading: u32,
    /// Those in which a part of the line is UTF-8 that lost bytes, if no encoding is accepted.
    torn: u32,
    /// Start of each certain span of a long line, and those of `used` that explain it.
    places: Vec<(usize, u32)>,
    /// The certain characters of the document.
    seen: &'a Seen,
    /// The document, and the decision about it.
    text: &'a str,
    verdict: &'a Verdict,
}

impl Suspects<'_> {
    /// Collects the encodings for a line of a text.
    pub(crate) fn new<'a>(
        (text, line): (&'a str, &str),
        sites: &[Site],
        used: u32,
        verdict: &'a Verdict,
    ) -> Suspects<'a> {
        let best = sites.iter().flat_map(|s| s.runs.iter()).max_by_key(|r| r.gain);
        let leading = best.filter(|r| verdict.convicted == 0 && r.gain > LEADING).map_or(0, |r| r.mask);
        let torn = if used | verdict.convicted == 0 { torn_wide(line) & !lacking(line) } else { 0 };
        let places = if line.len() > LONG_LINE { places(sites, used) } else { Vec::new() };
        Suspects { used, convicted: verdict.kin & !used, leading, torn, places, seen: &verdict.seen, text, verdict }
    }

    /// Returns the encodings in use near a region of the line, or all in use in it if there are none. A long line
    /// consists of several texts, and each encoding costs a search.
    fn used_near(&self, zone: &Range<usize>) -> u32 {
        let first = self.places.partition_point(|&(at, _)| at + AROUND < zone.start);
        let near = self.places[first..].iter().take_while(|&&(at, _)| at < zone.end + AROUND);
        match near.fold(0, |mask, (_, used)| mask | used) {
            0 => self.used,
            near => near,
        }
    }

    /// Returns the languages that the line may be in, or those of the document if they cannot be identified.
    fn languages(&self, line: &str, edits: &[Edit], sure: &[char]) -> Languages {
        match languages(line, edits, sure).among(self.seen.languages()) {
            Languages::ANY => self.verdict.languages(self.text),
            languages => languages,
        }
    }

    /// Returns whether the line or the document proves the encoding.
    fn prove(&self, page: CodePage) -> bool {
        (self.used | self.convicted) & page.bit() != 0
    }

    /// Returns the encodings of `left` that decode a text as Latin-1 does, if Latin-1 is among them, which loses all
    /// bytes that they lose.
    fn narrower(&self, left: u32, text: &str) -> u32 {
        let (latin, proved) = (CodePage::Latin1.bit(), self.used | self.convicted);
        if left & latin == 0 || left == latin || text.contains(['?', '\u{fffd}']) {
            return 0;
        }
        let others = if proved & latin != 0 { left } else { left & !proved };
        text.chars().filter(|c| !c.is_ascii()).fold(others & !latin, |mask, c| {
            let row = tables().row(c);
            match row.byte[latin.trailing_zeros() as usize] {
                0 => 0,
                byte => row.with_byte(byte, mask & row.known),
            }
        })
    }

    /// Returns whether some of them are multi-byte encodings.
    fn are_wide(&self) -> bool {
        (self.used | self.convicted | self.leading | self.torn) & WIDE != 0
    }

    /// Returns the multi-byte encodings for which the line alone is evidence and in which bytes were restored.
    pub(crate) fn found(&self, edits: &[Edit]) -> u32 {
        let layers = edits.iter().filter(|edit| edit.certainty == Certainty::Likely).flat_map(|edit| &edit.layers);
        layers.fold(0, |mask, layer| mask | layer.read.bit()) & self.torn
    }

    /// Returns the encodings in which a damaged region of the line is decoded.
    fn of(&self, line: &str, zone: &Range<usize>) -> u32 {
        let mask = if self.used == 0 { self.convicted } else { self.used_near(zone) };
        let (around, span) = near(line, zone);
        if mask != 0 || is_quoted(around, &span) {
            return mask;
        }
        self.leading | self.torn | cues::pages(line, zone)
    }

    /// Returns the minimum score improvement of a candidate for a damaged region, decoded as `page`. `torn` are the encodings of
    /// letters out of place.
    fn least(&self, page: CodePage, text: &str, torn: u32) -> Cost {
        match page.bit() {
            bit if self.used & bit != 0 => CERTAIN,
            bit if self.convicted & bit != 0 => RESTORED,
            bit if (torn | self.torn) & bit != 0 => TORN,
            _ if text.contains('\u{fffd}') => REPLACED,
            _ => ALONE,
        }
    }
}

/// Replaces the edits of incompletely decoded regions of a line with candidates that restore lost bytes.
pub(crate) fn restore(
    line: &str,
    suspects: &Suspects<'_>,
    sure: &[char],
    edits: Vec<Edit>,
    readings: &mut Readings,
) -> Vec<Edit> {
    let is_open = edits.is_empty() && suspects.used | suspects.convicted == 0 && line.contains(VANISHED);
    if let Some(marks) = is_open.then(|| marks(line)).flatten() {
        return marks;
    }
    let census = Census::of(sure);
    let (mut restored, found) = read_zones(line, suspects, (sure, census), &edits, readings);
    if found.is_wide() {
        // The script of the whole line is evidence against other scripts for single letters.
        restored = read_zones(line, suspects, (sure, found), &edits, readings).0;
    }
    repeat(line, &mut restored);
    if suspects.are_wide() {
        close(line, &mut restored);
        hold(line, suspects, &mut restored);
    }
    restored
}

/// Restores lost bytes that are ambiguous where the line has the same damaged word, with the same candidate, in a place
/// where they are not.
fn repeat(line: &str, edits: &mut [Edit]) {
    let word = |edit: &Edit| {
        let start = line[..edit.span.start].trim_end_matches(char::is_alphabetic).len();
        let rest = &line[edit.span.end..];
        let end = line.len() - rest.trim_start_matches(char::is_alphabetic).len();
        (&line[start..end], edit.span.start - start)
    };
    let known: FxHashMap<(&str, usize), String> = edits
        .iter()
        .filter(|edit| edit.certainty == Certainty::Likely && edit.cause == Cause::LostBytes)
        .map(|edit| (word(edit), edit.after.clone()))
        .collect();
    if known.is_empty() {
        return;
    }
    for edit in edits.iter_mut().filter(|edit| edit.certainty == Certainty::Ambiguous) {
        let Some(after) = known.get(&word(edit)).filter(|after| edit.candidates == [after.as_str()]) else { continue };
        edit.after.clone_from(after);
        (edit.certainty, edit.candidates) = (Certainty::Likely, Vec::new());
    }
}

/// Residue of a three-byte character all of whose bytes are lost.
const VANISHED: &str = "\u{fffd}\u{fffd}\u{fffd}";

/// Returns the quotation marks and apostrophes of an English line that is ASCII except for marks that lost all their
/// bytes, if they are consistent: every quotation that opens is closed, and every mark in a word precedes the end of a
/// contraction.
fn marks(line: &str) -> Option<Vec<Edit>> {
    let is_single = |run: &str| run.is_empty() || run == VANISHED;
    if !line.split(|c: char| c.is_ascii()).all(is_single) || !languages(line, &[], &[]).holds_english() {
        return None;
    }
    let (mut out, mut is_open) = (Vec::new(), false);
    for (at, _) in line.match_indices(VANISHED) {
        let (head, tail) = (&line[..at], &line[at + VANISHED.len()..]);
        let of = |c: Option<char>| c.filter(|c| !c.is_whitespace());
        let (before, after) = (of(head.chars().next_back()), of(tail.chars().next()));
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let is_example = before == after && !is_word(before);
        let opens = !is_word(before) && after.is_some_and(|c| c.is_alphanumeric() || "$%&*+-/:<@_~{[(.#\\".contains(c));
        let closes = !is_word(after) && before.is_some_and(|c| !"([{<=".contains(c));
        let mark = match () {
            () if is_example => return None,
            () if is_word(before) && is_contraction(tail) => "’",
            () if !is_open && opens => "“",
            () if is_open && closes => "”",
            () => return None,
        };
        is_open = match mark {
            "’" => is_open,
            _ => !is_open,
        };
        out.push(Edit {
            span: at..at + VANISHED.len(),
            after: mark.to_owned(),
            candidates: Vec::new(),
            layers: layers(CodePage::Big5, &[]),
            certainty: Certainty::Likely,
            cause: Cause::LostBytes,
            score: None,
        });
    }
    (!is_open).then_some(out)
}

/// Leaves opening quotation marks that were restored but that nothing closes before the next one.
fn close(line: &str, edits: &mut [Edit]) {
    for i in 0..edits.len() {
        let opened = quotes::open_quote(edits[i].after.chars());
        let Some(mark) = opened.filter(|_| edits[i].certainty == Certainty::Likely) else { continue };
        let ahead = &edits[i + 1..];
        let starts = edits[i..].iter().map(|edit| edit.span.end);
        let ends = ahead.iter().map(|edit| edit.span.start).chain([line.len()]);
        let afters = ahead.iter().map(|edit| edit.after.as_str()).chain([""]);
        let rest = starts
            .zip(ends)
            .zip(afters)
            .flat_map(|((start, end), after)| line[start..end].chars().chain(after.chars()));
        if rest.take(NEAR).find(|&c| c == mark || quotes::closes(mark, c)).is_none_or(|c| c == mark) {
            let found = line[edits[i].span.clone()].to_owned();
            let best = std::mem::replace(&mut edits[i].after, found);
            (edits[i].certainty, edits[i].candidates) = (Certainty::Ambiguous, vec![best]);
        }
    }
}

/// The encodings that lose all bytes of many characters.
const VANISHING: u32 = CodePage::Big5.bit() | CodePage::EucKr.bit();

/// Adds completely lost characters to the edits of a line in which bytes are restored, so that they are reported.
fn hold(line: &str, suspects: &Suspects<'_>, edits: &mut Vec<Edit>) {
    let is_wide = |edit: &&Edit| edit.layers.iter().any(|layer| layer.read.bit() & WIDE != 0);
    let known =
        edits.iter().find(|edit| edit.cause == Cause::LostBytes && is_wide(edit)).map(|edit| edit.layers.clone());
    let used = pages(suspects.used & VANISHING).next();
    let Some(layers) = known.or_else(|| used.map(|page| layers(page, &[]))) else { return };
    let Some(page) = layers.iter().map(|layer| layer.read).find(|page| DOUBLE.contains(page)) else { return };
    let left: Vec<Range<usize>> = gaps(line, edits)
        .flat_map(|gap| {
            let text = &line[gap.clone()];
            let vanished = text.match_indices("???").map(|(at, mark)| at..at + mark.len());
            let ends = text.match_indices('?').filter(|(at, _)| {
                let start = text[..*at].trim_end_matches(cues::is_wide).len();
                !text[*at..].starts_with("???") && start < *at && cues::is_torn(page, &text[start..=*at])
            });
            let left = vanished.chain(ends.map(|(at, mark)| at..at + mark.len()));
            left.map(move |span| gap.start + span.start..gap.start + span.end)
        })
        .collect();
    edits.extend(left.into_iter().map(|span| Edit {
        after: line[span.clone()].to_owned(),
        span,
        candidates: Vec::new(),
        layers: layers.clone(),
        certainty: Certainty::Ambiguous,
        cause: Cause::LostBytes,
        score: None,
    }));
    edits.sort_by_key(|edit| edit.span.start);
}

/// Decodes the damaged regions of a line once. Returns the edits, and the census with their characters added. `sure`
/// and `census` are the certain characters and their scripts.
fn read_zones(
    line: &str,
    suspects: &Suspects<'_>,
    (sure, census): (&[char], Census),
    edits: &[Edit],
    memory: &mut Readings,
) -> (Vec<Edit>, Census) {
    let (mut known, mut blanks) = (None, None);
    let mut found = census;
    let mut done: Vec<Edit> = Vec::new();
    // Index of the first edit that is not replaced or passed yet.
    let mut open = 0;
    let (mut lacks, mut narrow, mut eats) = (None, None, None);
    let loss = if suspects.are_wide() { MaxLoss::Characters } else { MaxLoss::Bytes };
    for zone in zones(line, loss) {
        let before = open + edits[open..].partition_point(|e| e.span.end <= zone.start);
        done.extend_from_slice(&edits[open..before]);
        open = before;
        let ahead = &edits[open..];
        let mut mask = suspects.of(line, &zone);
        if mask & WIDE != 0 {
            mask &= !*lacks.get_or_insert_with(|| lacking(line));
        }
        let left = leftovers(line, &zone, mask, ahead);
        let text = &line[zone.clone()];
        let left = left & !suspects.narrower(left, text);
        // Nothing is lost in words of Greek and Cyrillic letters, most of which begin sequences in some encoding.
        let left = if left & !WIDE != 0 && are_words_of_other_script(text) { left & WIDE } else { left };
        if left == 0 || is_hopeless(text) {
            continue;
        }
        let torn = torn(line, &zone);
        let languages = *known.get_or_insert_with(|| suspects.languages(line, edits, sure));
        let chars: Vec<char> = text.chars().collect();
        let after = after(line, zone.end, ahead);
        let blanks = *blanks.get_or_insert_with(|| if line.contains('\u{a0}') { Blanks::Kept } else { Blanks::Lost });
        let is_narrow = mask & WIDE != 0 && *narrow.get_or_insert_with(|| is_narrow(line));
        let around = Around {
            seen: suspects.seen,
            blanks,
            scripts: census.scripts(),
            is_narrow,
            eats: mask & WIDE != 0 && *eats.get_or_insert_with(|| cues::eats(line)),
            has_other_losses: text.contains(SUBSTITUTE) && cues::has_other_losses(line),
            ..around(line, &zone, &after, (&done, ahead))
        };
        let mut readings = Vec::new();
        for page in pages(left) {
            for how in [Misread::Once(page), Misread::Twice(page)] {
                let is_twice = how == Misread::Twice(page);
                if is_twice && (is_read(&readings, page, &chars) || !reader::is_twice(&chars, page, around.blanks)) {
                    continue;
                }
                let Some(reading) = memory.read(&chars, how, languages, &around) else { continue };
                let is_sound = reading.gain >= suspects.least(page, text, torn)
                    && reading.parts.iter().any(|p| p.margin.is_some())
                    && (suspects.prove(page) || is_native(line, &zone, &reading, languages));
                if is_sound {
                    readings.push((reading.cost + 3 * strict::rarity(page), how, reading));
                }
            }
        }
        if let Some((_, how, reading)) = rank(readings) {
            found = found.with(reading.chars());
            open += ahead.partition_point(|e| e.span.start < zone.end);
            done.extend(
                restored(zone.start, &chars, &reading, how)
                    .into_iter()
                    .map(|edit| grave(line, sober(line, edit), languages)),
            );
        }
    }
    done.extend_from_slice(&edits[open..]);
    (done, found)
}

/// Returns whether a region consists of words of Greek or Cyrillic letters, in lower case but for their first letters. The
/// rest of a sequence that lost a byte is a capital, or, in KOI8 and ISO 8859-5, one of a few other letters.
fn are_words_of_other_script(zone: &str) -> bool {
    const LEFT: [char; 6] = ['п', 'я', 'н', 'о', 'а', 'б'];
    let is_small = |c: char| is_other_script(c) && c.is_lowercase();
    let is_word = |word: &str| {
        let mut rest = word.chars();
        rest.next().is_none_or(|first| match rest.as_str() {
            "" => is_small(first) && !LEFT.contains(&first),
            rest => is_other_script(first) && rest.chars().all(is_small),
        })
    };
    zone.split(' ').all(is_word) && scripts_of_words(zone, ALL_SCRIPTS) != 0
}

/// Returns whether the last candidate decodes all non-ASCII characters of a region in this encoding, and makes text of
/// it.
fn is_read(readings: &[(Cost, Misread, Reading)], page: CodePage, zone: &[char]) -> bool {
    let Some((_, _, reading)) = readings.last().filter(|(_, how, _)| how.page() == page) else { return false };
    let mut at = 0;
    let is_covered = reading.parts.iter().all(|part| {
        let gap = zone[at..part.start].iter().all(char::is_ascii);
        at = part.end;
        gap
    });
    is_covered && zone[at..].iter().all(char::is_ascii) && !reading.parts.iter().any(|p| strict::has_lead(&p.after))
}

/// Maximum number of consecutive non-ASCII characters that are symbols in a line of Latin script (a guess).
const SIGNS: usize = 4;

/// Returns whether a line is in a language of Latin script, with a non-ASCII symbol here and there.
fn is_narrow(line: &str) -> bool {
    is_latin_line(line) && chunks(line).all(|chunk| line[chunk].chars().take(SIGNS + 1).count() <= SIGNS)
}

/// Returns the multi-byte encodings that lack a CJK character of the line, if some encoding lacks none.
fn lacking(line: &str) -> u32 {
    let t = double_tables();
    let lacks = |page: usize| line.chars().any(|c| is_wide(c) && c != SUBSTITUTE && t.bytes(page, c) == 0);
    let lacking = (0..DOUBLE.len()).filter(|&i| lacks(i)).fold(0, |mask, i| mask | DOUBLE[i].bit());
    if lacking == WIDE { 0 } else { lacking }
}

/// Minimum number of letters of a script that make a word of it, in general and if there is more evidence of lost bytes
/// than question marks (guesses).
const WORD: usize = 3;
const SURE_WORD: usize = 2;

/// Returns whether everything that a candidate restores belongs to the languages of the line, or to a script of which
/// the line has more. Without a proved encoding, a letter unlike anything else in the line is a coincidence.
fn is_native(line: &str, zone: &Range<usize>, reading: &Reading, languages: Languages) -> bool {
    let (nearby, span) = near(line, zone);
    let rest = || nearby[..span.start].chars().chain(nearby[span.end..].chars());
    let restored = || reading.parts.iter().flat_map(|part| part.after.chars());
    let is_near = |c: char, other: char| (c as u32).abs_diff(other as u32) < 0x100 || is_wide(c) && is_wide(other);
    let is_like = |c: char, other: char| is_near(c, other) && other.is_alphabetic();
    let is_in_word = nearby[..span.start].ends_with(char::is_alphabetic);
    let is_sure = line[zone.clone()].contains('\u{fffd}') || reading.parts.iter().any(|part| part.margin.is_none());
    let word = if is_sure { SURE_WORD } else { WORD };
    let is_among_others = |c: char| {
        rest().any(|other| is_like(c, other))
            || restored().filter(|&other| is_like(c, other)).take(word).count() == word
    };
    restored().all(|c| match c {
        '\u{a0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => !c.is_alphabetic() || languages.spell(c),
        _ if c.is_ascii() => true,
        _ if c.is_alphabetic() => is_among_others(c),
        '\u{1f000}'.. => !is_in_word,
        _ => matches!(c, '\u{2010}'..='\u{2bff}' | '\u{3000}'..='\u{303f}' | '\u{fe00}'..='\u{ffef}'),
    })
}

/// Maximum number of consecutive lost bytes (a guess).
const MOST: usize = 9;

/// Returns whether so much of a region is lost that every candidate is made up.
fn is_hopeless(zone: &str) -> bool {
    let mut run = 0;
    zone.chars().any(|c| {
        run = if matches!(c, '\u{fffd}' | '?') { run + 1 } else { 0 };
        run > MOST
    })
}

/// Returns as many characters after `at` as the model needs, as repaired by the edits, with the end of the line. Spaces
/// before the end are left out.
fn after(line: &str, at: usize, edits: &[Edit]) -> Vec<char> {
    let end = written(line).max(at);
    let edits = &edits[edits.partition_point(|e| e.span.start < at)..];
    let starts = std::iter::once(at).chain(edits.iter().map(|e| e.span.end.min(end)));
    let ends = edits.iter().map(|e| e.span.start.min(end)).chain([end]);
    let afters = edits.iter().map(|e| e.after.as_str()).chain([""]);
    let text =
        starts.zip(ends).zip(afters).flat_map(|((start, end), after)| line[start..end].chars().chain(after.chars()));
    text.chain(['\n']).take(ngrams::CONTEXT).collect()
}

/// Returns the end of a line without the spaces at its end.
fn written(line: &str) -> usize {
    line.trim_end_matches([' ', '\r']).len()
}

static NOTHING: LazyLock<Seen> = LazyLock::new(Seen::default);

/// Returns the context of a region after the edits.
fn around<'a>(line: &str, zone: &Range<usize>, after: &'a [char], (done, ahead): (&[Edit], &[Edit])) -> Around<'a> {
    let m = model();
    let before: String = repaired(line, zone.start, done).collect();
    Around {
        before: ngrams::Context::after(&before),
        after,
        left: before.chars().next_back().map_or(m.edge(), |c| m.class(c)),
        right: after.first().map_or(m.edge(), |&c| m.class(c)),
        quotes: quotes::Quotes {
            open: quotes::open_quote(before.chars()),
            bracket: quotes::open_bracket(before.chars()),
            next: next_quote(line, zone.end, ahead),
            is_last: line.as_bytes()[zone.end..].iter().take(NEAR).all(u8::is_ascii),
        },
        seen: &NOTHING,
        blanks: Blanks::Lost,
        scripts: Scripts::default(),
        is_narrow: false,
        eats: false,
        has_other_losses: false,
    }
}

/// Returns the first quotation mark from `at` on, as far as the line is intact or repaired.
fn next_quote(line: &str, at: usize, edits: &[Edit]) -> Option<char> {
    let mut edits = edits[edits.partition_point(|e| e.span.start < at)..].iter();
    let near = line.floor_char_boundary(line.len().min(at + NEAR));
    edits.find(|e| e.after.contains(quotes::is_quote) || e.span.start > near).and_then(|e| {
        let between = line.get(at..e.span.start.min(near)).unwrap_or_default();
        between.chars().chain(e.after.chars()).find(|&c| quotes::is_quote(c) && c != '’')
    })
}

/// Returns the candidate with the lowest cost in any encoding. Its margins are at most those of candidates with an
/// equal text, because an encoding that loses more bytes has more rivals, and at most the distance to the next
/// candidate with another text.
fn rank(mut readings: Vec<(Cost, Misread, Reading)>) -> Option<(Cost, Misread, Reading)> {
    readings.sort_by_key(|(cost, how, ..)| (*cost, *how));
    let mut readings = readings.into_iter();
    let mut best = readings.next()?;
    let text = |reading: &Reading| reading.parts.iter().map(|p| (p.start, p.after.clone())).collect::<Vec<_>>();
    let said = text(&best.2);
    for (cost, _, same) in readings.as_slice().iter().filter(|(_, _, reading)| text(reading) == said) {
        let behind = cost - best.0;
        let margins = best.2.parts.iter_mut().zip(&same.parts);
        for (margin, other) in margins.filter_map(|(part, same)| part.margin.as_mut().zip(same.margin)) {
            *margin = (*margin).min(behind + other);
        }
    }
    if let Some(other) = readings.find(|(_, _, reading)| text(reading) != said) {
        for margin in best.2.parts.iter_mut().filter_map(|part| part.margin.as_mut()) {
            *margin = (*margin).min(other.0 - best.0);
        }
    }
    Some(best)
}

/// Returns the languages that a line may be in, judged by its certain text.
fn languages(line: &str, edits: &[Edit], sure: &[char]) -> Languages {
    let end = line.floor_char_boundary(NEAR);
    let words = repaired(line, end, edits).scan(false, |was_broken, c| {
        // Words interrupted by mojibake are no evidence.
        *was_broken = !c.is_ascii() && !sure.contains(&c) || *was_broken && is_letter(c);
        Some(if *was_broken { ' ' } else { c })
    });
    Languages::guess(words).among(Languages::of(sure.iter().copied()))
}

fn restored(start: usize, chars: &[char], reading: &Reading, how: Misread) -> Vec<Edit> {
    let page = how.page();
    let below = if how == Misread::Twice(page) { std::slice::from_ref(&page) } else { &[] };
    let mut offsets = vec![start];
    for c in chars {
        offsets.push(offsets[offsets.len() - 1] + c.len_utf8());
    }
    let mut out = Vec::new();
    for part in &reading.parts {
        let many = part.after.chars().any(|c| ('\u{2e80}'..'\u{e000}').contains(&c));
        let found: String = chars[part.start..part.end].iter().collect();
        // A multi-byte encoding can lose any byte, and typographic marks differ only in the last one.
        let is_any = DOUBLE.contains(&page);
        let marked = part.after.chars().any(|c| matches!(c, '\u{2010}'..='\u{2027}'));
        let pictured = part.after.chars().any(|c| matches!(c, '\u{2100}'..='\u{2bff}' | '\u{1f000}'..));
        let varied = part.after.ends_with('\u{fe0f}');
        let least = match () {
            () if varied => MARGIN_VARIED,
            () if pictured => MARGIN_PICTURED,
            () if many && is_any => MARGIN_WIDE,
            () if many => MARGIN_MANY,
            () if is_any && marked => MARGIN_MARKED,
            () => MARGIN,
        };
        // If a byte of an invisible character is lost, the bytes taken in with it are lost, too.
        let is_invisible = |c: char| matches!(c, '\u{2000}'..='\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}'..='\u{206f}');
        let is_made_up = is_any && part.after.chars().any(is_invisible);
        let ambiguous = part.margin.is_some_and(|margin| margin < least || is_made_up);
        out.push(Edit {
            span: offsets[part.start]..offsets[part.end],
            after: if ambiguous { found } else { part.after.clone() },
            candidates: if ambiguous { part.candidates.clone() } else { Vec::new() },
            layers: match page {
                CodePage::Utf8 => vec![Layer { written: CodePage::Windows1252, read: page }],
                _ => layers(page, below),
            },
            certainty: match part.margin {
                None => Certainty::Proved,
                Some(_) if ambiguous => Certainty::Ambiguous,
                Some(_) => Certainty::Likely,
            },
            cause: if part.margin.is_some() { Cause::LostBytes } else { Cause::Mojibake },
            // That of the whole region: its parts are chosen together.
            score: Some(Score { margin: part.margin.filter(|&margin| margin < UNRIVALLED), ..reading.score }),
        });
    }
    out
}

/// Leaves an edit that would put a combining mark or a single letter of another script into a Latin word.
fn sober(line: &str, edit: Edit) -> Edit {
    let is_latin = |c: char| c.is_alphabetic() && c < '\u{250}';
    let is_foreign =
        |c: char| matches!(c, '\u{300}'..='\u{36f}') || c.is_alphabetic() && matches!(c, '\u{370}'..'\u{1e00}');
    let (first, last) = (edit.after.chars().next(), edit.after.chars().next_back());
    let is_joined = |c: Option<char>, beside: Option<char>| c.is_some_and(is_foreign) && beside.is_some_and(is_latin);
    let is_within = is_joined(first, line[..edit.span.start].chars().next_back())
        || is_joined(last, line[edit.span.end..].chars().next());
    let is_single = edit.after.chars().filter(|&c| is_foreign(c)).take(2).count() == 1;
    if edit.certainty != Certainty::Likely || !(is_single && is_within) {
        return edit;
    }
    let found = line[edit.span.clone()].to_owned();
    Edit { certainty: Certainty::Ambiguous, candidates: vec![edit.after], after: found, ..edit }
}

/// Restores "à" whose second byte, a no-break space, was lost or became the space after the word. Words decide between
/// the two where pairs of characters do not.
fn grave(line: &str, edit: Edit, languages: Languages) -> Edit {
    /// Rests of contractions of the Portuguese `a` with an article or a pronoun.
    const CONTRACTED: [&str; 6] = ["s", "quela", "quelas", "quele", "queles", "quilo"];
    /// First byte of "à", decoded in encodings that decode the second one as a no-break space.
    const OPEN: [char; 5] = ['Ã', 'Ă', 'Ć', 'Г', 'Γ'];
    let start = edit.span.start;
    let begins_word = !line[..start].ends_with(char::is_alphabetic);
    let rest = line[start..].strip_prefix(OPEN);
    let (true, Some(rest)) = (begins_word, rest) else { return edit };
    let end = line.len() - rest.len();
    let (true, Some(rest)) =
        (line[edit.span.clone()].trim_end_matches(' ').len() == end - start, rest.strip_prefix(' '))
    else {
        return edit;
    };
    let word = &rest[..rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len())];
    let ends_word = !rest[word.len()..].starts_with(['\'', '’']);
    // Most languages in which it is a word of its own have a cedilla; none of the other possible languages has one.
    let is_word = || edit.after == "à" || languages.all_spell('à') && languages.all_spell('ç');
    let end = match () {
        () if CONTRACTED.contains(&word) && ends_word => end + 1,
        () if rest.starts_with(['*', '_', ')', '.', ',']) && is_word() => end + 1,
        () if !word.is_empty() && line[..start].ends_with("usqu'") => end,
        () if rest.starts_with(char::is_alphanumeric) && is_word() => end,
        () => return edit,
    };
    let certainty = Certainty::Likely;
    Edit { span: start..end, after: "à".to_owned(), candidates: Vec::new(), certainty, score: None, ..edit }
}

/// The most that a line may have lost at one place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MaxLoss {
    /// Single bytes of a character.
    Bytes,
    /// All three bytes of a CJK character, so that three question marks are a damaged region.
    Characters,
}

/// Returns the damaged regions of a line: non-ASCII runs, with the spaces and question marks that may replace lost
/// bytes.
fn zones(line: &str, loss: MaxLoss) -> Vec<Range<usize>> {
    let most = match loss {
        MaxLoss::Bytes => 2,
        MaxLoss::Characters => 4,
    };
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut add = |mut span: Range<usize>| {
        span.start -= line[..span.start].bytes().rev().take_while(|&b| b == b'?').count().min(most);
        let rest = line[span.end..].bytes().take_while(|b| matches!(b, b'?' | b' ')).count().min(most);
        match out.last_mut() {
            Some(last) if last.end >= span.start && last.len() < LONGEST => last.end = last.end.max(span.end + rest),
            last => {
                let start = last.map_or(0, |last| last.end).max(span.start);
                out.push(start..span.end + rest);
            }
        }
    };
    let vanished = (loss == MaxLoss::Characters).then(|| line.match_indices("???").map(|(at, _)| at));
    let mut vanished = vanished.into_iter().flatten().peekable();
    for chunk in chunks(line) {
        while let Some(at) = vanished.next_if(|&at| at < chunk.start) {
            add(at..at + 3);
        }
        add(chunk);
    }
    vanished.for_each(|at| add(at..at + 3));
    out
}

/// Returns the encodings of `mask` in which the region holds, outside the edits, a lead byte of a sequence.
fn leftovers(line: &str, zone: &Range<usize>, mask: u32, edits: &[Edit]) -> u32 {
    let (t, text) = (tables(), &line[zone.clone()]);
    let wide = mask & WIDE;
    let mut found = if wide != 0 && (has_torn(text) || text.contains("???")) { wide } else { 0 };
    if text.contains(SUBSTITUTE) {
        found |= mask & CodePage::ShiftJis.bit();
    }
    let first = edits.partition_point(|e| e.span.end <= zone.start);
    let mut taken = edits[first..].iter().map(|e| e.span.clone()).peekable();
    let mut before = line[..zone.start].chars().next_back().unwrap_or('\n');
    for (i, c) in text.char_indices() {
        if found == mask {
            break;
        }
        let at = zone.start + i;
        while taken.next_if(|span| span.end <= at).is_some() {}
        let is_taken = taken.peek().is_some_and(|span| span.contains(&at));
        if !c.is_ascii() && !is_taken {
            found |= match opening(t, c, mask) {
                _ if c == '\u{fffd}' => mask,
                0 => 0,
                opens => opens & !alone(t, before, &line[at..]),
            };
        }
        before = c;
    }
    found
}

/// Returns the encodings of `mask` in which a character begins a sequence.
fn opening(t: &Tables, c: char, mask: u32) -> u32 {
    let row = t.row(c);
    let double = DOUBLE.iter().filter(|page| mask & page.bit() != 0 && page.opens(c));
    let wide = double.fold(0, |mask, page| mask | page.bit());
    mask & (row.lead2 | row.lead3 | row.lead4 | wide)
}

/// Returns the single-byte encodings in which the first character of a text is a lead byte but, by the characters after
/// it and the one before it, is an intact letter.
fn alone(t: &Tables, before: char, text: &str) -> u32 {
    let mut chars = text.chars();
    let (Some(c), next, after) = (chars.next(), chars.next().unwrap_or('\n'), chars.next().unwrap_or('\n')) else {
        return 0;
    };
    let row = t.row(c);
    // Two of three bytes are never lost, except for typographic marks of Latin-1 without its C1 controls.
    let long = (row.lead3 | row.lead4) & if c == 'â' { !CodePage::Latin1.bit() } else { u32::MAX };
    let rest = |c: char| if matches!(c, '\u{fffd}' | '?') { u32::MAX } else { t.row(c).cont };
    let goes_on =
        rest(next) | if next == ' ' { rest(after) } else { 0 } | if (next, after) == (' ', ' ') { u32::MAX } else { 0 };
    // No character of another script that a lost second byte could make is between ASCII letters.
    let is_within = before.is_ascii() && next.is_ascii_alphanumeric();
    let foreign = if is_within { row.lead2 & !latin(row) } else { 0 };
    long & !goes_on | foreign
}

/// Returns the single-byte encodings in which a character is the lead byte of Latin letters, U+0080 to U+023F.
fn latin(row: &Row) -> u32 {
    row.byte.iter().enumerate().fold(0, |mask, (e, byte)| mask | u32::from(matches!(byte, 0xc2..=0xc8)) << e)
}

/// Adds edits for letters that were encoded in a legacy encoding and decoded as UTF-8, each replaced with U+FFFD, in
/// lines without other losses.
pub(crate) fn replaced(line: &str, mut edits: Vec<Edit>) -> Vec<Edit> {
    if !line.contains('\u{fffd}') || !edits.is_empty() || !is_otherwise_ascii(line) {
        return edits;
    }
    let languages = languages(line, &[], &[]);
    let mut lattice = Lattice::default();
    for (at, _) in line.match_indices('\u{fffd}') {
        let end = at + '\u{fffd}'.len_utf8();
        let (nearby, span) = near(line, &(at..end));
        let in_code = nearby[..span.start].matches('`').count() % 2 == 1;
        let (before, rest) = (line[..at].chars().next_back(), &line[end..]);
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        let is_word = !is_letter(before) && !is_letter(rest.chars().next());
        // English has no non-ASCII letters of its own, so the lost character is a dash or symbol as often as a letter.
        let is_english = languages.holds_english();
        if in_code || is_english && !(is_letter(before) && is_contraction(rest)) {
            return Vec::new();
        }
        let after = after(line, end, &[]);
        let around = around(line, &(at..end), &after, (&edits, &[]));
        let once = Misread::Once(CodePage::Utf8);
        let Some(reading) = viterbi::read(&['\u{fffd}'], once, languages, &around, &mut lattice) else {
            return Vec::new();
        };
        let is_sure = |part: &Restored| {
            (!is_english || part.after == "’") && (!is_word || part.margin.is_some_and(|margin| margin >= MARGIN_WORD))
        };
        if !reading.parts.iter().all(is_sure) {
            return Vec::new();
        }
        edits.extend(restored(at, &['\u{fffd}'], &reading, Misread::Once(CodePage::Utf8)));
    }
    edits
}

/// Returns whether a text begins with the rest of an English contraction or genitive after its apostrophe.
fn is_contraction(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    matches!(&text[..end], "s" | "t" | "re" | "ve" | "ll" | "d" | "m")
}

/// Returns whether a line is ASCII except for U+FFFD.
fn is_otherwise_ascii(line: &str) -> bool {
    line.chars().all(|c| c.is_ascii() || c == '\u{fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_intact_word_of_greek_and_cyrillic_was_searched_for_lost_bytes() {
        for intact in ["κεντρικό", "Κεντρική σελίδα ", "письмо", "Почта в деревне"]
        {
            assert!(are_words_of_other_script(intact), "{intact}");
        }
        for damaged in ["κενΞ", "σελίδα Ξ ", "письмо п", "аПбаОаВаОаЕ", "σελίδ?", "почтаЌ"]
        {
            assert!(!are_words_of_other_script(damaged), "{damaged}");
        }
    }
}
