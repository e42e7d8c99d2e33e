//! Requests and answers in the log, at DEBUG only, with passwords and tokens left out.
//!
//! What a document calls a thing, it may call anything: an alias hides `accessToken`, a variable may be named `$p`. So names are
//! not all that decides: a document that mentions a secret anywhere is logged without any text, and its answer not at all.

use serde_json::Value;
use tracing::{Level, debug, enabled};

use crate::graphql::api::{Answer, GraphqlRequest};
use crate::graphql::gate::lexer::{self, Kind};

/// Parts of names of the schema that stand for secrets, or for something that has one: the only list. A test holds it against every
/// field and argument of the schema, so that a new secret cannot be forgotten.
const SECRET: [&str; 11] = [
    "password",
    "token",
    "secret",
    "credential",
    "apikey",
    "signin",
    "register",
    "url",
    "verify",
    "contactcode",
    "contactproof",
];
/// Characters of a payload that are logged.
const LONGEST: usize = 4_096;

/// Whether an answer may be logged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Secrets(bool);

/// Logs a request, and says whether its answer may be logged.
pub(super) fn request(request_id: &str, request: &GraphqlRequest) -> Secrets {
    if !enabled!(Level::DEBUG) {
        return Secrets(true);
    }
    let secret = mentions_secret(&request.query);
    let mut variables = serde_json::to_value(&request.variables).unwrap_or_default();
    redact(&mut variables, secret);
    let query = cut(lexer::without_strings(&request.query));
    debug!(request_id, query, variables = cut(variables.to_string()), "request");
    Secrets(secret)
}

/// Logs an answer.
pub(super) fn response(request_id: &str, answer: &Answer, secrets: Secrets) {
    if secrets.0 || !enabled!(Level::DEBUG) {
        return;
    }
    let mut body = serde_json::to_value(&answer.response).unwrap_or_default();
    redact(&mut body, false);
    debug!(request_id, body = cut(body.to_string()), "response");
}

fn mentions_secret(query: &str) -> bool {
    lexer::tokens(query).any(|token| token.kind == Kind::Name && is_secret(token.text))
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET.iter().any(|secret| name.contains(secret))
}

fn redact(value: &mut Value, texts: bool) {
    match value {
        Value::String(text) if texts => "…".clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| redact(item, texts)),
        Value::Object(fields) => {
            for (name, field) in fields {
                redact(field, texts || is_secret(name));
            }
        }
        _ => {}
    }
}

fn cut(mut text: String) -> String {
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use async_graphql::parser::parse_schema;
    use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};

    use super::*;

    /// Parts of names that could stand for a secret: whoever adds such a field to the schema decides here or in [`SECRET`].
    const SUSPECT: [&str; 15] = [
        "password",
        "token",
        "secret",
        "credential",
        "code",
        "key",
        "hash",
        "signature",
        "pin",
        "otp",
        "auth",
        "url",
        "link",
        "nonce",
        "challenge",
    ];

    /// What looks like one and is none: keys of profiles and of retries, codes of errors, people who write, cursors that cannot act, what is said of tickets
    /// that belong together.
    const HARMLESS: [&str; 9] = [
        "key",
        "idempotencyKey",
        "author",
        "typing",
        "ticketTyping",
        "links",
        "linkKind",
        "ticketLink",
        "ticketUnlink",
    ];

    #[test]
    fn every_field_and_argument_of_the_schema_that_could_be_a_secret_is_decided_on() {
        let document = parse_schema(&crate::graphql::served().sdl).unwrap();
        let mut undecided = BTreeSet::new();
        let mut secrets = 0;
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let owner = definition.node.name.node.to_string();
            let mut names = Vec::new();
            let given = matches!(definition.node.kind, TypeKind::InputObject(_));
            match definition.node.kind {
                TypeKind::InputObject(input) => names.extend(input.fields.iter().map(|field| field.node.name.clone())),
                TypeKind::Object(object) => {
                    for field in &object.fields {
                        names.push(field.node.name.clone());
                        names.extend(field.node.arguments.iter().map(|argument| argument.node.name.clone()));
                    }
                }
                _ => {}
            }
            for name in names.iter().map(|name| name.node.as_str()) {
                let folded = name.to_ascii_lowercase();
                // What an error is called is a code; a code that somebody sends would be a secret.
                let harmless = HARMLESS.contains(&name) || (!given && name == "code");
                match SUSPECT.iter().any(|part| folded.contains(part)) {
                    true if is_secret(name) || is_secret(&owner) => secrets += 1,
                    true if !harmless => _ = undecided.insert(format!("{owner}.{name}")),
                    _ => {}
                }
            }
        }
        assert!(secrets > 10, "{secrets}");
        assert!(undecided.is_empty(), "secrets or not? {undecided:?}");
    }

    #[test]
    fn passwords_and_tokens_never_reach_the_log() {
        assert!(mentions_secret("mutation M($p: String!) { t: tokenRefresh(input: {t: $p}) { a: accessToken } }"));
        assert!(!mentions_secret("{ tickets(query: \"password\") { nodes { title } } }"));
        let mut variables = serde_json::json!({"input": {"Password": "hunter2", "email": "a@b"}, "p": ["x"]});
        redact(&mut variables, false);
        assert_eq!(variables.to_string(), r#"{"input":{"Password":"…","email":"a@b"},"p":["x"]}"#);
        redact(&mut variables, true);
        assert!(!variables.to_string().contains("a@b") && !variables.to_string().contains('x'));
        assert_eq!(lexer::without_strings(r#"{ a(p: "hun\"ter") b(q: """x "y" z""") }"#), r#"{ a(p: "…") b(q: "…") }"#);
    }
}
