//! How tickets belong together. A link is one row, read from both ends: what one is to the other, the other is to it the other way round.

use std::collections::HashMap;

use async_graphql::Enum;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, ConnectionTrait};
use serde::{Deserialize, Serialize};

use super::ticket;
use crate::clock::Timestamp;
use crate::ids::{PersonId, TicketId, TicketLinkId};

/// What a ticket is to another that it is linked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "TicketLinkKind")]
pub enum LinkKind {
    /// They have to do with each other.
    #[sea_orm(string_value = "RELATED")]
    Related,
    /// It asks for the same as the other, which was there before.
    #[sea_orm(string_value = "DUPLICATE")]
    Duplicate,
    /// The other asks for the same as it.
    #[sea_orm(string_value = "DUPLICATED_BY")]
    DuplicatedBy,
    /// The other cannot go on before it is done.
    #[sea_orm(string_value = "BLOCKS")]
    Blocks,
    /// It cannot go on before the other is done.
    #[sea_orm(string_value = "BLOCKED_BY")]
    BlockedBy,
    /// The other came about through it.
    #[sea_orm(string_value = "CAUSES")]
    Causes,
    /// It came about through the other.
    #[sea_orm(string_value = "CAUSED_BY")]
    CausedBy,
}

impl LinkKind {
    /// What the other is to this one.
    pub fn reversed(self) -> Self {
        match self {
            Self::Related => Self::Related,
            Self::Duplicate => Self::DuplicatedBy,
            Self::DuplicatedBy => Self::Duplicate,
            Self::Blocks => Self::BlockedBy,
            Self::BlockedBy => Self::Blocks,
            Self::Causes => Self::CausedBy,
            Self::CausedBy => Self::Causes,
        }
    }

    /// The ends as they are stored, so that the same link is the same row whichever end it was made from.
    pub fn stored(self, ticket: TicketId, other: TicketId) -> (TicketId, TicketId, Self) {
        let turned = match self {
            Self::Related => ticket > other,
            Self::DuplicatedBy | Self::BlockedBy | Self::CausedBy => true,
            Self::Duplicate | Self::Blocks | Self::Causes => false,
        };
        if turned { (other, ticket, self.reversed()) } else { (ticket, other, self) }
    }
}

/// The row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ticket_links")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TicketLinkId,
    /// One end.
    pub ticket_id: TicketId,
    /// The other end.
    pub other_id: TicketId,
    /// What the one is to the other.
    pub kind: LinkKind,
    /// Who said so.
    pub created_by_id: Option<PersonId>,
    /// When.
    pub created_at: Timestamp,
}

/// No relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A link as it is read from one end.
#[derive(Clone, Debug)]
pub struct Link {
    /// The row.
    pub row: Model,
    /// What the ticket from which it is read is to the other.
    pub kind: LinkKind,
    /// The ticket at the other end.
    pub other: ticket::Model,
}

/// The links of each of these tickets whose other end meets `condition`, oldest first.
pub async fn of(
    conn: &impl ConnectionTrait,
    ids: &[TicketId],
    condition: Condition,
) -> Result<HashMap<TicketId, Vec<Link>>, DbErr> {
    let ends = [Column::TicketId, Column::OtherId].map(|end| end.is_in(ids.iter().copied()));
    let any = ends.into_iter().fold(Condition::any(), Condition::add);
    let mut rows = Entity::find().filter(any).all(conn).await?;
    rows.sort_by_key(|row| (row.created_at, row.id));
    let others = rows.iter().flat_map(|row| [row.ticket_id, row.other_id]);
    let others = ticket::Entity::find().filter(ticket::Column::Id.is_in(others)).filter(condition).all(conn).await?;
    let others: HashMap<TicketId, ticket::Model> = others.into_iter().map(|row| (row.id, row)).collect();
    let mut of: HashMap<TicketId, Vec<Link>> = HashMap::new();
    for row in rows {
        for (here, there, kind) in
            [(row.ticket_id, row.other_id, row.kind), (row.other_id, row.ticket_id, row.kind.reversed())]
        {
            if let (true, Some(other)) = (ids.contains(&here), others.get(&there)) {
                of.entry(here).or_default().push(Link { row: row.clone(), kind, other: other.clone() });
            }
        }
    }
    Ok(of)
}
