//! At which level of support a ticket is. A ticket at none has no row.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use sea_orm::entity::prelude::*;

use crate::clock::Timestamp;
use crate::ids::TicketId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ticket_escalations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub ticket_id: TicketId,
    /// A key of the profile.
    pub level: String,
    pub since: Timestamp,
    pub automatic: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Each time that a ticket went to a higher level.
pub mod step {
    use async_graphql::Enum;
    use sea_orm::entity::prelude::*;

    use crate::clock::Timestamp;
    use crate::ids::{PersonId, RevisionId, TeamId, TicketId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "escalation_steps")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub ticket_id: TicketId,
        /// The level it came to: a key of the profile.
        pub level: String,
        pub cause: Cause,
        /// Who had it afterwards.
        pub agent_id: Option<PersonId>,
        /// Which team had it afterwards.
        pub team_id: Option<TeamId>,
        /// The reason that was given, in `revisions`.
        pub reason_id: Option<RevisionId>,
        pub escalated_at: Timestamp,
    }

    /// Who brought a ticket to a higher level.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    #[graphql(name = "EscalationCause")]
    pub enum Cause {
        /// A clock of the service level: nobody did it by hand.
        #[sea_orm(string_value = "CLOCK")]
        Clock,
        /// Staff.
        #[sea_orm(string_value = "STAFF")]
        Staff,
        /// Whoever asked.
        #[sea_orm(string_value = "CUSTOMER")]
        Customer,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The levels of these tickets.
pub async fn of(conn: &impl ConnectionTrait, tickets: &[TicketId]) -> Result<HashMap<TicketId, Model>, DbErr> {
    let rows = Entity::find().filter(Column::TicketId.is_in(tickets.iter().copied())).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.ticket_id, row)).collect())
}
