//! Lists of people, organizations and teams, always in the scope of who asks, newest first.

use async_graphql::InputObject;
use sea_orm::sea_query::{LikeExpr, Query, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, Select};

use super::agent::{self, skill};
use super::contact::{self, Email};
use super::team::{self, member};
use super::{find, input, organization, person};
use crate::access::{Actor, Permission, Role};
use crate::db::page::{Key, MAX_PAGE, Page, PageArgs};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::ids::{OrganizationId, PersonId, TeamId};
use crate::profile::Grant;
use crate::say;

/// Which people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct PersonFilter {
    /// Of one of these roles.
    pub role: Option<Vec<Role>>,
    /// Of this organization.
    pub organization_id: Option<OrganizationId>,
    /// Whose account is open, or closed.
    pub active: Option<bool>,
    /// Whom exactly this e-mail address reaches, whatever its case.
    pub email: Option<String>,
    /// Whose name, or an address or a number that reaches them, contains this, whatever its case: 1 to 100 characters.
    pub text: Option<String>,
    /// In one of these teams.
    pub team_id: Option<Vec<TeamId>>,
    /// Good at one of these: keys of `workflow.routing.skills`.
    pub skill: Option<Vec<String>>,
    /// Staff who take tickets now, or who do not.
    pub available: Option<bool>,
}

/// Which teams, or which organizations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
#[graphql(name = "NameFilter")]
pub struct NameFilter {
    /// Whose name contains this, whatever its case: 1 to 100 characters.
    pub text: Option<String>,
}

/// How many values a list in a filter may have.
const VALUES: usize = 100;

impl PersonFilter {
    fn condition(&self, desk: &Desk) -> Result<Condition> {
        use person::Column as P;
        let mut wanted = Condition::all()
            .add_option(self.role.as_ref().map(|roles| P::Role.is_in(roles.iter().copied())))
            .add_option(self.organization_id.map(|id| P::OrganizationId.eq(id)))
            .add_option(self.active.map(|active| match active {
                true => P::DeactivatedAt.is_null(),
                false => P::DeactivatedAt.is_not_null(),
            }));
        if let Some(text) = &self.text {
            let folded = searched(text)?;
            let (person, contact) = (contact::Column::PersonId, contact::Column::Folded);
            let mut any = Condition::any().add(contains(contact, &folded));
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let is_number = text.chars().all(|c| c.is_ascii_digit() || "+-./() ".contains(c));
            if is_number && !digits.is_empty() {
                // Numbers are kept without what people write between the digits.
                any = any.add(contains(contact, &digits));
            }
            let reached = Query::select().column(person).from(contact::Entity).cond_where(any).to_owned();
            wanted = wanted.add(Condition::any().add(contains(P::NameFolded, &folded)).add(P::Id.in_subquery(reached)));
        }
        if let Some(teams) = few("teamId", &self.team_id)? {
            let any = member::Column::TeamId.is_in(teams.iter().copied());
            let members =
                Query::select().column(member::Column::PersonId).from(member::Entity).and_where(any).to_owned();
            wanted = wanted.add(P::Id.in_subquery(members));
        }
        if let Some(skills) = few("skill", &self.skill)? {
            let known = &desk.profile.routing.skills;
            if let Some(unknown) = skills.iter().find(|key| !known.iter().any(|skill| skill.key == **key)) {
                return Err(Error::unknown_key("skill", unknown, known.iter().map(|skill| skill.key.as_str())));
            }
            let any = skill::Column::Skill.is_in(skills);
            let skilled = Query::select().column(skill::Column::PersonId).from(skill::Entity).and_where(any).to_owned();
            wanted = wanted.add(P::Id.in_subquery(skilled));
        }
        if let Some(available) = self.available {
            // Who has no row is available.
            let not = agent::Column::Available.eq(false);
            let away = Query::select().column(agent::Column::PersonId).from(agent::Entity).and_where(not).to_owned();
            wanted = wanted.add(P::Role.is_in([Role::Agent, Role::Administrator])).add(match available {
                true => P::Id.not_in_subquery(away),
                false => P::Id.in_subquery(away),
            });
        }
        Ok(wanted)
    }
}

impl NameFilter {
    fn condition(&self, column: impl ColumnTrait) -> Result<Condition> {
        let folded = self.text.as_deref().map(searched).transpose().map_err(|error| error.at("filter"))?;
        Ok(Condition::all().add_option(folded.map(|folded| contains(column, &folded))))
    }
}

fn few<'a, T>(field: &str, list: &'a Option<Vec<T>>) -> Result<Option<&'a [T]>> {
    match list {
        Some(list) if list.len() > VALUES => {
            Err(Error::invalid(field, say!("This list has {count} values.", count = list.len()))
                .hint(say!("Send at most {max}.", max = VALUES)))
        }
        list => Ok(list.as_deref()),
    }
}

/// A text that is searched for, as it is compared.
fn searched(text: &str) -> Result<String> {
    let text = text.trim();
    match text.chars().count() {
        1..=100 => Ok(input::folded(text)),
        _ => Err(Error::invalid("text", "Search for 1 to 100 characters.")),
    }
}

/// Whether a folded column contains a folded text, whatever stands in it.
fn contains(column: impl ColumnTrait, folded: &str) -> SimpleExpr {
    let escaped: String =
        folded.chars().flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c])).collect();
    column.like(LikeExpr::new(format!("%{escaped}%")).escape('\\'))
}

/// A page of a list, and how many there are in all if that was asked for, else 0.
pub type Listed<M> = (Page<M>, u64);

/// The people that the actor sees.
///
/// # Errors
/// `BAD_USER_INPUT` for the paging; `INVALID_VALUE` at `filter`.
pub async fn people(
    desk: &Desk,
    actor: &Actor,
    filter: &PersonFilter,
    args: &PageArgs,
    total: bool,
) -> Result<Listed<person::Model>> {
    let page = args.check("createdAt", true, filter, MAX_PAGE)?;
    let db = &desk.db.read;
    let wanted = filter.condition(desk).map_err(|error| error.at("filter"))?;
    let mut wanted = Condition::all().add(find::visible(desk, actor)).add(wanted);
    if let Some(email) = &filter.email {
        let email = Email::parse("email", email).map_err(|error| error.at("filter"))?;
        wanted = wanted.add(person::Column::Id.is_in(find::by_email(db, &email).await?.map(|person| person.id)));
    }
    let select = person::Entity::find().filter(wanted);
    let total = count(desk, &select, total).await?;
    let key = |row: &person::Model| Key { value: row.created_at.0, id: row.id.0 };
    Ok((page.load(db, select, person::Column::CreatedAt, person::Column::Id, key).await?, total))
}

/// Everybody to whom tickets can be given, for reports.
///
/// # Errors
/// The database's.
pub async fn staff(desk: &Desk) -> Result<Vec<PersonId>> {
    let staff = person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .filter(person::Column::Role.is_in([Role::Agent, Role::Administrator]))
        .filter(person::Column::DeactivatedAt.is_null());
    Ok(staff.into_tuple().all(&desk.db.read).await?)
}

/// The teams that the actor sees: all of them for staff, one's own for everybody else.
///
/// # Errors
/// `BAD_USER_INPUT` for the paging.
pub async fn teams(
    desk: &Desk,
    actor: &Actor,
    filter: &NameFilter,
    args: &PageArgs,
    total: bool,
) -> Result<Listed<team::Model>> {
    let page = args.check("createdAt", true, &("teams", filter), MAX_PAGE)?;
    let mut select = team::Entity::find()
        .filter(team::Column::DeletedAt.is_null())
        .filter(filter.condition(team::Column::NameFolded)?);
    let all = desk.policy.grants(actor, Permission::PersonView).has(Grant::All);
    if !actor.is_staff() || (actor.is_service() && !all) {
        select = select.filter(team::Column::Id.is_in(actor.teams.iter().copied()));
    }
    let total = count(desk, &select, total).await?;
    let key = |row: &team::Model| Key { value: row.created_at.0, id: row.id.0 };
    Ok((page.load(&desk.db.read, select, team::Column::CreatedAt, team::Column::Id, key).await?, total))
}

/// The organizations that the actor sees: all of them for whoever sees all people, one's own for everybody else.
///
/// # Errors
/// `BAD_USER_INPUT` for the paging.
pub async fn organizations(
    desk: &Desk,
    actor: &Actor,
    filter: &NameFilter,
    args: &PageArgs,
    total: bool,
) -> Result<Listed<organization::Model>> {
    let page = args.check("createdAt", true, &("organizations", filter), MAX_PAGE)?;
    let mut select = organization::Entity::find().filter(filter.condition(organization::Column::NameFolded)?);
    if !desk.policy.grants(actor, Permission::PersonView).has(Grant::All) {
        select = select.filter(organization::Column::Id.is_in(actor.organization));
    }
    let total = count(desk, &select, total).await?;
    let key = |row: &organization::Model| Key { value: row.created_at.0, id: row.id.0 };
    let (order, id) = (organization::Column::CreatedAt, organization::Column::Id);
    Ok((page.load(&desk.db.read, select, order, id, key).await?, total))
}

async fn count<E>(desk: &Desk, select: &Select<E>, wanted: bool) -> Result<u64>
where
    E: EntityTrait,
    E::Model: Sync,
{
    Ok(if wanted { select.clone().count(&desk.db.read).await? } else { 0 })
}
