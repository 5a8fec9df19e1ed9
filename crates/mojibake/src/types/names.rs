//! Names of certainties, causes and reasons in machine formats.

use crate::types::{Cause, Certainty, Mojibake};

impl Certainty {
    /// Returns the name in machine formats.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Certainty::Proved => "proved",
            Certainty::Likely => "likely",
            Certainty::Ambiguous => "ambiguous",
        }
    }
}

impl Cause {
    /// Returns the name in machine formats.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Cause::Mojibake => "mojibake",
            Cause::LostBytes => "lost-bytes",
            Cause::LegacyAsLegacy => "legacy-as-legacy",
            Cause::EatenEscape => "eaten-escape",
            Cause::Entities => "entities",
        }
    }
}

/// Reason why a span of mojibake is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unrepaired {
    /// Several candidates are about equally good.
    Ambiguous,
    /// The text around it is about encodings, so that it may be an example.
    QuotedExample,
    /// Its line has losses that nothing restores.
    LossesInLine,
    /// Its repair is less certain than was asked for.
    BelowCertainty,
}

impl Unrepaired {
    /// Returns the name in machine formats.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Unrepaired::Ambiguous => "ambiguous",
            Unrepaired::QuotedExample => "quoted-example",
            Unrepaired::LossesInLine => "losses-in-line",
            Unrepaired::BelowCertainty => "below-certainty",
        }
    }
}

impl Mojibake {
    /// Returns the reason why a repair that makes everything at least as certain as `least` leaves the span as it is;
    /// `None` if it is repaired.
    #[must_use]
    pub fn unrepaired(&self, least: Certainty) -> Option<Unrepaired> {
        if self.repair.is_none() {
            Some(Unrepaired::Ambiguous)
        } else if self.quoted {
            Some(Unrepaired::QuotedExample)
        } else if self.held {
            Some(Unrepaired::LossesInLine)
        } else if self.certainty < least {
            Some(Unrepaired::BelowCertainty)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan;

    #[test]
    fn a_span_says_why_it_is_left() {
        let why = |text: &str, least| scan(text).first().and_then(|span| span.unrepaired(least)).map(Unrepaired::id);
        assert_eq!(why("It doesnâ€™t matter.", Certainty::Proved), None);
        assert_eq!(why("Ïðèâåò, êàê äåëà?", Certainty::Likely), None);
        assert_eq!(why("Ïðèâåò, êàê äåëà?", Certainty::Proved), Some("below-certainty"));
    }
}
