//! Alignment at the size of a book: items of a made-up harbour handbook, reworded by rule.

use std::path::Path;

use super::aligned;
use super::alignment_item::alignment_items;
use crate::model::alignment::{ItemRef, Verdict};
use crate::model::collection::Collection;
use crate::model::document::Format;
use crate::model::id::{DocId, ItemId};
use crate::model::item::Basis;
use crate::model::source::{Bom, Source};
use crate::model::work::{Role, Version, Work};
use crate::parse::parse;

/// A linear congruential generator (D. E. Knuth's MMIX constants): the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

const FRAMES: [&str; 4] = ["How do you", "How would you", "What is the best way to", "Explain how to"];
const VERBS: [&str; 12] =
    ["moor", "paint", "load", "inspect", "insure", "tow", "charter", "anchor", "repair", "salvage", "register", "rig"];
const KINDS: [&str; 12] = [
    "small", "wooden", "foreign", "sunken", "loaded", "rented", "historic", "steam", "flat", "damaged", "racing",
    "grey",
];
const THINGS: [&str; 24] = [
    "barge",
    "tug",
    "ferry",
    "pilot boat",
    "trawler",
    "dredger",
    "lightship",
    "buoy",
    "crane",
    "jetty",
    "capstan",
    "winch",
    "schooner",
    "tanker",
    "canoe",
    "lifeboat",
    "pontoon",
    "lock gate",
    "warehouse",
    "signal mast",
    "tide gauge",
    "slipway",
    "mooring post",
    "fog horn",
];
const PLACES: [&str; 12] = [
    "in the harbour",
    "at low water",
    "during a storm",
    "before sunrise",
    "without a licence",
    "under the bridge",
    "in winter",
    "at the customs quay",
    "on a river",
    "near the sandbank",
    "after a collision",
    "with two lines",
];

/// One question, by its parts.
#[derive(Clone, Copy)]
struct Question {
    verb: usize,
    kind: usize,
    thing: usize,
    place: usize,
}

fn questions(count: usize, dice: &mut Dice) -> Vec<Question> {
    let mut all: Vec<Question> = Vec::new();
    while all.len() < count {
        let new = Question { verb: dice.roll(12), kind: dice.roll(12), thing: dice.roll(24), place: dice.roll(12) };
        // Questions of a handbook differ in more than one word.
        let near = |other: &Question| {
            let same =
                [other.verb == new.verb, other.kind == new.kind, other.thing == new.thing, other.place == new.place];
            same.iter().filter(|same| **same).count() >= 3
        };
        if !all.iter().any(near) {
            all.push(new);
        }
    }
    all
}

impl Question {
    fn title(self) -> String {
        let (verb, kind, thing, place) = self.words();
        format!("How do you {verb} a {kind} {thing} {place}?")
    }

    fn words(self) -> (&'static str, &'static str, &'static str, &'static str) {
        (VERBS[self.verb], KINDS[self.kind], THINGS[self.thing], PLACES[self.place])
    }

    /// The question in other words, by one rule or two.
    fn reworded(self, dice: &mut Dice) -> String {
        let (verb, kind, thing, place) = self.words();
        let frame = FRAMES[1 + dice.roll(3)];
        match dice.roll(5) {
            0 => format!("{frame} {verb} {kind} {thing}s {place}?"),
            1 => format!("{verb}ing a {kind} {thing} {place}"),
            2 => format!("{frame} {verb} a {kind} {thing} ({place})?"),
            3 => format!("{frame} {verb} any {thing} that is {kind}, {place}?"),
            _ => format!("{place}: {frame} safely {verb} a {kind} {thing}?"),
        }
    }

    fn body(self, dice: &mut Dice, words: usize) -> String {
        let own = (self.verb * 31 + self.kind * 17 + self.thing * 7 + self.place) as u64;
        let word = |at: usize| format!("w{}x", (own * 97 + at as u64 * 13) % 4001);
        (0..words).map(|_| word(dice.roll(30))).collect::<Vec<_>>().join(" ")
    }
}

fn collection(texts: [String; 2]) -> Collection {
    let documents = texts.into_iter().enumerate().map(|(at, text)| {
        let source = Source::utf8(Path::new(["long.md", "short.md"][at]), text, Bom::Absent);
        parse(DocId(at as u32), source, Format::Markdown)
    });
    Collection { documents: documents.collect(), ..Collection::default() }
}

fn work(collection: &Collection) -> Work {
    let version = |role, at| Version { role, documents: vec![DocId(at)] };
    let versions = vec![version(Role::Long, 0), version(Role::Summary, 1)];
    aligned(Work::new("handbook".to_owned(), versions), collection)
}

fn number(collection: &Collection, item: ItemRef) -> u32 {
    collection.document(item.doc)[item.item].number.expect("numbered").value
}

/// Returns a version of 1,000 questions and a short form with 800 of them. Two blocks of the short form are renumbered,
/// and three questions in ten are reworded.
fn handbook() -> (Collection, Vec<(u32, u32)>) {
    let mut dice = Dice(7);
    let questions = questions(1000, &mut dice);
    let (mut long, mut short, mut truth) = (String::new(), String::new(), Vec::new());
    for (at, question) in questions.iter().enumerate() {
        let number = at as u32 + 1;
        long.push_str(&format!("### {number}. {}\n{}\n\n", question.title(), question.body(&mut dice, 60)));
        let shifted = match number {
            1..=100 | 501..=600 => continue,
            101..=500 => number - 100,
            _ => number - 200,
        };
        let title = if dice.roll(10) < 3 { question.reworded(&mut dice) } else { question.title() };
        short.push_str(&format!("**Q{shifted}: {title}**\n{}\n\n", question.body(&mut dice, 12)));
        truth.push((number, shifted));
    }
    (collection([long, short]), truth)
}

#[test]
fn reworded_items_find_each_other() {
    let (collection, truth) = handbook();
    let work = work(&collection);
    let asked_the_same = |verdict| matches!(verdict, Verdict::Same | Verdict::Reworded | Verdict::Moved);
    let pairs = work.alignments[0].pairs.iter().filter(|pair| asked_the_same(pair.verdict));
    let found: Vec<(u32, u32)> = pairs
        .map(|pair| (number(&collection, pair.base.expect("both")), number(&collection, pair.derived.expect("both"))))
        .collect();
    let right = found.iter().filter(|pair| truth.contains(pair)).count();
    let wrong = found.len() - right;
    assert!(right * 100 >= truth.len() * 99, "{right} of {} found", truth.len());
    assert!(wrong * 1000 <= truth.len() * 5, "{wrong} wrong links");
    assert_eq!(work.alignments[0].renumbered.len(), 2, "one run for each stretch");
}

#[test]
fn every_item_stands_in_one_row_in_place() {
    let (collection, _) = handbook();
    let work = work(&collection);
    for (side, doc) in [0, 1].into_iter().zip(&collection.documents) {
        let mut items: Vec<ItemId> = work.alignments[0]
            .rows()
            .iter()
            .filter_map(|pair| if side == 0 { pair.base } else { pair.derived })
            .map(|item| item.item)
            .collect();
        items.sort_unstable();
        let all: Vec<ItemId> = doc.principal_items().map(|(at, _)| at).collect();
        assert_eq!(items, all);
    }
}

/// Returns an alignment in short: both numbers of each row, and its verdict.
fn rows(left: &str, right: &str) -> Vec<(Option<u32>, Option<u32>, Verdict)> {
    let collection = collection([left.to_owned(), right.to_owned()]);
    let work = work(&collection);
    let number = |item: Option<ItemRef>| item.map(|item| number(&collection, item));
    work.alignments[0].pairs.iter().map(|pair| (number(pair.base), number(pair.derived), pair.verdict)).collect()
}

#[test]
fn another_question_under_a_number_keeps_its_row_when_the_first_one_moved() {
    let left = "### 1. What is ballast?\nStones.\n\n### 2. Who rings the fog bell?\nThe keeper.\n\n### 3. What is a sextant?\nBrass.\n";
    let right = "### 1. What is ballast?\nStones.\n\n### 2. How long is a cable?\nLong.\n\n### 7. Who rings the fog bell?\nKeeper.\n";
    assert_eq!(
        rows(left, right),
        [
            (Some(1), Some(1), Verdict::Same),
            (Some(2), Some(2), Verdict::Different),
            (None, Some(7), Verdict::DerivedOnly),
            (Some(3), None, Verdict::BaseOnly),
            (Some(2), Some(7), Verdict::Moved),
        ]
    );
}

#[test]
fn garbled_titles_are_the_same() {
    let left = "### 1. What’s the keeper’s log?\nA book.\n\n### 2. What is ballast?\nStones.\n";
    let right = "### 1. Whatâ€™s the keeperâ€™s log?\nA book.\n\n### 2. What is ballast?\nStones.\n";
    assert!(rows(left, right).iter().all(|row| row.2 == Verdict::Same));
}

#[test]
fn versions_without_items_align_to_nothing() {
    assert_eq!(rows("Nothing here.\n", ""), []);
    assert_eq!(rows("", "### 1. What is ballast?\n"), [(None, Some(1), Verdict::DerivedOnly)]);
}

/// Returns items of a made-up manual in the given order, each with features of its own in code, links and numbers.
fn manual(order: &[usize], label: impl Fn(usize, usize) -> String) -> String {
    let evidence = |own: usize| match own % 5 {
        0 => format!("```sh\nharbour open --gate {own} --tide low\n```"),
        1 => format!("`dock_{own}.toml` `set-{own}`"),
        2 => format!("[…](../pages/quay-{own}.md) <a name=\"quay-{own}\"></a>"),
        3 => format!("{} · {}", 10_007 + own * 37, 90_001 + own * 11),
        _ => format!("TideGauge{own} net.dial{own} HTTP{own}"),
    };
    let items = order.iter().enumerate().map(|(at, own)| format!("{}\n\n{}\n\n", label(at, *own), evidence(*own)));
    items.collect()
}

/// Returns the links between a text and its translation, as indices of items.
fn translated(left: String, right: String) -> Vec<(usize, usize)> {
    let collection = collection([left, right]);
    let version = |role, at| Version { role, documents: vec![DocId(at)] };
    let (left, right) = (version(Role::Long, 0), version(Role::Translation, 1));
    let (lefts, rights) =
        (alignment_items(&left, Basis::Items, &collection), alignment_items(&right, Basis::Items, &collection));
    let evidence = super::features::VersionFeatures::new(&lefts, &rights, &collection);
    let links = super::translation_links::links(&lefts, &rights, &evidence);
    links.into_iter().map(|link| (link.base, link.derived)).collect()
}

#[test]
fn any_order_of_translated_items_with_evidence_of_their_own_is_recovered() {
    let mut dice = Dice(11);
    for count in [2, 3, 7, 20, 60] {
        let all: Vec<usize> = (0..count).collect();
        let mut order = all.clone();
        for at in (1..count).rev() {
            order.swap(at, dice.roll(at + 1));
        }
        let wanted: Vec<(usize, usize)> =
            all.iter().map(|own| (*own, order.iter().position(|other| other == own).expect("permuted"))).collect();
        // Numbers that contradict the evidence, that agree with it, and none at all.
        let by_place = |word: &'static str| move |at: usize, _: usize| format!("### {}. {word}", at + 1);
        let by_item = |word: &'static str| move |_: usize, own: usize| format!("### {}. {word}", own + 1);
        let unnumbered = |word: &'static str| move |_: usize, _: usize| format!("### {word}?");
        let (here, there) = ("What is to be done", "Что надо делать");
        assert_eq!(translated(manual(&all, by_place(here)), manual(&order, by_place(there))), wanted, "{order:?}");
        assert_eq!(translated(manual(&all, by_item(here)), manual(&order, by_item(there))), wanted, "{order:?}");
        assert_eq!(translated(manual(&all, unnumbered(here)), manual(&order, unnumbered(there))), wanted, "{order:?}");
    }
}

#[test]
fn translated_items_without_evidence_are_linked_by_number_and_order() {
    let plain = |numbers: &[u32], word: &str| {
        let items = numbers.iter().map(|number| format!("### {number}. {word}\n\n{word} {word} {word}.\n\n"));
        items.collect::<String>()
    };
    let both = |left: &[u32], right: &[u32]| translated(plain(left, "Laterne"), plain(right, "фонарь"));
    assert_eq!(both(&[1, 2, 3, 4], &[1, 2, 3, 4]), [(0, 0), (1, 1), (2, 2), (3, 3)]);
    assert_eq!(both(&[1, 2, 3, 4], &[1, 2, 4]), [(0, 0), (1, 1), (3, 2)]);
    assert_eq!(both(&[1, 3, 4], &[1, 2, 3, 4]), [(0, 0), (1, 2), (2, 3)]);
    assert_eq!(both(&[], &[1]), []);
}

#[test]
fn a_number_gives_way_where_code_belongs_to_another_item() {
    let item = |number: u32, code: &str| format!("### {number}. Что?\n\n```sh\n{code}\n```\n\n");
    let left = [(1, "reef --all"), (2, "furl main"), (3, "moor --lines 2")].map(|(n, code)| item(n, code)).concat();
    let right = [(1, "reef --all"), (2, "moor --lines 2"), (3, "furl main")].map(|(n, code)| item(n, code)).concat();
    assert_eq!(translated(left, right), [(0, 0), (1, 2), (2, 1)]);
}

#[test]
fn two_items_that_changed_places_are_known_by_their_shape() {
    let item = |title: &str, body: &str| format!("### {title}?\n\n{body}\n\n");
    let (start, end) = ("```sh\nreef --all\n```", "```sh\nmoor --lines 2\n```");
    let long = |word: &str| format!("{word} {word} {word}.\n\n").repeat(6);
    let left = [("Why", start), ("Where", &long("laterna")), ("Who", "Nobody."), ("When", end)];
    let right = [("Почему", start), ("Кто", "Никто."), ("Где", &long("фонарь")), ("Когда", end)];
    let text = |items: &[(&str, &str)]| items.iter().map(|(title, body)| item(title, body)).collect::<String>();
    assert_eq!(translated(text(&left), text(&right)), [(0, 0), (1, 2), (2, 1), (3, 3)]);
}

#[test]
fn the_home_page_of_a_tool_makes_no_pair() {
    let item = |number: u32, title: &str, body: &str| format!("### {number}. {title}\n\n{body}\n\n");
    let reefing = "Reef with [Furl](https://furl.example/docs/reef) before dark.";
    let mooring = "Moor with [Bollard](https://bollard.example/lines) at night.";
    let choosing = "Take one of [Furl](https://furl.example/), [Halyard](https://halyard.example/), or \
        [Sheet](https://sheet.example/).";
    let left =
        [item(1, "What is reefed", reefing), item(2, "What is moored", mooring), item(3, "What to take", choosing)];
    // An item about Furl alone, which the later edition has no more.
    let parting = "[Furl](https://furl.example/) лучше держать отдельно: [подробнее](parts/apart.md).";
    let right = [item(1, "Что рифят", reefing), item(2, "Что делят", parting), item(3, "Что швартуют", mooring)];
    assert_eq!(translated(left.concat(), right.concat()), [(0, 0), (1, 2)]);
}

#[test]
fn a_translated_item_that_took_in_its_neighbour_lacks_nothing() {
    let item = |title: &str, body: &str| format!("### {title}\n\n{body}\n\n");
    let (start, end) = ("Run `reef --all` first.", "Run `moor --lines 2` last.");
    let (wheel, quote) = ("![](img/wheel.png)", "From [the log](https://log.example/1924/wheel).");
    let left = [item("Start?", start), item("The wheel?", wheel), item("A quote?", quote), item("End?", end)].concat();
    let joined = format!("{wheel}\n\n> {quote}");
    let right = [item("Начало?", start), item("Колесо?", &joined), item("Конец?", end)].concat();
    let collection = collection([left, right]);
    let version = |role, at| Version { role, documents: vec![DocId(at)] };
    let (base, derived) = (version(Role::Long, 0), version(Role::Translation, 1));
    let versions = crate::model::work::VersionPair { base: &base, derived: &derived };
    let alignment = super::align::align(versions, Basis::Items, &collection);
    let [divided] = &alignment.divided[..] else { panic!("{:?}", alignment.divided) };
    assert_eq!((divided.whole.item, divided.parts.len()), (ItemId::new(1), 2));
}

#[test]
fn a_copied_item_was_taken_for_a_part_of_its_neighbour() {
    let item = |title: &str, body: &str| format!("### {title}\n\n{body}\n\n");
    let (gate, bell) =
        ("Call `sluice open`, then `weir close`, and look into `log.txt`.", "Ring `bell --twice` at night.");
    let others: String =
        (0..4).map(|at| item(&format!("{at}?"), &format!("Look at `lamp-{at}` when the tide is out."))).collect();
    let left = [item("The gate?", gate), item("The bell?", bell), others.clone()].concat();
    let right = [item("Ворота?", gate), item("Ворота?", gate), item("Колокол?", bell), others].concat();
    let collection = collection([left, right]);
    let version = |role, at| Version { role, documents: vec![DocId(at)] };
    let (base, derived) = (version(Role::Long, 0), version(Role::Translation, 1));
    let versions = crate::model::work::VersionPair { base: &base, derived: &derived };
    let alignment =
        super::align::align(versions, super::unit::basis(&[&[DocId(0)], &[DocId(1)]], &collection), &collection);
    let alone = alignment.rows().iter().filter(|pair| pair.verdict == Verdict::DerivedOnly).count();
    assert_eq!((alone, alignment.divided.len()), (1, 0));
}

#[test]
fn an_item_that_a_translation_divides_was_matched_with_the_second_part() {
    let item = |title: &str, body: &str| format!("### {title}\n\n{body}\n\n");
    let (start, end) = ("Run `reef --all` first.", "Run `moor --lines 2` last.");
    let (first, second) =
        ("Turn `wheel --slow`.", "Read `log --all`, `log --last`, and [it](log.md) with `log --year`.");
    let left = [item("Start?", start), item("The wheel?", &format!("{first}\n\n{second}")), item("End?", end)].concat();
    let right = [item("Начало?", start), item("Колесо?", first), item("Журнал?", second), item("Конец?", end)].concat();
    let collection = collection([left, right]);
    let version = |role, at| Version { role, documents: vec![DocId(at)] };
    let (base, derived) = (version(Role::Long, 0), version(Role::Translation, 1));
    let versions = crate::model::work::VersionPair { base: &base, derived: &derived };
    let alignment = super::align::align(versions, Basis::Items, &collection);
    let side = |item: Option<ItemRef>| item.map(|item| item.item.index());
    let rows: Vec<_> = alignment.rows().iter().map(|row| (side(row.base), side(row.derived))).collect();
    assert_eq!(rows, [(Some(0), Some(0)), (Some(1), Some(1)), (None, Some(2)), (Some(2), Some(3))]);
    assert_eq!(alignment.divided.len(), 1);
}

#[test]
fn the_titles_of_two_pages_are_the_same_whatever_links_they_have() {
    let links = |names: &[&str]| names.iter().map(|name| format!("- [x]({name}.md)\n")).collect::<String>();
    let left = format!("# The harbour\n\n{}", links(&["a", "b", "c", "d", "e", "f"]));
    let parts = [("Гавань", vec!["a"]), ("Начало", vec!["b"]), ("Работа", vec!["c", "d", "e", "f"])];
    let heading = |at: usize| if at == 0 { "#" } else { "##" };
    let right: String = parts
        .iter()
        .enumerate()
        .map(|(at, (title, names))| format!("{} {title}\n\n{}\n", heading(at), links(names)))
        .collect();
    let collection = collection([left, right]);
    let version = |role, at| Version { role, documents: vec![DocId(at)] };
    let (left, right) = (version(Role::Long, 0), version(Role::Translation, 1));
    let basis = super::unit::basis(&[&[DocId(0)], &[DocId(1)]], &collection);
    let (lefts, rights) = (alignment_items(&left, basis, &collection), alignment_items(&right, basis, &collection));
    let evidence = super::features::VersionFeatures::new(&lefts, &rights, &collection);
    let links = super::translation_links::links(&lefts, &rights, &evidence);
    let first = links.iter().find(|link| link.base == 0).map(|link| link.derived);
    assert!(first.is_none_or(|derived| derived == 0), "{links:?}");
}

#[test]
fn a_repealed_article_was_taken_for_another_repealed_one() {
    let titles = ["Lamps are lit at dusk", "Gates are shut in storms", "Bells are rung in fog", "Boats are counted"];
    let articles = |titles: [&str; 6]| -> String {
        titles.iter().enumerate().map(|(at, title)| format!("### {}. {title}\n\n", at + 1)).collect()
    };
    let left = articles([titles[0], titles[1], titles[2], titles[3], "[repealed]", "[repealed]"]);
    let right = articles([titles[0], "[repealed]", "[repealed]", titles[3], "Keepers wear a badge", "[repealed]"]);
    let found = rows(&left, &right);
    assert!(!found.iter().any(|row| row.2 == Verdict::Moved), "{found:?}");
    assert!(found.contains(&(Some(6), Some(6), Verdict::Same)), "{found:?}");
}

#[test]
fn an_inserted_article_was_taken_for_another_that_is_in_its_place() {
    let article = |label: &str, body: &str| format!("**{label}.** {body}\n\n");
    let left = [("Art. 1", "Laterne."), ("Art. 2", "Glocke."), ("Art. 2bis", "Schleuse."), ("Art. 3", "Turm.")];
    let right = [("Art. 1", "фонарь."), ("Art. 2", "колокол."), ("Art. 4", "башня.")];
    let text =
        |articles: &[(&str, &str)]| articles.iter().map(|(label, body)| article(label, body)).collect::<String>();
    let links = translated(text(&left), text(&right));
    assert!(!links.iter().any(|(base, _)| *base == 2), "{links:?}");
}
