//! Makes a key for a service account.

use async_graphql::InputObject;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

use super::api_key::{self, Secret, allow_managing};
use super::events::ApiKeyEvent;
use crate::access::{Actor, Permission, Role};
use crate::clock::Timestamp;
use crate::desk::{CreateOptions, Operation, Tx, WriteOptions};
use crate::error::{Error, Result};
use crate::ids::{ApiKeyId, PersonId};
use crate::people::{find, input};
use crate::say;

/// Makes a key for a service account. Needs `person.manage`.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "ApiKeyCreateInput")]
pub struct ApiKeyCreate {
    /// For which service account.
    pub service_account_id: PersonId,
    /// What it is for: 1 to 100 characters.
    pub name: String,
    /// What it may do, and nothing else. Give it as little as it needs.
    pub scopes: Vec<Permission>,
    /// When it stops working. Default: only when it is revoked.
    pub expires_at: Option<Timestamp>,
    /// The secret: a new one with each input.
    #[graphql(skip)]
    #[serde(skip)]
    pub secret: Secret,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

impl Operation for ApiKeyCreate {
    type Outcome = api_key::Model;
    const NAME: &'static str = "api_key.create";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<api_key::Model> {
        allow_managing(tx)?;
        let at = "serviceAccountId";
        let account = find::lock_unseen(tx, self.service_account_id).await?;
        let account = account.ok_or_else(|| Error::not_found("service account").at(at))?;
        if account.role != Role::Service || account.deactivated_at.is_some() {
            return Err(Error::invalid(at, "Only service accounts that are open have keys.")
                .hint("Make one with serviceAccountCreate."));
        }
        let name = input::name("name", &self.name)?;
        if self.expires_at.is_some_and(|at| at <= tx.real) {
            return Err(Error::invalid("expiresAt", "This time has passed.").hint("Send a later one, or none."));
        }
        let key = api_key::Model {
            id: ApiKeyId::new(),
            person_id: account.id,
            name,
            prefix: self.secret.prefix(),
            hash: self.secret.hash(),
            scopes: scopes(tx, &self.scopes)?,
            created_by_id: tx.actor.person,
            created_at: tx.real,
            expires_at: self.expires_at.unwrap_or(Timestamp::NEVER),
            revoked_at: None,
            last_used_at: None,
        };
        api_key::Entity::insert(key.clone().into_active_model()).exec_without_returning(tx.conn()).await?;
        tx.append(&ApiKeyEvent::Created { key: key.id, person: key.person_id })?;
        Ok(key)
    }
}

/// The scopes as they are stored: each once, and only what a service account may at all.
fn scopes(tx: &Tx, wanted: &[Permission]) -> Result<String> {
    let service = Actor { role: Some(Role::Service), ..Actor::anonymous() };
    let allowed = tx.desk.policy.permissions(&service);
    let names = || allowed.iter().map(|permission| permission.name());
    if wanted.is_empty() {
        return Err(Error::invalid("scopes", "A key without scopes may do nothing.")
            .hint(say!("Send some of: {allowed}.", allowed = names().collect::<Vec<_>>().join(", "))));
    }
    if let Some(beyond) = wanted.iter().find(|permission| !allowed.contains(permission)) {
        return Err(Error::unknown_key("scopes", beyond.name(), names()));
    }
    let mut scopes: Vec<&str> = wanted.iter().map(|permission| permission.name()).collect();
    scopes.sort_unstable();
    scopes.dedup();
    Ok(scopes.join(" "))
}
