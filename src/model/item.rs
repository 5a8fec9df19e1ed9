//! Items (numbered or titled units of content) and the sequences that they form.
//!
//! Knows spans; not how items are recognized.

use super::id::{BlockId, ItemId, SectionId, SequenceId};
use super::span::Span;
use crate::text::values::ranges::runs;

/// A numbered (or titled) unit of content: `### 241. How do tides work?`, `**Q361: How…**`, `12. **Why…**`.
///
/// An item without a number is a labelled question (`**Q: T**`) or a heading, bold line, bullet or line that asks one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its number, if it has one.
    pub number: Option<Number>,
    /// Style of its label.
    pub style: Style,
    /// Its label and title: a heading, or the line that begins it.
    pub span: Span,
    /// Its title as written, without label and outer markup; may be empty.
    pub title: Span,
    /// The text under the title, up to the next item of its rank or the next heading that ends it.
    pub body: Span,
    /// The innermost section that it is in; for a heading item, the section around its own.
    pub section: Option<SectionId>,
    /// The block that holds its title.
    pub block: BlockId,
    /// The innermost item whose body it is in: a step of an answer, a question of a part.
    pub parent: Option<ItemId>,
    /// True if it is an entry of a table of contents of its own document, and not a unit of content.
    pub is_contents: bool,
}

/// A number as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// The number, or the first of an interval; of a dotted number, its last part.
    pub value: u32,
    /// The last number of an interval ("Day 3-4").
    pub last: Option<u32>,
    /// The parts before the last one of a dotted number: 1 and 2 in "1.2.4".
    pub outer: OuterNumbers,
    /// The sign of an item that was inserted after the one of this number later.
    pub inserted: InsertedSign,
    /// Position of the digits.
    pub span: Span,
}

/// The sign that laws put after a number for an article that was inserted later: "bis" in "59bis", "a" in "5a". None if
/// there is no sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct InsertedSign(u8);

impl InsertedSign {
    /// The Latin signs, in their order, the first of them for the second article of one number.
    const LATIN: [&str; 19] = [
        "bis",
        "ter",
        "quater",
        "quinquies",
        "sexies",
        "septies",
        "octies",
        "novies",
        "decies",
        "undecies",
        "duodecies",
        "terdecies",
        "quaterdecies",
        "quindecies",
        "sexdecies",
        "septiesdecies",
        "octodecies",
        "noviesdecies",
        "vicies",
    ];
    /// The Latin signs after another one, of an article that was inserted after an inserted one: "107terbis".
    const SECOND: [&str; 3] = ["", "bis", "ter"];
    /// Number of the sign "a".
    const FIRST_LETTER: u8 = 64;

    /// Reads a sign: a Latin numeral adverb, perhaps with a second one ("terbis", "ter-bis"), or one small letter. `None` if
    /// the word is no sign.
    pub fn read(word: &str) -> Option<Self> {
        let latin = Self::SECOND.iter().enumerate().find_map(|(second, ending)| {
            let first = word.strip_suffix(ending)?;
            let first = if second > 0 { first.strip_suffix('-').unwrap_or(first) } else { first };
            let first = if first == "nonies" { "novies" } else { first };
            let at = Self::LATIN.iter().position(|sign| *sign == first)?;
            Some((Self::SECOND.len() * (at + 1) + second) as u8)
        });
        let letter = || match word.as_bytes() {
            [letter @ b'a'..=b'z'] => Some(Self::FIRST_LETTER + (letter - b'a')),
            _ => None,
        };
        latin.or_else(letter).map(Self)
    }

    /// Returns whether there is no sign.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }
}

impl std::fmt::Display for InsertedSign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.checked_sub(Self::FIRST_LETTER) {
            Some(letter) => write!(f, "{}", char::from(b'a' + letter)),
            None => {
                let (first, second) =
                    (usize::from(self.0) / Self::SECOND.len(), usize::from(self.0) % Self::SECOND.len());
                let first = first.checked_sub(1).and_then(|at| Self::LATIN.get(at)).unwrap_or(&"");
                write!(f, "{first}{}", Self::SECOND[second])
            }
        }
    }
}

/// The parts of a dotted number before the last one; none of a plain number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct OuterNumbers {
    len: u8,
    parts: [u16; 3],
}

impl OuterNumbers {
    /// Number of bits that hold one part in [`Number::key`].
    const PART_BITS: u32 = 12;

    /// The outer parts of a number. `None` if there are more than three, or if one does not fit in twelve bits.
    pub fn new(parts: &[u32]) -> Option<Self> {
        let mut outer = Self { len: u8::try_from(parts.len()).ok()?, parts: [0; 3] };
        for (at, part) in parts.iter().enumerate() {
            *outer.parts.get_mut(at)? = u16::try_from(*part).ok().filter(|part| *part < 1 << Self::PART_BITS)?;
        }
        Some(outer)
    }

    /// Returns the parts, outermost first.
    pub fn parts(&self) -> &[u16] {
        &self.parts[..usize::from(self.len)]
    }
}

impl Number {
    /// Number of bits below the sign in [`Number::key`].
    const SIGN_SHIFT: u32 = 56;

    /// Returns the sign of the number that has this key: 0 if it has none.
    pub fn sign_of(key: u64) -> u64 {
        key >> Self::SIGN_SHIFT
    }

    /// Reads a number as people refer to it: "12", "1.4", "59bis". `None` if it is none.
    pub fn read(text: &str) -> Option<Self> {
        let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
        let inserted =
            if digits < text.len() { InsertedSign::read(text[digits..].trim())? } else { Default::default() };
        let parts = text[..digits].split('.').map(|part| part.parse().ok()).collect::<Option<Vec<u32>>>()?;
        let (value, outer) = parts.split_last()?;
        Some(Self { value: *value, last: None, outer: OuterNumbers::new(outer)?, inserted, span: Span::at(0) })
    }

    /// Returns the number that the next item has to follow: of an interval, the last one.
    pub fn end(self) -> u32 {
        self.last.unwrap_or(self.value)
    }

    /// Returns a value that is equal for equal numbers only, and that differs by one for neighbours under one outer
    /// number: the number itself if it is not dotted.
    pub fn key(self) -> u64 {
        let parts = self.outer.parts();
        let path = parts.iter().fold(0, |path, part| (path | u64::from(*part)) << OuterNumbers::PART_BITS);
        let sign = u64::from(self.inserted.0);
        sign << Self::SIGN_SHIFT | (parts.len() as u64) << 52 | (path + u64::from(self.value))
    }
}

impl std::fmt::Display for Number {
    /// Writes the number as people refer to it: "12", "1.4", "59bis".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for part in self.outer.parts() {
            write!(f, "{part}.")?;
        }
        write!(f, "{}{}", self.value, self.inserted)
    }
}

/// Returns numbers as people write them in a list: "3, 5–8, 1.4". The numbers may come in any order.
pub fn listed(numbers: impl IntoIterator<Item = Number>) -> String {
    let mut all: Vec<Number> = numbers.into_iter().collect();
    all.sort_by_key(|number| number.key());
    let is_plain = |number: &Number| number.inserted.is_none();
    let parts = all.chunk_by(|a, b| a.outer == b.outer && is_plain(a) && is_plain(b)).map(|of_one| {
        if let [only] = of_one {
            return only.to_string();
        }
        let ranges = runs(of_one.iter().map(|number| number.value));
        let outer: String =
            of_one.iter().take(1).flat_map(|number| number.outer.parts()).map(|part| format!("{part}.")).collect();
        let written = ranges.iter().map(|&(first, last)| match last.saturating_sub(first) {
            0 => format!("{outer}{first}"),
            1 => format!("{outer}{first}, {outer}{last}"),
            _ => format!("{outer}{first}–{outer}{last}"),
        });
        written.collect::<Vec<_>>().join(", ")
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// Style of a label. Two items of one sequence have equal styles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Style {
    /// Position of the label.
    pub place: LabelPosition,
    /// The word or letter before the number.
    pub word: LabelWord,
    /// Numeral system of the number.
    pub numeral: Numeral,
}

/// Position of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LabelPosition {
    /// In a heading of this level.
    Heading(u8),
    /// In bold at the start of a line.
    Bold,
    /// As the number of an ordered list item, or the text of a bullet, at this depth of nesting (outermost 0).
    List(u8),
    /// At the start of a plain line.
    Line,
    /// In a table row.
    Table,
    /// In the summary of an HTML `<details>` element.
    Summary,
}

/// Numeral system of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Numeral {
    /// `12`.
    Decimal,
    /// `1️⃣2️⃣`, 🔟, ⑫.
    Keycap,
    /// `XII`.
    Roman,
    /// `B`.
    Letter,
    /// `1.4`.
    Dotted,
    /// `#4`.
    Hash,
    /// `٤`, `४`: the decimal digits of another script.
    Native,
    /// `三`.
    Chinese,
    /// There is no number.
    Absent,
}

impl Numeral {
    /// Returns whether people count on in this system for long, so that a number that is left out is a defect. Letters
    /// and Roman numerals mostly number a few choices or parts, and dotted numbers are numbers of sections.
    pub fn counts_on(self) -> bool {
        matches!(self, Self::Decimal | Self::Keycap | Self::Hash | Self::Native | Self::Chinese)
    }
}

/// The word of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the word itself")]
pub enum LabelWord {
    /// None: `12. T`.
    None,
    /// `Q12`.
    Q,
    Question,
    /// `Item 4`, `No. 4`, `Recipe 4`.
    Item,
    Article,
    /// The sign §.
    Paragraph,
    Clause,
    Appendix,
    Problem,
    Part,
    Section,
    Chapter,
    Module,
    Unit,
    Level,
    Phase,
    Stage,
    Round,
    Week,
    Day,
    Step,
    Lesson,
    Topic,
    Task,
    Exercise,
    Example,
    Scenario,
    Case,
    Method,
    Approach,
    Option,
    Solution,
    Program,
    Project,
    Snippet,
    Story,
    Pattern,
    Principle,
    Rule,
    Tip,
    Mistake,
    Challenge,
    Puzzle,
    Test,
    Layer,
}

impl LabelWord {
    /// Returns whether the word names a part of a document, which holds items, rather than an item.
    pub fn is_division(self) -> bool {
        use LabelWord::{Chapter, Level, Module, Part, Phase, Round, Section, Stage, Unit, Week};
        matches!(self, Part | Section | Chapter | Module | Unit | Level | Phase | Stage | Round | Week)
    }
}

/// Consecutive items of one style under one parent, up to where numbering restarts at 1: the items within which the
/// next number is expected. Only numbered items are in sequences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemSequence {
    /// The style that its items share.
    pub style: Style,
    /// Its items, in source order.
    pub items: Vec<ItemId>,
}

/// Units by which the versions of a work are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Basis {
    /// Items: numbered, or titled as a question.
    #[default]
    Items,
    /// Headings, each with the text up to the next one.
    Topics,
    /// Bullets under headings.
    Bullets,
    /// Summaries of HTML `<details>` elements.
    Summaries,
    /// Rows of tables.
    Rows,
    /// Terms that are defined.
    Terms,
    /// Files that the numbers in their names identify.
    Files,
}

impl Basis {
    /// All of them; the units of one are counted after those of the ones before it.
    pub const ALL: [Self; 7] =
        [Self::Items, Self::Topics, Self::Bullets, Self::Summaries, Self::Rows, Self::Terms, Self::Files];

    /// Returns the noun for some of the units.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Items => "items",
            Self::Topics => "headings",
            Self::Bullets => "bullets",
            Self::Summaries => "summaries",
            Self::Rows => "rows",
            Self::Terms => "terms",
            Self::Files => "files",
        }
    }

    /// Returns the noun for one of the units.
    pub const fn noun_of_one(self) -> &'static str {
        match self {
            Self::Items => "item",
            Self::Topics => "heading",
            Self::Bullets => "bullet",
            Self::Summaries => "summary",
            Self::Rows => "row",
            Self::Terms => "term",
            Self::Files => "file",
        }
    }
}

/// An item whose number does not follow from the one before it in its sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberingDefect {
    /// Kind of the defect.
    pub kind: NumberingDefectKind,
    /// The sequence that both items are in.
    pub sequence: SequenceId,
    /// The item that it is counted from: the one before, or for `Repeat` the first one with this number.
    pub from: ItemId,
    /// The item that does not follow.
    pub item: ItemId,
    /// For `Gap`, the numbers that occur nowhere in the document, as closed ranges. Numbers that are in code because of
    /// a defective fence, or that are written in another way, are not among them.
    pub missing: Vec<(u32, u32)>,
    /// The number that would make the sequence complete, if only this one is wrong.
    pub expected: Option<u32>,
}

/// Kinds of numbering defects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NumberingDefectKind {
    /// Numbers are left out.
    Gap,
    /// A number occurs twice.
    Repeat,
    /// A number is where another one is expected.
    Order,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_inserted_after_an_inserted_one_had_no_number() {
        let read = |text: &str| Number::read(text).map(|number| number.to_string());
        assert_eq!(read("107terbis").as_deref(), Some("107terbis"));
        assert_eq!(read("107ter-bis").as_deref(), Some("107terbis"));
        assert_eq!(read("107 ter").as_deref(), Some("107ter"));
        assert_eq!((read("107terter").as_deref(), read("107terx")), (Some("107terter"), None));
        let signs = ["bis", "ter", "terbis", "terter", "quater", "vicies", "a"].map(InsertedSign::read);
        assert!(signs.iter().all(Option::is_some) && signs.is_sorted());
    }
}
