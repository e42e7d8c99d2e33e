//! Anything by its id.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Interface, Object};
use uuid::Uuid;

use super::attachments::Attachment;
use super::bulk::{self, Job};
use super::comments::Comment;
use super::context::{Refuse, Request};
use super::knowledge::{Article, Faq, KnowledgeCategory};
use super::notifications::{Delivery, Notification};
use super::people::{Contact, Organization, Person, Team};
use super::references::{self, Reference};
use super::sessions::{ApiKey, Session};
use super::templates::Template;
use super::tickets::Ticket;
use crate::access::Permission;
use crate::error::{Code, Error, Result};
use crate::ids::{self, AnyId, TypedId};
use crate::language::Said;
use crate::profile::Grant;
use crate::say;
use crate::{attachments, knowledge, notifications, people, sessions, templates, tickets};

/// Whatever has an id.
#[derive(Clone, Interface)]
#[graphql(field(name = "id", ty = "AnyId", desc = "Its id: of every kind of thing, and unique among all."))]
pub enum Node {
    /// See the type.
    Ticket(Ticket),
    /// See the type.
    Comment(Comment),
    /// See the type.
    Person(Person),
    /// See the type.
    Organization(Organization),
    /// See the type.
    Team(Team),
    /// See the type.
    Contact(Contact),
    /// See the type.
    Article(Article),
    /// See the type.
    Faq(Faq),
    /// See the type.
    Attachment(Attachment),
    /// See the type.
    Category(KnowledgeCategory),
    /// See the type.
    ApiKey(ApiKey),
    /// See the type.
    Reference(Reference),
    /// See the type.
    Template(Template),
    /// See the type.
    Session(Session),
    /// See the type.
    Job(Job),
    /// See the type.
    Notification(Notification),
    /// See the type.
    Delivery(Delivery),
}

/// How many ids one request may ask for.
const MANY: usize = 100;

/// The root fields that find anything by its id.
#[derive(Default)]
pub struct NodeQueries;

#[Object]
impl NodeQueries {
    /// The thing with this id. Null if there is none, or if it is not yours to see.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of anything, such as `tkt_01j…`.")] id: AnyId,
    ) -> Option<async_graphql::Result<Node>> {
        let request = Request::of(ctx);
        load(request, &[id]).await.refuse(request).map(|mut nodes| nodes.pop().flatten()).transpose()
    }

    /// The things with these ids, at most 100, in the order of the ids; null for each that does not exist or is not yours to see.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Ids of anything, at most 100.")] ids: Vec<AnyId>,
    ) -> async_graphql::Result<Vec<Option<Node>>> {
        let request = Request::of(ctx);
        load(request, &ids).await.refuse(request)
    }
}

/// The ids of a request, noun by noun.
struct Wanted<'a>(&'a [AnyId]);

impl Wanted<'_> {
    /// The ids of one noun.
    fn of<T: TypedId>(&self) -> Result<Vec<T>> {
        let mine = self.0.iter().filter(|id| id.0.split('_').next() == Some(T::PREFIX));
        mine.map(|id| ids::parse(&id.0).map_err(malformed)).collect()
    }
}

fn malformed(error: ids::IdError) -> Error {
    let noun = Said::from(error.noun);
    let message = say!(
        "\"{got}\" is not the id of a {noun}: such ids look like \"{prefix}_01j…\".",
        got = error.got,
        noun,
        prefix = error.prefix
    );
    Error::with(Code::BadUserInput, message).at("id")
}

async fn load(request: &Request, asked: &[AnyId]) -> Result<Vec<Option<Node>>> {
    const PREFIXES: [&str; 17] = [
        "tkt", "cmt", "att", "per", "cnt", "org", "tea", "art", "faq", "kca", "tpl", "ses", "key", "ref", "job", "ntf",
        "dlv",
    ];
    if asked.len() > MANY {
        return Err(Error::with(Code::BadUserInput, say!("Ask for {max} ids at most.", max = MANY)).at("ids"));
    }
    if let Some(odd) = asked.iter().find(|id| !PREFIXES.contains(&id.0.split('_').next().unwrap_or_default())) {
        let got: String = odd.0.chars().take(64).collect();
        return Err(
            Error::with(Code::BadUserInput, say!("\"{got}\" is no id: ids look like \"tkt_01j…\".", got)).at("id")
        );
    }
    let wanted = Wanted(asked);
    let mut nodes: HashMap<Uuid, Node> = HashMap::new();
    let (desk, actor) = (&request.desk, request.actor());
    let ids = wanted.of()?;
    if !ids.is_empty() {
        let rows = tickets::find::by_ids(desk, &actor, &ids).await?;
        nodes.extend(rows.into_iter().map(|row| (row.id.0, Node::Ticket(Ticket::from(row)))));
    }
    let ids = wanted.of()?;
    if !ids.is_empty() {
        let rows = knowledge::find::articles(desk, &actor, &ids).await?;
        nodes.extend(rows.into_iter().map(|row| (row.id.0, Node::Article(Article(Arc::new(row))))));
    }
    let ids = wanted.of()?;
    if !ids.is_empty() {
        let rows = knowledge::find::faqs(desk, &actor, &ids).await?;
        nodes.extend(rows.into_iter().map(|row| (row.id.0, Node::Faq(Faq(Arc::new(row))))));
    }
    let ids = wanted.of()?;
    if !ids.is_empty() {
        let rows = sessions::list::own_by_ids(desk, &actor, &ids).await?;
        nodes.extend(rows.into_iter().map(|row| (row.id.0, Node::Session(Session::from(row)))));
    }
    for id in wanted.of()? {
        let row = knowledge::find::category(&desk.db.read, id).await?;
        nodes.extend(row.map(|row| (row.id.0, Node::Category(KnowledgeCategory(Arc::new(row))))));
    }
    for id in wanted.of()? {
        let row = sessions::api_key::by_id(desk, &actor, id).await?;
        nodes.extend(row.map(|row| (row.id.0, Node::ApiKey(ApiKey::from(row)))));
    }
    for id in wanted.of()? {
        let found = references::visible(request, id).await?;
        nodes.extend(found.map(|found| (id.0, Node::Reference(found))));
    }
    let ids = wanted.of()?;
    if !ids.is_empty() {
        let rows = templates::find::by_ids(desk, &actor, &ids).await?;
        nodes.extend(rows.into_iter().map(|row| (row.id.0, Node::Template(Template::from(row)))));
    }
    let ids = wanted.of()?;
    if !ids.is_empty() {
        for job in bulk::by_ids(request, &ids).await? {
            nodes.insert(job.key(), Node::Job(job));
        }
    }
    let ids = wanted.of()?;
    if !ids.is_empty() {
        let rows = notifications::find::by_ids(desk, &actor, &ids).await?;
        nodes.extend(rows.into_iter().map(|row| (row.id.0, Node::Notification(Notification::from(row)))));
    }
    let ids = wanted.of()?;
    if !ids.is_empty() {
        let rows = notifications::deliveries::by_ids(desk, &actor, &ids).await?;
        nodes.extend(rows.into_iter().map(|row| (row.id.0, Node::Delivery(Delivery::from(row)))));
    }
    comments(request, &wanted, &mut nodes).await?;
    for id in wanted.of()? {
        let row = attachments::find::by_id(desk, &actor, id).await?;
        nodes.extend(row.map(|row| (row.id.0, Node::Attachment(Attachment(Arc::new(row))))));
    }
    persons(request, &wanted, &mut nodes).await?;
    let found = |id: &AnyId| nodes.get(&ids::any(&id.0)?).cloned();
    Ok(asked.iter().map(found).collect())
}

/// A comment is seen with a ticket at which it is read; an internal one by those who may read internal notes there.
async fn comments(request: &Request, wanted: &Wanted<'_>, nodes: &mut HashMap<Uuid, Node>) -> Result<()> {
    let loaders = request.loaders();
    for id in wanted.of()? {
        let Some(comment) = loaders.comments.load(id).await? else { continue };
        if request.sees_comment(&comment).await? {
            nodes.insert(id.0, Node::Comment(Comment(comment)));
        }
    }
    Ok(())
}

/// People are seen as far as `person.view` reaches; organizations and teams by those who see everybody, and by their own.
async fn persons(request: &Request, wanted: &Wanted<'_>, nodes: &mut HashMap<Uuid, Node>) -> Result<()> {
    let (desk, actor, loaders) = (&request.desk, request.actor(), request.loaders());
    for id in wanted.of()? {
        let row = people::find::visible_by_id(desk, &actor, id).await?;
        nodes.extend(row.map(|row| (row.id.0, Node::Person(Person(Arc::new(row))))));
    }
    let contacts = wanted.of()?;
    if !contacts.is_empty() {
        for (id, contact) in people::loaders::contacts_by_id(&desk.db.read, &contacts).await? {
            let person = loaders.people.load(contact.person_id).await?;
            if person.is_some_and(|person| people::find::sees(desk, &actor, &person)) {
                nodes.insert(id.0, Node::Contact(Contact::from(contact)));
            }
        }
    }
    let everybody = desk.policy.grants(&actor, Permission::PersonView).has(Grant::All);
    for id in wanted.of()? {
        if everybody || actor.organization == Some(id) {
            let row = loaders.organizations.load(id).await?;
            nodes.extend(row.map(|row| (row.id.0, Node::Organization(Organization(row)))));
        }
    }
    for id in wanted.of()? {
        if everybody || actor.teams.contains(&id) {
            let row = loaders.teams.load(id).await?.filter(|team| team.deleted_at.is_none());
            nodes.extend(row.map(|row| (row.id.0, Node::Team(Team(row)))));
        }
    }
    Ok(())
}
