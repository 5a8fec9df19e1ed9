//! The context of a damaged region: the text around it, and what is known of its line and its document.
//!
//! Knows no encodings, and no candidates.

use std::hash::{BuildHasher, BuildHasherDefault};

use rustc_hash::{FxHashSet, FxHasher};

use crate::encoding::double::Blanks;
use crate::language::bigrams::Class;
use crate::language::languages::Languages;
use crate::language::ngrams::Context;
use crate::language::quotes::Quotes;
use crate::text::script::Script;

/// Minimum number of characters of these scripts that are evidence for the absence of another one (a guess).
const ENOUGH: usize = 4;

/// The scripts of East Asia that are distinguished.
const SCRIPTS: [Script; 3] = [Script::Han, Script::Kana, Script::Hangul];

/// Numbers of certain and of restored characters of each of [`SCRIPTS`] in a line.
#[derive(Clone, Copy, Default)]
pub(crate) struct Census {
    sure: [usize; SCRIPTS.len()],
    restored: [usize; SCRIPTS.len()],
}

/// CharOrigin of a character of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CharOrigin {
    /// The character is certain.
    Certain,
    /// The character was restored, so that it may be another one.
    Restored,
}

impl Census {
    /// Counts certain characters.
    pub(crate) fn of(sure: &[char]) -> Census {
        let mut census = Census::default();
        sure.iter().for_each(|&c| census.add(c, CharOrigin::Certain));
        census
    }

    /// Counts one more character.
    fn add(&mut self, c: char, origin: CharOrigin) {
        let counts = match origin {
            CharOrigin::Certain => &mut self.sure,
            CharOrigin::Restored => &mut self.restored,
        };
        if let Some(i) = SCRIPTS.iter().position(|&s| Some(s) == Script::of_cjk(c)) {
            counts[i] += 1;
        }
    }

    /// Returns the counts with further characters added.
    pub(crate) fn with(mut self, chars: impl Iterator<Item = (char, CharOrigin)>) -> Census {
        chars.for_each(|(c, origin)| self.add(c, origin));
        self
    }

    /// Returns whether the line is written in these scripts.
    pub(crate) fn is_wide(&self) -> bool {
        self.total() >= ENOUGH
    }

    fn total(&self) -> usize {
        self.sure.iter().chain(&self.restored).sum()
    }

    /// Returns which scripts the line has, as far as the counts are evidence.
    pub(crate) fn scripts(&self) -> Scripts {
        let is_wide = self.is_wide();
        let is_absent = |i: usize| is_wide && self.sure[i] == 0 && self.restored[i] * 4 <= self.total();
        Scripts { absent: std::array::from_fn(is_absent), is_wide }
    }
}

/// The scripts of a line.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Scripts {
    /// For each of [`SCRIPTS`], true if the line has few characters of it, all of them restored.
    absent: [bool; SCRIPTS.len()],
    /// True if the line is written in these scripts.
    pub(crate) is_wide: bool,
}

impl Scripts {
    /// Returns whether a character is of a script that the line does not have.
    pub(crate) fn lack(self, c: char) -> bool {
        SCRIPTS.iter().zip(self.absent).any(|(&s, is_absent)| is_absent && Some(s) == Script::of_cjk(c))
    }
}

/// The certain characters of a document; empty if there are too few.
#[derive(Clone, Default, Debug)]
pub(crate) struct Seen {
    chars: FxHashSet<char>,
    /// A hash of the characters.
    pub(crate) mark: u64,
    languages: Option<Languages>,
}

impl FromIterator<char> for Seen {
    fn from_iter<I: IntoIterator<Item = char>>(chars: I) -> Seen {
        let chars: FxHashSet<char> = chars.into_iter().collect();
        let hasher = BuildHasherDefault::<FxHasher>::default();
        let mark = chars.iter().fold(0u64, |mark, c| mark.wrapping_add(hasher.hash_one(c) | 1));
        let languages = Some(Languages::of(chars.iter().copied()));
        Seen { chars, mark, languages }
    }
}

impl Seen {
    /// Returns the number of characters.
    pub(crate) fn len(&self) -> usize {
        self.chars.len()
    }

    /// Returns the languages that have most of its letters.
    pub(crate) fn languages(&self) -> Languages {
        self.languages.unwrap_or(Languages::ANY)
    }

    /// Returns whether the document has the character, or its characters are not known.
    pub(crate) fn may_have(&self, c: char) -> bool {
        self.chars.is_empty() || self.chars.contains(&c)
    }
}

/// The context of a region.
pub(crate) struct Around<'a> {
    /// The text before it, as repaired.
    pub(crate) before: Context,
    /// The characters after it, up to the end of the line or as many as the model needs.
    pub(crate) after: &'a [char],
    pub(crate) left: Class,
    pub(crate) right: Class,
    pub(crate) quotes: Quotes,
    pub(crate) seen: &'a Seen,
    pub(crate) blanks: Blanks,
    pub(crate) scripts: Scripts,
    /// True for Latin text with single symbols in it.
    pub(crate) is_narrow: bool,
    /// True if question marks replace the character after a lost byte, too.
    pub(crate) eats: bool,
    /// True if something other than [`SUBSTITUTE`](crate::encoding::codepage::SUBSTITUTE) replaces lost bytes in the line.
    pub(crate) has_other_losses: bool,
}
