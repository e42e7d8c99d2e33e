//! Makes somebody who can run the desk, when nobody can: at the first start.

use std::fmt;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Serialize;
use uuid::Uuid;

use super::{Sessions, password};
use crate::access::{Actor, Origin, Role};
use crate::config;
use crate::desk::{Operation, Outcome, Tx};
use crate::error::{Code, Error, Result};
use crate::people::contact::Email;
use crate::people::find::{self, NewPerson};
use crate::people::{credential, person};

/// The administrator that was made.
pub struct FirstAdministrator {
    /// The address to sign in with.
    pub email: String,
    /// The password that was made up, to be shown once; none if the configuration gave one.
    pub password: Option<String>,
}

impl fmt::Debug for FirstAdministrator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FirstAdministrator").field("email", &self.email).finish_non_exhaustive()
    }
}

impl Sessions {
    /// Makes the first administrator, if there is none. Of several nodes that start at once, one makes it. Should the password that
    /// was shown be lost, [`Sessions::password_set`] by the desk itself gives another.
    ///
    /// # Errors
    /// `INVALID_VALUE` at `admin.email` or `admin.password` of the configuration; `ALREADY_EXISTS` if the address is somebody's who is
    /// no administrator; the database's.
    pub async fn first_administrator(&self, admin: &config::Admin) -> Result<Option<FirstAdministrator>> {
        if anybody(&self.0.desk.db.read).await? {
            return Ok(None);
        }
        let email = Email::parse("admin.email", &admin.email)?;
        let given = admin.password.as_ref().map(|secret| secret.expose().to_owned());
        let made_up = given.is_none().then(password::random);
        let password = given.or_else(|| made_up.clone()).unwrap_or_default();
        let password_hash = self.hash("admin.password", &password, &[&email.folded]).await?;
        let address = email.value.clone();
        let create = AdministratorCreate { email, password_hash, must_change: made_up.is_some() };
        match self.0.desk.perform(&Actor::system(Origin::Cli), create).await {
            Ok(done) => Ok(done.outcome.0.map(|_| FirstAdministrator { email: address, password: made_up })),
            // Another node was quicker.
            Err(error) if error.code() == Code::AlreadyExists && anybody(&self.0.desk.db.read).await? => Ok(None),
            Err(error) => Err(error),
        }
    }
}

async fn anybody(conn: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let found = person::Entity::find()
        .filter(person::Column::Role.eq(Role::Administrator))
        .filter(person::Column::DeactivatedAt.is_null())
        .count(conn)
        .await?;
    Ok(found > 0)
}

#[derive(Serialize)]
struct AdministratorCreate {
    #[serde(skip)]
    email: Email,
    #[serde(skip)]
    password_hash: String,
    must_change: bool,
}

/// The administrator, if none had been there.
struct Created(Option<person::Model>);

impl Outcome for Created {
    fn key(&self) -> Uuid {
        self.0.as_ref().map_or_else(Uuid::nil, |person| person.id.0)
    }

    async fn reload(tx: &Tx, key: Uuid) -> Result<Option<Self>> {
        Ok(Some(Self(find::by_id(tx.conn(), key.into()).await?)))
    }
}

impl Operation for AdministratorCreate {
    type Outcome = Created;
    const NAME: &'static str = "person.create_first_administrator";

    async fn run(&self, tx: &mut Tx) -> Result<Created> {
        tx.allow_because("the desk itself asks, and nobody else could");
        if anybody(tx.conn()).await? {
            tx.nothing_changed();
            return Ok(Created(None));
        }
        let new = NewPerson {
            name: "Administrator".to_owned(),
            role: Role::Administrator,
            email: Some(self.email.clone()),
            external: None,
            created_at: tx.now,
        };
        // Two nodes that both found nobody meet at the address, which is unique.
        let person = find::add(tx, new).await.map_err(|error| match error.code() {
            Code::AlreadyExists => {
                Error::with(Code::AlreadyExists, "Somebody who is no administrator has this address.")
                    .at("admin.email")
                    .hint("Set another admin.email.")
            }
            _ => error,
        })?;
        credential::put(tx, person.id, &self.password_hash, self.must_change).await?;
        Ok(Created(Some(person)))
    }
}
