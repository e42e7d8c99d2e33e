//! Proving that one reads an address: to verify a contact, and to choose a password where the old one is forgotten.
//!
//! The inputs have no `Debug` and are never serialised: they hold passwords and codes.

use std::net::IpAddr;

use async_graphql::{Context, InputObject, Object, SimpleObject};

use crate::error::Error;
use crate::graphql::context::Request;
use crate::graphql::payload::{UserError, settle};
use crate::graphql::people::Person;
use crate::language::{self, Language};
use crate::payload;
use crate::people::contact::ContactAddress;
use crate::sessions::code::Proof;

/// An address of yours, or one that is to become yours.
#[derive(InputObject)]
pub struct ContactVerifyRequestInput {
    /// The address, or the number.
    address: ContactAddress,
}

/// What was sent to the address.
#[derive(InputObject)]
pub struct ContactVerifyInput {
    /// The token of the link, or the code.
    proof: Proof,
}

/// The address of whoever has forgotten their password.
#[derive(InputObject)]
pub struct PasswordResetRequestInput {
    /// The e-mail address that they sign in with, or a telephone number that is verified.
    address: ContactAddress,
}

/// What was sent to the address, and a password.
#[derive(InputObject)]
pub struct PasswordResetInput {
    /// The token of the link, or the code.
    proof: Proof,
    /// A new password: by default 10 to 200 characters; not your name, not your address.
    new_password: String,
}

macro_rules! accepted {
    ($(#[$doc:meta])* $name:ident, $said:literal) => {
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $name {
            #[doc = $said]
            accepted: bool,
            /// What stands against it. Not empty: nothing was done.
            user_errors: Vec<UserError>,
        }

        impl $name {
            fn answer(ctx: &Context<'_>, done: Result<(), Error>) -> async_graphql::Result<Self> {
                let user_errors = settle(ctx, done)?.err().unwrap_or_default();
                Ok(Self { accepted: user_errors.is_empty(), user_errors })
            }
        }
    };
}

accepted! {
    /// What `contactVerifyRequest` answers: the same, whosever the address is.
    ContactVerifyRequestPayload, "Whether the request was taken: a letter is on its way, unless the address is verified already."
}
accepted! {
    /// What `passwordResetRequest` answers: the same, whether somebody has an account or not.
    PasswordResetRequestPayload, "Whether the request was taken: if the address opens an account, a letter is on its way."
}
accepted! {
    /// What `passwordReset` answers.
    PasswordResetPayload, "Whether the password is the new one: sign in with it."
}

payload! {
    /// What `contactVerify` answers.
    ContactVerifyPayload {
        /// You, as the desk knows you now. Null if nothing was written.
        person: Person
    }
}

/// Where somebody asks from, and in what language, if that is another than what everything is written in: then the words of the desk
/// come first.
pub(super) fn place(request: &Request) -> (IpAddr, Option<&'static str>) {
    let language = Some(language::present()).filter(|language| *language != Language::English);
    (request.caller.client, language.map(Language::tag))
}

/// The root fields about proofs.
#[derive(Default)]
pub struct ProofMutations;

#[Object]
impl ProofMutations {
    /// Sends a code to an address of yours, or to one that you want to add: by mail with a link, to a telephone as a text message. Send
    /// it back with `contactVerify`. Some desks serve only those who have a verified contact (`workflow.contact`).
    async fn contact_verify_request(
        &self,
        ctx: &Context<'_>,
        input: ContactVerifyRequestInput,
    ) -> async_graphql::Result<ContactVerifyRequestPayload> {
        let request = Request::of(ctx);
        let done = request.sessions.contact_verify_request(&request.actor(), place(request), &input.address).await;
        ContactVerifyRequestPayload::answer(ctx, done)
    }

    /// Proves that you read an address: with the token of the link that you asked for, or with the code. The address is verified from
    /// then on, and yours if it was nobody's. Sign in first: a link does nothing for whoever made the desk send it to somebody else. A code is good for 5 guesses and, as a text message, for 15 minutes.
    async fn contact_verify(
        &self,
        ctx: &Context<'_>,
        input: ContactVerifyInput,
    ) -> async_graphql::Result<ContactVerifyPayload> {
        let request = Request::of(ctx);
        let done = request.sessions.contact_verify(&request.actor(), request.caller.client, &input.proof).await;
        request.begin_delivery();
        Ok(ContactVerifyPayload::answer(settle(ctx, done)?, Person::from))
    }

    /// Sends whoever reads the address what they need to choose a password, if somebody has an account with it; whoever is known by
    /// their address only has one. Neither the answer nor its time tells whether they do.
    async fn password_reset_request(
        &self,
        ctx: &Context<'_>,
        input: PasswordResetRequestInput,
    ) -> async_graphql::Result<PasswordResetRequestPayload> {
        let request = Request::of(ctx);
        let done = request.sessions.password_reset_request(&request.actor(), place(request), &input.address).await;
        PasswordResetRequestPayload::answer(ctx, done)
    }

    /// Chooses a password with what was sent to the address. All sessions of the account end, and the address is verified. It gives no
    /// tokens: sign in next.
    async fn password_reset(
        &self,
        ctx: &Context<'_>,
        input: PasswordResetInput,
    ) -> async_graphql::Result<PasswordResetPayload> {
        let request = Request::of(ctx);
        let (proof, password) = (&input.proof, &input.new_password);
        let done = request.sessions.password_reset(&request.actor(), request.caller.client, proof, password).await;
        PasswordResetPayload::answer(ctx, done)
    }
}
