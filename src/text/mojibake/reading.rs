//! How strange a reading of bytes is, for whoever has to choose among code pages.
//!
//! Knows the model of fluency; not files, and nothing of misreadings.

use super::fluency::{Context, fluency};

/// How strange `text` is as a passage of any of the languages of the model, character after character: a negative log
/// probability in tenths of a nat. Slower than [`implausibility`](super::implausibility), but it knows words.
#[must_use]
pub fn strangeness(text: &str) -> u64 {
    let cost = |line: &str| {
        let (cost, context) = fluency().text(Context::edge(), line.chars());
        let (end, _) = fluency().text(context, std::iter::once('\n'));
        u64::from((cost + end).unsigned_abs())
    };
    text.lines().map(cost).sum()
}

pub fn local(text: &str) -> (u64, u64, u64, u64) {
    let (mut sum, mut n) = (0i64, 0u64);
    let mut by: std::collections::BTreeMap<char, (i64, i64)> = Default::default();
    for line in text.lines() {
        let mut context = Context::edge();
        let mut before = None;
        for c in line.chars().chain(std::iter::once('\n')) {
            let (cost, next) = fluency().text(context, std::iter::once(c));
            context = next;
            let here = !c.is_ascii();
            if here || before.is_some() { sum += i64::from(cost); }
            if let Some(b) = before { by.entry(b).or_default().0 += i64::from(cost); }
            if here { n += 1; let e = by.entry(c).or_default(); e.0 += i64::from(cost); e.1 += 1; }
            before = here.then_some(c);
        }
    }
    let worst = by.values().map(|v| v.0 / v.1).max().unwrap_or(0);
    let worst2 = by.values().filter(|v| v.1 > 1).map(|v| v.0 / v.1).max().unwrap_or(0);
    (sum.unsigned_abs(), n, worst as u64, worst2 as u64)
}
