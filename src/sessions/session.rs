//! The rows of a session and of its refresh tokens.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, ConnectionTrait};

use crate::clock::Timestamp;
use crate::desk::{Outcome, Tx};
use crate::error::Result;
use crate::ids::{PersonId, SessionId};
use crate::people::person;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    pub person_id: PersonId,
    pub created_at: Timestamp,
    pub refreshed_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "person::Entity", from = "Column::PersonId", to = "person::Column::Id")]
    Person,
}

impl Related<person::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Person.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether it goes on at `now`.
    pub fn lives(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }
}

impl Outcome for Model {
    fn key(&self) -> Uuid {
        self.id.0
    }

    async fn reload(tx: &Tx, key: Uuid) -> Result<Option<Self>> {
        Ok(Entity::find_by_id(SessionId(key)).one(tx.conn()).await?)
    }
}

/// The session with this id.
pub async fn by_id(conn: &impl ConnectionTrait, id: SessionId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(conn).await
}

/// Forgets what nobody can use any more: the person's sessions that expired before `before`, and their tokens.
pub(super) async fn sweep(tx: &Tx, person: PersonId, before: Timestamp) -> Result<()> {
    let old = Condition::all().add(Column::PersonId.eq(person)).add(Column::ExpiresAt.lt(before));
    let ids = Query::select().column(Column::Id).from(Entity).cond_where(old.clone()).to_owned();
    refresh_token::Entity::delete_many()
        .filter(refresh_token::Column::SessionId.in_subquery(ids))
        .exec(tx.conn())
        .await?;
    Entity::delete_many().filter(old).exec(tx.conn()).await?;
    Ok(())
}

/// The tokens by which a session is renewed, each once. Only their hashes are kept.
pub mod refresh_token {
    use sea_orm::entity::prelude::*;

    use crate::clock::Timestamp;
    use crate::ids::SessionId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "refresh_tokens")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: String,
        pub session_id: SessionId,
        pub created_at: Timestamp,
        pub used_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
