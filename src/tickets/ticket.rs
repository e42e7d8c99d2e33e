//! The row of a ticket, and those of its tags and participants.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use sea_orm::entity::prelude::*;

use crate::clock::Timestamp;
use crate::ids::{CommentId, OrganizationId, PersonId, ReferenceId, TeamId, TicketId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tickets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TicketId,
    pub number: String,
    pub title: String,
    pub description: String,
    pub status: String,
    /// The engine's meaning of `status`, as [`crate::profile::Stage`] numbers it: lists filter and count by it.
    pub stage: i32,
    pub priority: String,
    pub priority_rank: i32,
    /// A key of the profile; empty if the ticket has none.
    pub category: String,
    pub channel: String,
    pub preferred_contact_time: Option<String>,
    pub requester_id: PersonId,
    pub organization_id: Option<OrganizationId>,
    pub created_by_id: Option<PersonId>,
    pub assignee_id: Option<PersonId>,
    pub team_id: Option<TeamId>,
    pub version: i32,
    pub comment_count: i32,
    pub public_comment_count: i32,
    pub last_comment_id: Option<CommentId>,
    pub last_public_comment_id: Option<CommentId>,
    /// The nearest deadline that is still open and not paused; [`Timestamp::NEVER`] if there is none.
    pub due_at: Timestamp,
    /// Whether a deadline was missed, as far as an event has noticed; one that passed since is seen in `due_at`.
    pub breached: bool,
    pub first_responded_at: Option<Timestamp>,
    pub status_changed_at: Timestamp,
    pub resolved_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub close_reason: Option<String>,
    pub reopen_count: i32,
    pub source: Option<String>,
    pub external_id: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub deleted_at: Option<Timestamp>,
    pub reference_id: Option<ReferenceId>,
    /// A key of the profile.
    pub contact_method: Option<String>,
    /// The ticket that it was merged into, which may have been merged itself since: see [`super::threads`].
    pub merged_into_id: Option<TicketId>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether a deadline of the ticket is missed, as of `now`.
    pub fn is_breached(&self, now: Timestamp) -> bool {
        self.breached || self.due_at < now
    }
}

/// The tags of tickets.
pub mod tag {
    use sea_orm::entity::prelude::*;

    use crate::ids::TicketId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket_tags")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub ticket_id: TicketId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub tag: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The people who take part in a ticket besides its requester.
pub mod participant {
    use sea_orm::entity::prelude::*;

    use crate::ids::{PersonId, TicketId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket_participants")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub ticket_id: TicketId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What tickets say in the desk's own fields.
pub mod field {
    use sea_orm::entity::prelude::*;

    use crate::ids::TicketId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket_fields")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub ticket_id: TicketId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub field: String,
        pub value: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
