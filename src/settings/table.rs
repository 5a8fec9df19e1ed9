//! The rules as they hold for one file: which run, in which tier and with which severity.
//!
//! Knows the layers of settings; not the rules.

use super::values::Overlay;
use super::{Options, Registry, RulePatch, Selector, Tiers};
use crate::model::finding::{Family, Finding, Severity, Tier};

/// The state of each rule in one file.
#[derive(Debug, Clone)]
pub struct RuleTable {
    /// In the order of the registry.
    states: Vec<RuleState>,
    /// The rules' own options.
    pub options: Options,
}

/// The state of one rule in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleState {
    /// True if it is on at all.
    pub enabled: bool,
    /// True if its findings of the audit tier are shown.
    pub audit: bool,
    /// The tier to which the user moved it.
    pub tier: Option<Tier>,
    /// The severity that the user gave it.
    pub severity: Option<Severity>,
}

impl RuleTable {
    /// Returns the table of the settings in `base`, of the `overrides` that hold for the file, and of the command line.
    pub(super) fn new(
        base: &[RulePatch],
        overrides: &[&RulePatch],
        command_line: &RulePatch,
        tiers: Tiers,
        registry: &Registry,
    ) -> Self {
        let layers: &[&RulePatch] = &base.iter().chain(overrides.iter().copied()).collect::<Vec<_>>();
        let state = |&(id, family, home): &(&'static str, Family, Tier)| {
            let audit = tiers == Tiers::GateAndAudit;
            let mut state = RuleState { enabled: true, audit, tier: None, severity: None };
            let named = |selectors: &[Selector]| selectors.iter().any(|selector| selector.covers(id, family));
            let mut is_named = false;
            let exactly = Selector::Rule(id);
            for patch in layers {
                if let Some(select) = &patch.select {
                    // The engine's rules are enabled regardless of `select`: only `ignore` silences them.
                    state.enabled = named(select) || family == Family::Engine;
                    is_named |= select.contains(&exactly);
                }
                if named(&patch.extend_select) {
                    state.enabled = true;
                    is_named |= patch.extend_select.contains(&exactly);
                }
                if named(&patch.ignore) {
                    state.enabled = false;
                }
                state.tier = patch.tier.get(id).copied().or(state.tier);
                state.severity = patch.severity.get(id).copied().or(state.severity);
            }
            // The command line narrows what the files select; only `--extend-select` adds to it, and never what an
            // override leaves out for some files.
            let left_out = overrides.iter().any(|patch| named(&patch.ignore));
            state.enabled |= named(&command_line.extend_select) && !left_out;
            if let Some(select) = &command_line.select {
                let is_selected = named(select) || named(&command_line.extend_select);
                state.enabled &= is_selected || family == Family::Engine;
            }
            state.enabled &= !named(&command_line.ignore);
            let typed = [command_line.select.as_deref().unwrap_or_default(), &command_line.extend_select];
            is_named |= typed.iter().any(|selectors| selectors.contains(&exactly));
            state.tier = command_line.tier.get(id).copied().or(state.tier);
            state.severity = command_line.severity.get(id).copied().or(state.severity);
            // A rule of the audit tier is shown if it is named; a rule of the gate tier shows no more than without.
            state.audit |= is_named && state.tier.unwrap_or(home) == Tier::Audit;
            state
        };
        let mut options = Options::default();
        for patch in layers.iter().copied().chain([command_line]) {
            options.overlay(&patch.options);
        }
        Self { states: registry.rules.iter().map(state).collect(), options }
    }

    /// The state of the rule at this index of the registry.
    pub fn state(&self, rule: usize) -> RuleState {
        self.states[rule]
    }
}

impl RuleState {
    /// True if any finding of a rule with this default tier could be shown.
    pub fn runs(self, tier: Tier) -> bool {
        self.enabled && (self.audit || self.tier.unwrap_or(tier) == Tier::Gate)
    }

    /// Applies the user's tier and severity to a finding; `None` if it is not to be shown.
    pub fn judge(self, mut finding: Finding) -> Option<Finding> {
        finding.tier = self.tier.unwrap_or(finding.tier);
        finding.severity = self.severity.unwrap_or(finding.severity);
        (self.enabled && (finding.tier == Tier::Gate || self.audit)).then_some(finding)
    }
}
