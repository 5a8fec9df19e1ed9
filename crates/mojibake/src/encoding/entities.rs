//! HTML character references of the characters that mojibake consists of.
//!
//! The names are those of the HTML standard (WHATWG, "Named character references"), for the characters of the
//! single-byte encodings. Knows nothing of spans or documents.

/// Returns the length in bytes and the character of the reference at the start of `text`, if the character is not
/// ASCII.
pub(crate) fn reference(text: &str) -> Option<(usize, char)> {
    let body = text.strip_prefix('&')?;
    let end = body.bytes().take(33).position(|b| b == b';')?;
    let name = body.get(..end)?;
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
        None => NAMES.binary_search_by(|(n, _)| (*n).cmp(name)).ok().map(|i| NAMES[i].1)?,
    };
    (!c.is_ascii()).then_some((end + 2, c))
}

/// Returns whether all characters with a name are references among the named references of a span.
pub(crate) fn is_consistent(span: &str) -> bool {
    let has_name = |c: char| NAMES.iter().any(|&(name, named)| named == c && name.len() <= 8);
    let is_named = |at: usize| !span[at..].starts_with("&#");
    let mut names = span.match_indices('&').filter(|&(at, _)| is_named(at) && reference(&span[at..]).is_some());
    names.next().is_none() || !span.chars().any(|c| ('\u{a0}'..='\u{ff}').contains(&c) && has_name(c))
}

/// The named references, sorted by name.
#[rustfmt::skip]
static NAMES: &[(&str, char)] = &[
    ("AElig", '\u{c6}'), ("Aacute", '\u{c1}'), ("Abreve", '\u{102}'), ("Acirc", '\u{c2}'), ("Acy", '\u{410}'), ("Agrave", '\u{c0}'),
    ("Alpha", '\u{391}'), ("Amacr", '\u{100}'), ("Aogon", '\u{104}'), ("Aring", '\u{c5}'), ("Atilde", '\u{c3}'), ("Auml", '\u{c4}'),
    ("Bcy", '\u{411}'), ("Beta", '\u{392}'), ("Breve", '\u{2d8}'), ("CHcy", '\u{427}'), ("COPY", '\u{a9}'), ("Cacute", '\u{106}'),
    ("Ccaron", '\u{10c}'), ("Ccedil", '\u{c7}'), ("Cedilla", '\u{b8}'), ("CenterDot", '\u{b7}'), ("Chi", '\u{3a7}'),
    ("CloseCurlyDoubleQuote", '\u{201d}'), ("CloseCurlyQuote", '\u{2019}'), ("Congruent", '\u{2261}'), ("DJcy", '\u{402}'), ("DScy", '\u{405}'),
    ("DZcy", '\u{40f}'), ("Dagger", '\u{2021}'), ("Dcaron", '\u{10e}'), ("Dcy", '\u{414}'), ("Delta", '\u{394}'), ("DiacriticalAcute", '\u{b4}'),
    ("DiacriticalDot", '\u{2d9}'), ("DiacriticalDoubleAcute", '\u{2dd}'), ("DiacriticalTilde", '\u{2dc}'), ("Dot", '\u{a8}'), ("DoubleDot", '\u{a8}'),
    ("Dstrok", '\u{110}'), ("ETH", '\u{d0}'), ("Eacute", '\u{c9}'), ("Ecaron", '\u{11a}'), ("Ecirc", '\u{ca}'), ("Ecy", '\u{42d}'),
    ("Edot", '\u{116}'), ("Egrave", '\u{c8}'), ("Emacr", '\u{112}'), ("Eogon", '\u{118}'), ("Epsilon", '\u{395}'), ("Eta", '\u{397}'),
    ("Euml", '\u{cb}'), ("Fcy", '\u{424}'), ("GJcy", '\u{403}'), ("Gamma", '\u{393}'), ("Gbreve", '\u{11e}'), ("Gcedil", '\u{122}'),
    ("Gcy", '\u{413}'), ("GreaterEqual", '\u{2265}'), ("HARDcy", '\u{42a}'), ("Hacek", '\u{2c7}'), ("HorizontalLine", '\u{2500}'),
    ("IEcy", '\u{415}'), ("IOcy", '\u{401}'), ("Iacute", '\u{cd}'), ("Icirc", '\u{ce}'), ("Icy", '\u{418}'), ("Idot", '\u{130}'),
    ("Igrave", '\u{cc}'), ("Imacr", '\u{12a}'), ("Integral", '\u{222b}'), ("Iogon", '\u{12e}'), ("Iota", '\u{399}'), ("Iukcy", '\u{406}'),
    ("Iuml", '\u{cf}'), ("Jcy", '\u{419}'), ("Jsercy", '\u{408}'), ("Jukcy", '\u{404}'), ("KHcy", '\u{425}'), ("KJcy", '\u{40c}'),
    ("Kappa", '\u{39a}'), ("Kcedil", '\u{136}'), ("Kcy", '\u{41a}'), ("LJcy", '\u{409}'), ("Lacute", '\u{139}'), ("Lambda", '\u{39b}'),
    ("Lcaron", '\u{13d}'), ("Lcedil", '\u{13b}'), ("Lcy", '\u{41b}'), ("Lstrok", '\u{141}'), ("Mcy", '\u{41c}'), ("Mu", '\u{39c}'),
    ("NJcy", '\u{40a}'), ("Nacute", '\u{143}'), ("Ncaron", '\u{147}'), ("Ncedil", '\u{145}'), ("Ncy", '\u{41d}'), ("NonBreakingSpace", '\u{a0}'),
    ("NotEqual", '\u{2260}'), ("Ntilde", '\u{d1}'), ("Nu", '\u{39d}'), ("OElig", '\u{152}'), ("Oacute", '\u{d3}'), ("Ocirc", '\u{d4}'),
    ("Ocy", '\u{41e}'), ("Odblac", '\u{150}'), ("Ograve", '\u{d2}'), ("Omacr", '\u{14c}'), ("Omega", '\u{3a9}'), ("Omicron", '\u{39f}'),
    ("OpenCurlyDoubleQuote", '\u{201c}'), ("OpenCurlyQuote", '\u{2018}'), ("Oslash", '\u{d8}'), ("Otilde", '\u{d5}'), ("Ouml", '\u{d6}'),
    ("PartialD", '\u{2202}'), ("Pcy", '\u{41f}'), ("Phi", '\u{3a6}'), ("Pi", '\u{3a0}'), ("PlusMinus", '\u{b1}'), ("Product", '\u{220f}'),
    ("Psi", '\u{3a8}'), ("REG", '\u{ae}'), ("Racute", '\u{154}'), ("Rcaron", '\u{158}'), ("Rcedil", '\u{156}'), ("Rcy", '\u{420}'),
    ("Rho", '\u{3a1}'), ("SHCHcy", '\u{429}'), ("SHcy", '\u{428}'), ("SOFTcy", '\u{42c}'), ("Sacute", '\u{15a}'), ("Scaron", '\u{160}'),
    ("Scedil", '\u{15e}'), ("Scy", '\u{421}'), ("Sigma", '\u{3a3}'), ("Sqrt", '\u{221a}'), ("Sum", '\u{2211}'), ("THORN", '\u{de}'),
    ("TRADE", '\u{2122}'), ("TSHcy", '\u{40b}'), ("TScy", '\u{426}'), ("Tau", '\u{3a4}'), ("Tcaron", '\u{164}'), ("Tcedil", '\u{162}'),
    ("Tcy", '\u{422}'), ("Theta", '\u{398}'), ("TildeTilde", '\u{2248}'), ("Uacute", '\u{da}'), ("Ubrcy", '\u{40e}'), ("Ucirc", '\u{db}'),
    ("Ucy", '\u{423}'), ("Udblac", '\u{170}'), ("Ugrave", '\u{d9}'), ("Umacr", '\u{16a}'), ("Uogon", '\u{172}'), ("Upsilon", '\u{3a5}'),
    ("Uring", '\u{16e}'), ("Uuml", '\u{dc}'), ("Vcy", '\u{412}'), ("Xi", '\u{39e}'), ("YAcy", '\u{42f}'), ("YIcy", '\u{407}'), ("YUcy", '\u{42e}'),
    ("Yacute", '\u{dd}'), ("Ycy", '\u{42b}'), ("Yuml", '\u{178}'), ("ZHcy", '\u{416}'), ("Zacute", '\u{179}'), ("Zcaron", '\u{17d}'),
    ("Zcy", '\u{417}'), ("Zdot", '\u{17b}'), ("Zeta", '\u{396}'), ("aacute", '\u{e1}'), ("abreve", '\u{103}'), ("acirc", '\u{e2}'),
    ("acute", '\u{b4}'), ("acy", '\u{430}'), ("aelig", '\u{e6}'), ("agrave", '\u{e0}'), ("alpha", '\u{3b1}'), ("amacr", '\u{101}'),
    ("angst", '\u{c5}'), ("aogon", '\u{105}'), ("ap", '\u{2248}'), ("approx", '\u{2248}'), ("aring", '\u{e5}'), ("asymp", '\u{2248}'),
    ("atilde", '\u{e3}'), ("auml", '\u{e4}'), ("bcy", '\u{431}'), ("bdquo", '\u{201e}'), ("beta", '\u{3b2}'), ("blk12", '\u{2592}'),
    ("blk14", '\u{2591}'), ("blk34", '\u{2593}'), ("block", '\u{2588}'), ("bnot", '\u{2310}'), ("boxDL", '\u{2557}'), ("boxDR", '\u{2554}'),
    ("boxDl", '\u{2556}'), ("boxDr", '\u{2553}'), ("boxH", '\u{2550}'), ("boxHD", '\u{2566}'), ("boxHU", '\u{2569}'), ("boxHd", '\u{2564}'),
    ("boxHu", '\u{2567}'), ("boxUL", '\u{255d}'), ("boxUR", '\u{255a}'), ("boxUl", '\u{255c}'), ("boxUr", '\u{2559}'), ("boxV", '\u{2551}'),
    ("boxVH", '\u{256c}'), ("boxVL", '\u{2563}'), ("boxVR", '\u{2560}'), ("boxVh", '\u{256b}'), ("boxVl", '\u{2562}'), ("boxVr", '\u{255f}'),
    ("boxdL", '\u{2555}'), ("boxdR", '\u{2552}'), ("boxdl", '\u{2510}'), ("boxdr", '\u{250c}'), ("boxh", '\u{2500}'), ("boxhD", '\u{2565}'),
    ("boxhU", '\u{2568}'), ("boxhd", '\u{252c}'), ("boxhu", '\u{2534}'), ("boxuL", '\u{255b}'), ("boxuR", '\u{2558}'), ("boxul", '\u{2518}'),
    ("boxur", '\u{2514}'), ("boxv", '\u{2502}'), ("boxvH", '\u{256a}'), ("boxvL", '\u{2561}'), ("boxvR", '\u{255e}'), ("boxvh", '\u{253c}'),
    ("boxvl", '\u{2524}'), ("boxvr", '\u{251c}'), ("breve", '\u{2d8}'), ("brvbar", '\u{a6}'), ("bull", '\u{2022}'), ("bullet", '\u{2022}'),
    ("cacute", '\u{107}'), ("cap", '\u{2229}'), ("caron", '\u{2c7}'), ("ccaron", '\u{10d}'), ("ccedil", '\u{e7}'), ("cedil", '\u{b8}'),
    ("cent", '\u{a2}'), ("centerdot", '\u{b7}'), ("chcy", '\u{447}'), ("chi", '\u{3c7}'), ("circ", '\u{2c6}'), ("circledR", '\u{ae}'),
    ("copy", '\u{a9}'), ("curren", '\u{a4}'), ("dagger", '\u{2020}'), ("dblac", '\u{2dd}'), ("dcaron", '\u{10f}'), ("dcy", '\u{434}'),
    ("ddagger", '\u{2021}'), ("deg", '\u{b0}'), ("delta", '\u{3b4}'), ("die", '\u{a8}'), ("div", '\u{f7}'), ("divide", '\u{f7}'), ("djcy", '\u{452}'),
    ("dot", '\u{2d9}'), ("dscy", '\u{455}'), ("dstrok", '\u{111}'), ("dzcy", '\u{45f}'), ("eacute", '\u{e9}'), ("ecaron", '\u{11b}'),
    ("ecirc", '\u{ea}'), ("ecy", '\u{44d}'), ("edot", '\u{117}'), ("egrave", '\u{e8}'), ("emacr", '\u{113}'), ("eogon", '\u{119}'),
    ("epsi", '\u{3b5}'), ("epsilon", '\u{3b5}'), ("equiv", '\u{2261}'), ("eta", '\u{3b7}'), ("eth", '\u{f0}'), ("euml", '\u{eb}'),
    ("euro", '\u{20ac}'), ("fcy", '\u{444}'), ("filig", '\u{fb01}'), ("fllig", '\u{fb02}'), ("fnof", '\u{192}'), ("frac12", '\u{bd}'),
    ("frac14", '\u{bc}'), ("frac34", '\u{be}'), ("frasl", '\u{2044}'), ("gamma", '\u{3b3}'), ("gbreve", '\u{11f}'), ("gcy", '\u{433}'),
    ("ge", '\u{2265}'), ("geq", '\u{2265}'), ("gjcy", '\u{453}'), ("half", '\u{bd}'), ("hardcy", '\u{44a}'), ("hellip", '\u{2026}'),
    ("horbar", '\u{2015}'), ("iacute", '\u{ed}'), ("icirc", '\u{ee}'), ("icy", '\u{438}'), ("iecy", '\u{435}'), ("iexcl", '\u{a1}'),
    ("igrave", '\u{ec}'), ("imacr", '\u{12b}'), ("imath", '\u{131}'), ("infin", '\u{221e}'), ("inodot", '\u{131}'), ("int", '\u{222b}'),
    ("iocy", '\u{451}'), ("iogon", '\u{12f}'), ("iota", '\u{3b9}'), ("iquest", '\u{bf}'), ("iukcy", '\u{456}'), ("iuml", '\u{ef}'),
    ("jcy", '\u{439}'), ("jsercy", '\u{458}'), ("jukcy", '\u{454}'), ("kappa", '\u{3ba}'), ("kcedil", '\u{137}'), ("kcy", '\u{43a}'),
    ("khcy", '\u{445}'), ("kjcy", '\u{45c}'), ("lacute", '\u{13a}'), ("lambda", '\u{3bb}'), ("laquo", '\u{ab}'), ("lcaron", '\u{13e}'),
    ("lcedil", '\u{13c}'), ("lcy", '\u{43b}'), ("ldquo", '\u{201c}'), ("ldquor", '\u{201e}'), ("le", '\u{2264}'), ("leq", '\u{2264}'),
    ("lhblk", '\u{2584}'), ("ljcy", '\u{459}'), ("loz", '\u{25ca}'), ("lozenge", '\u{25ca}'), ("lrm", '\u{200e}'), ("lsaquo", '\u{2039}'),
    ("lsquo", '\u{2018}'), ("lsquor", '\u{201a}'), ("lstrok", '\u{142}'), ("macr", '\u{af}'), ("mcy", '\u{43c}'), ("mdash", '\u{2014}'),
    ("micro", '\u{b5}'), ("middot", '\u{b7}'), ("mldr", '\u{2026}'), ("mu", '\u{3bc}'), ("nacute", '\u{144}'), ("nbsp", '\u{a0}'),
    ("ncaron", '\u{148}'), ("ncedil", '\u{146}'), ("ncy", '\u{43d}'), ("ndash", '\u{2013}'), ("ne", '\u{2260}'), ("njcy", '\u{45a}'),
    ("not", '\u{ac}'), ("ntilde", '\u{f1}'), ("nu", '\u{3bd}'), ("numero", '\u{2116}'), ("oacute", '\u{f3}'), ("ocirc", '\u{f4}'), ("ocy", '\u{43e}'),
    ("odblac", '\u{151}'), ("oelig", '\u{153}'), ("ogon", '\u{2db}'), ("ograve", '\u{f2}'), ("ohm", '\u{3a9}'), ("omacr", '\u{14d}'),
    ("omega", '\u{3c9}'), ("omicron", '\u{3bf}'), ("ordf", '\u{aa}'), ("ordm", '\u{ba}'), ("oslash", '\u{f8}'), ("otilde", '\u{f5}'),
    ("ouml", '\u{f6}'), ("para", '\u{b6}'), ("part", '\u{2202}'), ("pcy", '\u{43f}'), ("permil", '\u{2030}'), ("phi", '\u{3c6}'), ("pi", '\u{3c0}'),
    ("plusmn", '\u{b1}'), ("pm", '\u{b1}'), ("pound", '\u{a3}'), ("prod", '\u{220f}'), ("psi", '\u{3c8}'), ("racute", '\u{155}'),
    ("radic", '\u{221a}'), ("raquo", '\u{bb}'), ("rcaron", '\u{159}'), ("rcedil", '\u{157}'), ("rcy", '\u{440}'), ("rdquo", '\u{201d}'),
    ("rdquor", '\u{201d}'), ("reg", '\u{ae}'), ("rho", '\u{3c1}'), ("ring", '\u{2da}'), ("rlm", '\u{200f}'), ("rsaquo", '\u{203a}'),
    ("rsquo", '\u{2019}'), ("rsquor", '\u{2019}'), ("sacute", '\u{15b}'), ("sbquo", '\u{201a}'), ("scaron", '\u{161}'), ("scedil", '\u{15f}'),
    ("scy", '\u{441}'), ("sect", '\u{a7}'), ("shchcy", '\u{449}'), ("shcy", '\u{448}'), ("shy", '\u{ad}'), ("sigma", '\u{3c3}'),
    ("sigmaf", '\u{3c2}'), ("sigmav", '\u{3c2}'), ("softcy", '\u{44c}'), ("strns", '\u{af}'), ("sum", '\u{2211}'), ("sup1", '\u{b9}'),
    ("sup2", '\u{b2}'), ("sup3", '\u{b3}'), ("szlig", '\u{df}'), ("tau", '\u{3c4}'), ("tcaron", '\u{165}'), ("tcedil", '\u{163}'), ("tcy", '\u{442}'),
    ("theta", '\u{3b8}'), ("thickapprox", '\u{2248}'), ("thkap", '\u{2248}'), ("thorn", '\u{fe}'), ("tilde", '\u{2dc}'), ("times", '\u{d7}'),
    ("trade", '\u{2122}'), ("tscy", '\u{446}'), ("tshcy", '\u{45b}'), ("uacute", '\u{fa}'), ("ubrcy", '\u{45e}'), ("ucirc", '\u{fb}'),
    ("ucy", '\u{443}'), ("udblac", '\u{171}'), ("ugrave", '\u{f9}'), ("uhblk", '\u{2580}'), ("umacr", '\u{16b}'), ("uml", '\u{a8}'),
    ("uogon", '\u{173}'), ("upsi", '\u{3c5}'), ("upsilon", '\u{3c5}'), ("uring", '\u{16f}'), ("uuml", '\u{fc}'), ("varsigma", '\u{3c2}'),
    ("vcy", '\u{432}'), ("xi", '\u{3be}'), ("yacute", '\u{fd}'), ("yacy", '\u{44f}'), ("ycy", '\u{44b}'), ("yen", '\u{a5}'), ("yicy", '\u{457}'),
    ("yucy", '\u{44e}'), ("yuml", '\u{ff}'), ("zacute", '\u{17a}'), ("zcaron", '\u{17e}'), ("zcy", '\u{437}'), ("zdot", '\u{17c}'),
    ("zeta", '\u{3b6}'), ("zhcy", '\u{436}'), ("zwj", '\u{200d}'), ("zwnj", '\u{200c}'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        assert_eq!(reference("&acirc;&euro;"), Some((7, 'â')));
        assert_eq!(reference("&#8364;x"), Some((7, '€')));
        assert_eq!(reference("&#x20AC;x"), Some((8, '€')));
        for kept in ["&lt;", "&amp;", "& x;", "&;", "&bogus;", "&#65;", "&acirc"] {
            assert_eq!(reference(kept), None);
        }
    }

    #[test]
    fn names_are_sorted() {
        assert!(NAMES.is_sorted_by(|a, b| a.0 < b.0));
    }
}
