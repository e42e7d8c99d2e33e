//! What decides who sees a ticket.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use super::ticket::{self, participant};
use crate::ids::{OrganizationId, PersonId, TeamId, TicketId};

/// What decides who sees a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketFacts {
    /// Who asked.
    pub requester: PersonId,
    /// Who opened it.
    pub created_by: Option<PersonId>,
    /// Whose customer asked.
    pub organization: Option<OrganizationId>,
    /// Who works on it.
    pub assignee: Option<PersonId>,
    /// Which team works on it.
    pub team: Option<TeamId>,
    /// Who else takes part.
    pub participants: Vec<PersonId>,
    /// Nobody sees a deleted ticket.
    pub deleted: bool,
}

impl TicketFacts {
    /// The facts of a row, with its participants.
    pub fn new(ticket: &ticket::Model, participants: Vec<PersonId>) -> Self {
        Self {
            requester: ticket.requester_id,
            created_by: ticket.created_by_id,
            organization: ticket.organization_id,
            assignee: ticket.assignee_id,
            team: ticket.team_id,
            participants,
            deleted: ticket.deleted_at.is_some(),
        }
    }
}

/// The participants of these tickets.
pub async fn participants(
    conn: &impl ConnectionTrait,
    ids: &[TicketId],
) -> Result<HashMap<TicketId, Vec<PersonId>>, DbErr> {
    let rows =
        participant::Entity::find().filter(participant::Column::TicketId.is_in(ids.iter().copied())).all(conn).await?;
    let mut of: HashMap<TicketId, Vec<PersonId>> = HashMap::new();
    for row in rows {
        of.entry(row.ticket_id).or_default().push(row.person_id);
    }
    Ok(of)
}

/// The facts of these tickets as they are now; absent tickets are missing.
pub async fn of(conn: &impl ConnectionTrait, ids: &[TicketId]) -> Result<HashMap<TicketId, TicketFacts>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = ticket::Entity::find().filter(ticket::Column::Id.is_in(ids.iter().copied())).all(conn).await?;
    let mut participants = participants(conn, ids).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, TicketFacts::new(&row, participants.remove(&row.id).unwrap_or_default())))
        .collect())
}
