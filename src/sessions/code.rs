//! What is sent to an address to find out who reads it: a code to type, and a token for a link. Either proves it, once.
//!
//! A code of six digits can be guessed, so the database counts the guesses at it before it compares, and a few are all there are. The code
//! of a mail is longer and the token longer still; of both only hashes are kept. A row is written also where there is nobody to send
//! anything to, so that neither an answer nor its time tells who has an account.
#![allow(missing_docs, reason = "the columns are never shown")]

use std::time::Duration;

use async_graphql::{InputObject, OneofObject};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{Condition, IntoActiveModel, QueryOrder, QuerySelect};
use subtle::ConstantTimeEq;

use super::Sessions;
use super::tokens::hash;
use crate::clock::Timestamp;
use crate::desk::Tx;
use crate::error::{Code, Error, Result};
use crate::ids::PersonId;
use crate::people::contact::{Address, ContactAddress, Kind};

/// How often a code may be guessed at.
const GUESSES: i32 = 5;

/// How long what expired is kept: longer than any clock differs.
const KEPT: Duration = Duration::from_secs(86_400);

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_codes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub purpose: Purpose,
    /// None: there was nobody to send it to.
    pub person_id: Option<PersonId>,
    pub kind: Kind,
    pub value: String,
    pub folded: String,
    pub token_hash: String,
    pub code_hash: String,
    /// How often it was guessed at.
    pub attempts: i32,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

/// What is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Purpose {
    /// That an address is somebody's.
    #[sea_orm(string_value = "verify")]
    Verify,
    /// That somebody without their password is who they say.
    #[sea_orm(string_value = "reset")]
    Reset,
}

impl Purpose {
    /// How long it is good. What opens an account is good for an hour, and what could be guessed for a quarter of it.
    pub(super) fn life(self, kind: Kind) -> Duration {
        Duration::from_secs(match (self, kind) {
            (_, Kind::Phone) => 15 * 60,
            (Self::Reset, Kind::Email) => 3_600,
            (Self::Verify, Kind::Email) => 24 * 3_600,
        })
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Where it was sent.
    pub(super) fn address(&self) -> Address {
        Address { kind: self.kind, value: self.value.clone(), folded: self.folded.clone() }
    }
}

/// What was sent, as whoever got it sends it back.
#[derive(Clone, OneofObject)]
#[graphql(name = "ContactProof")]
pub enum Proof {
    /// The token of the link.
    Token(String),
    /// The code, with the address that it was sent to.
    Code(CodeProof),
}

/// A code, with the address that it was sent to.
#[derive(Clone, InputObject)]
#[graphql(name = "ContactCode")]
pub struct CodeProof {
    /// The address that it was sent to.
    address: ContactAddress,
    /// The code. Case, spaces and hyphens do not matter.
    code: String,
}

/// The secrets of one row.
pub(super) struct Secrets {
    pub(super) token: String,
    pub(super) code: String,
}

impl Secrets {
    fn random(kind: Kind) -> Self {
        let token = format!("dgc_{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()));
        let code = match kind {
            // 2⁶⁴ is no multiple of a million; nobody can tell.
            Kind::Phone => format!("{:06}", rand::random::<u64>() % 1_000_000),
            Kind::Email => super::password::random()[..9].to_owned(),
        };
        Self { token, code }
    }
}

/// What is stored of a code. The row's id is the salt.
fn code_hash(id: Uuid, code: &str) -> String {
    let written: String = code.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    hash(&format!("{id}:{written}"))
}

/// Writes a row for an address and answers its secrets; and forgets rows that expired long ago.
pub(super) async fn issue(
    tx: &Tx,
    purpose: Purpose,
    person: Option<PersonId>,
    address: &Address,
) -> Result<(Model, Secrets)> {
    Entity::delete_many().filter(Column::ExpiresAt.lt(tx.real.before(KEPT))).exec(tx.conn()).await?;
    let (id, secrets) = (Uuid::now_v7(), Secrets::random(address.kind));
    let row = Model {
        id,
        purpose,
        person_id: person,
        kind: address.kind,
        value: address.value.clone(),
        folded: address.folded.clone(),
        token_hash: hash(&secrets.token),
        code_hash: code_hash(id, &secrets.code),
        attempts: 0,
        created_at: tx.real,
        expires_at: tx.real.after(purpose.life(address.kind)),
        used_at: None,
    };
    Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok((row, secrets))
}

impl Sessions {
    /// The row that a proof proves, if it was sent for `person` or that does not matter. Guesses are counted by a statement of their own,
    /// before anything is compared.
    ///
    /// # Errors
    /// [`no_longer`].
    pub(super) async fn prove(&self, purpose: Purpose, person: Option<PersonId>, proof: &Proof) -> Result<Model> {
        let (db, now) = (&self.0.desk.db, self.0.desk.clock.real());
        let good = |select: sea_orm::Select<Entity>| {
            let theirs = Condition::all().add_option(person.map(|person| Column::PersonId.eq(person)));
            let unused = select.filter(Column::Purpose.eq(purpose)).filter(Column::UsedAt.is_null());
            unused.filter(Column::ExpiresAt.gt(now)).filter(theirs)
        };
        let found = match proof {
            Proof::Token(token) => good(Entity::find()).filter(Column::TokenHash.eq(hash(token))).one(&db.read).await?,
            Proof::Code(CodeProof { address, code }) => {
                let address = address.read().map_err(|error| error.at("address").at("code").at("proof"))?;
                // The newest counts.
                let newest = good(Entity::find())
                    .select_only()
                    .column(Column::Id)
                    .filter(Column::Kind.eq(address.kind))
                    .filter(Column::Folded.eq(address.folded.as_str()))
                    .order_by_desc(Column::CreatedAt)
                    .order_by_desc(Column::Id)
                    .limit(1)
                    .into_tuple::<Uuid>()
                    .one(&db.read)
                    .await?;
                let counted = Entity::update_many()
                    .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
                    .filter(Column::Id.eq(newest.unwrap_or_default()))
                    .filter(Column::Attempts.lt(GUESSES))
                    .exec_with_returning(db.writer())
                    .await?;
                counted.into_iter().next().filter(|row| {
                    let given = code_hash(row.id, code);
                    bool::from(given.as_bytes().ct_eq(row.code_hash.as_bytes()))
                })
            }
        };
        found.filter(|row| row.person_id.is_some()).ok_or_else(no_longer)
    }
}

/// Uses a row up, and with it all others that were sent to the same person and address for the same.
///
/// # Errors
/// [`no_longer`] if somebody was faster.
pub(super) async fn use_up(tx: &Tx, row: &Model) -> Result<()> {
    let unused =
        || Entity::update_many().col_expr(Column::UsedAt, Expr::value(tx.real)).filter(Column::UsedAt.is_null());
    if unused().filter(Column::Id.eq(row.id)).exec(tx.conn()).await?.rows_affected == 0 {
        return Err(no_longer());
    }
    unused()
        .filter(Column::Folded.eq(row.folded.as_str()))
        .filter(Column::Kind.eq(row.kind))
        .filter(Column::Purpose.eq(row.purpose))
        .filter(Column::PersonId.eq(row.person_id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// The refusal of whatever proves nothing, for whatever reason.
pub(super) fn no_longer() -> Error {
    Error::with(Code::InvalidCredentials, "This code or link is not good, or no longer.")
        .at("proof")
        .hint("Ask for a new one; of several, the newest counts.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_short_for_telephones_and_nothing_to_guess_in_mails() {
        let (one, two) = (Secrets::random(Kind::Phone), Secrets::random(Kind::Email));
        assert!(one.code.len() == 6 && one.code.bytes().all(|digit| digit.is_ascii_digit()), "six digits");
        assert_eq!(two.code.len(), 9, "eight of 32 letters in two groups");
        assert!(one.token.len() > 40 && one.token != two.token);
    }

    #[test]
    fn a_code_is_taken_as_people_type_it() {
        let id = Uuid::now_v7();
        assert_eq!(code_hash(id, "ab2c-9xyz"), code_hash(id, " AB2C 9xyz "));
        assert_ne!(code_hash(id, "ab2c-9xyz"), code_hash(Uuid::now_v7(), "ab2c-9xyz"));
    }
}
