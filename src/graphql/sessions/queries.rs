//! Asking who one is.

use async_graphql::{Context, Object};

use super::{Session, SessionConnection};
use crate::access::{Permission, Role};
use crate::comments::read;
use crate::error::{Code, Error};
use crate::graphql::connection::{args, int, wants_total};
use crate::graphql::context::{Refuse, Request};
use crate::graphql::desk::PermissionName;
use crate::graphql::people::Person;
use crate::graphql::rewards::Rewards;
use crate::ids::{PersonId, SessionId};
use crate::notifications::find;
use crate::notifications::preferences::{self, Preference};
use crate::people::credential;
use crate::sessions::{list, session};

/// The root fields about who asks.
#[derive(Default)]
pub struct SessionQueries;

#[Object]
impl SessionQueries {
    /// Who asks: you. Null if you are not signed in.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Viewer> {
        let actor = Request::of(ctx).actor();
        Some(Viewer { person: actor.person?, session: actor.session, role: actor.role? })
    }
}

/// Who asks, and what they may.
pub struct Viewer {
    person: PersonId,
    session: Option<SessionId>,
    role: Role,
}

/// Who asks, and what they may.
#[Object]
impl Viewer {
    /// You.
    async fn person(&self, ctx: &Context<'_>) -> async_graphql::Result<Person> {
        let request = Request::of(ctx);
        let row = request.loaders().people.load(self.person).await.refuse(request)?;
        row.map(Person).ok_or_else(|| Error::new(Code::Unauthenticated)).refuse(request)
    }

    /// What you are at the desk.
    async fn role(&self) -> Role {
        self.role
    }

    /// What you may do at all. How far each reaches depends on the thing: see `actions` there.
    async fn permissions(&self, ctx: &Context<'_>) -> Vec<Permission> {
        let request = Request::of(ctx);
        request.desk.policy.permissions(&request.actor())
    }

    /// The same permissions by their names: the engine's, and what the clients of this desk call them.
    async fn permission_names<'a>(&self, ctx: &Context<'a>) -> Vec<PermissionName<'a>> {
        let request: &'a Request = Request::of(ctx);
        let permissions = request.desk.policy.permissions(&request.actor());
        permissions.into_iter().map(|permission| PermissionName::of(request.profile(), permission)).collect()
    }

    /// What you got for what you did. Empty on desks that reward nothing (`workflow.rewards`).
    async fn rewards(&self, ctx: &Context<'_>) -> async_graphql::Result<Rewards> {
        let request = Request::of(ctx);
        Rewards::of(request, self.person).await.refuse(request)
    }

    /// The session that this request came with.
    async fn session(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Session>> {
        let id = self.session?;
        let request = Request::of(ctx);
        let row = session::by_id(&request.desk.db.read, id).await;
        row.refuse(request).map(|row| row.map(Session::from)).transpose()
    }

    /// How many comments you have not read on the tickets that are yours: that you asked for, opened, take part in, or work on and that
    /// are not closed.
    async fn unread_count(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        let request = Request::of(ctx);
        let unread = read::unread_in_all(&request.desk, &request.actor(), self.person).await.refuse(request)?;
        int(unread).refuse(request)
    }

    /// How many of your notifications you have not read.
    async fn unread_notification_count(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        let request = Request::of(ctx);
        let count = async {
            let unread = find::unread(&request.desk.db.read, &request.desk, &request.actor()).await?;
            int(unread)
        };
        count.await.refuse(request)
    }

    /// What you can be told, and whether you want that. Change it with `notificationPreferencesSet`.
    async fn notification_preferences(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Preference>> {
        let request = Request::of(ctx);
        let row = request.loaders().people.load(self.person).await.refuse(request)?;
        let row = row.ok_or_else(|| Error::new(Code::Unauthenticated)).refuse(request)?;
        Ok(preferences::of(request.profile(), &row))
    }

    /// Your sessions that go on, on whatever device, newest first. End one with `sessionRevoke`.
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<SessionConnection> {
        let request = Request::of(ctx);
        let list = async {
            let args = args(first, after, last, before);
            let (page, total) = list::own(&request.desk, &request.actor(), &args, wants_total(ctx)).await?;
            Ok::<_, Error>(SessionConnection::new(page, int(total)?, Session::from))
        };
        list.await.refuse(request)
    }

    /// Whether your password was given to you by somebody else: change it with `passwordChange`. Until then little
    /// else is answered: `FORBIDDEN` says what.
    async fn must_change_password(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        let request = Request::of(ctx);
        let load = async {
            let credential = credential::of(&request.desk.db.read, self.person).await?;
            Ok::<_, Error>(credential.is_some_and(|credential| credential.must_change))
        };
        load.await.refuse(request)
    }
}
