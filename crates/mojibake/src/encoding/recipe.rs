//! Recipes: the mis-decodings of a span, in words for writers and as a stable id.

use std::fmt;

use crate::encoding::codepage::CodePage;

/// One mis-decoding: bytes encoded as `written` were decoded as `read`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Layer {
    pub written: CodePage,
    pub read: CodePage,
}

/// The mis-decodings of a span, in the order in which they happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Recipe {
    pub layers: Vec<Layer>,
}

impl Recipe {
    /// Returns a short, stable name for machine formats, such as `utf-8>windows-1252`. Layers are joined by `|`.
    #[must_use]
    pub fn id(&self) -> String {
        let names: Vec<String> = self.layers.iter().map(|l| format!("{}>{}", l.written.id(), l.read.id())).collect();
        names.join("|")
    }
}

/// Returns the layers of UTF-8 that was decoded as the encodings of `inner`, the last one first, and finally as
/// `first`.
pub(crate) fn layers(first: CodePage, inner: &[CodePage]) -> Vec<Layer> {
    let pages = inner.iter().rev().chain([&first]);
    pages.map(|&read| Layer { written: CodePage::Utf8, read }).collect()
}

impl fmt::Display for Recipe {
    /// Writes "UTF-8 read as Windows-1252, twice"; nothing for an empty recipe.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut i = 0;
        while let Some(&layer) = self.layers.get(i) {
            let times = self.layers[i..].iter().take_while(|&&l| l == layer).count();
            if i > 0 {
                f.write_str(", then ")?;
            }
            write!(f, "{} read as {}", layer.written.name(), layer.read.name())?;
            match times {
                1 => {}
                2 => f.write_str(", twice")?,
                n => write!(f, ", {n} times")?,
            }
            i += times;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let once = Layer { written: CodePage::Utf8, read: CodePage::Windows1252 };
        let twice = Recipe { layers: vec![once, once] };
        assert_eq!(twice.to_string(), "UTF-8 read as Windows-1252, twice");
        assert_eq!(twice.id(), "utf-8>windows-1252|utf-8>windows-1252");
    }
}
