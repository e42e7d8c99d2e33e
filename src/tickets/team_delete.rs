//! Gives a team up.

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::ticket;
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::ids::TeamId;
use crate::people::events::{PersonEvent, TeamEvent};
use crate::people::find;
use crate::people::team::{self, member};
use crate::profile::Stage;
use crate::say;

/// Gives a team up: its members leave it, no ticket can be given to it any more, and its name is free. Tickets that it had keep naming
/// it. Refused while it has tickets that are not closed. Needs `person.manage`.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TeamDeleteInput")]
pub struct TeamDelete {
    /// Which team.
    pub team_id: TeamId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TeamDelete {
    type Outcome = team::Model;
    const NAME: &'static str = "team.delete";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<team::Model> {
        tx.allow_anywhere(Permission::PersonManage)?;
        let mut team = find::lock_team(tx, self.team_id).await?;
        // Whoever gives it a ticket holds the team until the commit: counted after the lock, none is missed.
        let open = ticket::Entity::find()
            .filter(ticket::Column::TeamId.eq(team.id))
            .filter(ticket::Column::Stage.ne(Stage::Closed as i32))
            .filter(ticket::Column::DeletedAt.is_null())
            .count(tx.conn())
            .await?;
        if open > 0 {
            let message = say!("{open} tickets of this team are not closed.", open);
            return Err(Error::with(Code::Conflict, message)
                .at("teamId")
                .hint("Close them, or give them to somebody else: the team's `tickets` has them."));
        }
        let members = member::Entity::find().filter(member::Column::TeamId.eq(team.id)).all(tx.conn()).await?;
        member::Entity::delete_many().filter(member::Column::TeamId.eq(team.id)).exec(tx.conn()).await?;
        for member in members {
            tx.append(&PersonEvent::AccessChanged { person: member.person_id })?;
        }
        team.deleted_at = Some(tx.now);
        team.name_folded = format!("{} {}", team.name_folded, team.id);
        find::save_team(tx, &mut team).await?;
        tx.append(&TeamEvent::Deleted { team: team.id })?;
        Ok(team)
    }
}
