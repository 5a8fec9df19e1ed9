//! The comparison for people: first the number of agreeing items, then the disagreements, section by section.
//!
//! May use the model.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};

use owo_colors::OwoColorize;

use super::compare::{Comparison, Spelling, TitlePart, VERDICTS, VerdictCounts};
use super::count;
use super::visible::visible;
use crate::model::alignment::{AlignedPair, Alignment, ItemRef, SectionPair, Verdict};
use crate::model::finding::Finding;
use crate::model::item::{Number, listed};
use crate::model::work::{AddedItem, Version};

/// Amount of detail that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompareDetail {
    /// Only the disagreements.
    Disagreements,
    /// Every pair.
    Everything,
}

/// Writes the comparison.
///
/// # Errors
/// If writing to `out` fails.
pub fn write(comparison: &Comparison<'_>, extent: CompareDetail, out: &mut dyn Write) -> io::Result<()> {
    for (other, _, alignment) in comparison.others() {
        if other > 1 {
            writeln!(out)?;
        }
        let view = AlignmentView { comparison, other, alignment };
        view.summary(out)?;
        view.one_sided(out)?;
        view.untranslated(out)?;
        view.sections(extent, out)?;
        view.moved(out)?;
        view.related(out)?;
    }
    newcomers(comparison, out)?;
    facts(comparison, out)?;
    outdated(comparison, out)?;
    next_steps(comparison, extent, out)
}

/// Writes what to do next.
fn next_steps(comparison: &Comparison<'_>, extent: CompareDetail, out: &mut dyn Write) -> io::Result<()> {
    let pairs = || comparison.work.alignments.iter().flat_map(|alignment| &alignment.pairs);
    let same = pairs().filter(|pair| pair.verdict == Verdict::Same).count();
    let differing = pairs().find(|pair| pair.verdict != Verdict::Same);
    let number = |pair: &AlignedPair| comparison.number(pair.base.or(pair.derived)?);
    let mut steps = Vec::new();
    if extent == CompareDetail::Disagreements && same > 0 {
        steps.push(("--all", "lists what agrees as well".to_owned()));
    }
    if let Some(number) =
        differing.and_then(number).filter(|number| number.outer.parts().is_empty() && number.inserted.is_none())
    {
        steps.push(("--explain", format!("N says why item N was, or was not, matched, as --explain {number}")));
    } else if differing.is_some() {
        steps
            .push(("--explain", "with the number or title of an item says why it was, or was not, matched".to_owned()));
    }
    if differing.is_some() {
        steps.push(("--html", "FILE writes a page with both texts side by side".to_owned()));
    }
    if !steps.is_empty() {
        writeln!(out)?;
    }
    for (option, meaning) in steps {
        writeln!(out, "{}", format!("{option} {meaning}").dimmed())?;
    }
    Ok(())
}

/// Writes the items that the base version lacks and several derived versions have, because the base version may be the
/// outdated one.
fn newcomers(comparison: &Comparison<'_>, out: &mut dyn Write) -> io::Result<()> {
    let all = &comparison.work.added_items;
    if all.is_empty() {
        return Ok(());
    }
    let head = format!("Not in {}, but in several others", visible(&comparison.names[0]));
    writeln!(out, "\n{} ({})", head.bold(), count(all.len(), "item"))?;
    let versions =
        |newcomer: &AddedItem| -> Vec<usize> { newcomer.items.iter().map(|(version, _)| *version).collect() };
    for group in all.chunk_by(|a, b| versions(a) == versions(b)) {
        let Some(first) = group.first() else { continue };
        let sides = first.items.iter().enumerate().map(|(at, (version, _))| {
            let items = || group.iter().filter_map(|newcomer| Some(newcomer.items.get(at)?.1));
            let numbers = listed(items().filter_map(|item| comparison.number(item)));
            let unnumbered = items().find(|item| comparison.number(*item).is_none());
            let title = unnumbered.map(|item| format!("“{}”", visible(&comparison.title(item, Spelling::Mended))));
            let what = [numbers, title.unwrap_or_default()].into_iter().filter(|what| !what.is_empty());
            format!("{} {}", visible(&comparison.names[*version]), what.collect::<Vec<_>>().join(", ").bold())
        });
        writeln!(out, "  {}", sides.collect::<Vec<_>>().join(" = "))?;
    }
    Ok(())
}

/// Number of items or pages that are listed (a guess: more are a screen of their own).
const LISTED: usize = 8;

/// One alignment of the comparison.
struct AlignmentView<'a> {
    comparison: &'a Comparison<'a>,
    other: usize,
    alignment: &'a Alignment,
}

impl AlignmentView<'_> {
    fn names(&self) -> (Cow<'_, str>, Cow<'_, str>) {
        (visible(&self.comparison.names[0]), visible(&self.comparison.names[self.other]))
    }

    fn summary(&self, out: &mut dyn Write) -> io::Result<()> {
        let side = |at: usize| {
            let version = &self.comparison.work.versions[at];
            let items = self.comparison.items(at);
            format!(
                "{} ({}, {})",
                visible(&self.comparison.names[at]).bold(),
                version.role.as_str(),
                format_args!(
                    "{items} {}",
                    if items == 1 {
                        self.comparison.work.basis.noun_of_one()
                    } else {
                        self.comparison.work.basis.noun()
                    }
                )
            )
        };
        writeln!(out, "{} ↔ {}", side(0), side(self.other))?;
        writeln!(out, "compared by {}\n", self.comparison.work.basis.noun())?;
        let counts = VerdictCounts::new(self.alignment.pairs.iter().map(|pair| pair.verdict));
        for verdict in VERDICTS {
            let number = counts.of(verdict);
            if number > 0 || verdict == Verdict::Same {
                let number = format!("{number:>6}");
                writeln!(out, "{} {}", number.bold(), self.meaning(verdict))?;
            }
        }
        Ok(())
    }

    fn meaning(&self, verdict: Verdict) -> String {
        let (left, right) = self.names();
        match verdict {
            Verdict::Same => "the same".to_owned(),
            Verdict::Reworded => "reworded: the same item, worded differently".to_owned(),
            Verdict::Different => "different: another item under the same number".to_owned(),
            Verdict::Moved => "moved: the same item under another number or in another place".to_owned(),
            Verdict::BaseOnly => format!("only in {left}"),
            Verdict::DerivedOnly => format!("only in {right}"),
        }
    }

    fn sections(&self, extent: CompareDetail, out: &mut dyn Write) -> io::Result<()> {
        let replaced: Vec<&SectionPair> = self.alignment.replaced_sections().collect();
        for sections in &self.alignment.sections {
            let folded = extent == CompareDetail::Disagreements && replaced.contains(&sections);
            let rows: Vec<&AlignedPair> = self.alignment.rows_of(sections).filter(|pair| shown(pair, extent)).collect();
            if rows.is_empty() {
                continue;
            }
            writeln!(out, "\n{}", self.heading(sections).bold())?;
            if folded {
                let different = rows.iter().filter(|pair| pair.verdict == Verdict::Different);
                let numbers = listed(different.clone().filter_map(|pair| self.comparison.number(pair.base?)));
                writeln!(out, "  {} different items under {numbers}", different.count().to_string().red())?;
                continue;
            }
            for pair in rows {
                self.row(pair, out)?;
            }
        }
        Ok(())
    }

    fn heading(&self, sections: &SectionPair) -> String {
        let title = |section| {
            let found = self.comparison.section(section, Spelling::Mended);
            found.map(|(_, title, line)| format!("{} (line {line})", visible(&title)))
        };
        match (sections.base.and_then(title), sections.derived.and_then(title)) {
            (Some(left), Some(right)) => format!("{left} ↔ {right}"),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => "outside any section".to_owned(),
        }
    }

    fn row(&self, pair: &AlignedPair, out: &mut dyn Write) -> io::Result<()> {
        let verdict = match pair.verdict {
            Verdict::Same => pair.verdict.as_str().green().to_string(),
            Verdict::Different => pair.verdict.as_str().red().to_string(),
            _ => pair.verdict.as_str().yellow().to_string(),
        };
        let number = |item: Option<ItemRef>| item.and_then(|item| self.comparison.number(item));
        let numbers = match (number(pair.base), number(pair.derived)) {
            (Some(left), Some(right)) if left.key() != right.key() => format!("{left} → {right}  "),
            (Some(number), _) | (None, Some(number)) => format!("{number}  "),
            (None, None) => String::new(),
        };
        writeln!(out, "  {}{verdict}", numbers.bold())?;
        let (left, right) = self.comparison.marked_titles(pair, self.other);
        if let Some(item) = pair.base {
            writeln!(out, "    {} {}", painted(&left, VersionSide::Base), self.place(item).dimmed())?;
        }
        if let Some(item) = pair.derived {
            writeln!(out, "    {} {}", painted(&right, VersionSide::Derived), self.place(item).dimmed())?;
        }
        Ok(())
    }

    /// Returns the place of an item: the line alone where its version is one file, which the first line names.
    fn place(&self, item: ItemRef) -> String {
        let doc = self.comparison.collection.document(item.doc);
        let line = self.comparison.line(item);
        let is_of_one_file = |version: &Version| version.documents[..] == [item.doc];
        match self.comparison.work.versions.iter().any(is_of_one_file) {
            true => format!("line {line}"),
            false => format!("{}:{line}", visible(doc.source.display())),
        }
    }

    /// Writes the items that belong to another one as well.
    fn related(&self, out: &mut dyn Write) -> io::Result<()> {
        let name = |item: ItemRef| {
            let number = self.comparison.number(item).map(|number| format!("{number}. ")).unwrap_or_default();
            format!("{number}{}", visible(&self.comparison.title(item, Spelling::Mended)))
        };
        if !self.alignment.repeats.is_empty() {
            writeln!(out, "\n{}", "Asked twice in one version".bold())?;
        }
        for repeat in &self.alignment.repeats {
            writeln!(out, "  {} {}", name(repeat.of), self.place(repeat.of).dimmed())?;
            writeln!(out, "    also asked as {} {}", name(repeat.item), self.place(repeat.item).dimmed())?;
        }
        if !self.alignment.divided.is_empty() {
            writeln!(out, "\n{}", "One item here, several there".bold())?;
        }
        for divided in &self.alignment.divided {
            writeln!(out, "  {} {}", name(divided.whole), self.place(divided.whole).dimmed())?;
            for part in &divided.parts {
                writeln!(out, "    {} {}", name(*part), self.place(*part).dimmed())?;
            }
        }
        Ok(())
    }

    /// Writes renumbered blocks, then items that moved alone.
    fn moved(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.alignment.moves().is_empty() && self.alignment.renumbered.iter().all(|shift| shift.rows.is_empty()) {
            return Ok(());
        }
        writeln!(out, "\n{}", "Moved".bold())?;
        let number = |item: Option<ItemRef>| item.and_then(|item| self.comparison.number(item));
        for shift in &self.alignment.renumbered {
            let rows = || shift.rows.iter().filter_map(|row| self.alignment.pairs.get(*row as usize));
            let lefts = listed(rows().filter_map(|pair| number(pair.base)));
            let rights = listed(rows().filter_map(|pair| number(pair.derived)));
            let offset = format!("{:+}", shift.offset);
            writeln!(out, "  {lefts} → {rights}  {} ({})", offset.yellow(), count(shift.rows.len(), "item"))?;
        }
        for pair in self.alignment.moves() {
            self.row(pair, out)?;
        }
        Ok(())
    }

    fn untranslated(&self, out: &mut dyn Write) -> io::Result<()> {
        let pages = self.comparison.untranslated_pages(self.other);
        if pages.is_empty() {
            return Ok(());
        }
        let head = format!("Pages without a translation in {}", self.names().1);
        writeln!(out, "\n{} ({})", head.bold(), pages.len())?;
        for (doc, items) in pages.iter().take(LISTED) {
            let path = doc.source.display();
            writeln!(out, "  {} {}", visible(path), count(*items, "item").dimmed())?;
        }
        if pages.len() > LISTED {
            writeln!(out, "  and {} more", pages.len() - LISTED)?;
        }
        Ok(())
    }

    fn one_sided(&self, out: &mut dyn Write) -> io::Result<()> {
        let (left, right) = self.names();
        let moved: BTreeSet<ItemRef> =
            self.alignment.moves().iter().flat_map(|pair| [pair.base, pair.derived]).flatten().collect();
        for (verdict, name) in [(Verdict::BaseOnly, &left), (Verdict::DerivedOnly, &right)] {
            let rows: Vec<&AlignedPair> = self.alignment.rows().iter().filter(|pair| pair.verdict == verdict).collect();
            if rows.is_empty() {
                continue;
            }
            let items = || rows.iter().filter_map(|pair| pair.base.or(pair.derived));
            let numbers: Vec<Number> = items().filter_map(|item| self.comparison.number(item)).collect();
            let unnumbered: Vec<ItemRef> = items().filter(|item| self.comparison.number(*item).is_none()).collect();
            let head = format!("Only in {name}");
            writeln!(out, "\n{} ({})", head.bold(), count(rows.len(), "item"))?;
            if !numbers.is_empty() {
                writeln!(out, "  {}", listed(numbers))?;
            }
            // The derived version has no items under these numbers, but has them elsewhere.
            let elsewhere = items().filter(|item| moved.contains(item));
            let elsewhere: Vec<Number> = elsewhere.filter_map(|item| self.comparison.number(item)).collect();
            if !elsewhere.is_empty() {
                writeln!(out, "  of these, under other numbers in the other version: {}", listed(elsewhere))?;
            }
            for item in unnumbered.iter().take(LISTED) {
                let title = self.comparison.title(*item, Spelling::Mended);
                writeln!(out, "  {} {}", visible(&title), self.place(*item).dimmed())?;
            }
            if unnumbered.len() > LISTED {
                writeln!(out, "  and {} more without a number", unnumbered.len() - LISTED)?;
            }
        }
        Ok(())
    }
}

/// Returns true if a pair is shown in its section. Moved items and items of only one version are listed together
/// further down.
fn shown(pair: &AlignedPair, extent: CompareDetail) -> bool {
    let alone = matches!(pair.verdict, Verdict::BaseOnly | Verdict::DerivedOnly);
    extent == CompareDetail::Everything || !(pair.verdict == Verdict::Same || alone || pair.renumbered.is_some())
}

#[derive(Clone, Copy)]
enum VersionSide {
    Base,
    Derived,
}

fn painted(parts: &[(TitlePart, String)], side: VersionSide) -> String {
    let paint = |(mark, text): &(TitlePart, String)| match (mark, side) {
        (TitlePart::Common, _) => visible(text).into_owned(),
        (TitlePart::Own, VersionSide::Base) => visible(text).red().underline().to_string(),
        (TitlePart::Own, VersionSide::Derived) => visible(text).green().underline().to_string(),
    };
    let sign = match side {
        VersionSide::Base => "−".red().to_string(),
        VersionSide::Derived => "+".green().to_string(),
    };
    format!("{sign} {}", parts.iter().map(paint).collect::<String>())
}

/// Writes the facts that differ within items.
fn facts(comparison: &Comparison<'_>, out: &mut dyn Write) -> io::Result<()> {
    let facts: Vec<&Finding> = comparison.findings.iter().filter(|finding| finding.rule == "fact-mismatch").collect();
    if facts.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", "Facts".bold())?;
    let mut told = BTreeSet::new();
    for finding in facts {
        let doc = comparison.collection.document(finding.primary.doc);
        let line = doc.position(finding.primary.span.start).line;
        let place = format!("{}:{line}", visible(doc.source.display()));
        if told.insert((place.clone(), finding.message.clone())) {
            writeln!(out, "  {} {}", visible(&finding.message), place.dimmed())?;
        }
    }
    Ok(())
}

/// Writes the items that fell behind, with how much of each version is up to date.
fn outdated(comparison: &Comparison<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Some(all) = &comparison.work.outdated else { return fuzzy(comparison, out) };
    writeln!(out, "\n{}", "Up to date".bold())?;
    for (other, _, alignment) in comparison.others() {
        let linked = alignment.rows().iter().filter(|pair| pair.base.is_some() && pair.derived.is_some()).count();
        let behind = all.iter().filter(|item| item.version == other).count();
        let fresh = linked.saturating_sub(behind);
        let percent = (fresh * 100).checked_div(linked).unwrap_or(100);
        writeln!(out, "  {percent:>3} % {} ({fresh} of {})", visible(&comparison.names[other]), count(linked, "item"))?;
    }
    behind(comparison, out)
}

/// Writes the translations that nobody has confirmed.
fn fuzzy(comparison: &Comparison<'_>, out: &mut dyn Write) -> io::Result<()> {
    let found = comparison.findings.iter().filter(|finding| finding.rule == "outdated-item").count();
    if found == 0 {
        return Ok(());
    }
    writeln!(out, "\n{} ({})", "To be confirmed".bold(), count(found, "item"))?;
    behind(comparison, out)
}

/// Writes the items that fell behind their counterparts.
fn behind(comparison: &Comparison<'_>, out: &mut dyn Write) -> io::Result<()> {
    let findings = comparison.findings.iter().filter(|finding| finding.rule == "outdated-item");
    for finding in findings {
        let doc = comparison.collection.document(finding.primary.doc);
        let place = format!("{}:{}", visible(doc.source.display()), doc.position(finding.primary.span.start).line);
        let title = doc.repaired(finding.primary.span);
        writeln!(out, "\n  {} {}", visible(title.trim()).bold(), place.dimmed())?;
        writeln!(out, "    {}", visible(&finding.message))?;
    }
    Ok(())
}
