//! Mojibake: finding text that was decoded with the wrong encoding, and proving its repair.
