//! Typed ids: a UUIDv7 inside, prefixed and time-sortable text (`tkt_01j…`) at the edge.
//!
//! Every id type registers as GraphQL's `ID`, so that clients see one scalar while the code cannot mix two nouns up. A text
//! with the wrong prefix is refused while the input is parsed. The databases hold 16 bytes (SQLite) or `uuid` (PostgreSQL).

use std::borrow::Cow;
use std::fmt;

use ulid::Ulid;
use uuid::Uuid;

/// Why a text is not the id that was asked for.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("\"{got}\" is not the id of a {noun}: such ids look like \"{prefix}_01j…\"{}", instead(noun))]
pub struct IdError {
    /// The prefix that was expected, such as `tkt`.
    pub prefix: &'static str,
    /// The noun that was expected, such as `ticket`.
    pub noun: &'static str,
    /// What came instead, cut to 64 characters.
    pub got: String,
}

/// Where to go with what people take for the id.
fn instead(noun: &str) -> &'static str {
    if noun == "ticket" { "; by its number, ticketByNumber finds it" } else { "" }
}

/// An id of any noun: what `node(id:)` takes apart to find out what it names.
pub trait TypedId: Copy + From<Uuid> {
    /// The text before the underscore.
    const PREFIX: &'static str;
    /// The word for people.
    const NOUN: &'static str;
    /// The bare UUID.
    fn uuid(self) -> Uuid;
}

/// Reads a prefixed id.
pub fn parse<T: TypedId>(text: &str) -> Result<T, IdError> {
    text.strip_prefix(T::PREFIX)
        .and_then(|rest| rest.strip_prefix('_'))
        // 26 digits of five bits hold two more than a UUID has: the first digit is at most 7.
        .filter(|rest| rest.len() == 26 && rest.as_bytes()[0] <= b'7' && !rest.bytes().any(|b| b.is_ascii_uppercase()))
        .and_then(|rest| Ulid::from_string(rest).ok())
        .map(|ulid| T::from(Uuid::from_u128(ulid.0)))
        .ok_or_else(|| IdError { prefix: T::PREFIX, noun: T::NOUN, got: text.chars().take(64).collect() })
}

/// The UUID in an id of any noun.
pub fn any(text: &str) -> Option<Uuid> {
    Ulid::from_string(text.split_once('_')?.1).ok().map(|ulid| Uuid::from_u128(ulid.0))
}

/// Writes a prefixed id.
pub fn write<T: TypedId>(id: T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut digits = [0u8; 26];
    // The buffer has exactly the 26 characters that a 128-bit number takes in base 32, so the encoding cannot fail.
    let text = Ulid(id.uuid().as_u128()).array_to_str(&mut digits);
    text.make_ascii_lowercase();
    write!(f, "{}_{}", T::PREFIX, text)
}

/// Lets a type pass as GraphQL's `ID`.
macro_rules! as_graphql_id {
    ($name:ident, $parse:expr) => {
        impl async_graphql::InputType for $name {
            type RawValueType = Self;
            fn type_name() -> Cow<'static, str> {
                <async_graphql::ID as async_graphql::InputType>::type_name()
            }
            fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
                <async_graphql::ID as async_graphql::InputType>::create_type_info(registry)
            }
            fn parse(value: Option<async_graphql::Value>) -> async_graphql::InputValueResult<Self> {
                match value.unwrap_or_default() {
                    async_graphql::Value::String(text) => $parse(&text),
                    other => Err(async_graphql::InputValueError::expected_type(other)),
                }
            }
            fn to_value(&self) -> async_graphql::Value {
                async_graphql::Value::String(self.to_string())
            }
            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }
        }

        impl async_graphql::OutputType for $name {
            fn type_name() -> Cow<'static, str> {
                <async_graphql::ID as async_graphql::OutputType>::type_name()
            }
            fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
                <async_graphql::ID as async_graphql::OutputType>::create_type_info(registry)
            }
            async fn resolve(
                &self,
                _: &async_graphql::ContextSelectionSet<'_>,
                _: &async_graphql::Positioned<async_graphql::parser::types::Field>,
            ) -> async_graphql::ServerResult<async_graphql::Value> {
                Ok(async_graphql::Value::String(self.to_string()))
            }
        }
    };
}

/// The id of anything: what `node(id:)` takes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AnyId(pub String);

impl fmt::Display for AnyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

as_graphql_id!(AnyId, |text: &str| Ok(Self(text.to_owned())));

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal, $noun:literal;)*) => {
        /// The prefixed id of something whose noun is known as text, as events have it: `("api_key", …)`. The bare UUID for what has
        /// no ids at the edge.
        pub fn of_kind(kind: &str, uuid: Uuid) -> String {
            $(if kind.eq_ignore_ascii_case(&$noun.replace(' ', "_")) {
                return $name(uuid).to_string();
            })*
            uuid.to_string()
        }
        $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, sea_orm::DeriveValueType)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, later than every earlier one of this process.
            #[allow(clippy::new_without_default)]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl From<$name> for AnyId {
            fn from(id: $name) -> Self {
                Self(id.to_string())
            }
        }

        impl TypedId for $name {
            const PREFIX: &'static str = $prefix;
            const NOUN: &'static str = $noun;
            fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write(*self, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                parse(text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = Cow::<'de, str>::deserialize(d)?;
                parse(&text).map_err(serde::de::Error::custom)
            }
        }

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        as_graphql_id!($name, |text: &str| parse::<$name>(text).map_err(async_graphql::InputValueError::custom));
        )*
    };
}

ids! {
    /// A ticket.
    TicketId = "tkt", "ticket";
    /// A comment on a ticket.
    CommentId = "cmt", "comment";
    /// A person: customer, agent or administrator.
    PersonId = "per", "person";
    /// An organization that people belong to.
    OrganizationId = "org", "organization";
    /// An address or a number that reaches a person.
    ContactId = "cnt", "contact";
    /// A team of agents.
    TeamId = "tea", "team";
    /// A signed-in session.
    SessionId = "ses", "session";
    /// A key by which another system asks.
    ApiKeyId = "key", "API key";
    /// A thing of a customer's that another system knows: a booking, a service, a ride.
    ReferenceId = "ref", "reference";
    /// An article of the knowledge base.
    ArticleId = "art", "article";
    /// A frequently asked question.
    FaqId = "faq", "FAQ";
    /// A category of the knowledge base.
    KnowledgeCategoryId = "kca", "knowledge category";
    /// A template of an answer.
    TemplateId = "tpl", "template";
    /// A kept piece of text that a change replaced.
    RevisionId = "rev", "revision";
    /// A bulk job: the same done to many tickets.
    JobId = "job", "job";
    /// A file on a ticket or a comment.
    AttachmentId = "att", "attachment";
    /// A mail or text message that leaves the desk.
    DeliveryId = "dlv", "delivery";
    /// A link between two tickets.
    TicketLinkId = "lnk", "link between tickets";
    /// Something that somebody was told.
    NotificationId = "ntf", "notification";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip_and_say_what_they_expected() {
        let id = TicketId::new();
        let text = id.to_string();
        assert!(text.starts_with("tkt_0") && text.len() == 30, "{text}");
        assert_eq!(text.parse::<TicketId>(), Ok(id));
        let error = text.parse::<PersonId>().unwrap_err();
        assert_eq!((error.prefix, error.got.as_str()), ("per", text.as_str()));
        for bad in ["", "tkt_", "tkt_zzzzzzzzzzzzzzzzzzzzzzzzzz", "tkt_01J00000000000000000000000", "tkt-01j", "\0"] {
            assert!(bad.parse::<TicketId>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_has_a_noun_has_an_id_of_it() {
        let id = Uuid::now_v7();
        assert_eq!(of_kind("api_key", id), ApiKeyId(id).to_string());
        assert_eq!(of_kind("faq", id), FaqId(id).to_string());
        assert_eq!(of_kind("moon", id), id.to_string());
    }

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let ids: Vec<_> = (0..100).map(|_| TicketId::new().to_string()).collect();
        assert!(ids.is_sorted());
    }
}
