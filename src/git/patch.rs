//! Unified diffs: what they say of each file, and the file before the change, rebuilt from the file after it.
//!
//! Knows bytes; no process and no disk.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::PathBuf;

use super::path_of;

/// The part of a diff that is about one file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilePatch {
    /// Path before the change as the diff names it, with its prefix; `None` if the file was added.
    pub old: Option<PathBuf>,
    /// Path after the change as the diff names it, with its prefix; `None` if the file was deleted.
    pub new: Option<PathBuf>,
    /// True if the change is not given as lines, so that the file before it cannot be rebuilt.
    pub is_binary: bool,
    hunks: Vec<Hunk>,
}

/// Changed lines, with the unchanged ones around them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Hunk {
    /// 0-based number of the first line after the change.
    new_start: usize,
    lines: Vec<HunkLine>,
}

/// One line of a hunk, with its line break if it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct HunkLine {
    kind: LineKind,
    text: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineKind {
    Kept,
    Removed,
    Added,
}

/// A line of a diff that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadDiff {
    /// 1-based number of the line.
    pub line: usize,
    /// The reason, in words for users.
    pub reason: &'static str,
}

/// A line of a file that is not as the diff says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// 1-based number of the line.
    pub line: usize,
}

/// Reads a unified diff as `git diff`, `git format-patch` and `diff -u` write it.
///
/// # Errors
/// At the first line that cannot be read. A combined diff, which compares with several files at once, is refused.
pub fn parse(diff: &[u8]) -> Result<Vec<FilePatch>, BadDiff> {
    let mut parser = DiffParser { lines: diff.split_inclusive(|byte| *byte == b'\n').collect(), at: 0 };
    let mut patches: Vec<FilePatch> = Vec::new();
    while let Some(line) = parser.line() {
        if let Some(names) = line.strip_prefix(b"diff --git ") {
            let (old, new) = git_names(names);
            patches.push(FilePatch { old, new, ..FilePatch::default() });
        } else if line.starts_with(b"diff --cc ") || line.starts_with(b"diff --combined ") || line.starts_with(b"@@@ ")
        {
            return parser.bad("a combined diff of a merge; compare two commits instead, as in `git diff main...HEAD`");
        } else if line.starts_with(b"@@ ") {
            let Some(hunk) = parser.hunk() else { return parser.bad("a hunk that ends early, or has a wrong head") };
            match patches.last_mut() {
                Some(patch) => patch.hunks.push(hunk),
                None => return parser.bad("a hunk without the name of its file"),
            }
            continue;
        } else if line.starts_with(b"--- ") && parser.line_at(1).is_some_and(|next| next.starts_with(b"+++ ")) {
            let (old, new) = (name(&line[4..]), parser.line_at(1).and_then(|next| name(&next[4..])));
            match patches.last_mut().filter(|patch| patch.hunks.is_empty() && parser.is_after_head()) {
                Some(patch) => (patch.old, patch.new) = (old, new),
                None => patches.push(FilePatch { old, new, ..FilePatch::default() }),
            }
            parser.at += 1;
        } else if let Some(patch) = patches.last_mut().filter(|patch| patch.hunks.is_empty()) {
            extended_header(line, patch);
        }
        parser.at += 1;
    }
    // The mail of a commit that changes nothing has no diff.
    if patches.is_empty() && !diff.trim_ascii().is_empty() && !diff.starts_with(b"From ") {
        let reason = "nothing in it is; colours (`--color=never`), UTF-16 and lists of names are none";
        return Err(BadDiff { line: 1, reason });
    }
    let mut seen = BTreeSet::new();
    if patches.iter().filter_map(|patch| patch.new.as_ref()).any(|path| !seen.insert(path)) {
        let reason = "it changes a file twice, as those of several commits do";
        return Err(BadDiff { line: 1, reason });
    }
    Ok(patches)
}

/// Reads a line between `diff --git` and the first hunk.
fn extended_header(line: &[u8], patch: &mut FilePatch) {
    if line.starts_with(b"new file mode ") {
        patch.old = None;
    } else if line.starts_with(b"deleted file mode ") {
        patch.new = None;
    } else if line.starts_with(b"Binary files ") || line.starts_with(b"GIT binary patch") {
        patch.is_binary = true;
    }
}

struct DiffParser<'a> {
    lines: Vec<&'a [u8]>,
    at: usize,
}

impl<'a> DiffParser<'a> {
    /// Returns the current line without its line break.
    fn line(&self) -> Option<&'a [u8]> {
        self.line_at(0)
    }

    fn line_at(&self, ahead: usize) -> Option<&'a [u8]> {
        let line = self.lines.get(self.at + ahead)?;
        Some(line.strip_suffix(b"\n").unwrap_or(line))
    }

    fn bad<T>(&self, reason: &'static str) -> Result<T, BadDiff> {
        Err(BadDiff { line: self.at + 1, reason })
    }

    /// Returns whether the line above belongs to the head that git writes for a file.
    fn is_after_head(&self) -> bool {
        let above = self.at.checked_sub(1).and_then(|at| self.lines.get(at));
        let heads: [&[u8]; 6] = [b"diff --git ", b"index ", b"similarity ", b"rename ", b"copy ", b"new "];
        let further: [&[u8]; 3] = [b"old ", b"deleted ", b"dissimilarity "];
        above.is_some_and(|line| heads.iter().chain(&further).any(|head| line.starts_with(head)))
    }

    /// Reads a hunk, as long as its head says, and moves on to the line after it.
    fn hunk(&mut self) -> Option<Hunk> {
        let head = std::str::from_utf8(self.line()?.get(3..)?.split(|byte| *byte == b'@').next()?).ok()?;
        let mut ranges = head.split_whitespace();
        let (_, mut old) = range(ranges.next()?.strip_prefix('-')?)?;
        let (start, mut new) = range(ranges.next()?.strip_prefix('+')?)?;
        // The start of an empty range is the line before it.
        let new_start = if new == 0 { start } else { start.checked_sub(1)? };
        let mut hunk = Hunk { new_start, lines: Vec::new() };
        self.at += 1;
        while old > 0 || new > 0 {
            let line = *self.lines.get(self.at)?;
            let (kind, text) = match line.first()? {
                b'-' => (LineKind::Removed, &line[1..]),
                b'+' => (LineKind::Added, &line[1..]),
                b' ' => (LineKind::Kept, &line[1..]),
                // Mail programs drop the space of an empty line.
                b'\n' | b'\r' => (LineKind::Kept, line),
                _ => return None,
            };
            old = old.checked_sub(usize::from(kind != LineKind::Added))?;
            new = new.checked_sub(usize::from(kind != LineKind::Removed))?;
            hunk.lines.push(HunkLine { kind, text: text.to_vec() });
            self.at += 1;
            if self.lines.get(self.at).is_some_and(|line| line.starts_with(b"\\ ")) {
                let last = hunk.lines.last_mut()?;
                if last.text.last() == Some(&b'\n') {
                    last.text.pop();
                }
                self.at += 1;
            }
        }
        Some(hunk)
    }
}

/// Reads "12,3", or "12", which is one line.
fn range(text: &str) -> Option<(usize, usize)> {
    match text.split_once(',') {
        Some((start, length)) => Some((start.parse().ok()?, length.parse().ok()?)),
        None => Some((text.parse().ok()?, 1)),
    }
}

/// Reads the name after `---` or `+++`. `None` for /dev/null.
fn name(text: &[u8]) -> Option<PathBuf> {
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let bytes = match unquoted(text) {
        Some((name, _)) => Cow::Owned(name),
        // After a tab there is a time, or nothing.
        None => Cow::Borrowed(text.split(|byte| *byte == b'\t').next().unwrap_or(text)),
    };
    (bytes.as_ref() != b"/dev/null").then(|| path_of(&bytes))
}

/// Reads the two names after `diff --git`, of which both are quoted or neither is. Without quotation marks the names
/// are told apart only if they differ by nothing but their prefixes, which is so but for renamed files: their names are
/// in lines of their own.
fn git_names(text: &[u8]) -> (Option<PathBuf>, Option<PathBuf>) {
    if let Some((old, rest)) = unquoted(text) {
        let new = rest.strip_prefix(b" ").map(|rest| unquoted(rest).map_or(rest.to_vec(), |(new, _)| new));
        return (Some(path_of(&old)), new.map(|new| path_of(&new)));
    }
    let middle = text.len() / 2;
    let halves = (text.get(..middle), text.get(middle + 1..));
    let is_pair = |old: &[u8], new: &[u8]| {
        let tail = |name: &[u8]| name.iter().position(|byte| *byte == b'/').map(|at| name[at..].to_vec());
        old == new || tail(old).is_some_and(|old| tail(new) == Some(old))
    };
    match halves {
        (Some(old), Some(new)) if text.get(middle) == Some(&b' ') && is_pair(old, new) => {
            (Some(path_of(old)), Some(path_of(new)))
        }
        _ => (None, None),
    }
}

/// Reads a name in quotation marks, as git quotes names with unusual bytes; returns it with the rest of the text.
fn unquoted(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = text.strip_prefix(b"\"")?;
    let mut name = Vec::new();
    loop {
        let (first, after) = rest.split_first()?;
        rest = after;
        match first {
            b'"' => return Some((name, rest)),
            b'\\' => {
                let (escape, after) = rest.split_first()?;
                rest = after;
                name.push(match escape {
                    b'a' => 0x07,
                    b'b' => 0x08,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 0x0B,
                    b'f' => 0x0C,
                    b'r' => b'\r',
                    b'0'..=b'3' => {
                        let (digits, after) = (rest.get(..2)?, &rest[2..]);
                        rest = after;
                        let value = digits.iter().try_fold(u32::from(escape - b'0'), |value, digit| {
                            Some(value * 8 + char::from(*digit).to_digit(8)?)
                        })?;
                        u8::try_from(value).ok()?
                    }
                    other => *other,
                });
            }
            byte => name.push(*byte),
        }
    }
}

impl FilePatch {
    /// Returns the bytes of the file before the change, given those after it.
    ///
    /// # Errors
    /// At the first line that is not as the diff says: the file is not the one that the diff leads to.
    pub fn reversed(&self, new: &[u8]) -> Result<Vec<u8>, Mismatch> {
        let lines: Vec<&[u8]> = new.split_inclusive(|byte| *byte == b'\n').collect();
        let mut old = Vec::with_capacity(new.len());
        let mut at = 0;
        for hunk in &self.hunks {
            let before = lines.get(at..hunk.new_start).ok_or(Mismatch { line: at.min(lines.len()) + 1 })?;
            before.iter().for_each(|line| old.extend_from_slice(line));
            at = hunk.new_start;
            for line in &hunk.lines {
                if line.kind == LineKind::Removed {
                    old.extend_from_slice(&line.text);
                    continue;
                }
                let found = lines.get(at).filter(|found| is_same_line(found, &line.text));
                let found = found.ok_or(Mismatch { line: at + 1 })?;
                if line.kind == LineKind::Kept {
                    old.extend_from_slice(found);
                }
                at += 1;
            }
        }
        lines[at.min(lines.len())..].iter().for_each(|line| old.extend_from_slice(line));
        Ok(old)
    }
}

/// Returns whether two lines are equal but for a carriage return before the line feed, because git may add it on
/// checkout.
fn is_same_line(one: &[u8], other: &[u8]) -> bool {
    let ending = |line: &[u8]| line.ends_with(b"\n");
    let content = |line: &'_ [u8]| -> usize {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        line.strip_suffix(b"\r").unwrap_or(line).len()
    };
    ending(one) == ending(other) && one[..content(one)] == other[..content(other)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(diff: &str) -> FilePatch {
        let mut patches = parse(diff.as_bytes()).expect("a diff");
        assert_eq!(patches.len(), 1);
        patches.remove(0)
    }

    fn names(diff: &str) -> (Option<String>, Option<String>) {
        let patch = only(diff);
        let text = |path: Option<PathBuf>| path.map(|path| path.to_string_lossy().into_owned());
        (text(patch.old), text(patch.new))
    }

    const EDIT: &str = "\
diff --git a/q.md b/q.md
index 1234567..89abcde 100644
--- a/q.md
+++ b/q.md
@@ -1,4 +1,3 @@ # Questions
 one
--- two
-three
+++ 2
 four
@@ -9,0 +9,1 @@
+ten
\\ No newline at end of file
";

    #[test]
    fn the_file_before_is_rebuilt_and_lines_that_look_like_names_are_lines() {
        let new = "one\n++ 2\nfour\n5\n6\n7\n8\n9\nten";
        let old = only(EDIT).reversed(new.as_bytes()).expect("fits");
        assert_eq!(String::from_utf8_lossy(&old), "one\n-- two\nthree\nfour\n5\n6\n7\n8\n9\n");
        let crlf = only(EDIT).reversed(b"one\r\n++ 2\r\nfour\r\n5\n6\n7\n8\n9\nten").expect("fits");
        assert!(crlf.starts_with(b"one\r\n-- two\n"), "{crlf:?}");
    }

    #[test]
    fn a_file_that_is_not_the_one_of_the_diff_is_refused() {
        assert_eq!(only(EDIT).reversed(b"one\nother\nfour\n"), Err(Mismatch { line: 2 }));
        assert_eq!(only(EDIT).reversed(b"one\n"), Err(Mismatch { line: 2 }));
        assert_eq!(only(EDIT).reversed(b""), Err(Mismatch { line: 1 }));
    }

    #[test]
    fn names_are_read_in_every_way_in_which_they_are_written() {
        let some = |name: &str| Some(name.to_owned());
        assert_eq!(
            names("--- a/x y.md\t2031-01-01\n+++ b/x y.md\t\n@@ -0,0 +1 @@\n+a\n"),
            (some("a/x y.md"), some("b/x y.md"))
        );
        assert_eq!(
            names("diff --git \"a/\\303\\251.md\" \"b/\\303\\251.md\"\nold mode 100644\nnew mode 100755\n"),
            (some("a/é.md"), some("b/é.md"))
        );
        let added = "diff --git a/n.md b/n.md\nnew file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/n.md\n@@ -0,0 +1 @@\n+a\n";
        assert_eq!(names(added), (None, some("b/n.md")));
        assert_eq!(names("diff --git a/e.md b/e.md\ndeleted file mode 100644\nindex 1..0\n"), (some("a/e.md"), None));
    }

    #[test]
    fn a_renamed_file_has_both_names() {
        let patch = only(
            "diff --git a/a b.md b/c.md\nsimilarity index 90%\nrename from a b.md\nrename to c.md\nindex 1..2 100644\n--- a/a b.md\n+++ b/c.md\n@@ -1 +1 @@\n-x\n+y\n",
        );
        assert_eq!((patch.old, patch.new), (Some("a/a b.md".into()), Some("b/c.md".into())));
    }

    #[test]
    fn what_is_no_diff_was_taken_for_a_change_of_nothing() {
        for text in ["garbage\n", "\u{1b}[1mdiff --git a/x b/x\u{1b}[m\n", "a.md\nb.md\n", "\u{feff}# Title\n"] {
            assert!(parse(text.as_bytes()).is_err_and(|bad| bad.line == 1), "{text:?}");
        }
        assert!(parse(b"d\0i\0f\0f\0 \0").is_err());
        assert!(parse(b"\n").is_ok_and(|patches| patches.is_empty()));
        let one = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n";
        assert!(parse(format!("{one}{one}").as_bytes()).is_err_and(|bad| bad.reason.contains("twice")));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let bad = |diff: &str| parse(diff.as_bytes()).expect_err("bad");
        assert!(bad("diff --cc q.md\n").reason.contains("combined"));
        assert_eq!(bad("--- a\n+++ b\n@@ -1,2 +1,2 @@\n a\n").line, 5);
        assert_eq!(bad("@@ -1 +1 @@\n-a\n+b\n").line, 4);
        assert_eq!(parse(b"From 1234 Mon Sep 17\nSubject: a\n---\n q.md | 2 +-\n"), Ok(Vec::new()));
    }
}
