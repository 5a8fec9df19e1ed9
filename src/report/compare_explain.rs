//! `recto compare --explain N`: why the items with a number were, or were not, matched, for people.
//!
//! May use the model.

use std::io::{self, Write};

use owo_colors::OwoColorize;

use super::compare::Comparison;
use crate::model::alignment::{ItemRef, Judgement};

/// Writes what spoke for and against each candidate of each item with this number; `other` is the index of the version
/// that is compared with the first.
///
/// # Errors
/// If `out` does not take it.
pub fn write(
    comparison: &Comparison<'_>,
    number: u32,
    other: usize,
    judgements: &[Vec<Judgement>],
    out: &mut dyn Write,
) -> io::Result<()> {
    let names = (&comparison.names[0], &comparison.names[other]);
    writeln!(out, "{}", format!("items {number} of {} and {}", names.0, names.1).bold())?;
    if judgements.is_empty() {
        return writeln!(out, "\n  neither has an item with this number");
    }
    for candidates in judgements {
        writeln!(out)?;
        if candidates.is_empty() {
            writeln!(out, "  no item of the other version shares a word with this one")?;
        }
        for judgement in candidates {
            candidate(comparison, judgement, out)?;
        }
    }
    Ok(())
}

fn candidate(comparison: &Comparison<'_>, judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    let mark = if judgement.linked { "matched".green().to_string() } else { "not matched".dimmed().to_string() };
    writeln!(out, "  {}", item(comparison, judgement.left))?;
    writeln!(out, "  {}", item(comparison, judgement.right))?;
    let mut told = vec![format!(
        "titles {:.2} (words {:.2}, letters {:.2})",
        judgement.title, judgement.words, judgement.trigrams
    )];
    if judgement.veto > 0.0 {
        told.push(format!("−{:.2}: {}", judgement.veto, judgement.reason));
    }
    told.push(match judgement.body {
        Some(body) => format!("bodies {body:.2}"),
        None => "bodies not asked".to_owned(),
    });
    told.push(format!("place: {}", judgement.place));
    told.push(format!("together {:.2} of {:.2} needed", judgement.total, judgement.enough));
    writeln!(out, "    {mark}: {}\n", told.join(" · "))
}

fn item(comparison: &Comparison<'_>, item: ItemRef) -> String {
    let doc = comparison.collection.document(item.doc);
    let number = comparison.number(item).map(|number| format!("{number}. ")).unwrap_or_default();
    format!("{}:{} {number}{}", doc.source.display(), comparison.line(item), comparison.title(item))
}
