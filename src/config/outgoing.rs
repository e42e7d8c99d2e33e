//! What is checked of the ways by which messages leave the desk, so that a wrong one is refused at the start and not found out by the
//! first message.

use axum::http::{HeaderValue, Uri};
use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};

pub(super) fn is_smtp(url: &str) -> bool {
    AsyncSmtpTransport::<Tokio1Executor>::from_url(url).is_ok()
}

pub(super) fn is_sender(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok()
}

pub(super) fn is_gateway(url: &str) -> bool {
    let uri = url.parse::<Uri>().ok();
    uri.is_some_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some())
}

pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && HeaderValue::from_str(text).is_ok()
}

/// Whether it is JSON whatever is put into it, and both are.
pub(super) fn is_sms_body(template: &str) -> bool {
    const TO: &str = "+1 \"a\"";
    const TEXT: &str = "one\n\"two\" {}";
    fn has(value: &serde_json::Value, text: &str) -> bool {
        match value {
            serde_json::Value::String(found) => found.contains(text),
            serde_json::Value::Array(items) => items.iter().any(|item| has(item, text)),
            serde_json::Value::Object(fields) => fields.values().any(|item| has(item, text)),
            _ => false,
        }
    }
    let json = sms_body(template, TO, TEXT).ok().and_then(|body| serde_json::from_str(&body).ok());
    json.is_some_and(|json| has(&json, TO) && has(&json, TEXT))
}

/// What is sent to the gateway: the values are inserted as JSON writes them, with their quotes.
///
/// # Errors
/// A template that does not read, or that names other values.
pub(crate) fn sms_body(template: &str, to: &str, text: &str) -> Result<String, minijinja::Error> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Json);
    environment.render_str(template, context! { to, text })
}
