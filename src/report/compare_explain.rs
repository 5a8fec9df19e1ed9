//! `recto compare --explain`: the reasons why the items that somebody asks for were, or were not, matched, for people.
//!
//! May use the model.

use std::io::{self, Write};

use owo_colors::OwoColorize;

use super::compare::{Comparison, Spelling};
use super::visible::visible;
use crate::model::alignment::{ItemRef, MatchEvidence, MatchExplanation, SimilarityScores};

/// Writes the evidence for and against each candidate of each item that was asked for. `other` is the index of the
/// derived version.
///
/// # Errors
/// If writing to `out` fails.
pub fn write(
    comparison: &Comparison<'_>,
    wanted: &str,
    other: usize,
    judgements: &[Vec<MatchExplanation>],
    out: &mut dyn Write,
) -> io::Result<()> {
    let names = (visible(&comparison.names[0]), visible(&comparison.names[other]));
    writeln!(out, "{}", format!("“{}” in {} and {}", visible(wanted), names.0, names.1).bold())?;
    if judgements.is_empty() {
        return writeln!(out, "\n  neither version has an item with this number or title");
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
        MatchEvidence::Similarity(scores) => {
            writeln!(out, "    {mark}: {}", reasons(scores, judgement))?;
        }
        MatchEvidence::Features { shared, shared_weight, elsewhere, elsewhere_weight } => {
            writeln!(out, "    {mark}")?;
            evidence("in both", shared, *shared_weight, out)?;
            evidence("in one item, and in other items of the other version", elsewhere, *elsewhere_weight, out)?;
            if shared.is_empty() && elsewhere.is_empty() {
                writeln!(out, "      no features that translation keeps: numbers and order decide")?;
            }
        }
    }
    for (own, other) in [(judgement.base, judgement.taken_by.base), (judgement.derived, judgement.taken_by.derived)] {
        if let Some(other) = other {
            let file = visible(comparison.collection.document(own.doc).source.display()).into_owned();
            writeln!(out, "      {} of {file} is taken by {}", name(comparison, own), name(comparison, other))?;
        }
    }
    writeln!(out)
}

/// Returns the reasons for and against a match in words.
fn reasons(scores: &SimilarityScores, judgement: &MatchExplanation) -> String {
    /// Similarities of titles from which they are equal, are alike, and have words in common (the first is 1 less the error
    /// of the arithmetic, the others are guesses).
    const TITLES: [f32; 3] = [0.999, 0.65, 0.3];
    /// Shares of a body from which two bodies say the same, and have much in common (guesses).
    const BODIES: [f32; 2] = [0.6, 0.25];
    let mut reasons = vec![match scores.title {
        title if title >= TITLES[0] => "their titles are equal".to_owned(),
        title if title >= TITLES[1] => "their titles are alike".to_owned(),
        _ if scores.words >= TITLES[2] => "their titles have words in common".to_owned(),
        _ => "their titles have hardly a word in common".to_owned(),
    }];
    if scores.veto > 0.0 {
        reasons.push(format!("but {}", scores.reason));
    }
    reasons.push(match scores.body {
        Some(body) if body >= BODIES[0] => "their texts say the same".to_owned(),
        Some(body) if body >= BODIES[1] => "their texts have much in common".to_owned(),
        Some(_) => "their texts have little in common".to_owned(),
        None if scores.words >= TITLES[2] => "their texts are too short to be compared".to_owned(),
        None => "so their texts were not compared".to_owned(),
    });
    reasons.push(match scores.place {
        "elsewhere" => "they are in different places".to_owned(),
        place => format!("they are {place}"),
    });
    match (scores.total >= scores.enough, judgement.linked) {
        (true, false) => reasons.push("which would do, but another match is better".to_owned()),
        (false, false) => reasons.push("which is not enough".to_owned()),
        (_, true) => {}
    }
    reasons.join(", ")
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
    /// Weight of an equal number, which is the unit of weights.
    const NUMBER: f32 = 1.0;
    let force = match weight {
        weight if weight >= 3.0 * NUMBER => "much",
        weight if weight >= NUMBER => "some",
        _ => "a little",
    };
    writeln!(out, "      {what}, {force}: {named}{more}")
}

fn item(comparison: &Comparison<'_>, item: ItemRef) -> String {
    let doc = comparison.collection.document(item.doc);
    let number = comparison.number(item).map(|number| format!("{number}. ")).unwrap_or_default();
    let title = comparison.title(item, Spelling::Mended);
    format!("{}:{} {number}{}", visible(doc.source.display()), comparison.line(item), visible(&title))
}

/// Returns the number of an item, or else its title.
fn name(comparison: &Comparison<'_>, item: ItemRef) -> String {
    let title = || format!("“{}”", visible(&comparison.title(item, Spelling::Mended)));
    comparison.number(item).map_or_else(title, |number| number.to_string())
}
