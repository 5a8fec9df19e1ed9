//! `invalid-encoding`: a file, or a part of it, is not UTF-8.

use std::collections::BTreeMap;

use crate::model::document::Document;
use crate::model::edit::{Applicability, Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::source::{Declined, DecodingCertainty, Flaw, Origin, Segment, SegmentEncoding};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};
use crate::text::mojibake::declarations;
use crate::text::values::stated_encoding::{encoding_named, in_html, in_xml};

pub(crate) static RULE: Rule = Rule {
    id: "invalid-encoding",
    family: Family::Encoding,
    tier: Tier::Gate,
    severity: Severity::Error,
    stage: Stage::Bytes,
    summary: "a file, or a part of it, is not UTF-8",
    page: include_str!("../../rules/invalid-encoding.md"),
    check: Check::Document(check),
};

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    if let Some(declined) = doc.source.declined() {
        return decline(doc, declined, out);
    }
    if *doc.source.origin() == Origin::Utf8 {
        return contradict(doc, out);
    }
    // One finding for each cause, regardless of the number of places; the doubtful ones apart from the certain ones.
    let mut foreign: BTreeMap<(&'static str, bool), Vec<&Segment>> = BTreeMap::new();
    let mut undecoded: Vec<&Segment> = Vec::new();
    for segment in doc.source.foreign() {
        match segment.unit {
            SegmentEncoding::Encoded(name) => {
                let is_doubtful = segment.certainty != DecodingCertainty::Sure;
                foreign.entry((name, is_doubtful)).or_default().push(segment);
            }
            // Bytes that another program's decoder replaced are reported by `lost-character`.
            SegmentEncoding::Invalid if !is_lost(doc, segment) => undecoded.push(segment),
            _ => {}
        }
    }
    for ((name, _), places) in foreign {
        transcode(doc, name, &places, out);
    }
    if let Some(first) = undecoded.first() {
        keep(doc, first, &undecoded, out);
    }
}

/// Returns true if a segment contains U+FFFD itself: half a code unit that another decoder replaced.
fn is_lost(doc: &Document, segment: &Segment) -> bool {
    doc.source.bytes_of(segment).windows(3).any(|bytes| bytes == "\u{FFFD}".as_bytes())
}

/// Reports the parts in a known encoding.
fn transcode(doc: &Document, name: &'static str, places: &[&Segment], out: &mut Report) {
    let Some(first) = places.first() else { return };
    let bytes: u32 = places.iter().map(|segment| segment.disk.len()).sum();
    let whole = matches!(doc.source.origin(), Origin::Encoded(_));
    let wide = name.starts_with("UTF-");
    let shown = shown(name);
    let count = places.len();
    let message = match (whole, wide) {
        (true, _) => format!("this file is {shown}, not UTF-8"),
        (false, true) if count == 1 => format!("{bytes} bytes here are {shown} within a UTF-8 file"),
        (false, true) => format!("{count} passages ({bytes} bytes) are {shown} within a UTF-8 file"),
        (false, false) if bytes == 1 => format!("a byte here is {shown}, not UTF-8"),
        (false, false) if count == 1 => format!("{bytes} bytes here are {shown}, not UTF-8"),
        (false, false) => format!("{bytes} bytes in {count} places are {shown}, not UTF-8"),
    };
    // UTF-16 is recognized by its form, but next to bytes in a single-byte or multi-byte encoding it is as doubtful as
    // those.
    let all_wide = doc.source.foreign().all(|segment| match segment.unit {
        SegmentEncoding::Encoded(name) => name.starts_with("UTF-"),
        _ => is_lost(doc, segment),
    });
    let grounds = match wide {
        true if all_wide => DecodingCertainty::Sure,
        true => doc.source.grounds(),
        false => first.certainty,
    };
    let rivals = if wide || grounds == DecodingCertainty::Sure { &[] } else { doc.source.rivals() };
    let untrue = Untrue::of(doc, name);
    let is_safe = grounds == DecodingCertainty::Sure && untrue.left.is_none();
    let applicability = if is_safe { Applicability::Safe } else { Applicability::Unsafe };
    let mut edits: Vec<Edit> = Vec::new();
    for segment in places.iter().filter(|segment| !segment.text.is_empty()) {
        edits.push(Edit::replace(doc.id, segment.text, untrue.corrected(doc, segment)));
    }
    edits.extend(untrue.beside(doc, places));
    let finding = out.find(doc.id, shown_span(doc, first), message).grave();
    finding.data("encoding", name).data("places", count).data("bytes", bytes);
    match (whole, wide) {
        (true, _) => finding.label(format!("decoded as {shown}")),
        (false, true) => finding.label("from here on: typically appended by PowerShell's `>>`"),
        (false, false) => finding.label(format!("decoded as {shown}: `{}`", excerpt(doc.slice(first.text)))),
    };
    if !rivals.is_empty() {
        finding.candidates(std::iter::once(name).chain(rivals.iter().copied()).map(self::shown));
    }
    if let Some(line) = untrue.left {
        finding.help(format!("line {line} still names the old encoding afterwards: change it there as well"));
    }
    if !edits.is_empty() {
        finding.fix(Fix::new(applicability, "rewrite it as UTF-8", edits));
    }
}

/// Statements of a file about its own encoding that are wrong once the file is UTF-8.
struct Untrue {
    /// Names of encodings in the text, with their replacements.
    names: Vec<(Span, &'static str)>,
    /// Line of the first statement that is kept, because it may be an example or because other parts of the file remain
    /// in the old encoding.
    left: Option<u32>,
}

impl Untrue {
    /// Returns the statements that are wrong once the passages in the encoding `name` are rewritten.
    fn of(doc: &Document, name: &'static str) -> Self {
        let rewritten = doc.source.foreign().all(|segment| segment.unit == SegmentEncoding::Encoded(name));
        let mut untrue = Self { names: Vec::new(), left: None };
        if let Some(statements) = statements(doc) {
            for statement in statements.iter().filter(|statement| statement.encoding != "UTF-8") {
                match statement.place.filter(|_| rewritten) {
                    Some(place) => untrue.names.push((place, statement.utf8)),
                    None => _ = untrue.left.get_or_insert(statement.line),
                }
            }
            return untrue;
        }
        for declaration in declarations(doc.text().as_bytes()) {
            if declaration.encoding == "UTF-8" || declaration.encoding == "us-ascii" && !declaration.heeded {
                continue;
            }
            let span = Span::from(declaration.span);
            if declaration.heeded && rewritten {
                untrue.names.push((span, declaration.utf8));
            } else {
                untrue.left.get_or_insert_with(|| doc.position(span.start).line);
            }
        }
        untrue
    }

    /// Returns the text of a passage with the names of encodings corrected.
    fn corrected(&self, doc: &Document, segment: &Segment) -> String {
        let mut text = doc.slice(segment.text).to_owned();
        for (span, utf8) in self.names.iter().rev().filter(|(span, _)| segment.text.contains(*span)) {
            let start = (span.start - segment.text.start) as usize;
            text.replace_range(start..start + span.len() as usize, utf8);
        }
        text
    }

    /// Returns edits of names outside the passages.
    fn beside<'a>(&'a self, doc: &'a Document, places: &'a [&Segment]) -> impl Iterator<Item = Edit> + 'a {
        let outside = |span: Span| !places.iter().any(|segment| segment.text.contains(span));
        let names = self.names.iter().filter(move |(span, _)| outside(*span));
        names.map(|(span, utf8)| Edit::replace(doc.id, *span, *utf8))
    }
}

/// A statement of a file about its own encoding, where programs of its format read it.
struct Statement {
    /// Place of the name in the text; `None` if it is not in one piece.
    place: Option<Span>,
    /// 1-based line of the file.
    line: u32,
    /// The name, as it is written.
    name: String,
    /// The encoding that it means.
    encoding: &'static str,
    /// Name of UTF-8 in letters of the same case.
    utf8: &'static str,
}

/// Returns the statements of a file whose format is known; of other files, `declarations` finds what may be some.
fn statements(doc: &Document) -> Option<Vec<Statement>> {
    let (source, file) = (&doc.source, doc.source.file_text());
    let extension = source.path().extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let names: Vec<(String, u32, Option<Span>)> = match (source.container(), extension.as_deref()) {
        (Some(kind), _) if kind.is_bilingual() => {
            let stated = source.stated_encoding();
            stated.map(|stated| (stated.name.clone(), stated.at, stated.place)).into_iter().collect()
        }
        (None, Some("htm" | "html" | "svg" | "xhtml" | "xml" | "xsl" | "xslt")) => {
            let is_html = extension.is_some_and(|extension| extension.contains("htm"));
            let of_html = if is_html { in_html(file) } else { Vec::new() };
            let places = in_xml(file).into_iter().chain(of_html).map(Span::from);
            places.map(|place| (file[place.range()].to_owned(), place.start, Some(place))).collect()
        }
        _ => return None,
    };
    let statement = |(name, at, place): (String, u32, Option<Span>)| {
        let is_upper = name.bytes().any(|byte| byte.is_ascii_uppercase());
        Some(Statement {
            place: place.and_then(|place| source.text_span(place)),
            line: doc.source.file_line(at),
            encoding: encoding_named(&name)?,
            utf8: if is_upper { "UTF-8" } else { "utf-8" },
            name,
        })
    };
    Some(names.into_iter().filter_map(statement).collect())
}

/// Minimum number of characters outside of ASCII (a guess) that are UTF-8 by more than chance, although the file states
/// an encoding with two bytes a letter: one pair of such bytes is UTF-8 as well.
const MIN_BEYOND_CHANCE: usize = 8;

/// Reports a file in UTF-8 that states another encoding.
fn contradict(doc: &Document, out: &mut Report) {
    let file = doc.source.file_text();
    let Some(statements) = statements(doc).filter(|statements| !statements.is_empty()) else { return };
    let beyond_ascii = file.chars().filter(|c| !c.is_ascii()).take(MIN_BEYOND_CHANCE).count();
    for statement in statements {
        let name = statement.encoding;
        let is_double = encoding_rs::Encoding::for_label(name.as_bytes()).is_some_and(|found| !found.is_single_byte());
        let is_true = match name {
            "UTF-8" => true,
            // Of `<meta>`, browsers take it for UTF-8.
            _ if name.starts_with("UTF-") => false,
            _ => beyond_ascii < if is_double { MIN_BEYOND_CHANCE } else { 1 },
        };
        if is_true {
            continue;
        }
        let message = format!("this file is UTF-8, but states that it is {}", statement.name);
        let finding = out.find(doc.id, statement.place.unwrap_or(Span::at(0)), message).grave();
        finding.data("encoding", "UTF-8").data("stated", name).data("places", 1).data("bytes", file.len());
        match statement.place {
            Some(place) => {
                finding.label("programs that believe it read other letters");
                finding.fix(Fix::safe("state UTF-8", Edit::replace(doc.id, place, statement.utf8)));
            }
            None => _ = finding.help(format!("write `{}` in line {}", statement.utf8, statement.line)),
        }
    }
}

/// Reports a file of which no byte can be rewritten.
fn decline(doc: &Document, declined: &Declined, out: &mut Report) {
    let at = declined.at;
    let file = match declined.encoding {
        Some(name) => format!("this file is {}", shown(name)),
        None => "this file".to_owned(),
    };
    let message = match declined.flaw {
        Flaw::HalfPair => format!("{file}, but has half a surrogate pair at byte {at}: it is left unchanged"),
        Flaw::NoCharacter => format!("{file}, but has an invalid character at byte {at}: it is left unchanged"),
        Flaw::CutShort => format!("{file}, but ends within a character at byte {at}: it is left unchanged"),
        Flaw::OutOfStep(b'\n') => {
            format!("{file}, but has a line feed of one byte instead of two at byte {at}: it is left unchanged")
        }
        Flaw::OutOfStep(_) => {
            format!("{file}, but lacks a byte, or has one too many, at byte {at}: it is left unchanged")
        }
        Flaw::OtherEncoding => {
            format!("{file} in part, and changes at byte {at} to an encoding that is not certain: it is left unchanged")
        }
        Flaw::Undefined(byte) => {
            format!("{file}, which has no character for the byte {byte:02X} at byte {at}: it is left unchanged")
        }
        Flaw::Foreign => format!("{file}, which recto cannot decode: it is left unchanged"),
        Flaw::Unknown => format!("{file} is text in no encoding that recto can identify: it is left unchanged"),
    };
    let help = match declined.flaw {
        Flaw::Foreign | Flaw::Unknown => {
            "save it as UTF-8 with the program that wrote it, or convert it with `iconv -f ENCODING -t UTF-8`"
        }
        _ => "correct that place in the file, or save the file as UTF-8 with the program that wrote it",
    };
    let flawed = doc.source.foreign().find(|segment| segment.unit == SegmentEncoding::Invalid);
    let bytes = flawed.map_or(0, |segment| segment.disk.len());
    let span = flawed.map_or(Span::at(0), |segment| segment.text);
    out.find(doc.id, span, message)
        .grave()
        .help(help)
        .data("encoding", declined.encoding)
        .data("places", 1)
        .data("bytes", bytes)
        .data("offset", at);
}

/// Reports bytes that are text in no encoding.
fn keep(doc: &Document, first: &Segment, places: &[&Segment], out: &mut Report) {
    let bytes: u32 = places.iter().map(|segment| segment.disk.len()).sum();
    let len = doc.source.segments().last().map_or(0, |last| last.disk.end);
    let ends = places.len() == 1 && first.disk.end == len && bytes < 4;
    let message = match (ends, bytes) {
        (true, _) => "the file ends within a character".to_owned(),
        (false, 1) => "a byte here is text in no encoding that recto knows".to_owned(),
        (false, _) if places.len() == 1 => format!("{bytes} bytes here are text in no encoding that recto knows"),
        (false, _) => format!("{bytes} bytes in {} places are text in no encoding that recto knows", places.len()),
    };
    let hex: Vec<String> = doc.source.bytes_of(first).iter().take(8).map(|byte| format!("{byte:02X}")).collect();
    out.find(doc.id, first.text, message)
        .grave()
        .label(format!("the bytes {}", hex.join(" ")))
        .help("recto does not change such bytes: restore them from another copy, or remove them")
        .data("encoding", serde_json::Value::Null)
        .data("places", places.len())
        .data("bytes", bytes);
}

/// Returns the first line of a segment, because a whole file need not be underlined.
fn shown_span(doc: &Document, segment: &Segment) -> Span {
    let text = doc.slice(segment.text);
    let blank = text.len() - text.trim_start().len();
    let start = segment.text.start + if blank < text.len() { blank as u32 } else { 0 };
    let end = doc.line_span(start).end.clamp(start, segment.text.end);
    Span::new(start, end)
}

/// Returns the common name of an encoding.
fn shown(name: &str) -> String {
    match name {
        _ if name.get(..3).is_some_and(|maker| maker.eq_ignore_ascii_case("ibm")) => {
            format!("the DOS code page {}", &name[3..])
        }
        "macintosh" => "Mac Roman".to_owned(),
        "x-mac-ce" => "Mac Central European".to_owned(),
        "gb18030" => "GBK".to_owned(),
        "koi8-t" | "kz-1048" | "armscii-8" | "mik" | "tcvn" | "viscii" | "pt154" => name.to_ascii_uppercase(),
        "hz-gb-2312" => "HZ".to_owned(),
        "utf-7" | "iso-2022-kr" => name.to_ascii_uppercase(),
        _ => match (name.strip_prefix("windows-"), name.strip_prefix("x-mac-")) {
            (Some(number), _) => format!("Windows-{number}"),
            (_, Some(script)) => format!("Mac {}{}", script[..1].to_ascii_uppercase(), &script[1..]),
            _ => name.to_owned(),
        },
    }
}

/// Returns the beginning of a passage.
fn excerpt(text: &str) -> String {
    /// Length of the excerpt, in characters (a guess: enough to recognize the passage).
    const EXCERPT_CHARS: usize = 24;
    let line = text.lines().next().unwrap_or_default();
    line.chars().take(EXCERPT_CHARS).collect()
}
