//! The encoding that a text declares: XML declarations, `<meta charset>`, `coding:` of Emacs and Python,
//! `scriptencoding` of Vim, `SET` of Hunspell, headers of mail and of message catalogues, `inputenc` of LaTeX.
//!
//! Knows bytes whose declarations are in ASCII; does not know which encoding is right.

use std::ops::Range;
use std::sync::LazyLock;

use encoding_rs::Encoding;
use regex::bytes::Regex;

/// Number of bytes at the beginning that are searched (a guess): programs that read declarations do not search further.
const HEAD: usize = 2048;

/// A declaration of an encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// Position of the name, in bytes of the text.
    pub span: Range<usize>,
    /// The encoding: its name in the Encoding Standard, or that of IANA in lower case.
    pub encoding: &'static str,
    /// Name of UTF-8 in a declaration of this form.
    pub utf8: &'static str,
    /// True if programs read the declaration there. Elsewhere it may be an example in the text.
    pub heeded: bool,
}

/// Declarations with the name in the group `n`.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    let forms = [
        r#"(?i:coding|charset)[ \t]*[:=][ \t]*\\?["']?(?<a>NAME)"#,
        r"(?i:\b(?:file)?enc(?:oding)?|\bfenc)=(?<b>NAME)",
        r"(?m:^[ \t]*)scripte(?:ncoding)?[ \t]+(?<c>NAME)",
        r"(?m:^)SET[ \t]+(?<d>NAME)",
        r#"@charset[ \t]+"(?<e>NAME)"#,
        r"\\usepackage[ \t]*\[(?<f>NAME)\][ \t]*\{inputenc\}",
    ];
    Regex::new(&forms.join("|").replace("NAME", "[A-Za-z0-9][A-Za-z0-9._:+-]*")).expect("a regular expression")
});

/// Returns the declarations of known encodings at the beginning of a text.
#[must_use]
pub fn declarations(text: &[u8]) -> Vec<Declaration> {
    let head = &text[..text.len().min(HEAD)];
    let found = NAMED.captures_iter(head).filter_map(|captures| {
        let form = ["a", "b", "c", "d", "e", "f"].into_iter().find(|form| captures.name(form).is_some())?;
        let name = captures.name(form)?;
        let written = std::str::from_utf8(name.as_bytes()).ok()?;
        let label = bare(written);
        let encoding = encoding(label)?;
        let span = name.start()..name.start() + label.len();
        let upper = label.bytes().any(|byte| byte.is_ascii_uppercase());
        let utf8 = match form {
            "f" => "utf8",
            _ if upper => "UTF-8",
            _ => "utf-8",
        };
        let whole = captures.get(0).map_or(0, |whole| whole.start());
        Some(Declaration { heeded: is_heeded(head, whole, form), span, encoding, utf8 })
    });
    found.collect()
}

/// Returns the name without the suffix that Emacs adds for line ends, and without the end of the clause or option line.
fn bare(written: &str) -> &str {
    let bare = written.trim_end_matches(['.', ':', '-', '+', '_']);
    let lower = bare.to_ascii_lowercase();
    let ending = ["-unix", "-dos", "-mac"].into_iter().find(|ending| lower.ends_with(ending));
    ending.map_or(bare, |ending| &bare[..bare.len() - ending.len()])
}

/// Returns whether a program would read the declaration that begins at `at`.
fn is_heeded(head: &[u8], at: usize, form: &str) -> bool {
    let begins = head.iter().find(|byte| !byte.is_ascii_whitespace() && byte.is_ascii());
    let before = &head[..at];
    let line = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |feed| feed + 1);
    let lines = before.iter().filter(|&&byte| byte == b'\n').count();
    let start = String::from_utf8_lossy(&head[line..at]).to_lowercase();
    match form {
        "c" | "d" => true,
        "e" => at == 0,
        "f" => matches!(begins, Some(b'\\' | b'%')),
        _ => {
            let markup = begins == Some(&b'<') && (start.contains("<?xml") || is_in_tag(before, b"<meta"));
            let header = start.trim_start_matches('"').starts_with("content-type:");
            // Emacs and Python read two lines, Vim five, and all of them only comments.
            let comment = start.trim_start().chars().next().is_some_and(|c| !c.is_alphanumeric());
            markup || header || comment && (lines < 2 || start.contains("vim") && lines < 5)
        }
    }
}

/// Returns whether the end of `before` is within a tag that begins with `tag`.
fn is_in_tag(before: &[u8], tag: &[u8]) -> bool {
    let open = before.iter().rposition(|&byte| byte == b'<');
    let opened = open.map(|at| &before[at..]).unwrap_or_default();
    opened.get(..tag.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(tag)) && !opened.contains(&b'>')
}

/// Names that the Encoding Standard lacks, without hyphens, each with the name of its encoding.
const OTHERS: [(&str, &str); 51] = [
    ("ansinew", "windows-1252"),
    ("applemac", "macintosh"),
    ("ascii", "us-ascii"),
    ("usascii", "us-ascii"),
    ("cp1361", "johab"),
    ("cp154", "pt154"),
    ("euctw", "euc-tw"),
    ("hz", "hz-gb-2312"),
    ("hzgb2312", "hz-gb-2312"),
    ("iso2022kr", "iso-2022-kr"),
    ("iso885911", "windows-874"),
    ("johab", "johab"),
    ("koi8t", "koi8-t"),
    ("kz1048", "kz-1048"),
    ("rk1048", "kz-1048"),
    ("latin10", "ISO-8859-16"),
    ("latin9", "ISO-8859-15"),
    ("latin7", "ISO-8859-13"),
    ("latin8", "ISO-8859-14"),
    ("mac", "macintosh"),
    ("macroman", "macintosh"),
    ("macce", "x-mac-ce"),
    ("maccentraleurope", "x-mac-ce"),
    ("maclatin2", "x-mac-ce"),
    ("maccroatian", "x-mac-croatian"),
    ("maccyrillic", "x-mac-cyrillic"),
    ("macgreek", "x-mac-greek"),
    ("macicelandic", "x-mac-icelandic"),
    ("maciceland", "x-mac-icelandic"),
    ("macromania", "x-mac-romanian"),
    ("macromanian", "x-mac-romanian"),
    ("macturkish", "x-mac-turkish"),
    ("armscii8", "armscii-8"),
    // Decoders of GBK read it, too.
    ("gb18030", "GBK"),
    ("georgianps", "georgian-ps"),
    ("mik", "mik"),
    ("mazovia", "mazovia"),
    ("kamenicky", "kamenicky"),
    ("pt154", "pt154"),
    ("ptcp154", "pt154"),
    ("tcvn", "tcvn"),
    ("tcvn5712", "tcvn"),
    ("viscii", "viscii"),
    ("utf16", "UTF-16LE"),
    ("utf16le", "UTF-16LE"),
    ("utf16be", "UTF-16BE"),
    ("utf32", "utf-32"),
    ("utf7", "utf-7"),
    ("ucs2", "UTF-16LE"),
    ("ucs4", "utf-32"),
    ("tis6202533", "windows-874"),
];

/// The DOS code pages by number. The Encoding Standard has only 866.
const DOS: [(&str, &str); 17] = [
    ("437", "ibm437"),
    ("720", "ibm720"),
    ("737", "ibm737"),
    ("775", "ibm775"),
    ("850", "ibm850"),
    ("852", "ibm852"),
    ("855", "ibm855"),
    ("857", "ibm857"),
    ("860", "ibm860"),
    ("861", "ibm861"),
    ("862", "ibm862"),
    ("863", "ibm863"),
    ("865", "ibm865"),
    ("866", "IBM866"),
    ("869", "ibm869"),
    ("1125", "ibm1125"),
    ("874", "windows-874"),
];

/// Returns the encoding with this name, if it is one.
fn encoding(label: &str) -> Option<&'static str> {
    let label = label.to_ascii_lowercase().replace('_', "-");
    let maker = ["microsoft-", "x-"].into_iter().find_map(|maker| label.strip_prefix(maker));
    let short = maker.unwrap_or(&label);
    let joined: String = short.chars().filter(|c| *c != '-').collect();
    let number = ["cp", "ibm", "dos", "oem"].into_iter().find_map(|prefix| joined.strip_prefix(prefix));
    if let Some((_, name)) = number.and_then(|number| DOS.iter().find(|(known, _)| *known == number)) {
        return Some(name);
    }
    if let Some((_, name)) = OTHERS.iter().find(|(known, _)| *known == joined) {
        return Some(name);
    }
    // `iso8859-16`, `iso885916` and `latin-1` of Python and Emacs.
    let spelt = match joined.strip_prefix("iso8859") {
        Some(part) => format!("iso-8859-{part}"),
        None => short.replace("latin-", "latin").replace("utf8", "utf-8"),
    };
    let standard = [label.as_str(), short, &spelt].into_iter().find_map(|label| Encoding::for_label(label.as_bytes()));
    standard.filter(|encoding| *encoding != encoding_rs::REPLACEMENT).map(Encoding::name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<(&str, &'static str, bool)> {
        let found = declarations(text.as_bytes());
        found.into_iter().map(|found| (&text[found.span.clone()], found.encoding, found.heeded)).collect()
    }

    #[test]
    fn declarations_of_every_kind_are_heeded() {
        for (text, label, encoding) in [
            ("<?xml version=\"1.0\" encoding=\"KOI8-R\"?>\n<a/>", "KOI8-R", "KOI8-R"),
            ("<?xml version='1.0' encoding='iso-8859-1'?>", "iso-8859-1", "windows-1252"),
            ("<!doctype html>\n<html><head>\n<META charset=cp1250>", "cp1250", "windows-1250"),
            ("<meta http-equiv='x' content=\"text/html; charset=tis-620\">", "tis-620", "windows-874"),
            ("#!/usr/bin/python\n# -*- coding: latin_1 -*-\n", "latin_1", "windows-1252"),
            (";; -*- mode: lisp; coding: iso-8859-2-unix -*-\n", "iso-8859-2", "ISO-8859-2"),
            ("# vim: set ts=4 fileencoding=cp852:\n", "cp852", "ibm852"),
            ("\" Keys\nscriptencoding cp1257\n", "cp1257", "windows-1257"),
            ("SET ISO8859-3\nTRY abc\n", "ISO8859-3", "ISO-8859-3"),
            ("SET microsoft-cp1251\n", "microsoft-cp1251", "windows-1251"),
            ("msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=EUC-JP\\n\"\n", "EUC-JP", "EUC-JP"),
            ("@charset \"x-mac-cyrillic\";", "x-mac-cyrillic", "x-mac-cyrillic"),
            ("<meta charset=\"GB18030\">", "GB18030", "GBK"),
            ("<meta charset=x-mac-ce>", "x-mac-ce", "x-mac-ce"),
            ("<meta charset=x-sjis>", "x-sjis", "Shift_JIS"),
            ("\\documentclass{article}\n\\usepackage[latin2]{inputenc}\n", "latin2", "ISO-8859-2"),
        ] {
            assert_eq!(named(text), [(label, encoding, true)], "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_declaration_is_not_heeded() {
        assert_eq!(named("# Pages\n\nWrite this:\n\n    <meta charset=\"koi8-r\">\n"), [("koi8-r", "KOI8-R", false)]);
        assert_eq!(named("One\n\nTwo\n\n    # coding: cp1251\n"), [("cp1251", "windows-1251", false)]);
        for text in ["coding: style", "The encoding = none of them", "SET THE TABLE", "charset=\"\""] {
            assert_eq!(named(text), []);
        }
    }

    #[test]
    fn utf8_is_written_as_the_old_name_was() {
        let utf8 = |text: &str| declarations(text.as_bytes())[0].utf8;
        assert_eq!(utf8("<?xml encoding=\"Windows-1251\"?>"), "UTF-8");
        assert_eq!(utf8("<?xml encoding=\"windows-1251\"?>"), "utf-8");
        assert_eq!(utf8("\\usepackage[ansinew]{inputenc}"), "utf8");
    }
}
