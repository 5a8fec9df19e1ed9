//! Sixty-four bytes of a text at once: questions about all of them, answered by a bit for each.
//!
//! Knows bytes only. The comparisons are those of vectors, sixteen bytes each, which every 64-bit processor has; elsewhere
//! they are done one by one.

use wide::u8x16;

/// Sixty-four bytes. Answers have a bit for each, that of the first byte lowest.
#[derive(Debug, Clone, Copy)]
pub struct ByteStretch([u8x16; 4]);

impl ByteStretch {
    /// Number of bytes.
    pub const BYTES: usize = 64;

    /// Returns the first bytes of `bytes`; zeros follow where there are fewer.
    #[inline]
    pub fn of(bytes: &[u8]) -> Self {
        match bytes.first_chunk::<64>() {
            Some(all) => Self::new(all),
            None => {
                let mut all = [0; 64];
                all[..bytes.len()].copy_from_slice(bytes);
                Self::new(&all)
            }
        }
    }

    #[inline]
    fn new(all: &[u8; 64]) -> Self {
        let ([a, b, c, d], _) = all.as_chunks::<16>() else { return Self([u8x16::splat(0); 4]) };
        Self([u8x16::new(*a), u8x16::new(*b), u8x16::new(*c), u8x16::new(*d)])
    }

    /// Returns the bytes that are equal to `byte`.
    #[inline]
    pub fn equal(&self, byte: u8) -> u64 {
        self.where_all(|bytes| bytes.simd_eq(u8x16::splat(byte)))
    }

    /// Returns the bytes from `first` to `last`.
    #[inline]
    pub fn within(&self, first: u8, last: u8) -> u64 {
        self.where_all(|bytes| is_within(bytes, first, last))
    }

    /// Returns the bytes that are in any of the ranges, each from its first to its last byte.
    #[inline]
    pub fn within_any<const N: usize>(&self, ranges: [(u8, u8); N]) -> u64 {
        self.where_all(
            #[inline(always)]
            |bytes| {
                let mut found = u8x16::splat(0);
                for (first, last) in ranges {
                    found |= is_within(bytes, first, last);
                }
                found
            },
        )
    }

    /// Returns the bytes of non-ASCII characters.
    #[inline]
    pub fn high(&self) -> u64 {
        self.where_all(|bytes| bytes)
    }

    /// Returns the bytes with ASCII letters in lower case.
    #[inline]
    pub fn in_lower_case(&self) -> Self {
        let [a, b, c, d] = self.0;
        Self([in_lower_case(a), in_lower_case(b), in_lower_case(c), in_lower_case(d)])
    }

    /// Returns the bytes as they are in memory.
    #[inline]
    pub fn to_bytes(self) -> [[u8; 16]; 4] {
        let [a, b, c, d] = self.0;
        [a.to_array(), b.to_array(), c.to_array(), d.to_array()]
    }

    /// Returns the bytes whose highest bit `test` sets.
    #[inline(always)]
    fn where_all(&self, test: impl Fn(u8x16) -> u8x16) -> u64 {
        let [a, b, c, d] = self.0;
        let [a, b, c, d] = [test(a), test(b), test(c), test(d)];
        let low = a.to_bitmask() | b.to_bitmask() << 16;
        let high = c.to_bitmask() | d.to_bitmask() << 16;
        u64::from(low) | u64::from(high) << 32
    }
}

/// Sets all bits of each byte from `first` to `last`.
#[inline(always)]
fn is_within(bytes: u8x16, first: u8, last: u8) -> u8x16 {
    if first == last {
        return bytes.simd_eq(u8x16::splat(first));
    }
    let above = bytes - u8x16::splat(first);
    above.min(u8x16::splat(last - first)).simd_eq(above)
}

#[inline(always)]
fn in_lower_case(bytes: u8x16) -> u8x16 {
    bytes | is_within(bytes, b'A', b'Z') & u8x16::splat(0x20)
}

/// Returns the places of the bytes that are in any of the ranges, each from its first to its last byte.
pub fn places<const N: usize>(bytes: &[u8], ranges: [(u8, u8); N]) -> impl Iterator<Item = usize> + '_ {
    let mut found = 0;
    let mut next = 0;
    std::iter::from_fn(move || {
        while found == 0 {
            let rest = bytes.get(next..).filter(|rest| !rest.is_empty())?;
            found = ByteStretch::of(rest).within_any(ranges) & low_bits(rest.len().min(ByteStretch::BYTES) as u32);
            next += ByteStretch::BYTES;
        }
        let place = next - ByteStretch::BYTES + found.trailing_zeros() as usize;
        found &= found - 1;
        Some(place)
    })
}

/// Returns a number of which the lowest bits are set.
#[inline]
pub const fn low_bits(count: u32) -> u64 {
    match 1u64.checked_shl(count) {
        Some(above) => above - 1,
        None => u64::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_answered_for_in_its_place() {
        let all: Vec<u8> = (0..=255).collect();
        let bits = |is: &dyn Fn(u8) -> bool, from: usize| {
            (0..64).filter(|at| all.get(from + at).is_some_and(|byte| is(*byte))).fold(0, |bits, at| bits | 1 << at)
        };
        for from in [0, 1, 40, 64, 128, 191, 192] {
            let stretch = ByteStretch::of(&all[from..]);
            assert_eq!(stretch.equal(b'a'), bits(&|byte| byte == b'a', from));
            assert_eq!(stretch.within(b'A', b'Z'), bits(&|byte| byte.is_ascii_uppercase(), from));
            assert_eq!(stretch.within(0xC0, 0xFF), bits(&|byte| byte >= 0xC0, from));
            assert_eq!(stretch.high(), bits(&|byte| !byte.is_ascii(), from));
            let ranges = [(b'0', b'9'), (b'_', b'_')];
            assert_eq!(stretch.within_any(ranges), bits(&|byte| byte.is_ascii_digit() || byte == b'_', from));
            let lower: Vec<u8> = all[from..].iter().take(64).map(u8::to_ascii_lowercase).collect();
            assert_eq!(stretch.in_lower_case().to_bytes().as_flattened(), lower);
        }
        let found: Vec<usize> = places(&all, [(0, 3), (b'a', b'b'), (0xFE, 0xFF)]).collect();
        assert_eq!(found, [0, 1, 2, 3, 97, 98, 254, 255]);
        assert!(places(b"", [(0, 0xFF)]).chain(places(b"b", [(0, b'a')])).next().is_none());
        assert_eq!(ByteStretch::of(b"ab").within(0, 0x7F), u64::MAX, "zeros follow");
        assert_eq!([low_bits(0), low_bits(3), low_bits(64)], [0, 7, u64::MAX]);
    }
}
