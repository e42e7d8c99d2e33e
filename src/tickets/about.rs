//! What a new ticket is about, and whom it is opened for: which references suit, who may be brought into it, whose contact must be sure.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::custom_fields::Values;
use crate::access::Role;
use crate::desk::Tx;
use crate::error::{Code, Detail, Error, Result};
use crate::ids::PersonId;
use crate::people::external::PersonKey;
use crate::people::{contact, person};
use crate::profile::{ContactKind, Profile, ReferenceKind, ReferenceOwner};
use crate::references::find::{self, Found, ReferenceKey};
use crate::say;

/// The reference that a new ticket names, if it names one: it must be there, suit what the fields say, and be the requester's where the
/// desk demands that. One that is somebody else's looks absent.
///
/// # Errors
/// `REFERENCE_INVALID` at `reference`.
pub async fn reference(
    tx: &Tx,
    requester: &person::Model,
    key: Option<&ReferenceKey>,
    fields: &Values,
) -> Result<Option<Found>> {
    let rule = tx.profile().reference_rule(|field| fields.get(field).map(String::as_str));
    let kinds = || rule.kinds.iter().map(|kind| kind.key.clone()).collect::<Vec<_>>();
    let Some(key) = key else {
        return match rule.required {
            true => Err(Error::with(Code::ReferenceInvalid, "A ticket of this desk names what it is about.")
                .hint(say!("Send `reference` with one of the kinds: {kinds}.", kinds = kinds().join(", ")))
                .detail(Detail::Allowed(kinds()))
                .at("reference")),
            false => Ok(None),
        };
    };
    let Some(kind) = rule.kinds.iter().find(|kind| kind.key == key.kind) else {
        let got: String = key.kind.chars().take(64).collect();
        let message = match kinds().is_empty() {
            true => say!("Tickets of this desk name no reference."),
            false => {
                say!("\"{got}\" is not one of the kinds that suit here: {kinds}.", got, kinds = kinds().join(", "))
            }
        };
        return Err(Error::with(Code::ReferenceInvalid, message)
            .detail(Detail::Allowed(kinds()))
            .at("kind")
            .at("reference"));
    };
    let found = find::unseen(tx, key)
        .await?
        .filter(|found| found.is_seen(&tx.desk, &tx.actor) && (!rule.owned || belongs(kind, found, requester)));
    let found =
        found.ok_or_else(|| Error::new(Code::ReferenceInvalid).about(&kind.key).at("externalId").at("reference"))?;
    Ok(Some(found))
}

/// Whether a reference is somebody's own, as its kind says: they own it or share it, or their organization does; what is nobody's is
/// everybody's.
pub fn belongs(kind: &ReferenceKind, reference: &Found, person: &person::Model) -> bool {
    let (row, organization) = (&reference.row, person.organization_id);
    match kind.owner {
        ReferenceOwner::None => true,
        ReferenceOwner::Person => {
            row.owner_id == Some(person.id) || (kind.participants && reference.participants.contains(&person.id))
        }
        ReferenceOwner::Organization => {
            row.owner_id == Some(person.id) || (organization.is_some() && row.organization_id == organization)
        }
    }
}

/// Demands a verified contact of the requester, if the desk does. Other systems are reached by their own ways.
///
/// # Errors
/// `CONTACT_UNVERIFIED`.
pub async fn contact_is_sure(conn: &impl ConnectionTrait, profile: &Profile, requester: &person::Model) -> Result<()> {
    if !asks_for_contact(profile, requester) {
        return Ok(());
    }
    let theirs = contact::Entity::find().filter(contact::Column::PersonId.eq(requester.id)).all(conn).await?;
    one_is_sure(profile, requester, &theirs)
}

/// Whether the desk demands a verified contact of the requester at all.
pub fn asks_for_contact(profile: &Profile, requester: &person::Model) -> bool {
    !profile.contact.verified.is_empty() && requester.role != Role::Service
}

/// As [`contact_is_sure`], of contacts that are known already.
///
/// # Errors
/// `CONTACT_UNVERIFIED`.
pub fn one_is_sure(profile: &Profile, requester: &person::Model, contacts: &[contact::Model]) -> Result<()> {
    let will_do = |contact: &contact::Model| {
        contact.verified_at.is_some()
            && profile.contact.verified.iter().any(|kind| match kind {
                ContactKind::Email => contact.kind == contact::Kind::Email,
                ContactKind::Phone => contact.kind == contact::Kind::Phone,
            })
    };
    if !asks_for_contact(profile, requester) || contacts.iter().any(will_do) {
        return Ok(());
    }
    Err(Error::new(Code::ContactUnverified).about("person"))
}

/// Who is brought into a new ticket. Staff bring whom they like; everybody else only those who share what the ticket is about.
///
/// # Errors
/// `NOT_FOUND` at `participants` for whoever is not known or not of those, `INVALID_VALUE` for too many.
pub async fn participants(
    tx: &Tx,
    requester: &person::Model,
    keys: &[PersonKey],
    reference: Option<&Found>,
) -> Result<Vec<PersonId>> {
    let max = tx.profile().limits.participants_max;
    if keys.len() > max {
        return Err(Error::invalid("participants", say!("A ticket has at most {max} participants.", max)));
    }
    let shared =
        reference.filter(|found| tx.profile().reference_kind(&found.row.kind).is_some_and(|kind| kind.participants));
    let shares = |person: PersonId| {
        shared.is_some_and(|found| found.row.owner_id == Some(person) || found.participants.contains(&person))
    };
    let mut people = Vec::with_capacity(keys.len());
    for key in keys {
        let found = key.find(tx.conn()).await.map_err(|error| error.at("participants"))?;
        let fits = |person: &person::Model| {
            (tx.actor.is_staff() || shares(person.id))
                && person.role != Role::Service
                && person.deactivated_at.is_none()
        };
        let found = found.filter(fits).ok_or_else(|| Error::not_found("person").at("participants"))?;
        if found.id != requester.id && !people.contains(&found.id) {
            people.push(found.id);
        }
    }
    Ok(people)
}
