//! What routing knows of somebody who works on tickets: whether they are available, how many tickets they take, what they are good at.
//! Who has no row is available, takes as many as the profile says, and is good at nothing in particular.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, IntoActiveModel};

use super::access::{People, PersonFacts};
use super::{find, person};
use crate::access::{Permission, Role};
use crate::desk::Tx;
use crate::error::{Error, Result};
use crate::ids::PersonId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agent_settings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    pub available: bool,
    /// None: as many as the profile says.
    pub capacity: Option<i32>,
    /// The number of the last routing that chose them; 0: none did.
    pub turn: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Of somebody of whom nothing was said.
    pub fn of_nobody_special(person_id: PersonId) -> Self {
        Self { person_id, available: true, capacity: None, turn: 0 }
    }

    /// The most tickets they take.
    pub fn capacity(&self, usual: u32) -> i64 {
        self.capacity.map_or(i64::from(usual), i64::from)
    }
}

/// What agents are good at.
pub mod skill {
    use sea_orm::entity::prelude::*;

    use crate::ids::PersonId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "agent_skills")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub skill: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The settings of somebody.
pub async fn of(conn: &impl ConnectionTrait, person: PersonId) -> Result<Model, DbErr> {
    Ok(Entity::find_by_id(person).one(conn).await?.unwrap_or_else(|| Model::of_nobody_special(person)))
}

/// Writes whether they are available and how many tickets they take.
pub(super) async fn save(tx: &Tx, settings: Model) -> Result<()> {
    write(tx, settings, &[Column::Available, Column::Capacity]).await
}

/// Writes that routing chose them.
pub async fn took_turn(tx: &Tx, settings: Model) -> Result<()> {
    write(tx, settings, &[Column::Turn]).await
}

async fn write(tx: &Tx, settings: Model, columns: &[Column]) -> Result<()> {
    let these = OnConflict::column(Column::PersonId).update_columns(columns.iter().copied()).to_owned();
    Entity::insert(settings.into_active_model()).on_conflict(these).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Locks an agent whose settings are to change. Everybody may say themselves whether they are available, if `by_oneself`; the rest needs
/// `person.manage`.
pub(super) async fn lock(tx: &mut Tx, person: PersonId, by_oneself: bool) -> Result<person::Model> {
    let person = find::lock(tx, "personId", person).await?;
    if by_oneself && tx.actor.person == Some(person.id) && tx.actor.is_staff() {
        tx.allow_because("everybody says themselves whether they are available");
    } else {
        tx.allow::<People>(Permission::PersonManage, &PersonFacts::from(&person))?;
    }
    if person.role == Role::Customer {
        return Err(Error::invalid("personId", "Only agents and administrators work on tickets."));
    }
    Ok(person)
}
