//! How errors look to GraphQL clients: the one conversion and the one mask.
//!
//! A resolver may use `?` on the desk's own [`Error`]: it travels as the source of async-graphql's error, and [`shape`] dresses
//! it on the way out, where the request's id is known. Whatever arrives there without a code was made by the library (parse,
//! validation, coercion) and gets its code from one mapping, or is nobody's and is masked: its text goes to the log, never out.
//!
//! Absent: `userErrors`, which are data and belong to the payloads.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};

use super::vocabulary::Vocabulary;
use crate::error::{Code, Detail, Error};
use crate::language::{self, Language, Said};
use crate::profile::{Aliases, ErrorAlias, ErrorFacts};
use crate::say;

/// Errors of one answer that are told; a document of 2,000 wrong names need not be answered with 2,000 messages.
const TOLD: usize = 20;

/// Bytes of a message of the library that are told: what it quotes may be as long as a request.
const LONGEST: usize = 500;

/// How errors are told on this server.
#[derive(Clone, Debug, Default)]
pub struct Telling {
    /// Whether a message may suggest names of the schema that are like a wrong one.
    pub suggestions: bool,
    /// What the inputs and enums of the schema take. Listed on every server: whoever knows an input's name may know its fields, as
    /// the allowed keys of a desk are listed too.
    pub vocabulary: Arc<Vocabulary>,
    /// What the clients of this desk call errors.
    pub aliases: Aliases,
}

/// Hands a refusal to async-graphql. `?` does the same; this is for places that build an error by hand.
pub fn into_graphql(error: Error) -> async_graphql::Error {
    async_graphql::Error { message: error.message().to_string(), source: Some(Arc::new(error)), extensions: None }
}

/// A refusal of a whole request, before anything was executed.
pub fn request_error(error: Error) -> ServerError {
    ServerError {
        message: error.message().to_string(),
        source: Some(Arc::new(error)),
        locations: Vec::new(),
        path: Vec::new(),
        extensions: None,
    }
}

/// A document that cannot be read, in one line and with its place.
pub fn parse_error(error: async_graphql::parser::Error) -> ServerError {
    let full = error.to_string();
    // The parser draws a picture of several lines; what it expected is in the last one.
    let reason = full.lines().filter_map(|line| line.trim_start().strip_prefix("= ")).next_back().unwrap_or(&full);
    let locations: Vec<_> = error.positions().collect();
    let message = match locations.first() {
        Some(at) => {
            say!("Syntax error at line {line}, column {column}: {reason}", line = at.line, column = at.column, reason)
        }
        None => say!("Syntax error: {reason}", reason),
    };
    ServerError { locations, ..request_error(Error::with(Code::GraphqlParseFailed, message)) }
}

/// Gives every error of an answer its code, hint, details and request id, and masks what is not the client's business. Answers
/// the code of the first error.
pub fn shape(response: &mut Response, request_id: &str, telling: &Telling) -> Option<Code> {
    let before_execution = is_request_error(response);
    let more = response.errors.len().saturating_sub(TOLD);
    response.errors.truncate(TOLD);
    let mut first = None;
    for error in &mut response.errors {
        let code = dress(error, before_execution, request_id, telling);
        first.get_or_insert(code);
    }
    if more > 0
        && let Some(last) = response.errors.last_mut()
    {
        last.message.push_str(&format!(" ({})", say!("{more} more errors are not shown.", more).here()));
    }
    first
}

/// Whether the answer refuses the request as a whole: nothing was executed, so it has no `data`.
pub fn is_request_error(response: &Response) -> bool {
    !response.errors.is_empty()
        && response.data == Value::Null
        && response.errors.iter().all(|error| error.path.is_empty())
}

fn dress(error: &mut ServerError, before_execution: bool, request_id: &str, telling: &Telling) -> Code {
    let source = error.source.take();
    let own = source.as_ref().and_then(|source| source.downcast_ref::<Error>());
    let mut values = error.extensions.take().unwrap_or_default();
    let code = match own {
        Some(own) => {
            if let Some(cause) = own.cause() {
                tracing::error!(request_id, code = own.code().name(), cause = format!("{cause:#}"), "a request failed");
            }
            error.message = own.message().here();
            details(own, &mut values);
            top_level(own.code())
        }
        None => match named(&values) {
            Some(code) => top_level(code),
            None => {
                let code = library(error, source.is_some(), before_execution, request_id);
                say_what_is_allowed(error, &mut values, &telling.vocabulary);
                if code != Code::InternalError && language::present() != Language::English {
                    // What the library says of a document is English; the code's own sentence says what it is about.
                    error.message = format!("{} ({})", Said::from(code.row().message).here(), error.message);
                }
                code
            }
        },
    };
    let alias = match own {
        Some(own) => alias(&telling.aliases, own),
        None => telling.aliases.error(ErrorFacts { code, subject: None, field: &[], operation: None }),
    };
    if let Some(alias) = alias {
        values.set("alias", alias.alias.as_str());
        if let Some(message) = &alias.message {
            error.message.clone_from(message);
        }
    }
    if !telling.suggestions
        && let Cow::Owned(message) = without_suggestion(&error.message)
    {
        error.message = message;
    }
    if values.get("hint").is_none() {
        values.set("hint", Said::from(code.row().hint).here());
    }
    values.set("code", code.name());
    values.set("requestId", request_id);
    error.extensions = Some(values);
    code
}

/// What the clients of a desk call an error.
pub fn alias<'a>(aliases: &'a Aliases, error: &Error) -> Option<&'a ErrorAlias> {
    aliases.error(ErrorFacts {
        code: error.code(),
        subject: error.subject(),
        field: error.field(),
        operation: error.operation(),
    })
}

fn details(own: &Error, values: &mut ErrorExtensionValues) {
    values.set("hint", own.way_out().here());
    if !own.field().is_empty() {
        values.set("field", texts(own.field().iter().cloned()));
    }
    match own.details() {
        Detail::None => {}
        Detail::Allowed(allowed) => values.set("allowed", texts(allowed.iter().cloned())),
        Detail::Transitions(allowed) => values.set("allowed", texts(allowed.iter().map(|(key, _)| key.clone()))),
        Detail::Conflict { current, .. } => values.set("currentVersion", *current),
        Detail::RetryAfter(ms) => values.set("retryAfterMs", *ms),
        Detail::ResyncFrom(cursor) => values.set("resyncFrom", cursor.as_str()),
    }
}

fn texts(items: impl Iterator<Item = String>) -> Value {
    Value::List(items.map(Value::String).collect())
}

/// A value that a query refuses is bad input there; in a mutation it is a user error and never comes this way.
fn top_level(code: Code) -> Code {
    match code {
        Code::InvalidValue => Code::BadUserInput,
        other => other,
    }
}

fn named(values: &ErrorExtensionValues) -> Option<Code> {
    match values.get("code") {
        Some(Value::String(name)) => Code::ALL.iter().copied().find(|code| code.name() == name.as_str()),
        _ => None,
    }
}

/// The code of an error that async-graphql made itself, told by the text it uses; anything else is masked.
fn library(error: &mut ServerError, has_source: bool, before_execution: bool, request_id: &str) -> Code {
    let message = error.message.as_str();
    // A resolver's `?` sets a source, the library's own errors do not: so the text of a resolver's error cannot pass for one.
    if !has_source {
        let coercion = ["Invalid value for argument", "Failed to parse \"", "Expected input type \""];
        if coercion.iter().any(|start| message.starts_with(start)) {
            return Code::BadUserInput;
        }
        if before_execution {
            return Code::GraphqlValidationFailed;
        }
    }
    tracing::error!(request_id, path = ?error.path, cause = message, "a resolver failed without a code");
    error.message = Said::from(Code::InternalError.row().message).here();
    Code::InternalError
}

/// Adds what would have been right to the library's message, and keeps the message to a length that can be read.
fn say_what_is_allowed(error: &mut ServerError, values: &mut ErrorExtensionValues, vocabulary: &Vocabulary) {
    let allowed = vocabulary.allowed(&error.message);
    if error.message.len() > LONGEST {
        error.message.truncate(error.message.floor_char_boundary(LONGEST));
        error.message.push('…');
    }
    if let Some(allowed) = allowed {
        error.message.push_str(". ");
        error.message.push_str(&say!("Allowed are: {allowed}.", allowed = allowed.join(", ")).here());
        values.set("allowed", texts(allowed.iter().cloned()));
        values.set("hint", say!("Send one of those in `allowed`.").here());
    }
}

fn without_suggestion(message: &str) -> Cow<'_, str> {
    match message.find(" Did you mean ") {
        Some(at) => Cow::Owned(message[..at].to_owned()),
        None => Cow::Borrowed(message),
    }
}
