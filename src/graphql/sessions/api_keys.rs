//! Service accounts and their keys: the other systems of the house.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};

use crate::access::{Permission, Role};
use crate::clock::Timestamp;
use crate::connection;
use crate::desk::Notice;
use crate::error::{Error, Result};
use crate::event_log::EventCursor;
use crate::graphql::connection::{args, int, wants_total};
use crate::graphql::context::{Refuse, Request};
use crate::graphql::payload::{UserError, perform};
use crate::graphql::people::{Person, PersonConnection};
use crate::ids::{ApiKeyId, PersonId};
use crate::payload;
use crate::people::list::{self, PersonFilter};
use crate::sessions::api_key::{self, ApiKeyFilter};
use crate::sessions::api_key_create::ApiKeyCreate;
use crate::sessions::api_key_revoke::ApiKeyRevoke;
use crate::sessions::service_account_create::ServiceAccountCreate;

/// A key by which another system asks. Its secret was shown once, when it was made.
#[derive(Clone)]
pub struct ApiKey(pub Arc<api_key::Model>);

connection!(ApiKeyConnection, ApiKeyEdge, ApiKey, "API keys");

/// A key by which another system asks. Its secret was shown once, when it was made.
#[Object(crate = "crate::graphql::fields")]
impl ApiKey {
    /// Its id.
    pub async fn id(&self) -> ApiKeyId {
        self.0.id
    }

    /// What it is for.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The first letters of its secret, to recognize it by.
    async fn prefix(&self) -> &str {
        &self.0.prefix
    }

    /// What it may do, and nothing else.
    async fn scopes(&self) -> Vec<Permission> {
        self.0.permissions()
    }

    /// The service account whose key it is.
    async fn service_account(&self, ctx: &Context<'_>) -> async_graphql::Result<Person> {
        let request = Request::of(ctx);
        let row = request.loaders().people.load(self.0.person_id).await.refuse(request)?;
        row.map(Person).ok_or_else(|| Error::not_found("service account")).refuse(request)
    }

    /// Who made it.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Person>> {
        let id = self.0.created_by_id?;
        let request = Request::of(ctx);
        request.loaders().people.load(id).await.refuse(request).map(|row| row.map(Person)).transpose()
    }

    /// When it was made.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// When it stops working; null: only when it is revoked.
    async fn expires_at(&self) -> Option<Timestamp> {
        (self.0.expires_at != Timestamp::NEVER).then_some(self.0.expires_at)
    }

    /// When it was revoked.
    async fn revoked_at(&self) -> Option<Timestamp> {
        self.0.revoked_at
    }

    /// When it was used last. Other nodes tell of their uses within seconds.
    async fn last_used_at(&self, ctx: &Context<'_>) -> Option<Timestamp> {
        Request::of(ctx).sessions.last_use(&self.0)
    }

    /// Whether it works now: neither revoked nor expired.
    async fn active(&self, ctx: &Context<'_>) -> bool {
        self.0.lives(Request::of(ctx).desk.clock.real())
    }
}

impl From<api_key::Model> for ApiKey {
    fn from(row: api_key::Model) -> Self {
        Self(Arc::new(row))
    }
}

/// The root fields that ask for service accounts and keys.
#[derive(Default)]
pub struct ApiKeyQueries;

#[Object]
impl ApiKeyQueries {
    /// The service accounts of the desk, newest first. For those who see everybody; others see none.
    async fn service_accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<PersonConnection> {
        let request = Request::of(ctx);
        let load = async {
            request.signed_in()?;
            let filter = PersonFilter { role: Some(vec![Role::Service]), ..PersonFilter::default() };
            let args = args(first, after, last, before);
            let (page, total) = list::people(&request.desk, &request.actor(), &filter, &args, wants_total(ctx)).await?;
            Ok::<_, Error>(PersonConnection::new(page, int(total)?, Person::from))
        };
        load.await.refuse(request)
    }

    /// The API keys of the desk, newest first. Needs `person.manage`.
    #[allow(clippy::too_many_arguments)]
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which keys.")] filter: Option<ApiKeyFilter>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<ApiKeyConnection> {
        let request = Request::of(ctx);
        let (filter, args) = (filter.unwrap_or_default(), args(first, after, last, before));
        keys(request, &filter, &args, wants_total(ctx)).await.refuse(request)
    }
}

async fn keys(
    request: &Request,
    filter: &ApiKeyFilter,
    args: &crate::db::page::PageArgs,
    total: bool,
) -> Result<ApiKeyConnection> {
    let (page, total) = api_key::list(&request.desk, &request.actor(), filter, args, total).await?;
    let people = page.rows.iter().flat_map(|(_, key)| [Some(key.person_id), key.created_by_id]);
    let people: Vec<PersonId> = people.flatten().collect();
    request.loaders().people.load_ahead(people).await?;
    Ok(ApiKeyConnection::new(page, int(total)?, ApiKey::from))
}

/// What `apiKeyCreate` answers.
#[derive(Default, SimpleObject)]
pub struct ApiKeyCreatePayload {
    /// The key. Null if nothing was written.
    api_key: Option<ApiKey>,
    /// The secret: send it as `Authorization: Bearer …`. It is shown this once; null when an earlier request is answered again.
    secret: Option<String>,
    /// What stands against it. Not empty: nothing was written.
    user_errors: Vec<UserError>,
    /// What you should know although it succeeded.
    notices: Vec<Notice>,
    /// The log position that contains the write.
    event_cursor: Option<EventCursor>,
    /// Whether this answers an earlier request with the same idempotency key.
    replayed: bool,
}

payload! {
    /// What `apiKeyRevoke` answers.
    ApiKeyRevokePayload {
        /// The key as it is now. Null if nothing was written.
        api_key: ApiKey
    }
}
payload! {
    /// What `serviceAccountCreate` answers.
    ServiceAccountCreatePayload {
        /// The service account. Null if nothing was written.
        service_account: Person
    }
}

/// The root fields that change service accounts and keys.
#[derive(Default)]
pub struct ApiKeyMutations;

#[Object]
impl ApiKeyMutations {
    /// Makes a service account: another system, which acts through API keys and cannot sign in. Needs `person.manage`.
    async fn service_account_create(
        &self,
        ctx: &Context<'_>,
        input: ServiceAccountCreate,
    ) -> async_graphql::Result<ServiceAccountCreatePayload> {
        Ok(ServiceAccountCreatePayload::answer(perform(ctx, input).await?, Person::from))
    }

    /// Makes a key for a service account. Its secret is in the answer, and never shown again. Needs `person.manage`.
    async fn api_key_create(
        &self,
        ctx: &Context<'_>,
        input: ApiKeyCreate,
    ) -> async_graphql::Result<ApiKeyCreatePayload> {
        let secret = input.secret.text().to_owned();
        Ok(match perform(ctx, input).await? {
            Ok(done) => ApiKeyCreatePayload {
                api_key: Some(ApiKey::from(done.outcome)),
                secret: (!done.replayed).then_some(secret),
                notices: done.notices,
                event_cursor: Some(done.cursor),
                replayed: done.replayed,
                user_errors: Vec::new(),
            },
            Err(user_errors) => ApiKeyCreatePayload { user_errors, ..ApiKeyCreatePayload::default() },
        })
    }

    /// Ends a key for good, within seconds and on every node: requests with it are refused, its sockets closed. Needs `person.manage`.
    async fn api_key_revoke(
        &self,
        ctx: &Context<'_>,
        input: ApiKeyRevoke,
    ) -> async_graphql::Result<ApiKeyRevokePayload> {
        let done = perform(ctx, input).await?;
        if let Ok(done) = &done {
            Request::of(ctx).sessions.access_changed(done.outcome.person_id);
        }
        Ok(ApiKeyRevokePayload::answer(done, ApiKey::from))
    }
}
