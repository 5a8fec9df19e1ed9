//! Tokens that survive the translation of a text: numbers, identifiers, and words in Latin script that both texts use.
//!
//! Knows text only; `pair` decides which tokens two texts share and what that means.

/// Kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InvariantKind {
    /// A number of two digits or more.
    Figure,
    /// An identifier: it has an upper-case letter or a mark inside, or both letters and digits.
    Name,
    /// Any other word of at least three ASCII letters. Most words are translated, so only a shared one is evidence.
    Word,
}

/// A token as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvariantToken<'a> {
    /// Kind of the token.
    pub kind: InvariantKind,
    /// The token as written.
    pub text: &'a str,
}

impl InvariantToken<'_> {
    /// Returns the form in which tokens of two languages are compared: numbers without the marks that group their
    /// digits ("1,500", "1.500"), words in lower case.
    #[must_use]
    pub fn key(&self) -> String {
        match self.kind {
            InvariantKind::Figure => self.text.chars().filter(char::is_ascii_digit).collect(),
            InvariantKind::Name => self.text.to_owned(),
            InvariantKind::Word => self.text.to_ascii_lowercase(),
        }
    }
}

/// Returns the tokens of `text`, in order.
pub fn tokens(text: &str) -> impl Iterator<Item = InvariantToken<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text.as_bytes().get(at..)?.iter().position(u8::is_ascii_alphanumeric)?;
            let end = end_of(text.as_bytes(), start);
            at = end;
            if let Some(kind) = kind_of(&text[start..end]).filter(|_| !is_part_of_word(text, start, end)) {
                return Some(InvariantToken { kind, text: &text[start..end] });
            }
        }
    })
}

/// Returns the end of the token that starts at `start`. A mark belongs to the token if it joins two characters of it.
fn end_of(bytes: &[u8], start: usize) -> usize {
    let mut end = start;
    while let Some(&byte) = bytes.get(end) {
        let joins = |left: fn(&u8) -> bool, right: fn(&u8) -> bool| {
            end > start && left(&bytes[end - 1]) && bytes.get(end + 1).is_some_and(right)
        };
        let inside = match byte {
            b'.' => joins(u8::is_ascii_alphanumeric, u8::is_ascii_alphanumeric),
            b',' => joins(u8::is_ascii_digit, u8::is_ascii_digit),
            b'/' => joins(u8::is_ascii_alphanumeric, u8::is_ascii_digit),
            b'_' => true,
            _ => byte.is_ascii_alphanumeric(),
        };
        if !inside {
            break;
        }
        end += 1;
    }
    end
}

fn kind_of(token: &str) -> Option<InvariantKind> {
    let count = |of: fn(&u8) -> bool| token.bytes().filter(of).count();
    let (digits, letters) = (count(u8::is_ascii_digit), count(u8::is_ascii_alphabetic));
    if letters == 0 {
        return (digits >= 2).then_some(InvariantKind::Figure);
    }
    let capitals =
        token.bytes().zip(token.bytes().skip(1)).any(|(a, b)| a.is_ascii_lowercase() && b.is_ascii_uppercase());
    let all_capitals = letters >= 2 && token.bytes().all(|byte| !byte.is_ascii_lowercase());
    if digits > 0 || capitals || all_capitals || token.contains(['.', '_']) {
        return Some(InvariantKind::Name);
    }
    (letters >= 3).then_some(InvariantKind::Word)
}

/// Returns whether an accented Latin letter is next to the token, so that the token is a piece of a word: "ber" of
/// "über".
fn is_part_of_word(text: &str, start: usize, end: usize) -> bool {
    let accented = |c: char| c.is_alphabetic() && matches!(c, '\u{80}'..='\u{36F}' | '\u{1E00}'..='\u{1EFF}');
    text[..start].chars().next_back().is_some_and(accented) || text[end..].chars().next().is_some_and(accented)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: InvariantKind, text: &str) -> Vec<String> {
        tokens(text).filter(|token| token.kind == kind).map(|token| token.key()).collect()
    }

    #[test]
    fn what_survives_is_found() {
        let text = "Über 1.500 Boote nutzen tideGauge v2.1 (TLS, net.dial, x86_64) mit HTTP/2 am 5. Kai";
        assert_eq!(of(InvariantKind::Figure, text), ["1500"]);
        assert_eq!(of(InvariantKind::Name, text), ["tideGauge", "v2.1", "TLS", "net.dial", "x86_64", "HTTP/2"]);
        assert_eq!(of(InvariantKind::Word, text), ["boote", "nutzen", "mit", "kai"]);
        assert_eq!(of(InvariantKind::Word, "使用Docker部署 и Postgres"), ["docker", "postgres"]);
        assert_eq!(of(InvariantKind::Figure, "1,5 s · 1.5 s · 1 500"), ["15", "15", "500"]);
    }

    #[test]
    fn odd_texts_do_no_harm() {
        for odd in ["", ".", "a.", ".a", "_", "a_", "é1", "1é", "\u{FFFD}12", "12\u{301}", "１２"] {
            tokens(odd).for_each(|token| _ = token.key());
        }
    }
}
