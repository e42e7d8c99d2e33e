//! The people of a batch: those who are known are found with two statements, the others become known with two more.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::store_tickets::chunk;
use super::ticket_row::Who;
use crate::access::Role;
use crate::clock::Timestamp;
use crate::desk::Tx;
use crate::error::Result;
use crate::ids::{ContactId, PersonId};
use crate::people::events::PersonEvent;
use crate::people::{contact, input, person};

/// The people of a batch, by what rows call them.
pub struct Known {
    source: String,
    by_email: HashMap<String, PersonId>,
    by_external: HashMap<String, PersonId>,
    people: HashMap<PersonId, person::Model>,
    new_people: Vec<person::Model>,
    new_contacts: Vec<contact::Model>,
}

impl Known {
    /// Those of `whos` who are known already.
    pub async fn load(tx: &Tx, source: &str, whos: &[&Who]) -> Result<Self> {
        let emails: HashSet<&str> = whos.iter().filter_map(|who| Some(who.email.as_ref()?.1.as_str())).collect();
        let ids: HashSet<&str> = whos.iter().filter_map(|who| who.external_id.as_deref()).collect();
        let mut known = Self {
            source: source.to_owned(),
            by_email: HashMap::new(),
            by_external: HashMap::new(),
            people: HashMap::new(),
            new_people: Vec::new(),
            new_contacts: Vec::new(),
        };
        for emails in emails.into_iter().collect::<Vec<_>>().chunks(10_000) {
            let contacts = contact::Entity::find()
                .filter(contact::Column::Kind.eq(contact::Kind::Email))
                .filter(contact::Column::Folded.is_in(emails.iter().copied()))
                .all(tx.conn())
                .await?;
            known.by_email.extend(contacts.into_iter().map(|row| (row.folded, row.person_id)));
        }
        let of_contacts: Vec<PersonId> = known.by_email.values().copied().collect();
        for ids in of_contacts.chunks(10_000) {
            let any = person::Column::Id.is_in(ids.iter().copied());
            let people = person::Entity::find().filter(any).all(tx.conn()).await?;
            known.people.extend(people.into_iter().map(|row| (row.id, row)));
        }
        for ids in ids.into_iter().collect::<Vec<_>>().chunks(10_000) {
            let people = person::Entity::find()
                .filter(person::Column::Source.eq(source))
                .filter(person::Column::ExternalId.is_in(ids.iter().copied()))
                .all(tx.conn())
                .await?;
            for row in people {
                known.by_external.extend(row.external_id.clone().map(|id| (id, row.id)));
                known.people.insert(row.id, row);
            }
        }
        Ok(known)
    }

    /// The person, if they are known: by address first, for an address reaches one person whatever the source.
    pub fn find(&self, who: &Who) -> Option<&person::Model> {
        let by_email = who.email.as_ref().and_then(|(_, folded)| self.by_email.get(folded));
        let id = by_email.or_else(|| who.external_id.as_ref().and_then(|id| self.by_external.get(id)))?;
        self.people.get(id)
    }

    /// The person, who becomes known if they are not.
    pub fn find_or_add(&mut self, tx: &mut Tx, who: &Who, since: Timestamp) -> Result<PersonId> {
        if let Some(person) = self.find(who) {
            return Ok(person.id);
        }
        let row = person::Model {
            id: PersonId::new(),
            name: who.name.clone(),
            name_folded: input::folded(&who.name),
            role: if who.staff { Role::Agent } else { Role::Customer },
            organization_id: None,
            source: who.external_id.as_ref().map(|_| self.source.clone()),
            external_id: who.external_id.clone(),
            version: 1,
            created_at: since,
            deactivated_at: None,
            locale: None,
            muted: None,
        };
        let id = row.id;
        if let Some((value, folded)) = &who.email {
            self.by_email.insert(folded.clone(), id);
            self.new_contacts.push(contact::Model {
                id: ContactId::new(),
                person_id: id,
                kind: contact::Kind::Email,
                value: value.clone(),
                folded: folded.clone(),
                verified_at: None,
                created_at: tx.real,
            });
        }
        self.by_external.extend(who.external_id.clone().map(|external| (external, id)));
        self.people.insert(id, row.clone());
        self.new_people.push(row);
        tx.append_at(&PersonEvent::Created { person: id }, since)?;
        Ok(id)
    }

    /// The person with this id, who was found or added before.
    pub fn get(&self, id: PersonId) -> Option<&person::Model> {
        self.people.get(&id)
    }

    /// Writes those who became known.
    pub async fn save(&mut self, tx: &Tx) -> Result<()> {
        for rows in chunk(std::mem::take(&mut self.new_people), 10) {
            let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
            person::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
        }
        for rows in chunk(std::mem::take(&mut self.new_contacts), 7) {
            let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
            contact::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
        }
        Ok(())
    }
}
