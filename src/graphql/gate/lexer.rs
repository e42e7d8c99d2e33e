//! Tokens of a document, counted before it is parsed: one pass, no memory, no recursion.
//!
//! The parser's cost and its recursion follow from what is counted here: a document within the allowance cannot exhaust it.
//! Absent: whether the tokens make sense, which the parser says better.

/// What a token is, as far as counting and log lines need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `{`, `[` or `(`.
    Open,
    /// `}`, `]` or `)`.
    Close,
    /// A string, of either form.
    Text,
    /// A name.
    Name,
    /// Every other token.
    Other,
}

/// One token and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its text.
    pub text: &'a str,
    /// Where it begins, in bytes.
    pub at: usize,
}

/// The tokens of a document. Never fails: what is no token counts as one of a single byte.
pub struct Tokens<'a> {
    document: &'a str,
    at: usize,
}

/// Begins reading a document.
pub fn tokens(document: &str) -> Tokens<'_> {
    Tokens { document, at: 0 }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let bytes = self.document.as_bytes();
        let mut at = self.at;
        loop {
            match *bytes.get(at)? {
                b' ' | b'\t' | b'\n' | b'\r' | b',' => at += 1,
                b'#' => at = find(bytes, at, |b| b == b'\n' || b == b'\r'),
                // The byte order mark is ignored wherever it stands.
                0xEF if bytes[at..].starts_with(&[0xEF, 0xBB, 0xBF]) => at += 3,
                _ => break,
            }
        }
        let first = bytes[at];
        let (kind, end) = match first {
            b'{' | b'[' | b'(' => (Kind::Open, at + 1),
            b'}' | b']' | b')' => (Kind::Close, at + 1),
            b'"' => (Kind::Text, string_end(bytes, at)),
            b'.' if bytes[at..].starts_with(b"...") => (Kind::Other, at + 3),
            b if b == b'_' || b.is_ascii_alphabetic() => {
                (Kind::Name, find(bytes, at, |b| b != b'_' && !b.is_ascii_alphanumeric()))
            }
            b if b == b'-' || b.is_ascii_digit() => {
                (Kind::Other, find(bytes, at + 1, |b| !matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')))
            }
            b if b.is_ascii() => (Kind::Other, at + 1),
            // A character beyond ASCII, whole, so that the slice below stays on its border.
            _ => (Kind::Other, find(bytes, at + 1, |b| b & 0b1100_0000 != 0b1000_0000)),
        };
        self.at = end;
        Some(Token { kind, text: &self.document[at..end], at })
    }
}

fn find(bytes: &[u8], from: usize, stop: impl Fn(u8) -> bool) -> usize {
    bytes[from..].iter().position(|&b| stop(b)).map_or(bytes.len(), |offset| from + offset)
}

fn string_end(bytes: &[u8], at: usize) -> usize {
    if bytes[at..].starts_with(b"\"\"\"") {
        let mut end = at + 3;
        while end < bytes.len() {
            if bytes[end..].starts_with(b"\\\"\"\"") {
                end += 4;
            } else if bytes[end..].starts_with(b"\"\"\"") {
                return end + 3;
            } else {
                end += 1;
            }
        }
        return bytes.len();
    }
    let mut end = at + 1;
    while end < bytes.len() {
        match bytes[end] {
            b'"' => return end + 1,
            b'\\' if end + 1 < bytes.len() && bytes[end + 1].is_ascii() => end += 2,
            // A line's end ends a string that was never closed.
            b'\n' | b'\r' => return end,
            _ => end += 1,
        }
    }
    bytes.len()
}

/// The document with every string's content left out: what may be written to a log.
pub fn without_strings(document: &str) -> String {
    let mut out = String::with_capacity(document.len().min(4_096));
    let mut last = 0;
    for token in tokens(document).filter(|token| token.kind == Kind::Text) {
        out.push_str(&document[last..token.at]);
        out.push_str("\"…\"");
        last = token.at + token.text.len();
    }
    out.push_str(&document[last..]);
    out
}
