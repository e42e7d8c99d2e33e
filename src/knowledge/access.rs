//! Who reads which article and FAQ: one decision in three views, for SQL, for events and locked rows, for the index.
//!
//! | status, audience | is read by |
//! |---|---|
//! | published, PUBLIC | everybody, signed in or not |
//! | published, CUSTOMERS | everybody who is signed in |
//! | published, STAFF; drafts; archived ones | who has `knowledge.view_drafts` |
//!
//! The grants of [`Scoped`] are those of `knowledge.view_drafts`. It reaches all or nothing: a draft belongs to the desk.

use async_graphql::Enum;
use deskgraph_index::Filter;
use sea_orm::{ActiveEnum, ColumnTrait, Condition, DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};

use super::{article, faq};
use crate::access::{Actor, Grants, Permission, Scoped};
use crate::desk::{Desk, Tx};
use crate::error::Result;
use crate::ids::PersonId;
use crate::profile::Grant;

/// How far a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "KnowledgeStatus")]
pub enum KnowledgeStatus {
    /// Being written; only for those who write.
    #[sea_orm(string_value = "DRAFT")]
    Draft,
    /// To be read by its audience.
    #[sea_orm(string_value = "PUBLISHED")]
    Published,
    /// No longer valid, kept for those who write.
    #[sea_orm(string_value = "ARCHIVED")]
    Archived,
}

/// For whom a published text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "KnowledgeAudience")]
pub enum KnowledgeAudience {
    /// Everybody, signed in or not.
    #[sea_orm(string_value = "PUBLIC")]
    Public,
    /// Everybody who is signed in.
    #[sea_orm(string_value = "CUSTOMERS")]
    Customers,
    /// Only who works at the desk.
    #[sea_orm(string_value = "STAFF")]
    Staff,
}

/// What decides who reads a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnowledgeFacts {
    /// How far it is.
    pub status: KnowledgeStatus,
    /// For whom it is once published.
    pub audience: KnowledgeAudience,
}

impl From<&article::Model> for KnowledgeFacts {
    fn from(row: &article::Model) -> Self {
        Self { status: row.status, audience: row.audience }
    }
}

impl From<&faq::Model> for KnowledgeFacts {
    fn from(row: &faq::Model) -> Self {
        Self { status: row.status, audience: row.audience }
    }
}

/// The names of the index's terms that visibility is made of.
pub mod term {
    /// How far it is.
    pub const STATUS: &str = "status";
    /// For whom it is.
    pub const AUDIENCE: &str = "audience";
}

/// The audiences that the actor is part of as a reader; `None`: everything is theirs to read.
fn audiences(actor: &Actor, grants: Grants) -> Option<&'static [KnowledgeAudience]> {
    use KnowledgeAudience::{Customers, Public};
    if grants.has(Grant::All) {
        return None;
    }
    Some(if actor.role.is_some() { &[Public, Customers] } else { &[Public] })
}

fn condition(status: impl ColumnTrait, audience: impl ColumnTrait, actor: &Actor, grants: Grants) -> Condition {
    match audiences(actor, grants) {
        None => Condition::all(),
        Some(audiences) => {
            Condition::all().add(status.eq(KnowledgeStatus::Published)).add(audience.is_in(audiences.iter().copied()))
        }
    }
}

fn admits(actor: &Actor, grants: Grants, facts: &KnowledgeFacts) -> bool {
    audiences(actor, grants)
        .is_none_or(|audiences| facts.status == KnowledgeStatus::Published && audiences.contains(&facts.audience))
}

fn terms(actor: &Actor, grants: Grants) -> Filter {
    match audiences(actor, grants) {
        None => Filter::All,
        Some(audiences) => Filter::And(vec![
            Filter::term(term::STATUS, KnowledgeStatus::Published.to_value()),
            Filter::AnyOf(term::AUDIENCE.to_owned(), audiences.iter().map(ActiveEnum::to_value).collect()),
        ]),
    }
}

/// The terms that [`Scoped::terms`] is matched against.
pub fn document_terms(facts: &KnowledgeFacts) -> Vec<(String, String)> {
    vec![(term::STATUS.to_owned(), facts.status.to_value()), (term::AUDIENCE.to_owned(), facts.audience.to_value())]
}

/// The noun of articles.
pub struct Articles;

impl Scoped for Articles {
    type Facts = KnowledgeFacts;

    fn condition(actor: &Actor, grants: Grants) -> Condition {
        condition(article::Column::Status, article::Column::Audience, actor, grants)
    }
    fn admits(actor: &Actor, grants: Grants, facts: &KnowledgeFacts) -> bool {
        admits(actor, grants, facts)
    }
    fn terms(actor: &Actor, grants: Grants) -> Filter {
        terms(actor, grants)
    }
}

/// The noun of FAQs.
pub struct Faqs;

impl Scoped for Faqs {
    type Facts = KnowledgeFacts;

    fn condition(actor: &Actor, grants: Grants) -> Condition {
        condition(faq::Column::Status, faq::Column::Audience, actor, grants)
    }
    fn admits(actor: &Actor, grants: Grants, facts: &KnowledgeFacts) -> bool {
        admits(actor, grants, facts)
    }
    fn terms(actor: &Actor, grants: Grants) -> Filter {
        terms(actor, grants)
    }
}

/// Who changes texts. Not the nouns themselves: everybody reads what is published, and nobody may write it for that.
struct Writing;

impl Scoped for Writing {
    /// The author.
    type Facts = Option<PersonId>;

    fn condition(actor: &Actor, grants: Grants) -> Condition {
        let id = article::Column::AuthorId;
        match (grants.has(Grant::All), grants.has(Grant::Own)) {
            (true, _) => Condition::all(),
            (_, own) => Condition::all().add(id.is_in(actor.person.filter(|_| own))),
        }
    }
    fn admits(actor: &Actor, grants: Grants, author: &Option<PersonId>) -> bool {
        grants.has(Grant::All) || (grants.has(Grant::Own) && author.is_some() && *author == actor.person)
    }
    fn terms(_: &Actor, _: Grants) -> Filter {
        // What one may write is not searched for.
        Filter::Nothing
    }
}

/// Demands `permission` (`article.write`, `faq.write`) on a text of this author: `OWN` reaches one's own, `ALL` every one.
///
/// # Errors
/// `FORBIDDEN`, or `UNAUTHENTICATED` for a stranger.
pub fn allow_writing(tx: &mut Tx, permission: Permission, author: Option<PersonId>) -> Result<()> {
    tx.allow::<Writing>(permission, &author)
}

/// How far the actor sees drafts.
pub fn grants(desk: &Desk, actor: &Actor) -> Grants {
    desk.policy.grants(actor, Permission::KnowledgeViewDrafts)
}
