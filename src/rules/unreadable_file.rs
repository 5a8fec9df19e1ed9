//! `unreadable-file`: a file could not be read as text.

use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Rule};

/// The rule. Its findings come from the engine.
pub(crate) static RULE: Rule = Rule {
    id: "unreadable-file",
    family: Family::Engine,
    tier: Tier::Gate,
    severity: Severity::Error,
    stage: Stage::Structure,
    summary: "a file could not be read as text",
    page: include_str!("../../rules/unreadable-file.md"),
    check: Check::Engine,
};
