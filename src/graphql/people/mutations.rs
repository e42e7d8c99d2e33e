//! Making and changing people, teams and organizations.

use async_graphql::{Context, InputObject, Object};

use super::{Organization, Person, Team};
use crate::access::Permission;
use crate::graphql::context::{Refuse, Request};
use crate::graphql::payload::{perform, settle};
use crate::ids::PersonId;
use crate::payload;
use crate::people::agent_availability_set::AgentAvailabilitySet;
use crate::people::agent_capacity_set::AgentCapacitySet;
use crate::people::agent_skills_set::AgentSkillsSet;
use crate::people::contact_add::ContactAdd;
use crate::people::contact_remove::ContactRemove;
use crate::people::create::PersonCreate;
use crate::people::organization_create::OrganizationCreate;
use crate::people::organization_update::OrganizationUpdate;
use crate::people::organization_upsert::OrganizationUpsert;
use crate::people::team_create::TeamCreate;
use crate::people::team_member_add::TeamMemberAdd;
use crate::people::team_member_remove::TeamMemberRemove;
use crate::people::team_update::TeamUpdate;
use crate::people::update::PersonUpdate;
use crate::people::upsert::PersonUpsert;
use crate::sessions::person_deactivate::PersonDeactivate;
use crate::sessions::person_reactivate::PersonReactivate;
use crate::tickets::team_delete::TeamDelete;

/// Makes a person known.
#[derive(InputObject)]
pub struct PersonCreateInput {
    #[graphql(flatten)]
    person: PersonCreate,
    /// A first password, which they are to change. Without one they cannot sign in until they are given one.
    password: Option<String>,
}

/// Gives somebody a password.
#[derive(InputObject)]
pub struct PasswordSetInput {
    /// Who.
    person_id: PersonId,
    /// The password, which they are to change.
    password: String,
}

/// The root fields that change people.
#[derive(Default)]
pub struct PeopleMutations;

macro_rules! payloads {
    ($field:ident: $ty:ty, $doc:literal, $($name:ident)*) => {$(
        payload! {
            /// What the mutation answers.
            $name {
                #[doc = $doc]
                $field: $ty
            }
        }
    )*};
}

payloads! {
    person: Person, "The person as they are now. Null if nothing was written.",
    PersonCreatePayload PersonUpdatePayload PersonUpsertPayload PersonDeactivatePayload PersonReactivatePayload PasswordSetPayload
    AgentAvailabilitySetPayload AgentCapacitySetPayload AgentSkillsSetPayload ContactAddPayload ContactRemovePayload
}
payloads! {
    team: Team, "The team as it is now. Null if nothing was written.",
    TeamCreatePayload TeamUpdatePayload TeamDeletePayload TeamMemberAddPayload TeamMemberRemovePayload
}
payloads! {
    organization: Organization, "The organization as it is now. Null if nothing was written.",
    OrganizationCreatePayload OrganizationUpdatePayload OrganizationUpsertPayload
}

#[Object]
impl PeopleMutations {
    /// Makes a person known: a customer, an agent or an administrator. Needs `person.manage`.
    async fn person_create(
        &self,
        ctx: &Context<'_>,
        input: PersonCreateInput,
    ) -> async_graphql::Result<PersonCreatePayload> {
        let request = Request::of(ctx);
        let PersonCreateInput { mut person, password } = input;
        let hash = async {
            let Some(password) = password else { return Ok(None) };
            // Before the hashing: it is not for everybody to make the desk work.
            request.desk.policy.demand(&request.actor(), Permission::PersonManage)?;
            let owner = [person.name.as_str(), person.email.as_deref().unwrap_or_default()];
            request.sessions.hash("password", &password, &owner).await.map(Some)
        };
        match settle(ctx, hash.await)? {
            Ok(hash) => person.password_hash = hash,
            Err(error) => return Ok(PersonCreatePayload::answer(Err(error), |never: Person| never)),
        }
        Ok(PersonCreatePayload::answer(perform(ctx, person).await?, Person::from))
    }

    /// Changes what a person is called, is, or belongs to. Everybody may change their own name; the rest needs `person.manage`.
    async fn person_update(
        &self,
        ctx: &Context<'_>,
        input: PersonUpdate,
    ) -> async_graphql::Result<PersonUpdatePayload> {
        let person = input.person_id;
        let done = perform(ctx, input).await?;
        Request::of(ctx).sessions.access_changed(person);
        Ok(PersonUpdatePayload::answer(done, Person::from))
    }

    /// Makes a person known, or brings them up to date, by what another system calls them. Sending the same again changes nothing. An
    /// address that reaches somebody else is a `CONFLICT`. Needs `person.manage`.
    async fn person_upsert(
        &self,
        ctx: &Context<'_>,
        input: PersonUpsert,
    ) -> async_graphql::Result<PersonUpsertPayload> {
        let done = perform(ctx, input).await?;
        if let Ok(done) = &done {
            Request::of(ctx).sessions.access_changed(done.outcome.id);
        }
        Ok(PersonUpsertPayload::answer(done, Person::from))
    }

    /// Closes somebody's account: their sessions end, and they can no longer sign in. Needs `person.manage`.
    async fn person_deactivate(
        &self,
        ctx: &Context<'_>,
        input: PersonDeactivate,
    ) -> async_graphql::Result<PersonDeactivatePayload> {
        let person = input.person_id;
        let done = perform(ctx, input).await?;
        Request::of(ctx).sessions.access_changed(person);
        Ok(PersonDeactivatePayload::answer(done, Person::from))
    }

    /// Opens a closed account again. Needs `person.manage`.
    async fn person_reactivate(
        &self,
        ctx: &Context<'_>,
        input: PersonReactivate,
    ) -> async_graphql::Result<PersonReactivatePayload> {
        Ok(PersonReactivatePayload::answer(perform(ctx, input).await?, Person::from))
    }

    /// Gives somebody a password, which they are to change, and ends their sessions. Needs `person.manage`.
    async fn password_set(
        &self,
        ctx: &Context<'_>,
        input: PasswordSetInput,
    ) -> async_graphql::Result<PasswordSetPayload> {
        let request = Request::of(ctx);
        let done = request.sessions.password_set(&request.actor(), input.person_id, &input.password).await;
        Ok(PasswordSetPayload::answer(settle(ctx, done)?, Person::from))
    }

    /// Adds an address or a number that reaches somebody. Needs `person.manage`; one's own are added by proving them, with
    /// `contactVerifyRequest`.
    async fn contact_add(&self, ctx: &Context<'_>, input: ContactAdd) -> async_graphql::Result<ContactAddPayload> {
        let done = perform(ctx, input).await?;
        Request::of(ctx).begin_delivery();
        Ok(ContactAddPayload::answer(done, Person::from))
    }

    /// Takes away an address or a number that no longer reaches somebody. Everybody may for themselves; for others it needs
    /// `person.manage`. The last address that somebody can sign in with stays.
    async fn contact_remove(
        &self,
        ctx: &Context<'_>,
        input: ContactRemove,
    ) -> async_graphql::Result<ContactRemovePayload> {
        let done = perform(ctx, input).await?;
        Request::of(ctx).begin_delivery();
        Ok(ContactRemovePayload::answer(done, Person::from))
    }

    /// Says whether somebody takes tickets now. Staff may for themselves; for others it needs `person.manage`.
    async fn agent_availability_set(
        &self,
        ctx: &Context<'_>,
        input: AgentAvailabilitySet,
    ) -> async_graphql::Result<AgentAvailabilitySetPayload> {
        Ok(AgentAvailabilitySetPayload::answer(perform(ctx, input).await?, Person::from))
    }

    /// Says how many open tickets somebody takes at most. Needs `person.manage`.
    async fn agent_capacity_set(
        &self,
        ctx: &Context<'_>,
        input: AgentCapacitySet,
    ) -> async_graphql::Result<AgentCapacitySetPayload> {
        Ok(AgentCapacitySetPayload::answer(perform(ctx, input).await?, Person::from))
    }

    /// Says what somebody is good at. Needs `person.manage`.
    async fn agent_skills_set(
        &self,
        ctx: &Context<'_>,
        input: AgentSkillsSet,
    ) -> async_graphql::Result<AgentSkillsSetPayload> {
        Ok(AgentSkillsSetPayload::answer(perform(ctx, input).await?, Person::from))
    }

    /// Makes a team. Needs `person.manage`.
    async fn team_create(&self, ctx: &Context<'_>, input: TeamCreate) -> async_graphql::Result<TeamCreatePayload> {
        Ok(TeamCreatePayload::answer(perform(ctx, input).await?, Team::from))
    }

    /// Calls a team something else. Needs `person.manage`.
    async fn team_update(&self, ctx: &Context<'_>, input: TeamUpdate) -> async_graphql::Result<TeamUpdatePayload> {
        Ok(TeamUpdatePayload::answer(perform(ctx, input).await?, Team::from))
    }

    /// Gives a team up: its members leave it, and no ticket can be given to it any more. Refused while it has tickets that are not
    /// closed. Needs `person.manage`.
    async fn team_delete(&self, ctx: &Context<'_>, input: TeamDelete) -> async_graphql::Result<TeamDeletePayload> {
        let request = Request::of(ctx);
        let members = request.loaders().members.load(input.team_id).await.refuse(request)?;
        let done = perform(ctx, input).await?;
        // Whoever joined meanwhile loses it as well, when the log's reader says so.
        for member in members.iter().flat_map(|members| members.iter()) {
            request.sessions.access_changed(member.id);
        }
        request.begin_delivery();
        Ok(TeamDeletePayload::answer(done, Team::from))
    }

    /// Puts an agent or administrator into a team. Needs `person.manage`.
    async fn team_member_add(
        &self,
        ctx: &Context<'_>,
        input: TeamMemberAdd,
    ) -> async_graphql::Result<TeamMemberAddPayload> {
        let person = input.person_id;
        let done = perform(ctx, input).await?;
        Request::of(ctx).sessions.access_changed(person);
        Ok(TeamMemberAddPayload::answer(done, Team::from))
    }

    /// Takes somebody out of a team. Needs `person.manage`.
    async fn team_member_remove(
        &self,
        ctx: &Context<'_>,
        input: TeamMemberRemove,
    ) -> async_graphql::Result<TeamMemberRemovePayload> {
        let person = input.person_id;
        let done = perform(ctx, input).await?;
        Request::of(ctx).sessions.access_changed(person);
        Ok(TeamMemberRemovePayload::answer(done, Team::from))
    }

    /// Makes an organization. Needs `person.manage`.
    async fn organization_create(
        &self,
        ctx: &Context<'_>,
        input: OrganizationCreate,
    ) -> async_graphql::Result<OrganizationCreatePayload> {
        Ok(OrganizationCreatePayload::answer(perform(ctx, input).await?, Organization::from))
    }

    /// Calls an organization something else. Needs `person.manage`.
    async fn organization_update(
        &self,
        ctx: &Context<'_>,
        input: OrganizationUpdate,
    ) -> async_graphql::Result<OrganizationUpdatePayload> {
        Ok(OrganizationUpdatePayload::answer(perform(ctx, input).await?, Organization::from))
    }

    /// Makes an organization known, or brings it up to date, by what another system calls it. Sending the same again changes nothing.
    /// Needs `person.manage`.
    async fn organization_upsert(
        &self,
        ctx: &Context<'_>,
        input: OrganizationUpsert,
    ) -> async_graphql::Result<OrganizationUpsertPayload> {
        Ok(OrganizationUpsertPayload::answer(perform(ctx, input).await?, Organization::from))
    }
}
