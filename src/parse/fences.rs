//! Code fences that do not do what their writer meant: closed with text after them, never closed, or placed where there
//! is no code.
//!
//! CommonMark never fails, so a bad fence silently turns prose into code up to the next one. This module reads the
//! fence lines of a document a second time, as a writer sees them, and looks for the set of slips with the lowest cost
//! that explains them all: a shortest path over the fence lines with two states, text and code. It runs only where
//! CommonMark's own reading is odd, so a document without a defect costs one scan for fence marks.
//!
//! Knows the text and its lines; no rules.

use memchr::memmem;

use crate::model::document::{BlockKind, Document, FenceDefect, FenceDefectKind};
use crate::model::span::Span;

/// Fills in the fence defects.
pub(super) fn read(doc: &mut Document) {
    let marks = marks(doc);
    let mut defects = Vec::new();
    let end_of = |mark: &FenceMark| match doc.source.extraction() {
        Some(extraction) => extraction.part_at(mark.ticks.start).map_or(mark.line.end, |part| part.text.end),
        None => doc.text().len() as u32,
    };
    // No fence of a part of a container closes one in another part.
    for marks in marks.chunk_by(|a, b| end_of(a) == end_of(b)) {
        if FencePairing::of(doc, marks).is_odd() {
            let end = marks.first().map_or(0, end_of);
            let marks: Vec<FenceMark> = marks.iter().filter(|mark| may_count(doc, mark)).copied().collect();
            defects.extend(explain(doc, &marks, &FencePairing::of(doc, &marks), end));
        }
    }
    doc.fence_defects = defects;
}

/// A line that has a fence mark at its start or its end.
#[derive(Debug, Clone, Copy)]
struct FenceMark {
    /// The line, without its break.
    line: Span,
    /// The backticks or tildes.
    ticks: Span,
    /// The text of the line after the ticks.
    rest: Span,
    /// The character that is repeated: a backtick or a tilde.
    sign: u8,
    /// Number of characters before the ticks on their line.
    indent: u32,
    /// True if something other than the markers of quotes and list items precedes the ticks.
    tail: bool,
    /// The kind of text after the ticks.
    after: After,
}

/// Text after the ticks of a fence, by what it can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    /// No text: the fence may open or close.
    Nothing,
    /// Possibly the name of a language with attributes: the fence opens.
    Info,
    /// Anything else, which cannot be the name of a language.
    Text,
}

impl FenceMark {
    fn len(&self) -> u32 {
        self.ticks.len()
    }

    /// Returns whether CommonMark lets this mark close a block that `open` opened.
    fn closes(&self, open: &Self) -> bool {
        let like = self.sign == open.sign && self.len() >= open.len() && self.after == After::Nothing;
        like && !self.tail && self.indent <= open.indent + 3
    }
}

/// Returns the fence lines of the document, in order.
fn marks(doc: &Document) -> Vec<FenceMark> {
    let text = doc.text();
    let mut marks = Vec::new();
    for sign in ["```", "~~~"] {
        let mut next = 0;
        for at in memmem::find_iter(text.as_bytes(), sign.as_bytes()) {
            if at < next {
                continue;
            }
            let line = doc.line_span(at as u32);
            next = line.end as usize;
            marks.extend(mark(text, line, sign.as_bytes()[0]));
        }
    }
    marks.sort_by_key(|mark| mark.line);
    marks
}

fn mark(text: &str, line: Span, sign: u8) -> Option<FenceMark> {
    let written = text.get(line.range())?;
    let lead = written.len() - after_containers(written).len();
    let runs_from = |start: usize| written.as_bytes()[start..].iter().take_while(|&&byte| byte == sign).count();
    let span = |start: usize, end: usize| Span::new(line.start + start as u32, line.start + end as u32);
    let ticks = runs_from(lead);
    if ticks >= 3 {
        let rest = &written[lead + ticks..];
        // The info string of a backtick fence holds no backtick, so this is inline code.
        if sign == b'`' && rest.contains('`') {
            return None;
        }
        let after = after(rest);
        let rest = span(lead + ticks, written.len());
        let indent = written[..lead].chars().count() as u32;
        return Some(FenceMark { line, ticks: span(lead, lead + ticks), rest, sign, indent, tail: false, after });
    }
    // The only other kind of mark is one at the end of its line: the last line of code or text runs into the fence.
    let start = written.find("```").filter(|_| sign == b'`')?;
    let ticks = runs_from(start);
    let rest = &written[start + ticks..];
    if written[..start].contains('`') || rest.contains('`') || after(rest) == After::Text {
        return None;
    }
    let (ticks, rest_span) = (span(start, start + ticks), span(start + ticks, written.len()));
    Some(FenceMark { line, ticks, rest: rest_span, sign, indent: 0, tail: true, after: after(rest) })
}

/// Returns the line without its indentation and without the markers of quotes and list items at its start.
fn after_containers(line: &str) -> &str {
    let mut rest = line.trim_start();
    loop {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let next = if let Some(quoted) = rest.strip_prefix('>') {
            quoted
        } else if digits > 0
            && let Some(item) = rest[digits..].strip_prefix(['.', ')']).filter(|item| item.starts_with(' '))
        {
            item
        } else if let Some(item) = rest.strip_prefix(['-', '*', '+']).filter(|item| item.starts_with(' ')) {
            item
        } else {
            return rest;
        };
        rest = next.trim_start();
    }
}

fn after(rest: &str) -> After {
    /// Maximum length of the name of a language, in bytes (a guess).
    const MAX_NAME_BYTES: usize = 40;
    let rest = rest.trim();
    let Some(first) = rest.chars().next() else { return After::Nothing };
    let word = rest.split_whitespace().next().unwrap_or("");
    let name = word.trim_end_matches(|c: char| c != '+' && c != '#' && !c.is_alphanumeric());
    let attributes = rest.contains(['{', '=', ':', '[']) || rest.split_whitespace().count() <= 2;
    if first == '{'
        || (first.is_alphanumeric() && word.len() <= MAX_NAME_BYTES && name.len() + 2 >= word.len() && attributes)
    {
        After::Info
    } else {
        After::Text
    }
}

/// Returns whether a writer can have meant a mark as a fence: it is not in indented code, HTML or front matter, and
/// CommonMark does not take it for text because it is indented too far.
fn may_count(doc: &Document, mark: &FenceMark) -> bool {
    let Some(block) = doc.block_at(mark.ticks.start).map(|at| &doc[at]) else { return true };
    match block.kind {
        BlockKind::Code { info } => info.is_some(),
        BlockKind::Html | BlockKind::HtmlText | BlockKind::FrontMatter => false,
        BlockKind::Paragraph => mark.tail,
        _ => true,
    }
}

/// CommonMark's reading of the marks.
struct FencePairing {
    /// For each mark, the end of the code block that the lines after it belong to, if they do.
    code: Vec<Option<u32>>,
    /// For each mark, the end of the block that it opens, if it opens one.
    opened: Vec<Option<u32>>,
    /// Indexes of the marks that open an odd block: one that is never closed or has a fence inside.
    odd_openers: Vec<usize>,
}

impl FencePairing {
    fn of(doc: &Document, marks: &[FenceMark]) -> Self {
        let none = vec![None; marks.len()];
        let mut reading = Self { code: none.clone(), opened: none, odd_openers: Vec::new() };
        let mut next = 0;
        for block in doc.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Code { info: Some(_) })) {
            let skipped = marks[next..].partition_point(|mark| mark.line.end < block.span.start);
            let opener = next + skipped;
            let Some(open) = marks.get(opener).filter(|mark| mark.ticks.start <= block.span.start + 1) else {
                continue;
            };
            let inside = marks[opener + 1..].partition_point(|mark| mark.line.start < block.span.end);
            let last = opener + inside;
            let closed = inside > 0 && marks[last].line.end >= block.span.end && marks[last].closes(open);
            let rival = |mark: &FenceMark| !mark.tail && mark.sign == open.sign && mark.len() >= open.len();
            if !closed || marks[opener + 1..last].iter().any(rival) {
                reading.odd_openers.push(opener);
            }
            reading.opened[opener] = Some(block.span.end);
            let content = if closed { opener..last } else { opener..last + 1 };
            reading.code[content].fill(Some(block.span.end));
            next = last + 1;
        }
        reading
    }

    fn is_odd(&self) -> bool {
        !self.odd_openers.is_empty()
    }

    /// Returns the end of the block that this mark opens, if the block ends before `mark` because its container does.
    fn ends_before(&self, opener: usize, mark: &FenceMark) -> Option<u32> {
        self.opened[opener].filter(|&end| end < mark.line.start && self.odd_openers.binary_search(&opener).is_ok())
    }
}

/// The role of a mark on a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    /// Opens a block.
    Open,
    /// Closes the open block.
    Close,
    /// Closes the open block although CommonMark does not let it.
    BadClose,
    /// Opens the next block: the one before it ended earlier, at the line that starts at this offset.
    Reopen(u32),
    /// Belongs to no block.
    Stray,
    /// Is content: of a code block, or of text for a mark at the end of a line.
    Content,
}

/// Cost of a mark that is not written as it was meant, in points of [`markdown_sign`] (a guess): less than a heading within
/// code, so that a block that swallows a heading is worth the assumption of a slip.
const SLIP: u32 = 20;
/// Cost of a mark that belongs to no block (a guess), more than that of a slip, because people seldom type a fence for
/// nothing.
const STRAY: u32 = 30;
/// Cost of a state that cannot be reached; a quarter of the range, so that sums do not overflow.
const NEVER: u32 = u32::MAX / 4;
/// Maximum cost of Markdown in a code block with an info string (a guess).
const MAX_COST_AS_CODE: u32 = 100;
/// Maximum cost of Markdown in a bare code block (a guess): lower, because bare blocks often show Markdown.
const MAX_COST_AS_BARE_CODE: u32 = 80;
/// Cost of lines of code outside a code block (a guess).
const COST_AS_TEXT: u32 = 40;

/// The best path that ends in one state.
#[derive(Debug, Clone, Copy)]
struct Path {
    cost: u32,
    /// The mark that opened the block, in the state code.
    opener: usize,
}

/// The step by which a state was reached from the one before.
#[derive(Debug, Clone, Copy)]
struct PathStep {
    from_code: bool,
    act: Act,
}

/// Finds the path with the lowest cost through marks before `end`, and returns the places where it differs from
/// CommonMark's.
fn explain(doc: &Document, marks: &[FenceMark], reading: &FencePairing, end: u32) -> Vec<FenceDefect> {
    let stretches: Vec<BetweenFences> = (0..marks.len())
        .map(|at| {
            let end = marks.get(at + 1).map_or(end, |next| next.line.start);
            BetweenFences::read(doc, Span::new(marks[at].line.end, end), hash_in(doc, &marks[at]))
        })
        .collect();
    let never = Path { cost: NEVER, opener: 0 };
    let (mut text, mut code) = (Path { cost: 0, opener: 0 }, never);
    // For each mark, how the states after it were reached: text, code.
    let mut steps: Vec<[PathStep; 2]> = Vec::with_capacity(marks.len());
    for (at, mark) in marks.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| &stretches[before]);
        let mut best = [never; 2];
        let mut step = [PathStep { from_code: false, act: Act::Content }; 2];
        let mut offer = |to_code: bool, from_code: bool, act: Act, cost: u32, opener: usize| {
            let to = usize::from(to_code);
            let cost = cost.min(NEVER);
            if cost < best[to].cost {
                best[to] = Path { cost, opener };
                step[to] = PathStep { from_code, act };
            }
        };
        if mark.tail {
            offer(false, false, Act::Content, text.cost, 0);
            if mark.after == After::Info || stretches[at].is_code() {
                offer(true, false, Act::Open, text.cost + SLIP, at);
            }
            offer(true, true, Act::Content, code.cost, code.opener);
            if mark.after == After::Nothing {
                offer(false, true, Act::BadClose, code.cost + SLIP, 0);
            }
        } else {
            match mark.after {
                After::Text => offer(false, false, Act::Stray, text.cost + STRAY, 0),
                After::Nothing => {
                    offer(true, false, Act::Open, text.cost, at);
                    offer(false, false, Act::Stray, text.cost + STRAY, 0);
                }
                After::Info => offer(true, false, Act::Open, text.cost, at),
            }
            if code.cost < NEVER {
                let opener = &marks[code.opener];
                let natural = reading.ends_before(code.opener, mark);
                // A fence after the end of the container of its opening fence closes the block only in the writer's
                // mind.
                let doubt = match natural {
                    Some(end) if end > opener.line.end => SLIP * 2,
                    Some(_) => SLIP / 2,
                    None => 0,
                };
                if mark.closes(opener) {
                    offer(false, true, Act::Close, code.cost + doubt, 0);
                } else {
                    offer(true, true, Act::Content, code.cost + doubt, code.opener);
                    if mark.after != After::Info {
                        offer(false, true, Act::BadClose, code.cost + SLIP, 0);
                    }
                }
                let split = before.filter(|_| code.opener + 1 == at).and_then(|before| before.split);
                if let Some(split) = natural.filter(|_| code.opener + 1 == at).map(|end| end + 1).or(split)
                    && mark.after != After::Text
                {
                    // The stretch was charged as code that holds text. Split in two, each part is what it looks like,
                    // so the charge is refunded.
                    let refund = before.map_or(0, |before| before.cost_as_code(opener.after));
                    offer(true, true, Act::Reopen(split), code.cost - refund + SLIP, at);
                }
            }
        }
        [text, code] = best;
        if text.cost < NEVER {
            text.cost += stretches[at].cost_as_text();
        }
        if code.cost < NEVER {
            code.cost += stretches[at].cost_as_code(marks[code.opener].after);
        }
        steps.push(step);
    }
    Trace { doc, marks, reading, stretches: &stretches, steps: &steps, end }.faults(text, code)
}

/// Meaning of `#` in the language that a fence names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hash {
    /// It starts a comment.
    Comment,
    /// It has no meaning, or one that is not known.
    Other,
}

/// Returns the meaning of `#` in the language that a fence names.
fn hash_in(doc: &Document, mark: &FenceMark) -> Hash {
    const NAMES: [&str; 18] = [
        "bash",
        "sh",
        "shell",
        "zsh",
        "console",
        "python",
        "py",
        "yaml",
        "yml",
        "ruby",
        "rb",
        "toml",
        "dockerfile",
        "makefile",
        "r",
        "perl",
        "conf",
        "powershell",
    ];
    let info = doc.slice(mark.rest).trim().to_ascii_lowercase();
    if NAMES.contains(&info.as_str()) { Hash::Comment } else { Hash::Other }
}

/// The lines between two marks, with the evidence that they are code or Markdown.
#[derive(Debug, Clone, Copy, Default)]
struct BetweenFences {
    /// Sum of [`markdown_sign`] over the lines.
    markdown: u32,
    code_lines: u32,
    lines: u32,
    /// Offset of the line where Markdown starts after lines of code, if it does.
    split: Option<u32>,
    /// Offset of the paragraph where sentences start after other lines, up to the end, if they do.
    sentences: Option<u32>,
}

impl BetweenFences {
    fn read(doc: &Document, span: Span, hash: Hash) -> Self {
        let mut stretch = Self::default();
        let mut line_before = LineBefore::Empty;
        let mut offset = span.start;
        // Start of the sentences that lead up to a sign of Markdown. They are not code either.
        let mut sentences = None;
        // Code with text before it is an example in that text.
        let mut starts_as_text = false;
        for line in doc.slice(span).split_inclusive('\n') {
            let start = offset;
            offset += line.len() as u32;
            let line = line.trim_end();
            if line.trim().is_empty() {
                line_before = LineBefore::Empty;
                continue;
            }
            stretch.lines += 1;
            let sign = markdown_sign(line, line_before, hash);
            if is_code(line) {
                stretch.sentences = None;
            } else if sign == SENTENCE && line_before == LineBefore::Empty && stretch.lines > 1 {
                stretch.sentences.get_or_insert(start);
            }
            stretch.markdown += sign;
            line_before = LineBefore::Text;
            if is_code(line) {
                stretch.code_lines += 1;
                // Markdown before code does not end the code, unless it is a heading.
                stretch.split = stretch.split.filter(|_| stretch.markdown >= HEADING);
                sentences = None;
            } else if sign == 0 {
                sentences = None;
            } else {
                let from = *sentences.get_or_insert(start);
                starts_as_text |= stretch.code_lines == 0;
                if sign >= LABEL && stretch.split.is_none() && !starts_as_text {
                    stretch.split = Some(from);
                }
            }
        }
        stretch
    }

    fn is_code(&self) -> bool {
        self.code_lines >= 1 && self.code_lines * 2 >= self.lines
    }

    fn cost_as_code(&self, opener: After) -> u32 {
        let cap = if opener == After::Nothing { MAX_COST_AS_BARE_CODE } else { MAX_COST_AS_CODE };
        self.markdown.min(cap)
    }

    fn cost_as_text(&self) -> u32 {
        if self.code_lines >= 2 && self.code_lines * 2 > self.lines { COST_AS_TEXT } else { 0 }
    }
}

/// Weight of a heading as a sign of Markdown, in points of [`markdown_sign`] (a guess, as the weights below are).
const HEADING: u32 = 30;
/// Weight of a line that starts in bold.
const LABEL: u32 = 20;
/// Weight of a sentence.
const SENTENCE: u32 = 8;
/// Weight of a line that may be Markdown, but is usual in code, too: a thematic break, a commented heading.
const AMBIGUOUS: u32 = 5;
/// Minimum length of a sentence, in words (a guess): shorter ones are usual in code.
const MIN_SENTENCE_WORDS: usize = 7;

/// The line before a line between fences.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LineBefore {
    /// A line of white space, or a fence.
    Empty,
    Text,
}

/// Returns how strong a sign a line is of Markdown rather than code: 0 to [`HEADING`].
fn markdown_sign(line: &str, line_before: LineBefore, hash: Hash) -> u32 {
    let hashes = line.len() - line.trim_start_matches('#').len();
    if (2..=6).contains(&hashes) && line[hashes..].starts_with(' ') && line_before == LineBefore::Empty {
        return if hash == Hash::Comment && hashes == 2 { AMBIGUOUS } else { HEADING };
    }
    if let Some(bold) = line.strip_prefix("**")
        && bold.starts_with(|c: char| c.is_alphanumeric())
        && bold.find("**").is_some_and(|end| end > 1)
    {
        return LABEL;
    }
    if line == "---" && line_before == LineBefore::Empty {
        return AMBIGUOUS;
    }
    if is_sentence(line) { SENTENCE } else { 0 }
}

fn is_sentence(line: &str) -> bool {
    let ends = line.trim_end_matches(['"', '\'', ')', '*', '”']).ends_with(['.', '?', '!']);
    let starts = line.starts_with(|c: char| c.is_uppercase() || c == '*' || c == '-' || c == '"');
    ends && starts && line.split_whitespace().count() >= MIN_SENTENCE_WORDS && !line.contains([';', '{', '}', '='])
}

fn is_code(line: &str) -> bool {
    const STARTS: [&str; 22] = [
        "//", "func ", "import ", "package ", "return ", "const ", "let ", "var ", "def ", "class ", "public ",
        "private ", "if ", "for ", "while ", "#include", "SELECT ", "$ ", "type ", "go ", "/*", "from ",
    ];
    let words = line.trim();
    if is_sentence(line) || words.contains('`') && !words.ends_with(['{', '(', ';', ',']) {
        return false;
    }
    let ends = [";", "{", "}", "})", ");", "},", ");", "(", "),", "]", "],", "};", "->", "=>", "()"];
    let starts = STARTS.iter().any(|start| words.starts_with(start)) && !words.ends_with(['.', '?', ':']);
    let drawn = words.chars().filter(|c| matches!(c, '│' | '─' | '┌' | '└' | '├' | '▼' | '|')).count() >= 2;
    let indented = line.starts_with("    ") || line.starts_with('\t');
    let listed = words.starts_with(['-', '*', '>', '|']) || words.starts_with(|c: char| c.is_ascii_digit());
    let operators = words.contains(":=") || words.contains(" == ") || words.contains("();") || words.contains(" = ");
    if listed && !indented && words.contains(' ') && !words.starts_with('|') {
        return false;
    }
    starts || ends.iter().any(|end| words.ends_with(end)) || drawn || operators || (indented && !listed)
}

/// The parts of the search that are needed to turn the best path into defects.
struct Trace<'a> {
    doc: &'a Document,
    marks: &'a [FenceMark],
    reading: &'a FencePairing,
    stretches: &'a [BetweenFences],
    steps: &'a [[PathStep; 2]],
    /// End of the text that the marks are in.
    end: u32,
}

impl Trace<'_> {
    /// Returns the end of the last line that is not empty.
    fn last_line_end(&self) -> u32 {
        self.doc.slice(Span::new(0, self.end)).trim_end().len() as u32
    }

    fn faults(&self, text: Path, code: Path) -> Vec<FenceDefect> {
        let last_split = self.stretches.last().and_then(|last| last.split);
        let ends_in_code = match last_split.filter(|_| code.cost < NEVER && code.opener + 1 == self.marks.len()) {
            Some(_) => {
                let last = self.stretches[self.marks.len() - 1];
                code.cost - last.cost_as_code(self.marks[code.opener].after) + SLIP < text.cost
            }
            None => code.cost.saturating_add(SLIP) < text.cost,
        };
        let mut acts = vec![Act::Content; self.marks.len()];
        let mut in_code = ends_in_code;
        let mut meant = vec![false; self.marks.len()];
        for at in (0..self.marks.len()).rev() {
            let step = self.steps[at][usize::from(in_code)];
            meant[at] = in_code;
            acts[at] = step.act;
            in_code = step.from_code;
        }
        let mut faults: Vec<FenceDefect> = Vec::new();
        let mut opener: Option<usize> = None;
        for (at, &act) in acts.iter().enumerate() {
            match act {
                Act::Open | Act::Reopen(_) => {
                    if let (Act::Reopen(split), Some(open)) = (act, opener) {
                        faults.push(self.fault(FenceDefectKind::Unclosed, open, Some(split), at));
                    } else if self.marks[at].tail {
                        faults.push(self.fault(FenceDefectKind::TextBefore, at, None, at));
                    }
                    opener = Some(at);
                }
                Act::Close => {
                    if let Some(open) = opener
                        && self.reading.ends_before(open, &self.marks[at]).is_some()
                    {
                        let mut fault = self.fault(FenceDefectKind::Outdented, open, None, at);
                        fault.swallowed = Span::at(self.marks[at].line.end);
                        faults.push(fault);
                    }
                    opener = None;
                }
                Act::BadClose => {
                    let kind = match (self.marks[at].tail, self.marks[at].after) {
                        (true, _) => FenceDefectKind::TextBefore,
                        (false, After::Text) => FenceDefectKind::TextAfter,
                        _ => FenceDefectKind::Mismatched,
                    };
                    let mut fault = self.fault(kind, at, None, at);
                    fault.opener = opener.map(|open| self.marks[open].line);
                    faults.push(fault);
                    opener = None;
                }
                Act::Stray if let Some(outer) = self.outer_of(&acts, at) => {
                    let mut fault = self.fault(FenceDefectKind::Nested, at, None, at);
                    fault.opener = Some(self.marks[outer].line);
                    faults.push(fault);
                }
                Act::Stray if self.stray_is_certain(&acts, at) => {
                    faults.push(self.fault(FenceDefectKind::Stray, at, None, at))
                }
                Act::Stray | Act::Content => {}
            }
        }
        // A bare fence that looks like one too many swallows the sentences after the code all the same.
        let alone = self.marks.len().checked_sub(1).filter(|&last| acts[last] == Act::Stray && opener.is_none());
        if let Some(last) =
            alone.filter(|&last| self.reading.opened[last].is_some_and(|end| end >= self.last_line_end()))
            && let Some(sentences) = self.stretches[last].sentences
            && faults.last().is_none_or(|fault| fault.line != self.marks[last].line)
        {
            faults.push(self.fault(FenceDefectKind::Unclosed, last, Some(sentences), self.marks.len()));
        }
        if let Some(open) = opener.filter(|_| ends_in_code) {
            let ended = self.reading.opened[open].filter(|&end| end < self.last_line_end());
            let sentences = self.stretches.last().and_then(|last| last.sentences);
            let split = ended.map(|end| end + 1).or(last_split).or(sentences);
            let split = split.filter(|_| open + 1 == self.marks.len());
            faults.push(self.fault(FenceDefectKind::Unclosed, open, split, self.marks.len()));
        }
        let ends = self.ends_of_disagreement(&meant);
        for fault in &mut faults {
            fault.swallowed = self.swallowed(fault, &ends);
        }
        // From the next defect on, swallowed text belongs to that defect, so that no text is counted twice.
        let next: Vec<u32> = faults.iter().skip(1).map(|fault| fault.line.start).collect();
        for (fault, next) in faults.iter_mut().zip(next) {
            if next >= fault.swallowed.start {
                fault.swallowed.end = fault.swallowed.end.min(next);
            }
        }
        faults
    }

    fn fault(&self, kind: FenceDefectKind, mark: usize, repair: Option<u32>, until: usize) -> FenceDefect {
        let mark = &self.marks[mark];
        let end = self.marks.get(until).map_or(self.end, |next| next.line.start);
        let repair = repair.unwrap_or(match kind {
            FenceDefectKind::Unclosed => end,
            FenceDefectKind::TextBefore => mark.ticks.start,
            FenceDefectKind::TextAfter => mark.ticks.end,
            FenceDefectKind::Stray
            | FenceDefectKind::Nested
            | FenceDefectKind::Mismatched
            | FenceDefectKind::Outdented => mark.line.start,
        });
        FenceDefect {
            kind,
            line: mark.line,
            ticks: mark.ticks,
            opener: None,
            repair,
            swallowed: Span::at(mark.line.end),
        }
    }

    /// Returns the opening fence that a stray mark was meant to close, if a fence inside that block has closed it
    /// already.
    fn outer_of(&self, acts: &[Act], at: usize) -> Option<usize> {
        let closer = at.checked_sub(1).filter(|&before| acts[before] == Act::Close)?;
        let (outer, inner) = (closer.checked_sub(2)?, closer - 1);
        // A bare outer fence may look as stray as this one.
        let pairs = [(Act::Open, Act::Content), (Act::Stray, Act::Open)];
        if !pairs.contains(&(acts[outer], acts[inner])) || self.stray_is_certain(acts, outer) {
            return None;
        }
        let named = ["", "markdown", "md", "mdx", "text", "txt"];
        let shows_text = named.contains(&self.doc.slice(self.marks[outer].rest).trim());
        let opens = self.marks[inner].after == After::Info && !self.marks[inner].tail;
        // An outer fence that is longer than the fences inside need not be made longer.
        let as_long = self.marks[inner].ticks.len() >= self.marks[outer].ticks.len();
        (opens && as_long && shows_text && self.marks[at].closes(&self.marks[outer])).then_some(outer)
    }

    /// Returns whether a stray mark is certainly a defect: it opens an odd block, or one that is inside out, which
    /// means that it comes right after text and starts with an empty line.
    fn stray_is_certain(&self, acts: &[Act], at: usize) -> bool {
        let line_before = |at: usize| {
            let start = self.marks[at].line.start;
            start.checked_sub(1).map_or("", |end| self.doc.slice(self.doc.line_span(end))).trim()
        };
        let empty_after = |at: usize| {
            let next = self.doc.lines.line_of(self.marks[at].line.start) + 1;
            self.doc.slice(self.doc.lines.span_of(next, self.doc.text())).trim().is_empty()
        };
        let hangs = |at: usize| !line_before(at).is_empty() && !line_before(at).ends_with(':') && empty_after(at);
        let opens = self.reading.opened[at].is_some();
        let odd = self.reading.odd_openers.contains(&at);
        let doubled =
            at > 0 && acts[at - 1] == Act::Close && self.marks[at - 1].line.end + 2 >= self.marks[at].line.start;
        if !empty_after(at) && !doubled {
            return false;
        }
        if opens {
            let paired = acts.get(at + 1) == Some(&Act::Stray) && hangs(at + 1);
            odd || (hangs(at) && (paired || at + 1 == self.marks.len()))
        } else {
            let pair = at.checked_sub(1).filter(|&before| acts[before] == Act::Stray && hangs(before));
            pair.is_some() && hangs(at)
        }
    }

    /// Returns for each mark where CommonMark stops reading the lines after it as code although they are meant as text;
    /// the end of the mark's own line if they are read as meant.
    fn ends_of_disagreement(&self, meant: &[bool]) -> Vec<u32> {
        let mut ends = vec![0; self.marks.len()];
        for at in (0..self.marks.len()).rev() {
            let next = self.marks.get(at + 1);
            let goes_on = next.is_some_and(|mark| ends[at + 1] > mark.line.end);
            ends[at] = match self.reading.code[at].filter(|_| !meant[at]) {
                Some(end) if next.is_none_or(|next| end < next.line.start) => end,
                Some(_) if goes_on => ends[at + 1],
                Some(_) => next.map_or(0, |next| next.line.start),
                None => self.marks[at].line.end,
            };
        }
        ends
    }

    /// Returns the text that the defect turns into code.
    fn swallowed(&self, fault: &FenceDefect, ends: &[u32]) -> Span {
        let start = if fault.kind == FenceDefectKind::Outdented { fault.swallowed.start } else { fault.line.start };
        let after = self.marks.partition_point(|mark| mark.line.start <= start);
        let Some(at) = after.checked_sub(1) else { return fault.swallowed };
        if fault.kind != FenceDefectKind::Unclosed {
            let line = self.marks[at].line.end;
            return Span::new(line, ends[at].max(line));
        }
        // Up to the next mark, and beyond it if the lines after that mark are misread, too; never beyond the block
        // itself.
        let next = self.marks.get(after).map_or(self.end, |next| next.line.start);
        let end = match self.reading.code[at] {
            Some(end) if end < next => end,
            _ => self.marks.get(after).filter(|next| ends[after] > next.line.end).map_or(next, |_| ends[after]),
        };
        Span::new(fault.repair, end.max(fault.repair))
    }
}

#[cfg(test)]
mod tests;
