//! `internal-error`: a rule of recto itself failed.

use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Rule};

/// The rule. Its findings come from the engine.
pub(crate) static RULE: Rule = Rule {
    id: "internal-error",
    family: Family::Engine,
    tier: Tier::Gate,
    severity: Severity::Error,
    stage: Stage::Structure,
    summary: "a rule of recto itself failed",
    page: include_str!("../../rules/internal-error.md"),
    check: Check::Engine,
};
