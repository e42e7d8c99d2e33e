//! What is done to each ticket: one operation of those that there are for single tickets, held until it is its turn.

use async_graphql::{InputObject, OneofObject};
use serde::{Deserialize, Serialize};

use crate::access::Permission;
use crate::comments::add::CommentAdd;
use crate::comments::comment::Format;
use crate::desk::{Attempt, Operation, Tx, WriteOptions};
use crate::error::{Error, Result};
use crate::ids::TicketId;
use crate::tickets::assign::{Assignee, TicketAssign};
use crate::tickets::change_priority::TicketPriorityChange;
use crate::tickets::change_status::TicketStatusChange;
use crate::tickets::close::TicketClose;
use crate::tickets::delete::TicketDelete;
use crate::tickets::escalate::TicketEscalate;
use crate::tickets::input;
use crate::tickets::reopen::TicketReopen;
use crate::tickets::route::TicketRoute;
use crate::tickets::tag::TicketTag;
use crate::tickets::unassign::TicketUnassign;
use crate::tickets::untag::TicketUntag;
use crate::tickets::update::TicketUpdate;

/// What is done to each ticket: exactly what the single mutation of that name does, with the same permissions.
#[derive(Clone, Debug, OneofObject, Serialize, Deserialize)]
#[graphql(name = "TicketBulkActionInput")]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// Give it to an agent or to a team.
    Assign(BulkAssign),
    /// Take it away from its agent and team. Send true.
    Unassign(bool),
    /// Find somebody to work on it, by the desk's rule. Send true.
    Route(bool),
    /// Move it to this status: a key of `workflow.statuses`.
    Status(String),
    /// Close it.
    Close(BulkClose),
    /// Open it again. Send true.
    Reopen(bool),
    /// Make it so urgent: a key of `workflow.priorities`.
    Priority(String),
    /// Put it into this category: a key of `workflow.categories`.
    Category(String),
    /// Put these tags on it, beside those it has.
    Tag(Vec<String>),
    /// Take these tags off it.
    Untag(Vec<String>),
    /// Write a comment on it.
    Comment(BulkComment),
    /// Bring it to a higher level of support.
    Escalate(BulkEscalate),
    /// Delete it. Send true.
    Delete(bool),
}

/// To whom.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketBulkAssignInput")]
pub struct BulkAssign {
    /// To whom.
    pub to: Assignee,
    /// The new priority, if it changes along: a key of `workflow.priorities`.
    pub priority: Option<String>,
    /// What whoever gets it should know. Staff only.
    pub note: Option<String>,
    /// Whether the requester is told.
    #[graphql(default = true)]
    pub notify_requester: bool,
}

/// Why.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketBulkCloseInput")]
pub struct BulkClose {
    /// Why: a key of `workflow.closeReasons`.
    pub reason: Option<String>,
}

/// What is written.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketBulkCommentInput")]
pub struct BulkComment {
    /// The text.
    pub body: String,
    /// How the text is written.
    #[graphql(default_with = "Format::Markdown")]
    pub format: Format,
    /// Whether it is a note for staff only.
    #[graphql(default = false)]
    pub internal: bool,
}

/// Why, and how high.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketBulkEscalateInput")]
pub struct BulkEscalate {
    /// Why. What staff write here only staff read.
    pub reason: Option<String>,
    /// To which level: a key of `workflow.escalation.levels`. Absent: the next one of each ticket.
    pub level: Option<String>,
}

impl Action {
    /// The name of the operation.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Assign(_) => TicketAssign::NAME,
            Self::Unassign(_) => TicketUnassign::NAME,
            Self::Route(_) => TicketRoute::NAME,
            Self::Status(_) => TicketStatusChange::NAME,
            Self::Close(_) => TicketClose::NAME,
            Self::Reopen(_) => TicketReopen::NAME,
            Self::Priority(_) => TicketPriorityChange::NAME,
            Self::Category(_) => TicketUpdate::NAME,
            Self::Tag(_) => TicketTag::NAME,
            Self::Untag(_) => TicketUntag::NAME,
            Self::Comment(_) => CommentAdd::NAME,
            Self::Escalate(_) => TicketEscalate::NAME,
            Self::Delete(_) => TicketDelete::NAME,
        }
    }

    /// Whoever has none of these can do it to no ticket at all.
    pub(super) fn permissions(&self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Self::Assign(_) | Self::Unassign(_) | Self::Route(_) => &[P::TicketAssign],
            // Which of them it needs depends on where a ticket comes from and where it goes.
            Self::Status(_) => &[P::TicketChangeStatus, P::TicketClose, P::TicketReopen],
            Self::Close(_) => &[P::TicketClose],
            Self::Reopen(_) => &[P::TicketReopen],
            Self::Priority(_) => &[P::TicketChangePriority],
            Self::Category(_) | Self::Tag(_) | Self::Untag(_) => &[P::TicketUpdate],
            Self::Comment(comment) if comment.internal => &[P::CommentAddInternal],
            Self::Comment(_) => &[P::CommentAdd],
            Self::Escalate(_) => &[P::TicketEscalate],
            Self::Delete(_) => &[P::TicketDelete],
        }
    }

    /// Checks what does not depend on the ticket, so that a mistake is told at once and not a thousand times.
    ///
    /// # Errors
    /// `FORBIDDEN` if the actor may do this to no ticket; `INVALID_VALUE`, `NOT_FOUND` at the field of `action`.
    pub(super) async fn check(&self, tx: &mut Tx) -> Result<()> {
        tx.allow_anywhere(Permission::TicketBulk)?;
        let needed = self.permissions();
        if !needed.iter().any(|permission| !tx.grants(*permission).is_none()) {
            tx.allow_anywhere(needed[0])?;
        }
        self.check_values(tx).await.map_err(|error| error.at("action"))
    }

    async fn check_values(&self, tx: &Tx) -> Result<()> {
        let profile = tx.profile();
        let sent = |field: &str, is: &bool| match is {
            true => Ok(()),
            false => Err(Error::invalid(field, "This does nothing.").hint("Send true.")),
        };
        match self {
            Self::Assign(assign) => {
                let at = |error: Error| error.at("assign");
                assign.to.check(tx).await.map_err(at)?;
                if let Some(priority) = &assign.priority {
                    input::priority(profile, "priority", priority).map_err(at)?;
                }
                if let Some(note) = &assign.note {
                    input::text("note", note, 1, profile.limits.comment_max).map_err(at)?;
                }
                Ok(())
            }
            Self::Unassign(is) => sent("unassign", is),
            Self::Route(is) => sent("route", is),
            Self::Status(key) => match profile.status(key) {
                Some(_) => Ok(()),
                None => {
                    Err(Error::unknown_key("status", key, profile.statuses.iter().map(|status| status.key.as_str())))
                }
            },
            Self::Close(BulkClose { reason }) => {
                let known = reason.as_ref().map(|reason| input::key(&profile.close_reasons, "reason", reason));
                known.transpose().map(drop).map_err(|error| error.at("close"))
            }
            Self::Reopen(is) => sent("reopen", is),
            Self::Priority(key) => input::priority(profile, "priority", key).map(drop),
            Self::Category(key) => input::key(&profile.categories, "category", key).map(drop),
            Self::Tag(tags) => input::tags(profile, "tag", tags).map(drop),
            Self::Untag(tags) => input::tags(profile, "untag", tags).map(drop),
            Self::Comment(BulkComment { body, .. }) => {
                let text = input::text("body", body, 1, profile.limits.comment_max);
                text.map(drop).map_err(|error| error.at("comment"))
            }
            Self::Escalate(BulkEscalate { level: Some(level), .. }) => {
                let levels = &profile.escalation.levels;
                match levels.iter().any(|known| known.key == *level) {
                    true => Ok(()),
                    false => Err(Error::unknown_key("level", level, levels.iter().map(|level| level.key.as_str()))
                        .at("escalate")),
                }
            }
            Self::Escalate(_) => Ok(()),
            Self::Delete(is) => sent("delete", is),
        }
    }

    /// Whether the clocks of the service level may follow: then they are read for many tickets at once.
    pub(super) fn concerns_clocks(&self) -> bool {
        !matches!(self, Self::Category(_) | Self::Tag(_) | Self::Untag(_) | Self::Delete(_))
    }

    /// Does it to one ticket.
    pub(super) async fn attempt(&self, tx: &mut Tx, ticket_id: TicketId) -> Result<Attempt> {
        let options = WriteOptions::default();
        match self.clone() {
            Self::Assign(BulkAssign { to, priority, note, notify_requester }) => {
                tx.attempt(&TicketAssign { ticket_id, to, priority, note, notify_requester, options }).await
            }
            Self::Unassign(_) => tx.attempt(&TicketUnassign { ticket_id, options }).await,
            Self::Route(_) => tx.attempt(&TicketRoute { ticket_id, options }).await,
            Self::Status(status) => tx.attempt(&TicketStatusChange { ticket_id, status, options }).await,
            Self::Close(BulkClose { reason }) => tx.attempt(&TicketClose { ticket_id, reason, options }).await,
            Self::Reopen(_) => tx.attempt(&TicketReopen { ticket_id, options }).await,
            Self::Priority(priority) => tx.attempt(&TicketPriorityChange { ticket_id, priority, options }).await,
            Self::Category(category) => {
                let (title, description, tags, fields) = (None, None, None, None);
                let category = Some(category);
                tx.attempt(&TicketUpdate { ticket_id, title, description, category, tags, fields, options }).await
            }
            Self::Tag(tags) => tx.attempt(&TicketTag { ticket_id, tags, options }).await,
            Self::Untag(tags) => tx.attempt(&TicketUntag { ticket_id, tags, options }).await,
            Self::Comment(BulkComment { body, format, internal }) => {
                tx.attempt(&CommentAdd { ticket_id, body, format, internal, attachments: None, options }).await
            }
            Self::Escalate(BulkEscalate { reason, level }) => {
                tx.attempt(&TicketEscalate { ticket_id, reason, level, options }).await
            }
            Self::Delete(_) => tx.attempt(&TicketDelete { ticket_id, options }).await,
        }
    }
}
