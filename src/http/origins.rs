//! Which pages may call: one decision for CORS and for sockets.
//!
//! Same origin is told by the host alone: behind a proxy that ends TLS the process does not know its own scheme, and whoever
//! can serve a page from the same host over plain HTTP needs no cross-origin request. Absent: wildcards.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header, request};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::reply;
use crate::config::{Config, Mode, Origin};

/// The list, and whether any port of localhost belongs to it.
#[derive(Clone, Debug)]
pub(super) struct Origins {
    listed: Vec<Origin>,
    localhost: bool,
}

impl Origins {
    pub(super) fn new(config: &Config) -> Self {
        Self { listed: config.http.origins.clone(), localhost: config.mode() == Mode::Development }
    }

    /// Whether a page of this origin may call the server that was called by the name in `headers`.
    pub(super) fn allow(&self, origin: &HeaderValue, headers: &HeaderMap) -> bool {
        let Ok(origin) = origin.to_str() else { return false };
        if self.listed.iter().any(|listed| listed.as_str() == origin) {
            return true;
        }
        let Some((scheme, authority)) = origin.split_once("://") else { return false };
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let default_port = if scheme == "https" { ":443" } else { ":80" };
        if host.is_some_and(|host| host.strip_suffix(default_port).unwrap_or(host).eq_ignore_ascii_case(authority)) {
            return true;
        }
        self.localhost && scheme == "http" && is_localhost(authority)
    }

    pub(super) fn cors(&self) -> CorsLayer {
        let own = self.clone();
        CorsLayer::new()
            .allow_origin(AllowOrigin::predicate(move |origin, parts: &request::Parts| {
                own.allow(origin, &parts.headers)
            }))
            .allow_methods([Method::GET, Method::POST, Method::PUT])
            .allow_headers([
                header::CONTENT_TYPE,
                header::AUTHORIZATION,
                header::ACCEPT_LANGUAGE,
                reply::REQUEST_ID,
                HeaderName::from_static("apollo-require-preflight"),
                HeaderName::from_static("last-event-id"),
            ])
            .expose_headers([
                reply::REQUEST_ID,
                reply::RATE_LIMIT,
                reply::RATE_REMAINING,
                reply::RATE_RESET,
                header::RETRY_AFTER,
            ])
            // Two hours is the most that Chromium keeps.
            .max_age(Duration::from_secs(7_200))
            // `Vary` is set once, for every answer, by the frame around all routes.
            .vary([])
    }
}

fn is_localhost(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_call_if_it_is_listed_or_of_the_same_host_or_in_development_of_localhost() {
        let mut config = Config { mode: Some(Mode::Production), ..Config::default() };
        config.http.origins = vec![Origin::try_from("https://app.example.com".to_owned()).unwrap()];
        let allow = |config: &Config, origin: &'static str| {
            let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("desk.example.com"))]);
            Origins::new(config).allow(&HeaderValue::from_static(origin), &headers)
        };
        for good in ["https://app.example.com", "https://desk.example.com", "http://desk.example.com"] {
            assert!(allow(&config, good), "{good}");
        }
        let bad =
            ["null", "", "https://app.example.com.evil.test", "https://evil.test", "http://localhost:3000", "file://"];
        for bad in bad {
            assert!(!allow(&config, bad), "{bad}");
        }
        config.mode = Some(Mode::Development);
        assert!(
            allow(&config, "http://localhost:3000")
                && allow(&config, "http://127.0.0.1:1")
                && allow(&config, "http://[::1]:9")
        );
        assert!(!allow(&config, "http://localhost.evil.test") && !allow(&config, "https://evil.test"));
    }
}
