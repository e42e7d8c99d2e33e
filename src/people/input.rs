//! Checks of what people are called.

use unicode_normalization::UnicodeNormalization;

use crate::error::{Error, Result};
use crate::say;
use crate::text::is_blank;

/// The longest name, in characters.
const LONGEST: usize = 100;

/// The name of a person, a team or an organization: one line of 1 to 100 characters.
///
/// # Errors
/// `INVALID_VALUE` at `field`.
pub fn name(field: &str, text: &str) -> Result<String> {
    let name = text.trim();
    let length = name.chars().count();
    if is_blank(name) {
        return Err(Error::invalid(field, "This may not be empty."));
    }
    if length > LONGEST {
        return Err(Error::invalid(field, say!("This has {length} characters.", length))
            .hint(say!("Send at most {max} characters.", max = LONGEST)));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::invalid(field, "A name is one line without control characters."));
    }
    Ok(name.to_owned())
}

/// A name as it is compared.
pub fn folded(name: &str) -> String {
    name.nfkc().collect::<String>().to_lowercase()
}

/// The longest tag of a language.
const LOCALE_MAX: usize = 35;

/// The tag of a language: `de`, `pt-BR`.
///
/// # Errors
/// `INVALID_VALUE` at `locale`.
pub fn locale(tag: &str) -> Result<String> {
    let word = |word: &str| (1..=8).contains(&word.len()) && word.chars().all(|c| c.is_ascii_alphanumeric());
    let language = tag.split('-').next().unwrap_or_default();
    let is_language = (2..=3).contains(&language.len()) && language.chars().all(|c| c.is_ascii_alphabetic());
    match is_language && tag.len() <= LOCALE_MAX && tag.split('-').all(word) {
        true => Ok(tag.to_owned()),
        false => Err(Error::invalid("locale", "This is not the tag of a language like de or pt-BR.")),
    }
}
