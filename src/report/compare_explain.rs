//! `recto compare --explain N`: the reasons why the items with a number were, or were not, matched, for people.
//!
//! May use the model.

use std::io::{self, Write};

use owo_colors::OwoColorize;

use super::compare::{Comparison, Spelling};
use super::visible::visible;
use crate::model::alignment::{ItemRef, MatchEvidence, MatchExplanation, SimilarityScores};

/// Writes the evidence for and against each candidate of each item with this number. `other` is the index of the
/// derived version.
///
/// # Errors
/// If writing to `out` fails.
pub fn write(
    comparison: &Comparison<'_>,
    number: u32,
    other: usize,
    judgements: &[Vec<MatchExplanation>],
    out: &mut dyn Write,
) -> io::Result<()> {
    let names = (visible(&comparison.names[0]), visible(&comparison.names[other]));
    writeln!(out, "{}", format!("items {number} of {} and {}", names.0, names.1).bold())?;
    if judgements.is_empty() {
        return writeln!(out, "\n  neither version has an item with this number");
    }
    for candidates in judgements {
        writeln!(out)?;
        if candidates.is_empty() {
            writeln!(out, "  no item of the other version has any feature in common with this one")?;
        }
        for judgement in candidates {
            candidate(comparison, judgement, out)?;
        }
    }
    Ok(())
}

fn candidate(comparison: &Comparison<'_>, judgement: &MatchExplanation, out: &mut dyn Write) -> io::Result<()> {
    let mark = if judgement.linked { "matched".green().to_string() } else { "not matched".dimmed().to_string() };
    writeln!(out, "  {}", item(comparison, judgement.base))?;
    writeln!(out, "  {}", item(comparison, judgement.derived))?;
    match &judgement.evidence {
        MatchEvidence::Similarity(words) => writeln!(out, "    {mark}: {}\n", by_words(words)),
        MatchEvidence::Features { shared, shared_weight, elsewhere, elsewhere_weight } => {
            writeln!(out, "    {mark}")?;
            evidence("in both", shared, *shared_weight, out)?;
            evidence("in one item, and in other items of the other version", elsewhere, *elsewhere_weight, out)?;
            if shared.is_empty() && elsewhere.is_empty() {
                writeln!(out, "      no features that translation keeps: numbers and order decide")?;
            }
            writeln!(out)
        }
    }
}

fn by_words(words: &SimilarityScores) -> String {
    let mut scores =
        vec![format!("titles {:.2} (words {:.2}, letters {:.2})", words.title, words.words, words.trigrams)];
    if words.veto > 0.0 {
        scores.push(format!("−{:.2}: {}", words.veto, words.reason));
    }
    scores.push(match words.body {
        Some(body) => format!("bodies {body:.2}"),
        None => "bodies not compared".to_owned(),
    });
    scores.push(format!("place: {}", words.place));
    scores.push(format!("total {:.2}, minimum {:.2}", words.total, words.enough));
    scores.join(" · ")
}

/// Maximum number of features that are named (a guess: more are not read).
const MAX_NAMED_FEATURES: usize = 6;

fn evidence(what: &str, pieces: &[String], weight: f32, out: &mut dyn Write) -> io::Result<()> {
    if pieces.is_empty() {
        return Ok(());
    }
    let named = pieces.get(..MAX_NAMED_FEATURES).unwrap_or(pieces).join(", ");
    let named = visible(&named);
    let more = pieces.len().saturating_sub(MAX_NAMED_FEATURES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    writeln!(out, "      {what} ({weight:.1}): {named}{more}")
}

fn item(comparison: &Comparison<'_>, item: ItemRef) -> String {
    let doc = comparison.collection.document(item.doc);
    let number = comparison.number(item).map(|number| format!("{number}. ")).unwrap_or_default();
    let title = comparison.title(item, Spelling::Mended);
    format!("{}:{} {number}{}", visible(doc.source.display()), comparison.line(item), visible(&title))
}
