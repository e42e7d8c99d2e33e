//! Finding references, in the scope of who asks, and loading them with whoever shares them.

use std::collections::HashMap;

use async_graphql::InputObject;
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::access::{ReferenceFacts, References, view};
use super::reference::{self, participant};
use crate::access::{Actor, Scoped};
use crate::desk::{Desk, Outcome, Tx};
use crate::error::Result;
use crate::ids::{PersonId, ReferenceId};

/// A reference with whoever shares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The row.
    pub row: reference::Model,
    /// Who shares it with its owner.
    pub participants: Vec<PersonId>,
}

impl Found {
    /// What decides who sees it.
    pub fn facts(&self) -> ReferenceFacts {
        ReferenceFacts {
            owner: self.row.owner_id,
            organization: self.row.organization_id,
            participants: self.participants.clone(),
        }
    }

    /// Whether the actor sees it.
    pub fn is_seen(&self, desk: &Desk, actor: &Actor) -> bool {
        References::admits(actor, view(desk, actor), &self.facts())
    }
}

/// By what the systems around the desk know a thing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, InputObject, Serialize, Deserialize)]
#[graphql(name = "ReferenceKey")]
pub struct ReferenceKey {
    /// What it is: a key of `workflow.referenceKinds`.
    pub kind: String,
    /// Its id in the system that knows it, such as "B789".
    pub external_id: String,
}

/// The condition under which the actor sees references.
pub fn visible(desk: &Desk, actor: &Actor) -> Condition {
    References::condition(actor, view(desk, actor))
}

/// The reference of this kind and id, if the actor sees it.
///
/// # Errors
/// The database's.
pub async fn by_key(desk: &Desk, actor: &Actor, key: &ReferenceKey) -> Result<Option<reference::Model>, DbErr> {
    reference::Entity::find().filter(of_key(key)).filter(visible(desk, actor)).one(&desk.db.read).await
}

/// The references with these ids that the actor sees.
///
/// # Errors
/// The database's.
pub async fn by_ids(desk: &Desk, actor: &Actor, ids: &[ReferenceId]) -> Result<Vec<reference::Model>, DbErr> {
    let any = reference::Column::Id.is_in(ids.iter().copied());
    reference::Entity::find().filter(any).filter(visible(desk, actor)).all(&desk.db.read).await
}

/// The references with these ids and whoever shares them, whoever may see them.
///
/// # Errors
/// The database's.
pub async fn with_participants(
    conn: &impl ConnectionTrait,
    ids: &[ReferenceId],
) -> Result<HashMap<ReferenceId, Found>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let any = reference::Column::Id.is_in(ids.iter().copied());
    let rows = reference::Entity::find().filter(any).all(conn).await?;
    let any = participant::Column::ReferenceId.is_in(ids.iter().copied());
    let mut of: HashMap<ReferenceId, Vec<PersonId>> = HashMap::new();
    for row in participant::Entity::find().filter(any).all(conn).await? {
        of.entry(row.reference_id).or_default().push(row.person_id);
    }
    let found = |row: reference::Model| {
        let mut participants = of.remove(&row.id).unwrap_or_default();
        // In the order in which they became known.
        participants.sort_unstable();
        (row.id, Found { row, participants })
    };
    Ok(rows.into_iter().map(found).collect())
}

/// The reference of this kind and id as it is in this transaction, whoever may see it.
///
/// # Errors
/// The database's.
pub async fn unseen(tx: &Tx, key: &ReferenceKey) -> Result<Option<Found>> {
    let Some(row) = reference::Entity::find().filter(of_key(key)).one(tx.conn()).await? else { return Ok(None) };
    Ok(with_participants(tx.conn(), &[row.id]).await?.remove(&row.id))
}

/// Locks the reference of this kind and id, whoever may see it.
///
/// # Errors
/// The database's.
pub(super) async fn lock(tx: &Tx, key: &ReferenceKey) -> Result<Option<Found>> {
    let row = reference::Entity::find().filter(of_key(key)).lock(LockType::NoKeyUpdate).one(tx.conn()).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(with_participants(tx.conn(), &[row.id]).await?.remove(&row.id))
}

fn of_key(key: &ReferenceKey) -> Condition {
    Condition::all()
        .add(reference::Column::Kind.eq(key.kind.as_str()))
        .add(reference::Column::ExternalId.eq(key.external_id.trim()))
}

impl Outcome for reference::Model {
    fn key(&self) -> Uuid {
        self.id.0
    }

    async fn reload(tx: &Tx, key: Uuid) -> Result<Option<Self>> {
        let visible = visible(&tx.desk, &tx.actor);
        Ok(reference::Entity::find_by_id(ReferenceId(key)).filter(visible).one(tx.conn()).await?)
    }
}
