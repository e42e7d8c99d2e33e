//! What another system calls a person or an organization: the system's name and the id there.

use async_graphql::{InputObject, OneofObject};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::{organization, person};
use crate::error::{Error, Result};
use crate::ids::{OrganizationId, PersonId};
use crate::say;

/// The longest name of a system, and the longest id there, in characters.
const LONGEST: usize = 200;

/// By what another system knows something: unique together.
#[derive(Clone, Debug, PartialEq, Eq, Hash, InputObject, Serialize, Deserialize)]
#[graphql(name = "ExternalKey")]
pub struct ExternalKey {
    /// The system, such as "crm".
    pub source: String,
    /// The id there.
    pub external_id: String,
}

impl ExternalKey {
    /// The key as it is stored.
    ///
    /// # Errors
    /// `INVALID_VALUE` at `source` or `externalId`.
    pub fn checked(&self) -> Result<(String, String)> {
        Ok((id("source", &self.source)?, id("externalId", &self.external_id)?))
    }
}

/// An id of another system, or its name: one line of 1 to 200 characters, trimmed.
///
/// # Errors
/// `INVALID_VALUE` at `field`.
pub fn id(field: &str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST || text.chars().any(char::is_control) {
        return Err(Error::invalid(field, say!("This is one line of 1 to {max} characters.", max = LONGEST)));
    }
    Ok(text.to_owned())
}

/// Who, by the desk's id or by another system's.
#[derive(Clone, Debug, PartialEq, Eq, OneofObject, Serialize, Deserialize)]
#[graphql(name = "PersonKey")]
#[serde(rename_all = "camelCase")]
pub enum PersonKey {
    /// The desk's own id.
    PersonId(PersonId),
    /// The id of another system.
    External(ExternalKey),
}

impl PersonKey {
    /// The person, if there is one, whoever may see them.
    ///
    /// # Errors
    /// `INVALID_VALUE` for a malformed key.
    pub async fn find(&self, conn: &impl ConnectionTrait) -> Result<Option<person::Model>> {
        match self {
            Self::PersonId(id) => Ok(person::Entity::find_by_id(*id).one(conn).await?),
            Self::External(key) => {
                let (source, external_id) = key.checked().map_err(|error| error.at("external"))?;
                person_of(conn, &source, &external_id).await
            }
        }
    }
}

/// Which organization, by the desk's id or by another system's.
#[derive(Clone, Debug, PartialEq, Eq, OneofObject, Serialize, Deserialize)]
#[graphql(name = "OrganizationKey")]
#[serde(rename_all = "camelCase")]
pub enum OrganizationKey {
    /// The desk's own id.
    OrganizationId(OrganizationId),
    /// The id of another system.
    External(ExternalKey),
}

impl OrganizationKey {
    /// The organization, if there is one.
    ///
    /// # Errors
    /// `INVALID_VALUE` for a malformed key.
    pub async fn find(&self, conn: &impl ConnectionTrait) -> Result<Option<organization::Model>> {
        match self {
            Self::OrganizationId(id) => Ok(organization::Entity::find_by_id(*id).one(conn).await?),
            Self::External(key) => {
                let (source, external_id) = key.checked().map_err(|error| error.at("external"))?;
                organization_of(conn, &source, &external_id).await
            }
        }
    }
}

/// The person whom another system knows by this id.
///
/// # Errors
/// The database's.
pub async fn person_of(conn: &impl ConnectionTrait, source: &str, id: &str) -> Result<Option<person::Model>> {
    let mine = person::Entity::find().filter(person::Column::Source.eq(source));
    Ok(mine.filter(person::Column::ExternalId.eq(id)).one(conn).await?)
}

/// The organization that another system knows by this id.
///
/// # Errors
/// The database's.
pub async fn organization_of(
    conn: &impl ConnectionTrait,
    source: &str,
    id: &str,
) -> Result<Option<organization::Model>> {
    let mine = organization::Entity::find().filter(organization::Column::Source.eq(source));
    Ok(mine.filter(organization::Column::ExternalId.eq(id)).one(conn).await?)
}
