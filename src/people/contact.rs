//! An address that reaches a person: e-mail or telephone. `folded` is what is compared and unique.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use async_graphql::{Enum, OneofObject};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::ids::{ContactId, PersonId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contacts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ContactId,
    pub person_id: PersonId,
    pub kind: Kind,
    pub value: String,
    pub folded: String,
    pub verified_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// What kind of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[graphql(name = "ContactKind")]
pub enum Kind {
    /// An e-mail address.
    #[sea_orm(string_value = "email")]
    Email,
    /// A telephone number.
    #[sea_orm(string_value = "phone")]
    Phone,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// An e-mail address as it is kept and as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// As it was given, trimmed.
    pub value: String,
    /// Compatibility-normalized and in lower case.
    pub folded: String,
}

impl Email {
    /// Reads an address.
    ///
    /// # Errors
    /// `INVALID_VALUE` at `field` for what no mail server would take: the check is deliberately loose, the real one is a mail.
    pub fn parse(field: &str, text: &str) -> Result<Self> {
        let value = text.trim();
        let refused = || Error::invalid(field, "This is not an e-mail address like ann@example.com.");
        let (local, domain) = value.rsplit_once('@').ok_or_else(refused)?;
        let odd =
            |c: char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"' | '(' | ')' | '@');
        if local.is_empty()
            || domain.is_empty()
            || value.chars().count() > 254
            || value.chars().any(|c| c != '@' && odd(c))
            || local.contains('@')
        {
            return Err(refused());
        }
        if domain.starts_with(['.', '-']) || domain.ends_with(['.', '-']) || domain.contains("..") {
            return Err(refused());
        }
        Ok(Self { value: value.to_owned(), folded: value.nfkc().collect::<String>().to_lowercase() })
    }
}

/// A telephone number as it is kept and as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// As it was given, trimmed.
    pub value: String,
    /// The digits, behind the plus sign if there was one.
    pub folded: String,
}

impl Phone {
    /// Reads a number.
    ///
    /// # Errors
    /// `INVALID_VALUE` at `field` for what nobody could dial. Loose on purpose: countries differ, and only a call would tell.
    pub fn parse(field: &str, text: &str) -> Result<Self> {
        let value = text.trim();
        let digits: String = value.chars().filter(char::is_ascii_digit).collect();
        let odd = |c: char| !(c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '.' | '/' | '(' | ')'));
        let plus = value.starts_with('+');
        let misplaced = value.chars().skip(1).any(|c| c == '+');
        if !(5..=15).contains(&digits.len()) || value.chars().any(odd) || misplaced || value.len() > 40 {
            return Err(Error::invalid(field, "This is not a telephone number like +49 30 123456."));
        }
        Ok(Self { value: value.to_owned(), folded: if plus { format!("+{digits}") } else { digits } })
    }
}

/// Where somebody is reached, as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, OneofObject, Serialize, Deserialize)]
#[graphql(name = "AddressInput")]
#[serde(rename_all = "camelCase")]
pub enum ContactAddress {
    /// An e-mail address.
    Email(String),
    /// A telephone number, best with the country: +49 30 123456.
    Phone(String),
}

/// Where somebody is reached, as it is kept and as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// What it is.
    pub kind: Kind,
    /// As it was given, trimmed.
    pub value: String,
    /// As it is compared.
    pub folded: String,
}

impl ContactAddress {
    /// Reads it.
    ///
    /// # Errors
    /// `INVALID_VALUE` at `email` or `phone`.
    pub fn read(&self) -> Result<Address> {
        match self {
            Self::Email(text) => Email::parse("email", text).map(Address::from),
            Self::Phone(text) => Phone::parse("phone", text).map(Address::from),
        }
    }
}

impl From<Model> for Address {
    /// The address as it is known. Letters go there and nowhere else: what is compared as the same may be another's to mail servers.
    fn from(contact: Model) -> Self {
        Self { kind: contact.kind, value: contact.value, folded: contact.folded }
    }
}

impl From<Email> for Address {
    fn from(email: Email) -> Self {
        Self { kind: Kind::Email, value: email.value, folded: email.folded }
    }
}

impl From<Phone> for Address {
    fn from(phone: Phone) -> Self {
        Self { kind: Kind::Phone, value: phone.value, folded: phone.folded }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_without_case_and_width() {
        let folded = |text: &str| Email::parse("email", text).map(|email| email.folded).ok();
        assert_eq!(folded(" Ann@Example.COM "), folded("ann@example.com"));
        assert_eq!(folded("ａnn@example.com"), folded("ann@example.com"));
        for bad in ["", "ann", "@example.com", "ann@", "a b@example.com", "a@b@example.com", "ann@.com", "ann@e..com"] {
            assert_eq!(folded(bad), None, "{bad}");
        }
    }

    #[test]
    fn numbers_are_compared_by_their_digits() {
        let folded = |text: &str| Phone::parse("phone", text).map(|phone| phone.folded).ok();
        assert_eq!(folded("+49 (30) 123-456"), Some("+4930123456".to_owned()));
        for bad in ["", "12", "call me", "30+123456", "1234567890123456"] {
            assert_eq!(folded(bad), None, "{bad}");
        }
    }
}
