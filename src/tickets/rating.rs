//! What people said of how they were served: a row for each of them and each closing. Texts are here and not in the log.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder};

use crate::clock::Timestamp;
use crate::ids::{PersonId, TicketId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ticket_ratings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub ticket_id: TicketId,
    /// How often the ticket had been opened again: each closing is rated by itself.
    pub closure: i32,
    pub person_id: PersonId,
    pub score: i32,
    pub effort: Option<i32>,
    pub comment: Option<String>,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The ratings of these tickets, newest first.
pub async fn of(conn: &impl ConnectionTrait, tickets: &[TicketId]) -> Result<HashMap<TicketId, Vec<Model>>, DbErr> {
    let rows = Entity::find()
        .filter(Column::TicketId.is_in(tickets.iter().copied()))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id);
    let mut of: HashMap<TicketId, Vec<Model>> = HashMap::new();
    for row in rows.all(conn).await? {
        of.entry(row.ticket_id).or_default().push(row);
    }
    Ok(of)
}
