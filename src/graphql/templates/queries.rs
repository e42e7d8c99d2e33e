//! The root fields about templates.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};

use super::{Template, TemplateConnection};
use crate::comments::comment::Format;
use crate::db::page::{Key, MAX_PAGE, PageArgs};
use crate::error::{Code, Error, Result};
use crate::graphql::connection::{args, int, wants_total};
use crate::graphql::context::{Refuse, Request};
use crate::graphql::tickets::OrderDirection;
use crate::ids::{TemplateId, TicketId};
use crate::templates::template::{self, Column, Entity};
use crate::templates::{find, render};
use crate::text;
use crate::tickets;

/// What templates are ordered by. Equal ones follow their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum TemplateOrderField {
    /// How often it was applied.
    Uses,
    /// When it last changed.
    UpdatedAt,
    /// When it was written.
    CreatedAt,
}

/// The order of a list of templates.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct TemplateOrder {
    /// By what.
    #[graphql(default_with = "TemplateOrderField::Uses")]
    field: TemplateOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Desc")]
    direction: OrderDirection,
}

/// Something that a template can insert.
#[derive(SimpleObject)]
pub struct TemplateVariable {
    /// As a template writes it between double braces: `ticket.number`.
    name: &'static str,
    /// What stands there afterwards. Empty if the ticket has none.
    description: &'static str,
}

/// What a template would say on a ticket.
#[derive(SimpleObject)]
pub struct TemplatePreview {
    /// The text with the ticket's values in it.
    body: String,
    /// The same as HTML that is safe to show.
    body_html: String,
}

/// The root fields about templates.
#[derive(Default)]
pub struct TemplateQueries;

#[Object]
impl TemplateQueries {
    /// The template with this id. Null if there is none, or if it is not yours to read.
    async fn template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The template's id.")] id: TemplateId,
    ) -> Option<async_graphql::Result<Template>> {
        let request = Request::of(ctx);
        let rows = find::by_ids(&request.desk, &request.actor(), &[id]).await.refuse(request);
        rows.map(|mut rows| rows.pop().map(Template::from)).transpose()
    }

    /// The templates of the desk, most used first unless `orderBy` says otherwise. For those who read drafts.
    #[allow(clippy::too_many_arguments)]
    async fn templates(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only those for tickets of this category, a key of `workflow.categories`, and those for all."
        )]
        category: Option<String>,
        #[graphql(desc = "In which order.")] order_by: Option<TemplateOrder>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<TemplateConnection> {
        let request = Request::of(ctx);
        list(request, category, order_by, args(first, after, last, before), wants_total(ctx)).await.refuse(request)
    }

    /// What a template can insert.
    async fn template_variables(&self) -> Vec<TemplateVariable> {
        render::VARIABLES.iter().map(|(name, description)| TemplateVariable { name, description }).collect()
    }

    /// What the template would say on the ticket if you applied it. Null if one of them is not there, or not yours to see.
    async fn template_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The template's id.")] template_id: TemplateId,
        #[graphql(desc = "The ticket's id.")] ticket_id: TicketId,
    ) -> Option<async_graphql::Result<TemplatePreview>> {
        let request = Request::of(ctx);
        preview(request, template_id, ticket_id).await.refuse(request).transpose()
    }
}

async fn list(
    request: &Request,
    category: Option<String>,
    order: Option<TemplateOrder>,
    args: PageArgs,
    wants_total: bool,
) -> Result<TemplateConnection> {
    request.signed_in()?;
    let (desk, actor) = (&request.desk, request.actor());
    if !find::reads(desk, &actor) {
        return Err(Error::with(Code::Forbidden, "Templates are for those who read drafts."));
    }
    let field = order.map_or(TemplateOrderField::Uses, |order| order.field);
    let descending = order.is_none_or(|order| order.direction == OrderDirection::Desc);
    let page = args.check(&format!("{field:?}"), descending, &category, MAX_PAGE)?;
    let wanted = category.map(|key| Column::Category.is_in([key, String::new()]));
    let select = Entity::find().filter(find::visible(desk, &actor)).filter(Condition::all().add_option(wanted));
    let total = if wants_total { int(select.clone().count(&desk.db.read).await?)? } else { 0 };
    let column = match field {
        TemplateOrderField::Uses => Column::UseCount,
        TemplateOrderField::UpdatedAt => Column::UpdatedAt,
        TemplateOrderField::CreatedAt => Column::CreatedAt,
    };
    let key = |row: &template::Model| Key {
        value: match field {
            TemplateOrderField::Uses => row.use_count.into(),
            TemplateOrderField::UpdatedAt => row.updated_at.0,
            TemplateOrderField::CreatedAt => row.created_at.0,
        },
        id: row.id.0,
    };
    let rows = page.load(&desk.db.read, select, column, Column::Id, key).await?;
    Ok(TemplateConnection::new(rows, total, Template::from))
}

async fn preview(request: &Request, template: TemplateId, ticket: TicketId) -> Result<Option<TemplatePreview>> {
    let (desk, actor) = (&request.desk, request.actor());
    let Some(template) = find::by_ids(desk, &actor, &[template]).await?.pop() else { return Ok(None) };
    let Some(ticket) = tickets::find::by_id(desk, &actor, ticket).await? else { return Ok(None) };
    let body = render::for_ticket(&desk.db.read, &desk.profile, &actor, &template.body, &ticket).await?;
    let body_html = match template.format {
        Format::Markdown => text::html(&body),
        Format::Plain => text::html_of_plain(&body),
    };
    Ok(Some(TemplatePreview { body, body_html }))
}
