//! A template's text with the values of a ticket in it.
//!
//! `{{ ticket.number }}` inserts a value, `{% if ticket.category %} … {% endif %}` chooses between texts, `| default("…")`, `| upper`
//! and `| lower` are the filters. That is all: a text that cannot repeat or calculate cannot take the desk's time or memory.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Environment, UndefinedBehavior, Value};
use sea_orm::ConnectionTrait;

use crate::access::Actor;
use crate::error::{Detail, Error, Result};
use crate::ids::PersonId;
use crate::language::Said;
use crate::people::loaders;
use crate::profile::Profile;
use crate::say;
use crate::tickets::ticket;

/// What can be inserted, with a sentence for people. A value that a ticket does not have is empty.
pub const VARIABLES: [(&str, &str); 9] = [
    ("ticket.number", "The ticket's number."),
    ("ticket.title", "What the ticket is about."),
    ("ticket.status", "Where the ticket stands, as the desk calls it."),
    ("ticket.priority", "How urgent the ticket is, as the desk calls it."),
    ("ticket.category", "What kind of request the ticket is, as the desk calls it."),
    ("requester.name", "Who asked."),
    ("organization.name", "The organization of who asked."),
    ("assignee.name", "Who works on the ticket."),
    ("agent.name", "Who uses the template."),
];

/// The statements that a template may have.
const STATEMENTS: [&str; 4] = ["if", "elif", "else", "endif"];

fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("upper", |text: String| text.to_uppercase());
    environment.add_filter("lower", |text: String| text.to_lowercase());
    environment.add_filter("default", |text: String, other: String| if text.is_empty() { other } else { text });
    environment
}

/// Checks the text of a template.
///
/// # Errors
/// `INVALID_VALUE` at `body`: with what is wrong with it, or with the variables that there are.
pub fn check(body: &str) -> Result<()> {
    let wrong = |message: Said| Error::invalid("body", message);
    inside(body).try_for_each(|(is_statement, code)| {
        let code = code.trim_matches(['-', '+', ' ', '\t', '\n', '\r']);
        let word = code.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        if is_statement && !STATEMENTS.contains(&word) {
            let hint = say!("There are: {allowed}.", allowed = STATEMENTS.join(", "));
            return Err(wrong(say!("A template has no statement \"{word}\".", word)).hint(hint));
        }
        match code.contains(['*', '~', '+']) {
            true => Err(wrong(say!("A template does not calculate.")).hint("Only insert values.")),
            false => Ok(()),
        }
    })?;
    let environment = environment();
    let template = environment.template_from_str(body).map_err(|error| {
        let reason = error.detail().unwrap_or("syntax error");
        let message = match error.line() {
            Some(line) => say!("This cannot be read as a template: {reason} (line {line}).", reason, line),
            None => say!("This cannot be read as a template: {reason}.", reason),
        };
        wrong(message).hint("Values stand in double braces: {{ ticket.number }}.")
    })?;
    let used: BTreeSet<String> = template.undeclared_variables(true).into_iter().collect();
    if let Some(unknown) = used.iter().find(|name| !VARIABLES.iter().any(|(known, _)| known == name)) {
        let unknown: String = unknown.chars().take(64).collect();
        let allowed: Vec<String> = VARIABLES.iter().map(|(name, _)| (*name).to_owned()).collect();
        return Err(wrong(say!("There is no variable \"{unknown}\".", unknown))
            .hint(say!("There are: {allowed}.", allowed = allowed.join(", ")))
            .detail(Detail::Allowed(allowed)));
    }
    // Filters and tests are looked up when they are used: try it.
    let sample = VARIABLES.iter().map(|(name, _)| (*name, "sample".to_owned())).collect();
    fill(body, &sample).map(|_| ()).map_err(|error| error.at("body"))
}

/// What stands inside `{{ }}` and `{% %}`, and whether it is a statement.
fn inside(body: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut rest = body;
    std::iter::from_fn(move || {
        let start = [rest.find("{{"), rest.find("{%")].into_iter().flatten().min()?;
        let is_statement = rest[start..].starts_with("{%");
        let code = &rest[start + 2..];
        let end = code.find(if is_statement { "%}" } else { "}}" }).unwrap_or(code.len());
        rest = &code[end..];
        Some((is_statement, &code[..end]))
    })
}

/// The text with these values.
fn fill(body: &str, values: &BTreeMap<&str, String>) -> Result<String> {
    let mut nouns: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
    for (name, value) in values {
        if let Some((noun, field)) = name.split_once('.') {
            nouns.entry(noun).or_default().insert(field, Value::from(value.as_str()));
        }
    }
    let context: BTreeMap<&str, Value> = nouns.into_iter().map(|(noun, fields)| (noun, Value::from(fields))).collect();
    environment().render_str(body, Value::from(context)).map_err(|error| {
        Error::invalid("templateId", say!("The template cannot be filled in: {error}.", error = error.to_string()))
            .hint("Mend its text.")
    })
}

/// The text of a template for a ticket, as `actor` would send it.
///
/// # Errors
/// `INVALID_VALUE` for a text that cannot be filled in; the database's.
pub async fn for_ticket(
    conn: &impl ConnectionTrait,
    profile: &Profile,
    actor: &Actor,
    body: &str,
    ticket: &ticket::Model,
) -> Result<String> {
    let ids: Vec<PersonId> =
        [Some(ticket.requester_id), ticket.assignee_id, actor.person].into_iter().flatten().collect();
    let people = loaders::people(conn, &ids).await?;
    let name = |id: Option<PersonId>| id.and_then(|id| people.get(&id)).map(|row| row.name.clone()).unwrap_or_default();
    let organization = match ticket.organization_id {
        Some(id) => loaders::organizations(conn, &[id]).await?.remove(&id).map(|row| row.name).unwrap_or_default(),
        None => String::new(),
    };
    let named = |name: Option<&str>, key: &str| name.unwrap_or(key).to_owned();
    let values = BTreeMap::from([
        ("ticket.number", ticket.number.clone()),
        ("ticket.title", ticket.title.clone()),
        ("ticket.status", named(profile.status(&ticket.status).map(|status| status.name.as_str()), &ticket.status)),
        ("ticket.priority", named(profile.priority(&ticket.priority).map(|p| p.name.as_str()), &ticket.priority)),
        ("ticket.category", named(profile.category(&ticket.category).map(|c| c.name.as_str()), &ticket.category)),
        ("requester.name", name(Some(ticket.requester_id))),
        ("organization.name", organization),
        ("assignee.name", name(ticket.assignee_id)),
        ("agent.name", name(actor.person)),
    ]);
    fill(body, &values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> String {
        check(body).unwrap_err().message().to_string()
    }

    #[test]
    fn a_template_inserts_and_chooses_and_does_nothing_else() {
        check("Dear {{ requester.name | default(\"you\") }},\n{% if ticket.category == \"Billing\" %}*Money*{% else %}Well{% endif %}").unwrap();
        let values = VARIABLES.iter().map(|(name, _)| (*name, String::new())).collect();
        let text = "{% if assignee.name %}{{ assignee.name }}{% else %}nobody{% endif %} {{ agent.name | default(\"us\") | upper }}";
        assert_eq!(fill(text, &values).unwrap(), "nobody US");
        assert_eq!(refused("{{ ticket.secret }}"), "There is no variable \"ticket.secret\".");
        assert_eq!(refused("{{ ticket }}"), "There is no variable \"ticket\".");
        assert_eq!(refused("{{ ticket['number'] }}{{ password }}"), "There is no variable \"password\".");
        assert_eq!(refused("{% for a in ticket.title %}x{% endfor %}"), "A template has no statement \"for\".");
        assert_eq!(refused("{%- set a = 1 %}"), "A template has no statement \"set\".");
        assert_eq!(refused("{{ \"x\" * 100000000 }}"), "A template does not calculate.");
        assert!(refused("{{ ticket.number | secret }}").contains("cannot be filled in"));
        assert!(refused("{{ ticket.number").contains("cannot be read"));
        assert!(refused("{% if ticket.number %}").contains("cannot be read"));
        check("Braces { } and 50 % and ** are just text.").unwrap();
    }
}
