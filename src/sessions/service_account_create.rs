//! Makes a service account: another system that acts on the desk through API keys.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::api_key::allow_managing;
use crate::access::Role;
use crate::desk::{CreateOptions, Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::PersonId;
use crate::people::{find, input, person};

/// Makes a service account: another system, which acts through API keys and cannot sign in. Needs `person.manage`. `personDeactivate`
/// ends all its keys at once.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "ServiceAccountCreateInput")]
pub struct ServiceAccountCreate {
    /// What the system is called, such as "Booking dashboard": 1 to 100 characters. People see it beside what it does.
    pub name: String,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

impl Operation for ServiceAccountCreate {
    type Outcome = person::Model;
    const NAME: &'static str = "service_account.create";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<person::Model> {
        allow_managing(tx)?;
        let account = person::Model {
            id: PersonId::new(),
            name: input::name("name", &self.name)?,
            role: Role::Service,
            organization_id: None,
            source: None,
            external_id: None,
            version: 1,
            created_at: tx.now,
            deactivated_at: None,
            locale: None,
            muted: None,
        };
        find::insert(tx, &account).await?;
        Ok(account)
    }
}
