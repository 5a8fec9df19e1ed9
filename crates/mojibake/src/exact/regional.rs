//! Whole texts that are UTF-8 in an encoding of DOS or the Macintosh of which no spans are searched.
//!
//! Such an encoding shares most characters with one that is searched, in which half of each line would be repaired. So
//! all words of the text are evidence together: an encoding is taken if it explains more of them than every other one, or
//! makes far better words of as many. Never guesses: each character in a repaired word is part of a sequence.

use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use crate::encoding::codepage::{CodePage, REGIONAL, SINGLE, tables};
use crate::exact::strict::sequence;
use crate::language::words::word_cost;
use crate::text::line::chunks;
use crate::weights::Cost;

/// The first characters of UTF-8 in these encodings, of the letters of Europe.
const OPENING: [char; 16] = ['├', '┬', '─', '┼', '╬', '╧', '╨', '╤', '╫', '╪', '┘', '√', '¬', '≈', 'ƒ', '¤'];
/// These characters in UTF-8, with zeros after those of two bytes.
static IN_UTF8: LazyLock<[[u8; 3]; OPENING.len()]> = LazyLock::new(|| {
    OPENING.map(|c| {
        let mut bytes = [0; 3];
        c.encode_utf8(&mut bytes);
        bytes
    })
});
/// Number of lines, and of distinct words, that are compared (guesses).
const LINES: usize = 256;
const WORDS: usize = 64;
/// Minimum number of distinct words that an encoding explains beyond the others (a guess: one is a coincidence).
const MORE: usize = 2;
/// Minimum margin over the words of other encodings, in decinats: odds of 400 to one by the model.
const AHEAD: Cost = 60;
/// Rarity beside the encodings that are searched, in decinats (a guess).
const RARITY: Cost = 40;

/// The bytes of the characters of each encoding of [`REGIONAL`].
static BYTES: LazyLock<Vec<FxHashMap<char, u8>>> =
    LazyLock::new(|| REGIONAL.into_iter().map(CodePage::bytes_by_char).collect());

/// An encoding of the table, or one of those that are searched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Regional(usize),
    Searched(usize),
}

impl Source {
    fn byte(self, c: char) -> Option<u8> {
        match self {
            _ if c.is_ascii() => Some(c as u8),
            Source::Regional(at) => BYTES[at].get(&c).copied(),
            Source::Searched(at) => Some(tables().row(c).byte[at]).filter(|byte| *byte != 0),
        }
    }

    /// Returns the text that a run of characters is in UTF-8, if it is that from end to end.
    fn decoded(self, run: &str) -> Option<String> {
        let mut out = String::with_capacity(run.len());
        self.decode(run, |c| out.push(c)).then_some(out)
    }

    /// Calls `each` with each character of the text that a run is in UTF-8. Returns whether it is that from end to end.
    fn decode(self, run: &str, mut each: impl FnMut(char)) -> bool {
        // Most encodings are out of the question by the first character.
        if !run.chars().next().and_then(|c| self.byte(c)).is_some_and(|byte| matches!(byte, 0xc2..=0xf4)) {
            return run.is_empty();
        }
        let Some(bytes) = run.chars().map(|c| self.byte(c)).collect::<Option<SmallVec<[u8; 32]>>>() else {
            return false;
        };
        let mut at = 0;
        while at < bytes.len() {
            let Some((len, c)) = sequence(&bytes[at..]) else { return false };
            if ('\u{80}'..'\u{a0}').contains(&c) {
                return false;
            }
            each(c);
            at += len;
        }
        true
    }
}

/// An encoding of a whole text.
#[derive(Clone, Copy)]
pub(crate) struct Regional {
    at: usize,
    /// True if it explains words that no other encoding explains.
    pub(crate) is_sure: bool,
}

impl Regional {
    /// Returns the encoding in which the words of a text are UTF-8, if it is one of these.
    pub(crate) fn of(text: &str) -> Option<Regional> {
        if !is_concerned(text) {
            return None;
        }
        let mut words: Vec<(&str, Vec<Range<usize>>)> = Vec::new();
        let mut seen = FxHashSet::default();
        let lines = text.split('\n').filter(|line| is_concerned(line)).take(LINES);
        for word in lines.flat_map(str::split_whitespace) {
            let runs: Vec<Range<usize>> = chunks(word).collect();
            if !runs.is_empty() && words.len() < WORDS && seen.insert(word) {
                words.push((word, runs));
            }
        }
        // The number of words that an encoding explains, or 0 if these are fewer than `least`.
        let explained = |source: Source, least: usize| {
            let decodes = |(word, runs): &(&str, Vec<Range<usize>>)| {
                runs.iter().all(|run| source.decode(&word[run.clone()], |_| ()))
            };
            let mut failed = 0;
            for word in &words {
                failed += usize::from(!decodes(word));
                if failed + least > words.len() {
                    return 0;
                }
            }
            words.len() - failed
        };
        let mut most = 0;
        let sources = (0..SINGLE.len()).map(Source::Searched).chain((0..REGIONAL.len()).map(Source::Regional));
        let count = |source: Source| {
            let count = explained(source, most);
            most = most.max(count);
            (count, source)
        };
        let all: Vec<(usize, Source)> = sources.map(count).collect();
        // Most text is UTF-8 in an encoding that is searched.
        if most == 0 || all[SINGLE.len()..].iter().all(|(count, _)| *count < most) {
            return None;
        }
        let cost = |source: Source| -> Cost {
            words.iter().map(|(word, runs)| word_cost(&decoded(word, runs, source))).sum::<Cost>()
        };
        let rarity = |source: Source| if matches!(source, Source::Regional(_)) { RARITY } else { 0 };
        let mut best: Vec<(Cost, Source)> = all
            .iter()
            .filter(|(count, _)| *count == most)
            .map(|&(_, source)| (cost(source) + rarity(source), source))
            .collect();
        best.sort_by_key(|(cost, _)| *cost);
        let &(least, source) = best.first()?;
        let Source::Regional(at) = source else { return None };
        // Others that explain as much have to make other letters, and far worse words.
        let text = |source: Source| words.iter().map(|(word, runs)| decoded(word, runs, source)).collect::<Vec<_>>();
        let own = text(source);
        let rival = best.iter().skip(1).find(|(_, other)| text(*other) != own);
        if rival.is_some_and(|(cost, _)| *cost < least + AHEAD) {
            return None;
        }
        let searched = all.iter().filter(|(_, source)| matches!(source, Source::Searched(_))).map(|(count, _)| *count);
        let searched = searched.max().unwrap_or(0);
        let is_alone = most >= searched + MORE;
        let is_all = most > searched && most == words.len();
        (is_alone || is_all || rival.is_some()).then_some(Regional { at, is_sure: is_alone })
    }

    pub(crate) fn page(self) -> CodePage {
        REGIONAL[self.at]
    }

    /// Returns the spans of a line with what they are in UTF-8; `None` if some of its words begin like UTF-8 and are not,
    /// so that half of the line would be left.
    pub(crate) fn repairs(self, line: &str) -> Option<Vec<(Range<usize>, String)>> {
        let source = Source::Regional(self.at);
        let mut out = Vec::new();
        for run in chunks(line) {
            match source.decoded(&line[run.clone()]) {
                Some(after) => out.push((run, after)),
                None if is_concerned(&line[run.clone()]) => return None,
                None => {}
            }
        }
        Some(out)
    }
}

/// Returns whether a text has a character with which words of these encodings begin.
pub(crate) fn is_concerned(text: &str) -> bool {
    // The first bytes of these characters in UTF-8.
    let bytes = text.as_bytes();
    memchr::memchr3_iter(0xe2, 0xc2, 0xc6, bytes).any(|at| {
        let found: &[u8] = match bytes[at] {
            0xe2 => &bytes[at..at + 3],
            _ => &bytes[at..at + 2],
        };
        IN_UTF8.iter().any(|opening| opening.starts_with(found))
    })
}

/// Returns a word with its runs decoded, as far as they are UTF-8.
fn decoded(word: &str, runs: &[Range<usize>], source: Source) -> String {
    let (mut out, mut at) = (String::new(), 0);
    for run in runs {
        out.push_str(&word[at..run.start]);
        let found = &word[run.clone()];
        out.push_str(source.decoded(found).as_deref().unwrap_or(found));
        at = run.end;
    }
    out + &word[at..]
}

#[cfg(test)]
mod tests {
    use crate::encoding::codepage::CodePage;
    use crate::repair;

    fn garble(text: &str, page: CodePage) -> String {
        let upper = page.upper_half();
        text.bytes().map(|b| if b.is_ascii() { char::from(b) } else { upper[usize::from(b & 0x7f)] }).collect()
    }

    #[test]
    fn letters_of_a_neighbour_were_written() {
        for (text, page) in [
            (
                "A estação está fechada.\nO túnel é rígido e a porta também.\nNão há lâmpadas na saída.\n",
                CodePage::Ibm775,
            ),
            (
                "Draußen ist es heiß, außer im Keller.\nDie Straße heißt jetzt anders.\nGrüße an alle!\n",
                CodePage::Ibm857,
            ),
            (
                "Si está cerrado, llame.\nSólo los niños podrán ver la página.\nNo se abrió ninguna estación.\n",
                CodePage::Ibm860,
            ),
            (
                "Žluté světlo svítí nad přístavem.\nČluny čekají na šestou hodinu.\nDěti hledají mušle.\n",
                CodePage::MacCe,
            ),
        ] {
            let garbled = garble(text, page);
            assert_eq!(repair(&garbled), text, "{garbled}");
        }
    }

    #[test]
    fn a_line_after_one_without_other_evidence_was_cut_within_a_character() {
        let text = "Éteint ou non la lampe.\n| ── lampe/ : bougies allumées du phare.";
        assert_eq!(repair(&garble(text, CodePage::Ibm775)), text);
    }

    #[test]
    fn drawings_stay() {
        for text in
            ["├── src\n│   ├── lib.rs\n└── Cargo.toml\n", "┌─┬─┐\n├─┼─┤\n└─┴─┘\n", "¬(a ∨ b), √2 ≈ 1,41, Γ(x)\n"]
        {
            assert_eq!(repair(text), text);
        }
    }
}
