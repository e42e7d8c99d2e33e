//! Checks of what people write into a ticket, against the limits and lists of the profile.

use crate::error::{Error, Faults, Result};
use crate::profile::{Named, Profile};
use crate::say;
use crate::text::is_blank;

/// A text without control characters at its ends, within its limits (characters).
///
/// # Errors
/// `INVALID_VALUE` at `field`, with the length that came and the one that is allowed.
pub fn text(field: &str, text: &str, min: usize, max: usize) -> Result<String> {
    if text.contains('\0') {
        return Err(Error::invalid(field, "A text cannot hold the character U+0000.").hint("Leave the null bytes out."));
    }
    let text = text.trim();
    let length = if is_blank(text) { 0 } else { text.chars().count() };
    if length < min || length > max {
        let message = match length {
            0 => say!("This may not be empty."),
            _ => say!("This has {length} characters.", length),
        };
        return Err(Error::invalid(field, message).hint(say!("Send {min} to {max} characters.", min, max)));
    }
    Ok(text.to_owned())
}

/// A title within the profile's limits, on one line.
pub fn title(profile: &Profile, field: &str, title: &str) -> Result<String> {
    let title = text(field, title, profile.limits.title_min, profile.limits.title_max)?;
    if title.contains(['\n', '\r']) {
        return Err(Error::invalid(field, "A title is one line.").hint("Put the rest into the description."));
    }
    Ok(title)
}

/// A description within the profile's limits.
pub fn description(profile: &Profile, field: &str, description: &str) -> Result<String> {
    text(field, description, profile.limits.description_min, profile.limits.description_max)
}

/// Title and description of a new ticket. Where the profile asks for one of them only, the other is taken from it.
///
/// # Errors
/// `INVALID_VALUE` at `title` or `description`: missing, too short, too long.
pub fn title_and_description(
    profile: &Profile,
    title: Option<&str>,
    description: Option<&str>,
) -> Result<(String, String)> {
    let form = &profile.form;
    let mut faults = Faults::default();
    let given_title = match title {
        None if !form.title.required => Some(None),
        title => faults.take(self::title(profile, "title", title.unwrap_or_default()).map(Some)),
    };
    let given_description = match description {
        None if !form.description.required => Some(None),
        description => {
            faults.take(self::description(profile, "description", description.unwrap_or_default()).map(Some))
        }
    };
    let (Some(title), Some(description)) = (given_title, given_description) else { return Err(faults.error()) };
    match (title, description) {
        (Some(title), Some(description)) => Ok((title, description)),
        (Some(title), None) => Ok((title.clone(), title)),
        (None, Some(description)) => Ok((beginning(&description, profile.limits.title_max), description)),
        (None, None) => Err(Error::invalid("description", "This may not be empty.")),
    }
}

/// The first line, as far as it goes into a title.
fn beginning(description: &str, max: usize) -> String {
    let line = description.lines().find(|line| !is_blank(line)).unwrap_or(description).trim();
    if line.chars().count() <= max {
        return line.to_owned();
    }
    let mut title: String = line.chars().take(max.saturating_sub(1)).collect();
    // Not in the middle of a word, if there is a space to cut at in its second half.
    if let Some(space) = title.rfind(' ').filter(|space| *space > title.len() / 2) {
        title.truncate(space);
    }
    title.push('…');
    title
}

/// A key of one of the profile's lists.
///
/// # Errors
/// `INVALID_VALUE` at `field` with the allowed keys.
pub fn key<'a>(list: &'a [Named], field: &str, key: &str) -> Result<&'a Named> {
    list.iter()
        .find(|named| named.key == key)
        .ok_or_else(|| Error::unknown_key(field, key, list.iter().map(|named| named.key.as_str())))
}

/// A priority of the profile: its key and rank.
pub fn priority(profile: &Profile, field: &str, key: &str) -> Result<(String, i32)> {
    profile
        .priority(key)
        .map(|priority| (priority.key.clone(), priority.rank))
        .ok_or_else(|| Error::unknown_key(field, key, profile.priorities.iter().map(|priority| priority.key.as_str())))
}

/// Tags: trimmed, in lower case, each once.
pub fn tags(profile: &Profile, field: &str, tags: &[String]) -> Result<Vec<String>> {
    let limits = &profile.limits;
    let mut clean: Vec<String> = Vec::with_capacity(tags.len());
    for tag in tags {
        let tag = text(field, tag, 1, limits.tag_length)?.to_lowercase();
        if tag.chars().any(char::is_control) {
            return Err(Error::invalid(field, "A tag is one line."));
        }
        if !clean.contains(&tag) {
            clean.push(tag);
        }
    }
    if clean.len() > limits.tags_max {
        return Err(Error::invalid(field, say!("A ticket has at most {max} tags.", max = limits.tags_max)));
    }
    Ok(clean)
}
