//! Writing, publishing and arranging articles, FAQs and categories.

use async_graphql::{Context, Object};

use super::{Article, Faq, KnowledgeCategory};
use crate::graphql::payload::perform;
use crate::knowledge::article_archive::ArticleArchive;
use crate::knowledge::article_create::ArticleCreate;
use crate::knowledge::article_delete::ArticleDelete;
use crate::knowledge::article_feedback::ArticleFeedback;
use crate::knowledge::article_publish::ArticlePublish;
use crate::knowledge::article_restore_revision::ArticleRestoreRevision;
use crate::knowledge::article_unpublish::ArticleUnpublish;
use crate::knowledge::article_update::ArticleUpdate;
use crate::knowledge::category_create::KnowledgeCategoryCreate;
use crate::knowledge::category_delete::KnowledgeCategoryDelete;
use crate::knowledge::category_update::KnowledgeCategoryUpdate;
use crate::knowledge::faq_create::FaqCreate;
use crate::knowledge::faq_delete::FaqDelete;
use crate::knowledge::faq_feedback::FaqFeedback;
use crate::knowledge::faq_publish::FaqPublish;
use crate::knowledge::faq_reorder::FaqReorder;
use crate::knowledge::faq_unpublish::FaqUnpublish;
use crate::knowledge::faq_update::FaqUpdate;
use crate::payload;

/// The root fields that change the knowledge base.
#[derive(Default)]
pub struct KnowledgeMutations;

macro_rules! payloads {
    ($field:ident: $node:ty, $doc:literal, $($name:ident)*) => {$(
        payload! {
            /// What the mutation answers.
            $name {
                #[doc = $doc]
                $field: $node
            }
        }
    )*};
}

payloads! {
    article: Article, "The article as it is now. Null if nothing was written.",
    ArticleCreatePayload ArticleUpdatePayload ArticlePublishPayload ArticleUnpublishPayload ArticleArchivePayload ArticleDeletePayload
    ArticleFeedbackPayload ArticleRestoreRevisionPayload
}

payloads! {
    faq: Faq, "The FAQ as it is now. Null if nothing was written.",
    FaqCreatePayload FaqUpdatePayload FaqPublishPayload FaqUnpublishPayload FaqReorderPayload FaqDeletePayload FaqFeedbackPayload
}

payloads! {
    category: KnowledgeCategory, "The category as it is now. Null if nothing was written.",
    KnowledgeCategoryCreatePayload KnowledgeCategoryUpdatePayload KnowledgeCategoryDeletePayload
}

#[Object]
impl KnowledgeMutations {
    /// Writes an article, as a draft.
    async fn article_create(
        &self,
        ctx: &Context<'_>,
        input: ArticleCreate,
    ) -> async_graphql::Result<ArticleCreatePayload> {
        Ok(ArticleCreatePayload::answer(perform(ctx, input).await?, Article::from))
    }

    /// Changes texts, slug, audience, category or tags.
    async fn article_update(
        &self,
        ctx: &Context<'_>,
        input: ArticleUpdate,
    ) -> async_graphql::Result<ArticleUpdatePayload> {
        Ok(ArticleUpdatePayload::answer(perform(ctx, input).await?, Article::from))
    }

    /// Shows it to its audience.
    async fn article_publish(
        &self,
        ctx: &Context<'_>,
        input: ArticlePublish,
    ) -> async_graphql::Result<ArticlePublishPayload> {
        Ok(ArticlePublishPayload::answer(perform(ctx, input).await?, Article::from))
    }

    /// Makes it a draft again.
    async fn article_unpublish(
        &self,
        ctx: &Context<'_>,
        input: ArticleUnpublish,
    ) -> async_graphql::Result<ArticleUnpublishPayload> {
        Ok(ArticleUnpublishPayload::answer(perform(ctx, input).await?, Article::from))
    }

    /// Takes it out of use.
    async fn article_archive(
        &self,
        ctx: &Context<'_>,
        input: ArticleArchive,
    ) -> async_graphql::Result<ArticleArchivePayload> {
        Ok(ArticleArchivePayload::answer(perform(ctx, input).await?, Article::from))
    }

    /// Deletes it for good. The answer is the last that is seen of it.
    async fn article_delete(
        &self,
        ctx: &Context<'_>,
        input: ArticleDelete,
    ) -> async_graphql::Result<ArticleDeletePayload> {
        Ok(ArticleDeletePayload::answer(perform(ctx, input).await?, Article::from))
    }

    /// Says whether an article helped you. Send it again to change your mind: one answer a person counts.
    async fn article_feedback(
        &self,
        ctx: &Context<'_>,
        input: ArticleFeedback,
    ) -> async_graphql::Result<ArticleFeedbackPayload> {
        Ok(ArticleFeedbackPayload::answer(perform(ctx, input).await?, Article::from))
    }

    /// Takes back a change of its title or text.
    async fn article_restore_revision(
        &self,
        ctx: &Context<'_>,
        input: ArticleRestoreRevision,
    ) -> async_graphql::Result<ArticleRestoreRevisionPayload> {
        Ok(ArticleRestoreRevisionPayload::answer(perform(ctx, input).await?, Article::from))
    }

    /// Says whether an FAQ helped you. Send it again to change your mind: one answer a person counts.
    async fn faq_feedback(&self, ctx: &Context<'_>, input: FaqFeedback) -> async_graphql::Result<FaqFeedbackPayload> {
        Ok(FaqFeedbackPayload::answer(perform(ctx, input).await?, Faq::from))
    }

    /// Writes an FAQ, as a draft at the end of its category.
    async fn faq_create(&self, ctx: &Context<'_>, input: FaqCreate) -> async_graphql::Result<FaqCreatePayload> {
        Ok(FaqCreatePayload::answer(perform(ctx, input).await?, Faq::from))
    }

    /// Changes question, answer, audience or category.
    async fn faq_update(&self, ctx: &Context<'_>, input: FaqUpdate) -> async_graphql::Result<FaqUpdatePayload> {
        Ok(FaqUpdatePayload::answer(perform(ctx, input).await?, Faq::from))
    }

    /// Shows it to its audience.
    async fn faq_publish(&self, ctx: &Context<'_>, input: FaqPublish) -> async_graphql::Result<FaqPublishPayload> {
        Ok(FaqPublishPayload::answer(perform(ctx, input).await?, Faq::from))
    }

    /// Makes it a draft again.
    async fn faq_unpublish(
        &self,
        ctx: &Context<'_>,
        input: FaqUnpublish,
    ) -> async_graphql::Result<FaqUnpublishPayload> {
        Ok(FaqUnpublishPayload::answer(perform(ctx, input).await?, Faq::from))
    }

    /// Moves it to another place in its category.
    async fn faq_reorder(&self, ctx: &Context<'_>, input: FaqReorder) -> async_graphql::Result<FaqReorderPayload> {
        Ok(FaqReorderPayload::answer(perform(ctx, input).await?, Faq::from))
    }

    /// Deletes it for good. The answer is the last that is seen of it.
    async fn faq_delete(&self, ctx: &Context<'_>, input: FaqDelete) -> async_graphql::Result<FaqDeletePayload> {
        Ok(FaqDeletePayload::answer(perform(ctx, input).await?, Faq::from))
    }

    /// Makes a category, after all others.
    async fn knowledge_category_create(
        &self,
        ctx: &Context<'_>,
        input: KnowledgeCategoryCreate,
    ) -> async_graphql::Result<KnowledgeCategoryCreatePayload> {
        Ok(KnowledgeCategoryCreatePayload::answer(perform(ctx, input).await?, KnowledgeCategory::from))
    }

    /// Changes name, slug, description or place.
    async fn knowledge_category_update(
        &self,
        ctx: &Context<'_>,
        input: KnowledgeCategoryUpdate,
    ) -> async_graphql::Result<KnowledgeCategoryUpdatePayload> {
        Ok(KnowledgeCategoryUpdatePayload::answer(perform(ctx, input).await?, KnowledgeCategory::from))
    }

    /// Deletes a category that is empty. The answer is the last that is seen of it.
    async fn knowledge_category_delete(
        &self,
        ctx: &Context<'_>,
        input: KnowledgeCategoryDelete,
    ) -> async_graphql::Result<KnowledgeCategoryDeletePayload> {
        Ok(KnowledgeCategoryDeletePayload::answer(perform(ctx, input).await?, KnowledgeCategory::from))
    }
}
