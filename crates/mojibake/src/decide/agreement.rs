//! Agreement of the lines of a text about the legacy encodings of some of them: a text has one encoding.

use crate::edits::{Edit, render};
use crate::encoding::recipe::Layer;
use crate::encoding::reencode::{READ, reread};
use crate::language::languages::is_letter;
use crate::language::words::word_cost;
use crate::legacy::lines::is_senseless;
use crate::text::script::{Script, is_typography};
use crate::types::Cause;
use crate::weights::Cost;

/// A line of a text with its edits.
pub(crate) struct SettledLine<'a> {
    /// Position of its start in the text, in bytes.
    pub(crate) start: usize,
    pub(crate) found: &'a str,
    /// True if its letters are as surprising as those of legacy text.
    pub(crate) is_odd: bool,
    pub(crate) edits: Vec<Edit>,
}

/// A line for which the encodings of other lines were undone.
pub(crate) struct Carried<'a> {
    pub(crate) start: usize,
    pub(crate) found: &'a str,
    pub(crate) layer: Layer,
    pub(crate) after: String,
}

/// Maximum amount by which a line may get worse, in decinats, as in a text that is judged as a whole.
const WORSE: Cost = 40;
/// Minimum number of distinct characters that the legible lines have to change for lines that get no better to follow
/// them: as many as in a line of Cyrillic that becomes another one.
const CHARACTERS: usize = 6;
/// Minimum improvement of each other line to follow legible lines that change fewer characters, in decinats (a guess:
/// odds of fifty to one).
const BETTER: Cost = 40;

/// Returns the lines that follow the legible ones, and takes the edits of these if they are of no use to most of the
/// others, which have the same characters: then the text is in an encoding that is not searched.
pub(crate) fn agree<'a>(text: &'a str, lines: &mut [SettledLine<'a>]) -> Vec<Carried<'a>> {
    let Some(legible) = Legible::of(lines) else { return Vec::new() };
    let (mut others, mut start, mut left, mut intact) = (Vec::new(), 0, 0, 0);
    for found in text.split('\n') {
        let here = start;
        start += found.len() + 1;
        if found.chars().all(|c| c.is_ascii() || is_typography(c)) {
            continue;
        }
        let known = lines.binary_search_by_key(&here, |line| line.start).ok().map(|at| &lines[at]);
        if known.is_some_and(|line| !line.edits.is_empty()) {
            continue;
        }
        others.push((here, found));
        if legible.is_like(found) && !legible.layers().any(|layer| legible.read(found, layer, -WORSE).is_some()) {
            *if known.is_some_and(|line| line.is_odd) { &mut left } else { &mut intact } += 1;
        }
    }
    if left > intact && left >= legible.count {
        lines.iter_mut().filter(|line| is_legible(line)).for_each(|line| line.edits.clear());
        return Vec::new();
    }
    if left + intact > 0 {
        return Vec::new();
    }
    let least = if legible.changed.len() < CHARACTERS { BETTER } else { -WORSE };
    // One encoding has to explain all lines, because an intact line, or one of another encoding, is proof against it.
    let under = |layer: Layer| -> Option<Vec<Carried<'a>>> {
        let is_alike =
            |line: &SettledLine<'_>| reread(line.found, layer).is_some_and(|it| it == render(line.found, &line.edits));
        if !lines.iter().filter(|line| is_legible(line)).all(is_alike) {
            return None;
        }
        let carried = |&(start, found): &(usize, &'a str)| {
            let after = legible.read(found, layer, least).filter(|_| legible.is_like(found))?;
            Some(Carried { start, found, layer, after })
        };
        others.iter().map(carried).collect()
    };
    legible.layers().find_map(under).unwrap_or_default()
}

/// Returns whether a line is legacy text and nothing else.
fn is_legible(line: &SettledLine<'_>) -> bool {
    let [edit] = line.edits.as_slice() else { return false };
    let [layer] = edit.layers.as_slice() else { return false };
    edit.cause == Cause::LegacyAsLegacy
        && reread(line.found, *layer).is_some_and(|it| it == render(line.found, &line.edits))
}

/// The lines of a text that are legible as legacy text in one encoding.
struct Legible {
    layer: Layer,
    /// Number of the lines.
    count: usize,
    /// Distinct characters that change in the lines.
    changed: Vec<char>,
    /// Distinct scripts of the letters that come out.
    scripts: Vec<Option<Script>>,
}

impl Legible {
    /// Returns `None` if there are no such lines, or if they were in several encodings.
    fn of(lines: &[SettledLine<'_>]) -> Option<Legible> {
        let mut legible = lines.iter().filter(|line| is_legible(line)).peekable();
        let layer = *legible.peek()?.edits.first()?.layers.first()?;
        let mut all = Legible { layer, count: 0, changed: Vec::new(), scripts: Vec::new() };
        for line in legible {
            let edit = line.edits.first()?;
            if edit.layers != [layer] {
                return None;
            }
            all.count += 1;
            all.changed.extend(line.found[edit.span.clone()].chars().filter(|c| !c.is_ascii() && !is_typography(*c)));
            all.scripts.extend(edit.after.chars().filter(|c| !c.is_ascii() && is_letter(*c)).map(Script::of));
        }
        all.changed.sort_unstable();
        all.changed.dedup();
        all.scripts.dedup();
        Some(all)
    }

    /// Returns whether most of the characters of a line are among those of the legible lines, or the other way round.
    fn is_like(&self, found: &str) -> bool {
        let mut all: Vec<char> = found.chars().filter(|c| !c.is_ascii() && !is_typography(*c)).collect();
        all.sort_unstable();
        all.dedup();
        let shared = all.iter().filter(|c| self.changed.binary_search(c).is_ok()).count();
        shared > 0 && shared * 2 >= all.len().min(self.changed.len())
    }

    /// Returns the encoding of the legible lines, decoded as any encoding.
    fn layers(&self) -> impl Iterator<Item = Layer> {
        std::iter::once(self.layer.read).chain(READ).map(|read| Layer { read, ..self.layer })
    }

    /// Returns a line with `layer` undone; `None` if its words get better by less than `least`, or it makes no sense.
    fn read(&self, found: &str, layer: Layer, least: Cost) -> Option<String> {
        let cost = |line: &str| -> Cost { line.split(' ').filter(|word| !word.is_ascii()).map(word_cost).sum() };
        let before = cost(found);
        let is_fit = |after: &str| {
            let is_own = |c: char| c.is_ascii() || !is_letter(c) || self.scripts.contains(&Script::of(c));
            let loses = |(was, c): (char, char)| is_letter(was) && !is_letter(c) && !c.is_ascii() && c != '’';
            let is_alike = found.chars().count() == after.chars().count();
            after != found
                && cost(after) + least <= before
                && after.chars().all(is_own)
                && !(is_alike && found.chars().zip(after.chars()).any(loses))
                && !is_senseless(after)
        };
        reread(found, layer).filter(|after| is_fit(after))
    }
}
