//! Shapes of tickets that other systems and public data sets have, brought into the one shape that is documented.
//!
//! | shape | known by | becomes |
//! |---|---|---|
//! | full | everything else | itself, see `ticket_row` |
//! | labelled | `text` and `label`, no title | title: the beginning of the text; tags: label and category |
//! | service desk | `ticket_type` and `urgency` | priority: urgency, 0 the highest; tags: the codes of type, category and service |

use serde_json::{Map, Value, json};

use crate::profile::Profile;

/// Brings the fields of one row into the full shape.
pub fn full(profile: &Profile, fields: &mut Map<String, Value>) {
    let has = |name: &str| fields.contains_key(name);
    if has("text") && has("label") && !has("title") && !has("subject") {
        labelled(profile, fields);
    } else if has("ticket_type") && has("urgency") {
        service_desk(profile, fields);
    }
}

fn labelled(profile: &Profile, fields: &mut Map<String, Value>) {
    let text = fields.remove("text").unwrap_or_default();
    let label = fields.remove("label").unwrap_or_default();
    let category = fields.remove("category").unwrap_or_default();
    // Marks of style that the makers of the set use; no words that people search for.
    fields.remove("tags");
    let tags: Vec<String> = [&label, &category].into_iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect();
    fields.insert("title".to_owned(), json!(beginning(text.as_str().unwrap_or_default(), profile.limits.title_max)));
    fields.insert("description".to_owned(), text);
    fields.insert("tags".to_owned(), json!(tags));
}

fn service_desk(profile: &Profile, fields: &mut Map<String, Value>) {
    let mut code = |name: &str| {
        let value = fields.remove(name)?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some(text.trim().to_owned()).filter(|text| !text.is_empty() && text != "null")
    };
    let mut tags = Vec::new();
    for (name, tag) in [
        ("ticket_type", "type"),
        ("category", "category"),
        ("sub_category1", "subcategory"),
        ("business_service", "service"),
    ] {
        tags.extend(code(name).map(|code| format!("{tag}-{code}")));
    }
    if let Some(urgency) = code("urgency").and_then(|urgency| urgency.parse::<usize>().ok()) {
        let mut priorities: Vec<_> = profile.priorities.iter().collect();
        priorities.sort_by_key(|priority| std::cmp::Reverse(priority.rank));
        let nth = urgency.min(3) * priorities.len().saturating_sub(1) / 3;
        fields.insert("priority".to_owned(), json!(priorities.get(nth).map(|priority| &priority.key)));
    }
    if fields.get("title").and_then(Value::as_str).is_none_or(|title| title.trim().is_empty()) {
        let body = fields.get("body").and_then(Value::as_str).unwrap_or_default();
        let title = beginning(body, profile.limits.title_max);
        fields.insert("title".to_owned(), json!(title));
    }
    fields.insert("tags".to_owned(), json!(tags));
}

/// The first line of a text, cut at a word where it is too long for a title.
pub fn beginning(text: &str, max: usize) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    if line.chars().count() <= max {
        return line.to_owned();
    }
    let cut: String = line.chars().take(max.saturating_sub(1)).collect();
    let words = cut.rsplit_once(char::is_whitespace).map_or(cut.as_str(), |(words, _)| words);
    format!("{}…", words.trim_end())
}
