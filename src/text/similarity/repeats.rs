//! Search for repeats in a sequence: maximal runs that occur earlier in it, too, in linear time.
//!
//! Works on hashes alone; knows no text, no Markdown and no files.

use super::shingle::mix;

/// One element of the sequence.
pub trait SequenceUnit {
    /// Returns 64 well mixed bits, equal for equal elements and practically only for these.
    fn hash(&self) -> u64;
    /// Returns the weight of the element.
    fn weight(&self) -> u32;
}

/// A run of units that occurs earlier in the sequence, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Repeat {
    /// Index of its first unit.
    pub at: u32,
    /// Index of the first unit of the earlier occurrence. The two overlap if the run repeats itself.
    pub source: u32,
    /// Number of equal units.
    pub len: u32,
}

/// Maximum number of earlier occurrences that are tried for each run (a guess). The work is at most this many times the
/// length of the sequence.
const CANDIDATES: usize = 12;

/// Index of the positions in a sequence at which repeats may start.
///
/// Every run of the wanted weight starts with a window that just reaches it, and equal runs start with equal windows,
/// so only positions with equal windows are compared. Time and memory are linear in the number of units: two to four
/// bytes for each, and 24 more for each whose window occurs twice.
pub struct RepeatIndex<'a, U> {
    sequence: Sequence<'a, U>,
    seeds: Seeds,
    least: u32,
}

impl<'a, U: SequenceUnit> RepeatIndex<'a, U> {
    /// Indexes `parts` for runs that weigh at least `least`. The parts are one sequence, but no run crosses from one
    /// part into the next.
    pub fn new(parts: &'a [&'a [U]], least: u32) -> Self {
        let sequence = Sequence::new(parts);
        let seeds = Seeds::new(&sequence, least);
        Self { sequence, seeds, least }
    }

    /// Returns the repeats, sorted by `at`, each unit in at most one. Each repeat is maximal against its source. Among
    /// several sources the one of the longest run wins, then the part of the source before, then the nearest.
    pub fn repeats(&self, scope: Scope<'_>) -> Vec<Repeat> {
        RepeatSearch { sequence: &self.sequence, seeds: &self.seeds, scope, found: Vec::new(), least: self.least }.run()
    }
}

/// Scope of the search for earlier occurrences.
#[derive(Clone, Copy)]
pub enum Scope<'a> {
    /// Within one part.
    Within,
    /// Within one part, and across two if the function holds for the later and the earlier part.
    Across(&'a dyn Fn(usize, usize) -> bool),
}

/// All parts in a row.
struct Sequence<'a, U> {
    parts: &'a [&'a [U]],
    /// Index of the first unit of each part.
    starts: Vec<u32>,
}

impl<'a, U: SequenceUnit> Sequence<'a, U> {
    fn new(parts: &'a [&'a [U]]) -> Self {
        let starts = parts.iter().scan(0, |next, part| {
            let start = *next;
            *next += part.len() as u32;
            Some(start)
        });
        Self { parts, starts: starts.collect() }
    }

    fn len(&self) -> usize {
        self.parts.iter().map(|part| part.len()).sum()
    }

    /// Returns the part that holds the unit at `at`. Of the parts that start there, all but the last are empty.
    fn part_of(&self, at: usize) -> usize {
        self.starts.partition_point(|&start| start as usize <= at).saturating_sub(1)
    }

    /// Returns the units before `at` in its part, and those from `at` on.
    fn around(&self, at: usize) -> (&'a [U], &'a [U]) {
        let part = self.part_of(at);
        self.parts[part].split_at(at - self.starts[part] as usize)
    }

    fn weight(&self, repeat: &Repeat) -> u64 {
        let units = &self.around(repeat.at as usize).1[..repeat.len as usize];
        units.iter().map(|unit| u64::from(unit.weight())).sum()
    }
}

/// The positions whose windows are equal.
struct Seeds {
    /// Window and position, sorted; only windows that may occur twice.
    sorted: Vec<(u64, u32)>,
    /// The positions in order, each with its index in `sorted`.
    places: Vec<(u32, u32)>,
}

impl Seeds {
    fn new<U: SequenceUnit>(sequence: &Sequence<'_, U>, least: u32) -> Self {
        let mut filter = Filter::new(sequence.len());
        for_each_window(sequence, least, |_, window| filter.add(window));
        let mut sorted = Vec::new();
        for_each_window(sequence, least, |at, window| {
            if filter.may_repeat(window) {
                sorted.push((window, at));
            }
        });
        sorted.sort_unstable();
        let mut places: Vec<(u32, u32)> = sorted.iter().zip(0..).map(|(seed, rank)| (seed.1, rank)).collect();
        places.sort_unstable();
        Self { sorted, places }
    }

    /// Returns the positions before that of `rank` whose windows equal its own, nearest first.
    fn earlier(&self, rank: u32) -> impl Iterator<Item = usize> + '_ {
        let (before, own) = (&self.sorted[..rank as usize], self.sorted[rank as usize].0);
        before.iter().rev().take_while(move |seed| seed.0 == own).map(|seed| seed.1 as usize)
    }
}

/// Calls `visit` with each position from which a run of units weighs `least` before its part ends, and with a hash of
/// the shortest such run.
fn for_each_window<U: SequenceUnit>(sequence: &Sequence<'_, U>, least: u32, mut visit: impl FnMut(u32, u64)) {
    /// Base of the polynomial of the hash: odd, and without a pattern in its bits (2^64 divided by the golden ratio).
    const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
    /// The inverse of `BASE` modulo 2^64, by Newton's iteration.
    const INVERSE: u64 = {
        let mut inverse = BASE;
        let mut round = 0;
        while round < 6 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(BASE.wrapping_mul(inverse)));
            round += 1;
        }
        inverse
    };
    for (part, &first) in sequence.parts.iter().zip(&sequence.starts) {
        // A rolling polynomial over the hashes, in which the first unit has the highest power.
        let (mut end, mut weight, mut hash, mut power) = (0, 0u64, 0u64, 1u64);
        for (start, unit) in part.iter().enumerate() {
            while weight < u64::from(least)
                && let Some(next) = part.get(end)
            {
                hash = hash.wrapping_mul(BASE).wrapping_add(next.hash());
                weight += u64::from(next.weight());
                power = power.wrapping_mul(BASE);
                end += 1;
            }
            if weight < u64::from(least) {
                break;
            }
            visit(first + start as u32, mix(hash ^ (end - start) as u64));
            power = power.wrapping_mul(INVERSE);
            hash = hash.wrapping_sub(unit.hash().wrapping_mul(power));
            weight -= u64::from(unit.weight());
        }
    }
}

/// Set of the hashes that occurred once, in two bits a bucket, so that windows that occur only once are never sorted.
struct Filter {
    once: Vec<u64>,
    twice: Vec<u64>,
    mask: u64,
}

impl Filter {
    fn new(len: usize) -> Self {
        let bits = (len.max(64) * 8).next_power_of_two();
        Self { once: vec![0; bits / 64], twice: vec![0; bits / 64], mask: bits as u64 - 1 }
    }

    fn add(&mut self, hash: u64) {
        let (word, bit) = self.place(hash);
        self.twice[word] |= self.once[word] & bit;
        self.once[word] |= bit;
    }

    fn may_repeat(&self, hash: u64) -> bool {
        let (word, bit) = self.place(hash);
        self.twice[word] & bit != 0
    }

    fn place(&self, hash: u64) -> (usize, u64) {
        let bucket = hash & self.mask;
        ((bucket / 64) as usize, 1 << (bucket % 64))
    }
}

struct RepeatSearch<'a, U> {
    sequence: &'a Sequence<'a, U>,
    seeds: &'a Seeds,
    scope: Scope<'a>,
    found: Vec<Repeat>,
    least: u32,
}

impl<U: SequenceUnit> RepeatSearch<'_, U> {
    fn run(mut self) -> Vec<Repeat> {
        let mut covered = 0;
        for &(at, rank) in &self.seeds.places {
            if at as usize >= covered
                && let Some(source) = self.best(at as usize, rank)
            {
                covered = self.take(at as usize, source);
            }
        }
        let (sequence, least) = (self.sequence, u64::from(self.least));
        self.found.retain(|repeat| sequence.weight(repeat) >= least);
        self.found
    }

    /// Returns the earlier position whose run agrees with that at `at` for longest. `rank` is that of the seed of `at`.
    fn best(&self, at: usize, rank: u32) -> Option<usize> {
        let part = self.sequence.part_of(at);
        let start = self.sequence.starts[part] as usize;
        let last = self.found.last().map(|repeat| self.sequence.part_of(repeat.source as usize));
        let mut best: Option<((usize, bool), usize)> = None;
        let mut tried = 0;
        // Parts that may not be compared are inexpensive, but a limit of their own keeps the whole linear.
        for source in self.seeds.earlier(rank).take(CANDIDATES * 16) {
            let from = if source >= start { part } else { self.sequence.part_of(source) };
            match self.scope {
                _ if from == part => {}
                // All other sources are earlier still.
                Scope::Within => break,
                Scope::Across(may) if may(part, from) => {}
                Scope::Across(_) => continue,
            }
            let score = (self.agreement(at, source), Some(from) == last);
            if best.is_none_or(|(most, _)| score > most) {
                best = Some((score, source));
            }
            tried += 1;
            if tried == CANDIDATES {
                break;
            }
        }
        best.map(|(_, source)| source)
    }

    fn agreement(&self, at: usize, source: usize) -> usize {
        let (units, others) = (self.sequence.around(at).1, self.sequence.around(source).1);
        units.iter().zip(others).take_while(|(a, b)| a.hash() == b.hash()).count()
    }

    /// Records the run from `source`, extended backwards over a shorter run before it. Returns the position to continue
    /// at.
    fn take(&mut self, at: usize, source: usize) -> usize {
        let len = self.agreement(at, source);
        let end = at + len;
        let floor = match self.found.last() {
            Some(last) if (last.len as usize) < len => last.at as usize,
            Some(last) => (last.at + last.len) as usize,
            None => 0,
        };
        let (units, others) = (self.sequence.around(at).0, self.sequence.around(source).0);
        let before = units.iter().rev().zip(others.iter().rev()).take(at - floor.min(at));
        let back = before.take_while(|(a, b)| a.hash() == b.hash()).count();
        let start = at - back;
        while let Some(last) = self.found.last_mut() {
            let last_end = (last.at + last.len) as usize;
            if last_end <= start {
                break;
            }
            if last.at as usize >= start {
                self.found.pop();
            } else {
                last.len = start as u32 - last.at;
            }
        }
        self.found.push(Repeat { at: start as u32, source: (source - back) as u32, len: (end - start) as u32 });
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl SequenceUnit for u8 {
        fn hash(&self) -> u64 {
            mix(u64::from(*self))
        }
        fn weight(&self) -> u32 {
            1
        }
    }

    fn repeats(parts: &[&str], least: u32) -> Vec<(u32, u32, u32)> {
        let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
        RepeatIndex::new(&parts, least)
            .repeats(Scope::Across(&|_, _| true))
            .iter()
            .map(|r| (r.at, r.source, r.len))
            .collect()
    }

    #[test]
    fn runs_are_maximal() {
        assert_eq!(repeats(&["abcdefgh-xbcdefgy"], 3), [(10, 1, 6)]);
        assert_eq!(repeats(&["abcdef", "xabcdy"], 3), [(7, 0, 4)]);
        assert_eq!(repeats(&["abc", "xab"], 3), []);
    }

    #[test]
    fn the_longest_source_wins_and_reaches_back_over_a_shorter_one() {
        assert_eq!(repeats(&["abcd", "cdefghij", "abcdefghij"], 2), [(4, 2, 2), (12, 0, 2), (14, 4, 8)]);
    }

    #[test]
    fn a_sequence_that_repeats_itself_is_one_run() {
        assert_eq!(repeats(&["aaaaaaaa"], 2), [(1, 0, 7)]);
        assert_eq!(repeats(&["abcabcabc"], 3), [(3, 0, 6)]);
    }

    #[test]
    fn parts_that_may_not_be_compared_are_not() {
        let parts = [&b"abcdef"[..], b"abcdefabcdef"];
        let index = RepeatIndex::new(&parts, 3);
        let own = [Repeat { at: 12, source: 6, len: 6 }];
        assert_eq!(index.repeats(Scope::Across(&|_, _| false)), own);
        assert_eq!(index.repeats(Scope::Within), own);
    }

    #[test]
    fn windows_of_equal_runs_are_equal_wherever_they_stand() {
        let mut windows = std::collections::BTreeMap::new();
        let parts = [&b"abcdeabcde"[..], b"", b"xabcde"];
        for_each_window(&Sequence::new(&parts), 3, |at, window| {
            windows.insert(at, window);
        });
        assert_eq!(windows[&0], windows[&5]);
        assert_eq!(windows[&2], windows[&7]);
        assert_eq!(windows[&0], windows[&11]);
        assert!([8, 9, 14, 15].iter().all(|at| !windows.contains_key(at)));
    }

    /// Returns a sequence of `len` letters among the first `alphabet` ones, by a mixing hash.
    fn letters(seed: u64, len: usize, alphabet: u64) -> Vec<u8> {
        (0..len as u64).map(|at| b'a' + (mix(seed << 32 | at) % alphabet) as u8).collect()
    }

    #[test]
    fn runs_are_equal_maximal_and_apart_and_nothing_that_stands_twice_is_missed() {
        const LEAST: usize = 4;
        for seed in 0..300 {
            let text = letters(seed, 60, 2 + seed % 9);
            let found = RepeatIndex::new(&[text.as_slice()], LEAST as u32).repeats(Scope::Across(&|_, _| true));
            let mut reached = 0;
            let mut covered = vec![false; text.len()];
            for run in &found {
                let (at, source, len) = (run.at as usize, run.source as usize, run.len as usize);
                assert!(source < at && at >= reached && len >= LEAST, "seed {seed}: {found:?}");
                assert_eq!(text[at..at + len], text[source..source + len], "seed {seed}");
                covered[at..at + len].fill(true);
                reached = at + len;
            }
            for at in 1..=text.len() - LEAST {
                let window = &text[at..at + LEAST];
                let before = text[..at + LEAST - 1].windows(LEAST).any(|earlier| earlier == window);
                // A longer run may take units from the run before it, of which too little is left then.
                let near = &covered[at..(at + 2 * LEAST).min(text.len())];
                assert!(!before || near.contains(&true), "seed {seed}, place {at}");
            }
        }
    }
}
