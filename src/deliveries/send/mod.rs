//! The senders: by what way a delivery leaves this process. Without a mail server or a gateway, messages are written to files.

mod folder;
mod mail;
mod sms;

use std::time::Duration;

use anyhow::Context;
use folder::Folder;
use lettre::message::Mailbox;
use mail::Smtp;
use sms::Gateway;

use super::delivery::{Channel, Model};
use crate::config::Config;

/// Why something was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// It may go well later.
    Now(String),
    /// It never will.
    Final(String),
}

/// How messages leave the desk.
pub struct Senders {
    mail: Mail,
    sms: Sms,
}

enum Mail {
    Smtp(Smtp),
    Folder(Folder, Mailbox),
}

enum Sms {
    Gateway(Box<Gateway>),
    Folder(Folder),
}

impl Senders {
    /// The senders that the configuration names; says so where messages go to files instead.
    ///
    /// # Errors
    /// A mail server or a gateway that cannot be used as it is written; certificates that the system does not give.
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let from = config.mail.from.parse().context("mail.from is no address")?;
        let mail = match &config.mail.smtp_url {
            Some(url) => Mail::Smtp(Smtp::new(url, &config.mail, from)?),
            None => Mail::Folder(Folder::new(config.data.join("mail"), "mail.smtp_url"), from),
        };
        let sms = match &config.sms.url {
            Some(url) => Sms::Gateway(Box::new(Gateway::new(url, &config.sms)?)),
            None => Sms::Folder(Folder::new(config.data.join("sms"), "sms.url")),
        };
        Ok(Self { mail, sms })
    }

    /// Sends one. It takes no longer than the configuration allows.
    pub(super) async fn send(&self, delivery: &Model) -> Result<(), Failure> {
        match delivery.channel {
            Channel::Email => match &self.mail {
                Mail::Smtp(smtp) => smtp.send(delivery).await,
                Mail::Folder(folder, from) => folder.write(delivery, "eml", &mail::written(delivery, from)?).await,
            },
            Channel::Sms => match &self.sms {
                Sms::Gateway(gateway) => gateway.send(delivery).await,
                Sms::Folder(folder) => {
                    let text = format!("To: {}\n\n{}\n", delivery.address, delivery.body);
                    folder.write(delivery, "txt", text.as_bytes()).await
                }
            },
        }
    }
}

/// Waits for `work`, but not for longer than `limit`.
async fn in_time<T>(limit: Duration, work: impl Future<Output = T>) -> Result<T, Failure> {
    let late = |_| Failure::Now(format!("There was no answer within {} seconds.", limit.as_secs()));
    tokio::time::timeout(limit, work).await.map_err(late)
}
