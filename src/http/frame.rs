//! What is around every route: the request's id, the client's address, common headers, the access line, panics caught.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use tokio::time::Instant;
use uuid::Uuid;

use super::accept::Media;
use super::{Server, reply};
use crate::config::Prefix;
use crate::error::{Code, Error};
use crate::language::{self, Language};

/// What is known about a request before its route is.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) request_id: Arc<str>,
    pub(super) client: IpAddr,
}

/// The name of the operation that a response answers, for the access line.
#[derive(Clone, Debug)]
pub(super) struct Operation(pub(super) Option<String>);

pub(super) async fn around(State(server): State<Server>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let seen = Seen {
        request_id: request_id(request.headers()),
        client: client(peer, request.headers(), &server.0.trusted_proxies),
    };
    request.extensions_mut().insert(seen.clone());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let language = accepted(request.headers());
    let answer = async {
        AssertUnwindSafe(next.run(request)).catch_unwind().await.unwrap_or_else(|_| {
            tracing::error!(request_id = &*seen.request_id, "a handler panicked");
            let error = Error::new(Code::InternalError);
            reply::refuse(&server.0.api, StatusCode::INTERNAL_SERVER_ERROR, error, &seen.request_id)
        })
    };
    let mut response = language::speaking(language, answer).await;
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&seen.request_id) {
        headers.insert(reply::REQUEST_ID, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // What we say ourselves is JSON; which language a file is in, nobody knows.
    if headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| [Media::Json, Media::GraphqlResponse].map(Media::content_type).contains(kind))
    {
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    }
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Authorization, Accept-Language, Origin"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let operation = response.extensions().get::<Operation>().and_then(|operation| operation.0.as_deref());
    tracing::info!(
        request_id = &*seen.request_id,
        %method,
        path,
        status = response.status().as_u16(),
        ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        operation,
        client = %seen.client,
        "answered"
    );
    response
}

/// The language that the client wants to be answered in.
pub(super) fn accepted(headers: &HeaderMap) -> Language {
    let values = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
    language::negotiate(&values.collect::<Vec<_>>().join(","))
}

/// The client's own id for the request if it can be written to a log as it is, else a new one.
fn request_id(headers: &HeaderMap) -> Arc<str> {
    headers
        .get(reply::REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
            !id.is_empty() && id.len() <= 64 && id.bytes().all(fits)
        })
        .map_or_else(|| Uuid::now_v7().simple().to_string().into(), Into::into)
}

/// The peer; or, if that is a trusted proxy, the nearest address in `X-Forwarded-For` that is not.
fn client(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[Prefix]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|prefix| prefix.contains(address));
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical();
    if !is_trusted(peer) {
        return peer;
    }
    let mut nearest = peer;
    let values: Vec<_> = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    for hop in values.iter().rev().flat_map(|value| value.rsplit(',')) {
        let hop = hop.trim();
        let address = hop.parse::<IpAddr>().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()));
        match address {
            Some(address) => nearest = address.to_canonical(),
            // What is further out was written by whoever wrote this.
            None => return nearest,
        }
        if !is_trusted(nearest) {
            return nearest;
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed_about_the_client() {
        let trusted = ["10.0.0.0/8".to_owned()].map(|text| Prefix::try_from(text).unwrap());
        let from = |peer: &str, forwarded: &str| {
            let headers = HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), forwarded.parse().unwrap())]);
            client(Some(peer.parse().unwrap()), &headers, &trusted).to_string()
        };
        assert_eq!(from("192.0.2.1", "198.51.100.7"), "192.0.2.1");
        assert_eq!(from("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2"), "198.51.100.7");
        assert_eq!(from("::ffff:10.0.0.1", "198.51.100.7:1234"), "198.51.100.7");
        assert_eq!(from("10.0.0.1", "1.2.3.4, nonsense"), "10.0.0.1");
    }

    #[test]
    fn a_request_id_is_taken_only_if_it_is_fit_for_a_log() {
        let id = |text: &[u8]| {
            request_id(&HeaderMap::from_iter([(reply::REQUEST_ID, HeaderValue::from_bytes(text).unwrap())]))
        };
        assert_eq!(&*id(b"ab-C_9.z"), "ab-C_9.z");
        for bad in [&b""[..], b"a b", b"a\"b", &[b'a'; 65], "ä".as_bytes()] {
            assert_eq!(id(bad).len(), 32);
        }
    }
}
