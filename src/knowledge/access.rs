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

/// What somebody reads. Loaders use it as part of their keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reader {
    /// What is published for everybody.
    Stranger,
    /// What is published for customers, too.
    Customer,
    /// Everything.
    Writer,
}

impl Reader {
    /// What the actor reads, whose `knowledge.view_drafts` reaches as far as `grants`.
    pub fn of(actor: &Actor, grants: Grants) -> Self {
        match (grants.has(Grant::All), actor.role) {
            (true, _) => Self::Writer,
            (false, Some(_)) => Self::Customer,
            (false, None) => Self::Stranger,
        }
    }

    /// The audiences that one is part of; `None`: everything is one's to read.
    fn audiences(self) -> Option<&'static [KnowledgeAudience]> {
        use KnowledgeAudience::{Customers, Public};
        match self {
            Self::Writer => None,
            Self::Customer => Some(&[Public, Customers]),
            Self::Stranger => Some(&[Public]),
        }
    }

    /// The articles that one reads.
    pub fn articles(self) -> Condition {
        self.condition(article::Column::Status, article::Column::Audience)
    }

    /// The FAQs that one reads.
    pub fn faqs(self) -> Condition {
        self.condition(faq::Column::Status, faq::Column::Audience)
    }

    fn condition(self, status: impl ColumnTrait, audience: impl ColumnTrait) -> Condition {
        match self.audiences() {
            None => Condition::all(),
            Some(audiences) => Condition::all()
                .add(status.eq(KnowledgeStatus::Published))
                .add(audience.is_in(audiences.iter().copied())),
        }
    }

    fn admits(self, facts: &KnowledgeFacts) -> bool {
        self.audiences()
            .is_none_or(|audiences| facts.status == KnowledgeStatus::Published && audiences.contains(&facts.audience))
    }

    fn terms(self) -> Filter {
        match self.audiences() {
            None => Filter::All,
            Some(audiences) => Filter::And(vec![
                Filter::term(term::STATUS, KnowledgeStatus::Published.to_value()),
                Filter::AnyOf(term::AUDIENCE.to_owned(), audiences.iter().map(ActiveEnum::to_value).collect()),
            ]),
        }
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
        Reader::of(actor, grants).articles()
    }
    fn admits(actor: &Actor, grants: Grants, facts: &KnowledgeFacts) -> bool {
        Reader::of(actor, grants).admits(facts)
    }
    fn terms(actor: &Actor, grants: Grants) -> Filter {
        Reader::of(actor, grants).terms()
    }
}

/// The noun of FAQs.
pub struct Faqs;

impl Scoped for Faqs {
    type Facts = KnowledgeFacts;

    fn condition(actor: &Actor, grants: Grants) -> Condition {
        Reader::of(actor, grants).faqs()
    }
    fn admits(actor: &Actor, grants: Grants, facts: &KnowledgeFacts) -> bool {
        Reader::of(actor, grants).admits(facts)
    }
    fn terms(actor: &Actor, grants: Grants) -> Filter {
        Reader::of(actor, grants).terms()
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

/// What the actor reads.
pub fn reader(desk: &Desk, actor: &Actor) -> Reader {
    Reader::of(actor, grants(desk, actor))
}

/// How far the actor sees drafts.
pub fn grants(desk: &Desk, actor: &Actor) -> Grants {
    desk.policy.grants(actor, Permission::KnowledgeViewDrafts)
}
