//! The units by which `recto compare` compares two versions, and the reasons for its pairs.

use std::fs;
use std::process::Command;

use serde_json::Value;

/// Compares two texts.
fn compare(base: &str, derived: &str) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.md"), base).expect("written");
    fs::write(folder.path().join("b.md"), derived).expect("written");
    let output = Command::new(env!("CARGO_BIN_EXE_recto"))
        .current_dir(folder.path())
        .args(["compare", "--output-format", "json", "a.md", "b.md"])
        .output()
        .expect("recto runs");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Verdict and titles of a pair.
type Disagreement = (String, Option<String>, Option<String>);

/// The unit, and the verdicts other than `same`, each with the titles.
fn disagreements(report: &Value) -> (String, Vec<Disagreement>) {
    let title = |side: &Value| side["title"].as_str().map(str::to_owned);
    let pairs = report["pairs"].as_array().expect("pairs").iter();
    let told = pairs
        .filter(|pair| pair["verdict"] != "same")
        .map(|pair| (pair["verdict"].as_str().expect("text").to_owned(), title(&pair["left"]), title(&pair["right"])));
    (report["unit"].as_str().expect("text").to_owned(), told.collect())
}

fn left_only(title: &str) -> (String, Option<String>, Option<String>) {
    ("left-only".to_owned(), Some(title.to_owned()), None)
}

/// A handbook of a rope maker: title and text of each part.
const PARTS: [(&str, &str); 6] = [
    ("Combing the hemp", "Draw it through the long teeth first, and through the short ones afterwards."),
    ("Spinning the yarn", "Walk backwards with the fibres round your waist while a child turns the wheel."),
    ("Forming a strand", "Stretch the yarns along the walk and twist them against the way they were spun."),
    ("Laying the rope", "Three strands turn round the top, which runs away from the hooks by itself."),
    ("Whipping an end", "Bind it with waxed thread, ten turns at least, and pull the thread under itself."),
    ("Tarring", "Warm the tar until it runs, and draw the rope through it slowly, never twice."),
];

fn book(without: Option<usize>, part: impl Fn(usize, &str, &str) -> String) -> String {
    let parts = PARTS.iter().enumerate().filter(|(at, _)| Some(*at) != without);
    parts.map(|(at, (title, text))| part(at, title, text)).collect()
}

#[test]
fn one_language_is_compared_by_headings() {
    let part = |_: usize, title: &str, text: &str| format!("## {title}\n\n{text}\n\n1. Look.\n2. Wait.\n\n");
    let found = disagreements(&compare(&book(None, part), &book(Some(3), part)));
    assert_eq!(found, ("headings".to_owned(), vec![left_only("Laying the rope")]));
}

#[test]
fn a_list_of_contents_is_no_unit() {
    let contents = |at: usize, title: &str, _: &str| {
        format!("{}. [{title}](#{})\n", at + 1, title.to_lowercase().replace(' ', "-"))
    };
    let part = |_: usize, title: &str, text: &str| format!("\n## {title}\n\n{text}\n");
    let base = book(None, contents) + &book(None, part);
    let derived = book(None, contents) + &book(Some(1), part);
    let found = disagreements(&compare(&base, &derived));
    assert_eq!(found, ("headings".to_owned(), vec![left_only("Spinning the yarn")]));
}

#[test]
fn summaries_terms_rows_and_bullets_are_units() {
    type Part = fn(usize, &str, &str) -> String;
    let shapes: [(&str, &str, Part); 4] = [
        ("summaries", "", |_, title, text| {
            format!("<details>\n<summary>{title}</summary>\n\n{text}\n\n</details>\n\n")
        }),
        ("terms", "", |_, title, text| format!("{title}\n: {text}\n\n")),
        ("rows", "| Work | How |\n| --- | --- |\n", |_, title, text| format!("| {title} | {text} |\n")),
        ("bullets", "# Rope\n\n", |_, title, text| format!("- {title}: {text}\n")),
    ];
    for (unit, head, part) in shapes {
        let (base, derived) = (head.to_owned() + &book(None, part), head.to_owned() + &book(Some(4), part));
        let (found, told) = disagreements(&compare(&base, &derived));
        assert_eq!((found.as_str(), told.len()), (unit, 1), "{told:?}");
        assert_eq!(told[0].0, "left-only", "{unit}");
    }
}

#[test]
fn dotted_numbers_are_told_in_full() {
    let part = |at: usize, title: &str, text: &str| format!("## 2.{} {title}\n\n{text}\n\n", at + 1);
    let report = compare(&book(None, part), &book(Some(2), part));
    let left = &report["pairs"][2]["left"];
    assert_eq!((left["number"].as_u64(), left["label"].as_str()), (Some(3), Some("2.3")));
    assert_eq!(report["findings"].as_array().expect("findings").len(), 1);
    assert!(report["findings"][0]["message"].as_str().expect("text").starts_with("item 2.3 of"));
}

#[test]
fn a_heading_that_recurs_is_matched_in_its_section() {
    let part = |_: usize, title: &str, text: &str| format!("## {title}\n\n{text}\n\n### Example\n\nSee {title}.\n\n");
    let base = book(None, part);
    let derived = base.replacen("### Example\n\nSee Combing the hemp.\n\n", "", 1);
    let report = compare(&base, &derived);
    assert_eq!(disagreements(&report).1, [left_only("Example")]);
    assert_eq!(report["pairs"][1]["left"]["line"], 5);
}

#[test]
fn an_equal_text_under_another_title_is_the_same_item() {
    let part = |_: usize, title: &str, text: &str| format!("## {title}\n\n{text}\n\n");
    let base = book(None, part);
    let (_, told) = disagreements(&compare(&base, &base.replace("Tarring", "How ropes are kept from rotting")));
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, "reworded");
}

#[test]
fn bullets_of_unequal_sections_are_not_paired_by_order() {
    let base = "# List\n\n## Harbour\n\n- Who sweeps the quay?\n- Where do gulls sleep?\n- When is high water?\n\n\
                ## Market\n\n- What does fish cost?\n- Who rings the bell?\n";
    let derived = "# Liste\n\n## Hafen\n\n- Wer fegt den Kai?\n- Wann ist Hochwasser?\n\n\
                   ## Markt\n\n- Was kostet Fisch an diesem Tag?\n- Wer läutet hier die Glocke?\n- Wann schließt das Tor?\n";
    let report = compare(base, derived);
    let pairs = report["pairs"].as_array().expect("pairs");
    assert!(pairs.iter().all(|pair| pair["left"].is_null() || pair["right"].is_null()), "{pairs:?}");
}

#[test]
fn two_items_that_changed_places_are_one_finding() {
    let part = |at: usize, title: &str, text: &str| format!("### {}. {title}\n\n{text}\n\n", at + 1);
    let base = book(None, part);
    let swapped = book(None, |at, title, text| {
        let at = match at {
            2 => 3,
            3 => 2,
            at => at,
        };
        part(at, title, text)
    });
    let report = compare(&base, &swapped);
    let messages: Vec<&str> =
        report["findings"].as_array().expect("findings").iter().filter_map(|found| found["message"].as_str()).collect();
    assert_eq!(messages, ["items 3 and 4 have changed places with respect to a.md"]);
}

#[test]
fn a_question_asked_twice_is_linked_to_its_first_place() {
    let base = "## 1. What does a pilot do in fog?\n\nHe goes aboard before the bar.\n\n## 2. Where is oil kept?\n\nBelow.\n\n\
                ## 3. Why is the glass wiped?\n\nSoot.\n\n## 4. What are a pilot's duties in fog?\n\nSounding the horn.\n";
    let derived = "**Q2: Where is oil kept?**\n\nBelow.\n\n**Q3: Why is the glass wiped?**\n\nSoot.\n\n\
                   **Q4: What are a pilot's duties in fog?**\n\nSounding the horn.\n";
    let report = compare(base, derived);
    let link = &report["links"][0];
    assert_eq!((link["link"].as_str(), link["item"]["number"].as_u64()), (Some("also-asked-as"), Some(1)));
    assert_eq!(link["of"]["number"], 4);
}

/// The sections of a ship's handbook, so many that the words of a title are rare.
fn handbook() -> String {
    let things = "ropes charts lamps bells sails oars hulls decks masts kegs nets buoys knots flags drums hooks tar pitch \
                  rust salt fog ice mud sand pontoons rafts";
    things.split_whitespace().map(|thing| format!("## Care of {thing}\n\nIn chapter {thing} of the log.\n\n")).collect()
}

#[test]
fn sections_of_alike_names_were_told_as_questions_asked_twice() {
    let other = "## Other pilots\n\nApprentices row the boat.\n\n";
    let errors = "## Errors of a ship\n\nA leak.\n\n";
    let base = format!(
        "{}## Pilots\n\nThey board at the bar.\n\n## Tides\n\nThe clerk prints the table.\n\n{other}\
         ## Quarrels\n\nThe clerk decides.\n\n{errors}## Drink\n\nWater.\n\n## All errors of a ship\n\nThe log has them.\n",
        handbook()
    );
    let report = compare(&base, &base.replace(other, "").replace(errors, ""));
    assert_eq!(report["links"].as_array().map(Vec::len), Some(0), "{}", report["links"]);
}

#[test]
fn a_subject_within_a_larger_one_was_told_as_the_same() {
    let base = format!(
        "{}## Insurance premiums\n\nThe master signs the policy and pays a tenth at once to the clerk.\n",
        handbook()
    );
    let derived = format!(
        "{}## Quarrels\n\nNone.\n\n## Drink\n\nNone.\n\n## Storms\n\nThe bar is closed.\n\n## Insurance premiums of pontoons and rafts\n\n\
         The master hires surveyors for every float, who weigh its long chain before winter begins.\n",
        handbook()
    );
    let (_, told) = disagreements(&compare(&base, &derived));
    assert!(told.contains(&left_only("Insurance premiums")), "{told:?}");
}

#[test]
fn sections_of_chapters_are_units() {
    let part = |at: usize, title: &str, text: &str| {
        format!(
            "## Chapter {}: {title}\n\n### Tools for {title}\n\n{text}\n\n### Mistakes in {title}\n\nAll of them.\n\n",
            at + 1
        )
    };
    let base = book(None, part);
    let derived = base.replace("### Mistakes in Tarring\n\nAll of them.\n\n", "");
    let found = disagreements(&compare(&base, &derived));
    assert_eq!(found, ("headings".to_owned(), vec![left_only("Mistakes in Tarring")]));
}

#[test]
fn two_unnumbered_sections_that_changed_places_are_one_finding() {
    let section = |title: &str| format!("### {title}\n\nThe text below {title}, long enough to tell.\n\n");
    let base = format!("## Rope\n\n{}{}## Tar\n\nWarm.\n\n", section("Combing"), section("Spinning"));
    let derived = format!("## Rope\n\n{}{}## Tar\n\nWarm.\n\n", section("Spinning"), section("Combing"));
    let report = compare(&base, &derived);
    let rules: Vec<&str> =
        report["findings"].as_array().expect("findings").iter().filter_map(|found| found["rule"].as_str()).collect();
    assert_eq!(rules, ["moved-item"]);
}
