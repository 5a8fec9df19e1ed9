//! Labels as Chinese, Japanese and Korean write them: "第3章", "第三章", "一、", "（一）", "제3장".
//!
//! Pure: takes a text, returns ranges of it.

use super::{LabelledTitle, Numbered, numerals, title};
use crate::model::item::{LabelWord, Numeral};

/// The counters after an ordinal number, and the words of labels that they correspond to.
const COUNTERS: &[(char, LabelWord)] = &[
    ('章', LabelWord::Chapter),
    ('장', LabelWord::Chapter),
    ('回', LabelWord::Chapter),
    ('節', LabelWord::Section),
    ('节', LabelWord::Section),
    ('절', LabelWord::Section),
    ('条', LabelWord::Article),
    ('條', LabelWord::Article),
    ('조', LabelWord::Article),
    ('课', LabelWord::Lesson),
    ('課', LabelWord::Lesson),
    ('讲', LabelWord::Lesson),
    ('講', LabelWord::Lesson),
    ('과', LabelWord::Lesson),
    ('部', LabelWord::Part),
    ('篇', LabelWord::Part),
    ('编', LabelWord::Part),
    ('編', LabelWord::Part),
    ('卷', LabelWord::Part),
    ('巻', LabelWord::Part),
    ('부', LabelWord::Part),
    ('题', LabelWord::Question),
    ('題', LabelWord::Question),
    ('問', LabelWord::Question),
    ('问', LabelWord::Question),
    ('步', LabelWord::Step),
    ('天', LabelWord::Day),
    ('日', LabelWord::Day),
    ('周', LabelWord::Week),
    ('週', LabelWord::Week),
];

/// Parses a label at `at`, where `text` starts after its decoration. `None` if there is none.
pub(super) fn read(text: &str, at: usize) -> Option<LabelledTitle> {
    let rest = text.get(at..)?;
    let label = |word, numeral, number, end| LabelledTitle {
        word,
        numeral,
        number: Some(number),
        title: title(text, end),
        weak: false,
    };
    if let Some(inner) = rest.strip_prefix(['第', '제']) {
        let start = text.len() - inner.trim_start().len();
        let (numeral, value, end) = value(text, start)?;
        let after = text[end..].trim_start_matches(' ');
        let counter = after.chars().next()?;
        let (_, word) = COUNTERS.iter().find(|(sign, _)| *sign == counter)?;
        let after = &after[counter.len_utf8()..];
        // "第三章程" and "第一天气": the counter is the first character of a word that goes on.
        let divides = |c: char| c.is_whitespace() || !c.is_alphanumeric() || c.is_ascii();
        if !after.chars().next().is_none_or(divides) {
            return None;
        }
        let after = after.trim_start_matches(['、', '：', ':', '．', '.', '·', '-', '–', '—', ' ', '\u{3000}']);
        return Some(label(*word, numeral, Numbered::new(value, start..end), text.len() - after.len()));
    }
    let (open, inner) = match rest.strip_prefix(['（', '(']) {
        Some(inner) => (true, inner),
        None => (false, rest),
    };
    let start = text.len() - inner.len();
    let (value, end) = chinese(text, start)?;
    let closes: &[char] = if open { &['）', ')'] } else { &['、', '．', '.'] };
    let after = text[end..].strip_prefix(closes)?;
    Some(label(LabelWord::None, Numeral::Chinese, Numbered::new(value, start..end), text.len() - after.len()))
}

/// Returns whether the text may start with such a label, so that it is not decoration.
pub(super) fn starts(rest: &str) -> bool {
    rest.starts_with(['第', '제']) || (rest.starts_with(is_chinese_numeral) && read(rest, 0).is_some())
}

/// Parses the number at `at` in digits of any script or in Chinese numerals. Returns the numeral system, the value and
/// the end.
fn value(text: &str, at: usize) -> Option<(Numeral, u32, usize)> {
    numerals::digits(text, at)
        .map(|(value, end)| (Numeral::Decimal, value, end))
        .or_else(|| numerals::native_digits(text, at).map(|(value, end)| (Numeral::Native, value, end)))
        .or_else(|| chinese(text, at).map(|(value, end)| (Numeral::Chinese, value, end)))
}

const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

fn is_chinese_numeral(c: char) -> bool {
    DIGITS.contains(&c) || matches!(c, '零' | '两' | '十' | '百' | '千')
}

/// Parses a Chinese numeral below ten thousand: 十二, 二百三十, 一〇四. Returns the value and the end.
fn chinese(text: &str, at: usize) -> Option<(u32, usize)> {
    let (mut total, mut digit, mut end) = (0_u32, None, at);
    let mut positional = true;
    for c in text.get(at..)?.chars().take(8).take_while(|c| is_chinese_numeral(*c)) {
        end += c.len_utf8();
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            _ => {
                let value = DIGITS.iter().position(|sign| *sign == c).unwrap_or(if c == '两' { 2 } else { 0 }) as u32;
                digit = Some(if positional { digit.unwrap_or(0) * 10 + value } else { value });
                continue;
            }
        };
        positional = false;
        total += digit.take().unwrap_or(1) * unit;
    }
    let value = total + digit.unwrap_or(0);
    (end > at && value > 0 && value < 10_000).then_some((value, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_numerals() {
        for (written, value) in
            [("三", 3), ("十", 10), ("十二", 12), ("二十", 20), ("二百三十五", 235), ("一〇四", 104), ("一百零五", 105)]
        {
            assert_eq!(chinese(written, 0), Some((value, written.len())), "{written}");
        }
        assert_eq!(chinese("采茶", 0), None);
    }

    #[test]
    fn ordinals_and_enumerations() {
        let parse = |text: &'static str| {
            let label = read(text, 0)?;
            Some((label.word, label.number?.value, &text[label.title]))
        };
        assert_eq!(parse("第3章 采茶"), Some((LabelWord::Chapter, 3, "采茶")));
        assert_eq!(parse("第十二条"), Some((LabelWord::Article, 12, "")));
        assert_eq!(parse("第 3 課：霧"), Some((LabelWord::Lesson, 3, "霧")));
        assert_eq!(parse("제3장 안개"), Some((LabelWord::Chapter, 3, "안개")));
        assert_eq!(parse("一、采茶"), Some((LabelWord::None, 1, "采茶")));
        assert_eq!(parse("（二）萎凋"), Some((LabelWord::None, 2, "萎凋")));
        for text in ["第三章程", "一个人", "三月", "第三", "第"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
