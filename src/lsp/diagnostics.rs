//! Findings as diagnostics of the protocol.

use std::borrow::Cow;

use gen_lsp_types::{Location, Range};
use serde::Serialize;
use serde_json::{Value, json};

use super::position::Positions;
use super::world::{Held, Novelty};
use crate::model::finding::{Finding, Label, Severity, Tier};
use crate::model::id::DocId;
use crate::report::formats::page_of;
use crate::settings::ConfigError;

/// Rules whose findings are text that can go.
const UNNECESSARY: [&str; 2] = ["duplicate-block", "unused-allow"];

/// Values of severities in the protocol.
const ERROR: u8 = 1;
const WARNING: u8 = 2;
const INFORMATION: u8 = 3;
const HINT: u8 = 4;

/// A finding as the protocol has it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Diagnostic<'a> {
    range: Range,
    severity: u8,
    code: &'a str,
    code_description: CodeDescription,
    source: &'static str,
    message: Cow<'a, str>,
    data: DiagnosticData<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_information: Vec<RelatedPlace<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<[u8; 1]>,
}

#[derive(Debug, Serialize)]
struct CodeDescription {
    href: String,
}

#[derive(Debug, Serialize)]
struct DiagnosticData<'a> {
    fingerprint: String,
    tier: &'a str,
    fix: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct RelatedPlace<'a> {
    location: Location,
    message: &'a str,
}

/// Returns the diagnostics of a document. `places` are those of its text, to which the findings have been moved.
pub(super) fn of_document<'a>(held: &'a [Held], doc: DocId, places: &Positions<'_>) -> Vec<Diagnostic<'a>> {
    let mut found: Vec<Diagnostic<'_>> = Vec::new();
    for held in held {
        for (label, novelty) in held.finding.places().zip(&held.novelty).filter(|(label, _)| label.doc == doc) {
            let range = places.range(label.span);
            found.push(diagnostic(held, label, range, *novelty, |at, related| {
                if related.doc == doc {
                    Location { range: places.range(related.span), ..at.clone() }
                } else {
                    at.clone()
                }
            }));
        }
    }
    found.sort_by_key(|diagnostic| diagnostic.range);
    found
}

/// Returns the diagnostics of a document that is not open, with the positions at which its findings were found.
pub(super) fn of_closed_document(held: &[Held], doc: DocId) -> Vec<Diagnostic<'_>> {
    let mut found: Vec<Diagnostic<'_>> = Vec::new();
    for held in held {
        let labels = std::iter::once(&held.finding.primary).chain(&held.finding.related).zip(&held.at);
        let places = labels.filter(|(label, _)| label.fingerprint.is_some()).zip(&held.novelty);
        for ((label, at), novelty) in places.filter(|((label, _), _)| label.doc == doc) {
            found.push(diagnostic(held, label, at.range, *novelty, |at, _| at.clone()));
        }
    }
    found.sort_by_key(|diagnostic| diagnostic.range);
    found
}

/// Returns the diagnostic of one place of a finding. `now` returns where a related label is by now.
fn diagnostic<'a>(
    held: &'a Held,
    place: &Label,
    range: Range,
    novelty: Novelty,
    now: impl Fn(&Location, &Label) -> Location,
) -> Diagnostic<'a> {
    let finding = &held.finding;
    let related = finding.related.iter().zip(held.at.iter().skip(1)).filter(|(label, _)| *label != place);
    let related = related.map(|(label, at)| {
        let message = if label.message.is_empty() { "also here" } else { &label.message };
        RelatedPlace { location: now(at, label), message }
    });
    Diagnostic {
        range,
        severity: severity(finding, novelty),
        code: finding.rule,
        code_description: CodeDescription { href: page_of(finding.rule) },
        source: "recto",
        message: message(finding, novelty),
        data: DiagnosticData {
            fingerprint: place.fingerprint.unwrap_or_default().to_string(),
            tier: finding.tier.as_str(),
            fix: finding.fix.as_ref().map(|fix| fix.applicability.as_str()),
        },
        related_information: related.collect(),
        tags: UNNECESSARY.contains(&finding.rule).then_some([1]),
    }
}

fn severity(finding: &Finding, novelty: Novelty) -> u8 {
    match (finding.severity, finding.tier) {
        _ if novelty == Novelty::Known => HINT,
        (_, Tier::Audit) | (Severity::Info, _) => INFORMATION,
        (Severity::Warning, _) => WARNING,
        (Severity::Error, _) => ERROR,
    }
}

/// Returns the message of a finding with what to do about it.
fn message(finding: &Finding, novelty: Novelty) -> Cow<'_, str> {
    let is_all = finding.primary.message.is_empty() && finding.candidates.is_empty() && finding.help.is_none();
    if is_all && novelty == Novelty::New {
        return Cow::Borrowed(&finding.message);
    }
    let mut message = finding.message.clone();
    if !finding.primary.message.is_empty() {
        message.push_str(&format!(" ({})", finding.primary.message));
    }
    if let [first, rest @ ..] = finding.candidates.as_slice()
        && finding.fix.is_none()
    {
        let rest: String = rest.iter().map(|other| format!(" or `{other}`")).collect();
        message.push_str(&format!("\nperhaps `{first}`{rest}"));
    }
    if let Some(help) = &finding.help {
        message.push_str(&format!("\n{help}"));
    }
    if novelty == Novelty::Known {
        message.push_str("\nthe baseline has it");
    }
    message.into()
}

/// Returns the diagnostics of a configuration file.
pub(super) fn of_configuration(mistakes: &[&ConfigError]) -> Vec<Value> {
    let diagnostics = mistakes.iter().map(|mistake| {
        let position = mistake.excerpt.position();
        let end = mistake.excerpt.text.get(mistake.excerpt.span.clone()).unwrap_or("");
        let end = end.lines().next().unwrap_or("").chars().count();
        // Keys and values of settings are ASCII nearly always, in which all units are one.
        let (line, start) = (position.line.saturating_sub(1), position.column.saturating_sub(1));
        let help = mistake.usage_error.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
        json!({
            "range": {
                "start": { "line": line, "character": start },
                "end": { "line": line, "character": start + end },
            },
            "severity": ERROR,
            "source": "recto",
            "message": format!("{}{help}", mistake.usage_error.message),
        })
    });
    diagnostics.collect()
}
