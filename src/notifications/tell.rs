//! Writes down who is told of what a transaction did.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::events::NotificationsCreated;
use super::notification::{self, Entity};
use super::preferences;
use super::recipients::{Audiences, Wanted, sees};
use crate::comments::events::{self as comments, CommentAdded};
use crate::desk::Tx;
use crate::error::Result;
use crate::event_log::Draft;
use crate::ids::{CommentId, NotificationId, PersonId, TicketId};
use crate::profile::{Delivery, Notification, Profile, Recipient, Stage};
use crate::tickets::events::{Assigned, Deescalated, Escalated, StatusChanged, kind};
use crate::tickets::{TicketFacts, facts, status, ticket};

/// How many rows one statement inserts: databases limit its parameters.
const AT_ONCE: usize = 500;

/// An event, and what the profile says of it.
struct Told<'a> {
    event: &'a Draft,
    ticket: TicketId,
    rules: Vec<&'a Notification>,
    assigned: Option<Assigned>,
}

/// Writes a notification for everybody whom the profile wants told of `events`, and who may see them. So many statements for a
/// transaction, however many people and events there are.
///
/// # Errors
/// The database's.
pub async fn tell(tx: &mut Tx, events: &[Draft]) -> Result<()> {
    let desk = tx.desk.clone();
    let mut told: Vec<Told<'_>> =
        events.iter().filter_map(|event| Told::of(&desk.profile, event, tx.actor.is_staff())).collect();
    if told.is_empty() {
        return Ok(());
    }
    let tickets: BTreeSet<TicketId> = told.iter().map(|told| told.ticket).collect();
    let tickets = Vec::from_iter(tickets);
    let mut participants = facts::participants(tx.conn(), &tickets).await?;
    let rows = ticket::Entity::find().filter(ticket::Column::Id.is_in(tickets)).all(tx.conn()).await?;
    let known = |row: ticket::Model| {
        let facts = TicketFacts::new(&row, participants.remove(&row.id).unwrap_or_default());
        (row.id, (status::stage(row.stage), facts))
    };
    let tickets: HashMap<TicketId, (Stage, TicketFacts)> = rows.into_iter().map(known).collect();
    let mut wanted = Wanted::default();
    for told in &mut told {
        if let Some((stage, facts)) = tickets.get(&told.ticket) {
            told.stay_with(&desk.profile, *stage);
            told.want(facts, tx.actor.person, &mut wanted);
        }
    }
    if wanted.people.is_empty() && wanted.teams.is_empty() && !wanted.administrators {
        return Ok(());
    }
    let audiences = Audiences::load(tx.conn(), &wanted).await?;
    let mut rows = Vec::new();
    for told in &told {
        let Some((_, facts)) = tickets.get(&told.ticket) else { continue };
        for (person, (channels, text)) in told.recipients(facts, &audiences, tx.actor.person) {
            let Some((row, actor)) = audiences.get(person) else { continue };
            if !sees(&desk, actor, facts, told.event.audience) {
                continue;
            }
            let by = |channel| channels.contains(&channel) && preferences::wants(row, told.event.kind, channel);
            rows.extend(told.row(tx, person, text, [Delivery::Inbox, Delivery::Email, Delivery::Sms].map(by)));
        }
    }
    insert(tx, rows).await
}

/// Writes new rows, and says to whom.
async fn insert(tx: &mut Tx, rows: Vec<notification::Model>) -> Result<()> {
    for rows in rows.chunks(AT_ONCE) {
        Entity::insert_many(rows.iter().map(|row| row.clone().into_active_model()))
            .exec_without_returning(tx.conn())
            .await?;
    }
    let shown: Vec<_> = rows.iter().filter(|row| row.inbox).collect();
    match shown.is_empty() {
        true => Ok(()),
        false => tx.append(&created(&shown)),
    }
}

/// What the log says of rows that inboxes show.
pub(super) fn created(rows: &[&notification::Model]) -> NotificationsCreated {
    let (notifications, people) = rows.iter().map(|row| (row.id, row.person_id)).unzip();
    NotificationsCreated { notifications, people }
}

impl<'a> Told<'a> {
    /// What the rules say of an event, if they say anything.
    fn of(profile: &'a Profile, event: &'a Draft, by_staff: bool) -> Option<Self> {
        let ticket = event.subject.ticket?;
        let by_staff = match event.kind {
            // Whoever works here may be a customer of their own desk.
            comments::ADDED => read::<CommentAdded>(event).map_or(by_staff, |added| added.by_staff),
            _ => by_staff,
        };
        let fits = |rule: &&Notification| rule.event == event.kind && rule.by.is(by_staff);
        let rules: Vec<_> = profile.notifications.iter().filter(fits).collect();
        let assigned = (event.kind == kind::ASSIGNED).then(|| read::<Assigned>(event)).flatten();
        (!rules.is_empty()).then_some(Self { event, ticket, rules, assigned })
    }

    /// Keeps the rules that fit the stage after the event: the one that the event names, or the one that the ticket is in.
    fn stay_with(&mut self, profile: &Profile, stage: Stage) {
        let named = self.event.data.get("status").and_then(|status| profile.status(status.as_str()?));
        let stage = named.map_or(stage, |status| status.stage);
        self.rules.retain(|rule| rule.stage.is_none_or(|wanted| wanted == stage));
    }

    /// Whom a rule may mean for this event. A ticket that goes from hand to hand is told to those who got it, not to the team that
    /// has it anyway; and to the requester only if whoever gave it on wants that.
    fn means(&self, recipient: Recipient) -> bool {
        let Some(assigned) = &self.assigned else { return true };
        match recipient {
            Recipient::Requester => assigned.notify_requester,
            Recipient::Assignee => assigned.assignee != assigned.assignee_before,
            Recipient::Team => assigned.team != assigned.team_before,
            Recipient::Participants | Recipient::Administrators => true,
        }
    }

    /// Whom has to be looked up to know who is told.
    fn want(&self, facts: &TicketFacts, doer: Option<PersonId>, wanted: &mut Wanted) {
        for rule in &self.rules {
            let one = |person: &PersonId| rule.confirms || Some(*person) != doer;
            for recipient in rule.to.iter().filter(|recipient| self.means(**recipient)) {
                match recipient {
                    Recipient::Requester => wanted.people.extend(Some(facts.requester).filter(one)),
                    Recipient::Participants => wanted.people.extend(facts.participants.iter().copied().filter(one)),
                    Recipient::Assignee => wanted.people.extend(facts.assignee.filter(one)),
                    Recipient::Team => wanted.teams.extend(facts.team),
                    Recipient::Administrators => wanted.administrators = true,
                }
            }
        }
    }

    /// Who is told, by which channels, with which text: the first rule that means somebody says that.
    fn recipients(
        &self,
        facts: &TicketFacts,
        audiences: &Audiences,
        doer: Option<PersonId>,
    ) -> BTreeMap<PersonId, (BTreeSet<Delivery>, Option<&'a str>)> {
        let mut found: BTreeMap<PersonId, (BTreeSet<Delivery>, Option<&str>)> = BTreeMap::new();
        for rule in &self.rules {
            for recipient in rule.to.iter().filter(|recipient| self.means(**recipient)) {
                let people: Vec<PersonId> = match recipient {
                    Recipient::Requester => vec![facts.requester],
                    Recipient::Participants => facts.participants.clone(),
                    Recipient::Assignee => facts.assignee.into_iter().collect(),
                    Recipient::Team => facts.team.iter().flat_map(|team| audiences.in_team(*team)).collect(),
                    Recipient::Administrators => audiences.administrators().collect(),
                };
                for person in people.into_iter().filter(|person| rule.confirms || Some(*person) != doer) {
                    let entry = found.entry(person).or_insert_with(|| (BTreeSet::new(), rule.text.as_deref()));
                    entry.0.extend(rule.channels.iter().copied());
                }
            }
        }
        found
    }

    /// The row for somebody; none if they want it by no channel.
    fn row(
        &self,
        tx: &Tx,
        person: PersonId,
        text: Option<&str>,
        [inbox, email, sms]: [bool; 3],
    ) -> Option<notification::Model> {
        if ![inbox, email, sms].contains(&true) {
            return None;
        }
        let comment = (self.event.subject.kind == "comment").then_some(CommentId(self.event.subject.id));
        Some(notification::Model {
            id: NotificationId::new(),
            person_id: person,
            ticket_id: Some(self.ticket),
            comment_id: comment,
            kind: self.event.kind.to_owned(),
            audience: self.event.audience,
            actor_id: tx.actor.person,
            text_key: text.map(str::to_owned),
            came_to: self.came_to(),
            message: None,
            inbox,
            email,
            sms,
            pending: email || sms,
            created_at: tx.now,
            read_at: None,
        })
    }

    /// What the event led to: a status or a level may be another one by the time that somebody reads of it.
    fn came_to(&self) -> Option<String> {
        match self.event.kind {
            kind::STATUS_CHANGED => read::<StatusChanged>(self.event).map(|moved| moved.status),
            kind::ESCALATED => read::<Escalated>(self.event).map(|escalated| escalated.level),
            kind::DEESCALATED => read::<Deescalated>(self.event).and_then(|moved| moved.level_after),
            _ => None,
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(event: &Draft) -> Option<T> {
    serde_json::from_value(event.data.clone()).ok()
}
