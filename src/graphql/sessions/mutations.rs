//! Signing in and out.
//!
//! The inputs have no `Debug` and are never serialised: they hold passwords and tokens.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::Session;
use super::proofs::place;
use crate::clock::Timestamp;
use crate::graphql::context::Request;
use crate::graphql::payload::{UserError, settle};
use crate::graphql::people::Person;
use crate::payload;
use crate::sessions::SignedIn;
use crate::sessions::register::Registration;
use crate::sessions::session_revoke::SessionRevoke;

/// Who somebody is who registers.
#[derive(InputObject)]
pub struct RegisterInput {
    /// What you want to be called: 1 to 100 characters.
    name: String,
    /// Where you are reached, and what you will sign in with.
    email: String,
    /// A password of your own: by default 10 to 200 characters; not your name, not your address.
    password: String,
}

/// An address and a password.
#[derive(InputObject)]
pub struct SignInInput {
    /// Your e-mail address, whatever its case.
    email: String,
    /// Your password.
    password: String,
}

/// A refresh token.
#[derive(InputObject)]
pub struct TokenRefreshInput {
    /// The newest refresh token of the session. It is good once.
    refresh_token: String,
}

/// The old password and the new one.
#[derive(InputObject)]
pub struct PasswordChangeInput {
    /// Your present password.
    old_password: String,
    /// A new one: by default 10 to 200 characters; not your name, not your address.
    new_password: String,
}

/// What `register` answers: the same, whether the address was new or not.
#[derive(SimpleObject)]
pub struct RegisterPayload {
    /// Whether the registration was taken. If the address was new, `signIn` works now. Either way a letter goes to it: it asks for
    /// `contactVerify`; or, if the address is known already, says how `passwordReset` chooses a password for it.
    accepted: bool,
    /// What stands against it. Not empty: nothing was written.
    user_errors: Vec<UserError>,
}

macro_rules! tokens_payload {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Default, SimpleObject)]
        pub struct $name {
            /// Send it as `Authorization: Bearer …`.
            access_token: Option<String>,
            /// When the access token is no longer good. Renew it before, with `tokenRefresh`.
            access_token_expires_at: Option<Timestamp>,
            /// For one `tokenRefresh`. Keep it where scripts of others cannot read it.
            refresh_token: Option<String>,
            /// When the session ends if it is not renewed.
            refresh_token_expires_at: Option<Timestamp>,
            /// Who signed in.
            person: Option<Person>,
            /// The session.
            session: Option<Session>,
            /// Whether the password was given by somebody else: change it with `passwordChange`.
            must_change_password: Option<bool>,
            /// What stands against it. Not empty: there are no tokens.
            user_errors: Vec<UserError>,
        }

        impl $name {
            fn answer(result: Result<SignedIn, Vec<UserError>>) -> Self {
                match result {
                    Ok(signed_in) => Self {
                        access_token: Some(signed_in.tokens.access),
                        access_token_expires_at: Some(signed_in.tokens.access_expires_at),
                        refresh_token: Some(signed_in.tokens.refresh),
                        refresh_token_expires_at: Some(signed_in.tokens.refresh_expires_at),
                        person: Some(Person::from(signed_in.person)),
                        session: Some(Session::from(signed_in.session)),
                        must_change_password: Some(signed_in.must_change_password),
                        user_errors: Vec::new(),
                    },
                    Err(user_errors) => Self { user_errors, ..Self::default() },
                }
            }
        }
    };
}

tokens_payload! {
    /// What `signIn` answers.
    SignInPayload
}
tokens_payload! {
    /// What `tokenRefresh` answers.
    TokenRefreshPayload
}

payload! {
    /// What `signOut` answers.
    SignOutPayload {
        /// The session that ended.
        session: Session
    }
}
payload! {
    /// What `sessionRevoke` answers.
    SessionRevokePayload {
        /// The session that ended. Null if nothing was written.
        session: Session
    }
}
payload! {
    /// What `signOutEverywhere` answers.
    SignOutEverywherePayload {
        /// Whose sessions ended.
        person: Person
    }
}
payload! {
    /// What `passwordChange` answers.
    PasswordChangePayload {
        /// Whose password it is. Null if nothing was written.
        person: Person
    }
}

/// The root fields about sessions.
#[derive(Default)]
pub struct SessionMutations;

#[Object]
impl SessionMutations {
    /// Makes an account. It gives no tokens: sign in next. A letter to the address asks whether it is theirs. The answer does not tell whether the address had an account already.
    async fn register(&self, ctx: &Context<'_>, input: RegisterInput) -> async_graphql::Result<RegisterPayload> {
        let request = Request::of(ctx);
        let wish = Registration { name: &input.name, email: &input.email, password: &input.password };
        let done = request.sessions.register(&request.actor(), place(request), wish).await;
        Ok(match settle(ctx, done)? {
            Ok(()) => RegisterPayload { accepted: true, user_errors: Vec::new() },
            Err(user_errors) => RegisterPayload { accepted: false, user_errors },
        })
    }

    /// Begins a session with an address and a password. Attempts are limited by account and by where they come from, whether the
    /// account exists or not: then the answer is `RATE_LIMITED` with `retryAfterMs`.
    async fn sign_in(&self, ctx: &Context<'_>, input: SignInInput) -> async_graphql::Result<SignInPayload> {
        let request = Request::of(ctx);
        let (actor, from) = (request.actor(), request.caller.client);
        let done = request.sessions.sign_in(&actor, from, &input.email, &input.password).await;
        Ok(SignInPayload::answer(settle(ctx, done)?))
    }

    /// Renews a session. Each refresh token is good once: keep the new one, and let no two tabs renew at the same time, for using one
    /// twice ends the session. Send it without an `Authorization` header: an expired token there is refused.
    async fn token_refresh(
        &self,
        ctx: &Context<'_>,
        input: TokenRefreshInput,
    ) -> async_graphql::Result<TokenRefreshPayload> {
        let request = Request::of(ctx);
        let done = request.sessions.token_refresh(&request.actor(), &input.refresh_token).await;
        Ok(TokenRefreshPayload::answer(settle(ctx, done)?))
    }

    /// Ends the session of this request: its tokens are refused from now on, and its sockets closed.
    async fn sign_out(&self, ctx: &Context<'_>) -> async_graphql::Result<SignOutPayload> {
        let request = Request::of(ctx);
        let done = settle(ctx, request.sessions.sign_out(&request.actor()).await)?;
        signed_out(request);
        Ok(SignOutPayload::answer(done, Session::from))
    }

    /// Ends one of your sessions, on a device that you lost, say. Ending the one of this request is signing out.
    async fn session_revoke(
        &self,
        ctx: &Context<'_>,
        input: SessionRevoke,
    ) -> async_graphql::Result<SessionRevokePayload> {
        let request = Request::of(ctx);
        let is_this = request.actor().session == Some(input.session_id);
        let done = settle(ctx, request.sessions.session_revoke(&request.actor(), input).await)?;
        if is_this && done.is_ok() {
            signed_out(request);
        }
        Ok(SessionRevokePayload::answer(done, Session::from))
    }

    /// Ends all your sessions, this one among them.
    async fn sign_out_everywhere(&self, ctx: &Context<'_>) -> async_graphql::Result<SignOutEverywherePayload> {
        let request = Request::of(ctx);
        let done = settle(ctx, request.sessions.sign_out_everywhere(&request.actor()).await)?;
        signed_out(request);
        Ok(SignOutEverywherePayload::answer(done, Person::from))
    }

    /// Changes your password. Your other sessions end; this one goes on.
    async fn password_change(
        &self,
        ctx: &Context<'_>,
        input: PasswordChangeInput,
    ) -> async_graphql::Result<PasswordChangePayload> {
        let request = Request::of(ctx);
        let (old, new) = (&input.old_password, &input.new_password);
        let done = request.sessions.password_change(&request.actor(), old, new).await;
        Ok(PasswordChangePayload::answer(settle(ctx, done)?, Person::from))
    }
}

/// What follows in the same document is asked by a stranger.
fn signed_out(request: &Request) {
    request.become_actor(request.actor().as_stranger());
}
