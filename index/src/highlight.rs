//! Marks found words in a title and cuts the best passage out of a long text.
//!
//! Linear in the text and bounded: only the beginning of a long text is looked at. The same analyser as for indexing
//! decides what a match is, so a marked word is one that really counted.

use std::collections::HashMap;
use std::ops::Range;

use crate::analysis::{Class, MAX_WORD_BYTES, fold, stem, words};
use crate::ranking::Weighed;
use crate::request::Fragment;

/// How much of a text is looked at for the best passage, in bytes.
const MAX_LOOKED_AT: usize = 16 << 10;

/// Finds the terms of one search in texts.
pub(crate) struct Highlighter<'a> {
    terms: HashMap<&'a str, (usize, f32)>,
    /// Which ASCII letters and digits terms begin with. Stemming keeps the first letter, so other words are skipped.
    initials: [bool; 128],
    folded: String,
}

struct Match {
    range: Range<usize>,
    term: usize,
    weight: f32,
}

/// A passage and how well it matches.
pub(crate) struct Passage {
    pub fragments: Vec<Fragment>,
    pub weight: f32,
}

impl<'a> Highlighter<'a> {
    pub(crate) fn new(terms: &'a [Weighed]) -> Self {
        let mut initials = [false; 128];
        for term in terms {
            if let Some(&first) = term.text.as_bytes().first().filter(|b| b.is_ascii()) {
                initials[first as usize] = true;
            }
        }
        let terms = terms.iter().enumerate().map(|(i, t)| (t.text.as_str(), (i, t.weight))).collect();
        Highlighter { terms, initials, folded: String::new() }
    }

    /// The whole text with its matches marked.
    pub(crate) fn mark(&mut self, text: &str) -> Vec<Fragment> {
        let matches = self.matches(text);
        fragments(text, 0..text.len(), &matches)
    }

    /// The best passage of about `chars` characters; the beginning if nothing matches.
    pub(crate) fn passage(&mut self, text: &str, chars: usize) -> Passage {
        let looked_at = &text[..text.floor_char_boundary(MAX_LOOKED_AT)];
        let matches = self.matches(looked_at);
        // Characters are what people see, bytes what is cheap to compare.
        let per_char = looked_at.len().div_ceil(looked_at.chars().count().max(1));
        let bytes = chars.saturating_mul(per_char.max(1));
        let (best, weight) = best_window(&matches, bytes);
        let range = grow(text, best, bytes);
        Passage { fragments: fragments(text, range, &matches), weight }
    }

    fn matches(&mut self, text: &str) -> Vec<Match> {
        let mut out: Vec<Match> = Vec::new();
        if self.terms.is_empty() {
            return out;
        }
        for piece in words(text) {
            let word = &text[piece.range.clone()];
            let first = word.as_bytes()[0].to_ascii_lowercase();
            if (first.is_ascii() && !self.initials[first as usize]) || word.len() > MAX_WORD_BYTES {
                continue;
            }
            fold(word, &mut self.folded);
            // Stop words are their own stems, so one look finds both kinds of terms.
            let found = match piece.class {
                Class::Word => self.terms.get(stem(&self.folded).as_ref()),
                _ => self.terms.get(self.folded.as_str()),
            };
            let Some(&(term, weight)) = found else { continue };
            out.push(Match { range: piece.range, term, weight });
        }
        out
    }
}

/// The run of matches within `bytes` that says most: each distinct term counts once, repetitions a little.
fn best_window(matches: &[Match], bytes: usize) -> (Range<usize>, f32) {
    let mut best = (0..0, 0.0);
    let mut counts: HashMap<usize, usize> = HashMap::new();
    let (mut weight, mut first) = (0.0, 0);
    for m in matches {
        let count = counts.entry(m.term).or_default();
        weight += if *count == 0 { m.weight } else { m.weight * REPEATED };
        *count += 1;
        while first < matches.len() && m.range.end > matches[first].range.start + bytes.max(m.range.len()) {
            let gone = &matches[first];
            first += 1;
            if let Some(count) = counts.get_mut(&gone.term) {
                *count = count.saturating_sub(1);
                weight -= if *count == 0 { gone.weight } else { gone.weight * REPEATED };
            }
        }
        // Sums of differences drift; a later window must be clearly better.
        if weight > best.1 + 1e-3 {
            best = (matches[first].range.start..m.range.end, weight);
        }
    }
    best
}

/// What a repetition of a term adds, relative to its first occurrence.
const REPEATED: f32 = 0.1;

/// Widens `core` to about `bytes`, a third of the room before it, to ends between words where there are any near.
fn grow(text: &str, core: Range<usize>, bytes: usize) -> Range<usize> {
    let room = bytes.saturating_sub(core.len());
    let mut start = text.floor_char_boundary(core.start.saturating_sub(room / 3));
    let end = text.floor_char_boundary((start + bytes).max(core.end).min(text.len()));
    // Text near its end leaves room over: use it in front.
    let missing = bytes.saturating_sub(end - start);
    start = text.floor_char_boundary(start.saturating_sub(missing));
    if start > 0
        && let Some(space) = text[start..core.start.max(start)].find(char::is_whitespace)
    {
        start += space;
    }
    let mut stop = end;
    if end < text.len()
        && let Some(space) = text[core.end.min(end)..end].rfind(char::is_whitespace)
    {
        stop = core.end.min(end) + space;
    }
    let inner = &text[start..stop];
    let trimmed = inner.trim_start();
    let start = stop - trimmed.len();
    start..start + trimmed.trim_end().len()
}

/// The text in `range` as fragments.
fn fragments(text: &str, range: Range<usize>, matches: &[Match]) -> Vec<Fragment> {
    let mut out: Vec<Fragment> = Vec::new();
    let mut push = |piece: Range<usize>, matched| {
        if !piece.is_empty() {
            match out.last_mut() {
                // Pairs of characters overlap: one mark for the run.
                Some(last) if last.matched == matched => last.text.push_str(&text[piece]),
                _ => out.push(Fragment { text: text[piece].to_owned(), matched }),
            }
        }
    };
    let mut at = range.start;
    for m in matches {
        let (start, end) = (m.range.start.max(at), m.range.end.min(range.end));
        if start >= end {
            continue;
        }
        push(at..start, false);
        push(start..end, true);
        at = end;
    }
    push(at..range.end, false);
    out
}
