//! The room against a database of its own.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use deskgraph_migrations::{Migrator, MigratorTrait};
use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;

use super::register::Registration;
use super::{Sessions, SignedIn};
use crate::access::{Actor, Origin, Permission, Policy, Role};
use crate::audit::refusals::Refusals;
use crate::clock::Clock;
use crate::config::{Config, Secret};
use crate::db::{self, PoolSettings, statements};
use crate::desk::{Desk, Parts, WriteOptions};
use crate::error::{Code, Detail, Error};
use crate::event_log::{self, LogHead};
use crate::ids::PersonId;
use crate::people::create::PersonCreate;
use crate::people::team_create::TeamCreate;
use crate::people::team_member_add::TeamMemberAdd;
use crate::people::update::PersonUpdate;
use crate::profile::Profile;
use crate::readers::revocations::Revocations;
use crate::sessions::person_deactivate::PersonDeactivate;

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));
const PASSWORD: &str = "correct horse battery";

struct Room {
    _folder: tempfile::TempDir,
    desk: Desk,
    sessions: Sessions,
    config: Config,
}

/// Whoever asks by this session.
fn holder(signed_in: &SignedIn) -> Actor {
    Actor { person: Some(signed_in.person.id), session: Some(signed_in.session.id), ..Actor::anonymous() }
}

impl Room {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("desk.db").display());
        let second = Duration::from_secs(1);
        let settings = PoolSettings { size: 4, statement_timeout: second, lock_timeout: second };
        let db = db::connect(&url, settings).await.unwrap();
        Migrator::up(db.writer(), None).await.unwrap();
        let head = LogHead::new(event_log::ensure(&db).await.unwrap());
        let profile = Profile::load("helpdesk").unwrap();
        let policy = Policy::resolve(&profile).unwrap();
        let refusals = Refusals::open(&db).await.unwrap();
        let (clock, telemetry, effects) = (Clock::system(), Default::default(), Vec::new());
        let desk = Desk::new(Parts { db, clock, profile, policy, head, refusals, telemetry, effects });
        let config = Config::default();
        let sessions = Sessions::new(desk.clone(), &config.sessions, &config.limits).await.unwrap();
        Self { _folder: folder, desk, sessions, config }
    }

    async fn person(&self, email: &str, role: Role) -> PersonId {
        let password_hash = Some(self.sessions.hash("password", PASSWORD, &[email]).await.unwrap());
        let create = PersonCreate {
            name: "Ann".into(),
            email: Some(email.into()),
            phone: None,
            role,
            organization_id: None,
            password_hash,
            options: Default::default(),
        };
        self.desk.perform(&Actor::system(Origin::Cli), create).await.unwrap().outcome.id
    }

    async fn try_sign_in(&self, from: IpAddr, email: &str, password: &str) -> Result<SignedIn, Error> {
        self.sessions.sign_in(&Actor::anonymous(), from, email, password).await
    }

    async fn sign_in(&self, email: &str) -> SignedIn {
        self.try_sign_in(HOME, email, PASSWORD).await.unwrap()
    }

    async fn actor(&self, email: &str) -> Actor {
        let signed_in = self.sign_in(email).await;
        self.sessions.authenticate(&signed_in.tokens.access, HOME).await.unwrap().actor
    }

    async fn refused(&self, token: &str) -> bool {
        match self.sessions.authenticate(token, HOME).await {
            Ok(_) => false,
            Err(error) => {
                assert_eq!(error.code(), Code::Unauthenticated);
                true
            }
        }
    }

    async fn refresh(&self, token: &str) -> Result<SignedIn, Code> {
        self.sessions.token_refresh(&Actor::anonymous(), token).await.map_err(|error| error.code())
    }
}

fn code<T>(result: Result<T, Error>) -> Code {
    result.map(|_| ()).unwrap_err().code()
}

#[tokio::test]
async fn a_token_says_who_asks_until_it_expires_and_costs_no_sql() {
    let room = Room::new().await;
    let agent = room.person("agent@example.com", Role::Agent).await;
    let signed_in = room.sign_in("Agent@Example.com").await;
    assert!(signed_in.must_change_password);
    let bearer = room.sessions.authenticate(&signed_in.tokens.access, HOME).await.unwrap();
    assert_eq!((bearer.actor.person, bearer.actor.role), (Some(agent), Some(Role::Agent)));
    assert_eq!(bearer.actor.session, Some(signed_in.session.id));
    assert_eq!(bearer.expires_at, signed_in.tokens.access_expires_at);

    let counter = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let again = room.sessions.authenticate(&signed_in.tokens.access, HOME);
    statements::counted(counter.clone(), again).await.unwrap();
    assert_eq!(counter.load(std::sync::atomic::Ordering::Relaxed), 0);

    room.desk.clock.advance_real(Duration::from_secs(601));
    assert!(room.refused(&signed_in.tokens.access).await);
    assert!(room.refresh(&signed_in.tokens.refresh).await.is_ok());
}

#[tokio::test]
async fn only_tokens_of_this_desk_are_good() {
    let (here, there) = (Room::new().await, Room::new().await);
    for room in [&here, &there] {
        room.person("ann@example.com", Role::Customer).await;
    }
    let token = here.sign_in("ann@example.com").await.tokens.access;
    assert!(there.refused(&token).await);
    let (message, signature) = token.rsplit_once('.').unwrap();
    let none = "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0";
    let payload = message.split_once('.').unwrap().1;
    let flipped: String = signature.chars().rev().collect();
    for bad in [
        "",
        ".",
        "..",
        "a.b.c",
        message,
        &format!("{message}."),
        &format!("{message}.{flipped}"),
        &format!("{none}.{payload}."),
        &"x".repeat(10_000),
    ] {
        assert!(here.refused(bad).await, "{bad}");
    }
    assert!(!here.refused(&token).await);
}

#[tokio::test]
async fn a_retired_key_verifies_until_its_tokens_have_expired() {
    let room = Room::new().await;
    room.person("ann@example.com", Role::Customer).await;
    let before = room.sign_in("ann@example.com").await.tokens.access;
    room.sessions.rotate_signing_key().await.unwrap();
    let after = room.sign_in("ann@example.com").await.tokens.access;
    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid;
    assert_ne!(kid(&before), kid(&after));
    assert!(!room.refused(&before).await && !room.refused(&after).await);
    // Another node reads the keys on its own.
    let other = Sessions::new(room.desk.clone(), &room.config.sessions, &room.config.limits).await.unwrap();
    assert!(other.authenticate(&before, HOME).await.is_ok() && other.authenticate(&after, HOME).await.is_ok());
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_using_it_twice_ends_the_session() {
    let room = Room::new().await;
    room.person("ann@example.com", Role::Customer).await;
    let (first, bystander) = (room.sign_in("ann@example.com").await, room.sign_in("ann@example.com").await);
    let second = room.refresh(&first.tokens.refresh).await.unwrap();
    assert_eq!(second.session.id, first.session.id);
    assert!(!room.refused(&second.tokens.access).await);
    assert_eq!(room.refresh(&first.tokens.refresh).await.unwrap_err(), Code::SessionExpired);
    assert!(room.refused(&second.tokens.access).await, "the session has ended");
    assert_eq!(room.refresh(&second.tokens.refresh).await.unwrap_err(), Code::SessionExpired);
    assert!(!room.refused(&bystander.tokens.access).await, "other sessions go on");
    assert_eq!(room.refresh("dgr_made-up").await.unwrap_err(), Code::SessionExpired);

    room.desk.clock.advance_real(Duration::from_secs(31 * 86_400));
    assert_eq!(room.refresh(&bystander.tokens.refresh).await.unwrap_err(), Code::SessionExpired);
}

#[tokio::test]
async fn of_two_who_renew_at_once_one_ends_the_session() {
    let room = Room::new().await;
    room.person("ann@example.com", Role::Customer).await;
    let token = room.sign_in("ann@example.com").await.tokens.refresh;
    let (one, two) = tokio::join!(room.refresh(&token), room.refresh(&token));
    assert_eq!([&one, &two].iter().filter(|result| result.is_ok()).count(), 1);
    let good = one.or(two).unwrap();
    assert!(room.refused(&good.tokens.access).await);
}

#[tokio::test]
async fn signing_out_ends_this_session_or_all() {
    let room = Room::new().await;
    room.person("ann@example.com", Role::Customer).await;
    let [a, b, c] = [
        room.sign_in("ann@example.com").await,
        room.sign_in("ann@example.com").await,
        room.sign_in("ann@example.com").await,
    ];
    let actor = room.sessions.authenticate(&a.tokens.access, HOME).await.unwrap().actor;
    room.sessions.sign_out(&actor).await.unwrap();
    room.sessions.sign_out(&actor).await.unwrap();
    assert!(room.refused(&a.tokens.access).await && !room.refused(&b.tokens.access).await);
    let actor = room.sessions.authenticate(&b.tokens.access, HOME).await.unwrap().actor;
    room.sessions.sign_out_everywhere(&actor).await.unwrap();
    assert!(room.refused(&b.tokens.access).await && room.refused(&c.tokens.access).await);
    assert_eq!(room.refresh(&c.tokens.refresh).await.unwrap_err(), Code::SessionExpired);
    assert_eq!(code(room.sessions.sign_out(&Actor::anonymous()).await), Code::Unauthenticated);
}

#[tokio::test]
async fn attempts_are_limited_by_account_whether_it_exists_or_not() {
    let room = Room::new().await;
    room.person("ann@example.com", Role::Customer).await;
    for email in ["ann@example.com", "nobody@example.com"] {
        // In parallel, so that none slips past the count; from many places, so that only the account limits.
        let tries =
            (0..14).map(|at| room.try_sign_in(IpAddr::V4(Ipv4Addr::new(198, 51, 100, at)), email, "wrong password"));
        let refusals: Vec<_> =
            futures_util::future::join_all(tries).await.into_iter().map(|it| it.unwrap_err()).collect();
        let limited: Vec<_> = refusals.iter().filter(|error| error.code() == Code::RateLimited).collect();
        assert_eq!(limited.len(), 4, "{email}");
        assert!(matches!(limited[0].details(), Detail::RetryAfter(1..=900_000)));
    }
    assert_eq!(code(room.try_sign_in(HOME, "ANN@example.com", PASSWORD).await), Code::RateLimited);
    room.desk.clock.advance_real(Duration::from_secs(901));
    room.sign_in("ann@example.com").await;
}

#[tokio::test]
async fn success_forgets_the_attempts_on_the_account_but_not_those_from_the_address() {
    let mut config = Config::default();
    config.limits.sign_in_per_address = 3;
    let mut room = Room::new().await;
    room.sessions = Sessions::new(room.desk.clone(), &config.sessions, &config.limits).await.unwrap();
    room.person("ann@example.com", Role::Customer).await;
    for _ in 0..3 {
        room.sign_in("ann@example.com").await;
    }
    for email in ["a@example.com", "b@example.com"] {
        assert_eq!(code(room.try_sign_in(HOME, email, "wrong password").await), Code::InvalidCredentials);
    }
    room.sign_in("ann@example.com").await;
    assert_eq!(code(room.try_sign_in(HOME, "c@example.com", "wrong password").await), Code::InvalidCredentials);
    assert_eq!(code(room.try_sign_in(HOME, "ann@example.com", PASSWORD).await), Code::RateLimited);
    assert!(room.try_sign_in(ELSEWHERE, "ann@example.com", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn registering_does_not_tell_whether_there_was_an_account() {
    let room = Room::new().await;
    let register = |email: &'static str, password: &'static str| {
        let wish = Registration { name: "Ann", email, password };
        let sessions = room.sessions.clone();
        async move { sessions.register(&Actor::anonymous(), (HOME, None), wish).await }
    };
    register("ann@example.com", PASSWORD).await.unwrap();
    register("Ann@example.com", "somebody else's password").await.unwrap();
    let signed_in = room.sign_in("ann@example.com").await;
    assert_eq!(signed_in.person.role, Role::Customer);
    assert_eq!(
        code(room.try_sign_in(HOME, "ann@example.com", "somebody else's password").await),
        Code::InvalidCredentials
    );
    assert_eq!(code(register("bob@example.com", "short").await), Code::InvalidValue);
    assert_eq!(code(register("bob", PASSWORD).await), Code::InvalidValue);

    // Somebody who is known by address only is not taken over.
    let tx_free = PersonCreate {
        name: "Cid".into(),
        email: Some("cid@example.com".into()),
        phone: None,
        role: Role::Customer,
        organization_id: None,
        password_hash: None,
        options: Default::default(),
    };
    let cid = room.desk.perform(&Actor::system(Origin::Cli), tx_free).await.unwrap().outcome.id;
    register("cid@example.com", PASSWORD).await.unwrap();
    assert_eq!(code(room.try_sign_in(HOME, "cid@example.com", PASSWORD).await), Code::InvalidCredentials);
    room.sessions.password_set(&Actor::system(Origin::Cli), cid, PASSWORD).await.unwrap();
    assert_eq!(room.sign_in("cid@example.com").await.person.id, cid);
}

#[tokio::test]
async fn the_log_ends_access_on_another_node() {
    let room = Room::new().await;
    let agent = room.person("agent@example.com", Role::Agent).await;
    let system = Actor::system(Origin::Cli);
    let other = Sessions::new(room.desk.clone(), &room.config.sessions, &room.config.limits).await.unwrap();
    let stop = CancellationToken::new();
    let reader = Revocations::new(other.clone(), &room.desk.head);
    let Parts { db, head, telemetry, .. } = &*room.desk;
    let following = tokio::spawn(event_log::follow(db.clone(), head.clone(), telemetry.clone(), reader, stop.clone()));

    let (one, two) = (room.sign_in("agent@example.com").await, room.sign_in("agent@example.com").await);
    let actor = other.authenticate(&one.tokens.access, HOME).await.unwrap().actor;
    assert!(actor.teams.is_empty());
    other.authenticate(&two.tokens.access, HOME).await.unwrap();
    let (mut ended_one, mut ended_two) = (other.ended(&holder(&one)), other.ended(&holder(&two)));
    assert!((&mut ended_one).now_or_never().is_none() && (&mut ended_two).now_or_never().is_none());

    // A team, then another role: the same session sees both.
    let options = WriteOptions::default;
    let team = TeamCreate { name: "First line".into(), options: Default::default() };
    let team = room.desk.perform(&system, team).await.unwrap().outcome.id;
    let add = TeamMemberAdd { team_id: team, person_id: agent, options: options() };
    room.desk.perform(&system, add).await.unwrap();
    eventually(|| async { other.renewed(&actor).await.unwrap().teams[..] == [team] }).await;

    room.sessions.sign_out(&actor).await.unwrap();
    soon(ended_one).await;
    assert!(other.authenticate(&one.tokens.access, HOME).await.is_err());
    assert!(other.authenticate(&two.tokens.access, HOME).await.is_ok());

    room.desk.perform(&system, PersonDeactivate { person_id: agent, options: options() }).await.unwrap();
    soon(ended_two).await;
    assert!(other.authenticate(&two.tokens.access, HOME).await.is_err());
    soon(other.ended(&holder(&two))).await;
    assert_eq!(code(room.try_sign_in(HOME, "agent@example.com", PASSWORD).await), Code::InvalidCredentials);
    assert_eq!(room.refresh(&two.tokens.refresh).await.unwrap_err(), Code::SessionExpired);
    stop.cancel();
    following.await.unwrap();
}

#[tokio::test]
async fn nobody_gives_rights_to_themselves_and_the_last_administrator_stays() {
    let room = Room::new().await;
    let customer = room.person("ann@example.com", Role::Customer).await;
    let (ann, options) = (room.actor("ann@example.com").await, WriteOptions::default);
    let update = |person_id, role, name: Option<&str>| PersonUpdate {
        person_id,
        name: name.map(str::to_owned),
        role,
        email_verified: None,
        phone_verified: None,
        organization_id: Default::default(),
        locale: Default::default(),
        options: options(),
    };
    let promote = update(customer, Some(Role::Administrator), None);
    assert_eq!(code(room.desk.perform(&ann, promote).await), Code::Forbidden);
    let renamed = room.desk.perform(&ann, update(customer, None, Some("Annabel"))).await.unwrap().outcome;
    assert_eq!((renamed.name.as_str(), renamed.version), ("Annabel", 2));
    assert!(room.desk.policy.grants(&ann, Permission::PersonManage).is_none());

    let first = room.sessions.first_administrator(&room.config.admin).await.unwrap().unwrap();
    assert!(room.sessions.first_administrator(&room.config.admin).await.unwrap().is_none());
    let password = first.password.unwrap();
    let signed_in = room.try_sign_in(HOME, &first.email, &password).await.unwrap();
    assert!(signed_in.must_change_password);
    let admin = room.sessions.authenticate(&signed_in.tokens.access, HOME).await.unwrap().actor;
    let me = signed_in.person.id;
    assert_eq!(code(room.desk.perform(&admin, update(me, Some(Role::Agent), None)).await), Code::InvalidValue);
    let deactivate = |person_id| PersonDeactivate { person_id, options: options() };
    assert_eq!(code(room.desk.perform(&admin, deactivate(me)).await), Code::InvalidValue);
    assert_eq!(code(room.desk.perform(&ann, deactivate(me)).await), Code::NotFound);
    room.desk.perform(&admin, update(customer, Some(Role::Administrator), None)).await.unwrap();
    room.desk.perform(&admin, deactivate(me)).await.unwrap();
}

#[tokio::test]
async fn a_configured_administrator_is_held_to_the_policy() {
    let room = Room::new().await;
    let mut admin = room.config.admin.clone();
    admin.password = Some(Secret::new("short"));
    assert_eq!(code(room.sessions.first_administrator(&admin).await), Code::InvalidValue);
    admin.password = Some(Secret::new(PASSWORD));
    let other = Sessions::new(room.desk.clone(), &room.config.sessions, &room.config.limits).await.unwrap();
    let (one, two) = tokio::join!(room.sessions.first_administrator(&admin), other.first_administrator(&admin));
    assert_eq!([one.unwrap(), two.unwrap()].iter().flatten().filter(|made| made.password.is_none()).count(), 1);
    assert!(!room.sign_in("admin@localhost").await.must_change_password);
}

async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(5), future).await.expect("it should not take so long")
}

async fn eventually<F: Future<Output = bool>>(condition: impl Fn() -> F) {
    soon(async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}
