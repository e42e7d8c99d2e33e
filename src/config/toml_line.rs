//! Where in a TOML text something stands, for messages. Shared with `profile`.

use toml::de::{DeTable, DeValue};

/// The line (from 1) of the value at `path`, or of the deepest part of the path that is there; `None` if the text is
/// not TOML or has not even the first part. A part is a key, or an index into an array.
pub fn toml_line<S: AsRef<str>>(text: &str, path: &[S]) -> Option<usize> {
    let document = DeTable::parse(text).ok()?;
    let (first, rest) = path.split_first()?;
    let (name, mut value) = document.get_ref().iter().find(|(name, _)| name.get_ref() == first.as_ref())?;
    // A table's own span can lie elsewhere than its entries, so a key's span is preferred to its value's.
    let mut at = name.span().start;
    for part in rest {
        match value.get_ref() {
            DeValue::Table(table) => {
                let Some((name, inner)) = table.iter().find(|(name, _)| name.get_ref() == part.as_ref()) else { break };
                (at, value) = (name.span().start, inner);
            }
            DeValue::Array(array) => {
                let Some(inner) = part.as_ref().parse::<usize>().ok().and_then(|index| array.get(index)) else { break };
                (at, value) = (inner.span().start, inner);
            }
            _ => break,
        }
    }
    Some(line_at(text, at))
}

/// The line (from 1) of a byte offset.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
