//! Writes the mails and text messages of what people are told. One node does it for all, a moment after the event.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::notification::{Column, Entity, Model};
use super::recipients::{Audiences, Wanted, sees};
use super::text::{Part, Values, Words};
use crate::access::{Actor, Origin};
use crate::comments::comment;
use crate::deliveries::delivery::Channel;
use crate::deliveries::{Message, enqueue};
use crate::desk::{Desk, Operation, Tx};
use crate::error::Result;
use crate::ids::{NotificationId, PersonId, TeamId};
use crate::jobs::{Fence, Job, Next};
use crate::people::contact::{self, Kind};
use crate::people::{loaders, person, team};
use crate::profile::Profile;
use crate::text::plain;
use crate::tickets::{TicketFacts, facts, ticket};

/// How many are written in one transaction.
const BATCH: u64 = 100;

/// How often is looked for new ones.
const LOOK: Duration = Duration::from_millis(250);

/// How much of a comment a mail quotes, in characters.
const QUOTED: usize = 2_000;

/// Writes the mails and text messages of some notifications.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct NotificationPost {
    notifications: Vec<NotificationId>,
    fence: Fence,
}

impl Operation for NotificationPost {
    type Outcome = ();
    const NAME: &'static str = "notification.post";

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        tx.allow_because("the profile says who is told");
        tx.nothing_changed();
        self.fence.hold(tx).await?;
        let ids = || Column::Id.is_in(self.notifications.iter().copied());
        let rows = Entity::find()
            .filter(ids())
            .filter(Column::Pending.eq(true))
            .order_by_asc(Column::Id)
            .lock(LockType::NoKeyUpdate)
            .all(tx.conn())
            .await?;
        let around = Around::load(tx, &rows).await?;
        let messages = rows.iter().flat_map(|row| around.messages(&tx.desk, row)).collect();
        enqueue(tx.conn(), tx.real, messages).await?;
        Entity::update_many().col_expr(Column::Pending, Expr::value(false)).filter(ids()).exec(tx.conn()).await?;
        Ok(())
    }
}

/// The job.
#[derive(Debug, Default)]
pub struct Posting;

impl Job for Posting {
    const NAME: &'static str = "notifications";

    async fn turn(&mut self, desk: &Desk, fence: &Fence) -> Result<Next> {
        let pending: Vec<NotificationId> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Pending.eq(true))
            .order_by_asc(Column::Id)
            .limit(BATCH)
            .into_tuple()
            .all(&desk.db.read)
            .await?;
        if pending.is_empty() {
            return Ok(Next::In(LOOK));
        }
        let operation = NotificationPost { notifications: pending, fence: fence.clone() };
        desk.perform(&Actor::system(Origin::Rule), operation).await?;
        Ok(Next::Now)
    }
}

/// What stands around some notifications.
struct Around {
    audiences: Audiences,
    contacts: HashMap<PersonId, Vec<contact::Model>>,
    tickets: HashMap<crate::ids::TicketId, (ticket::Model, TicketFacts)>,
    comments: HashMap<crate::ids::CommentId, comment::Model>,
    people: HashMap<PersonId, person::Model>,
    teams: HashMap<TeamId, team::Model>,
}

impl Around {
    /// A fixed number of statements, however many notifications there are.
    async fn load(tx: &Tx, rows: &[Model]) -> Result<Self> {
        let conn = tx.conn();
        let recipients: BTreeSet<PersonId> = rows.iter().map(|row| row.person_id).collect();
        let contacts = loaders::contacts(conn, &Vec::from_iter(recipients.iter().copied())).await?;
        let audiences = Audiences::load(conn, &Wanted { people: recipients, ..Wanted::default() }).await?;
        let ids: BTreeSet<_> = rows.iter().filter_map(|row| row.ticket_id).collect();
        let ids = Vec::from_iter(ids);
        let mut participants = facts::participants(conn, &ids).await?;
        let found = ticket::Entity::find().filter(ticket::Column::Id.is_in(ids)).all(conn).await?;
        let known = |row: ticket::Model| {
            let facts = TicketFacts::new(&row, participants.remove(&row.id).unwrap_or_default());
            (row.id, (row, facts))
        };
        let tickets: HashMap<_, _> = found.into_iter().map(known).collect();
        let comments: BTreeSet<_> = rows.iter().filter_map(|row| row.comment_id).collect();
        let comments = comment::Entity::find().filter(comment::Column::Id.is_in(comments)).all(conn).await?;
        let on_tickets = tickets.values().flat_map(|(row, _)| [Some(row.requester_id), row.assignee_id]);
        let named: BTreeSet<_> = on_tickets.chain(rows.iter().map(|row| row.actor_id)).flatten().collect();
        let teams: BTreeSet<_> = tickets.values().filter_map(|(row, _)| row.team_id).collect();
        Ok(Self {
            audiences,
            contacts,
            comments: comments.into_iter().map(|row| (row.id, row)).collect(),
            people: loaders::people(conn, &Vec::from_iter(named)).await?,
            teams: loaders::teams(conn, &Vec::from_iter(teams)).await?,
            tickets,
        })
    }

    /// What goes out for one: nothing to whom no longer may see the ticket, or has no address.
    fn messages(&self, desk: &Desk, row: &Model) -> Vec<Message> {
        let Some((person, actor)) = self.audiences.get(row.person_id) else { return Vec::new() };
        let ticket = row.ticket_id.and_then(|id| self.tickets.get(&id));
        let comment = row.comment_id.and_then(|id| self.comments.get(&id)).filter(|row| row.deleted_at.is_none());
        match ticket {
            Some((_, facts)) if !sees(desk, actor, facts, row.audience) => return Vec::new(),
            None if row.ticket_id.is_some() => return Vec::new(),
            _ => {}
        }
        let mut values = self.values(&desk.profile, row, ticket.map(|(row, _)| row));
        values.comment = comment.map(quoted).unwrap_or_default();
        let words = Words::new(&desk.profile, person.locale.as_deref(), &row.kind, row.text_key.as_deref());
        let contacts = self.contacts.get(&row.person_id).map(Vec::as_slice).unwrap_or_default();
        messages(row, contacts, words, &values)
    }

    fn values(&self, profile: &Profile, row: &Model, ticket: Option<&ticket::Model>) -> Values {
        let name = |id: Option<PersonId>| id.and_then(|id| self.people.get(&id)).map(|person| person.name.as_str());
        let team = ticket.and_then(|row| self.teams.get(&row.team_id?)).map(|team| team.name.as_str());
        Values::of(
            profile,
            row,
            ticket,
            Names {
                requester: name(ticket.map(|row| row.requester_id)),
                assignee: name(ticket.and_then(|row| row.assignee_id)),
                actor: name(row.actor_id),
                team,
            },
        )
    }
}

/// The names that a text may have in it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Names<'a> {
    /// Who asks.
    pub requester: Option<&'a str>,
    /// Who works on it.
    pub assignee: Option<&'a str>,
    /// Who did what is told.
    pub actor: Option<&'a str>,
    /// The team that works on it.
    pub team: Option<&'a str>,
}

impl Values {
    /// What can be inserted into the text of a notification, without the comment.
    pub fn of(profile: &Profile, row: &Model, ticket: Option<&ticket::Model>, names: Names<'_>) -> Self {
        let text = |name: Option<&str>| name.unwrap_or_default().to_owned();
        let status = |key: &str| profile.status(key).map_or(key, |status| &status.name).to_owned();
        let came_to = row.came_to.as_deref().unwrap_or_default();
        let is_status = profile.status(came_to).is_some();
        Self {
            number: text(ticket.map(|row| row.number.as_str())),
            title: text(ticket.map(|row| row.title.as_str())),
            priority: text(
                ticket.map(|row| profile.priority(&row.priority).map_or(&*row.priority, |found| &found.name)),
            ),
            status: if is_status { status(came_to) } else { ticket.map(|row| status(&row.status)).unwrap_or_default() },
            level: profile.escalation.level(came_to).map_or(came_to, |(_, level)| &level.name).to_owned(),
            requester: text(names.requester),
            assignee: text(names.assignee),
            team: text(names.team),
            actor: text(names.actor),
            comment: String::new(),
            message: text(row.message.as_deref()),
        }
    }
}

/// The messages of a notification: by mail to the address that somebody gave, as a text message only to a number that is known to be
/// theirs, for that costs money and may wake a stranger.
pub(super) fn messages(row: &Model, contacts: &[contact::Model], words: Words<'_>, values: &Values) -> Vec<Message> {
    let mut messages = Vec::new();
    let message = |channel, contact: &contact::Model| Message {
        channel,
        person: Some(row.person_id),
        ticket: row.ticket_id,
        purpose: row.kind.clone(),
        cause: row.id.to_string(),
        address: contact.value.clone(),
        subject: String::new(),
        body: String::new(),
        html: None,
        useful_until: None,
    };
    if let Some(contact) = contacts.iter().find(|contact| row.email && contact.kind == Kind::Email) {
        let (subject, body) = (words.say(Part::Subject, values), words.say(Part::Body, values));
        messages.push(Message { subject, body, ..message(Channel::Email, contact) });
    }
    let proved = |contact: &&contact::Model| contact.kind == Kind::Phone && contact.verified_at.is_some();
    if let Some(contact) = contacts.iter().find(|contact| row.sms && proved(contact)) {
        messages.push(Message { body: words.say(Part::Sms, values), ..message(Channel::Sms, contact) });
    }
    messages
}

/// The beginning of a comment, as plain text.
fn quoted(comment: &comment::Model) -> String {
    let text = match comment.format {
        comment::Format::Markdown => plain(&comment.body),
        comment::Format::Plain => comment.body.clone(),
    };
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
