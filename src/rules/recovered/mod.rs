//! Texts and JSON data for recoveries: text that other places have where a character is lost. For the rules that report
//! losses.
//!
//! Knows recoveries; not which rule reports them.

use serde_json::{Value, json};

use crate::facts::concordance::Recovery;

/// Returns the recovered text with the number of its places.
pub(super) fn evidence_text(recovery: &Recovery) -> String {
    match recovery.places {
        1 => format!("`{}` (1 place)", recovery.text),
        places => format!("`{}` ({places} places)", recovery.text),
    }
}

/// Returns the reason why a recovery is likely.
pub(super) fn reason(recovery: &Recovery) -> String {
    match recovery.places {
        1 => "as another place has it".to_owned(),
        places => format!("as {places} other places have it"),
    }
}

/// Returns all recoveries with their numbers of places, as the JSON contract has them in `data.elsewhere`.
pub(super) fn data(recoveries: &[Recovery]) -> Value {
    let entry = |recovery: &Recovery| json!({ "text": recovery.text, "places": recovery.places });
    recoveries.iter().map(entry).collect()
}
