//! The schema: thin shells over the rooms below. A resolver reads its arguments, calls one function of a room, and dresses the answer;
//! no SQL stands here, and nothing is decided here.
//!
//! One folder per noun: `mod.rs` has its types, `queries.rs`, `mutations.rs` and `subscriptions.rs` its root fields.

pub mod api;
pub mod attachments;
pub mod audit;
pub mod bulk;
pub mod comments;
pub mod connection;
pub mod context;
pub mod delivered;
pub mod desk;
pub mod error;
pub mod events;
pub mod fields;
pub mod gate;
pub mod knowledge;
mod loader;
pub mod loaders;
mod measured;
pub mod metrics;
pub mod node;
pub mod notifications;
pub mod payload;
pub mod people;
pub mod presence;
pub mod reference;
pub mod references;
pub mod rewards;
pub mod search;
pub mod sessions;
pub mod similar;
pub mod templates;
pub mod tickets;
pub mod vocabulary;

use std::sync::{Arc, LazyLock};

use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions, Schema, SchemaBuilder, ValidationMode};

use self::vocabulary::Vocabulary;

// In groups: each member of a group nests the library's types once more, and the compiler has a limit to that.

/// Everything that can be asked.
#[derive(MergedObject, Default)]
pub struct Query(HouseQueries, PeopleAndTheirsQueries, ReadingQueries);

/// About the desk itself, and who asks.
#[derive(MergedObject, Default)]
struct HouseQueries(
    node::NodeQueries,
    desk::DeskQueries,
    desk::RateLimitQueries,
    sessions::SessionQueries,
    sessions::ApiKeyQueries,
    audit::AuditQueries,
);

/// About people, what is theirs, and their tickets.
#[derive(MergedObject, Default)]
struct PeopleAndTheirsQueries(
    people::PeopleQueries,
    references::ReferenceQueries,
    tickets::TicketQueries,
    tickets::SlaQueries,
    bulk::BulkQueries,
);

/// About what there is to read and to find.
#[derive(MergedObject, Default)]
struct ReadingQueries(
    knowledge::KnowledgeQueries,
    events::EventQueries,
    search::SearchQueries,
    search::SuggestQueries,
    templates::TemplateQueries,
    metrics::MetricsQueries,
    metrics::AgentQueries,
    notifications::NotificationQueries,
);

/// Everything that can be done. Root fields run one after the other, each in a transaction of its own.
#[derive(MergedObject, Default)]
pub struct Mutation(HouseMutations, WorkMutations);

/// Who asks, and whom the desk knows.
#[derive(MergedObject, Default)]
struct HouseMutations(
    sessions::SessionMutations,
    sessions::ProofMutations,
    sessions::ApiKeyMutations,
    people::PeopleMutations,
    notifications::NotificationMutations,
    references::ReferenceMutations,
);

/// What is asked, and what is answered.
#[derive(MergedObject, Default)]
struct WorkMutations(
    tickets::TicketMutations,
    bulk::BulkMutations,
    comments::CommentMutations,
    attachments::AttachmentMutations,
    presence::PresenceMutations,
    knowledge::KnowledgeMutations,
    templates::TemplateMutations,
);

/// Everything that can be watched.
#[derive(MergedSubscription, Default)]
pub struct Subscription(
    events::EventSubscriptions,
    presence::PresenceSubscriptions,
    bulk::JobSubscriptions,
    notifications::NotificationSubscriptions,
);

/// The schema of a desk.
pub type DeskSchema = Schema<Query, Mutation, Subscription>;

/// Deeper than the price gate lets any document be: the library's own guard, 32 unless told, must not answer in its place.
const RECURSION: usize = 512;

/// The schema as it is served: built and read once a process.
pub struct Served {
    /// Validates what it executes.
    pub careful: DeskSchema,
    /// The same, for what was found valid before.
    pub trusting: DeskSchema,
    /// The schema in the schema language, as `schema/schema.graphql` keeps it.
    pub sdl: Arc<str>,
    /// The words in it.
    pub vocabulary: Arc<Vocabulary>,
}

/// The schema.
pub fn served() -> &'static Served {
    static SERVED: LazyLock<Served> = LazyLock::new(|| {
        let careful = schema().finish();
        let sdl = sdl(&careful);
        Served {
            trusting: schema().validation_mode(ValidationMode::Fast).finish(),
            vocabulary: Arc::new(Vocabulary::of(&sdl)),
            sdl: sdl.into(),
            careful,
        }
    });
    &SERVED
}

/// Begins the schema. The library's own depth and complexity limits stay unset: documents are priced before they come here.
fn schema() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .limit_recursive_depth(RECURSION)
        .register_output_type::<node::Node>()
        .register_output_type::<payload::UserError>()
        .register_output_type::<events::TicketEvent>()
}

fn sdl(schema: &DeskSchema) -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by()
        .use_space_ident()
        .indent_width(2);
    schema.sdl_with_options(options)
}
