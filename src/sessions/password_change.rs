//! Changes one's own password; the other sessions end.

use super::Sessions;
use super::attempts::Counter;
use super::password_set::{PasswordSet, known_of};
use crate::access::Actor;
use crate::desk::Done;
use crate::error::{Code, Error, Result};
use crate::people::{credential, person};

impl Sessions {
    /// Changes the caller's password. Their other sessions end; the present one goes on.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`; `INVALID_CREDENTIALS` at `oldPassword`; `INVALID_VALUE` at `newPassword`; `RATE_LIMITED` after too many
    /// wrong guesses, for whoever found an open session is not to find the password as well.
    pub async fn password_change(&self, actor: &Actor, old: &str, new: &str) -> Result<Done<person::Model>> {
        let person = actor.require_person()?;
        let parts = &*self.0;
        let known = known_of(self, person).await?;
        let known: Vec<_> = known.iter().map(String::as_str).collect();
        super::password::check("newPassword", new, parts.limits.password_min, &known)?;
        let guesses = Counter::password(person);
        parts.attempts.count(&guesses, parts.limits.per_account).await?;
        let wrong = || Error::with(Code::InvalidCredentials, "This is not the present password.").at("oldPassword");
        let credential = credential::of(&parts.desk.db.read, person).await?;
        let hash = credential.as_ref().map(|credential| credential.password_hash.as_str());
        if old.chars().count() > super::password::LONGEST || !parts.hasher.verify(old, hash).await? {
            return Err(wrong());
        }
        let verified = credential.ok_or_else(wrong)?.password_hash;
        if old == new {
            return Err(Error::invalid("newPassword", "This is the present password.").hint("Choose another one."));
        }
        let password_hash = parts.hasher.hash(new).await?;
        let set = PasswordSet { person, password_hash, verified: Some(verified), except: actor.session };
        let done = parts.desk.perform(actor, set).await?;
        parts.attempts.forget(&guesses).await;
        self.access_changed(person);
        Ok(done)
    }
}
