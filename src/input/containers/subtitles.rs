//! Subtitles in SubRip and WebVTT: each cue is an entry with its number, and its first time as its id.
//!
//! Format: WebVTT, <https://www.w3.org/TR/webvtt1/>. SubRip has no standard; its cues are a number, a line with two times,
//! and lines of text. Lines are read as players read them: whatever is before a line with two times and an arrow is not
//! needed.

use std::ops::Range;

use super::Extracted;
use crate::model::extraction::{ExtractionBuilder, Notation, PartKind};
use crate::model::source::ContainerDefect;
use crate::model::span::Span;

/// A cue: ranges of the file.
struct Cue {
    /// The line before the times, if it is the number or the name of the cue.
    label: Option<Range<usize>>,
    /// The first time.
    start: Range<usize>,
    /// The text, without the line breaks around it.
    text: Range<usize>,
}

/// Extracts the text of subtitles.
pub(super) fn read(file: &str) -> Extracted {
    let lines: Vec<Range<usize>> = lines(file);
    let cues = cues(file, &lines)?;
    let mut into = ExtractionBuilder::new(Notation::Cues);
    let has_numbers = cues.iter().any(|cue| cue.label.is_some());
    let mut reached = 0;
    for (at, cue) in cues.iter().enumerate() {
        let first = cue.label.clone().unwrap_or(cue.start.clone()).start;
        outside(file, reached..first, &mut into);
        reached = cue.text.end;
        let label = cue.label.clone().map(|label| &file[label]);
        let name = label.map_or_else(|| format!("cue {}", at + 1), |label| format!("cue {label}"));
        into.begin(name, PartKind::Entry, Some(Span::from(first..cue.text.end)));
        into.identify(file[cue.start.clone()].replace(',', "."));
        match &cue.label {
            Some(label) => into.verbatim(&file[label.clone()], label.start as u32),
            None if has_numbers => {}
            // Without numbers in the file, cues are counted.
            None => into.added(&(at + 1).to_string()),
        }
        if cue.label.is_some() || !has_numbers {
            into.added(". ");
        }
        into.verbatim(&file[cue.start.clone()], cue.start.start as u32);
        into.added("\n");
        into.verbatim(&file[cue.text.clone()], cue.text.start as u32);
    }
    outside(file, reached..file.len(), &mut into);
    Ok(into)
}

/// Adds what is outside of the cues (remarks, styles, times) if there is anything to check in it.
fn outside(file: &str, range: Range<usize>, into: &mut ExtractionBuilder) {
    let text = &file[range.clone()];
    if !text.is_ascii() {
        into.begin("outside of the cues".to_owned(), PartKind::Data, Some(Span::from(range.clone())));
        into.written_in(Notation::Raw);
        into.verbatim(text, range.start as u32);
    }
}

/// Returns the lines of a text, without their line breaks.
fn lines(file: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    file.split_inclusive('\n')
        .map(|line| {
            let range = start..start + line.trim_end_matches(['\n', '\r']).len();
            start += line.len();
            range
        })
        .collect()
}

/// Returns the cues of a file.
///
/// # Errors
/// If there is none, or if a line has an arrow after a digit and is no line with two times.
fn cues(file: &str, lines: &[Range<usize>]) -> Result<Vec<Cue>, ContainerDefect> {
    let mut timings: Vec<(usize, Range<usize>)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let written = &file[line.clone()];
        if let Some(start) = timing(written) {
            timings.push((at, line.start + start.start..line.start + start.end));
        } else if has_times(written) {
            let reason = "has a line of times that cannot be read".to_owned();
            return Err(ContainerDefect { at: line.start as u32, reason });
        }
    }
    // A file of WebVTT is one by its first line, and may have regions and styles alone.
    if timings.is_empty() && !file.starts_with("WEBVTT") {
        let reason = "has no line of times, such as `00:00:01,000 --> 00:00:02,500`".to_owned();
        return Err(ContainerDefect { at: 0, reason });
    }
    let label = |timing: usize| {
        let before = lines.get(timing.checked_sub(1)?)?;
        let label = file[before.clone()].trim();
        let is_number = !label.is_empty() && label.len() <= 9 && label.bytes().all(|byte| byte.is_ascii_digit());
        let is_first = timing < 2 || file[lines[timing - 2].clone()].trim().is_empty();
        let start = before.start + file[before.clone()].find(label)?;
        (is_number && is_first).then_some((timing - 1, start..start + label.len()))
    };
    let firsts = timings.iter().map(|(at, _)| label(*at).map_or(*at, |(first, _)| first));
    let ends: Vec<usize> = firsts.skip(1).chain([lines.len()]).collect();
    let cues = timings.into_iter().zip(ends).map(|((at, start), end)| {
        let written = |line: &&Range<usize>| !file[(*line).clone()].trim().is_empty();
        // In WebVTT, an empty line ends the text; what comes then is outside. In SubRip, players go on to the next number.
        let body = lines.get(at + 1..end).unwrap_or_default();
        let is_ended = file.starts_with("WEBVTT") || body.first().is_some_and(|first| !written(&first));
        let text: Vec<&Range<usize>> = match is_ended {
            true => body.iter().take_while(written).collect(),
            false => body.iter().filter(written).collect(),
        };
        let text = match (text.first(), text.last()) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => lines[at].end..lines[at].end,
        };
        Cue { label: label(at).map(|(_, label)| label), start, text }
    });
    Ok(cues.collect())
}

/// Returns whether a line that is no timing looks like one: it starts with a digit, and has colons before its arrow, or it
/// is two times with a broken arrow (`->`, `–>`, `→`) between them.
fn has_times(line: &str) -> bool {
    let before = line.split_once("-->").map_or("", |(before, _)| before.trim_start());
    let is_arrow = |c: char| matches!(c, '-' | '>' | '–' | '—' | '→' | '−') || c.is_whitespace();
    let parts: Vec<&str> = line.split(is_arrow).filter(|part| !part.is_empty()).collect();
    let has_fraction = |time: &str| is_time(time) && time.contains([',', '.']);
    let is_broken = matches!(parts[..], [first, second] if has_fraction(first) && has_fraction(second));
    before.starts_with(|c: char| c.is_ascii_digit()) && before.contains(':') || is_broken && line.contains(['>', '→'])
}

/// Returns the place of the first time of a line with two times and an arrow.
fn timing(line: &str) -> Option<Range<usize>> {
    let (before, after) = line.split_once("-->")?;
    let first = before.trim();
    let second = after.split_whitespace().next()?;
    let start = before.find(first)?;
    (is_time(first) && is_time(second)).then_some(start..start + first.len())
}

/// Returns whether a text is a time: `00:01:02,500`, `01:02.500`, with any number of digits.
fn is_time(text: &str) -> bool {
    let mut fields = text.split(':');
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(last) = fields.next_back() else { return false };
    let (seconds, fraction) = last.split_once([',', '.']).unwrap_or((last, "0"));
    let whole: Vec<&str> = fields.collect();
    (1..=2).contains(&whole.len())
        && whole.iter().all(|field| is_number(field))
        && is_number(seconds)
        && is_number(fraction)
}
