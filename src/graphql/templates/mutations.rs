//! Writing and using templates.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::Template;
use crate::graphql::comments::Comment;
use crate::graphql::payload::perform;
use crate::payload;
use crate::templates::apply::TemplateApply;
use crate::templates::create::TemplateCreate;
use crate::templates::delete::TemplateDelete;
use crate::templates::update::TemplateUpdate;

/// The root fields that change and use templates.
#[derive(Default)]
pub struct TemplateMutations;

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
    template: Template, "The template as it is now. Null if nothing was written.",
    TemplateCreatePayload TemplateUpdatePayload TemplateDeletePayload
}

payloads! {
    comment: Comment, "The comment that the template became. Null if nothing was written.",
    TemplateApplyPayload
}

#[Object]
impl TemplateMutations {
    /// Writes a template of an answer.
    async fn template_create(
        &self,
        ctx: &Context<'_>,
        input: TemplateCreate,
    ) -> async_graphql::Result<TemplateCreatePayload> {
        Ok(TemplateCreatePayload::answer(perform(ctx, input).await?, Template::from))
    }

    /// Changes name, text or category.
    async fn template_update(
        &self,
        ctx: &Context<'_>,
        input: TemplateUpdate,
    ) -> async_graphql::Result<TemplateUpdatePayload> {
        Ok(TemplateUpdatePayload::answer(perform(ctx, input).await?, Template::from))
    }

    /// Deletes it for good. The answer is the last that is seen of it.
    async fn template_delete(
        &self,
        ctx: &Context<'_>,
        input: TemplateDelete,
    ) -> async_graphql::Result<TemplateDeletePayload> {
        Ok(TemplateDeletePayload::answer(perform(ctx, input).await?, Template::from))
    }

    /// Writes a comment from it, with the ticket's values in it. `templatePreview` shows the text without writing it.
    async fn template_apply(
        &self,
        ctx: &Context<'_>,
        input: TemplateApply,
    ) -> async_graphql::Result<TemplateApplyPayload> {
        Ok(TemplateApplyPayload::answer(perform(ctx, input).await?, |row| Comment(Arc::new(row))))
    }
}
