//! People and organizations are found by name, teams and organizations have versions, and a team can be given up.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::prelude::Uuid;
use unicode_normalization::UnicodeNormalization;

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let folded = || text("name_folded").default("").to_owned();
        let version = || int("version").default(1).to_owned();
        for (table, column) in [
            ("people", folded()),
            ("organizations", folded()),
            ("organizations", version()),
            ("teams", version()),
            ("teams", big_null("deleted_at")),
        ] {
            manager.alter_table(Table::alter().table(Alias::new(table)).add_column(column).to_owned()).await?;
        }
        fold_names(manager, "people").await?;
        fold_names(manager, "organizations").await
    }
}

/// Writes the names that are there as they are compared: no database folds more than ASCII as the other does.
async fn fold_names(manager: &SchemaManager<'_>, table: &'static str) -> Result<(), DbErr> {
    let (id, name, folded) = (Alias::new("id"), Alias::new("name"), Alias::new("name_folded"));
    let conn = manager.get_connection();
    let all = Query::select().columns([id.clone(), name]).from(Alias::new(table)).to_owned();
    for row in conn.query_all(&all).await? {
        let (key, name): (Uuid, String) = (row.try_get("", "id")?, row.try_get("", "name")?);
        let update = Query::update()
            .table(Alias::new(table))
            .value(folded.clone(), name.nfkc().collect::<String>().to_lowercase())
            .and_where(Expr::col(id.clone()).eq(key))
            .to_owned();
        conn.execute(&update).await?;
    }
    Ok(())
}
