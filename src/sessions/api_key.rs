//! The row of an API key: the secret itself is nowhere, only its hash and its first letters.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use std::fmt;

use async_graphql::InputObject;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;

use super::tokens::hash;
use crate::access::{Actor, Permission};
use crate::clock::Timestamp;
use crate::db::page::{Key, MAX_PAGE, Page, PageArgs};
use crate::desk::{Desk, Outcome, Tx};
use crate::error::{Code, Error, Result};
use crate::ids::{ApiKeyId, PersonId};
use crate::profile::Grant;

/// What every secret begins with.
pub const MARK: &str = "dgk_";
/// How many letters of a secret are kept, mark and all.
const SHOWN: usize = MARK.len() + 8;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiKeyId,
    /// The service account.
    pub person_id: PersonId,
    pub name: String,
    pub prefix: String,
    pub hash: String,
    /// Names of permissions, with spaces between them.
    pub scopes: String,
    pub created_by_id: Option<PersonId>,
    pub created_at: Timestamp,
    /// [`Timestamp::NEVER`] if it does not expire.
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether it opens the door at `now`.
    pub fn lives(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }

    /// What it was made for. A permission that this version does not know is none.
    pub fn permissions(&self) -> Vec<Permission> {
        self.scopes.split(' ').filter_map(Permission::parse).collect()
    }
}

/// A new secret: 256 random bits behind the mark. It is shown once, and never serialised.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The text that the other system keeps.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What is stored of it. It is random, so that one fast hash is enough.
    pub(super) fn hash(&self) -> String {
        hash(&self.0)
    }

    /// By what people recognize it.
    pub(super) fn prefix(&self) -> String {
        self.0.chars().take(SHOWN).collect()
    }

    /// Whether a text can be one at all.
    pub(super) fn fits(text: &str) -> bool {
        text.len() == MARK.len() + 43 && text.is_ascii() && text.starts_with(MARK)
    }
}

impl Default for Secret {
    fn default() -> Self {
        Self(format!("{MARK}{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([hidden])")
    }
}

impl Outcome for Model {
    fn key(&self) -> Uuid {
        self.id.0
    }

    async fn reload(tx: &Tx, key: Uuid) -> Result<Option<Self>> {
        Ok(Entity::find_by_id(ApiKeyId(key)).one(tx.conn()).await?)
    }
}

/// Which keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
#[graphql(name = "ApiKeyFilter")]
pub struct ApiKeyFilter {
    /// Of this service account.
    pub service_account_id: Option<PersonId>,
    /// Neither revoked nor expired (true), or one of both (false).
    pub active: Option<bool>,
}

/// Whether the actor may see and manage keys: those who may manage everybody, and are somebody. A key never manages keys.
pub fn manages(desk: &Desk, actor: &Actor) -> bool {
    !actor.is_service() && desk.policy.grants(actor, Permission::PersonManage).has(Grant::All)
}

/// Demands what [`manages`] says, inside an operation.
///
/// # Errors
/// `FORBIDDEN`, or `UNAUTHENTICATED` for a stranger.
pub(super) fn allow_managing(tx: &mut Tx) -> Result<()> {
    tx.allow_anywhere(Permission::PersonManage)?;
    if manages(&tx.desk, &tx.actor) {
        return Ok(());
    }
    Err(Error::with(Code::Forbidden, "Service accounts and their keys are managed by people who may manage everybody."))
}

/// The keys, newest first, and how many there are in all if that was asked for.
///
/// # Errors
/// `FORBIDDEN` for whoever may not manage them; `BAD_USER_INPUT` for the paging.
pub async fn list(
    desk: &Desk,
    actor: &Actor,
    filter: &ApiKeyFilter,
    args: &PageArgs,
    total: bool,
) -> Result<(Page<Model>, u64)> {
    if !manages(desk, actor) {
        return Err(Permission::PersonManage.missing(actor));
    }
    let page = args.check("createdAt", true, filter, MAX_PAGE)?;
    let now = desk.clock.real();
    let lives = Condition::all().add(Column::RevokedAt.is_null()).add(Column::ExpiresAt.gt(now));
    let wanted = Condition::all()
        .add_option(filter.service_account_id.map(|id| Column::PersonId.eq(id)))
        .add_option(filter.active.map(|active| if active { lives } else { lives.not() }));
    let db = &desk.db.read;
    let select = Entity::find().filter(wanted);
    let total = if total { select.clone().count(db).await? } else { 0 };
    let key = |row: &Model| Key { value: row.created_at.0, id: row.id.0 };
    Ok((page.load(db, select, Column::CreatedAt, Column::Id, key).await?, total))
}

/// The key with this id, for those who may manage keys.
///
/// # Errors
/// The database's.
pub async fn by_id(desk: &Desk, actor: &Actor, id: ApiKeyId) -> Result<Option<Model>> {
    if !manages(desk, actor) {
        return Ok(None);
    }
    Ok(Entity::find_by_id(id).one(&desk.db.read).await?)
}
