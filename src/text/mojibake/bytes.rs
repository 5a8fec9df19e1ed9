//! Bytes that are no UTF-8: which code page they are written in, by the plausibility of what they say.
//!
//! For files and for stray bytes in them; knows neither files nor Unicode encodings.

use super::codepage::{CodePage, DOUBLE, SINGLE, tables};
use super::legacy;
use super::model::Cost;

/// Bytes beyond which a sample says no more.
const SAMPLE: usize = 1 << 15;

/// A code page, and by how much it is more plausible than the next that says something else.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guess {
    pub page: CodePage,
    /// Nats over the whole sample; above 10 there is hardly a doubt.
    pub margin: f64,
}

/// The code page that makes most of `bytes`: of `among`, or of all if that is empty. `None` if the
/// bytes are ASCII or no page can read them. Judges a sample of the lines beyond ASCII.
#[must_use]
pub fn guess_page(bytes: &[u8], among: &[CodePage]) -> Option<Guess> {
    let mut sample = Vec::new();
    for line in bytes.split_inclusive(|&b| b == b'\n').filter(|line| !line.is_ascii()) {
        sample.extend_from_slice(line);
        if sample.len() >= SAMPLE {
            break;
        }
    }
    if sample.is_empty() {
        return None;
    }
    let all = SINGLE.into_iter().chain(DOUBLE).chain([CodePage::EucJp]);
    let mut readings: Vec<(Cost, CodePage, String)> = all
        .filter(|page| among.is_empty() || among.contains(page))
        .filter_map(|page| {
            let text = decode(&sample, page)?;
            let cost: Cost = text.lines().map(legacy::cost).fold(0, Cost::saturating_add);
            Some((cost, page, text))
        })
        .collect();
    readings.sort_by_key(|&(cost, page, _)| (cost, page));
    let (cost, page, text) = readings.first()?;
    let rival = readings.iter().find(|(_, _, other)| other != text);
    let margin = rival.map_or(1000.0, |(next, ..)| f64::from(next - cost) / 10.0);
    Some(Guess { page: *page, margin })
}

/// The text of `bytes` in `page`; `None` if one of them has no meaning in it.
#[must_use]
pub fn decode(bytes: &[u8], page: CodePage) -> Option<String> {
    let Some(e) = SINGLE.iter().position(|&p| p == page) else { return page.decode(bytes) };
    let t = tables();
    let read = |&b: &u8| match b {
        0x80.. if t.is_hole(e, b) => None,
        0x80.. => Some(t.upper(e, b)),
        _ => Some(char::from(b)),
    };
    bytes.iter().map(read).collect()
}

/// How implausible the characters beyond ASCII of a text are: nats per step to or from one; about 4 in
/// text as people write it, above 8 in garbled text. 0 for ASCII.
#[must_use]
pub fn implausibility(text: &str) -> f64 {
    let (count, cost) = text.lines().map(legacy::count_and_cost).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    if count == 0 { 0.0 } else { f64::from(cost) / 10.0 / f64::from(count) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_told_apart() {
        for (page, encoding, text) in [
            (CodePage::Windows1251, encoding_rs::WINDOWS_1251, "Сегодня хорошая погода, и мы идём гулять.\n"),
            (CodePage::Koi8R, encoding_rs::KOI8_R, "Сегодня хорошая погода, и мы идём гулять.\n"),
            (CodePage::Windows1252, encoding_rs::WINDOWS_1252, "L’été dernier, “déjà” – à côté de la forêt.\n"),
            (CodePage::Windows1250, encoding_rs::WINDOWS_1250, "Zażółć gęślą jaźń, proszę o chwilę przerwy.\n"),
            (CodePage::Gbk, encoding_rs::GBK, "今天天气很好，我们去公园散步。\n"),
            (CodePage::ShiftJis, encoding_rs::SHIFT_JIS, "今日は天気がいいので、公園を散歩します。\n"),
        ] {
            let bytes = encoding.encode(text).0;
            let guess = guess_page(&bytes, &[]).expect("some page fits");
            assert_eq!(guess.page, page);
            assert_eq!(decode(&bytes, page).as_deref(), Some(text));
        }
        assert_eq!(guess_page(b"plain", &[]), None);
    }
}
