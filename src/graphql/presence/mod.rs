//! Who is at a ticket: saying that one writes, and watching.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, SimpleObject, Subscription};
use futures_util::Stream;

use super::context::{Refuse, Request};
use super::payload::{UserError, settle};
use super::people::Person;
use crate::access::Permission;
use crate::clock::Timestamp;
use crate::error::{Code, Error, Result};
use crate::event_log::Record;
use crate::ids::TicketId;
use crate::presence::Present;
use crate::say;
use crate::tickets::{find, ticket};

/// Says that you are writing on a ticket, or have stopped. Repeat it every few seconds while you write: after six it is forgotten.
#[derive(Clone, Debug, InputObject)]
pub struct TicketTypingInput {
    /// On which ticket.
    ticket_id: TicketId,
    /// Whether you are writing.
    #[graphql(default = true)]
    typing: bool,
    /// Whether it is a note for staff only: then only they see that you write it.
    #[graphql(default = false)]
    internal: bool,
}

/// What the mutation answers.
#[derive(SimpleObject)]
pub struct TicketTypingPayload {
    /// Whether it was passed on.
    accepted: bool,
    /// What stands against it.
    user_errors: Vec<UserError>,
}

/// Somebody is looking at a ticket.
#[derive(Clone, SimpleObject)]
pub struct TicketViewer {
    /// Who.
    person: Person,
    /// Since when.
    since_at: Timestamp,
}

/// Somebody is writing on a ticket.
#[derive(Clone, SimpleObject)]
pub struct TicketTypist {
    /// Who.
    person: Person,
    /// Whether it is a note for staff only.
    internal: bool,
}

/// Who is at a ticket now.
#[derive(Clone, SimpleObject)]
pub struct TicketPresence {
    /// The ticket.
    ticket_id: TicketId,
    /// Who is looking, you among them, longest first. Each once, however many screens they have.
    viewers: Vec<TicketViewer>,
    /// Who is writing, you aside. Who writes a note is here only for those who may read notes.
    typing: Vec<TicketTypist>,
}

/// The root fields that say who is at a ticket.
#[derive(Default)]
pub struct PresenceMutations;

#[Object]
impl PresenceMutations {
    /// Says that you are writing on a ticket, or have stopped. Nothing of it is stored.
    async fn ticket_typing(
        &self,
        ctx: &Context<'_>,
        input: TicketTypingInput,
    ) -> async_graphql::Result<TicketTypingPayload> {
        let result = typing(Request::of(ctx), &input).await;
        Ok(match settle(ctx, result)? {
            Ok(()) => TicketTypingPayload { accepted: true, user_errors: Vec::new() },
            Err(user_errors) => TicketTypingPayload { accepted: false, user_errors },
        })
    }
}

async fn typing(request: &Request, input: &TicketTypingInput) -> Result<()> {
    let actor = request.actor();
    let me = actor.require_person()?;
    let ticket = find::by_id(&request.desk, &actor, input.ticket_id).await?;
    let ticket = ticket.ok_or_else(|| Error::not_found("ticket").at("ticketId"))?;
    let needed = if input.internal { Permission::CommentAddInternal } else { Permission::CommentAdd };
    if !request.may(&ticket, needed).await? {
        let message = say!("You may not do this: it needs the permission {permission}.", permission = needed.name());
        return Err(Error::with(Code::Forbidden, message));
    }
    request.presence.typing(ticket.id, me, input.internal, input.typing);
    Ok(())
}

/// The root fields that watch who is at a ticket.
#[derive(Default)]
pub struct PresenceSubscriptions;

#[Subscription]
impl PresenceSubscriptions {
    /// Who is looking at a ticket and who is writing on it: at once, and whenever that changes. Whoever watches is looking, until the
    /// subscription ends. It ends when you lose sight of the ticket.
    async fn ticket_presence<'a>(
        &self,
        ctx: &Context<'a>,
        #[graphql(desc = "The ticket.")] ticket_id: TicketId,
    ) -> async_graphql::Result<impl Stream<Item = async_graphql::Result<TicketPresence>> + use<'a>> {
        let request: &'a Request = Request::of(ctx);
        let me = request.actor().require_person().refuse(request)?;
        // Before it is looked whether one sees it: what happens in between is not missed.
        let mut seq = request.desk.head.seq();
        sight(request, ticket_id).await.refuse(request)?.ok_or_else(|| Error::not_found("ticket")).refuse(request)?;
        let mut seat = request.presence.look(ticket_id, me);
        Ok(async_stream::stream! {
            let mut shown: Option<(Present, bool)> = None;
            loop {
                let ticket = match sight(request, ticket_id).await {
                    Ok(Some(ticket)) => ticket,
                    Ok(None) => return,
                    Err(error) => {
                        yield Err(error).refuse(request);
                        return;
                    }
                };
                // What is known now: a change while it is sent wakes again.
                let present = request.presence.present(ticket_id);
                match show(request, &ticket, &present).await {
                    Ok((presence, internal)) => {
                        let now = Some((visible(&present, me, internal), internal));
                        if shown != now {
                            shown = now;
                            yield Ok(presence);
                        }
                    }
                    Err(error) => {
                        yield Err(error).refuse(request);
                        return;
                    }
                }
                tokio::select! {
                    () = seat.changed() => {}
                    to = concerned(request, ticket_id, seq) => match to {
                        Ok(to) => seq = to,
                        Err(error) => {
                            yield Err(error).refuse(request);
                            return;
                        }
                    }
                }
            }
        })
    }
}

/// What the reader gets to see of who is there.
fn visible(present: &Present, me: crate::ids::PersonId, internal: bool) -> Present {
    let mut present = present.clone();
    present.typing.retain(|typing| typing.person != me && (internal || !typing.internal));
    present
}

/// The ticket, as whoever subscribed is now, if they still see it.
async fn sight(request: &Request, id: TicketId) -> Result<Option<Arc<ticket::Model>>> {
    match request.renew().await {
        Ok(()) => {}
        Err(error) if error.code() == Code::Unauthenticated => return Ok(None),
        Err(error) => return Err(error),
    }
    request.visible_ticket(id).await
}

async fn show(request: &Request, ticket: &ticket::Model, present: &Present) -> Result<(TicketPresence, bool)> {
    let internal = request.may(ticket, Permission::CommentViewInternal).await?;
    let me = request.actor().require_person()?;
    let present = visible(present, me, internal);
    let loaders = request.loaders();
    let everybody = present.looking.iter().map(|one| one.person).chain(present.typing.iter().map(|one| one.person));
    loaders.people.load_ahead(everybody).await?;
    let (mut viewers, mut typing) = (Vec::new(), Vec::new());
    for one in &present.looking {
        let person = loaders.people.load(one.person).await?;
        viewers.extend(person.map(|person| TicketViewer { person: Person(person), since_at: one.since }));
    }
    for one in &present.typing {
        let person = loaders.people.load(one.person).await?;
        typing.extend(person.map(|person| TicketTypist { person: Person(person), internal: one.internal }));
    }
    Ok((TicketPresence { ticket_id: ticket.id, viewers, typing }, internal))
}

/// Waits for an event that may change who sees the ticket: one about it, or about whoever watches. Answers how far the log is then.
async fn concerned(request: &Request, ticket: TicketId, mut seq: i64) -> Result<i64> {
    let me = request.actor().person;
    loop {
        request.live.wait(seq).await;
        let mut concerns = false;
        for seen in request.live.after(seq).await? {
            seq = seen.record.seq;
            let record: &Record = &seen.record;
            if let Some(me) = me.filter(|me| me.0 == record.subject_id) {
                // The reader that says so to the sessions may be behind.
                request.sessions.access_changed(me);
                concerns = true;
            }
            concerns |= record.ticket_id == Some(ticket);
        }
        if concerns {
            return Ok(seq);
        }
    }
}
