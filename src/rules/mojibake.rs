//! `mojibake`: text that was decoded with the wrong encoding.

use crate::model::document::Document;
use crate::model::edit::{Applicability, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};
use crate::text::mojibake::{Cause, Certainty, CodePage, Garble, Recipe};

pub(crate) static RULE: Rule = Rule {
    id: "mojibake",
    family: Family::Encoding,
    tier: Tier::Gate,
    severity: Severity::Error,
    stage: Stage::Characters,
    summary: "text was decoded with the wrong encoding",
    page: include_str!("../../rules/mojibake.md"),
    check: Check::Text(check),
};

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

fn report(doc: &Document, garble: &Garble, repair: &str, out: &mut Report) {
    let span = Span::from(garble.span.clone());
    let (applicability, certainty) = match garble.certainty {
        // A character was lost before the text was garbled: recto never writes U+FFFD.
        _ if repair.contains('\u{FFFD}') => (Applicability::DisplayOnly, "ambiguous"),
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
