//! Placeholders in texts of programs: `%s`, `%1$d`, `%(name)s`, `{name}`, `{0}`, `$NAME`, and elements in their place.
//!
//! Knows one text; not which of its placeholders a translation may leave out.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A placeholder, by which two texts can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPlaceholder {
    /// The placeholder without its form, such as width and precision; one without a name is known by its place among
    /// those: `%1$s`.
    pub key: String,
    /// Its bytes in the text.
    pub range: Range<usize>,
}

/// The forms: a percent sign in its own place, with a name, with an index, or neither; braces; variables; elements.
static FORMS: LazyLock<Regex> = LazyLock::new(|| {
    let percent = r"(?P<percent>%%)";
    let named = r"%\((?P<named>[A-Za-z_][A-Za-z0-9_.]*)\)[-+#0]*[0-9]*(?:\.[0-9]+)?[sdrifgeux]";
    let flags = r"[-+#0']*(?:[0-9]+|\*)?(?:\.(?:[0-9]+|\*))?(?:hh|ll|[hlqjzt])?";
    let plain = format!("%(?:(?P<index>[1-9][0-9]?)\\$)?{flags}(?P<type>[sdiufgcxXeEop@])");
    let braces = r"\$?\{\{? ?(?P<braces>[A-Za-z_][A-Za-z0-9_.-]*|[0-9]{0,2})(?:![rsa])?(?::[^{}\s]{0,12})? ?\}?\}";
    let variable = r"\$(?P<variable>[A-Z][A-Z0-9_]+)\b";
    let element = r"<(?P<element>[a-z]+ id=[^<>\n]*)>";
    Regex::new(&format!("{percent}|{named}|{plain}|{braces}|{variable}|{element}")).expect("a valid pattern")
});

/// Formats of dates and times, in which the other letters have another meaning as well: `%Y-%m-%d`.
static DATES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"%-?[YmBbHMSIjyZWTRD]").expect("a valid pattern"));

/// Returns the placeholders of a text, in order; `None` if the text is a message of ICU with cases, which decide by
/// themselves about the placeholders in them.
#[must_use]
pub fn placeholders(text: &str) -> Option<Vec<TextPlaceholder>> {
    if [", plural,", ", select,", ", selectordinal,", ",plural,", ",select,"].iter().any(|case| text.contains(case)) {
        return None;
    }
    let mut found = Vec::new();
    if !text.contains(['%', '{', '$', '<']) {
        return Some(found);
    }
    let is_date = DATES.is_match(text);
    let mut count = 0;
    for captures in FORMS.captures_iter(text) {
        let Some(whole) = captures.get(0) else { continue };
        let range = whole.range();
        let name = |group: &str| captures.name(group).map(|name| name.as_str());
        let key = if name("percent").is_some() {
            continue;
        } else if let Some(name) = name("named") {
            format!("%({name})")
        } else if let Some(kind) = name("type") {
            if is_date || !is_format(text, &range) {
                continue;
            }
            let kind = if kind == "i" { "d" } else { kind };
            let index = name("index").map_or_else(
                || {
                    count += 1;
                    count.to_string()
                },
                str::to_owned,
            );
            format!("%{index}${kind}")
        } else if let Some(name) = name("braces") {
            // The braces themselves may be those of code.
            if name.is_empty() && whole.as_str() != "{}" {
                continue;
            }
            if name.is_empty() {
                count += 1;
                format!("{{{count}}}")
            } else {
                format!("{{{name}}}")
            }
        } else if let Some(name) = name("variable") {
            format!("${name}")
        } else if let Some(name) = name("element") {
            format!("<{name}>")
        } else {
            continue;
        };
        found.push(TextPlaceholder { key, range });
    }
    Some(found)
}

/// Returns whether a percent sign begins a format, and is not that of a percentage: `50%d`, "100 % de".
fn is_format(text: &str, range: &Range<usize>) -> bool {
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    let joins = |c: char| c.is_ascii_alphanumeric() || c.is_alphabetic() && u32::from(c) < 0x250;
    let after_number = text[..range.start].trim_end().ends_with(|c: char| c.is_ascii_digit());
    !(before.is_some_and(|c| c.is_ascii_digit()) || after_number && after.is_some_and(joins))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<String> {
        placeholders(text).expect("no cases").into_iter().map(|found| found.key).collect()
    }

    #[test]
    fn placeholders_are_known_by_name_or_place() {
        assert_eq!(keys("%s of %i, %(size).1f, 50 % de 100%"), ["%1$s", "%2$d", "%(size)"]);
        assert_eq!(keys("%2$s de %1$s, %%s, %5.1f"), ["%2$s", "%1$s", "%1$f"]);
        assert_eq!(
            keys("{name}, {0:>5}, {} {}, {{ page.title }}, ${HOME}, $PATH"),
            ["{name}", "{0}", "{1}", "{2}", "{page.title}", "{HOME}", "$PATH"]
        );
        assert_eq!(keys("{ } { a b } ${} 5%d 100 %de"), Vec::<String>::new());
        assert_eq!(keys("%sañadido, %dm"), ["%1$s", "%2$d"]);
        assert_eq!(keys("%d. %B %Y"), Vec::<String>::new());
        assert_eq!(placeholders("{count, plural, one {# file} other {files}}"), None);
    }
}
