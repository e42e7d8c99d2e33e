//! Lists of references, in the scope of who asks, last changed first.

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};

use super::{find, reference};
use crate::access::Actor;
use crate::db::page::{Key, MAX_PAGE, Page, PageArgs};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::ids::{OrganizationId, PersonId};
use crate::say;

/// Which references. All given conditions hold together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
#[graphql(name = "ReferenceFilter")]
pub struct ReferenceFilter {
    /// Of one of these kinds: keys of `workflow.referenceKinds`.
    pub kind: Option<Vec<String>>,
    /// With one of these ids in the system that knows them.
    pub external_id: Option<Vec<String>>,
    /// Belonging to this person.
    pub owner_id: Option<PersonId>,
    /// Belonging to this organization.
    pub organization_id: Option<OrganizationId>,
}

/// How many values a list may have.
const VALUES: usize = 100;

/// The references that the actor sees, and how many there are in all if that was asked for.
///
/// # Errors
/// `BAD_USER_INPUT` for the paging; `INVALID_VALUE` for a kind that the desk does not know and for lists that are too long.
pub async fn references(
    desk: &Desk,
    actor: &Actor,
    filter: &ReferenceFilter,
    args: &PageArgs,
    total: bool,
) -> Result<(Page<reference::Model>, u64)> {
    let page = args.check("updatedAt", true, filter, MAX_PAGE)?;
    for (field, list) in [("kind", &filter.kind), ("externalId", &filter.external_id)] {
        if list.as_ref().is_some_and(|list| list.len() > VALUES) {
            return Err(Error::invalid(field, say!("Send at most {max} values.", max = VALUES)).at("filter"));
        }
    }
    if let Some(odd) = filter.kind.iter().flatten().find(|kind| desk.profile.reference_kind(kind).is_none()) {
        let known = desk.profile.reference_kinds.iter().map(|kind| kind.key.as_str());
        return Err(Error::unknown_key("kind", odd, known).at("filter"));
    }
    let wanted = Condition::all()
        .add(find::visible(desk, actor))
        .add_option(filter.kind.as_ref().map(|kinds| reference::Column::Kind.is_in(kinds)))
        .add_option(
            filter.external_id.as_ref().map(|ids| reference::Column::ExternalId.is_in(ids.iter().map(|id| id.trim()))),
        )
        .add_option(filter.owner_id.map(|id| reference::Column::OwnerId.eq(id)))
        .add_option(filter.organization_id.map(|id| reference::Column::OrganizationId.eq(id)));
    let db = &desk.db.read;
    let select = reference::Entity::find().filter(wanted);
    let total = if total { select.clone().count(db).await? } else { 0 };
    let key = |row: &reference::Model| Key { value: row.updated_at.0, id: row.id.0 };
    Ok((page.load(db, select, reference::Column::UpdatedAt, reference::Column::Id, key).await?, total))
}
