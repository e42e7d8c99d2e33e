//! A ticket's row, comments and clocks as they would be if everything in the file had happened here.

use super::ticket_row::TicketRow;
use crate::access::Role;
use crate::clock::Timestamp;
use crate::comments::add::count;
use crate::comments::comment::{self, SenderKind};
use crate::comments::events::CommentAdded;
use crate::event_log::Audience;
use crate::ids::{CommentId, PersonId, TicketId};
use crate::people::person;
use crate::profile::{Profile, Stage};
use crate::sla::clock::{self, Target};
use crate::sla::follow;
use crate::sla::segments::Because;
use crate::tickets::create::created;
use crate::tickets::ticket;

/// Everything that one row becomes.
pub struct Timeline {
    /// The ticket.
    pub ticket: ticket::Model,
    /// Its comments, oldest first.
    pub comments: Vec<comment::Model>,
    /// What the log says of each comment.
    pub added: Vec<CommentAdded>,
    /// Its clocks.
    pub clocks: Vec<clock::Model>,
}

/// The people of a row, as they are known here.
pub struct People<'a> {
    /// Who asked.
    pub requester: &'a person::Model,
    /// Who works on it.
    pub assignee: Option<&'a person::Model>,
    /// Who wrote each comment, in the order of the row.
    pub authors: Vec<Option<&'a person::Model>>,
}

/// What the clocks notice, in the order in which it happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Happened {
    Replied,
    Paused,
    Done,
}

/// Makes a ticket of a row, at `now`.
pub fn build(
    profile: &Profile,
    now: Timestamp,
    source: &str,
    row: &TicketRow,
    number: String,
    people: &People<'_>,
) -> Timeline {
    let created_at = row.opened_at(now);
    let id = TicketId::new();
    let comments = comments(source, row, id, created_at, people);
    let last = comments.last().map_or(created_at, |(comment, _)| comment.created_at);
    let known_end = [row.closed_at, row.resolved_at, row.updated_at].into_iter().flatten().max();
    let updated_at = known_end.unwrap_or(created_at).max(last).max(created_at);

    let status = profile.status(&row.status);
    let stage = status.map_or(Stage::New, |status| status.stage);
    // Without a word on when it ended, it ended when it last changed.
    let (resolved_at, closed_at) = match stage {
        Stage::Closed => {
            let closed_at = row.closed_at.or(row.updated_at).or(row.resolved_at).unwrap_or(last);
            (Some(row.resolved_at.map_or(closed_at, |resolved| resolved.min(closed_at))), Some(closed_at))
        }
        Stage::Resolved => (Some(row.resolved_at.or(row.closed_at).or(row.updated_at).unwrap_or(last)), None),
        _ => (None, None),
    };
    let moved_at = if row.status == profile.initial_status { created_at } else { row.updated_at.unwrap_or(last) };
    let status_changed_at = closed_at.or(resolved_at).unwrap_or(moved_at);

    let mut ticket = ticket::Model {
        id,
        number,
        title: row.title.clone(),
        description: row.description.clone(),
        status: row.status.clone(),
        stage: stage as i32,
        priority: row.priority.clone(),
        priority_rank: profile.priority(&row.priority).map_or(0, |priority| priority.rank),
        category: row.category.clone(),
        channel: row.channel.clone(),
        preferred_contact_time: None,
        requester_id: people.requester.id,
        organization_id: people.requester.organization_id,
        created_by_id: None,
        assignee_id: people.assignee.map(|person| person.id),
        team_id: None,
        version: 1,
        comment_count: 0,
        public_comment_count: 0,
        last_comment_id: None,
        last_public_comment_id: None,
        due_at: Timestamp::NEVER,
        breached: false,
        first_responded_at: None,
        status_changed_at,
        resolved_at,
        closed_at,
        close_reason: row.close_reason.clone().filter(|_| stage == Stage::Closed),
        reopen_count: 0,
        source: Some(source.to_owned()),
        external_id: Some(row.external_id.clone()),
        created_at,
        updated_at,
        deleted_at: None,
        reference_id: None,
        contact_method: None,
        merged_into_id: None,
    };
    let mut happened = Vec::new();
    for (comment, added) in &comments {
        count(&mut ticket, comment);
        if added.by_staff && !added.internal {
            happened.push((comment.created_at, Happened::Replied));
            ticket.first_responded_at.get_or_insert(comment.created_at);
        }
    }
    if let Some(at) = resolved_at {
        happened.push((at, Happened::Done));
    } else if status.is_some_and(|status| status.pauses_sla) {
        happened.push((status_changed_at, Happened::Paused));
    }
    happened.sort();
    let clocks = clocks(profile, &ticket, &happened, now);
    ticket.due_at = clocks.iter().map(clock::Model::due_at).min().unwrap_or(Timestamp::NEVER);
    ticket.breached = clocks.iter().any(clock::Model::is_missed);
    let (comments, added) = comments.into_iter().unzip();
    Timeline { ticket, comments, added, clocks }
}

/// The comments, oldest first; one without a time follows the one before it in the file.
fn comments(
    source: &str,
    row: &TicketRow,
    ticket_id: TicketId,
    created_at: Timestamp,
    people: &People<'_>,
) -> Vec<(comment::Model, CommentAdded)> {
    let mut at = created_at;
    let mut comments = Vec::with_capacity(row.comments.len());
    for (comment, author) in row.comments.iter().zip(&people.authors) {
        at = comment.created_at.unwrap_or(at);
        let author_id: Option<PersonId> = author.map(|person| person.id);
        let is_staff = author.is_some_and(|person| matches!(person.role, Role::Agent | Role::Administrator));
        let by_staff = is_staff && author_id != Some(people.requester.id);
        let sender_kind = match author_id {
            None => SenderKind::System,
            Some(_) if by_staff => SenderKind::Staff,
            Some(_) => SenderKind::Customer,
        };
        let model = comment::Model {
            id: CommentId::new(),
            ticket_id,
            author_id,
            sender_kind,
            audience: if comment.internal { Audience::Staff } else { Audience::Public },
            format: comment.format,
            body: comment.body.clone(),
            source: Some(source.to_owned()),
            external_id: Some(comment.external_id.clone()),
            version: 1,
            created_at: at,
            edited_at: None,
            deleted_at: None,
            via_ticket_id: None,
        };
        let added = CommentAdded {
            comment: model.id,
            ticket: ticket_id,
            author: author_id,
            internal: comment.internal,
            by_staff,
        };
        comments.push((model, added));
    }
    comments.sort_by_key(|(comment, _)| comment.created_at);
    comments
}

/// The clocks of the ticket, from its opening through what happened: as the service level follows a living ticket.
fn clocks(
    profile: &Profile,
    ticket: &ticket::Model,
    happened: &[(Timestamp, Happened)],
    now: Timestamp,
) -> Vec<clock::Model> {
    // It was opened in the first status; a file tells only of the last.
    let mut opened = created(ticket);
    opened.status.clone_from(&profile.initial_status);
    let mut clocks = follow::clocks(profile, ticket.id, &opened, ticket.created_at);
    for clock in &mut clocks {
        for (at, what) in happened {
            match what {
                Happened::Replied if clock.target == Target::FirstResponse => {
                    clock.meet(profile.calendar(), *at, Because::Answered);
                }
                Happened::Replied => {}
                Happened::Paused => clock.pause(*at, Because::Status(&ticket.status)),
                Happened::Done => clock.meet(profile.calendar(), *at, Because::Status(&ticket.status)),
            }
        }
        clock.pass_over(profile, now);
    }
    clocks
}
