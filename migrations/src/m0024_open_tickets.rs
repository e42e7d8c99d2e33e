//! Open tickets by who works on them: routing counts them for each new ticket, and should not read the closed ones.

use sea_orm_migration::prelude::*;

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(manager, vec![], vec![index("tickets", &["stage", "assignee_id", "deleted_at", "id"])]).await
    }
}
