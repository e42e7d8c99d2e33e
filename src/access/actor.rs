//! Who asks: a person through a session, a stranger, or the system itself.

use std::net::IpAddr;
use std::sync::Arc;

use async_graphql::Enum;
use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};
use crate::ids::{ApiKeyId, OrganizationId, PersonId, SessionId, TeamId};

use super::Permission;

/// What somebody is at the desk. The profile says what each may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "Role")]
pub enum Role {
    /// Asks for help.
    #[sea_orm(string_value = "customer")]
    Customer,
    /// Gives help.
    #[sea_orm(string_value = "agent")]
    Agent,
    /// Runs the desk.
    #[sea_orm(string_value = "administrator")]
    Administrator,
    /// Another system, through its API keys. It may at most what administrators may, and each key only what its scopes say.
    #[sea_orm(string_value = "service")]
    Service,
}

/// What kind of actor did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[graphql(name = "ActorKind")]
pub enum ActorKind {
    /// Somebody who is not signed in.
    #[sea_orm(string_value = "ANONYMOUS")]
    Anonymous,
    /// A signed-in person.
    #[sea_orm(string_value = "PERSON")]
    Person,
    /// Another system, through an API key.
    #[sea_orm(string_value = "SERVICE")]
    Service,
    /// A rule of the desk.
    #[sea_orm(string_value = "RULE")]
    Rule,
    /// The desk itself: start-up, imports, the command line.
    #[sea_orm(string_value = "SYSTEM")]
    System,
}

/// By which door a change came in. Readers that act outwards ignore `IMPORT` and `DEMO`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[graphql(name = "Origin")]
pub enum Origin {
    /// The GraphQL API.
    #[sea_orm(string_value = "API")]
    Api,
    /// An incoming mail.
    #[sea_orm(string_value = "MAIL")]
    Mail,
    /// An import of existing data.
    #[sea_orm(string_value = "IMPORT")]
    Import,
    /// A rule of the desk.
    #[sea_orm(string_value = "RULE")]
    Rule,
    /// A bulk job.
    #[sea_orm(string_value = "BULK")]
    Bulk,
    /// The command line.
    #[sea_orm(string_value = "CLI")]
    Cli,
    /// Made-up data of a demonstration.
    #[sea_orm(string_value = "DEMO")]
    Demo,
}

/// Who asks, as far as decisions need it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Actor {
    /// What kind.
    pub kind: ActorKind,
    /// The person, if it is one.
    pub person: Option<PersonId>,
    /// The person's role; the system acts as administrator.
    pub role: Option<Role>,
    /// The organization that the person belongs to.
    pub organization: Option<OrganizationId>,
    /// The teams that the person is in.
    pub teams: Arc<[TeamId]>,
    /// The session that the request came with.
    pub session: Option<SessionId>,
    /// Whether somebody else knows the person's password: until it is changed, the session may do little else.
    pub must_change_password: bool,
    /// The API key that the request came with.
    pub api_key: Option<ApiKeyId>,
    /// What the API key was made for: everything else is refused, whatever the role may. None: no such limit.
    pub scopes: Option<Arc<[Permission]>>,
    /// The door.
    pub origin: Origin,
    /// The request, for the log.
    pub request_id: Option<Arc<str>>,
    /// Where the request comes from, if it came over the network.
    pub address: Option<IpAddr>,
}

impl Actor {
    /// Somebody who is not signed in.
    pub fn anonymous() -> Self {
        Self {
            kind: ActorKind::Anonymous,
            person: None,
            role: None,
            organization: None,
            teams: Arc::default(),
            session: None,
            must_change_password: false,
            api_key: None,
            scopes: None,
            origin: Origin::Api,
            request_id: None,
            address: None,
        }
    }

    /// Somebody who is not signed in, in the same request.
    pub fn as_stranger(&self) -> Self {
        Self { request_id: self.request_id.clone(), address: self.address, ..Self::anonymous() }
    }

    /// The desk itself. It may do everything.
    pub fn system(origin: Origin) -> Self {
        Self { kind: ActorKind::System, role: Some(Role::Administrator), origin, ..Self::anonymous() }
    }

    /// The signed-in person.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for everybody else.
    pub fn require_person(&self) -> Result<PersonId> {
        self.person.ok_or_else(|| Error::new(Code::Unauthenticated))
    }

    /// Whether it works at the desk: agent, administrator, another system of the house, or the desk itself.
    pub fn is_staff(&self) -> bool {
        matches!(self.role, Some(Role::Agent | Role::Administrator | Role::Service))
    }

    /// Whether it is another system, through an API key.
    pub fn is_service(&self) -> bool {
        self.kind == ActorKind::Service
    }

    /// The part of the network that the request comes from, as far as one place can be told from another: a /64 in IPv6, because
    /// that is what one subscriber has.
    pub fn network(address: IpAddr) -> String {
        match address.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("{:x}/64", address.to_bits() >> 64),
        }
    }

    /// The scope of idempotency keys: each actor has keys of its own.
    pub fn key(&self) -> String {
        match self.person {
            Some(person) => person.to_string(),
            None => format!("{:?}", self.kind).to_uppercase(),
        }
    }
}
