//! The mark of a language in paths and addresses: `docs/de/start.md`, `README.zh-CN.md`, `https://de.example.org/`.
//!
//! Knows text only. Two letters alone prove nothing ("is", "it", "ml"): callers need further evidence.

use std::ops::Range;

/// The codes of ISO 639-1, sorted.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da \
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io \
    is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my \
    na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq \
    sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// Whether `text` is the code of a language, alone or with a script or region: "de", "pt-BR", "zh_Hans".
#[must_use]
pub fn is_code(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let language = parts.next().unwrap_or("");
    let known = language.len() == 2 && LANGUAGES.split(' ').any(|code| code.eq_ignore_ascii_case(language));
    let region = parts.next().is_none_or(|part| match part.len() {
        2 => part.bytes().all(|byte| byte.is_ascii_alphabetic()),
        3 => part.bytes().all(|byte| byte.is_ascii_digit()),
        4 => part.starts_with(|c: char| c.is_ascii_uppercase()) && part.bytes().all(|byte| byte.is_ascii_alphabetic()),
        _ => false,
    });
    known && region && parts.next().is_none()
}

/// Where `path` is marked with a language, with the sign that joins the mark to the rest: a folder, or what stands
/// before the ending of the file's name. The last mark, if there are several.
#[must_use]
pub fn mark(path: &str) -> Option<Range<usize>> {
    let (folders, name) = path.rsplit_once('/').map_or(("", path), |(folders, name)| (folders, name));
    let offset = path.len() - name.len();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    // "README.pt-BR" and "README_zh_CN" hold the joint in the code too, so each joint is tried.
    for (at, _) in stem.match_indices(['.', '_', '-']) {
        if at > 0 && is_code(&stem[at + 1..]) {
            return Some(offset + at..offset + stem.len());
        }
    }
    let mut end = folders.len();
    while end > 0 {
        let start = folders[..end].rfind('/').map_or(0, |at| at + 1);
        if is_code(&folders[start..end]) {
            return Some(start..end + 1);
        }
        end = start.saturating_sub(1);
    }
    None
}

/// `path` without the mark of its language: what its translations have in common.
#[must_use]
pub fn neutral(path: &str) -> String {
    let mut out = path.to_owned();
    if let Some(range) = mark(path) {
        out.replace_range(range, "");
    }
    // A language is also the first label of a host: "de.example.org".
    if let Some((scheme, rest)) = out.split_once("://")
        && let Some((first, host)) = rest.split_once('.')
        && is_code(first)
        && host.contains('.')
    {
        out = format!("{scheme}://{host}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_set_aside() {
        for (path, wanted) in [
            ("README.de.md", "README.md"),
            ("README.zh-CN.md", "README.md"),
            ("a/README_zh_CN.md", "a/README.md"),
            ("docs/pt-BR/start.md", "docs/start.md"),
            ("de/start.md", "start.md"),
            ("docs/start.md", "docs/start.md"),
            ("docs/start-here.md", "docs/start-here.md"),
            ("https://de.example.org/wiki", "https://example.org/wiki"),
            ("https://example.org/de/wiki", "https://example.org/wiki"),
            ("#de", "#de"),
            ("", ""),
        ] {
            assert_eq!(neutral(path), wanted, "{path}");
        }
    }

    #[test]
    fn codes_are_two_letters_and_perhaps_a_region() {
        for code in ["de", "EN", "zh-CN", "zh_Hans", "es-419"] {
            assert!(is_code(code), "{code}");
        }
        for word in ["", "go", "deu", "de-", "de-x", "zh-Hans-CN", "de-DEU", "été"] {
            assert!(!is_code(word), "{word}");
        }
        assert!(LANGUAGES.split(' ').is_sorted());
    }
}
