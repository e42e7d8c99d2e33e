//! Making and changing people, teams and organizations.

use async_graphql::{Context, InputObject, Object};

use super::{Organization, Person, Team};
use crate::access::Permission;
use crate::graphql::context::Request;
use crate::graphql::payload::{perform, settle};
use crate::ids::PersonId;
use crate::payload;
use crate::people::agent_availability_set::AgentAvailabilitySet;
use crate::people::agent_capacity_set::AgentCapacitySet;
use crate::people::agent_skills_set::AgentSkillsSet;
use crate::people::create::PersonCreate;
use crate::people::organization_create::OrganizationCreate;
use crate::people::organization_upsert::OrganizationUpsert;
use crate::people::team_create::TeamCreate;
use crate::people::team_member_add::TeamMemberAdd;
use crate::people::team_member_remove::TeamMemberRemove;
use crate::people::update::PersonUpdate;
use crate::people::upsert::PersonUpsert;
use crate::sessions::person_deactivate::PersonDeactivate;
use crate::sessions::person_reactivate::PersonReactivate;

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
    AgentAvailabilitySetPayload AgentCapacitySetPayload AgentSkillsSetPayload
}
payloads! {
    team: Team, "The team as it is now. Null if nothing was written.",
    TeamCreatePayload TeamMemberAddPayload TeamMemberRemovePayload
}
payloads! {
    organization: Organization, "The organization as it is now. Null if nothing was written.",
    OrganizationCreatePayload OrganizationUpsertPayload
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
