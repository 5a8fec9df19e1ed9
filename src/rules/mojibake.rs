//! `mojibake`: text that was decoded with the wrong encoding.

use rustc_hash::FxHashSet;

use super::recovered;
use crate::facts::concordance::{self, Loss, Recovery};
use crate::facts::{of_each_document, scan_mojibake};
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::edit::{Applicability, Edit, Fix, Stage};
use crate::model::finding::{Family, Finding, Severity, Tier};
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};
use crate::text::characters::lost::Residue;
use crate::text::mojibake::{Cause, Certainty, CodePage, Mojibake, Recipe};

pub(crate) static RULE: Rule = Rule {
    id: "mojibake",
    family: Family::Encoding,
    tier: Tier::Gate,
    severity: Severity::Error,
    stage: Stage::Characters,
    summary: "text was decoded with the wrong encoding",
    page: include_str!("../../rules/mojibake.md"),
    check: Check::Collection(check),
};

/// Maximum number of places elsewhere that are shown as evidence (a guess).
const MAX_RECIPE_EVIDENCE: usize = 3;

/// Mojibake that has a repair.
#[derive(Clone, Copy)]
struct Repairable<'a> {
    doc: &'a Document,
    garble: &'a Mojibake,
    repair: &'a str,
}

impl Repairable<'_> {
    fn span(&self) -> Span {
        self.garble.span.clone().into()
    }

    /// Returns true if it is in code, where it may be the input of a test or an example.
    fn is_in_code(&self) -> bool {
        let start = self.span().start;
        let after = self.doc.inline_code.partition_point(|code| code.start <= start);
        let in_span = after.checked_sub(1).is_some_and(|at| self.doc.inline_code[at].end > start);
        in_span || self.doc.is_verbatim(start)
    }

    /// Returns true if it is proved that text outside code was damaged, so that the code of its document was, too.
    fn is_proved_in_text(&self) -> bool {
        self.garble.certainty == Certainty::Proved && !self.garble.quoted && !self.is_in_code()
    }

    /// Returns true if the text was UTF-8 before it was damaged, which other bytes hardly look like.
    fn was_utf8(&self) -> bool {
        self.garble.recipe.layers.iter().any(|layer| layer.written == CodePage::Utf8)
    }

    /// Returns true if the text is a list of characters in the order of their numbers. Two or three are by chance.
    fn is_counted_through(&self) -> bool {
        let shown: Vec<u32> = self.doc.slice(self.span()).chars().map(u32::from).collect();
        shown.len() > 3 && shown.windows(2).all(|pair| pair[0] + 1 == pair[1])
    }

    /// Returns the loss to search the collection for, because where bytes are lost, equal phrases elsewhere are better
    /// evidence than the words around the loss.
    fn loss(&self) -> Option<Loss> {
        let is_lossy = self.garble.certainty == Certainty::Likely && self.garble.cause == Cause::LostBytes;
        let (doc, span) = (self.doc.id, self.span());
        is_lossy.then(|| Loss { doc, span, residue: Residue::of(self.garble, self.doc.slice(span)) })
    }
}

fn check(collection: &Collection, _cx: &Context<'_>, out: &mut Report) {
    scan_mojibake(collection);
    let found = of_each_document(collection, repairable).concat();
    let losses: Vec<Loss> = found.iter().filter_map(Repairable::loss).collect();
    let mut recoveries = concordance::recoveries(collection, &losses).into_iter();
    let damaged: FxHashSet<DocId> = found.iter().filter(|one| one.is_proved_in_text()).map(|one| one.doc.id).collect();
    for repairable in &found {
        let finding = report(repairable, out);
        if repairable.is_in_code() && !damaged.contains(&repairable.doc.id) {
            may_be_shown(finding);
            // Bytes that are no text, as of a hash, are letters in some legacy encoding as well.
            if repairable.garble.certainty != Certainty::Proved && !repairable.was_utf8() {
                finding.tier(Tier::Audit);
            }
        }
        if repairable.loss().is_some() {
            with_evidence(finding, repairable, &recoveries.next().unwrap_or_default());
        }
    }
}

/// Returns the mojibake of a document that has a repair. Losses without a repair are reported by `lost-character`, an
/// interpreted escape sequence by `invisible-character`.
fn repairable(doc: &Document) -> Vec<Repairable<'_>> {
    let mojibake = doc.mojibake().iter().filter(|garble| garble.cause != Cause::EatenEscape);
    let all = mojibake.filter_map(|garble| Some(Repairable { doc, garble, repair: garble.repair.as_deref()? }));
    all.filter(|one| !one.is_counted_through()).collect()
}

/// Adds the text that other places have, and prefers it to the repair where it is likely.
fn with_evidence(finding: &mut Finding, repairable: &Repairable<'_>, recoveries: &[Recovery]) {
    let Some(first) = recoveries.first() else { return };
    let guess = repairable.repair;
    let agrees = recoveries.len() == 1 && first.text == guess;
    finding.data("elsewhere", recovered::data(recoveries));
    for recovery in recoveries.iter().take(MAX_RECIPE_EVIDENCE) {
        finding.related(recovery.best.0, recovery.best.1, format!("`{}` in the same words", recovery.text));
    }
    if agrees || recoveries.len() == 1 && first.is_likely {
        finding
            .label(format!("was `{}`, {}", first.text, recovered::reason(first)))
            .fix(Fix::likely(
                format!("restore `{}`", first.text),
                Edit::replace(repairable.doc.id, repairable.span(), &first.text),
            ))
            .data("repair", first.text.as_str());
        return;
    }
    let texts: Vec<String> = recoveries.iter().take(MAX_RECIPE_EVIDENCE).map(recovered::evidence_text).collect();
    let is_new = recoveries.iter().all(|recovery| recovery.text != guess);
    let guess = is_new.then(|| guess.to_owned());
    finding.candidates(recoveries.iter().map(|recovery| recovery.text.clone()).chain(guess));
    finding.label(format!("elsewhere {}", texts.join(", "))).data("certainty", "ambiguous").fix = None;
}

fn report<'a>(repairable: &Repairable<'_>, out: &'a mut Report) -> &'a mut Finding {
    let Repairable { doc, garble, repair } = *repairable;
    let span = repairable.span();
    let (applicability, certainty) = match garble.certainty {
        // A character was lost before the text was mis-decoded. recto never writes U+FFFD.
        _ if repair.contains('\u{FFFD}') => (Applicability::DisplayOnly, "ambiguous"),
        // In text about encodings, mojibake may be an example.
        Certainty::Proved if garble.quoted => (Applicability::Unsafe, "likely"),
        // Half of a line: the rest is more easily restored beside what it was garbled with.
        Certainty::Proved if garble.held => (Applicability::Unsafe, "likely"),
        Certainty::Proved => (Applicability::Safe, "proved"),
        // The line has losses that nothing restores: half a repair would hide them.
        Certainty::Likely if garble.held => (Applicability::DisplayOnly, "ambiguous"),
        Certainty::Likely => (Applicability::Unsafe, "likely"),
        Certainty::Ambiguous => (Applicability::DisplayOnly, "ambiguous"),
    };
    let finding = out.find(doc.id, span, message(garble));
    finding
        .label(format!("was `{repair}`"))
        .fix(Fix::new(applicability, format!("restore `{repair}`"), Edit::replace(doc.id, span, repair)))
        .data("recipe", garble.recipe.id())
        .data("repair", repair)
        .data("certainty", certainty);
    if garble.quoted {
        finding.data("quoted", true);
        finding.help("the text around it is about encodings: if it is an example, allow it with a comment");
    }
    if garble.certainty == Certainty::Ambiguous {
        finding.candidates(garble.candidates.iter().cloned());
    } else if certainty == "ambiguous" && garble.held {
        finding.candidates([repair.to_owned()]);
        finding.help("other characters of the line are lost, too: restore the whole line");
    }
    finding
}

/// Makes a safe repair a likely one, because code shows damaged text on purpose where the text around it is intact.
fn may_be_shown(finding: &mut Finding) {
    let Some(fix) = finding.fix.as_mut().filter(|fix| fix.applicability == Applicability::Safe) else { return };
    fix.applicability = Applicability::Unsafe;
    finding.data("certainty", "likely");
    finding.help("only code is damaged here: if it is an example or the input of a test, allow it with a comment");
}

/// Returns the cause as a sentence, with the program that typically produces it.
fn message(garble: &Mojibake) -> String {
    let recipe = match (garble.recipe.to_string(), garble.cause) {
        (recipe, _) if recipe.is_empty() => "text in the wrong encoding".to_owned(),
        (recipe, Cause::Entities) => format!("{recipe}, then written as HTML character references"),
        (recipe, Cause::LostBytes) => format!("{recipe}, with bytes lost"),
        (recipe, _) => recipe,
    };
    match culprit(&garble.recipe) {
        Some(culprit) => format!("{recipe}: typically {culprit}"),
        None => recipe,
    }
}

/// Returns the program that typically decodes UTF-8 with the encoding of the last mis-decoding.
fn culprit(recipe: &Recipe) -> Option<&'static str> {
    let layer = recipe.layers.last()?;
    let utf8 = layer.written == CodePage::Utf8;
    Some(match layer.read {
        CodePage::Windows1252 if utf8 => "PowerShell 5, Excel or an editor set to ANSI",
        CodePage::Windows1250 | CodePage::Windows1251 | CodePage::Windows1253 | CodePage::Windows1254 if utf8 => {
            "PowerShell 5 or an editor set to ANSI"
        }
        CodePage::Latin1 if utf8 => "a database or web server configured for Latin-1",
        CodePage::MacRoman => "a program on a Mac without a declared encoding",
        CodePage::Ibm437 | CodePage::Ibm850 | CodePage::Ibm852 | CodePage::Ibm866 => "the Windows console",
        CodePage::Gbk | CodePage::ShiftJis | CodePage::Big5 | CodePage::EucKr if utf8 => {
            "a Windows set to Chinese, Japanese or Korean"
        }
        _ => return None,
    })
}
