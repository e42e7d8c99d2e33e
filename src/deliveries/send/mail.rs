//! Mail: a delivery as a message, and the way to a mail server.
//!
//! Each message has a connection of its own. The library's pool takes back a connection whose user gave up in the middle of a
//! conversation, and the next user would take the answer to somebody else's message for their own.

use std::time::Duration;

use anyhow::Context;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::{Category, Severity};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::{Failure, in_time};
use crate::config::{self, Secret};
use crate::deliveries::delivery::Model;

/// A mail server that takes mail for everybody.
pub(super) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    limit: Duration,
}

impl Smtp {
    /// A server by its address.
    pub(super) fn new(url: &Secret, mail: &config::Mail, from: Mailbox) -> anyhow::Result<Self> {
        let limit = Duration::from_secs(mail.timeout_seconds);
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose())
            .context("the mail server cannot be used: mail.smtp_url")?
            .timeout(Some(limit))
            .build();
        Ok(Self { transport, from, limit })
    }

    /// Sends one.
    pub(super) async fn send(&self, delivery: &Model) -> Result<(), Failure> {
        let message = message(delivery, &self.from)?;
        match in_time(self.limit, self.transport.send(message)).await? {
            Ok(_) => Ok(()),
            Err(error) => Err(failure(&error)),
        }
    }
}

/// Whether it is worth another try. Refused for good is what the server says of this address or this message; what it says of us, such
/// as wrong credentials, an operator can mend.
fn failure(error: &Error) -> Failure {
    let of_the_message = error.status().is_some_and(|code| {
        let of_it = code.category == Category::MailSystem || code.to_string() == "501";
        code.severity == Severity::PermanentNegativeCompletion && of_it
    });
    // An error of the client is a message that this server cannot be asked to take.
    match of_the_message || error.is_client() {
        true => Failure::Final(error.to_string()),
        false => Failure::Now(error.to_string()),
    }
}

/// A delivery as the bytes of a mail.
pub(super) fn written(delivery: &Model, from: &Mailbox) -> Result<Vec<u8>, Failure> {
    Ok(message(delivery, from)?.formatted())
}

fn message(delivery: &Model, from: &Mailbox) -> Result<Message, Failure> {
    let unusable =
        |error: &dyn std::fmt::Display| Failure::Final(format!("No mail can be written to this address: {error}"));
    let to: Address = delivery.address.parse().map_err(|error| unusable(&error))?;
    let builder = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(&delivery.subject)
        // The same for each attempt: receivers drop the second copy of one mail.
        .message_id(Some(format!("<{}@{}>", delivery.id, from.email.domain())))
        // Nobody's absence is answered to the desk.
        .header(AutoSubmitted);
    let message = match &delivery.html {
        Some(html) => builder.multipart(MultiPart::alternative_plain_html(delivery.body.clone(), html.clone())),
        None => builder.singlepart(SinglePart::plain(delivery.body.clone())),
    };
    message.map_err(|error| unusable(&error))
}

/// The header that tells machines from people.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
