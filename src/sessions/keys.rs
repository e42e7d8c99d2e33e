//! The keys that access tokens are signed with: HS256 and nothing else, in the database, shared by all nodes.
//!
//! The newest key signs; a retired one verifies until the last token that it signed has expired. A node that meets an unknown key
//! reads them again, at most once a second, so that strangers cannot make it read. Times are checked against the desk's clock,
//! not by the library, which would ask the system's.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{IntoActiveModel, QueryOrder};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::clock::{Clock, Timestamp};
use crate::db::Db;
use crate::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::ids::{PersonId, SessionId};

/// What the keys are for. They sign links to files as well, for an audience of their own.
const PURPOSE: &str = "access_token";
/// Whom the tokens are for.
const AUDIENCE: &str = "deskgraph-api";
/// How far the clocks of two nodes may be apart.
const LEEWAY: Duration = Duration::from_secs(5);
/// How old the keys in memory may be when one of them signs.
const FRESH: Duration = Duration::from_secs(60);
/// How long a node waits between two reads that unknown keys make it do.
const PATIENCE: Duration = Duration::from_millis(100);
/// No token of ours is longer, in bytes.
const LONGEST: usize = 2_048;

mod row {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "signing_keys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub kid: String,
        pub purpose: String,
        pub secret: String,
        pub created_at: Timestamp,
        pub retired_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What an access token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Claims {
    iss: String,
    aud: String,
    /// Who.
    pub(super) sub: PersonId,
    /// Which session.
    pub(super) sid: SessionId,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl Claims {
    /// When the token is no longer good.
    pub(super) fn expires_at(&self) -> Timestamp {
        Timestamp(self.exp.saturating_mul(1000))
    }
}

/// The keys of this desk, as this node knows them.
pub(super) struct Keys {
    db: Db,
    clock: Clock,
    /// The desk and its log's life: tokens from before a restore are not good after it.
    issuer: String,
    /// How long a retired key verifies.
    grace: Duration,
    validation: Validation,
    ring: RwLock<Arc<Ring>>,
    reading: Mutex<()>,
}

struct Ring {
    keys: HashMap<String, Key>,
    newest: Option<String>,
    read_at: Timestamp,
}

struct Key {
    sign: EncodingKey,
    verify: DecodingKey,
    good_until: Option<Timestamp>,
}

impl Keys {
    /// Reads the keys, and makes the first one. Two nodes that start at once may make one each; both are good.
    pub(super) async fn open(desk: &Desk, access: Duration) -> Result<Self> {
        let issuer = format!("deskgraph:{}", desk.head.epoch());
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[&issuer]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "nbf", "exp"]);
        // Against the desk's clock instead: see `verify`.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let none = Ring { keys: HashMap::new(), newest: None, read_at: desk.clock.real() };
        let keys = Self {
            db: desk.db.clone(),
            clock: desk.clock.clone(),
            issuer,
            grace: access + FRESH + LEEWAY,
            validation,
            ring: RwLock::new(Arc::new(none)),
            reading: Mutex::new(()),
        };
        if keys.read().await?.newest.is_none() {
            row::Entity::insert(keys.random().into_active_model()).exec_without_returning(keys.db.writer()).await?;
            keys.read().await?;
        }
        Ok(keys)
    }

    fn random(&self) -> row::Model {
        row::Model {
            kid: URL_SAFE_NO_PAD.encode(rand::random::<[u8; 9]>()),
            purpose: PURPOSE.to_owned(),
            secret: URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()),
            created_at: self.clock.real(),
            retired_at: None,
        }
    }

    /// Makes a new key and retires the others.
    pub(super) async fn rotate(&self) -> Result<()> {
        let new = self.random();
        let tx = self.db.begin().await?;
        row::Entity::update_many()
            .col_expr(row::Column::RetiredAt, Expr::value(new.created_at.0))
            .filter(row::Column::Purpose.eq(PURPOSE))
            .filter(row::Column::RetiredAt.is_null())
            .exec(&tx)
            .await?;
        row::Entity::insert(new.into_active_model()).exec_without_returning(&tx).await?;
        tx.commit().await?;
        self.read().await?;
        Ok(())
    }

    async fn read(&self) -> Result<Arc<Ring>> {
        let read_at = self.clock.real();
        let rows = row::Entity::find()
            .filter(row::Column::Purpose.eq(PURPOSE))
            .order_by_asc(row::Column::CreatedAt)
            .order_by_asc(row::Column::Kid)
            .all(&self.db.read)
            .await?;
        let mut ring = Ring { keys: HashMap::new(), newest: None, read_at };
        for row in rows {
            let secret = URL_SAFE_NO_PAD
                .decode(&row.secret)
                .map_err(|_| Error::internal(anyhow::anyhow!("signing key {} is damaged", row.kid)))?;
            let key = Key {
                sign: EncodingKey::from_secret(&secret),
                verify: DecodingKey::from_secret(&secret),
                good_until: row.retired_at.map(|at| at.after(self.grace)),
            };
            if row.retired_at.is_none() {
                ring.newest = Some(row.kid.clone());
            }
            ring.keys.insert(row.kid, key);
        }
        let ring = Arc::new(ring);
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&ring);
        Ok(ring)
    }

    fn ring(&self) -> Arc<Ring> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The keys, read again if they are older than `age`; one read at a time.
    async fn ring_within(&self, age: Duration) -> Result<Arc<Ring>> {
        let _reading = self.reading.lock().await;
        let ring = self.ring();
        if ring.read_at > self.clock.real().before(age) { Ok(ring) } else { self.read().await }
    }

    /// The keys as they are from now on: for a token whose key is not known, because another node may have made it this moment. Those
    /// who ask at the same time share one read, and made-up keys cause few.
    async fn ring_read_from_now(&self) -> Result<Arc<Ring>> {
        let asked_at = self.clock.real();
        let _reading = self.reading.lock().await;
        let ring = self.ring();
        if ring.read_at > asked_at {
            return Ok(ring);
        }
        if ring.read_at > asked_at.before(PATIENCE) {
            tokio::time::sleep(PATIENCE).await;
        }
        self.read().await
    }

    /// A token for `session`, and when it expires.
    pub(super) async fn sign(
        &self,
        person: PersonId,
        session: SessionId,
        now: Timestamp,
        life: Duration,
    ) -> Result<(String, Timestamp)> {
        let ring = self.ring_within(FRESH).await?;
        let iat = now.0.div_euclid(1000);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: person,
            sid: session,
            iat,
            nbf: iat,
            exp: now.after(life).0.div_euclid(1000),
        };
        let token = ring.encode(&claims)?;
        Ok((token, claims.expires_at()))
    }

    /// A signed link with these claims, and the issuer of this desk for them.
    pub(super) async fn sign_link<C: Serialize>(&self, claims: impl FnOnce(&str) -> C) -> Result<String> {
        self.ring_within(FRESH).await?.encode(&claims(&self.issuer))
    }

    /// The claims of a signed link for `audience`. Its times are the caller's to check.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for what is not ours.
    pub(super) async fn read_link<C: DeserializeOwned>(&self, token: &str, audience: &str) -> Result<C> {
        let mut validation = self.validation.clone();
        validation.set_audience(&[audience]);
        self.decode(token, &validation).await
    }

    /// What a token says, if it is ours and good now.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, for whatever reason: it is not told which.
    pub(super) async fn verify(&self, token: &str) -> Result<Claims> {
        let claims: Claims = self.decode(token, &self.validation).await?;
        let now = self.clock.real();
        let not_yet = Timestamp(claims.nbf.saturating_mul(1000)) > now.after(LEEWAY);
        if not_yet || claims.expires_at() <= now { Err(refused()) } else { Ok(claims) }
    }
    async fn decode<C: DeserializeOwned>(&self, token: &str, validation: &Validation) -> Result<C> {
        if token.len() > LONGEST {
            return Err(refused());
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| refused())?;
        let kid = header.kid.ok_or_else(refused)?;
        let mut ring = self.ring();
        if !ring.keys.contains_key(&kid) {
            ring = self.ring_read_from_now().await?;
        }
        let now = self.clock.real();
        let key = ring.keys.get(&kid).filter(|key| key.good_until.is_none_or(|until| now < until));
        let key = key.ok_or_else(refused)?;
        Ok(jsonwebtoken::decode::<C>(token, &key.verify, validation).map_err(|_| refused())?.claims)
    }
}

impl Ring {
    fn encode<C: Serialize>(&self, claims: &C) -> Result<String> {
        let (kid, key) = self
            .newest
            .as_ref()
            .and_then(|kid| Some((kid, self.keys.get(kid)?)))
            .ok_or_else(|| Error::internal(anyhow::anyhow!("there is no signing key")))?;
        let header = Header { kid: Some(kid.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, claims, &key.sign).map_err(Error::internal)
    }
}

/// The refusal of any token that is not good.
pub(super) fn refused() -> Error {
    Error::with(Code::Unauthenticated, "The access token is not good, or no longer.")
        .hint("Renew it with tokenRefresh, or sign in.")
}
