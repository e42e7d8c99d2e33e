//! The knowledge base on a temporary database.

use deskgraph_index::Filter;
use deskgraph_migrations::{Migrator, MigratorTrait};
use sea_orm::{EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use std::time::Duration;

use super::access::{self, KnowledgeAudience, KnowledgeStatus};
use super::article_archive::ArticleArchive;
use super::article_create::ArticleCreate;
use super::article_delete::ArticleDelete;
use super::article_publish::ArticlePublish;
use super::article_unpublish::ArticleUnpublish;
use super::article_update::ArticleUpdate;
use super::category_create::KnowledgeCategoryCreate;
use super::category_delete::KnowledgeCategoryDelete;
use super::category_update::KnowledgeCategoryUpdate;
use super::faq_create::FaqCreate;
use super::faq_reorder::FaqReorder;
use super::faq_update::FaqUpdate;
use super::{Articles, Faqs, article, category, documents, faq, find};
use crate::access::{Actor, ActorKind, Grants, Origin, Policy, Role, Scoped};
use crate::audit::refusals::Refusals;
use crate::clock::Clock;
use crate::db::{self, PoolSettings};
use crate::desk::{Desk, Parts, WriteOptions};
use crate::error::{Code, Detail};
use crate::event_log::{self, LogHead};
use crate::ids::{FaqId, PersonId};
use crate::people::person;
use crate::profile::Profile;

/// A desk with the built-in profile on a new SQLite file, and the folder that it lives in.
pub(crate) async fn desk() -> (Desk, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/desk.db", folder.path().display());
    (desk_at(&url).await, folder)
}

/// A desk with the built-in profile on an empty database.
pub(crate) async fn desk_at(url: &str) -> Desk {
    let timeout = Duration::from_secs(5);
    let settings = PoolSettings { size: 2, statement_timeout: timeout, lock_timeout: timeout };
    let db = db::connect(url, settings).await.unwrap();
    Migrator::up(db.writer(), None).await.unwrap();
    let head = LogHead::new(event_log::ensure(&db).await.unwrap());
    let profile = Profile::load("helpdesk").unwrap();
    let policy = Policy::resolve(&profile).unwrap();
    let refusals = Refusals::open(&db).await.unwrap();
    // As `effects::all`, which a room of this rank may not name.
    let parts = Parts {
        db,
        clock: Clock::system(),
        profile,
        policy,
        head,
        refusals,
        telemetry: Default::default(),
        effects: Vec::new(),
    };
    Desk::new(parts)
}

/// A known person of this role.
pub(crate) async fn person(desk: &Desk, role: Role) -> Actor {
    let person = person::Model {
        id: PersonId::new(),
        name: "Somebody".to_owned(),
        name_folded: "somebody".to_owned(),
        role,
        organization_id: None,
        source: None,
        external_id: None,
        version: 1,
        created_at: desk.clock.now(),
        deactivated_at: None,
        locale: None,
        muted: None,
    };
    let id = person.id;
    person::Entity::insert(person.into_active_model()).exec_without_returning(desk.db.writer()).await.unwrap();
    Actor { kind: ActorKind::Person, person: Some(id), role: Some(role), ..Actor::anonymous() }
}

fn new_article(title: &str) -> ArticleCreate {
    serde_json::from_value(serde_json::json!({"title": title, "body": "**Hold** the button."})).unwrap()
}

fn new_faq(question: &str, category: &category::Model) -> FaqCreate {
    serde_json::from_value(serde_json::json!({"question": question, "answer": "Yes.", "category_id": category.id}))
        .unwrap()
}

/// Whether a document with these terms is admitted.
fn admitted(filter: &Filter, terms: &[(String, String)]) -> bool {
    let has = |field: &String, value: &String| terms.iter().any(|(f, v)| f == field && v == value);
    match filter {
        Filter::All => true,
        Filter::Nothing => false,
        Filter::Term(field, value) => has(field, value),
        Filter::AnyOf(field, values) => values.iter().any(|value| has(field, value)),
        Filter::And(all) => all.iter().all(|inner| admitted(inner, terms)),
        Filter::Or(any) => any.iter().any(|inner| admitted(inner, terms)),
        Filter::Not(inner) => !admitted(inner, terms),
        other => unreachable!("visibility is made of terms, not of {other:?}"),
    }
}

#[tokio::test]
async fn sql_rows_and_index_agree_on_who_reads_what() {
    let (desk, _folder) = desk().await;
    let agent = person(&desk, Role::Agent).await;
    let statuses = [KnowledgeStatus::Draft, KnowledgeStatus::Published, KnowledgeStatus::Archived];
    let audiences = [KnowledgeAudience::Public, KnowledgeAudience::Customers, KnowledgeAudience::Staff];
    let template = desk.perform(&agent, new_article("Template")).await.unwrap().outcome;
    let category = add_category(&desk, &agent, "All").await;
    let faq_template = desk.perform(&agent, new_faq("Template?", &category)).await.unwrap().outcome;
    for status in statuses {
        for audience in audiences {
            let (id, slug) = (crate::ids::ArticleId::new(), format!("{status:?}-{audience:?}"));
            let row = article::Model { id, slug, status, audience, ..template.clone() };
            article::Entity::insert(row.into_active_model()).exec(desk.db.writer()).await.unwrap();
            let row = faq::Model { id: FaqId::new(), status, audience, ..faq_template.clone() };
            faq::Entity::insert(row.into_active_model()).exec(desk.db.writer()).await.unwrap();
        }
    }
    let articles = article::Entity::find().all(&desk.db.read).await.unwrap();
    let faqs = faq::Entity::find().all(&desk.db.read).await.unwrap();
    let actors = [
        Actor::anonymous(),
        person(&desk, Role::Customer).await,
        agent,
        person(&desk, Role::Administrator).await,
        Actor::system(Origin::Cli),
    ];
    let mut counts = Vec::new();
    for actor in &actors {
        for grants in [access::grants(&desk, actor), Grants::NONE, Grants::ALL] {
            let by_sql = article::Entity::find().filter(Articles::condition(actor, grants)).all(&desk.db.read).await;
            let by_sql: Vec<_> = by_sql.unwrap().into_iter().map(|row| row.id).collect();
            for row in &articles {
                let facts = row.into();
                let by_row = Articles::admits(actor, grants, &facts);
                let by_index = admitted(&Articles::terms(actor, grants), &access::document_terms(&facts));
                assert_eq!((by_row, by_index), (by_sql.contains(&row.id), by_row), "{actor:?} {facts:?}");
            }
            let by_sql = faq::Entity::find().filter(Faqs::condition(actor, grants)).all(&desk.db.read).await;
            let by_sql: Vec<_> = by_sql.unwrap().into_iter().map(|row| row.id).collect();
            for row in &faqs {
                let facts = row.into();
                let by_row = Faqs::admits(actor, grants, &facts);
                let by_index = admitted(&Faqs::terms(actor, grants), &access::document_terms(&facts));
                assert_eq!((by_row, by_index), (by_sql.contains(&row.id), by_row), "{actor:?} {facts:?}");
            }
            counts.push(by_sql.len());
        }
    }
    // What the profile gives, nothing, everything: for a stranger, a customer, an agent, an administrator, the desk.
    assert_eq!(counts, [1, 1, 10, 2, 2, 10, 10, 2, 10, 10, 2, 10, 10, 2, 10]);
}

#[tokio::test]
async fn an_article_goes_from_draft_to_published_to_archived_and_back() {
    let (desk, _folder) = desk().await;
    let agent = person(&desk, Role::Agent).await;
    let customer = person(&desk, Role::Customer).await;
    let (options, stranger) = (WriteOptions::default(), Actor::anonymous());

    let refused = desk.perform(&customer, new_article("Mine")).await.unwrap_err();
    assert_eq!(refused.code(), Code::Forbidden);
    let refused = desk.perform(&stranger, new_article("Mine")).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);

    let row = desk.perform(&agent, new_article("Reset the Router")).await.unwrap().outcome;
    assert_eq!((row.slug.as_str(), row.status), ("reset-the-router", KnowledgeStatus::Draft));
    let twin = desk.perform(&agent, new_article("Reset the router!")).await.unwrap().outcome;
    assert_eq!(twin.slug, "reset-the-router-2");
    assert!(find::article(&desk, &customer, row.id).await.unwrap().is_none());

    let archive = ArticleArchive { article_id: row.id, options: options.clone() };
    let refused = desk.perform(&agent, archive.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidTransition);
    assert_eq!(refused.details(), &Detail::Transitions(vec![("PUBLISHED".to_owned(), "Published".to_owned())]));
    // What one cannot see does not exist.
    let refused = desk.perform(&customer, archive.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);

    let publish = ArticlePublish { article_id: row.id, options: options.clone() };
    let published = desk.perform(&agent, publish.clone()).await.unwrap().outcome;
    assert!(published.published_at.is_some() && published.version == 2);
    assert!(find::article_by_slug(&desk, &stranger, "reset-the-router").await.unwrap().is_some());
    let refused = desk.perform(&customer, archive.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Forbidden);
    let again = desk.perform(&agent, publish).await.unwrap().outcome;
    assert_eq!(again, published);

    let mut update = ArticleUpdate {
        kind: None,
        article_id: row.id,
        title: Some("Reset the modem".to_owned()),
        body: None,
        format: None,
        slug: Some("reset-the-modem".to_owned()),
        meta_description: async_graphql::MaybeUndefined::Value("How to".to_owned()),
        audience: None,
        category_id: async_graphql::MaybeUndefined::Undefined,
        tags: Some(vec!["Wifi ".to_owned(), "wifi".to_owned()]),
        options: WriteOptions { expected_version: Some(1), ..options.clone() },
    };
    let refused = desk.perform(&agent, update.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Conflict);
    update.options.expected_version = Some(2);
    let updated = desk.perform(&agent, update.clone()).await.unwrap().outcome;
    assert_eq!((updated.slug.as_str(), updated.version), ("reset-the-modem", 3));
    // The address that was given out keeps leading here.
    let found = find::article_by_slug(&desk, &stranger, "reset-the-router").await.unwrap().unwrap();
    assert_eq!(found.id, row.id);
    let third = desk.perform(&agent, new_article("Reset the router")).await.unwrap().outcome;
    assert_eq!(third.slug, "reset-the-router-3");
    update.slug = Some("reset-the-router-2".to_owned());
    update.options = options.clone();
    let refused = desk.perform(&agent, update.clone()).await.unwrap_err();
    assert_eq!((refused.code(), refused.field()), (Code::AlreadyExists, &["slug".to_owned()][..]));
    update.slug = Some("Not a slug".to_owned());
    let refused = desk.perform(&agent, update).await.unwrap_err();
    assert_eq!((refused.code(), refused.way_out().to_string().as_str()), (Code::InvalidValue, "Send \"not-a-slug\"."));

    let archived = desk.perform(&agent, archive).await.unwrap().outcome;
    assert_eq!(archived.status, KnowledgeStatus::Archived);
    assert!(find::article(&desk, &customer, row.id).await.unwrap().is_none());
    let unpublish = ArticleUnpublish { article_id: row.id, options: options.clone() };
    assert_eq!(desk.perform(&agent, unpublish).await.unwrap().outcome.status, KnowledgeStatus::Draft);

    let ids: Vec<_> = [row.id.0, twin.id.0].into();
    let document = &documents::documents(&desk.db.read, &ids).await.unwrap()[0];
    assert_eq!(document.body, "Hold the button.");
    assert!(document.terms.contains(&("tag".to_owned(), "wifi".to_owned())), "{document:?}");
    let delete = ArticleDelete { article_id: row.id, options };
    desk.perform(&agent, delete).await.unwrap();
    assert_eq!(documents::documents(&desk.db.read, &ids).await.unwrap().len(), 1);

    let kinds: Vec<String> = event_log::table::Entity::find()
        .order_by_asc(event_log::table::Column::Seq)
        .all(&desk.db.read)
        .await
        .unwrap()
        .into_iter()
        .map(|event| format!("{} {:?} {}", event.kind, event.audience, event.data))
        .collect();
    assert!(kinds[2].starts_with("article.published Public"), "{kinds:#?}");
    assert!(kinds[5].starts_with("article.archived Public"), "{kinds:#?}");
    assert!(kinds[7].starts_with("article.deleted Staff"), "{kinds:#?}");
    assert!(!kinds.concat().contains("odem"), "events hold no free text: {kinds:#?}");
}

async fn add_category(desk: &Desk, actor: &Actor, name: &str) -> category::Model {
    let create =
        KnowledgeCategoryCreate { name: name.to_owned(), slug: None, description: None, options: Default::default() };
    desk.perform(actor, create).await.unwrap().outcome
}

#[tokio::test]
async fn faqs_stand_in_the_order_of_their_categories_and_places() {
    let (desk, _folder) = desk().await;
    let agent = person(&desk, Role::Agent).await;
    let options = WriteOptions::default();
    let (first, second) = (add_category(&desk, &agent, "First").await, add_category(&desk, &agent, "Second").await);
    let mut faqs = Vec::new();
    for (question, category) in [("c", &second), ("a", &first), ("b", &first), ("d", &second)] {
        faqs.push(desk.perform(&agent, new_faq(question, category)).await.unwrap().outcome);
    }
    let order = async || {
        let all = faq::Entity::find().order_by_asc(faq::Column::Rank).all(&desk.db.read).await.unwrap();
        all.into_iter().map(|faq| faq.question).collect::<String>()
    };
    assert_eq!(order().await, "abcd");
    let reorder = |faq: &faq::Model, position| FaqReorder { faq_id: faq.id, position, options: options.clone() };
    let moved = desk.perform(&agent, reorder(&faqs[3], 1)).await.unwrap().outcome;
    assert_eq!((order().await.as_str(), moved.version), ("abdc", 2));
    desk.perform(&agent, reorder(&faqs[1], 99)).await.unwrap();
    assert_eq!(order().await, "badc");
    assert_eq!(desk.perform(&agent, reorder(&faqs[1], 0)).await.unwrap_err().code(), Code::InvalidValue);

    let to_front = KnowledgeCategoryUpdate {
        category_id: second.id,
        name: None,
        slug: None,
        description: Default::default(),
        position: Some(1),
        options: options.clone(),
    };
    assert_eq!(desk.perform(&agent, to_front).await.unwrap().outcome.position, 1);
    assert_eq!(order().await, "dcba");
    let out: FaqUpdate =
        serde_json::from_value(serde_json::json!({"faq_id": faqs[3].id, "category_id": null})).unwrap();
    let out = desk.perform(&agent, out).await.unwrap().outcome;
    assert_eq!((order().await.as_str(), out.category_id), ("cbad", None));

    let delete =
        |category: &category::Model| KnowledgeCategoryDelete { category_id: category.id, options: options.clone() };
    let refused = desk.perform(&agent, delete(&first)).await.unwrap_err();
    assert_eq!(refused.message(), "The category holds 2 FAQs.");
    let third = add_category(&desk, &agent, "first").await;
    assert_eq!((third.slug.as_str(), third.position), ("first-2", 3));
    desk.perform(&agent, delete(&third)).await.unwrap();
}

#[tokio::test]
async fn scanning_gives_every_document_once() {
    let (desk, _folder) = desk().await;
    let agent = person(&desk, Role::Agent).await;
    let category = add_category(&desk, &agent, "All").await;
    for nth in 0..7 {
        desk.perform(&agent, new_article(&format!("Article {nth}"))).await.unwrap();
        desk.perform(&agent, new_faq(&format!("FAQ {nth}"), &category)).await.unwrap();
    }
    let (mut after, mut titles) = (None, Vec::new());
    loop {
        let page = documents::scan(&desk.db.read, after, 3).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(uuid::Uuid::from_u128(last.id));
        titles.extend(page.into_iter().map(|document| document.title));
    }
    titles.sort();
    titles.dedup();
    assert_eq!(titles.len(), 14);
}
