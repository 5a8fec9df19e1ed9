//! Labels in the shapes that people write them in.

use super::*;

fn label(text: &str) -> Option<(LabelWord, Option<u32>, &str)> {
    let label = read(text)?;
    Some((label.word, label.number.map(|number| number.value), &text[label.title]))
}

#[test]
fn numbers_with_and_without_words() {
    assert_eq!(label("12. Why tides?"), Some((LabelWord::None, Some(12), "Why tides?")));
    assert_eq!(label("12) Why tides?"), Some((LabelWord::None, Some(12), "Why tides?")));
    assert_eq!(label("12\\. Why tides?"), Some((LabelWord::None, Some(12), "Why tides?")));
    assert_eq!(label("(12) Why tides?"), Some((LabelWord::None, Some(12), "Why tides?")));
    assert_eq!(label("Q12: Why tides?"), Some((LabelWord::Q, Some(12), "Why tides?")));
    assert_eq!(label("Q12. Why tides?"), Some((LabelWord::Q, Some(12), "Why tides?")));
    assert_eq!(label("Q.12 - Why tides?"), Some((LabelWord::Q, Some(12), "Why tides?")));
    assert_eq!(label("Question 12: Why tides?"), Some((LabelWord::Question, Some(12), "Why tides?")));
    assert_eq!(label("question #12 — Why tides?"), Some((LabelWord::Question, Some(12), "Why tides?")));
    assert_eq!(label("Question 7"), Some((LabelWord::Question, Some(7), "")));
    assert_eq!(label("Step 3 (optional): rinse"), Some((LabelWord::Step, Some(3), "(optional): rinse")));
    assert_eq!(label("1. "), Some((LabelWord::None, Some(1), "")));
}

#[test]
fn decoration_is_looked_through() {
    assert_eq!(label("🔵 **12. Why tides?**"), Some((LabelWord::None, Some(12), "Why tides?")));
    assert_eq!(label("ðŸ”µ **12. Why tides?**"), Some((LabelWord::None, Some(12), "Why tides?")));
    assert_eq!(label("[Easy] 12. Why tides?"), Some((LabelWord::None, Some(12), "Why tides?")));
    assert_eq!(label("<a name=\"x\"></a>12. Why tides?"), Some((LabelWord::None, Some(12), "Why tides?")));
    assert_eq!(label("**Q12.** Why tides?"), Some((LabelWord::Q, Some(12), "Why tides?")));
    assert_eq!(label("12. **Why** tides?"), Some((LabelWord::None, Some(12), "**Why** tides?")));
    assert_eq!(label("12. Why **tides**"), Some((LabelWord::None, Some(12), "Why **tides**")));
}

#[test]
fn keycaps_romans_and_letters() {
    assert_eq!(label("1️⃣ Tides"), Some((LabelWord::None, Some(1), "Tides")));
    assert_eq!(label("1️⃣2️⃣ Tides"), Some((LabelWord::None, Some(12), "Tides")));
    assert_eq!(label("🔟 Tides"), Some((LabelWord::None, Some(10), "Tides")));
    assert_eq!(label("Part IV: Tides"), Some((LabelWord::Part, Some(4), "Tides")));
    assert_eq!(label("XIX. Tides"), Some((LabelWord::None, Some(19), "Tides")));
    assert_eq!(label("B. Tides"), Some((LabelWord::None, Some(2), "Tides")));
    assert_eq!(read("I. Tides").map(|label| label.numeral), Some(Numeral::Roman));
    assert_eq!(label("I think so"), None);
    assert_eq!(label("A tide"), None);
}

#[test]
fn intervals_need_a_word() {
    let day = read("Day 3-4: Harbours").expect("a label").number.expect("a number");
    assert_eq!((day.value, day.last), (3, Some(4)));
    let day = read("Day 3–4: Harbours").expect("a label").number.expect("a number");
    assert_eq!((day.value, day.last), (3, Some(4)));
    let two = read("7–8. Harbours").expect("a label").number.expect("a number");
    assert_eq!((two.value, two.last), (7, Some(8)));
    let two = read("7 & 8. Harbours").expect("a label").number.expect("a number");
    assert_eq!((two.value, two.last), (7, Some(8)));
    assert_eq!(label("21–40: Harbours"), None);
    assert_eq!(label("21â€“40: Harbours"), None);
}

#[test]
fn labels_that_may_be_sentences_are_weak() {
    for (text, number, title) in [
        ("1.4 Tides", 4, "Tides"),
        ("2.9.1.1 Tides", 1, "Tides"),
        ("3.5. Tides", 5, "Tides"),
        ("#4 Tides", 4, "Tides"),
        ("§ 4 Tides", 4, "Tides"),
        ("Chapter 4 Tides", 4, "Tides"),
        ("![✔] 2.10 Tides", 10, "Tides"),
    ] {
        let found = read(text).expect("a label");
        assert!(found.weak, "{text}");
        assert_eq!((found.number.map(|number| number.value), &text[found.title]), (Some(number), title), "{text}");
    }
}

#[test]
fn numbers_in_the_ways_of_laws_books_and_other_scripts() {
    for (text, word, number) in [
        ("Article 4", LabelWord::Article, 4),
        ("Art. 4. Tides", LabelWord::Article, 4),
        ("§ 4", LabelWord::Paragraph, 4),
        ("Chapter IV: Tides", LabelWord::Chapter, 4),
        ("Chapter C: Tides", LabelWord::Chapter, 100),
        ("Глава 4. Приливы", LabelWord::Chapter, 4),
        ("第3章 潮", LabelWord::Chapter, 3),
        ("一、潮", LabelWord::None, 1),
        ("(a) Tides", LabelWord::None, 1),
        ("٤. مد", LabelWord::None, 4),
        ("⑫ Tides", LabelWord::None, 12),
        ("10️⃣ Tides", LabelWord::None, 10),
        (":ocean: 12. Tides", LabelWord::None, 12),
    ] {
        assert_eq!(label(text).map(|(word, number, _)| (word, number)), Some((word, Some(number))), "{text}");
    }
}

#[test]
fn no_labels() {
    for text in [
        "100 tides",
        "2024 in review",
        "Part of it",
        "Part 2 of it",
        "Stepwise 3: x",
        "",
        "Q",
        "12",
        "1.9.0",
        "1.4 - 2021",
    ] {
        assert_eq!(label(text), None, "{text}");
    }
}

#[test]
fn unnumbered_questions() {
    assert_eq!(label("Q: Why tides?"), Some((LabelWord::Q, None, "Why tides?")));
    assert_eq!(label("**Question:** Why tides?"), Some((LabelWord::Question, None, "Why tides?")));
}

#[test]
fn any_text_is_read_without_panic() {
    for text in [
        "é",
        "**é",
        "[é",
        "<é",
        "\u{1F51F}",
        "1\u{FE0F}",
        "Q\u{20E3}",
        "12.é",
        "12 –",
        "ð",
        "Day 3â€",
        "9999999. x",
        "[x](",
        "___",
        "**",
        "1–",
    ] {
        let _ = read(text);
    }
}
