//! Items (numbered or titled units of content) and the runs they form.
//!
//! Knows spans; not how items are recognised.

use super::id::{BlockId, ItemId, SectionId};
use super::span::Span;

/// A numbered (or titled) unit of content: `### 241. What is gRPC?`, `**Q361: How…**`, `12. **Why…**`.
///
/// An item without a number is a labelled question (`**Q: T**`) or a heading, bold line, bullet or line that asks one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its number, if it has one.
    pub number: Option<Number>,
    /// How its label is written.
    pub style: Style,
    /// Its label and title: a heading, or the line that opens it.
    pub span: Span,
    /// Its title as written, without label and outer markup; may be empty.
    pub title: Span,
    /// What stands under the title, up to the next item of its rank or the next heading that ends it.
    pub body: Span,
    /// The index of the innermost section it stands in (for a heading item, the section that encloses its own).
    pub section: Option<SectionId>,
    /// The index of the block that holds its title.
    pub block: BlockId,
    /// The index of the innermost item whose body it stands in: a step of an answer, a question of a part.
    pub parent: Option<ItemId>,
}

/// A number as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// The number, or the first of an interval.
    pub value: u32,
    /// The last number of an interval ("Day 3-4").
    pub last: Option<u32>,
    /// Where it is written.
    pub span: Span,
}

impl Number {
    /// The number that the next item has to follow: of an interval, its last one.
    pub fn end(self) -> u32 {
        self.last.unwrap_or(self.value)
    }
}

/// How the label of an item is written: what has to agree for two items to be of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Style {
    /// Where the label stands.
    pub place: LabelPosition,
    /// The word or letter before the number.
    pub word: LabelWord,
    /// What the number is written in.
    pub numeral: Numeral,
}

/// Where a label stands.
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
}

/// What a number is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Numeral {
    /// `12`.
    Decimal,
    /// `1️⃣2️⃣`, 🔟.
    Keycap,
    /// `XII`.
    Roman,
    /// `B`.
    Letter,
    /// There is no number.
    Absent,
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
    /// Whether it names a part of a document, which holds items, rather than an item.
    pub fn is_division(self) -> bool {
        use LabelWord::{Chapter, Level, Module, Part, Phase, Round, Section, Stage, Unit, Week};
        matches!(self, Part | Section | Chapter | Module | Unit | Level | Phase | Stage | Round | Week)
    }
}

/// Items of one style under one parent, in source order, up to where the count starts anew at 1: what "the next
/// number" is judged by. Only numbered items stand in runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemSequence {
    /// The style that its items share.
    pub style: Style,
    /// Indices of its items, in source order.
    pub items: Vec<ItemId>,
}

/// What the versions of a work are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Basis {
    /// Items: numbered, or titled as a question.
    #[default]
    Items,
    /// Headings, each with the text up to the next one: for translations of prose, which has few items or none.
    Topics,
}

/// A place where the items of a run do not count on by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberingDefect {
    /// What is wrong.
    pub kind: NumberingDefectKind,
    /// The index of the run.
    pub run: u32,
    /// The item that is counted from: the one before, or for `Repeat` the first one with this number.
    pub from: ItemId,
    /// The item that does not follow.
    pub item: ItemId,
    /// For `Gap`, the numbers that stand nowhere in the document, as closed ranges. Numbers that a broken code fence
    /// swallows or that are written in another way are not among them.
    pub missing: Vec<(u32, u32)>,
    /// The number that would make the count whole, if it is just this one that is wrong.
    pub expected: Option<u32>,
}

/// What can be wrong with a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NumberingDefectKind {
    /// Numbers are left out.
    Gap,
    /// A number stands twice.
    Repeat,
    /// A number stands where another one belongs.
    Order,
}
