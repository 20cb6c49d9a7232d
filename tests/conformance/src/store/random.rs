//! Random numbers and texts; the same for the same seed.

/// The generator that is known as `SplitMix64`.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

/// Texts that applications get wrong: letter case, composition, quotes, wildcards, blanks at the ends, letters beyond the
/// basic plane. The first ones come often, so that values repeat and orders have ties.
pub(super) const WORDS: &[&str] = &[
    "ada",
    "Ada",
    "Bo",
    "Äpfel",
    "A\u{308}pfel",
    "äpfel",
    "b",
    "10", //
    "",
    " ",
    " ada",
    "ada ",
    "a%b",
    "%",
    "_",
    "a_b",
    "\\",
    "'",
    "''",
    "\"",
    "' OR 1=1 --",
    "<b>&amp;",
    "${7*7}",
    "a\tb",
    "a\nb",
    "ß",
    "ss",
    "\u{1e9e}",
    "İ",
    "ı",
    "I",
    "\u{212a}",
    "k",
    "ΑΣ",
    "ας",
    "\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
    "日本語",
    "\u{1f600}",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "e\u{301}",
    "\u{e9}",
    "\u{ffff}",
    "\u{10ffff}",
    "true",
    "null",
    "007",
    "-5",
];
const OFTEN: usize = 8;

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Another sequence for a part of the work, so that the parts do not depend on each other.
    pub(super) fn for_part(seed: u64, part: &str) -> Self {
        Self(part.bytes().fold(seed, |seed, byte| Self(seed ^ u64::from(byte)).next()))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from((self.next() >> 11) % end).unwrap_or_default()
    }

    /// True once in `n` times.
    pub(super) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(super) fn of<'v, T>(&mut self, values: &'v [T]) -> Option<&'v T> {
        values.get(self.below(values.len()))
    }

    pub(super) fn word(&mut self) -> String {
        let often = WORDS.get(..OFTEN).unwrap_or(WORDS);
        let words = if self.one_in(2) { often } else { WORDS };
        let mut word = self.of(words).copied().unwrap_or_default().to_owned();
        if self.one_in(8) {
            word.push_str(self.of(WORDS).copied().unwrap_or_default());
        }
        if self.one_in(40) {
            word = "Langes Wört ".repeat(40) + &word;
        }
        word
    }
}
