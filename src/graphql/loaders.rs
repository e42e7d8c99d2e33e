//! The loaders of one request: rows that many fields ask for are fetched in one statement.

use std::collections::{HashMap, HashSet};
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use dataloader::BatchFn;
use dataloader::cached;
use futures_util::future::BoxFuture;
use sea_orm::{DatabaseConnection, DbErr};

use super::comments::loaders as conversation;
use super::knowledge::KnowledgeLoaders;
use crate::clock::Timestamp;
use crate::comments::counts::Counts;
use crate::comments::{self, comment};
use crate::error::{Error, Result};
use crate::files::{self, attachment};
use crate::ids::{AttachmentId, CommentId, OrganizationId, PersonId, RevisionId, TeamId, TicketId};
use crate::people::{self, contact, organization, person, team};
use crate::sla::{self, clock};
use crate::tickets::{self, revision, ticket};

/// How many keys one statement takes; beyond it SQLite's parameters would run out.
const BATCH: usize = 10_000;

/// Fetches the values of many keys at once.
type Fetch<K, V> = Arc<dyn Fn(Vec<K>) -> BoxFuture<'static, Result<HashMap<K, V>, DbErr>> + Send + Sync>;

/// The batch function of a [`Loader`].
pub struct Batch<K, V>(Fetch<K, V>);

impl<K: Clone, V> Batch<K, V> {
    /// Fetches in lists of few lengths, the last key repeated: each length is a statement of its own to prepare and to remember.
    async fn fetch(&self, keys: &[K]) -> Result<HashMap<K, V>, DbErr> {
        let length = keys.len().next_power_of_two();
        let last = keys.iter().skip(keys.len() - 1).cycle();
        (self.0)(keys.iter().chain(last).take(length).cloned().collect()).await
    }
}

type Loaded<V> = Result<Option<Arc<V>>, Arc<DbErr>>;

impl<K: Clone + Eq + Hash, V> BatchFn<K, Loaded<V>> for Batch<K, V> {
    async fn load(&mut self, keys: &[K]) -> HashMap<K, Loaded<V>> {
        match self.fetch(keys).await {
            Ok(mut found) => keys.iter().map(|key| (key.clone(), Ok(found.remove(key).map(Arc::new)))).collect(),
            Err(error) => {
                let error = Arc::new(error);
                keys.iter().map(|key| (key.clone(), Err(error.clone()))).collect()
            }
        }
    }
}

/// Looks rows up by key, together with all others that are asked for at the same time, once a request.
pub struct Loader<K: Clone + Debug + Eq + Hash, V> {
    /// What was loaded ahead: answered without waiting.
    known: Mutex<HashMap<K, Option<Arc<V>>>>,
    batch: Batch<K, V>,
    asked: cached::Loader<K, Loaded<V>, Batch<K, V>>,
}

impl<K, V> Loader<K, V>
where
    K: Clone + Debug + Eq + Hash + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    /// A loader over `fetch`.
    pub fn new<F>(db: &DatabaseConnection, fetch: fn(DatabaseConnection, Vec<K>) -> F) -> Self
    where
        F: Future<Output = Result<HashMap<K, V>, DbErr>> + Send + 'static,
    {
        let db = db.clone();
        let fetch: Fetch<K, V> = Arc::new(move |keys| Box::pin(fetch(db.clone(), keys)));
        // One yield lets every field of the level ask before the statement goes out; more only wait.
        let asked = cached::Loader::new(Batch(fetch.clone())).with_max_batch_size(BATCH).with_yield_count(1);
        Self { known: Mutex::default(), batch: Batch(fetch), asked }
    }

    /// The row of `key`, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn load(&self, key: K) -> Result<Option<Arc<V>>> {
        if let Some(known) = self.known().get(&key) {
            return Ok(known.clone());
        }
        match self.asked.try_load(key).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(Error::internal(anyhow::anyhow!("{error}"))),
            Err(error) => Err(Error::internal(error)),
        }
    }

    /// Looks up at once what a whole list is going to ask for.
    ///
    /// # Errors
    /// The database's.
    pub async fn load_ahead(&self, keys: impl IntoIterator<Item = K>) -> Result<(), DbErr> {
        let keys: Vec<K> = {
            let known = self.known();
            let unknown: HashSet<K> = keys.into_iter().filter(|key| !known.contains_key(key)).collect();
            unknown.into_iter().collect()
        };
        for keys in keys.chunks(BATCH) {
            let mut found = self.batch.fetch(keys).await?;
            let rows = keys.iter().map(|key| (key.clone(), found.remove(key).map(Arc::new)));
            self.known().extend(rows);
        }
        Ok(())
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<K, Option<Arc<V>>>> {
        // Nothing panics while it is held.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All loaders of a request.
pub struct Loaders {
    /// People by id.
    pub people: Loader<PersonId, person::Model>,
    /// The contacts of people.
    pub contacts: Loader<PersonId, Vec<contact::Model>>,
    /// Organizations by id.
    pub organizations: Loader<OrganizationId, organization::Model>,
    /// Teams by id.
    pub teams: Loader<TeamId, team::Model>,
    /// The members of teams.
    pub members: Loader<TeamId, Vec<person::Model>>,
    /// The teams that people are in.
    pub teams_of: Loader<PersonId, Vec<team::Model>>,
    /// The participants of tickets.
    pub participants: Loader<TicketId, Vec<PersonId>>,
    /// The tags of tickets.
    pub tags: Loader<TicketId, Vec<String>>,
    /// The service-level clocks of tickets.
    pub clocks: Loader<TicketId, Vec<clock::Model>>,
    /// Comments by id.
    pub comments: Loader<CommentId, comment::Model>,
    /// The first comments of tickets: ticket, whether internal ones count, how many.
    pub first_comments: Loader<(TicketId, bool, u64), Vec<comment::Model>>,
    /// Attachments by id, whoever may see them: the caller decides that.
    pub attachments: Loader<AttachmentId, attachment::Model>,
    /// The attachments of comments.
    pub comment_attachments: Loader<CommentId, Vec<attachment::Model>>,
    /// The first attachments of tickets: ticket, whether internal ones count, how many.
    pub first_attachments: Loader<(TicketId, bool, u64), Vec<attachment::Model>>,
    /// How many attachments tickets have: ticket, whether internal ones count.
    pub attachment_counts: Loader<(TicketId, bool), i64>,
    /// How many comments tickets have: ticket, whether internal ones count.
    pub comment_counts: Loader<(TicketId, bool), Counts>,
    /// What people have not read: who, of which ticket, whether internal notes count.
    pub unread: Loader<(PersonId, TicketId, bool), i64>,
    /// Who has read comments, and when first.
    pub readers: Loader<CommentId, Vec<(PersonId, Timestamp)>>,
    /// What comments said before.
    pub comment_revisions: Loader<CommentId, Vec<revision::Model>>,
    /// Kept texts by id.
    pub revisions: Loader<RevisionId, revision::Model>,
    /// Tickets by id, whoever may see them: the caller decides that.
    pub tickets: Loader<TicketId, ticket::Model>,
    /// Those of the knowledge base.
    pub knowledge: KnowledgeLoaders,
}

impl Loaders {
    /// Loaders that have nothing loaded yet.
    pub fn new(db: &DatabaseConnection) -> Self {
        Self {
            people: Loader::new(db, |db, ids| async move { people::loaders::people(&db, &ids).await }),
            contacts: Loader::new(db, |db, ids| async move { people::loaders::contacts(&db, &ids).await }),
            organizations: Loader::new(db, |db, ids| async move { people::loaders::organizations(&db, &ids).await }),
            teams: Loader::new(db, |db, ids| async move { people::loaders::teams(&db, &ids).await }),
            members: Loader::new(db, |db, ids| async move { people::loaders::members(&db, &ids).await }),
            teams_of: Loader::new(db, |db, ids| async move { people::loaders::teams_of(&db, &ids).await }),
            participants: Loader::new(db, |db, ids| async move { tickets::facts::participants(&db, &ids).await }),
            tags: Loader::new(db, |db, ids| async move { tickets::loaders::tags(&db, &ids).await }),
            clocks: Loader::new(db, |db, ids| async move { sla::loaders::clocks(&db, &ids).await }),
            comments: Loader::new(db, |db, ids| async move { comments::loaders::by_id(&db, &ids).await }),
            first_comments: Loader::new(db, |db, keys| async move { first_comments(&db, &keys).await }),
            attachments: Loader::new(db, |db, ids| async move { files::loaders::by_id(&db, &ids).await }),
            comment_attachments: Loader::new(db, |db, ids| async move { files::loaders::of_comments(&db, &ids).await }),
            first_attachments: Loader::new(db, |db, keys| async move { first_attachments(&db, &keys).await }),
            attachment_counts: Loader::new(db, |db, keys| async move { conversation::files(&db, &keys).await }),
            comment_counts: Loader::new(db, |db, keys| async move { conversation::counts(&db, &keys).await }),
            unread: Loader::new(db, |db, keys| async move { conversation::unread(&db, &keys).await }),
            readers: Loader::new(db, |db, ids| async move { comments::read::readers(&db, &ids).await }),
            comment_revisions: Loader::new(db, |db, ids| async move { conversation::revisions(&db, &ids).await }),
            revisions: Loader::new(db, |db, ids| async move {
                Ok(revision::of(&db, &ids).await?.into_iter().map(|row| (row.id, row)).collect())
            }),
            tickets: Loader::new(db, |db, ids| async move { tickets::loaders::by_id(&db, &ids).await }),
            knowledge: KnowledgeLoaders::new(db),
        }
    }
}

/// The tickets by visibility and size: one pair, unless a document asks for several sizes.
fn groups(keys: &[(TicketId, bool, u64)]) -> HashMap<(bool, u64), Vec<TicketId>> {
    let mut groups: HashMap<(bool, u64), Vec<TicketId>> = HashMap::new();
    for (ticket, internal, limit) in keys {
        groups.entry((*internal, *limit)).or_default().push(*ticket);
    }
    groups
}

/// One statement for each pair of visibility and size.
async fn first_attachments(
    db: &DatabaseConnection,
    keys: &[(TicketId, bool, u64)],
) -> Result<HashMap<(TicketId, bool, u64), Vec<attachment::Model>>, DbErr> {
    let mut found = HashMap::new();
    for ((internal, limit), ids) in groups(keys) {
        for (ticket, rows) in files::loaders::first_of(db, &ids, internal, limit).await? {
            found.insert((ticket, internal, limit), rows);
        }
    }
    Ok(found)
}

/// One statement for each pair of visibility and size.
async fn first_comments(
    db: &DatabaseConnection,
    keys: &[(TicketId, bool, u64)],
) -> Result<HashMap<(TicketId, bool, u64), Vec<comment::Model>>, DbErr> {
    let mut found = HashMap::new();
    for ((internal, limit), ids) in groups(keys) {
        for (ticket, rows) in comments::loaders::first_of(db, &ids, internal, limit).await? {
            found.insert((ticket, internal, limit), rows);
        }
    }
    Ok(found)
}
