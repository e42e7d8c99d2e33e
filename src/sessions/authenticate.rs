//! Who a token or an API key stands for: no SQL for what is in memory, and never an answer from before its end.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::api_key::{self, MARK, Secret};
use super::attempts::Counter;
use super::generations::Generation;
use super::tokens::hash;
use super::{Sessions, acting, keys, session};
use crate::access::Actor;
use crate::clock::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ids::{ApiKeyId, PersonId, SessionId};
use crate::people::{credential, person};

/// How long to wait before asking a database again that did not answer, and between two looks at a key that expires.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the audit calls a token or a key that was not good.
const AUTHENTICATE: &str = "session.authenticate";

/// Who asks, and until when the token says so.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// Who asks.
    pub actor: Actor,
    /// When the token is no longer good.
    pub expires_at: Timestamp,
}

/// By what somebody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Holder {
    /// A session.
    Session(SessionId),
    /// An API key.
    Key(ApiKeyId),
}

impl Holder {
    fn of(actor: &Actor) -> Option<Self> {
        actor.session.map(Self::Session).or(actor.api_key.map(Self::Key))
    }
}

/// What is known of a session or of a key.
pub(super) struct Entry {
    person: PersonId,
    generation: Arc<Generation>,
    /// The person's generation before it was loaded.
    loaded_at: u64,
    /// What it may do; nothing if it has ended.
    actor: Option<Actor>,
    /// When a key stops working. The tokens of a session say that themselves.
    expires_at: Timestamp,
}

impl Sessions {
    /// Who a token stands for.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for a token that is not good or whose session has ended, and for a key that is not good; `RATE_LIMITED` for
    /// too many such keys; `UNAVAILABLE` if that cannot be found out.
    pub async fn authenticate(&self, token: &str, from: IpAddr) -> Result<Bearer> {
        let stranger = Actor { address: Some(from), ..Actor::anonymous() };
        self.noted(&stranger, AUTHENTICATE, self.try_authenticate(token, from).await)
    }

    async fn try_authenticate(&self, token: &str, from: IpAddr) -> Result<Bearer> {
        if token.starts_with(MARK) {
            return self.authenticate_key(token, from).await;
        }
        let claims = self.0.keys.verify(token).await?;
        let entry = self.entry(Holder::Session(claims.sid), claims.sub).await?;
        match &entry.actor {
            Some(actor) => Ok(Bearer { actor: actor.clone(), expires_at: claims.expires_at() }),
            None => Err(keys::refused()),
        }
    }

    async fn authenticate_key(&self, secret: &str, from: IpAddr) -> Result<Bearer> {
        if !Secret::fits(secret) {
            return Err(refused_key());
        }
        let hash = hash(secret);
        let (key, person) = match self.0.key_ids.get(&hash) {
            Some(known) => known,
            None => {
                // As at sign-in: counted before anything is verified, and taken back if it was right.
                let counter = Counter::keys(from);
                self.0.attempts.count(&counter, self.0.limits.per_address).await?;
                let found = api_key::Entity::find().filter(api_key::Column::Hash.eq(hash.as_str()));
                let found = found.one(&self.0.desk.db.read).await?.ok_or_else(refused_key)?;
                self.0.attempts.take_back(&counter).await;
                self.0.key_ids.insert(hash, (found.id, found.person_id));
                (found.id, found.person_id)
            }
        };
        let entry = self.entry(Holder::Key(key), person).await?;
        let now = self.0.desk.clock.real();
        match &entry.actor {
            Some(actor) if entry.expires_at > now => {
                self.0.uses.note(key, now);
                Ok(Bearer { actor: actor.clone(), expires_at: entry.expires_at })
            }
            _ => Err(refused_key()),
        }
    }

    /// The same actor as it is now: role, organization and teams may have changed since. For what lives longer than a request.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` if its session, or its key, has ended.
    pub async fn renewed(&self, actor: &Actor) -> Result<Actor> {
        let (Some(holder), Some(person)) = (Holder::of(actor), actor.person) else {
            return Ok(actor.clone());
        };
        let entry = self.entry(holder, person).await?;
        let lives = |_: &&Actor| entry.expires_at > self.0.desk.clock.real();
        let now = entry.actor.as_ref().filter(lives).ok_or_else(keys::refused)?;
        Ok(Actor { origin: actor.origin, request_id: actor.request_id.clone(), address: actor.address, ..now.clone() })
    }

    /// Completes when the actor's session has been ended or its key revoked, when the key has expired, and when the person was
    /// deactivated; at once if it already is so. That a session runs out unused is not waited for: its tokens say so themselves.
    pub fn ended(&self, actor: &Actor) -> BoxFuture<'static, ()> {
        let (sessions, person) = (self.clone(), actor.person);
        let Some((holder, person)) = Holder::of(actor).zip(person) else { return Box::pin(std::future::pending()) };
        Box::pin(async move {
            loop {
                match sessions.entry(holder, person).await {
                    Ok(entry) if entry.actor.is_none() => return,
                    Ok(entry) => {
                        let mut news = entry.generation.subscribe();
                        // Compared with what was loaded, not with now: a change in between must wake.
                        let changed = news.wait_for(|number| *number != entry.loaded_at);
                        tokio::select! {
                            changed = changed => if changed.is_err() { return },
                            () = sessions.expired(entry.expires_at) => return,
                        }
                    }
                    Err(error) => {
                        tracing::warn!(%error, ?holder, "whether access goes on could not be read");
                        tokio::time::sleep(PATIENCE).await;
                    }
                }
            }
        })
    }

    /// Completes at this time.
    async fn expired(&self, at: Timestamp) {
        if at == Timestamp::NEVER {
            return std::future::pending().await;
        }
        while self.0.desk.clock.real() < at {
            tokio::time::sleep(PATIENCE).await;
        }
    }

    /// Says that what a person may do has changed, or that a session of theirs ended: what is in memory is read again. The log's
    /// reader calls it on every node.
    pub fn access_changed(&self, person: PersonId) {
        self.0.generations.raise(person);
    }

    async fn entry(&self, holder: Holder, person: PersonId) -> Result<Arc<Entry>> {
        if let Some(entry) = self.0.access.get(&holder)
            && entry.person == person
            && entry.loaded_at == *entry.generation.borrow()
        {
            return Ok(entry);
        }
        let generation = self.0.generations.of(person);
        // Taken before the rows are read: see `generations`.
        let loaded_at = *generation.borrow();
        let (actor, expires_at) = match holder {
            Holder::Session(session) => (self.load(session, person).await?, Timestamp::NEVER),
            Holder::Key(key) => self.load_key(key, person).await?,
        };
        let entry = Arc::new(Entry { person, generation, loaded_at, actor, expires_at });
        self.0.access.insert(holder, Arc::clone(&entry));
        Ok(entry)
    }

    async fn load(&self, session: SessionId, person: PersonId) -> Result<Option<Actor>> {
        let desk = &self.0.desk;
        let found = session::Entity::find_by_id(session).find_also_related(person::Entity).one(&desk.db.read).await?;
        let Some((session, Some(person))) = found.filter(|(session, _)| session.person_id == person) else {
            return Ok(None);
        };
        if !session.lives(desk.clock.real()) || person.deactivated_at.is_some() {
            return Ok(None);
        }
        let credential = credential::of(&desk.db.read, person.id).await?;
        let must_change_password = credential.is_some_and(|credential| credential.must_change);
        let actor = acting::of_person(&desk.db.read, &person).await?;
        Ok(Some(Actor { session: Some(session.id), must_change_password, ..actor }))
    }

    async fn load_key(&self, key: ApiKeyId, person: PersonId) -> Result<(Option<Actor>, Timestamp)> {
        let Some(key) = acting::key(&self.0.desk.db.read, key, person).await? else {
            return Ok((None, Timestamp::NEVER));
        };
        Ok((acting::of_key(&self.0.desk.db.read, &key).await?, key.expires_at))
    }
}

/// The refusal of any key that is not good: it is not told why.
fn refused_key() -> Error {
    Error::with(Code::Unauthenticated, "The API key is not good, or no longer.")
        .hint("Ask an administrator of the desk for a new one.")
}
