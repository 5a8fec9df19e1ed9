//! Which stretches of a sequence stand in it before: maximal equal runs, in linear time.
//!
//! Works on hashes alone; knows no text, no Markdown and no files.

use super::shingle::mix;

/// One element of the sequence.
pub trait Unit {
    /// Equal for equal elements, and practically only for these: 64 well spread bits.
    fn hash(&self) -> u64;
    /// How much it weighs.
    fn weight(&self) -> u32;
}

/// A stretch that stands earlier in the sequence too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Repeat {
    /// Index of its first unit.
    pub at: u32,
    /// Index of the first unit of the earlier place; the two may overlap if the stretch repeats itself.
    pub source: u32,
    /// How many units are equal.
    pub len: u32,
}

/// How many earlier places are tried for each stretch. It bounds the work to this many times the length of the
/// sequence.
const CANDIDATES: usize = 12;

/// Finds what stands twice in `parts`, taken as one sequence in which no run crosses from one part into the next.
///
/// The result covers each unit at most once and is sorted by `at`. Each stretch weighs `least` or more and is maximal
/// against its source; among several sources the longest run wins, then the part that the stretch before came from,
/// then the nearest. `may(later, earlier)` says whether two parts are compared at all.
///
/// Every stretch of the wanted weight starts with a window that just reaches it, and equal stretches start with equal
/// windows; so the places to compare are those whose windows are equal. Time and memory are linear in the number of
/// units: 28 bytes for each, and 16 more for each whose window stands twice.
pub fn find<U: Unit>(parts: &[&[U]], least: u32, may: &dyn Fn(usize, usize) -> bool) -> Vec<Repeat> {
    let sequence = Sequence::new(parts);
    let seeds = Seeds::new(&sequence, least);
    Search { sequence: &sequence, seeds: &seeds, may, found: Vec::new(), least }.run()
}

/// All units in one row, each part closed by a unit that is equal to no other.
struct Sequence {
    hashes: Vec<u64>,
    sizes: Vec<u32>,
    /// Index of the first unit of each part, in a row that counts the closing units.
    starts: Vec<u32>,
}

impl Sequence {
    fn new<U: Unit>(parts: &[&[U]]) -> Self {
        let len = parts.iter().map(|part| part.len() + 1).sum();
        let mut all = Self { hashes: Vec::with_capacity(len), sizes: Vec::with_capacity(len), starts: Vec::new() };
        for (at, part) in parts.iter().enumerate() {
            all.starts.push(all.hashes.len() as u32);
            all.hashes.extend(part.iter().map(|unit| unit.hash()));
            all.sizes.extend(part.iter().map(Unit::weight));
            all.hashes.push(mix(0xC105_ED00_0000_0000 | at as u64));
            all.sizes.push(0);
        }
        all
    }

    fn part_of(&self, at: usize) -> usize {
        self.starts.partition_point(|&start| start as usize <= at).saturating_sub(1)
    }
}

/// The places whose windows are equal.
struct Seeds {
    /// Window and place, sorted; only windows that may stand twice.
    sorted: Vec<(u64, u32)>,
    /// For each place its index in `sorted`, or [`NONE`].
    index: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl Seeds {
    fn new(sequence: &Sequence, least: u32) -> Self {
        let windows = windows(sequence, least);
        let mut filter = Filter::new(windows.len());
        for &window in windows.iter().filter(|&&window| window != 0) {
            filter.add(window);
        }
        let mut sorted: Vec<(u64, u32)> = windows
            .iter()
            .enumerate()
            .filter(|&(_, &window)| window != 0 && filter.may_repeat(window))
            .map(|(at, &window)| (window, at as u32))
            .collect();
        drop(windows);
        sorted.sort_unstable();
        let mut index = vec![NONE; sequence.hashes.len()];
        for (rank, &(_, at)) in sorted.iter().enumerate() {
            index[at as usize] = rank as u32;
        }
        Self { sorted, index }
    }

    /// The places before `at` whose windows equal its own, nearest first.
    fn earlier(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let rank = self.index[at];
        let before = if rank == NONE { &[][..] } else { &self.sorted[..rank as usize] };
        let window = self.sorted.get(rank as usize).map_or(0, |seed| seed.0);
        before.iter().rev().take_while(move |seed| seed.0 == window).map(|seed| seed.1 as usize)
    }
}

/// For each place a hash of the shortest run of units from there that weighs `least`; 0 where its part ends before.
fn windows(sequence: &Sequence, least: u32) -> Vec<u64> {
    const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
    let len = sequence.hashes.len();
    let mut windows = vec![0; len];
    // A polynomial over the hashes, rolled: the first unit has the highest power.
    let (mut end, mut weight, mut hash, mut power) = (0, 0u64, 0u64, 1u64);
    for (start, window) in windows.iter_mut().enumerate() {
        while end < len && weight < u64::from(least) && !closes(sequence, end) {
            hash = hash.wrapping_mul(BASE).wrapping_add(sequence.hashes[end]);
            weight += u64::from(sequence.sizes[end]);
            power = power.wrapping_mul(BASE);
            end += 1;
        }
        if weight >= u64::from(least) {
            *window = mix(hash ^ (end - start) as u64).max(1);
        }
        if end > start {
            power = power.wrapping_mul(INVERSE);
            hash = hash.wrapping_sub(sequence.hashes[start].wrapping_mul(power));
            weight -= u64::from(sequence.sizes[start]);
        } else {
            end = start + 1;
        }
    }
    return windows;

    fn closes(sequence: &Sequence, at: usize) -> bool {
        sequence.starts.binary_search(&(at as u32 + 1)).is_ok() || at + 1 == sequence.hashes.len()
    }
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
}

/// Tells in two bits a bucket which hashes came once, so that what stands only once is never sorted.
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

struct Search<'a> {
    sequence: &'a Sequence,
    seeds: &'a Seeds,
    may: &'a dyn Fn(usize, usize) -> bool,
    found: Vec<Repeat>,
    least: u32,
}

impl Search<'_> {
    fn run(mut self) -> Vec<Repeat> {
        let len = self.sequence.hashes.len();
        let mut at = 0;
        while at < len {
            match self.best(at) {
                Some(source) => at = self.take(at, source),
                None => at += 1,
            }
        }
        let (sequence, least) = (self.sequence, u64::from(self.least));
        let weight = |repeat: &Repeat| {
            let sizes = &sequence.sizes[repeat.at as usize..(repeat.at + repeat.len) as usize];
            sizes.iter().map(|&size| u64::from(size)).sum::<u64>()
        };
        self.found.retain(|repeat| weight(repeat) >= least);
        // Told in the caller's units: without the closing unit of each part before.
        for repeat in &mut self.found {
            repeat.at -= sequence.part_of(repeat.at as usize) as u32;
            repeat.source -= sequence.part_of(repeat.source as usize) as u32;
        }
        self.found
    }

    /// The earlier place that agrees with `at` for longest.
    fn best(&self, at: usize) -> Option<usize> {
        let part = self.sequence.part_of(at);
        let last = self.found.last().map(|repeat| self.sequence.part_of(repeat.source as usize));
        let mut best: Option<((usize, bool), usize)> = None;
        let mut tried = 0;
        // Parts that may not be compared cost little, but a bound of their own keeps the whole linear.
        for source in self.seeds.earlier(at).take(CANDIDATES * 16) {
            let from = self.sequence.part_of(source);
            if from != part && !(self.may)(part, from) {
                continue;
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
        let hashes = &self.sequence.hashes;
        hashes[at..].iter().zip(&hashes[source..]).take_while(|(a, b)| a == b).count()
    }

    /// Records the run from `source`, stretched backwards over a shorter one before it; returns where to go on.
    fn take(&mut self, at: usize, source: usize) -> usize {
        let len = self.agreement(at, source);
        let end = at + len;
        let hashes = &self.sequence.hashes;
        let floor = match self.found.last() {
            Some(last) if (last.len as usize) < len => last.at as usize,
            Some(last) => (last.at + last.len) as usize,
            None => 0,
        };
        let room = (at - floor.min(at)).min(source);
        let back = (1..=room).take_while(|&back| hashes[at - back] == hashes[source - back]).count();
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

    impl Unit for u8 {
        fn hash(&self) -> u64 {
            mix(u64::from(*self))
        }
        fn weight(&self) -> u32 {
            1
        }
    }

    fn repeats(parts: &[&str], least: u32) -> Vec<(u32, u32, u32)> {
        let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
        find(&parts, least, &|_, _| true).iter().map(|r| (r.at, r.source, r.len)).collect()
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
        assert_eq!(find(&[&b"abcdef"[..], b"abcdef"], 3, &|_, _| false), []);
    }

    #[test]
    fn windows_of_equal_runs_are_equal_wherever_they_stand() {
        let sequence = Sequence::new(&[&b"abcdeabcde"[..], b"xabcde"]);
        let windows = windows(&sequence, 3);
        assert_eq!(windows[0], windows[5]);
        assert_eq!(windows[2], windows[7]);
        assert_eq!(windows[0], windows[12]);
        assert_eq!(&windows[8..11], [0, 0, 0]);
    }

    /// A sequence of `len` letters out of the first `alphabet` ones, by a linear congruential generator.
    fn letters(seed: u64, len: usize, alphabet: u64) -> Vec<u8> {
        (0..len as u64).map(|at| b'a' + (mix(seed << 32 | at) % alphabet) as u8).collect()
    }

    #[test]
    fn runs_are_equal_maximal_and_apart_and_nothing_that_stands_twice_is_missed() {
        const LEAST: usize = 4;
        for seed in 0..300 {
            let text = letters(seed, 60, 2 + seed % 9);
            let found = find(&[text.as_slice()], LEAST as u32, &|_, _| true);
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
                // A longer run may take units from the ones before it, of which too little is left then.
                let near = &covered[at..(at + 2 * LEAST).min(text.len())];
                assert!(!before || near.contains(&true), "seed {seed}, place {at}");
            }
        }
    }
}
