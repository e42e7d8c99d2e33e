//! The desk's own lists and tables: what a client shows in menus, and never hard-codes.

use async_graphql::{Context, Object, SimpleObject};

use super::asked::{
    WorkflowAttachments, WorkflowContact, WorkflowField, WorkflowForm, WorkflowReferenceKind, WorkflowReferences,
};
use super::promised::{
    PermissionName, WorkflowEscalation, WorkflowNotification, WorkflowReward, WorkflowRole, WorkflowRouting,
    WorkflowSatisfaction, WorkflowSla, rewards, roles,
};
use crate::access::Permission;
use crate::graphql::context::Request;
use crate::profile::{self, Profile, Stage, Who};
use crate::tickets::status;

/// A status of tickets. Desks name their own; `stage` says what it means to programs.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct TicketStatus<'a> {
    /// Its key: send this.
    key: &'a str,
    /// Its name: show this.
    name: &'a str,
    /// What it means, on every desk.
    stage: Stage,
    /// Whether the clocks of the service level stand still in it.
    pauses_sla: bool,
}

impl<'a> TicketStatus<'a> {
    /// The status with this key; one that the profile no longer knows is shown by its key.
    pub fn of(request: &'a Request, key: &'a str, stage: i32) -> Self {
        request
            .profile()
            .status(key)
            .map_or(Self { key, name: key, stage: status::stage(stage), pauses_sla: false }, Self::from)
    }
}

impl<'a> From<&'a profile::Status> for TicketStatus<'a> {
    fn from(status: &'a profile::Status) -> Self {
        Self { key: &status.key, name: &status.name, stage: status.stage, pauses_sla: status.pauses_sla }
    }
}

/// How urgent a ticket can be.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct TicketPriority<'a> {
    /// Its key: send this.
    key: &'a str,
    /// Its name: show this.
    name: &'a str,
    /// Higher is more urgent.
    rank: i32,
    /// What is promised: hours until staff first answer.
    first_response_hours: Option<f64>,
    /// What is promised: hours until the ticket is resolved.
    resolution_hours: Option<f64>,
}

impl<'a> TicketPriority<'a> {
    /// The priority with this key; one that the profile no longer knows is shown by its key.
    pub fn of(request: &'a Request, key: &'a str, rank: i32) -> Self {
        let profile = request.profile();
        let name = profile.priority(key).map_or(key, |priority| priority.name.as_str());
        let targets = profile.sla_target(key);
        Self {
            key,
            name,
            rank,
            first_response_hours: targets.first_response.map(hours),
            resolution_hours: targets.resolution.map(hours),
        }
    }
}

pub fn hours(period: profile::Period) -> f64 {
    period.ms() as f64 / 3_600_000.0
}

/// One of a list that the desk sets.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct Choice<'a> {
    /// Its key: send this.
    key: &'a str,
    /// Its name: show this.
    name: &'a str,
}

impl<'a> Choice<'a> {
    /// An entry of the profile; one that the profile no longer knows is shown by its key.
    pub fn of(named: Option<&'a profile::Named>, key: &'a str) -> Self {
        named.map_or(Self { key, name: key }, Self::from)
    }

    /// A level of escalation; one that the profile no longer knows is shown by its key.
    pub fn level(profile: &'a Profile, key: &'a str) -> Self {
        let name = profile.escalation.level(key).map_or(key, |(_, level)| level.name.as_str());
        Self { key, name }
    }
}

impl<'a> Choice<'a> {
    /// The kind of reference with this key; one that the profile no longer knows is shown by its key.
    pub fn of_reference(request: &'a Request, key: &'a str) -> Self {
        let name = request.profile().reference_kind(key).map_or(key, |kind| kind.name.as_str());
        Self { key, name }
    }
}

impl<'a> From<&'a profile::Named> for Choice<'a> {
    fn from(named: &'a profile::Named) -> Self {
        Self { key: &named.key, name: &named.name }
    }
}

/// A change of status that this desk knows.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct StatusTransition<'a> {
    /// From this status.
    from: TicketStatus<'a>,
    /// To this one.
    to: TicketStatus<'a>,
    /// Only so many hours after the ticket came into `from`; null: at any time.
    within_hours: Option<f64>,
    /// Who may wish for it, beside having the permission.
    by: Who,
}

/// Sizes of what people write: characters of texts, numbers of things.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowLimits {
    /// The shortest title.
    title_min: usize,
    /// The longest title.
    title_max: usize,
    /// The shortest description.
    description_min: usize,
    /// The longest description.
    description_max: usize,
    /// The longest comment.
    comment_max: usize,
    /// For how many minutes its author can change or delete a comment.
    comment_edit_minutes: i64,
    /// Tags on one ticket.
    tags_max: usize,
    /// The longest tag.
    tag_length: usize,
    /// Participants of one ticket besides its requester.
    participants_max: usize,
}

/// How this desk works: the lists and tables that also decide what is allowed.
pub struct Workflow<'a>(&'a Profile, &'a Request);

/// How this desk works: the lists and tables that also decide what is allowed.
#[Object]
impl Workflow<'_> {
    /// The profile of the desk.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// What the desk is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Every status.
    async fn statuses(&self) -> Vec<TicketStatus<'_>> {
        self.0.statuses.iter().map(TicketStatus::from).collect()
    }

    /// The status of a new ticket.
    async fn initial_status(&self) -> TicketStatus<'_> {
        TicketStatus::of(self.1, &self.0.initial_status, 0)
    }

    /// Every change of status there is. What is not here is refused.
    async fn transitions(&self) -> Vec<StatusTransition<'_>> {
        let all = self.0.transitions.iter();
        all.map(|transition| StatusTransition {
            from: TicketStatus::of(self.1, &transition.from, 0),
            to: TicketStatus::of(self.1, &transition.to, 0),
            within_hours: transition.within.map(hours),
            by: transition.by,
        })
        .collect()
    }

    /// Every priority, with what is promised for it.
    async fn priorities(&self) -> Vec<TicketPriority<'_>> {
        self.0.priorities.iter().map(|priority| TicketPriority::of(self.1, &priority.key, priority.rank)).collect()
    }

    /// The key of the priority of a ticket whose creator named none.
    async fn default_priority(&self) -> &str {
        &self.0.default_priority
    }

    /// What a ticket can be about.
    async fn categories(&self) -> Vec<Choice<'_>> {
        self.0.categories.iter().map(Choice::from).collect()
    }

    /// The key of the category of a ticket whose creator named none. Null: it has none, or one must be named.
    async fn default_category(&self) -> Option<&str> {
        self.0.default_category.as_deref()
    }

    /// Whether whoever opens a ticket must name its category.
    async fn category_required(&self) -> bool {
        self.0.category_required
    }

    /// The key of the channel of a ticket whose creator named none.
    async fn default_channel(&self) -> &str {
        &self.0.default_channel
    }

    /// How a requester can reach the desk.
    async fn channels(&self) -> Vec<Choice<'_>> {
        self.0.channels.iter().map(Choice::from).collect()
    }

    /// Why a ticket can be closed.
    async fn close_reasons(&self) -> Vec<Choice<'_>> {
        self.0.close_reasons.iter().map(Choice::from).collect()
    }

    /// Sizes of what people write.
    async fn limits(&self) -> WorkflowLimits {
        let limits = &self.0.limits;
        WorkflowLimits {
            title_min: limits.title_min,
            title_max: limits.title_max,
            description_min: limits.description_min,
            description_max: limits.description_max,
            comment_max: limits.comment_max,
            comment_edit_minutes: limits.comment_edit.ms() / 60_000,
            tags_max: limits.tags_max,
            tag_length: limits.tag_length,
            participants_max: limits.participants_max,
        }
    }

    /// What whoever opens a ticket fills in.
    async fn form(&self) -> WorkflowForm<'_> {
        self.0.into()
    }

    /// Fields of the desk's own on every ticket.
    async fn fields(&self) -> Vec<WorkflowField<'_>> {
        self.0.fields.iter().map(WorkflowField::from).collect()
    }

    /// What tickets can be about outside the desk.
    async fn reference_kinds(&self) -> Vec<WorkflowReferenceKind<'_>> {
        self.0.reference_kinds.iter().map(WorkflowReferenceKind::from).collect()
    }

    /// Which of these a new ticket names.
    async fn references(&self) -> WorkflowReferences<'_> {
        (&self.0.references).into()
    }

    /// How requesters are reached.
    async fn contact(&self) -> WorkflowContact<'_> {
        (&self.0.contact).into()
    }

    /// Which files can be attached.
    async fn attachments(&self) -> WorkflowAttachments<'_> {
        (&self.0.attachments).into()
    }

    /// When service levels count, and when people are warned.
    async fn sla(&self) -> WorkflowSla<'_> {
        self.0.into()
    }

    /// To whom tickets go that the first line does not solve.
    async fn escalation(&self) -> WorkflowEscalation<'_> {
        self.0.into()
    }

    /// Who gets a ticket that nobody was named for.
    async fn routing(&self) -> WorkflowRouting<'_> {
        (&self.0.routing).into()
    }

    /// What customers get for what they do.
    async fn rewards(&self) -> Vec<WorkflowReward<'_>> {
        rewards(self.0)
    }

    /// How requesters rate what they got. Null: they do not.
    async fn satisfaction(&self) -> Option<WorkflowSatisfaction> {
        self.0.satisfaction.as_ref().map(WorkflowSatisfaction::from)
    }

    /// Who is told of what.
    async fn notifications(&self) -> Vec<WorkflowNotification<'_>> {
        self.0.notifications.iter().map(WorkflowNotification::from).collect()
    }

    /// The roles, by the desk's names.
    async fn roles(&self) -> Vec<WorkflowRole<'_>> {
        roles(self.0)
    }

    /// Every permission, by its names.
    async fn permissions(&self) -> Vec<PermissionName<'_>> {
        Permission::ALL.iter().map(|permission| PermissionName::of(self.0, *permission)).collect()
    }
}

/// The root fields about the desk.
#[derive(Default)]
pub struct DeskQueries;

#[Object]
impl DeskQueries {
    /// How this desk works: statuses, transitions, priorities, categories, limits. The same for everybody.
    async fn workflow<'a>(&self, ctx: &Context<'a>) -> Workflow<'a> {
        let request: &'a Request = Request::of(ctx);
        Workflow(request.profile(), request)
    }
}
