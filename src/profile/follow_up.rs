//! What follows from what people do: rewards, ratings, messages to people; and what is asked of a requester and of files.

use serde::Deserialize;

use super::{Named, Who};

/// What customers get for what they do, by action. Each is given once for a ticket and action, and never keeps the action from
/// succeeding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rewards {
    /// For opening a ticket.
    pub create: Option<Reward>,
    /// For escalating one.
    pub escalate: Option<Reward>,
    /// For closing one.
    pub close: Option<Reward>,
}

/// A reward.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reward {
    /// What the system that keeps the points calls it.
    pub name: String,
    /// Points.
    #[serde(default)]
    pub points: u32,
    /// Money, in the currency's smallest unit: 20 is $0.20.
    #[serde(default)]
    pub credit_minor: u32,
    /// The currency of the money, as ISO 4217 writes it: `USD`.
    pub currency: Option<String>,
}

impl Rewards {
    /// The rewards by the names they have in a profile.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Reward)> {
        [("create", &self.create), ("escalate", &self.escalate), ("close", &self.close)]
            .into_iter()
            .filter_map(|(action, reward)| Some((action, reward.as_ref()?)))
    }
}

/// How requesters are reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Contact {
    /// Kinds of contact of which a requester must have a verified one before a ticket is opened for them: any one of those listed
    /// will do. Empty: none is demanded.
    pub verified: Vec<ContactKind>,
    /// How a requester can wish to be answered. Empty: nobody is asked.
    pub methods: Vec<Named>,
    /// The wish of whoever says none. Absent: none.
    pub default_method: Option<String>,
}

/// A kind of contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, async_graphql::Enum, serde::Serialize, Deserialize)]
#[graphql(name = "VerifiableContact")]
#[serde(rename_all = "lowercase")]
pub enum ContactKind {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
}

/// How requesters rate what they got.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Satisfaction {
    /// How satisfied: from, to, and what counts as satisfied.
    pub scale: Scale,
    /// How much effort it took, if that is asked.
    pub effort: Option<Scale>,
    /// From which stage on a ticket can be rated.
    #[serde(default)]
    pub after: RatedAfter,
    /// How long, from then on; absent: for ever.
    pub window: Option<super::Period>,
    /// Whether participants rate as well as the requester.
    #[serde(default)]
    pub participants: bool,
}

/// A scale of whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// The worst (of effort: the least).
    pub min: i32,
    /// The best (of effort: the most).
    pub max: i32,
    /// From here on it counts as good: satisfied; of effort, up to here as low.
    pub good: i32,
}

impl Scale {
    /// Whether it is on the scale.
    pub fn has(&self, value: i32) -> bool {
        (self.min..=self.max).contains(&value)
    }
}

/// From which stage on a ticket can be rated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, async_graphql::Enum, serde::Serialize, Deserialize)]
#[graphql(name = "RatedAfter")]
#[serde(rename_all = "lowercase")]
pub enum RatedAfter {
    /// As soon as it is resolved, or closed.
    Resolved,
    /// Only when it is closed.
    #[default]
    Closed,
}

/// Which files people attach.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Attachments {
    /// The largest file, in bytes.
    pub max_bytes: u64,
    /// Files of one ticket or comment.
    pub max_count: u32,
    /// Media types that are taken: `application/pdf`, or `image/*` for all of a kind.
    pub types: Vec<String>,
}

impl Default for Attachments {
    fn default() -> Self {
        let types = [
            "image/png",
            "image/jpeg",
            "image/gif",
            "image/webp",
            "application/pdf",
            "text/plain",
            "application/msword",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.oasis.opendocument.text",
        ];
        Self { max_bytes: 10 << 20, max_count: 10, types: types.map(str::to_owned).to_vec() }
    }
}

impl Attachments {
    /// Whether files of this media type are taken.
    pub fn takes(&self, media_type: &str) -> bool {
        let media_type = media_type.to_ascii_lowercase();
        self.types.iter().any(|allowed| match allowed.strip_suffix("/*") {
            Some(kind) => media_type.split('/').next() == Some(kind),
            None => *allowed == media_type,
        })
    }
}

/// Who is told of an event, and how.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notification {
    /// The kind of event, such as `ticket.assigned`.
    pub event: String,
    /// Only if the ticket is in this stage after the event.
    pub stage: Option<super::Stage>,
    /// Only if it was done by staff, or by customers.
    #[serde(default)]
    pub by: Who,
    /// Who is told. Whoever did it is not, unless it is a confirmation.
    pub to: Vec<Recipient>,
    /// Whether whoever did it is told as well, if they are one of those: that it arrived.
    #[serde(default)]
    pub confirms: bool,
    /// How.
    pub channels: Vec<Delivery>,
    /// The key of the text in `[texts]`; absent: the engine's own for the event.
    pub text: Option<String>,
}

/// Somebody who is told.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, async_graphql::Enum, serde::Serialize, Deserialize,
)]
#[graphql(name = "NotificationRecipient")]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// Who asks.
    Requester,
    /// Who takes part.
    Participants,
    /// Who works on it.
    Assignee,
    /// The team that works on it.
    Team,
    /// Who runs the desk.
    Administrators,
}

/// How somebody is told.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, async_graphql::Enum, serde::Serialize, Deserialize,
)]
#[graphql(name = "NotificationChannel")]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// In the desk itself.
    Inbox,
    /// By mail.
    Email,
    /// By text message.
    Sms,
}
