//! Where bytes are lost: which stretches of a line are read in which pages, and which reading is far enough ahead.

use std::ops::Range;
use std::sync::LazyLock;

use super::alphabet::{Languages, is_letter};
use super::codepage::{CodePage, DOUBLE, Row, SUBSTITUTE, Tables, double_tables, pages, tables};
use super::document::Verdict;
use super::edits::{Edit, gaps, repaired};
use super::examples::is_quoted;
use super::fluency;
use super::line::{LONGEST, NEAR, chunks, is_latin_line, near};
use super::lossy::{self, Census, Reading, Readings, Restored, Seen};
use super::model::{Cost, model};
use super::quotes;
use super::reader::{self, Misread};
use super::recipe::{Layer, layers};
use super::signs::{self, WIDE, has_torn, is_wide, torn, torn_wide};
use super::sites::Site;
use super::strict;
use super::twice::Blanks;
use super::{Cause, Certainty};

/// What a run must win when its page is at work in the same line.
pub(super) const CERTAIN: Cost = 5;

/// How far ahead the best reading of lost bytes must be. Of 45,000 letters in 19 languages and 16 recipes, three of four
/// were right at a margin of 14 to 20, six of seven up to 30, 92 % up to 40 and 96 to 99 % above.
const MARGIN: Cost = 20;

/// The same for a letter that is a word of its own.
const MARGIN_WORD: Cost = 30;

/// The same for characters of scripts of thousands, which the model knows only by frequency.
const MARGIN_MANY: Cost = 25;

/// The same in a double-byte page, of which a line tells more, as it loses more.
const MARGIN_WIDE: Cost = 17;

/// The same for typographic marks in a page that can lose any byte, of which there are few.
const MARGIN_MARKED: Cost = 18;

/// The same for emoji and symbols, as hardly anything around them tells which it was.
const MARGIN_PICTURED: Cost = 80;

/// The same before U+FE0F, which few of them take.
const MARGIN_VARIED: Cost = 45;

/// What a run must win to make its page worth a look where none is convicted.
const LEADING: Cost = 50;

/// What a reading must win that is the only evidence for its page.
const ALONE: Cost = 180;

/// The same where U+FFFD tells that bytes are lost.
const REPLACED: Cost = 80;

/// The same where a letter is out of place.
const TORN: Cost = 50;

/// What a reading with lost bytes must win.
const RESTORED: Cost = 60;

/// The pages that lost bytes are looked for in, as masks.
pub(super) struct Suspects<'a> {
    /// At work in the line, or as good as those that are.
    used: u32,
    /// Convicted by the document, or as good as those that are, and not at work in the line.
    convicted: u32,
    /// Those of the best run of the line, when no page is convicted.
    leading: u32,
    /// Those in which a stretch of the line is UTF-8 that lost bytes, when no page is convicted.
    torn: u32,
    /// The characters that the document surely holds.
    seen: &'a Seen,
    /// The document, and what is known of it.
    text: &'a str,
    verdict: &'a Verdict,
}

impl Suspects<'_> {
    /// Of a line of a text.
    pub(super) fn new<'a>(
        (text, line): (&'a str, &str),
        sites: &[Site],
        used: u32,
        verdict: &'a Verdict,
    ) -> Suspects<'a> {
        let best = sites.iter().flat_map(|s| s.runs.iter()).max_by_key(|r| r.gain);
        let leading = best.filter(|r| verdict.convicted == 0 && r.gain > LEADING).map_or(0, |r| r.mask);
        let torn = if used | verdict.convicted == 0 { torn_wide(line) & !lacking(line) } else { 0 };
        Suspects { used, convicted: verdict.kin & !used, leading, torn, seen: &verdict.seen, text, verdict }
    }

    /// The languages that the line may be in; those of the document if that cannot be told.
    fn languages(&self, line: &str, edits: &[Edit], sure: &[char]) -> Languages {
        match languages(line, edits, sure).among(self.seen.languages()) {
            Languages::ANY => self.verdict.languages(self.text),
            languages => languages,
        }
    }

    /// Whether the line or the document proves the page.
    fn prove(&self, page: CodePage) -> bool {
        (self.used | self.convicted) & page.bit() != 0
    }

    /// The pages of `left` that read a text as Latin-1 does, which is among them and loses all bytes that they lose.
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

    /// Whether some of them are double-byte pages.
    fn are_wide(&self) -> bool {
        (self.used | self.convicted | self.leading | self.torn) & WIDE != 0
    }

    /// The double-byte pages that the line alone told of and that bytes were restored in.
    pub(super) fn found(&self, edits: &[Edit]) -> u32 {
        let layers = edits.iter().filter(|edit| edit.certainty == Certainty::Likely).flat_map(|edit| &edit.layers);
        layers.fold(0, |mask, layer| mask | layer.read.bit()) & self.torn
    }

    /// The pages to read a zone of the line in.
    fn of(&self, line: &str, zone: &Range<usize>) -> u32 {
        let mask = if self.used == 0 { self.convicted } else { self.used };
        let (around, span) = near(line, zone);
        if mask != 0 || is_quoted(around, &span) {
            return mask;
        }
        self.leading | self.torn | signs::pages(line, zone)
    }

    /// What a reading of the text of a zone in `page` must win, of which `torn` are the pages of letters out of place.
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

/// Replaces the edits of zones of a line where something is left over by readings that restore lost bytes.
pub(super) fn restore(
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
        // What the whole line turns out to be written in tells what single letters are not.
        restored = read_zones(line, suspects, (sure, found), &edits, readings).0;
    }
    if suspects.are_wide() {
        close(line, &mut restored);
        hold(line, suspects, &mut restored);
    }
    restored
}

/// What is left of a character that takes three bytes where all of them are lost.
const VANISHED: &str = "\u{fffd}\u{fffd}\u{fffd}";

/// The quotation marks and apostrophes of an English line that is ASCII but for such as lost all their bytes, if all of
/// them go together: every quotation that opens is closed, and what stands in a word ends as a contraction does.
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
        });
    }
    (!is_open).then_some(out)
}

/// Leaves opening quotation marks that were restored and that nothing closes before the next one.
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

/// The pages that lose all bytes of many characters.
const VANISHING: u32 = CodePage::Big5.bit() | CodePage::EucKr.bit();

/// Adds what is lost wholly and not restored to the edits of a line in which bytes are restored, so that it is told.
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
                let start = text[..*at].trim_end_matches(signs::is_wide).len();
                !text[*at..].starts_with("???") && start < *at && signs::is_torn(page, &text[start..=*at])
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
    }));
    edits.sort_by_key(|edit| edit.span.start);
}

/// The same, once, and what the line has then; of which the characters and the scripts are known that are sure.
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
    // From here on the edits still stand; those before it are done.
    let mut open = 0;
    let (mut lacks, mut narrow, mut eats) = (None, None, None);
    for zone in zones(line, suspects.are_wide()) {
        let before = open + edits[open..].partition_point(|e| e.span.end <= zone.start);
        done.extend_from_slice(&edits[open..before]);
        open = before;
        let ahead = &edits[open..];
        let mut mask = suspects.of(line, &zone);
        if mask & WIDE != 0 {
            mask &= !*lacks.get_or_insert_with(|| lacking(line));
        }
        let left = leftovers(line, &zone, mask, ahead);
        let left = left & !suspects.narrower(left, &line[zone.clone()]);
        let text = &line[zone.clone()];
        if left == 0 || is_hopeless(text) {
            continue;
        }
        let torn = torn(line, &zone);
        let languages = *known.get_or_insert_with(|| suspects.languages(line, edits, sure));
        let chars: Vec<char> = text.chars().collect();
        let after = after(line, zone.end);
        let blanks = *blanks.get_or_insert_with(|| if line.contains('\u{a0}') { Blanks::Kept } else { Blanks::Lost });
        let is_narrow = mask & WIDE != 0 && *narrow.get_or_insert_with(|| is_narrow(line));
        let around = lossy::Around {
            seen: suspects.seen,
            blanks,
            scripts: census.scripts(),
            is_narrow,
            eats: mask & WIDE != 0 && *eats.get_or_insert_with(|| signs::eats(line)),
            has_other_losses: text.contains(SUBSTITUTE) && signs::has_other_losses(line),
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
            found = found.with(&reading);
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

/// Whether the last reading is one in this page of all that a zone has beyond ASCII, which makes text of it.
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

/// Characters in a row that are still signs in a line of the Latin script.
const SIGNS: usize = 4;

/// Whether a line is in a language of the Latin script, with a sign here and there beyond it.
fn is_narrow(line: &str) -> bool {
    is_latin_line(line) && chunks(line).all(|chunk| line[chunk].chars().take(SIGNS + 1).count() <= SIGNS)
}

/// The double-byte pages that lack a wide character of the line, where some page lacks none.
fn lacking(line: &str) -> u32 {
    let t = double_tables();
    let lacks = |page: usize| line.chars().any(|c| is_wide(c) && c != SUBSTITUTE && t.bytes(page, c) == 0);
    let lacking = (0..DOUBLE.len()).filter(|&i| lacks(i)).fold(0, |mask, i| mask | DOUBLE[i].bit());
    if lacking == WIDE { 0 } else { lacking }
}

/// Letters of a script that make a word of it, and where more tells of lost bytes than question marks.
const WORD: usize = 3;
const SURE_WORD: usize = 2;

/// Whether everything that a reading restores belongs to the languages of the line, or to a script that more of it is
/// in: where no page is proved, a letter that nothing else in the line is like is a coincidence.
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

/// How many bytes in a row may be lost.
const MOST: usize = 9;

/// Whether so much of a zone is lost that every reading is made up.
fn is_hopeless(zone: &str) -> bool {
    let mut run = 0;
    zone.chars().any(|c| {
        run = if matches!(c, '\u{fffd}' | '?') { run + 1 } else { 0 };
        run > MOST
    })
}

/// The characters after `at` as far as they matter, the end of the line among them; blanks before that do not.
fn after(line: &str, at: usize) -> Vec<char> {
    line[at..written(line).max(at)].chars().chain(['\n']).take(fluency::CONTEXT).collect()
}

/// Where a line ends but for blanks.
fn written(line: &str) -> usize {
    line.trim_end_matches([' ', '\r']).len()
}

static NOTHING: LazyLock<Seen> = LazyLock::new(Seen::default);

/// What stands around a zone, as the edits leave it.
fn around<'a>(
    line: &str,
    zone: &Range<usize>,
    after: &'a [char],
    (done, ahead): (&[Edit], &[Edit]),
) -> lossy::Around<'a> {
    let m = model();
    let before: String = repaired(line, zone.start, done).collect();
    lossy::Around {
        before: fluency::Context::after(&before),
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
        scripts: lossy::Scripts::default(),
        is_narrow: false,
        eats: false,
        has_other_losses: false,
    }
}

/// The first quotation mark from `at` on, as far as the line is intact or repaired.
fn next_quote(line: &str, at: usize, edits: &[Edit]) -> Option<char> {
    let mut edits = edits[edits.partition_point(|e| e.span.start < at)..].iter();
    let near = line.floor_char_boundary(line.len().min(at + NEAR));
    edits.find(|e| e.after.contains(quotes::is_quote) || e.span.start > near).and_then(|e| {
        let between = line.get(at..e.span.start.min(near)).unwrap_or_default();
        between.chars().chain(e.after.chars()).find(|&c| quotes::is_quote(c) && c != '’')
    })
}

/// The cheapest of the readings in several pages, no surer than those that say the same, of which a page that loses more
/// bytes knows more rivals, and than the next that says something else lets it be.
fn rank(mut readings: Vec<(Cost, Misread, Reading)>) -> Option<(Cost, Misread, Reading)> {
    readings.sort_by_key(|(cost, how, ..)| (*cost, *how));
    let mut readings = readings.into_iter();
    let mut best = readings.next()?;
    let text = |reading: &Reading| reading.parts.iter().map(|p| (p.start, p.after.clone())).collect::<Vec<_>>();
    let said = text(&best.2);
    for (_, _, same) in readings.as_slice().iter().filter(|(_, _, reading)| text(reading) == said) {
        let margins = best.2.parts.iter_mut().zip(&same.parts);
        for (margin, other) in margins.filter_map(|(part, same)| part.margin.as_mut().zip(same.margin)) {
            *margin = (*margin).min(other);
        }
    }
    if let Some(other) = readings.find(|(_, _, reading)| text(reading) != said) {
        for margin in best.2.parts.iter_mut().filter_map(|part| part.margin.as_mut()) {
            *margin = (*margin).min(other.0 - best.0);
        }
    }
    Some(best)
}

/// The languages that a line may be in, by what is sure of it.
fn languages(line: &str, edits: &[Edit], sure: &[char]) -> Languages {
    let end = line.floor_char_boundary(NEAR);
    let words = repaired(line, end, edits).scan(false, |was_broken, c| {
        // Words that are cut by what is still garbled tell nothing.
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
        // A double-byte page can lose any byte, and typographic marks differ in the last only.
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
        // Where a byte of an invisible character was lost, what was taken in with it was as well.
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
        });
    }
    out
}

/// Leaves what would be a mark or a single letter of another script within a Latin word.
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

/// A grave a whose second byte, a blank, was lost or taken for the blank after the word: words that
/// decide which of the two it was, where pairs of characters do not.
fn grave(line: &str, edit: Edit, languages: Languages) -> Edit {
    /// What follows the contraction of the Portuguese `a` with an article or a pronoun.
    const CONTRACTED: [&str; 6] = ["s", "quela", "quelas", "quele", "queles", "quilo"];
    /// What the first byte of an à reads as in pages that read the second one as a blank.
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
    // Of the languages in which it is a word of its own, most have a cedilla; none of the others that could be meant.
    let is_word = || edit.after == "à" || languages.all_spell('à') && languages.all_spell('ç');
    let end = match () {
        () if CONTRACTED.contains(&word) && ends_word => end + 1,
        () if rest.starts_with(['*', '_', ')', '.', ',']) && is_word() => end + 1,
        () if !word.is_empty() && line[..start].ends_with("usqu'") => end,
        () if rest.starts_with(char::is_alphanumeric) && is_word() => end,
        () => return edit,
    };
    let certainty = Certainty::Likely;
    Edit { span: start..end, after: "à".to_owned(), candidates: Vec::new(), certainty, ..edit }
}

/// Stretches of a line beyond ASCII, with the blanks and question marks that may stand for lost bytes. Where wide
/// characters lose bytes, a character may be lost wholly: three question marks are a stretch, too.
fn zones(line: &str, wide: bool) -> Vec<Range<usize>> {
    let most = if wide { 4 } else { 2 };
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
    let vanished = wide.then(|| line.match_indices("???").map(|(at, _)| at));
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

/// The pages of `mask` in which, beside what the edits take, the zone holds a character that opens a sequence.
fn leftovers(line: &str, zone: &Range<usize>, mask: u32, edits: &[Edit]) -> u32 {
    let (t, text) = (tables(), &line[zone.clone()]);
    let wide = mask & WIDE;
    let mut found = if wide != 0 && (has_torn(text) || text.contains("???")) { wide } else { 0 };
    if text.contains(SUBSTITUTE) {
        found |= mask & CodePage::ShiftJis.bit();
    }
    let first = edits.partition_point(|e| e.span.end <= zone.start);
    let mut taken = edits[first..].iter().map(|e| e.span.clone()).peekable();
    let mut is_after_ascii = !line[..zone.start].ends_with(|c: char| !c.is_ascii());
    for (i, c) in text.char_indices() {
        if found == mask {
            break;
        }
        let at = zone.start + i;
        while taken.next_if(|span| span.end <= at).is_some() {}
        let is_taken = taken.peek().is_some_and(|span| span.contains(&at));
        if !c.is_ascii() && !is_taken {
            found |= match mask & opening(t, c, wide != 0) {
                _ if c == '\u{fffd}' => mask,
                0 => 0,
                opens => opens & !alone(t, &line[at..], is_after_ascii),
            };
        }
        is_after_ascii = c.is_ascii();
    }
    found
}

/// The pages in which a character opens a sequence, double-byte ones among them if asked for.
fn opening(t: &Tables, c: char, is_wide: bool) -> u32 {
    let row = t.row(c);
    let wide = DOUBLE.iter().filter(|page| is_wide && page.opens(c)).fold(0, |mask, page| mask | page.bit());
    row.lead2 | row.lead3 | row.lead4 | wide
}

/// The single-byte pages in which a text begins with a character that opens a sequence but is an intact letter all the
/// same, by what follows it.
fn alone(t: &Tables, text: &str, is_after_ascii: bool) -> u32 {
    let mut chars = text.chars();
    let (Some(c), next, after) = (chars.next(), chars.next().unwrap_or('\n'), chars.next().unwrap_or('\n')) else {
        return 0;
    };
    let row = t.row(c);
    // Nobody loses two bytes of three, but for the typographic marks of Latin-1 where the C1 controls are dropped.
    let long = (row.lead3 | row.lead4) & if c == 'â' { !CodePage::Latin1.bit() } else { u32::MAX };
    let rest = |c: char| if matches!(c, '\u{fffd}' | '?') { u32::MAX } else { t.row(c).cont };
    let goes_on =
        rest(next) | if next == ' ' { rest(after) } else { 0 } | if (next, after) == (' ', ' ') { u32::MAX } else { 0 };
    // Of what a lost second byte would make of the others, nothing stands between letters of ASCII.
    let is_within = is_after_ascii && next.is_ascii_alphanumeric();
    let foreign = if is_within { row.lead2 & !latin(row) } else { 0 };
    long & !goes_on | foreign
}

/// The single-byte pages in which a character is the first byte of letters of the Latin alphabets, U+0080 to U+023F.
fn latin(row: &Row) -> u32 {
    row.byte.iter().enumerate().fold(0, |mask, (e, byte)| mask | u32::from(matches!(byte, 0xc2..=0xc8)) << e)
}

/// Adds what letters became that were written in a legacy encoding and read as UTF-8, each lost for a U+FFFD, in
/// lines that have no other losses.
pub(super) fn replaced(line: &str, mut edits: Vec<Edit>) -> Vec<Edit> {
    if !line.contains('\u{fffd}') || !edits.is_empty() || !is_otherwise_ascii(line) {
        return edits;
    }
    let languages = languages(line, &[], &[]);
    for (at, _) in line.match_indices('\u{fffd}') {
        let end = at + '\u{fffd}'.len_utf8();
        let (nearby, span) = near(line, &(at..end));
        let in_code = nearby[..span.start].matches('`').count() % 2 == 1;
        let (before, rest) = (line[..at].chars().next_back(), &line[end..]);
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        let is_word = !is_letter(before) && !is_letter(rest.chars().next());
        // English has no letters beyond ASCII that could be told: what is lost is a dash or a sign as often as a letter.
        let is_english = languages.holds_english();
        if in_code || is_english && !(is_letter(before) && is_contraction(rest)) {
            return Vec::new();
        }
        let after = after(line, end);
        let around = around(line, &(at..end), &after, (&edits, &[]));
        let Some(reading) = lossy::read(&['\u{fffd}'], Misread::Once(CodePage::Utf8), languages, &around) else {
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

/// Whether a text goes on with what follows the apostrophe of an English contraction or genitive.
fn is_contraction(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    matches!(&text[..end], "s" | "t" | "re" | "ve" | "ll" | "d" | "m")
}

/// Whether a line is ASCII but for U+FFFD.
fn is_otherwise_ascii(line: &str) -> bool {
    line.chars().all(|c| c.is_ascii() || c == '\u{fffd}')
}
