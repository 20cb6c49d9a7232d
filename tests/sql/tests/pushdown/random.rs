//! Random numbers and texts.

/// Xorshift: the same seed gives the same run.
pub(crate) struct Random {
    state: u64,
    /// Whether texts may contain a NUL.
    nul: bool,
}

/// Texts for typical pitfalls: letter case, composition, characters that fold to ASCII, wildcards, quotes, the ends of
/// the ranges of characters.
const WORDS: &[&str] = &[
    "",
    "a",
    "A",
    "b",
    "ab",
    "aB",
    "AB",
    "abc",
    "zz",
    "Z",
    "1",
    "007",
    "-5",
    " ",
    "Äpfel",
    "A\u{308}pfel",
    "äpfel",
    "pfel",
    "ß",
    "\u{1e9e}",
    "\u{212a}",
    "k",
    "K",
    "\u{130}",
    "i\u{307}",
    "i",
    "\u{131}",
    "I",
    "\u{212b}",
    "\u{e5}",
    "a\u{30a}",
    "\u{30a}",
    "\u{37e}",
    ";",
    "%",
    "a%b",
    "_",
    "a_b",
    "\\",
    "'",
    "''",
    "\"",
    "' OR 1 --",
    "?1",
    "$1",
    "a*b",
    "[a]",
    "\u{1f600}",
    "\u{10ffff}",
    "a\u{10ffff}",
    "\u{d7ff}",
    "\u{e000}",
    "\u{7f}",
    "\u{80}",
    "ΑΣ",
    "ας",
    "ασ",
    "true",
    "null",
];

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, nul: true }
    }

    /// Creates a generator of texts that PostgreSQL can hold.
    pub(crate) fn without_nul(seed: u64) -> Self {
        Self { nul: false, ..Self::new(seed) }
    }

    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    pub(crate) fn wide(&mut self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from((self.next() >> 11) % u64::try_from(end).unwrap()).unwrap()
    }

    /// Returns `true` once in `n` times.
    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }

    pub(crate) fn word(&mut self) -> String {
        let mut word = self.of(WORDS).to_owned();
        if self.one_in(3) {
            word += self.of(WORDS);
        }
        if self.nul && self.one_in(20) {
            word.push('\0');
            word += self.of(WORDS);
        }
        word
    }

    /// Returns a text to compare with.
    pub(crate) fn operand(&mut self) -> String {
        let word = self.word();
        if self.one_in(20) { word + "\0" + self.of(WORDS) } else { word }
    }

    pub(crate) fn ascii(&mut self) -> String {
        loop {
            let word = self.word();
            if word.is_ascii() && !word.contains('\0') {
                return word;
            }
        }
    }

    pub(crate) fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.one_in(4) { None } else { Some(make(self)) }
    }

    /// Returns one of a few points in time, close to each other and to the limits of units, as nanoseconds since 1970.
    pub(crate) fn instant(&mut self) -> i64 {
        let second = self.of(&[-1i64, 0, 1, 1_600_000_000, 1_600_000_001]);
        let nanos = self.of(&[0i64, 1, 999, 1_000, 999_999, 1_000_000, 500_000_000, 999_999_999]);
        second * 1_000_000_000 + nanos
    }
}
