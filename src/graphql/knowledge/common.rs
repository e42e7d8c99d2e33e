//! What an article and an FAQ answer alike.

/// Defines the fields of an article or an FAQ: its own, and those that both have.
macro_rules! entry_fields {
    ($(#[$doc:meta])* $name:ident { $($own:tt)* }) => {
        $(#[$doc])*
        #[async_graphql::Object]
        impl $name {
            $($own)*

            /// How its text is written.
            async fn format(&self) -> Format {
                self.0.format
            }

            /// How far it is. FAQs are drafts or published.
            async fn status(&self) -> KnowledgeStatus {
                self.0.status
            }

            /// For whom it is once published.
            async fn audience(&self) -> KnowledgeAudience {
                self.0.audience
            }

            /// The category that it is in.
            async fn category(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<KnowledgeCategory>> {
                KnowledgeCategory::load(Request::of(ctx), self.0.category_id?).await
            }

            /// When it was written.
            async fn created_at(&self) -> Timestamp {
                self.0.created_at
            }

            /// When it last changed. Views and feedback are no changes.
            async fn updated_at(&self) -> Timestamp {
                self.0.updated_at
            }

            /// When it was last published. Null if it never was.
            async fn published_at(&self) -> Option<Timestamp> {
                self.0.published_at
            }

            /// Counts its changes: send it as `expectedVersion`.
            async fn version(&self) -> i32 {
                self.0.version
            }

            /// How often it was read. Every answer of `article`, `articleBySlug` or `faq` with it counts, whoever asked, while it is
            /// published; lists, searches and `node` do not. Other nodes of the desk add what they counted within a second.
            async fn view_count(&self, ctx: &Context<'_>) -> i32 {
                self.0.view_count.saturating_add(Request::of(ctx).views.waiting(self.0.id.0))
            }

            /// How many people found it helpful.
            async fn helpful_count(&self) -> i32 {
                self.0.helpful_count
            }

            /// How many people found that it did not help.
            async fn not_helpful_count(&self) -> i32 {
                self.0.not_helpful_count
            }

            /// What you said about it, if you did.
            async fn viewer_feedback(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<KnowledgeFeedback>> {
                let request = Request::of(ctx);
                let key = (request.actor().person?, self.0.id.0);
                let given = request.loaders().knowledge.feedback.load(key).await.refuse(request);
                given.map(|given| given.map(|given| *given)).transpose()
            }
        }
    };
}

pub(super) use entry_fields;
