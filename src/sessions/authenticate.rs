//! Who a token stands for: no SQL for a session that is in memory, and never an answer from before its end.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::generations::Generation;
use super::{Sessions, keys, session};
use crate::access::{Actor, ActorKind, Origin, Role};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::ids::{PersonId, SessionId, TeamId};
use crate::people::team::member;
use crate::people::{credential, person};

/// How long to wait before asking a database again that did not answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Who asks, and until when the token says so.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// Who asks.
    pub actor: Actor,
    /// When the token is no longer good.
    pub expires_at: Timestamp,
}

/// What is known of a session.
pub(super) struct Entry {
    person: PersonId,
    generation: Arc<Generation>,
    /// The person's generation before it was loaded.
    loaded_at: u64,
    /// What the session may do; nothing if it has ended.
    actor: Option<Actor>,
}

impl Sessions {
    /// Who a token stands for.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for a token that is not good or whose session has ended; `UNAVAILABLE` if that cannot be found out.
    pub async fn authenticate(&self, token: &str) -> Result<Bearer> {
        let claims = self.0.keys.verify(token).await?;
        let entry = self.entry(claims.sid, claims.sub).await?;
        match &entry.actor {
            Some(actor) => Ok(Bearer { actor: actor.clone(), expires_at: claims.expires_at() }),
            None => Err(keys::refused()),
        }
    }

    /// The same actor as it is now: role, organization and teams may have changed since. For what lives longer than a request.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` if its session has ended.
    pub async fn renewed(&self, actor: &Actor) -> Result<Actor> {
        let (Some(session), Some(person)) = (actor.session, actor.person) else {
            return Ok(actor.clone());
        };
        let entry = self.entry(session, person).await?;
        let now = entry.actor.as_ref().ok_or_else(keys::refused)?;
        Ok(Actor { origin: actor.origin, request_id: actor.request_id.clone(), ..now.clone() })
    }

    /// Completes when the session has been ended or its person deactivated; at once if it already is so. That it runs out unused is
    /// not waited for: its tokens say so themselves.
    pub fn ended(&self, session: SessionId) -> BoxFuture<'static, ()> {
        let sessions = self.clone();
        Box::pin(async move {
            loop {
                match sessions.life(session).await {
                    Ok(None) => return,
                    Ok(Some(entry)) => {
                        let mut news = entry.generation.subscribe();
                        // Compared with what was loaded, not with now: a change in between must wake.
                        if news.wait_for(|number| *number != entry.loaded_at).await.is_err() {
                            return;
                        }
                    }
                    Err(error) => {
                        tracing::warn!(%error, %session, "whether a session lives could not be read");
                        tokio::time::sleep(PATIENCE).await;
                    }
                }
            }
        })
    }

    /// Says that what a person may do has changed, or that a session of theirs ended: what is in memory is read again. The log's
    /// reader calls it on every node.
    pub fn access_changed(&self, person: PersonId) {
        self.0.generations.raise(person);
    }

    /// What is known of the session, if it lives.
    async fn life(&self, session: SessionId) -> Result<Option<Arc<Entry>>> {
        let person = match self.0.access.get(&session) {
            Some(entry) => Some(entry.person),
            None => {
                session::Entity::find_by_id(session)
                    .select_only()
                    .column(session::Column::PersonId)
                    .into_tuple()
                    .one(&self.0.desk.db.read)
                    .await?
            }
        };
        let Some(person) = person else { return Ok(None) };
        Ok(Some(self.entry(session, person).await?).filter(|entry| entry.actor.is_some()))
    }

    async fn entry(&self, session: SessionId, person: PersonId) -> Result<Arc<Entry>> {
        if let Some(entry) = self.0.access.get(&session)
            && entry.person == person
            && entry.loaded_at == *entry.generation.borrow()
        {
            return Ok(entry);
        }
        let generation = self.0.generations.of(person);
        // Taken before the rows are read: see `generations`.
        let loaded_at = *generation.borrow();
        let actor = self.load(session, person).await?;
        let entry = Arc::new(Entry { person, generation, loaded_at, actor });
        self.0.access.insert(session, Arc::clone(&entry));
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
        let teams: Vec<TeamId> = match person.role {
            // Customers are in no team.
            Role::Customer => Vec::new(),
            Role::Agent | Role::Administrator => {
                member::Entity::find()
                    .filter(member::Column::PersonId.eq(person.id))
                    .select_only()
                    .column(member::Column::TeamId)
                    .into_tuple()
                    .all(&desk.db.read)
                    .await?
            }
        };
        let credential = credential::of(&desk.db.read, person.id).await?;
        Ok(Some(Actor {
            kind: ActorKind::Person,
            person: Some(person.id),
            role: Some(person.role),
            organization: person.organization_id,
            teams: teams.into(),
            session: Some(session.id),
            must_change_password: credential.is_some_and(|credential| credential.must_change),
            origin: Origin::Api,
            request_id: None,
        }))
    }
}
