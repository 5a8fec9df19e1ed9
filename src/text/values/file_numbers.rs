//! Numbers by which the names of files identify them.

/// Minimum number of digits, with zeros in front, by which a number is an identity (a guess): "0007-…" is one, and "7-…" may
/// be a place in an order.
const MIN_DIGITS: usize = 3;

/// Returns the number by which the name of a file, without its ending, identifies the file: `0012-use-brass-valves`. Dates,
/// and numbers with parts, are none.
#[must_use]
pub fn identity(stem: &str) -> Option<u32> {
    let start = ["adr", "rfc", "ADR", "RFC"].iter().find_map(|word| stem.strip_prefix(word)).unwrap_or(stem);
    let name = start.trim_start_matches(['-', '_']);
    let digits = name.find(|c: char| !c.is_ascii_digit()).unwrap_or(name.len());
    let rest = name[digits..].strip_prefix(['-', '_', ' '])?;
    let is_plain = rest.starts_with(char::is_alphabetic);
    (digits >= MIN_DIGITS && is_plain && !is_compact_date(&name[..digits]))
        .then(|| name[..digits].parse().ok())
        .flatten()
}

/// Returns whether digits are a date without hyphens, of the years 1900 to 2099: `20200926`, or with a time after it.
fn is_compact_date(digits: &str) -> bool {
    let number = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<u32>().ok());
    let is_dated = number(0, 4).is_some_and(|year| (1900..2100).contains(&year))
        && number(4, 6).is_some_and(|month| (1..=12).contains(&month))
        && number(6, 8).is_some_and(|day| (1..=31).contains(&day));
    digits.len() >= 8 && is_dated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_places_in_an_order_identify_no_file() {
        for (stem, number) in [
            ("0012-use-brass-valves", Some(12)),
            ("adr-007-lamps", Some(7)),
            ("7-lamps", None),
            ("2031-04-07-notes", None),
            ("20310407-notes", None),
            ("2031040712-notes", None),
            ("20311407-notes", Some(20_311_407)),
            ("012", None),
        ] {
            assert_eq!(identity(stem), number, "{stem}");
        }
    }
}
