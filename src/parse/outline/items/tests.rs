//! Items in every syntax that people number them in, and texts that only look like items.

use std::path::Path;

use super::*;
use crate::model::document::Format;
use crate::model::id::{DocId, ItemId, SectionId};

fn parsed(text: &str) -> Document {
    let source = crate::input::decode::decode(Path::new("tides.md"), text.as_bytes().to_vec());
    crate::parse::parse(DocId(0), source, Format::Markdown)
}

/// Returns position, word, number and title of each item.
fn items(text: &str) -> Vec<(LabelPosition, LabelWord, Option<u32>, String)> {
    let doc = parsed(text);
    let facts = |item: &Item| {
        let number = item.number.map(|number| number.value);
        (item.style.place, item.style.word, number, doc.slice(item.title).to_owned())
    };
    doc.items.iter().map(facts).collect()
}

/// Returns the only item of `text`.
fn item(text: &str) -> (LabelPosition, LabelWord, Option<u32>, String) {
    let mut items = items(text);
    assert_eq!(items.len(), 1, "{text}: {items:?}");
    items.remove(0)
}

#[test]
fn headings() {
    let tides = |level, word| (LabelPosition::Heading(level), word, Some(12), "Why do tides turn?".to_owned());
    assert_eq!(item("### 12. Why do tides turn?"), tides(3, LabelWord::None));
    assert_eq!(item("## 🌊 **12. Why do tides turn?**"), tides(2, LabelWord::None));
    assert_eq!(item("### Q12. Why do tides turn?"), tides(3, LabelWord::Q));
    assert_eq!(item("### Question 12: Why do tides turn?"), tides(3, LabelWord::Question));
    assert_eq!(item("#### Problem 12 - Why do tides turn?"), tides(4, LabelWord::Problem));
    assert_eq!(item("### 1️⃣2️⃣ Why do tides turn?"), tides(3, LabelWord::None));
    assert_eq!(item("###### <a name=x></a>12. Why do tides turn?"), tides(6, LabelWord::None));
    assert_eq!(item("### [12. Why do tides turn?](#x)").2, Some(12));
    assert_eq!(item("12\\. Why do tides turn?\n---"), tides(2, LabelWord::None));
    assert_eq!(item("> ### 12. Why do tides turn?"), tides(3, LabelWord::None));
}

#[test]
fn articles_that_were_inserted_later_were_part_of_the_one_before() {
    let text = "**Art. 58.** The bell.\n\n**Art. 59bis.** The gate.\n\n**Art. 59ter.** The lock.\n\n**Art. 60 bis.** The \
                tower.\n\n**Art. 61a.** The lamp.\n";
    let doc = parsed(text);
    let numbers: Vec<String> =
        doc.items.iter().filter_map(|item| item.number).map(|number| number.to_string()).collect();
    assert_eq!(numbers, ["58", "59bis", "59ter", "60bis", "61a"]);
    assert!(doc.numbering_defects.is_empty(), "{:?}", doc.numbering_defects);
    // They take no place in the count, and none of them is the article of the plain number.
    assert_eq!(doc.sequences.iter().map(|sequence| sequence.items.len()).sum::<usize>(), 1);
    let read = |text: &str| Number::read(text).expect("a number").key();
    assert!(read("59bis") != read("59") && read("59bis") != read("59b") && read("59 ter") == read("59ter"));
}

#[test]
fn the_label_of_a_question_without_number_was_part_of_its_title() {
    let question = |title: &str| (LabelPosition::Heading(2), LabelWord::Q, None, title.to_owned());
    assert_eq!(item("## Q. Why do tides turn?"), question("Why do tides turn?"));
    assert_eq!(item("## Q. Explain the tides"), question("Explain the tides"));
    assert_eq!(item("## **Q.** Why do tides turn?"), question("Why do tides turn?"));
}

#[test]
fn bold_lines() {
    let tides = |word| (LabelPosition::Bold, word, Some(12), "Why do tides turn?".to_owned());
    assert_eq!(item("**Q12: Why do tides turn?**\nThe moon pulls."), tides(LabelWord::Q));
    assert_eq!(item("**12. Why do tides turn?**"), tides(LabelWord::None));
    assert_eq!(item("**Q12:** Why do tides turn?"), tides(LabelWord::Q));
    assert_eq!(item("🌊 **12. Why do tides turn?**"), tides(LabelWord::None));
    assert_eq!(item("> **12. Why do tides turn?**\n> The moon pulls."), tides(LabelWord::None));
    let two = items("**Q1: Why?**\nThe moon.\n**Q2: When?**\nTwice a day.");
    assert_eq!(two.iter().map(|item| item.2).collect::<Vec<_>>(), [Some(1), Some(2)]);
}

#[test]
fn list_items() {
    let tides = (LabelPosition::List(0), LabelWord::None, Some(12), "Why do tides turn?".to_owned());
    assert_eq!(item("12. Why do tides turn?"), tides);
    assert_eq!(item("12. **Why do tides turn?**"), tides);
    assert_eq!(item("12) **Why do tides turn?** The moon."), tides);
    assert_eq!(item("> 12. Why do tides turn?"), tides);
    assert_eq!(
        items("1. Ebb\n   1. Neap\n2. Flood").iter().map(|item| item.0).collect::<Vec<_>>(),
        [LabelPosition::List(0), LabelPosition::List(1), LabelPosition::List(0)]
    );
}

#[test]
fn rows_and_plain_lines() {
    let table = "| No | Question |\n|---|---|\n| 12 | Why do tides turn? |\n| **13** | When? |";
    assert_eq!(items(table)[0], (LabelPosition::Table, LabelWord::None, Some(12), "Why do tides turn?".to_owned()));
    assert_eq!(items(table).len(), 2);
    assert_eq!(
        item("Q12: Why do tides turn?"),
        (LabelPosition::Line, LabelWord::Q, Some(12), "Why do tides turn?".to_owned())
    );
    assert_eq!(item("Harbour list\n12. Why do tides turn?").2, Some(12));
    assert_eq!(item("12\\. Why do tides turn?\n\nThe moon.").0, LabelPosition::Line);
}

#[test]
fn intervals_romans_and_letters() {
    let doc = parsed("**Day 3-4: Harbours**");
    assert_eq!(doc.items[0].number.map(|number| (number.value, number.last)), Some((3, Some(4))));
    assert_eq!(item("### IV. Harbours"), (LabelPosition::Heading(3), LabelWord::None, Some(4), "Harbours".to_owned()));
    assert_eq!(
        item("**Option B: Harbours**"),
        (LabelPosition::Bold, LabelWord::Option, Some(2), "Harbours".to_owned())
    );
}

#[test]
fn questions_without_numbers() {
    let tides = |place, word| (place, word, None, "Why do tides turn?".to_owned());
    assert_eq!(item("**Q: Why do tides turn?**\nThe moon."), tides(LabelPosition::Bold, LabelWord::Q));
    assert_eq!(item("### Q: Why do tides turn?"), tides(LabelPosition::Heading(3), LabelWord::Q));
    assert_eq!(item("### Why do tides turn?"), tides(LabelPosition::Heading(3), LabelWord::None));
    assert_eq!(item("Why do tides turn?"), tides(LabelPosition::Line, LabelWord::None));
    assert_eq!(item("- Why do tides turn?"), tides(LabelPosition::List(0), LabelWord::None));
}

#[test]
fn no_items() {
    for text in [
        "# **1–20: Tides**",
        "### 3.5 metres of water",
        "In 2019. Then nothing.",
        "Tides came in\n2019. then they went.",
        "```\n### 12. Why?\n```",
        "**A:** The moon.",
        "**Note:** the moon.",
        "The text asks. Why? Nobody knows.",
    ] {
        assert_eq!(items(text), [], "{text}");
    }
}

#[test]
fn bodies_end_where_the_next_item_or_heading_begins() {
    let text = "## Tides\n\n**Q1: Why?**\nThe moon.\n\n1. It pulls\n2. It lets go\n\nSo it is.\n\n**Q2: When?**\nTwice.\n\n## Lights\n\nLamps.\n";
    let doc = parsed(text);
    let bodies: Vec<&str> = doc.items.iter().map(|item| doc.slice(item.body).trim()).collect();
    assert_eq!(bodies[0], "The moon.\n\n1. It pulls\n2. It lets go\n\nSo it is.");
    assert_eq!(bodies[3], "Twice.");
    assert_eq!(
        doc.items.iter().map(|item| item.parent).collect::<Vec<_>>(),
        [None, Some(ItemId::new(0)), Some(ItemId::new(0)), None]
    );
    assert!(doc.items.iter().all(|item| item.section == Some(SectionId::new(0))));
    assert_eq!(doc.principal_items().count(), 2);
}

#[test]
fn an_answer_behind_a_list_of_one_belongs_to_it() {
    let doc = parsed("1. Why?\n\nThe moon.\n\n2. When?\n\nTwice.\n");
    let bodies: Vec<&str> = doc.items.iter().map(|item| doc.slice(item.body).trim()).collect();
    assert_eq!(bodies, ["The moon.", "Twice."]);
}

#[test]
fn parts_hold_items_without_owning_them() {
    let doc = parsed("# Part 1: Tides\n\n## 1. Why?\n\n# Part 2: Lights\n\n## 2. Who?\n");
    assert_eq!(doc.principal_items().filter_map(|(_, item)| item.number).map(|n| n.value).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(doc.sequences.iter().filter(|run| run.style.word == LabelWord::None).count(), 1);
}

#[test]
fn deep_nesting_takes_linear_time() {
    let nested = "1. ".repeat(20_000) + "x";
    assert!(!parsed(&nested).items.is_empty());
}

#[test]
fn the_title_may_stand_below_the_marker() {
    assert_eq!(item("12.\n    Why do tides turn?").3, "Why do tides turn?");
    assert_eq!(item("12. [Why do tides turn?](#x)").3, "[Why do tides turn?](#x)");
}

#[test]
fn questions_in_other_scripts_keep_their_first_words() {
    for title in ["Как часто чистить лампу?", "И что тогда?", "À quoi sert la lampe ?", "¿Cuándo se limpia la lámpara?"]
    {
        assert_eq!(item(&format!("### {title}")).3, title);
    }
    assert_eq!(item("### Вопрос 12: Как часто?").2, Some(12));
    assert_eq!(item("### № 12. Как часто?").2, Some(12));
    assert_eq!(item("### 🌊 Как часто?").3, "Как часто?");
    for heading in
        ["### 12、多久擦一次灯？", "### Q12：多久擦一次灯？", "### 质问12：多久擦一次灯？", "### 12．多久擦一次灯？"]
    {
        let (_, _, number, title) = item(heading);
        assert_eq!((number, title.as_str()), (Some(12), "多久擦一次灯？"), "{heading}");
    }
}

#[test]
fn a_heading_in_a_list_item_is_one_item() {
    let doc = parsed("1. ### Why?\n\n    The moon.\n\n2. ### **When?**\n\nTwice.\n\n## Lamps\n\nOil.\n");
    let facts: Vec<_> = doc.items.iter().map(|item| (item.number.map(|n| n.value), doc.slice(item.title))).collect();
    assert_eq!(facts, [(Some(1), "Why?"), (Some(2), "When?")]);
    let bodies: Vec<&str> = doc.items.iter().map(|item| doc.slice(item.body).trim()).collect();
    assert_eq!(bodies, ["The moon.", "Twice."]);
    assert!(doc.items.iter().all(|item| item.section.is_none()));
}

#[test]
fn a_heading_that_each_item_repeats_ends_no_item() {
    let quiz = |number| format!("###### {number}. Tide {number}\n\n#### Answer: B\n\nYes.\n\n1. One\n2. Two\n\n");
    let doc = parsed(&(1..=4).map(quiz).collect::<String>());
    assert_eq!(doc.principal_items().count(), 4);
    assert!(doc.principal_items().all(|(_, item)| item.section.is_none() && doc.slice(item.body).contains("2. Two")));
    // Headings of parts end items.
    let part = |at: u32| format!("# Harbour {at}\n\n## {at}. Tide\n\nYes.\n\n");
    let doc = parsed(&(1..=3).map(part).collect::<String>());
    assert!(doc.principal_items().all(|(_, item)| doc.slice(item.body).trim() == "Yes."));
}

#[test]
fn titles_in_html_are_items_where_they_are_labelled() {
    let text =
        "<details><summary>1. <b>Why</b> tides?</summary>\n\nThe moon.\n\n</details>\n\n<h3>2. Lamps</h3>\n\nOil.\n";
    let found = items(text);
    assert_eq!(found[0], (LabelPosition::Summary, LabelWord::None, Some(1), "<b>Why</b> tides?".to_owned()));
    assert_eq!(found[1], (LabelPosition::Heading(3), LabelWord::None, Some(2), "Lamps".to_owned()));
    assert_eq!(items("<details><summary>Answer</summary>\n\nYes.\n\n</details>\n"), []);
    assert_eq!(item("1. <details><summary>Lamps</summary>\n\n   Oil.\n\n   </details>\n").3, "Lamps");
}

#[test]
fn weak_labels_need_company() {
    assert_eq!(items("## 3.5 metres\n\n## 1.4 billion\n"), []);
    let found = items("# 1. Tides\n\n## 1.1 Ebb\n\n## 1.2 Flood\n\n## 1.10 Neap\n");
    assert_eq!(found.iter().map(|item| item.3.as_str()).collect::<Vec<_>>(), ["Tides", "Ebb", "Flood", "Neap"]);
    let doc = parsed("# 1. Tides\n\n## 1.1 Ebb\n\n## 1.2 Flood\n\n## 2.1 Neap\n");
    let numbers: Vec<String> =
        doc.principal_items().filter_map(|(_, item)| item.number).map(|n| n.to_string()).collect();
    assert_eq!(numbers, ["1", "1.1", "1.2", "2.1"]);
    assert_eq!(doc.sequences.len(), 3);
}

#[test]
fn a_table_of_contents_holds_no_units() {
    let text = "1. [Ebb](#ebb)\n2. [Flood](#flood)\n3. [Neap](#neap)\n\n## Ebb\n\n## Flood\n\n## Neap\n";
    assert!(parsed(text).items.iter().all(|item| item.is_contents));
    let elsewhere = "1. [Ebb](ebb.md)\n2. [Flood](flood.md)\n3. [Neap](neap.md)\n\n## Links\n";
    assert!(parsed(elsewhere).items.iter().all(|item| !item.is_contents));
}

#[test]
fn chapters_are_items_unless_they_hold_items() {
    let text =
        "## Chapter 1: Ebb\n\nThe water falls for six hours.\n\n1. Look.\n\n## Chapter 2: Flood\n\nIt rises again.\n";
    assert_eq!(parsed(text).principal_items().count(), 2);
}

#[test]
fn a_heading_may_bear_two_numbers() {
    let doc = parsed("#### 7. Who mows? & 8. Who pays?\n");
    assert_eq!(doc.items[0].number.map(|number| (number.value, number.last)), Some((7, Some(8))));
}

#[test]
fn lines_of_laws_are_items_at_the_start_of_a_paragraph() {
    assert_eq!(item("Art. 4. Nets are dried.").1, LabelWord::Article);
    assert_eq!(item("**§ 4** Nets are dried.").1, LabelWord::Paragraph);
    assert_eq!(item("第三章 潮").2, Some(3));
    assert_eq!(item("(a) nets are dried").2, Some(1));
    assert_eq!(items("As the rules say in\nArticle 4. Nets are dried."), []);
}

#[test]
fn bare_numbers_of_headings_were_part_of_their_titles() {
    let numbers = |text: &str| items(text).into_iter().map(|(_, _, number, _)| number).collect::<Vec<_>>();
    assert_eq!(numbers("## 1 Sails\n\n## 2 Stays\n\n## 4 Keels\n"), [Some(1), Some(2), Some(4)]);
    assert!(numbers("## 5 Reasons\n\n## 3 Ways\n\n## 10 Tips\n").is_empty());
    assert!(numbers("## 1 Sails\n\n## 2 Stays\n").is_empty());
    assert_eq!(numbers("## No. 4: Sails\n\n## Recipe 5: Soup\n\n## Item 6: Rope\n"), [Some(4), Some(5), Some(6)]);
    assert_eq!(numbers("## #4 - Sails\n"), [Some(4)]);
}
