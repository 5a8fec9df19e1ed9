//! The sum that decided about a span of mojibake, item by item.
//!
//! Knows no models; whoever decides fills it in.

use std::fmt;

use crate::weights::Cost;

/// The items of the sum that decided about a span, in decinats: tenths of the natural logarithm of a probability.
///
/// ```
/// let spans = recto_mojibake::scan("It doesnâ€™t matter.");
/// let score = spans[0].score.expect("a sum decided");
/// assert!(score.repair < score.found && score.gain() > 100);
/// assert_eq!(score.gain(), score.found - score.repair - score.chain - score.losses + score.cues);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Score {
    /// Negative logarithm of the probability of the text as found, under a language model, with the steps to its
    /// neighbours.
    pub found: Cost,
    /// That of the repair in its place.
    pub repair: Cost,
    /// Cost of the chain of decodings: of rare encodings, and of each further layer.
    pub chain: Cost,
    /// Cost of the bytes that have to be lost.
    pub losses: Cost,
    /// Sum of the cues that the model does not see: the place in a word, the neighbours, the language of the line.
    pub cues: Cost,
    /// Distance to the next best candidate, if bytes are lost or another legacy encoding is possible.
    pub margin: Option<Cost>,
    /// The evidence of the whole text for the encoding, if it was asked.
    pub votes: Option<Votes>,
}

/// The evidence of a whole text for an encoding, in decinats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Votes {
    /// Sum of the improvements of the distinct spans of the text, each beyond coincidence; or the improvement of all its
    /// words as legacy text.
    pub sum: Cost,
    /// The least sum with which the encoding is accepted.
    pub least: Cost,
}

impl Score {
    /// Returns the sum: by how much the repair is the better explanation of the text.
    #[must_use]
    pub fn gain(&self) -> Cost {
        self.found - self.repair - self.chain - self.losses + self.cues
    }

    /// Returns the sum of both, for a span that was repaired in two steps.
    pub(crate) fn and(self, other: Score) -> Score {
        Score {
            found: self.found + other.found,
            repair: self.repair + other.repair,
            chain: self.chain + other.chain,
            losses: self.losses + other.losses,
            cues: self.cues + other.cues,
            margin: self.margin.into_iter().chain(other.margin).min(),
            votes: self.votes.or(other.votes),
        }
    }

    /// Returns the score of which `gain` is the sum; the cues are what the other items do not explain.
    pub(crate) fn with_gain(self, gain: Cost) -> Score {
        let cues = self.cues + gain - self.gain();
        Score { cues, ..self }
    }
}

impl fmt::Display for Score {
    /// Writes "text 398 − 52, chain −10, cues +25: 361", and the margin and votes if there are any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "text {} − {}", self.found, self.repair)?;
        for (name, item) in [("chain", -self.chain), ("losses", -self.losses), ("cues", self.cues)] {
            match item {
                0 => {}
                1.. => write!(f, ", {name} +{item}")?,
                _ => write!(f, ", {name} −{}", item.unsigned_abs())?,
            }
        }
        write!(f, ": {}", self.gain())?;
        if let Some(margin) = self.margin {
            write!(f, "; {margin} ahead of the next candidate")?;
        }
        if let Some(Votes { sum, least }) = self.votes {
            write!(f, "; votes of the text {sum}, at least {least}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_written_with_their_signs() {
        let score = Score { found: 398, repair: 52, chain: 10, cues: 25, ..Score::default() };
        assert_eq!(score.to_string(), "text 398 − 52, chain −10, cues +25: 361");
        let lossy = Score { found: 90, repair: 40, losses: 45, margin: Some(33), ..Score::default() };
        assert_eq!(lossy.to_string(), "text 90 − 40, losses −45: 5; 33 ahead of the next candidate");
        let both = score.and(lossy).with_gain(400);
        assert_eq!((both.gain(), both.margin), (400, Some(33)));
    }
}
