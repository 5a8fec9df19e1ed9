//! Statements in the shapes that people write them in, and numbers that state nothing.

use super::*;

fn heading(text: &str) -> Option<StatedExtent> {
    range_in(text, RangeContext::Heading).or_else(|| count_in(text)).map(|(extent, _)| extent)
}

const fn range(first: u32, last: u32) -> Option<StatedExtent> {
    Some(StatedExtent::Range { first, last })
}

#[test]
fn ranges_in_headings() {
    for text in [
        "21–40: Harbours",
        "**21–40: Harbours**",
        "🔵 **21–40: Harbours**",
        "ðŸ”µ **21â€“40: Harbours**",
        "üîµ Harbours (Questions 21-40)",
        "Harbours (Q21–Q40)",
        "Section 2 (21–40)",
        "Section 2: Harbours (Q21-40)",
        "51 Questions 21 to 40",
        "21-40. Harbours",
        "Theory Questions: 21–40 Harbours",
        "Harbour Programs (21-40)",
        "Harbours - Questions 21-40 (Short Version)",
    ] {
        assert_eq!(heading(text), range(21, 40), "{text}");
    }
}

#[test]
fn no_ranges() {
    for text in [
        "Beginners (0–2 Years)",
        "Growth 5-10% a year",
        "1990-2020: the boom",
        "Chapter 3",
        "Tides in 3-5 minutes",
        "Version 1.18-1.20",
        "Born 2024-05-06",
        "Days 3-4: Harbours",
        "RFC 5321-5322 explained",
    ] {
        assert_eq!(heading(text), None, "{text}");
    }
}

#[test]
fn ranges_in_other_languages_were_not_read() {
    for text in [
        "Fragen 21-40",
        "Fragen 21 bis 40",
        "Preguntas 21 a 40",
        "Questions 21 à 40",
        "Perguntas (21-40)",
        "Вопросы 21–40",
        "Вопросы с 21 по 40",
        "Domande dalla prima parte: domande 21-40",
        "Vragen 21 tot 40",
        "問題21〜40",
        "问题 21~40",
        "第21-40题",
        "질문 21~40",
    ] {
        assert_eq!(heading(text), range(21, 40), "{text}");
    }
    for text in ["De 21 a 40 personas", "21 bis 40 Grad", "Grupos de 21 a 40", "Boote mit 21 bis 40 Metern"] {
        assert_eq!(heading(text), None, "{text}");
    }
    assert_eq!(heading("All 433 Fragen"), Some(StatedExtent::Count(433)));
}

#[test]
fn counts() {
    assert_eq!(heading("All 433 Tide Questions"), Some(StatedExtent::Count(433)));
    assert_eq!(heading("Harbours (12 Questions)"), Some(StatedExtent::Count(12)));
    assert_eq!(heading("~580 questions across 7 files"), None);
    assert_eq!(heading("12 questions per harbour"), None);
    assert_eq!(heading("2 questions"), None);
}

#[test]
fn any_text_is_read_without_panic() {
    for text in ["1–", "é1–2é", "(1-", "Q1–Qé", "1â€", "12 é", "#1-9#", "1-5", "1 to 5", "9 to", "(é1-9)"]
    {
        let _ = heading(text);
        let _ = range_in(text, RangeContext::Line);
    }
}
