//! Decoding of the bytes of a file into text, with an account of how each piece is stored.
//!
//! Reading order: `types` (the result), this file (the stages, from clean to broken), `seven` (escapes in ASCII), `wide`
//! (whole files in UTF-16 and UTF-32), `utf16` (spans of UTF-16), `declaration` (the encoding that a text declares),
//! `pages` (the legacy encodings), `legacy` and `whole` (single bytes, lines and whole files in one of them), `passages`
//! (whole files in several), `strays` (words in a legacy encoding among UTF-8), `broken` and `binary` (bytes that are no
//! text).
//!
//! Never knows mojibake, names of files or findings.

mod binary;
mod broken;
pub(crate) mod declaration;
mod legacy;
mod pages;
mod passages;
mod seven;
mod strays;
pub(crate) mod types;
mod utf16;
mod whole;
mod wide;

use std::ops::Range;

use types::{BOM, Decoded, DecodingCertainty, FileEncoding, Piece, SegmentEncoding};

/// Decodes the bytes of a file: UTF-8 if it is, otherwise UTF-16 or UTF-32, escapes in ASCII, a legacy encoding, a
/// mixture, or data. A byte-order mark is believed; then a declaration in the file (`charset=`, `coding:`, `encoding=`)
/// if its encoding makes words of it; then the models of language, over all legacy encodings. Every input gives a result.
///
/// ```
/// use recto_mojibake::{DecodingCertainty, FileEncoding, decode};
///
/// let text = "Съешь же ещё этих мягких французских булок, да выпей чаю. Дождь идёт с утра, и лодки стоят у берега.\n";
/// let decoded = decode(&encoding_rs::KOI8_R.encode(text).0);
/// assert_eq!(decoded.text, text);
/// assert_eq!(decoded.encoding, FileEncoding::Encoded("KOI8-R"));
///
/// let clean = decode("Plain text — in UTF-8".as_bytes());
/// assert_eq!((clean.encoding, clean.certainty), (FileEncoding::Utf8, DecodingCertainty::Sure));
/// ```
#[must_use]
pub fn decode(bytes: &[u8]) -> Decoded {
    if memchr::memchr(0, bytes).is_some() || bytes.starts_with(&[0xFF, 0xFE]) {
        return by_stretches(bytes);
    }
    if let Some((text, encoding, certainty)) = seven::read(bytes) {
        let mut pieces = Pieces::default();
        pieces.push(&text, bytes.len(), SegmentEncoding::Encoded(encoding));
        return pieces.into_decoded(bytes, certainty);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => utf8(text.to_owned()),
        Err(_) => by_stretches(bytes),
    }
}

/// Returns whether the bytes of a file are UTF-8 without a byte-order mark and nothing else: its text is then its bytes.
///
/// ```
/// assert!(recto_mojibake::is_plain_utf8("Grüße".as_bytes()));
/// assert!(!recto_mojibake::is_plain_utf8(b"Gr\xFC\xDFe"));
/// ```
#[must_use]
pub fn is_plain_utf8(bytes: &[u8]) -> bool {
    memchr::memchr(0, bytes).is_none()
        && !bytes.starts_with(BOM)
        && std::str::from_utf8(bytes).is_ok()
        && seven::read(bytes).is_none()
}

/// Decodes a file that is not UTF-8 from end to end, or that holds NULs.
fn by_stretches(bytes: &[u8]) -> Decoded {
    let joined = wide::joined(bytes);
    if joined.is_none()
        && let Some(whole) = wide::read(bytes)
    {
        return Decoded { declined: whole.declined, ..whole.pieces.into_decoded(bytes, DecodingCertainty::Sure) };
    }
    let wide = joined.clone().map_or_else(|| utf16::stretches(bytes), |span| vec![span]);
    let narrow = gaps(&wide, bytes.len());
    if let Some(reason) = binary::reason(bytes, &narrow) {
        let pieces = vec![Piece {
            text: 0..0,
            bytes: 0..bytes.len(),
            encoding: SegmentEncoding::Invalid,
            certainty: DecodingCertainty::Sure,
        }];
        return Decoded { encoding: FileEncoding::Binary(reason), pieces, ..utf8(String::new()) };
    }
    if let Some(declined) = wide::doubt(bytes, &wide, &narrow) {
        return left_as_it_is(bytes, declined);
    }
    let plan = legacy::plan(bytes, &narrow);
    let mut pieces = Pieces::default();
    if let Some(passages) = &plan.passages {
        passages::read(bytes, passages, &mut pieces);
        return Decoded { candidates: plan.rivals, ..pieces.into_file(bytes, passages.certainty) };
    }
    let strays = plan.how.is_partial().then(|| strays::plan(bytes, &narrow, whole::declared(bytes))).flatten();
    let mut wide = wide.iter().peekable();
    for gap in &narrow {
        while let Some(stretch) = wide.next_if(|stretch| stretch.range.start < gap.start) {
            utf16::read(bytes, stretch, &mut pieces);
        }
        match &strays {
            Some(strays) => strays.read(bytes, gap.clone(), &mut pieces),
            None => legacy::read(bytes, gap.clone(), plan.how, &mut pieces),
        }
    }
    for stretch in wide {
        utf16::read(bytes, stretch, &mut pieces);
    }
    let is_sure = || {
        let certainty = strays.as_ref().map_or(plan.grounds, |strays| strays.grounds);
        certainty == DecodingCertainty::Sure
            && !pieces.all.iter().any(|piece| piece.encoding == SegmentEncoding::Invalid)
    };
    if let Some(declined) = joined.and_then(|span| wide::seam(&span, bytes.len())).filter(|_| !is_sure()) {
        return left_as_it_is(bytes, declined);
    }
    let is_mute = plan.declined.as_ref().is_some_and(|declined| !pages::is_page(declined.encoding));
    if is_mute {
        pieces = Pieces::undecoded(bytes.len());
    }
    let (decoded, rivals) = match strays {
        Some(strays) => (pieces.into_file(bytes, strays.grounds), strays.rivals),
        None => (pieces.into_decoded(bytes, plan.grounds), plan.rivals),
    };
    Decoded { candidates: rivals, declined: plan.declined, ..decoded }
}

/// Returns a file of which nothing is decoded, because a part would not be enough.
fn left_as_it_is(bytes: &[u8], declined: types::Declined) -> Decoded {
    let pieces = Pieces::undecoded(bytes.len());
    Decoded { declined: Some(declined), ..pieces.into_decoded(bytes, DecodingCertainty::Sure) }
}

/// Returns the ranges between the spans of UTF-16.
fn gaps(stretches: &[utf16::Utf16Span], len: usize) -> Vec<Range<usize>> {
    let starts = std::iter::once(0).chain(stretches.iter().map(|stretch| stretch.range.end));
    let ends = stretches.iter().map(|stretch| stretch.range.start).chain([len]);
    starts.zip(ends).filter(|(start, end)| start < end).map(|(start, end)| start..end).collect()
}

/// The text and pieces decoded so far, in the order of the file.
#[derive(Debug, Default)]
struct Pieces {
    text: String,
    all: Vec<Piece>,
    /// Number of bytes of the file that are decoded.
    len: usize,
    /// Certainty of the pieces that come next.
    certainty: DecodingCertainty,
}

impl Pieces {
    /// Returns the account of a file of `len` bytes, none of which is decoded.
    fn undecoded(len: usize) -> Self {
        let mut pieces = Self::default();
        pieces.push("", len, SegmentEncoding::Invalid);
        pieces
    }

    /// Adds the text of the next `len` bytes of the file. It joins the piece before if both are stored in the same way.
    fn push(&mut self, text: &str, len: usize, encoding: SegmentEncoding) {
        if len == 0 {
            return;
        }
        let start = self.text.len();
        self.text.push_str(text);
        let (text, bytes) = (start..self.text.len(), self.len..self.len + len);
        self.len += len;
        match self.all.last_mut() {
            // Lost characters are not joined, so that each piece is one of them.
            Some(last)
                if (last.encoding, last.certainty) == (encoding, self.certainty)
                    && encoding != SegmentEncoding::Invalid =>
            {
                last.text.end = text.end;
                last.bytes.end = bytes.end;
            }
            _ => self.all.push(Piece { text, bytes, encoding, certainty: self.certainty }),
        }
    }

    /// Marks pieces as UTF-8 whose bytes are the UTF-8 of their text, so that nothing in them is rewritten.
    fn settle(&mut self, bytes: &[u8]) {
        for piece in &mut self.all {
            if bytes.get(piece.bytes.clone()) == self.text.as_bytes().get(piece.text.clone()) {
                (piece.encoding, piece.certainty) = (SegmentEncoding::Utf8, DecodingCertainty::Sure);
            }
        }
        self.all.dedup_by(|next, last| {
            let joins = last.encoding == SegmentEncoding::Utf8 && next.encoding == SegmentEncoding::Utf8;
            if joins {
                (last.text.end, last.bytes.end) = (next.text.end, next.bytes.end);
            }
            joins
        });
    }

    /// Returns the file, all of whose pieces are as certain as the others.
    fn into_decoded(mut self, bytes: &[u8], certainty: DecodingCertainty) -> Decoded {
        self.all.iter_mut().for_each(|piece| piece.certainty = certainty);
        self.into_file(bytes, certainty)
    }

    /// Returns the file, whose least certain piece has this certainty.
    fn into_file(mut self, bytes: &[u8], certainty: DecodingCertainty) -> Decoded {
        self.settle(bytes);
        let encoding = match self.all.as_slice() {
            [] | [Piece { encoding: SegmentEncoding::Utf8, .. }] => return utf8(self.text),
            [Piece { encoding: SegmentEncoding::Encoded(name), .. }] => FileEncoding::Encoded(name),
            _ => FileEncoding::Mixed,
        };
        Decoded { text: self.text, encoding, certainty, pieces: self.all, ..utf8(String::new()) }
    }
}

/// Returns a file of valid UTF-8, perhaps with a byte-order mark.
fn utf8(mut text: String) -> Decoded {
    let has_bom = text.as_bytes().starts_with(BOM);
    if has_bom {
        text.drain(..BOM.len());
    }
    let shift = if has_bom { BOM.len() } else { 0 };
    let (span, bytes) = (0..text.len(), shift..text.len() + shift);
    let certainty = DecodingCertainty::Sure;
    let pieces = vec![Piece { text: span, bytes, encoding: SegmentEncoding::Utf8, certainty }];
    Decoded {
        text,
        encoding: FileEncoding::Utf8,
        has_bom,
        certainty: DecodingCertainty::Sure,
        candidates: Vec::new(),
        pieces,
        declined: None,
    }
}

#[cfg(test)]
mod tests;
