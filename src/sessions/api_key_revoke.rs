//! Ends an API key: requests that carry it are refused from now on, its sockets are closed.

use async_graphql::InputObject;
use sea_orm::sea_query::LockType;
use sea_orm::{EntityTrait, IntoActiveModel, QuerySelect};
use serde::{Deserialize, Serialize};

use super::api_key::{self, allow_managing};
use super::events::ApiKeyEvent;
use crate::desk::{CreateOptions, Operation, Tx, WriteOptions};
use crate::error::{Error, Result};
use crate::ids::ApiKeyId;

/// Ends an API key for good, within seconds and on every node. Needs `person.manage`.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "ApiKeyRevokeInput")]
pub struct ApiKeyRevoke {
    /// Which key.
    pub api_key_id: ApiKeyId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

impl Operation for ApiKeyRevoke {
    type Outcome = api_key::Model;
    const NAME: &'static str = "api_key.revoke";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<api_key::Model> {
        allow_managing(tx)?;
        let find = api_key::Entity::find_by_id(self.api_key_id).lock(LockType::NoKeyUpdate);
        let mut key = find.one(tx.conn()).await?.ok_or_else(|| Error::not_found("API key").at("apiKeyId"))?;
        if key.revoked_at.is_some() {
            tx.nothing_changed();
            return Ok(key);
        }
        key.revoked_at = Some(tx.real);
        // When it was used last is written beside operations: it stays as it is there.
        let mut row = key.clone().into_active_model();
        row.revoked_at = sea_orm::ActiveValue::Set(key.revoked_at);
        api_key::Entity::update(row).exec_without_returning(tx.conn()).await?;
        tx.append(&ApiKeyEvent::Revoked { key: key.id, person: key.person_id })?;
        Ok(key)
    }
}
