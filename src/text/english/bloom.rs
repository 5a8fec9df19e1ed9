//! The hashes of a Bloom filter over words, regardless of case, which rejects most words that are not in a list at
//! once. (B. H. Bloom, "Space/time trade-offs in hash coding with allowable errors", 1970.)
//!
//! The build script makes the filter with this file, so it names nothing else of the crate.

/// Size of a filter, in bits: sixteen for each word of a list of 65,000, so that one other word in six passes the first
/// test, and one in two hundred passes all three.
pub(crate) const BITS: u64 = 1 << 20;

/// Returns the bits that a word sets, which do not depend on the case of ASCII letters.
#[inline]
pub(crate) fn bits(word: &str) -> [u64; 3] {
    let bytes = word.as_bytes();
    let mut hash = bytes.len() as u64;
    let mut take = |letters: u64| {
        // Upper-case letters differ from lower-case ones in this bit.
        let letters = letters | 0x2020_2020_2020_2020;
        hash = (hash.rotate_left(23) ^ letters).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        hash ^= hash >> 32;
    };
    // The end of a word of nine letters or more, and of five to eight, is read together with letters before it, because
    // a copy of some bytes takes longer.
    match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>(), bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(_), Some(last), ..) => {
            bytes.as_chunks::<8>().0.iter().for_each(|eight| take(u64::from_le_bytes(*eight)));
            take(u64::from_le_bytes(*last));
        }
        (.., Some(first), Some(last)) => {
            take(u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32);
        }
        _ => take(bytes.iter().rfold(0, |all, byte| all << 8 | u64::from(*byte))),
    }
    hash = hash.wrapping_mul(0xD6E8_FEB8_6659_FD93);
    hash ^= hash >> 29;
    [hash % BITS, (hash >> 20) % BITS, (hash >> 40) % BITS]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_count_and_few_words_share_all_their_bits_with_a_list() {
        let mut set = vec![false; BITS as usize];
        for word in (0..65_000u32).map(|number| format!("w{}x", number.wrapping_mul(2_654_435_761))) {
            assert_eq!(bits(&word), bits(&word.to_uppercase()));
            bits(&word).into_iter().for_each(|bit| set[bit as usize] = true);
        }
        let passes =
            (0..65_000u32).filter(|number| bits(&format!("other{number}")).iter().all(|&bit| set[bit as usize]));
        assert!(passes.count() < 65_000 / 150);
    }
}
