//! The loaders of one request: rows that many fields ask for are fetched in one statement.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::{Condition, DatabaseConnection, DbErr};

use super::comments::loaders as conversation;
use super::context::Rooms;
use super::knowledge::KnowledgeLoaders;
pub use super::loader::{Fetch, Loader};
use super::similar;
use super::tickets::WhoseLoaders;
use crate::access::Actor;
use crate::attachments;
use crate::bulk::find::Wanted;
use crate::bulk::{self, job::result};
use crate::comments::counts::Counts;
use crate::comments::{self, comment};
use crate::error::{Error, Result};
use crate::files::{self, attachment};
use crate::ids::{
    ArticleId, AttachmentId, CommentId, JobId, OrganizationId, PersonId, ReferenceId, RevisionId, TeamId, TicketId,
};
use crate::knowledge::article;
use crate::people::{self, agent, contact, organization, person, team};
use crate::references::{self, find::Found};
use crate::sla::{self, clock};
use crate::tickets::{self, escalation, links, rating, revision, routing, threads, ticket};

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
    /// What tickets say in the desk's own fields.
    pub fields: Loader<TicketId, HashMap<String, String>>,
    /// References with whoever shares them, whoever may see them: the caller decides that.
    pub references: Loader<ReferenceId, Found>,
    /// The service-level clocks of tickets.
    pub clocks: Loader<TicketId, Vec<clock::Model>>,
    /// The levels of escalated tickets.
    pub escalations: Loader<TicketId, escalation::Model>,
    /// Why tickets went to whom.
    pub routings: Loader<TicketId, routing::Model>,
    /// What people said of how they were served, newest first.
    pub ratings: Loader<TicketId, Vec<rating::Model>>,
    /// What routing knows of people.
    pub agents: Loader<PersonId, agent::Model>,
    /// What people are good at.
    pub skills: Loader<PersonId, Vec<String>>,
    /// How many open tickets people have.
    pub loads: Loader<PersonId, i64>,
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
    /// Who has read comments, when first, and at which ticket.
    pub readers: Loader<CommentId, Vec<comments::read::Reading>>,
    /// What comments said before.
    pub comment_revisions: Loader<CommentId, Vec<revision::Model>>,
    /// Kept texts by id.
    pub revisions: Loader<RevisionId, revision::Model>,
    /// Tickets by id, whoever may see them: the caller decides that.
    pub tickets: Loader<TicketId, ticket::Model>,
    /// The tickets above merged ones.
    pub above: Loader<TicketId, Vec<TicketId>>,
    /// Where the conversations of merged tickets go on.
    pub roots: Loader<TicketId, TicketId>,
    /// How tickets were merged.
    pub merges: Loader<TicketId, threads::merged::Model>,
    /// The tickets that were merged into these, as far as the actor sees them.
    pub below: Loader<TicketId, Vec<ticket::Model>>,
    /// The links of tickets, as far as the actor sees their other ends.
    pub links: Loader<TicketId, Vec<links::Link>>,
    /// The articles that are most like an article, as far as the actor sees them: how many.
    pub related_articles: Loader<(ArticleId, usize), Vec<article::Model>>,
    /// The tickets that are most like a ticket, as far as the actor sees them: how many.
    pub similar_tickets: Loader<(TicketId, usize), Vec<ticket::Model>>,
    /// The tickets of people, organizations, teams and references.
    pub whose: WhoseLoaders,
    /// What came of the tickets of jobs: pages.
    pub job_results: Loader<(JobId, Wanted), Vec<result::Model>>,
    /// Those of the knowledge base.
    pub knowledge: KnowledgeLoaders,
}

impl Loaders {
    /// Loaders that have nothing loaded yet.
    pub fn new(rooms: &Arc<Rooms>, actor: &Arc<Actor>) -> Self {
        let db = &rooms.desk.db.read;
        Self {
            people: Loader::new(db, |db, ids| async move { people::loaders::people(&db, &ids).await }),
            contacts: Loader::new(db, |db, ids| async move { people::loaders::contacts(&db, &ids).await }),
            organizations: Loader::new(db, |db, ids| async move { people::loaders::organizations(&db, &ids).await }),
            teams: Loader::new(db, |db, ids| async move { people::loaders::teams(&db, &ids).await }),
            members: Loader::new(db, |db, ids| async move { people::loaders::members(&db, &ids).await }),
            teams_of: Loader::new(db, |db, ids| async move { people::loaders::teams_of(&db, &ids).await }),
            participants: Loader::new(db, |db, ids| async move { tickets::facts::participants(&db, &ids).await }),
            tags: Loader::new(db, |db, ids| async move { tickets::loaders::tags(&db, &ids).await }),
            fields: Loader::new(db, |db, ids| async move { tickets::loaders::fields(&db, &ids).await }),
            references: Loader::new(db, |db, ids| async move { references::find::with_participants(&db, &ids).await }),
            clocks: Loader::new(db, |db, ids| async move { sla::loaders::clocks(&db, &ids).await }),
            escalations: Loader::new(db, |db, ids| async move { escalation::of(&db, &ids).await }),
            routings: Loader::new(db, |db, ids| async move { routing::of(&db, &ids).await }),
            ratings: Loader::new(db, |db, ids| async move { rating::of(&db, &ids).await }),
            agents: Loader::new(db, |db, ids| async move { people::loaders::agents(&db, &ids).await }),
            skills: Loader::new(db, |db, ids| async move { people::loaders::skills(&db, &ids).await }),
            loads: Loader::new(db, |db, ids| async move { routing::loads(&db, Some(&ids)).await }),
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
            above: Loader::new(db, |db, ids| async move { threads::above(&db, &ids).await }),
            roots: Loader::new(db, |db, ids| async move { threads::roots(&db, &ids).await }),
            merges: Loader::new(db, |db, ids| async move { threads::merges(&db, &ids).await }),
            below: seen(rooms, actor, |db, ids, seen| async move { threads::tickets_below(&db, &ids, seen).await }),
            links: seen(rooms, actor, |db, ids, seen| async move { links::of(&db, &ids, seen).await }),
            job_results: Loader::new(
                db,
                |db, keys| async move { bulk::find::results(&db, &keys).await.map_err(carried) },
            ),
            knowledge: KnowledgeLoaders::new(db),
            related_articles: similar::articles(rooms, actor),
            similar_tickets: similar::tickets(rooms, actor),
            whose: WhoseLoaders::new(rooms, actor),
        }
    }
}

/// A loader of what depends on which tickets the actor sees.
fn seen<V, F>(
    rooms: &Arc<Rooms>,
    actor: &Arc<Actor>,
    load: fn(DatabaseConnection, Vec<TicketId>, Condition) -> F,
) -> Loader<TicketId, V>
where
    V: Send + Sync + 'static,
    F: Future<Output = Result<HashMap<TicketId, V>, DbErr>> + Send + 'static,
{
    let (rooms, actor) = (rooms.clone(), actor.clone());
    Loader::over(Arc::new(move |ids| {
        let seen = tickets::find::visible(&rooms.desk, &actor);
        Box::pin(load(rooms.desk.db.read.clone(), ids, seen))
    }))
}

/// What loaders carry is the database's error; everything else has been refused before.
pub fn carried(error: Error) -> DbErr {
    DbErr::Custom(error.to_string())
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
        for (ticket, rows) in attachments::loaders::first_of(db, &ids, internal, limit).await? {
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
