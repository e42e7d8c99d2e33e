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

/// The levels of these tickets.
pub async fn of(conn: &impl ConnectionTrait, tickets: &[TicketId]) -> Result<HashMap<TicketId, Model>, DbErr> {
    let rows = Entity::find().filter(Column::TicketId.is_in(tickets.iter().copied())).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.ticket_id, row)).collect())
}
