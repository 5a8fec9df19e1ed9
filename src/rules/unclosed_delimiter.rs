//! `unclosed-delimiter`: a fence, comment or emphasis without an end where its author meant one.

use memchr::memmem;

use crate::model::document::{BlockKind, Document, FenceDefect, FenceDefectKind, ProseBlock};
use crate::model::edit::{Applicability, Edit, Fix, Stage};
use crate::model::finding::{Family, Finding, Severity, Tier};
use crate::model::site::Generator;
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};
use crate::text::english::dictionary::is_english;
use crate::text::words::words;

pub(crate) static RULE: Rule = Rule {
    id: "unclosed-delimiter",
    family: Family::Structure,
    tier: Tier::Gate,
    severity: Severity::Error,
    stage: Stage::Structure,
    summary: "a fence, comment or emphasis does not end where it should",
    page: include_str!("../../rules/unclosed-delimiter.md"),
    check: Check::Document(check),
};

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    let extended = !doc.fence_defects.is_empty() && has_extended_fences(doc);
    let swallowed = !doc.fence_defects.is_empty() && cx.collection.generator_of(doc) == Some(Generator::Jekyll);
    let swallowed = swallowed && has_fence_after_html(doc);
    for defect in doc.fence_defects.iter().filter(|defect| !is_after_templates(doc, defect)) {
        let finding = fence(doc, defect, out);
        // To the parser of such a site its fences are right.
        if extended || swallowed {
            finding.tier(Tier::Audit);
        }
    }
    comments(doc, out);
    // Entries of containers are plain text.
    if !doc.has_entries() {
        emphasis(doc, cx, out);
    }
    if cx.audit {
        for prose in doc.prose.blocks.iter().filter(|prose| is_running_text(doc, prose)) {
            bracket(doc, prose, out);
            square_bracket(doc, prose, out);
        }
        quotes(doc, out);
    }
}

/// Returns true if nothing but tags of a template is before a fence on its line, so that the fence begins the line of the page:
/// `` {% endraw %}``` ``.
fn is_after_templates(doc: &Document, defect: &FenceDefect) -> bool {
    let mut before = doc.slice(Span::new(defect.line.start, defect.ticks.start)).trim();
    let is_template = before.starts_with("{%");
    while let Some((_, after)) = before.strip_prefix("{%").and_then(|rest| rest.split_once("%}")) {
        before = after.trim_start();
    }
    defect.kind == FenceDefectKind::TextBefore && is_template && before.is_empty()
}

/// Returns true if a fence directly follows the end of an element of HTML: kramdown ends the HTML there, and CommonMark only
/// at an empty line.
fn has_fence_after_html(doc: &Document) -> bool {
    let html = doc.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Html | BlockKind::HtmlText));
    html.map(|block| doc.slice(block.span)).any(|text| memmem::find(text.as_bytes(), b">\n```").is_some())
}

/// Returns true if some fence has an attribute with inline code, as in `` ```note title="The `x` key" ``: CommonMark takes
/// no such line for a fence, so a site with them has a parser of its own.
fn has_extended_fences(doc: &Document) -> bool {
    memmem::find_iter(doc.text().as_bytes(), "=\"").any(|at| {
        let line = doc.slice(doc.line_span(at as u32)).trim_start();
        let info = line.trim_start_matches('`');
        let named = info.starts_with(|c: char| c.is_ascii_alphabetic());
        line.len() - info.len() >= 3 && named && info.contains('`') && !info.contains("```")
    })
}

fn fence<'a>(doc: &Document, defect: &FenceDefect, out: &'a mut Report) -> &'a mut Finding {
    let message = match defect.kind {
        FenceDefectKind::TextAfter => "this fence has text after it, so it does not close its code block",
        FenceDefectKind::TextBefore => "this fence is at the end of a line, so it is not a fence",
        FenceDefectKind::Unclosed => "this code block is never closed",
        FenceDefectKind::Mismatched => {
            "this fence differs from the one that opened its code block, so it does not close it"
        }
        FenceDefectKind::Outdented if outdented_fence(doc, defect, &lead(doc, defect.line)).is_some() => {
            "the closing fence of this code block is indented less than its list item, so it does not close it"
        }
        FenceDefectKind::Outdented => "the lines after this fence are indented less than it, so they are not its code",
        FenceDefectKind::Nested => "this fence does not close its code block, because one inside it already has",
        FenceDefectKind::Stray => "this fence belongs to no code block and opens one by accident",
    };
    let finding = out.find(doc.id, defect.line, message);
    if let Some(opener) = defect.opener {
        finding.related(doc.id, opener, "the code block opens here");
    }
    let lost = headings_in(doc, defect.swallowed);
    if let Some(first) = lost.first() {
        let message = match lost.len() {
            1 => "this heading is code".to_owned(),
            more => format!("{more} headings are code, from this one on"),
        };
        finding.related(doc.id, *first, message);
    }
    finding.data("headings", lost.len());
    fix_of(doc, defect, finding);
    finding
}

/// Returns the lines in `span` that would be headings outside code.
fn headings_in(doc: &Document, span: Span) -> Vec<Span> {
    let mut lines = Vec::new();
    let mut start = span.start;
    for line in doc.slice(span).split_inclusive('\n') {
        let hashes = line.len() - line.trim_start_matches('#').len();
        if (1..=6).contains(&hashes) && line[hashes..].starts_with(' ') {
            lines.push(Span::new(start, start + line.trim_end().len() as u32));
        }
        start += line.len() as u32;
    }
    lines
}

fn fix_of(doc: &Document, defect: &FenceDefect, finding: &mut Finding) {
    let newline = line_break(doc, defect.line);
    let lead = lead(doc, defect.opener.unwrap_or(defect.line));
    let ticks = doc.slice(defect.ticks);
    let fix = match defect.kind {
        FenceDefectKind::TextAfter if let Some(fix) = unquoted(doc, defect).or_else(|| without_mark(doc, defect)) => {
            fix
        }
        // On a line of its own, the mark would be shown.
        FenceDefectKind::TextAfter if is_emphasis_mark(doc.slice(Span::new(defect.ticks.end, defect.line.end))) => {
            match without_emphasis(doc, defect) {
                Some(fix) => fix,
                None => return,
            }
        }
        FenceDefectKind::TextAfter => {
            let rest = doc.slice(Span::new(defect.ticks.end, defect.line.end));
            let blank = (rest.len() - rest.trim_start().len()) as u32;
            let span = Span::new(defect.ticks.end, defect.ticks.end + blank);
            // Quotation marks and asterisks do not occur in code on their own, so they can only belong to the text
            // around it.
            let safe =
                rest.trim().chars().all(|c| !c.is_alphanumeric() && c != '/' && c != '#') && !lost_nothing(defect);
            let level = if safe { Applicability::Safe } else { Applicability::Unsafe };
            let moved = Edit::replace(doc.id, span, format!("{newline}{lead}"));
            Fix::new(level, "move the text after it to its own line", moved)
        }
        FenceDefectKind::TextBefore => {
            let before = doc.slice(Span::new(defect.line.start, defect.ticks.start));
            let blank = (before.len() - before.trim_end().len()) as u32;
            let span = Span::new(defect.ticks.start - blank, defect.ticks.start);
            Fix::likely("move the fence to its own line", Edit::replace(doc.id, span, format!("{newline}{lead}")))
        }
        FenceDefectKind::Unclosed => {
            match indented(doc, defect, &lead).or_else(|| closing(doc, defect, newline, &lead)) {
                Some(fix) => fix,
                None => return,
            }
        }
        FenceDefectKind::Mismatched => match defect.opener {
            Some(opener) => {
                let opener = doc.slice(opener);
                let sign = if opener.contains("~~~") { '~' } else { '`' };
                let len = opener.chars().filter(|&c| c == sign).count();
                Fix::likely(
                    "use the same fence as at the opening",
                    Edit::replace(doc.id, defect.ticks, sign.to_string().repeat(len)),
                )
            }
            None => return,
        },
        FenceDefectKind::Nested => match defect.opener {
            Some(opener) => lengthened(doc, opener, defect.ticks),
            None => return,
        },
        FenceDefectKind::Outdented => match outdented_fence(doc, defect, &lead) {
            Some(fence) => {
                Fix::likely("indent the closing fence as far as the opening one", Edit::replace(doc.id, fence, lead))
            }
            None => {
                finding.help("indent the code as far as its fence");
                return;
            }
        },
        FenceDefectKind::Stray => {
            let line = doc.lines.span_of(doc.lines.line_of(defect.line.start), doc.text());
            debug_assert!(doc.slice(line).contains(ticks));
            Fix::likely("remove the fence", Edit::delete(doc.id, line))
        }
    };
    finding.fix(fix);
}

/// Returns the fix that removes the quotation marks around an answer that ends in a code block, if its only text after
/// the fence is the closing one.
fn unquoted(doc: &Document, fault: &FenceDefect) -> Option<Fix> {
    let rest = doc.slice(Span::new(fault.ticks.end, fault.line.end));
    let mark = rest.trim().chars().next().filter(|mark| rest.trim().len() == mark.len_utf8())?;
    let (_, opening) = *CLOSING_MARKS.iter().find(|(closing, _)| *closing == mark)?;
    let gap = (rest.len() - rest.trim_start().len()) as u32;
    let remove = |at: u32, sign: char| Edit::delete(doc.id, Span::new(at, at + sign.len_utf8() as u32));
    let close = remove(fault.ticks.end + gap, mark);
    let open = opening_mark(doc, fault, mark, opening)?;
    Some(Fix::likely("remove the quotation marks around the answer", [remove(open, opening), close]))
}

/// Marks that close, each with the one that opens before it.
const CLOSING_MARKS: [(char, char); 8] =
    [('"', '"'), ('”', '“'), ('“', '„'), ('’', '‘'), ('»', '«'), ('«', '»'), ('\'', '\''), (')', '(')];

/// Returns the place of the quotation mark that opens an answer whose code block ends with the closing one.
fn opening_mark(doc: &Document, fault: &FenceDefect, mark: char, opening: char) -> Option<u32> {
    let section = before_code(doc, fault)?;
    let before = doc.slice(section);
    // The opening mark begins the answer, perhaps after a label; all others before the code are in pairs.
    let at = before.find(opening)?;
    let label = before[..at].trim_end_matches(' ').trim_end_matches('*');
    let begins = label.is_empty() || label.ends_with([':', '\n', '>']);
    // An apostrophe is in a word.
    let is_mark = |at: &usize| {
        let (left, right) = (before[..*at].chars().next_back(), before[*at + 1..].chars().next());
        !(left.is_some_and(char::is_alphanumeric) && right.is_some_and(char::is_alphanumeric))
    };
    let count = || before.match_indices(mark).map(|(at, _)| at).filter(is_mark).count();
    let is_paired = match mark {
        ')' => before.matches('(').count() == before.matches(')').count() + 1,
        _ => mark != opening || count() % 2 == 1,
    };
    (begins && is_paired).then_some(section.start + at as u32)
}

/// Returns the text of the section before the code block of a defect.
fn before_code(doc: &Document, defect: &FenceDefect) -> Option<Span> {
    let fence = defect.opener?;
    let section = doc.headings.partition_point(|heading| heading.span.start < fence.start);
    let start = section.checked_sub(1).map_or(0, |at| doc.headings[at].span.end);
    Some(Span::new(start, fence.start))
}

/// Returns the fix that removes the one mark after a fence, if nothing before the code opens it: "```;", "```)".
fn without_mark(doc: &Document, fault: &FenceDefect) -> Option<Fix> {
    let rest = doc.slice(Span::new(fault.ticks.end, fault.line.end));
    let mark = rest.trim();
    let before = doc.slice(before_code(doc, fault)?);
    let is_balanced = |open: char, close: char| before.matches(open).count() <= before.matches(close).count();
    // An apostrophe is inside a word.
    let quotes = |sign: char| {
        let words = before.split_whitespace();
        words.filter(|word| word.starts_with(sign)).count()
            + before.split_whitespace().filter(|word| word.ends_with(sign)).count()
    };
    let is_stray = match mark {
        "." | "," | ";" | ":" => true,
        ")" => is_balanced('(', ')'),
        "]" => is_balanced('[', ']'),
        "}" => is_balanced('{', '}'),
        "'" | "\"" => quotes(mark.chars().next()?) % 2 == 0,
        "”" => is_balanced('“', '”'),
        "’" => is_balanced('‘', '’'),
        _ => false,
    };
    let end = fault.ticks.end + rest.trim_end().len() as u32;
    is_stray
        .then(|| Fix::likely("remove the mark after the fence", Edit::delete(doc.id, Span::new(fault.ticks.end, end))))
}

/// Returns true for asterisks or underscores alone.
fn is_emphasis_mark(text: &str) -> bool {
    ["*", "**", "***", "_", "__"].contains(&text.trim())
}

/// Returns the fix that removes the marks of emphasis around an answer that ends in a code block: the one after the fence,
/// and the only one before the code that no other closes.
fn without_emphasis(doc: &Document, fault: &FenceDefect) -> Option<Fix> {
    let rest = Span::new(fault.ticks.end, fault.line.end);
    let mark = doc.slice(rest).trim();
    let section = before_code(doc, fault)?;
    let before = doc.slice(section);
    let sign = mark.chars().next()?;
    // Runs of the sign, each with its length.
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in before.match_indices(sign) {
        match runs.last_mut() {
            Some((start, len)) if *start + *len == at => *len += 1,
            _ => runs.push((at, 1)),
        }
    }
    let same: Vec<usize> = runs.iter().filter(|(_, len)| *len == mark.len()).map(|(at, _)| *at).collect();
    let opening = *same.last().filter(|_| same.len() % 2 == 1)?;
    let is_opening = before[opening + mark.len()..].starts_with(|c: char| !c.is_whitespace())
        && before[..opening].chars().next_back().is_none_or(char::is_whitespace);
    let open = Span::new(section.start + opening as u32, section.start + (opening + mark.len()) as u32);
    is_opening.then(|| {
        let edits = [Edit::delete(doc.id, open), Edit::delete(doc.id, rest)];
        Fix::likely("remove the marks of emphasis around the answer", edits)
    })
}

/// Returns the fix that indents the closing fence of a block, if the block is only never closed because that fence is
/// further left than the list item.
fn indented(doc: &Document, fault: &FenceDefect, lead: &str) -> Option<Fix> {
    let after = doc.slice(Span::new(fault.repair, doc.text().len() as u32));
    let blank = after.len() - after.trim_start_matches(['\n', '\r']).len();
    let line = doc.line_span(fault.repair + blank as u32);
    let written = doc.slice(line);
    let indent = written.len() - written.trim_start_matches(' ').len();
    let closes = written.trim() == doc.slice(fault.ticks) && blank <= 2;
    let is_indent = !lead.is_empty() && lead.bytes().all(|byte| byte == b' ') && indent < lead.len();
    let span = Span::new(line.start, line.start + indent as u32);
    (closes && is_indent)
        .then(|| Fix::likely("indent the closing fence as far as the opening one", Edit::replace(doc.id, span, lead)))
}

/// Returns the indentation of the closing fence of a block whose code is indented as far as its opening fence, `lead`, but
/// the closing fence is not.
fn outdented_fence(doc: &Document, defect: &FenceDefect, lead: &str) -> Option<Span> {
    if lead.is_empty() || !lead.bytes().all(|byte| byte == b' ') {
        return None;
    }
    let mut start = doc.lines.span_of(doc.lines.line_of(defect.line.start), doc.text()).end;
    for line in doc.slice(Span::new(start, doc.span().end)).split_inclusive('\n') {
        let indent = (line.len() - line.trim_start_matches(' ').len()) as u32;
        if line.trim() == doc.slice(defect.ticks) {
            return ((indent as usize) < lead.len()).then(|| Span::new(start, start + indent));
        }
        if !line.trim().is_empty() && (indent as usize) < lead.len() {
            return None;
        }
        start += line.len() as u32;
    }
    None
}

/// Returns the fix that makes both fences of a block longer than those inside it.
fn lengthened(doc: &Document, opener: Span, closer: Span) -> Fix {
    let written = doc.slice(opener);
    let start = opener.start + written.find(['`', '~']).unwrap_or(0) as u32;
    let sign = if doc.slice(closer).starts_with('~') { "~" } else { "`" };
    let insert = |at: u32| Edit::insert(doc.id, at, sign);
    Fix::likely("make the outer fences longer", [insert(start), insert(closer.start)])
}

fn lost_nothing(defect: &FenceDefect) -> bool {
    defect.swallowed.is_empty()
}

/// Returns the fix that closes a block after its last line that is not empty.
fn closing(doc: &Document, defect: &FenceDefect, newline: &str, lead: &str) -> Option<Fix> {
    let block = doc.slice(Span::new(defect.line.end, defect.repair));
    let content = block.trim_end();
    if content.trim().is_empty() {
        return None;
    }
    let at = defect.line.end + content.len() as u32;
    let ticks = doc.slice(defect.ticks);
    let title = "close the code block";
    let at_end = defect.swallowed.is_empty();
    // Where text follows directly, an empty line separates it.
    let gap = if !at_end && block[content.len()..].matches('\n').count() < 2 { newline } else { "" };
    // At the end of the text, closing the block changes nothing in the rendered document. Prose in it is the sign that it
    // should have ended before.
    let level = if at_end && !ends_with_prose(content) { Applicability::Safe } else { Applicability::Unsafe };
    Some(Fix::new(level, title, Edit::insert(doc.id, at, format!("{newline}{lead}{ticks}{gap}"))))
}

/// Returns true if the last paragraph of a code block is a sentence of prose.
fn ends_with_prose(content: &str) -> bool {
    /// Minimum number of words (a guess): comments and messages are shorter.
    const MIN_WORDS: usize = 8;
    let last = content.lines().rev().take_while(|line| !line.trim().is_empty()).last().unwrap_or("").trim();
    let is_alone = content.trim_end().lines().any(|line| line.trim().is_empty());
    let is_sentence = last.starts_with(char::is_uppercase) && last.split_whitespace().count() >= MIN_WORDS;
    is_alone && is_sentence && content.trim_end().ends_with(['.', '!', '?', ':'])
}

/// Returns the line break as this document writes it.
fn line_break(doc: &Document, line: Span) -> &'static str {
    match doc.text().as_bytes().get(line.end as usize) {
        Some(b'\r') => "\r\n",
        _ => doc.line_break_at(line.end),
    }
}

/// Returns the beginning of a further line in the same containers: indentation and quote markers, spaces for a list
/// marker.
fn lead(doc: &Document, line: Span) -> String {
    let written = doc.slice(line);
    let start = written.find(['`', '~']).unwrap_or(0);
    let before = &written[..start];
    if before.chars().all(|c| c.is_whitespace() || c == '>') {
        return before.to_owned();
    }
    let marker = before.trim_start_matches([' ', '\t', '>']);
    let is_marker = marker.len() <= 6 && !marker.trim_end().contains(' ') && marker.ends_with(' ');
    if is_marker {
        before.chars().map(|c| if c == '>' || c.is_whitespace() { c } else { ' ' }).collect()
    } else {
        before.chars().take_while(|&c| c.is_whitespace() || c == '>').collect()
    }
}

/// Reports comments without an end: either the rest of the document is invisible, or the start of the comment is
/// visible.
fn comments(doc: &Document, out: &mut Report) {
    for html in &doc.html {
        let text = doc.slice(*html);
        if text.starts_with("<!--") && !text.contains("-->") {
            let start = Span::new(html.start, html.start + 4);
            out.find(doc.id, start, "this comment is never closed, so the text after it is not shown");
        }
    }
    for at in memmem::find_iter(doc.prose.text().as_bytes(), b"<!--") {
        if doc.prose.is_contiguous(at..at + 4) {
            let span = doc.prose.source_span(at..at + 4);
            if !doc.text_before(span.start).ends_with(['\\', '"', '“', '\'']) {
                out.find(doc.id, span, "this comment is never closed, so it is shown");
            }
        }
    }
}

/// Returns true if a block of prose is a paragraph.
fn is_running_text(doc: &Document, prose: &ProseBlock) -> bool {
    matches!(doc[prose.block].kind, BlockKind::Paragraph)
}

/// Reports pairs of asterisks that are rendered literally.
fn emphasis(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    let text = doc.prose.text();
    let mut marks: Vec<usize> = Vec::new();
    let mut next = 0;
    for at in memmem::find_iter(text.as_bytes(), b"**") {
        let alone = !text[..at].ends_with('*') && !text[at + 2..].starts_with('*') && at >= next;
        next = at + 2;
        if alone && doc.prose.is_contiguous(at..at + 2) && !is_escaped(doc, at) {
            marks.push(at);
        }
    }
    let mut rest = &marks[..];
    while let Some(&first) = rest.first() {
        let block = block_of(doc, first);
        let Some(prose) = doc.prose.blocks.get(block) else { return };
        let here = rest.iter().take_while(|&&at| at < prose.range.end as usize).count();
        let (inside, after) = rest.split_at(here);
        rest = after;
        asterisks(doc, prose, inside, cx, out);
    }
}

fn is_escaped(doc: &Document, at: usize) -> bool {
    let start = doc.prose.source_span(at..at + 2).start as usize;
    doc.text()[..start].ends_with('\\')
}

fn block_of(doc: &Document, at: usize) -> usize {
    doc.prose.blocks.partition_point(|block| block.range.start as usize <= at).saturating_sub(1)
}

/// Maximum length of emphasized text, in bytes (a guess): between asterisks further apart the text is not emphasized.
const MAX_EMPHASIS_BYTES: usize = 200;

/// Returns true if asterisks between these characters are more likely an operator than emphasis. A script that has no
/// spaces has no other way to write emphasis.
fn is_joined(before: char, after: char) -> bool {
    before.is_alphanumeric() && after.is_alphanumeric() && !is_cjk(before) && !is_cjk(after)
}

/// Returns true for Chinese, Japanese and Korean characters and their punctuation, by blocks of Unicode.
fn is_cjk(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// Returns true if a pair of asterisks is right beside a Chinese, Japanese or Korean character.
fn is_beside_cjk(text: &str, open: usize, close: usize) -> bool {
    let (before, after) = (text[..open].chars().next_back(), text[close + 2..].chars().next());
    [before, after].into_iter().flatten().any(is_cjk)
}

/// Reports the literal pairs of asterisks of one block.
fn asterisks(doc: &Document, prose: &ProseBlock, marks: &[usize], cx: &Context<'_>, out: &mut Report) {
    let text = doc.prose.text();
    match *marks {
        // Where punctuation is next to them, several pairs in a paragraph are literal.
        [_, _, _, _, ..] if marks.len().is_multiple_of(2) => {
            for pair in marks.chunks(2).filter(|pair| is_beside_cjk(text, pair[0], pair[1])) {
                asterisks(doc, prose, pair, cx, out);
            }
        }
        [open, close] => {
            let inner = &text[open + 2..close];
            let before = text[..open].chars().next_back().unwrap_or('\n');
            let after = text[close + 2..].chars().next().unwrap_or('\n');
            let words = inner.trim();
            let spaced = inner.starts_with(' ') || inner.ends_with(' ');
            // Between spaces, a single word may be an operand of a power.
            let operand = inner.starts_with(' ') && inner.ends_with(' ') && before == ' ' && !words.contains(' ');
            // Operators before names in a list, in which no emphasis ends: "takes **kwargs and **options".
            let goes_on = [" and ", " or ", " then ", " plus ", ", "].iter().any(|link| inner.ends_with(link));
            let is_call = inner.ends_with('(') && text[..open].ends_with('(');
            let operand = operand || is_call || goes_on && !inner.starts_with(' ') && after.is_alphabetic();
            let operand = operand || is_power(&text[..open], inner, &text[close + 2..]);
            let phrase = words.starts_with(|c: char| !c.is_ascii_punctuation() || "\"'([:".contains(c))
                && words.chars().any(char::is_alphabetic)
                && !words.contains(['\n', '=', ';', '/', '*'])
                && words.len() <= MAX_EMPHASIS_BYTES;
            // Front matter is no Markdown, and MDX reads Markdown in the elements of HTML.
            let is_read_otherwise = match doc[prose.block].kind {
                BlockKind::FrontMatter => true,
                BlockKind::Html | BlockKind::HtmlText => doc.is_mdx(),
                _ => false,
            };
            if is_read_otherwise || !phrase || operand || is_joined(before, after) || words.is_empty() {
                return;
            }
            let range = open..close + 2;
            let span = doc.prose.source_span(range.clone());
            let finding = out.find(doc.id, span, "the asterisks around these words are rendered literally");
            // Kramdown and Python-Markdown ask only that no space is inside of the marks.
            if !spaced && cx.collection.generator_of(doc).is_some_and(Generator::has_loose_emphasis) {
                finding.tier(Tier::Audit);
            }
            // `**note: “**that` closes before the quotation that it opens.
            let opens_quote = words.ends_with(['“', '"', '\'', '‘', '(', '[']);
            let joins = !spaced && after.is_alphanumeric();
            // No ending follows the end of a sentence or of a label.
            let may_have_ending =
                !words.ends_with([':', '：', '.', '。', '!', '！', '?', '？', ';', '；', ',', '，', '、']);
            if doc.prose.is_contiguous(range)
                && !opens_quote
                && !(joins && may_have_ending && is_suffix(&text[close + 2..]))
            {
                let gap = if joins { " " } else { "" };
                let lead = if inner.starts_with(' ') && !before.is_whitespace() { " " } else { "" };
                let tail = if inner.ends_with(' ') && !after.is_whitespace() { " " } else { "" };
                let fix = format!("{lead}**{words}**{tail}{gap}");
                finding.fix(Fix::likely("turn them into emphasis", Edit::replace(doc.id, span, fix)));
            }
        }
        [only] => {
            // A power of a number is no emphasis, but the number of an item opens it.
            let numbered = text[only + 2..].trim_start_matches(|c: char| c.is_ascii_digit());
            let first = text[only + 2..].starts_with(char::is_alphabetic)
                || numbered.len() < text.len() - only - 2
                    && [". ", ") ", ": "].iter().any(|sign| numbered.starts_with(sign));
            let starts = only == prose.range.start as usize || text[..only].ends_with('\n');
            let line = text[only + 2..].split('\n').next().unwrap_or("");
            if !(starts && first) || line.contains(['*', '/', '=']) || !cx.audit {
                return;
            }
            let span = doc.prose.source_span(only..only + 2);
            let finding = out.find(doc.id, span, "emphasis starts here and never ends");
            finding.tier(Tier::Audit);
        }
        _ => {}
    }
}

/// Returns true if numbers or names of one letter are on both sides of asterisks between spaces: "2 ** 3 and 3 ** 2".
fn is_power(before: &str, inner: &str, after: &str) -> bool {
    let is_operand =
        |word: Option<&str>| word.is_some_and(|word| word.len() == 1 || word.bytes().all(|byte| byte.is_ascii_digit()));
    inner.starts_with(' ')
        && inner.ends_with(' ')
        && is_operand(before.split_whitespace().next_back())
        && is_operand(inner.split_whitespace().next())
        && is_operand(inner.split_whitespace().next_back())
        && is_operand(after.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()))
}

/// Returns true if a text begins with the ending of the word before it, from which no space may part it, as in
/// agglutinative languages, or with a script that has no spaces: anything but an English word.
fn is_suffix(text: &str) -> bool {
    let word = words(text).next().map_or("", |word| word.text);
    word.len() < 2 || !is_english(&word.to_lowercase())
}

/// Reports a parenthesis that a paragraph opens and never closes.
fn bracket(doc: &Document, prose: &ProseBlock, out: &mut Report) {
    let text = doc.prose.text_of(prose);
    let mut open: Vec<usize> = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            // The parenthesis of a smiley opens nothing, and that of an enumerator closes nothing.
            '(' if !text[..at].ends_with([':', ';', '-', '=']) => open.push(at),
            // In Chinese and Japanese, a full-width parenthesis often has one of ASCII as its counterpart.
            '（' => open.push(at),
            ')' if open.pop().is_none() && !text[..at].ends_with([':', ';', '-']) => return,
            '）' if open.pop().is_none() => return,
            _ => {}
        }
    }
    if let [only] = open[..]
        && let len = text[only..].chars().next().map_or(1, char::len_utf8)
        && text[only + len..].starts_with(char::is_alphanumeric)
        && (len > 1 || text[only..].split_whitespace().count() >= 3)
    {
        let start = prose.range.start as usize + only;
        out.find(doc.id, doc.prose.source_span(start..start + len), "this parenthesis is never closed")
            .tier(Tier::Audit);
    }
}

/// Reports a square bracket before a word of a sentence that a paragraph opens and never closes.
fn square_bracket(doc: &Document, prose: &ProseBlock, out: &mut Report) {
    let text = doc.prose.text_of(prose);
    let Some(open) = text.find('[') else { return };
    let follows = text[open + 1..].starts_with(|c: char| c.is_ascii_lowercase()) && text[..open].ends_with(' ');
    if follows && !text[open + 1..].contains(['[', ']']) && text[open..].split_whitespace().count() >= 3 {
        let start = prose.range.start as usize + open;
        let span = doc.prose.source_span(start..start + 1);
        if doc.slice(span) == "[" {
            out.find(doc.id, span, "this square bracket is never closed").tier(Tier::Audit);
        }
    }
}

/// Maximum length of the label before an answer, in bytes (a guess).
const MAX_ANSWER_LABEL_BYTES: usize = 40;

/// Reports an answer that begins with a quotation mark, perhaps after its label, and has no closing one. An answer ends
/// at the next heading or at the next paragraph that begins with a quotation mark.
fn quotes(doc: &Document, out: &mut Report) {
    let mut open: Option<usize> = None;
    let mut marks = 0;
    for prose in &doc.prose.blocks {
        let text = doc.prose.text_of(prose);
        let heading = matches!(doc[prose.block].kind, BlockKind::Heading(_));
        let start = text.find('"').filter(|&at| {
            let label = text[..at].trim_end();
            let labelled = label.is_empty() || (label.ends_with(':') && label.len() <= MAX_ANSWER_LABEL_BYTES);
            labelled && text[at + 1..].starts_with(char::is_alphanumeric)
        });
        // Within an open answer, a paragraph that begins with a quotation is part of it.
        let opens = start.filter(|&at| open.is_none() || at > 0 && marks % 2 == 0);
        if heading || opens.is_some() {
            report_quote(doc, open.take().filter(|_| marks % 2 == 1), out);
            marks = 0;
        }
        if !heading {
            open = opens.map(|at| prose.range.start as usize + at).or(open);
            marks += text.matches('"').count();
        }
    }
    report_quote(doc, open.filter(|_| marks % 2 == 1), out);
}

fn report_quote(doc: &Document, at: Option<usize>, out: &mut Report) {
    if let Some(at) = at {
        out.find(doc.id, doc.prose.source_span(at..at + 1), "this quotation mark is never closed").tier(Tier::Audit);
    }
}
