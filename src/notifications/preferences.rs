//! What somebody does not want to be told, or not by which channel.

use std::collections::BTreeSet;

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};

use super::events;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Error, Result};
use crate::people::events::PersonEvent;
use crate::people::{find, person};
use crate::profile::{Delivery, Profile};
use crate::say;

/// How many preferences can be set at once.
const MANY: usize = 100;

/// Says what you want to be told, and how. What is not sent stays.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "NotificationPreferencesSetInput")]
pub struct NotificationPreferencesSet {
    /// At most 100.
    pub preferences: Vec<PreferenceInput>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version: that of your person.
    pub options: WriteOptions,
}

/// Whether you want to be told of a kind of event by a channel.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "NotificationPreferenceInput")]
pub struct PreferenceInput {
    /// The kind of event, as `viewer.notificationPreferences` has it: `comment.added`.
    pub event: String,
    /// How.
    pub channel: Delivery,
    /// Whether you want that.
    pub enabled: bool,
}

/// Whether somebody wants to be told of a kind of event by a channel.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
#[graphql(name = "NotificationPreference")]
pub struct Preference {
    /// The kind of event: `comment.added`.
    pub event: String,
    /// How.
    pub channel: Delivery,
    /// Whether they want that. True unless they said otherwise.
    pub enabled: bool,
}

/// What people can be told of at this desk, and how: each once, in the order of the profile; then what is sent to them by somebody.
fn choices(profile: &Profile) -> Vec<(&str, Delivery)> {
    let rules = profile.notifications.iter();
    let told = rules.flat_map(|rule| rule.channels.iter().map(move |channel| (rule.event.as_str(), *channel)));
    // The inbox always has what somebody sent.
    let sent = [Delivery::Email, Delivery::Sms].map(|channel| (events::SENT, channel));
    let mut seen = BTreeSet::new();
    told.chain(sent).filter(|choice| seen.insert(*choice)).collect()
}

/// What somebody wants.
pub fn of(profile: &Profile, person: &person::Model) -> Vec<Preference> {
    let one = |(event, channel): (&str, Delivery)| Preference {
        event: event.to_owned(),
        channel,
        enabled: wants(person, event, channel),
    };
    choices(profile).into_iter().map(one).collect()
}

/// Whether somebody wants to be told of a kind of event by a channel.
pub(super) fn wants(person: &person::Model, event: &str, channel: Delivery) -> bool {
    let unwanted = word(event, channel);
    !person.muted.as_deref().unwrap_or_default().split_whitespace().any(|word| word == unwanted)
}

/// How the person's row says that they do not want something.
fn word(event: &str, channel: Delivery) -> String {
    let channel = match channel {
        Delivery::Inbox => "inbox",
        Delivery::Email => "email",
        Delivery::Sms => "sms",
    };
    format!("{event}/{channel}")
}

impl Operation for NotificationPreferencesSet {
    type Outcome = person::Model;
    const NAME: &'static str = "notification.preferences_set";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<person::Model> {
        let me = tx.actor.require_person()?;
        tx.allow_because("everybody says for themselves what they want to be told");
        let person = find::lock_unseen(tx, me).await?;
        let mut person = person.ok_or_else(|| Error::not_found("person"))?;
        tx.expect_version(person.id.0, person.version)?;
        if self.preferences.len() > MANY {
            return Err(Error::invalid("preferences", say!("Set at most {max} at once.", max = MANY)));
        }
        let choices = choices(tx.profile());
        let mut muted: BTreeSet<String> =
            person.muted.as_deref().unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        for preference in &self.preferences {
            if !choices.contains(&(&preference.event, preference.channel)) {
                let allowed: BTreeSet<&str> = choices.iter().map(|(event, _)| *event).collect();
                return Err(match allowed.contains(preference.event.as_str()) {
                    true => Error::invalid("channel", "Nobody is told of this by that channel here.").at("preferences"),
                    false => Error::unknown_key("event", &preference.event, allowed).at("preferences"),
                });
            }
            let word = word(&preference.event, preference.channel);
            match preference.enabled {
                true => drop(muted.remove(&word)),
                false => drop(muted.insert(word)),
            }
        }
        let muted = (!muted.is_empty()).then(|| Vec::from_iter(muted).join(" "));
        if muted == person.muted {
            tx.nothing_changed();
            return Ok(person);
        }
        person.muted = muted;
        find::save(tx, &mut person).await?;
        tx.append(&PersonEvent::Updated { person: person.id })?;
        Ok(person)
    }
}
