//! `unused-allow`: a suppression that suppresses nothing.

use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Rule};

/// The rule. Its findings come from the engine.
pub(crate) static RULE: Rule = Rule {
    id: "unused-allow",
    family: Family::Engine,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "a suppression comment has no effect",
    page: include_str!("../../rules/unused-allow.md"),
    check: Check::Engine,
};
