//! `mojibake`: text that was decoded with the wrong encoding.

use serde_json::Value;

use crate::model::document::Document;
use crate::model::edit::{Applicability, Fix, Stage};
use crate::model::finding::{Family, Finding, Label, Severity, Tier};
use crate::model::intact::{self, Loss, Reading};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};
use crate::text::lost::Remnant;
use crate::text::mojibake::{Cause, Certainty, CodePage, Garble, Recipe};

pub(crate) static RULE: Rule = Rule {
    id: "mojibake",
    family: Family::Encoding,
    tier: Tier::Gate,
    severity: Severity::Error,
    stage: Stage::Characters,
    summary: "text was decoded with the wrong encoding",
    page: include_str!("../../rules/mojibake.md"),
    check: Check::Weighed(check, weigh),
};

/// Places that are shown as evidence.
const EVIDENCE: usize = 3;

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    for garble in doc.garbles() {
        // What is lost is `lost-character`'s, an eaten backtick `invisible-character`'s.
        if garble.cause == Cause::EatenEscape {
            continue;
        }
        if let Some(repair) = &garble.repair {
            report(doc, garble, repair, out);
        }
    }
}

/// Where bytes are lost, what stands elsewhere in the same words tells more than the words alone.
#[expect(clippy::ptr_arg, reason = "other rules also drop findings")]
fn weigh(findings: &mut Vec<Finding>, cx: &Context<'_>) {
    let mut asked: Vec<usize> = Vec::new();
    let mut losses: Vec<Loss> = Vec::new();
    for (at, finding) in findings.iter().enumerate() {
        let Label { doc, span, .. } = finding.primary;
        let garbles = cx.document(doc).garbles();
        let garble = garbles.binary_search_by_key(&(span.start as usize), |garble| garble.span.start);
        let Some(garble) = garble.ok().and_then(|at| garbles.get(at)) else { continue };
        if garble.certainty == Certainty::Likely && garble.cause == Cause::LostBytes {
            let remnant = Remnant::of(garble, cx.document(doc).slice(span));
            asked.push(at);
            losses.push(Loss { doc, span, remnant });
        }
    }
    let readings = intact::readings(cx.collection, &losses);
    for (at, readings) in asked.into_iter().zip(readings) {
        if let Some(first) = readings.first() {
            witnessed(&mut findings[at], first, &readings);
        }
    }
}

/// Says what stands elsewhere, and goes by it.
fn witnessed(finding: &mut Finding, first: &Reading, readings: &[Reading]) {
    let Label { doc, span, .. } = finding.primary;
    let guess = finding.data.get("repair").and_then(Value::as_str).unwrap_or_default().to_owned();
    let agrees = readings.len() == 1 && first.text == guess;
    finding.data("elsewhere", Reading::data(readings));
    for reading in readings.iter().take(EVIDENCE) {
        finding.related(reading.best.0, reading.best.1, format!("`{}` in the same words", reading.text));
    }
    if agrees || readings.len() == 1 && first.is_likely {
        finding
            .label(format!("was `{}`, {}", first.text, first.grounds()))
            .fix(Fix::replace(doc, span, &first.text, format!("restore `{}`", first.text)))
            .data("repair", first.text.as_str());
        return;
    }
    let told: Vec<String> = readings.iter().take(EVIDENCE).map(Reading::told).collect();
    let guessed = std::iter::once(guess).filter(|guess| readings.iter().all(|reading| reading.text != *guess));
    finding.candidates(readings.iter().map(|reading| reading.text.clone()).chain(guessed));
    finding.label(format!("elsewhere {}", told.join(", "))).data("certainty", "ambiguous").fix = None;
}

fn report(doc: &Document, garble: &Garble, repair: &str, out: &mut Report) {
    let span = Span::from(garble.span.clone());
    let (applicability, certainty) = match garble.certainty {
        // A character was lost before the text was garbled: recto never writes U+FFFD.
        _ if repair.contains('\u{FFFD}') => (Applicability::DisplayOnly, "ambiguous"),
        // In text about encodings it may be an example.
        Certainty::Proved if garble.quoted => (Applicability::Unsafe, "likely"),
        Certainty::Proved => (Applicability::Safe, "proved"),
        Certainty::Likely => (Applicability::Unsafe, "likely"),
        Certainty::Ambiguous => (Applicability::DisplayOnly, "ambiguous"),
    };
    let finding = out.find(doc.id, span, message(garble));
    finding
        .label(format!("was `{repair}`"))
        .fix(Fix::replace(doc.id, span, repair, format!("restore `{repair}`")).applicability(applicability))
        .data("recipe", garble.recipe.id())
        .data("repair", repair)
        .data("certainty", certainty);
    if garble.quoted {
        finding.data("quoted", true);
        finding.help("the text around it is about encodings: if it is shown as an example, allow it");
    }
    if garble.certainty == Certainty::Ambiguous {
        finding.candidates(garble.candidates.iter().cloned());
    }
}

/// What happened, in words, with the program that typically does it.
fn message(garble: &Garble) -> String {
    let recipe = match (garble.recipe.to_string(), garble.cause) {
        (recipe, _) if recipe.is_empty() => "text in the wrong encoding".to_owned(),
        (recipe, Cause::Entities) => format!("{recipe}, then written as HTML entities"),
        (recipe, Cause::LostBytes) => format!("{recipe}, with bytes lost"),
        (recipe, _) => recipe,
    };
    match culprit(&garble.recipe) {
        Some(culprit) => format!("{recipe}: typically {culprit}"),
        None => recipe,
    }
}

/// Who typically reads UTF-8 as the code page of the last misreading.
fn culprit(recipe: &Recipe) -> Option<&'static str> {
    let layer = recipe.layers.last()?;
    let utf8 = layer.written == CodePage::Utf8;
    Some(match layer.read {
        CodePage::Windows1252 if utf8 => "PowerShell 5, Excel or an editor set to ANSI",
        CodePage::Windows1250 | CodePage::Windows1251 | CodePage::Windows1253 | CodePage::Windows1254 if utf8 => {
            "PowerShell 5 or an editor set to ANSI"
        }
        CodePage::Latin1 if utf8 => "a database or web server that was told Latin-1",
        CodePage::MacRoman => "a program on a Mac without a declared encoding",
        CodePage::Ibm437 | CodePage::Ibm850 | CodePage::Ibm852 | CodePage::Ibm866 => "the Windows console",
        CodePage::Gbk | CodePage::ShiftJis | CodePage::Big5 | CodePage::EucKr if utf8 => {
            "a Windows set to Chinese, Japanese or Korean"
        }
        _ => return None,
    })
}
