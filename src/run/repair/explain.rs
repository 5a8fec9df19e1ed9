//! Explanations of repairs, for people and as JSON.

use serde_json::{Map, Value, json};

use crate::cli::ExplanationFormat;
use crate::text::mojibake::{Certainty, Mojibake, Score, Unrepaired};

/// Explanations of the repairs of one row.
#[derive(Debug, Default)]
pub(super) struct Explanations {
    /// Lines for people.
    pub(super) lines: Vec<String>,
    /// Repairs as JSON.
    pub(super) repairs: Vec<Value>,
}

impl Explanations {
    /// Adds the mojibake of a text. `field` is where the text is in its row, and is told to people if the row has others.
    pub(super) fn add(
        &mut self,
        format: ExplanationFormat,
        field: &str,
        text: &str,
        found: &[Mojibake],
        least: Certainty,
    ) {
        match format {
            ExplanationFormat::Text if field.contains(['.', '[']) => {
                self.lines.extend(found.iter().map(|garble| format!("{field}: {}", explained(garble, text))));
            }
            ExplanationFormat::Text => self.lines.extend(found.iter().map(|garble| explained(garble, text))),
            ExplanationFormat::Json => {
                for mut repair in repairs(text, found, least) {
                    repair.shift_insert(0, "field".to_owned(), field.into());
                    self.repairs.push(Value::Object(repair));
                }
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.repairs.is_empty()
    }
}

/// Returns the explanation of a repair for people, with the sum that decided on a line of its own.
pub(super) fn explained(garble: &Mojibake, text: &str) -> String {
    let explained = garble.explain(text);
    match garble.score {
        Some(score) => format!("{explained}\n    {score}"),
        None => format!("{explained}\n    no sum: its form decided"),
    }
}

/// Returns the items of a sum as JSON, in decinats.
fn items(score: Score) -> Value {
    let votes = score.votes.map(|votes| json!({"sum": votes.sum, "least": votes.least}));
    json!({
        "found": score.found,
        "repair": score.repair,
        "chain": score.chain,
        "losses": score.losses,
        "cues": score.cues,
        "gain": score.gain(),
        "margin": score.margin,
        "votes": votes,
    })
}

/// Returns the mojibake of a text as JSON, with positions in characters.
pub(super) fn repairs(text: &str, found: &[Mojibake], least: Certainty) -> Vec<Map<String, Value>> {
    let (mut bytes, mut characters) = (0, 0);
    let mut position = |offset: usize| {
        characters += text.get(bytes..offset).unwrap_or_default().chars().count();
        bytes = offset;
        characters
    };
    let repair = |garble: &Mojibake| {
        let value = json!({
            "start": position(garble.span.start),
            "end": position(garble.span.end),
            "found": text.get(garble.span.clone()),
            "repair": garble.repair,
            "recipe": garble.recipe.id(),
            "certainty": garble.certainty.id(),
            "cause": garble.cause.id(),
            "left": garble.unrepaired(least).map(Unrepaired::id),
            "candidates": garble.candidates,
            "score": garble.score.map(items),
        });
        match value {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    };
    found.iter().map(repair).collect()
}
