//! What one event is: as a noun describes it, as it is drafted in a transaction, as it stands in the log.

use async_graphql::Enum;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::access::{ActorKind, Origin};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::ids::{PersonId, TicketId};

/// Who may see an event at all, before anything is asked about its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[graphql(name = "Audience")]
pub enum Audience {
    /// Everybody who sees the subject.
    #[sea_orm(string_value = "PUBLIC")]
    Public,
    /// Only those who may read internal notes on it.
    #[sea_orm(string_value = "STAFF")]
    Staff,
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The noun: `ticket`, `comment`, `article` …
    pub kind: &'static str,
    /// Its id.
    pub id: Uuid,
    /// The ticket it belongs to, if any.
    pub ticket: Option<TicketId>,
}

/// An event as its noun describes it. Its serialised form is the record's `data`: ids, keys, numbers, times and flags, never free
/// text or personal data.
pub trait Event: Serialize + Send {
    /// The kind, past tense: `ticket.closed`.
    fn kind(&self) -> &'static str;
    /// What it is about.
    fn subject(&self) -> Subject;
    /// Who may see it.
    fn audience(&self) -> Audience {
        Audience::Public
    }
}

/// An event of a transaction that has not committed yet.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The kind.
    pub kind: &'static str,
    /// What it is about.
    pub subject: Subject,
    /// Who may see it.
    pub audience: Audience,
    /// For whom the actor acts, if not for themselves.
    pub on_behalf_of: Option<PersonId>,
    /// When it happened: in the past for imports.
    pub occurred_at: Timestamp,
    /// The event's own fields.
    pub data: serde_json::Value,
}

impl Draft {
    /// Drafts `event` as of `occurred_at`.
    ///
    /// # Errors
    /// When the event cannot be written as JSON: our own fault.
    pub fn new(event: &impl Event, occurred_at: Timestamp) -> Result<Self> {
        Ok(Self {
            kind: event.kind(),
            subject: event.subject(),
            audience: event.audience(),
            on_behalf_of: None,
            occurred_at,
            data: serde_json::to_value(event)?,
        })
    }
}

pub(crate) mod event {
    //! The table `events`.
    #![allow(missing_docs, reason = "the fields are documented on Record, which is this model")]
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "events")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        pub kind: String,
        pub v: i32,
        pub subject_kind: String,
        pub subject_id: Uuid,
        pub ticket_id: Option<TicketId>,
        pub actor_kind: ActorKind,
        pub actor_id: Option<PersonId>,
        pub on_behalf_of: Option<PersonId>,
        pub origin: Origin,
        pub cause_seq: Option<i64>,
        pub depth: i32,
        pub audience: Audience,
        pub occurred_at: Timestamp,
        pub recorded_at: Timestamp,
        pub request_id: Option<String>,
        pub data: String,
        /// Which operation made it. None in records from before this was kept.
        pub operation: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An event as it stands in the log.
pub type Record = event::Model;

impl event::Model {
    /// The event's own fields.
    ///
    /// # Errors
    /// When the stored data does not fit `T`: our own fault.
    pub fn read<T: for<'a> Deserialize<'a>>(&self) -> Result<T> {
        serde_json::from_str(&self.data).map_err(Error::from)
    }
}
