//! The marks of a text that a translation mostly keeps: ends of sentences, question and exclamation marks, quotations,
//! brackets and numbers of one digit.
//!
//! Pure: knows characters only.

/// Number of kinds of marks.
const KINDS: usize = 6;

/// Numbers of the marks of each kind in a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MarkCounts([u16; KINDS]);

/// Agreement of the marks of two texts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct MarkAgreement {
    /// Number of kinds of which both have equally many, and at least one.
    pub equal: f32,
    /// Sum of the differences of all kinds, each divided by the square root of the larger number and 1, because long texts
    /// differ by more.
    pub differing: f32,
}

impl MarkCounts {
    /// Counts the marks of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut counts = [0_u16; KINDS];
        let mut before = ' ';
        let mut characters = text.chars().peekable();
        while let Some(c) = characters.next() {
            let next = characters.peek().copied().unwrap_or(' ');
            let ends = !next.is_alphanumeric();
            let kind = match c {
                '.' | '।' | '。' if ends || c != '.' => Some(0),
                '?' | '？' | '؟' => Some(1),
                '!' | '！' => Some(2),
                // Two of them are one quotation, whichever signs the language has.
                '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」' | '『' | '』' => Some(3),
                '(' | '（' => Some(4),
                _ if c.is_numeric() && !before.is_alphanumeric() && !next.is_alphanumeric() => Some(5),
                _ => None,
            };
            if let Some(kind) = kind {
                counts[kind] = counts[kind].saturating_add(1);
            }
            before = c;
        }
        counts[3] = counts[3].div_ceil(2);
        // Questions and exclamations are sentences as well.
        counts[0] = counts[0].saturating_add(counts[1]).saturating_add(counts[2]);
        Self(counts)
    }

    /// Returns how well the marks of two texts agree.
    #[must_use]
    pub fn agreement(self, other: Self) -> MarkAgreement {
        let mut found = MarkAgreement::default();
        for (a, b) in self.0.into_iter().zip(other.0) {
            if a == b && a > 0 {
                found.equal += 1.0;
            }
            found.differing += difference(a.into(), b.into());
        }
        found
    }
}

/// Returns the difference of two numbers, divided by the square root of the larger one and 1.
#[must_use]
pub fn difference(a: u32, b: u32) -> f32 {
    a.abs_diff(b) as f32 / (1.0 + a.max(b) as f32).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_the_same_in_many_languages() {
        let text = "Who keeps the lamp (at night)? \"Nobody\" does. It burns 3 hours!";
        for other in [
            "Wer hütet die Lampe (bei Nacht)? „Niemand“ tut es. Sie brennt 3 Stunden!",
            "誰がランプを守る（夜に）？「誰も」いない。3 時間燃える！",
        ] {
            let found = MarkCounts::of(text).agreement(MarkCounts::of(other));
            assert_eq!(found, MarkAgreement { equal: 6.0, differing: 0.0 }, "{other}");
        }
    }

    #[test]
    fn points_within_names_end_no_sentence() {
        assert_eq!(MarkCounts::of("Take lamp.rs of v2"), MarkCounts::default());
        assert!(MarkCounts::of("One. Two.").agreement(MarkCounts::of("One.")).differing > 0.0);
    }
}
